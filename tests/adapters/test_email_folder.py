"""The mail route that writes to a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.email_folder import EmailFolder, file_name
from core.model.delivery import Accepted, RouteDown
from core.outbox.route import RouteUnavailable
from tests.adapters.route_contract import HandedOver, Harness, RouteContract, a_message


class _FolderHarness(Harness):
    def __init__(self, folder: Path) -> None:
        self.route: EmailFolder = EmailFolder(folder)
        self._folder = folder

    def arrived(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self._folder.iterdir())]


class TestEmailFolder(RouteContract):
    """The contract on a folder."""

    @pytest.fixture
    def harness(self, tmp_path: Path) -> Harness:
        """Give a route into a folder that is not there yet."""
        return _FolderHarness(tmp_path / "out" / "mail")


async def test_a_repetition_replaces_the_file(tmp_path: Path) -> None:
    lane = await EmailFolder(tmp_path).open()

    first = await lane.send(a_message(7, text="old"), HandedOver())
    second = await lane.send(a_message(7, text="new"), HandedOver())

    assert Accepted("00000007-ada@example.org.eml") == first == second
    assert [a_message(7, text="new").data] == [path.read_bytes() for path in tmp_path.iterdir()]


def test_an_address_cannot_lead_out_of_the_folder() -> None:
    name = file_name(a_message(7, "/../../etc/пароль@example.org"))

    assert name == "00000007-_.._.._etc_______@example.org.eml"


async def test_messages_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    lane = await EmailFolder(folder).open()
    await lane.send(a_message(), HandedOver())

    rights = [oct(path.stat().st_mode & 0o777) for path in (folder, *folder.iterdir())]

    assert ["0o700", "0o600"] == rights


async def test_a_folder_that_cannot_be_made_is_an_unavailable_route(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file stands in the way")

    with pytest.raises(RouteUnavailable, match=r"mail folder .*look at its place"):
        await EmailFolder(tmp_path / "mail").open()


async def test_a_folder_that_vanishes_takes_the_route_down_and_mends_itself(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    lane = await EmailFolder(folder).open()
    folder.rmdir()

    gone = await lane.send(a_message(), HandedOver())
    folder.mkdir()
    back = await lane.send(a_message(), HandedOver())

    assert isinstance(gone, RouteDown)
    assert isinstance(back, Accepted)
