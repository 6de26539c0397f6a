"""Completion, and what is remembered of what was typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from bot.commands.names import SERVER_FIELDS
from bot.console.completion import Offered, SlotCompleter, WordsCompleter
from bot.console.history import PrivateHistory
from tests.commands.typing import RESERVE
from tests.console.sitting import Sitting
from tests.desks import make_server

OFFERED = Offered(servers=(make_server(name="Studio"), make_server(name="Hall")), lists=("crew",))


def completed(text: str, offered: Offered = OFFERED) -> list[str]:
    """Give what a line may become."""
    completer = SlotCompleter()
    completer.offered = offered
    found = completer.get_completions(Document(text), CompleteEvent())
    return [text[: len(text) + one.start_position] + one.text for one in found]


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("rec", ["reconfirm"]),
        ("/slot rec", ["/slot reconfirm"]),
        ("re", ["reserve", "reconfirm"]),
        ("list ", ["list mine", "list all"]),
        ("audience d", ["audience drop"]),
        ("audience show c", ["audience show crew"]),
        ("audience add crew ", []),
        ("server show st", ["server show Studio"]),
        ("server lines h", ["server lines Hall"]),
        ("server change Studio cont", ["server change Studio control="]),
        ("settings zone europe/berl", ["settings zone Europe/Berlin"]),
        ("settings zone=Europe/Berl", ["settings zone=Europe/Berlin"]),
        ("reserve fri h", ["reserve fri Hall"]),
        ("reserve fri ti", ["reserve fri title="]),
        ("reserve fri server=s", ["reserve fri server=Studio"]),
        ("reserve fri policy=b", ["reserve fri policy=both"]),
        ("reserve fri credentials=e", ["reserve fri credentials=each"]),
        ("reserve fri lists=", ["reserve fri lists=crew"]),
        ("server add X kind=m", ["server add X kind=mediamtx"]),
        ("show ", []),
        ("change ", []),
        ("frobnicate ", []),
    ],
)
def test_completes_the_word_before_the_cursor(text: str, becomes: list[str]) -> None:
    assert becomes == completed(text)


def test_offers_every_field_of_a_server() -> None:
    offered = completed("server change Studio ")

    assert [f"server change Studio {name}=" for name in SERVER_FIELDS] == offered


async def test_offers_ones_own_codes_with_their_titles(olga: Sitting) -> None:
    await olga.script(RESERVE)
    mine = await olga.mine()
    completer = SlotCompleter()
    completer.offered = Offered(reservations=mine)

    document = Document(f"cancel {mine[0].code[:2].lower()}")
    (found,) = completer.get_completions(document, CompleteEvent())

    assert (mine[0].code, "Evening show") == (found.text, found.display_meta_text)


def test_completes_the_answer_to_a_question() -> None:
    completer = WordsCompleter(["shared", "each", "none"])

    (found,) = completer.get_completions(Document("e"), CompleteEvent())

    assert "each" == found.text


def test_a_line_with_a_passcode_is_not_remembered_at_all(tmp_path: Path) -> None:
    history = PrivateHistory(tmp_path / "history")

    history.append_string("list")
    history.append_string("reserve fri PassCode=sing-along-9")
    history.append_string("server change Studio Control=http://edith:hush-hush@10.0.0.5:8081")
    history.append_string("server change Studio control=none")

    assert ["list"] == history.get_strings()


def test_a_line_with_an_address_is_remembered_until_one_leaves(tmp_path: Path) -> None:
    path = tmp_path / "history"
    history = PrivateHistory(path)

    history.append_string("stop eve@example.org")
    history.append_string("list")

    assert ["stop eve@example.org", "list"] == history.get_strings()
    assert ["list"] == list(PrivateHistory(path).load_history_strings())


def test_several_lines_are_remembered_as_one(tmp_path: Path) -> None:
    path = tmp_path / "history"

    PrivateHistory(path).append_string("reserve description=<<END\nTwo\nEND")

    assert ["reserve description=<<END\nTwo\nEND"] == list(
        PrivateHistory(path).load_history_strings()
    )


def test_an_older_file_is_made_private(tmp_path: Path) -> None:
    path = tmp_path / "history"
    path.write_text("", "utf-8")
    path.chmod(0o644)

    PrivateHistory(path).append_string("list")

    assert 0o600 == path.stat().st_mode & 0o777


def test_a_history_that_cannot_be_kept_stops_nobody(tmp_path: Path) -> None:
    history = PrivateHistory(tmp_path / "no" / "such" / "folder")

    history.append_string("list")

    assert [] == list(history.load_history_strings())
