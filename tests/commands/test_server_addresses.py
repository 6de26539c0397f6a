"""Where holders publish, and where connections are ended: of a form that the desk can work with."""

from __future__ import annotations

import pytest

from bot.commands.server_addresses import parse_control
from bot.commands.server_form import given_control, parse_server
from bot.form.answers import Mistake
from core.model.gate import ControlAddress
from core.model.server import Server, ServerKind
from tests.desks import make_server

NGINX, SRS = ServerKind.NGINX_RTMP, ServerKind.SRS
MEDIAMTX, ICECAST = ServerKind.MEDIAMTX, ServerKind.ICECAST


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        (NGINX, "rtmp://live.example.org/live"),
        (NGINX, "rtmps://live.example.org:1936/live/show-{path}"),
        (SRS, "rtmp://[2001:db8::5]/live/{path}"),
        (MEDIAMTX, "rtmp://live.example.org/live/{path}"),
        (MEDIAMTX, "rtsp://live.example.org:8554/live"),
        (MEDIAMTX, "srt://live.example.org:8890?streamid=publish:live/{path}"),
        (MEDIAMTX, "srt://live.example.org:8890?mode=caller&streamid=publish:live/{path}"),
        (ICECAST, "icecast://live.example.org:8000/{path}.ogg"),
        (ICECAST, "http://live.example.org:8000"),
    ],
)
def test_holders_publish_where_the_gate_knows_their_streams(kind: ServerKind, url: str) -> None:
    server = parse_server("Studio", {"kind": kind, "ingest_url": url}, make_server())

    assert isinstance(server, Server), server
    assert url == server.ingest_url


@pytest.mark.parametrize(
    ("kind", "url", "says"),
    [
        (NGINX, "https://live.example.org/live/{path}", "by rtmp or rtmps"),
        (SRS, "srt://live.example.org?streamid=publish:live/{path}", "by rtmp or rtmps"),
        (ICECAST, "rtmp://live.example.org/live/{path}", "ingest_url=icecast://"),
        (NGINX, "rtmp://live.example.org", "names no application"),
        (SRS, "rtmp://live.example.org/{path}", "names no application"),
        (MEDIAMTX, "rtsp://live.example.org:8554/", "names no application"),
        (MEDIAMTX, "srt://live.example.org?streamid=publish:{path}", "names no application"),
        (NGINX, "rtmp://live.example.org/live/{path}/x", "behind the last slash"),
        (NGINX, "rtmp://live.example.org/{path}/live", "behind the last slash"),
        (NGINX, "rtmp://live.example.org/live/{path}/", "behind the last slash"),
        (NGINX, "rtmp://{path}.example.org/live", "behind the last slash"),
        (NGINX, "rtmp://live.example.org/{path}/{path}", "stands in it once"),
        (ICECAST, "icecast://live.example.org/{path}-{path}.ogg", "stands in it once"),
        (NGINX, "rtmp://live.example.org/live?app={path}", "Nothing stands behind its path"),
        (NGINX, "rtmp://live.example.org/live/{path}#x", "Nothing stands behind its path"),
        (NGINX, "rtmp://live.example.org//live/{path}", "Two slashes"),
        (NGINX, "rtmp://ann:word@live.example.org/live", "No user name"),
        (MEDIAMTX, "srt://live.example.org:8890", "ingest_url=srt://"),
        (MEDIAMTX, "srt://live.example.org:8890/live/{path}", "ingest_url=srt://"),
        (MEDIAMTX, "srt://live.example.org?streamid=read:live/{path}", "says what is published"),
        (MEDIAMTX, "srt://live.example.org?streamid=publish:{path}/live", "{path} at its end"),
        (MEDIAMTX, "srt://live.example.org?streamid=publish:live/{path}:a:b", "what is published"),
    ],
)
def test_an_address_by_which_the_gate_would_know_no_stream_is_refused(
    kind: ServerKind, url: str, says: str
) -> None:
    found = parse_server("Studio", {"kind": kind, "ingest_url": url}, make_server())

    assert isinstance(found, dict)
    (problem,) = found.values()
    assert ["ingest_url"] == list(found)
    assert isinstance(problem, Mistake)
    assert says in problem.message


@pytest.mark.parametrize(
    ("text", "control"),
    [
        ("none", ControlAddress("")),
        ("", ControlAddress("")),
        ("http://10.0.0.5:8081", ControlAddress("http://10.0.0.5:8081")),
        ("HTTP://Media.Example.org/", ControlAddress("http://media.example.org")),
        ("https://media_1:443/rtmp/", ControlAddress("https://media_1:443/rtmp")),
        (
            "http://ann:a%3Ab%2Fc%40d%20%C3%B6@10.0.0.5:8081/x",
            ControlAddress("http://10.0.0.5:8081/x", "ann", "a:b/c@d \u00f6"),
        ),
        ("http://ann:a:b@[::1]:8081", ControlAddress("http://[::1]:8081", "ann", "a:b")),
        ("http://ann@[2001:db8::0:5]", ControlAddress("http://[2001:db8::5]", "ann")),
        ("http://%61nn:@h", ControlAddress("http://h", "ann")),
    ],
)
def test_user_and_password_are_taken_out_of_a_control_address(
    text: str, control: ControlAddress
) -> None:
    server = parse_server("Studio", {"control": text}, make_server())

    assert control == parse_control(text) == given_control({"control": text})
    assert isinstance(server, Server)
    assert control.url == server.control_url
    assert given_control({}) is None


SECRET = "hush-hush"


@pytest.mark.parametrize(
    "address",
    [
        f"ftp://ann:{SECRET}@h",
        f"rtmp://ann:{SECRET}@h/live",
        f"ann:{SECRET}@10.0.0.5:8081",
        f"http://ann:{SECRET}@",
        f"http://ann:{SECRET}@h:99999",
        f"http://ann:{SECRET}@h:0",
        f"http://ann:{SECRET}@h:x",
        f"http://ann:{SECRET}/@h:8081",
        f"http://ann:8081/{SECRET}@h",
        f"http://ann:{SECRET}?@h:8081",
        f"http://ann:8?{SECRET}@h",
        f"http://ann:8#{SECRET}@h",
        f"http://h/?pass={SECRET}",
        f"http://:{SECRET}@h",
        f"http://a%3An:{SECRET}@h",
        f"http://ann:{SECRET}%0d%0aX@h",
        f"http://ann:{SECRET}%ff@h",
        f"http://ann:{SECRET}@h h",
        f"http://ann:{SECRET}@h/\u202e",
        f"http://ann:{SECRET}@[::1",
        f"http://ann:{SECRET}@[::zz]",
        f"http://ann:{SECRET}@b\u00fccher.example",
        f"http://ann:{SECRET}@{'h' * 600}",
    ],
)
def test_what_is_no_control_address_is_refused_and_not_repeated(address: str) -> None:
    found = parse_server("Studio", {"control": address}, make_server())

    assert isinstance(found, dict)
    assert ["control"] == list(found)
    assert SECRET not in repr(found)


def test_a_server_that_is_only_linked_to_has_no_control() -> None:
    fields = {"kind": "link", "control": "http://10.0.0.5:8081"}
    found = parse_server("Studio", fields, make_server())
    kept = parse_server("Studio", {"kind": "link"}, make_server(control_url="http://10.0.0.5"))

    assert isinstance(found, dict)
    assert ["control"] == list(found)
    assert isinstance(kept, Server)
