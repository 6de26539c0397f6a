"""The lines for Icecast: the same XML whatever the addresses are, or why there is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bot.configuration.icecast import lines
from core.model.server import Rules, Server
from tests.gate.icecast import place

HOOK = 'https://desk.example.org/gate/a"b&c<d'


def server(tmp_path: Path, ingest_url: str = "http://radio.example.org:8010/{path}.ogg") -> Server:
    """Describe an Icecast."""
    return replace(place(tmp_path).server(), ingest_url=ingest_url, control_url="")


def read(server: Server) -> ET.Element:
    """Read all the lines as one document."""
    text = "".join(piece.text for piece in lines(server, HOOK))
    return ET.fromstring(f"<icecast>{text}</icecast>")  # noqa: S314 - our own


def test_every_event_is_posted_to_one_address(tmp_path: Path) -> None:
    options = read(server(tmp_path)).iterfind("mount/authentication/option")
    told = {one.get("name"): one.get("value") for one in options}

    hooks = {"stream_auth", "listener_add", "listener_remove", "mount_add", "mount_remove"}
    assert hooks == {name for name, value in told.items() if value == HOOK}


@pytest.mark.parametrize(
    ("ingest_url", "pattern"),
    [
        ("http://radio.example.org:8010/{path}.ogg", "/??????.ogg"),
        ("http://radio.example.org:8010/", "/??????"),
        ("http://radio.example.org:8010/live-1/{path}", "/live-1/??????"),
        ("http://radio.example.org:8010/live", "/live/??????"),
    ],
)
def test_the_streams_of_reservations_and_no_others_are_meant(
    tmp_path: Path, ingest_url: str, pattern: str
) -> None:
    mount = read(server(tmp_path, ingest_url)).find("mount")

    assert mount is not None
    assert ("default", pattern) == (mount.get("type"), mount.findtext("mount-name"))


@pytest.mark.parametrize(
    ("viewers", "streams", "clients", "sources"), [(None, 1, "1022", "2"), (30, 4, "55", "5")]
)
def test_there_is_room_for_what_may_be_booked(
    tmp_path: Path, viewers: int | None, streams: int, clients: str, sources: str
) -> None:
    rules = Rules(max_streams=streams, max_viewers=viewers)

    found = read(replace(server(tmp_path), rules=rules))

    assert (clients, sources) == (found.findtext("clients"), found.findtext("sources"))


def test_how_the_desk_ends_connections_is_told_while_it_does_not_know(tmp_path: Path) -> None:
    unknown = server(tmp_path)
    known = replace(unknown, control_url="http://127.0.0.1:8010")

    told = [lines(one, HOOK)[1].text for one in (unknown, known)]

    assert [True, False] == ["control=http://127.0.0.1:8010" in text for text in told]


@pytest.mark.parametrize("name", ["a b/{path}", "%41/{path}", "[a]{path}", "*/{path}", 'a"/{path}'])
def test_what_a_mount_s_name_could_mean_otherwise_is_objected_to(tmp_path: Path, name: str) -> None:
    (piece,) = lines(server(tmp_path, f"http://radio.example.org/{name}"), HOOK)

    assert "nowhere yet" == piece.where
    assert HOOK not in piece.text
