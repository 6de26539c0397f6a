"""Words sorted out: a server's name, a length, and what is left is a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.commands.words import leading_server, without_length, without_server
from tests.desks import BERLIN, START

SERVERS = ("Studio", "Studio 2", "Main hall", "fri")


@pytest.mark.parametrize(
    ("words", "rest", "name"),
    [
        ("", "", ""),
        ("fri 8pm 2h", "8pm 2h", "fri"),
        ("sat 8pm 2h studio", "sat 8pm 2h", "Studio"),
        ("sat 8pm 2h Studio 2", "sat 8pm 2h", "Studio 2"),
        ("sat 8pm on MAIN HALL", "sat 8pm", "Main hall"),
        ("Main hall sat 8pm", "sat 8pm", "Main hall"),
        ("Studio", "", "Studio"),
        ("sat 8pm Studoi", "sat 8pm Studoi", ""),
        ("x " * 300 + "Studio", "x " * 300 + "Studio", ""),
    ],
)
def test_finds_the_server_that_is_named(words: str, rest: str, name: str) -> None:
    assert (rest, name) == without_server(words, SERVERS)


def test_finds_the_server_that_comes_first() -> None:
    assert ("Studio 2", "fri 8pm") == leading_server("studio 2 fri 8pm", SERVERS)


@pytest.mark.parametrize(
    ("words", "rest", "length"),
    [
        ("fri 2h", "fri", timedelta(hours=2)),
        ("fri for 90 min", "fri", timedelta(minutes=90)),
        ("next week 1 h 30 min", "next week", timedelta(minutes=90)),
        ("2h", "", timedelta(hours=2)),
        ("next week", "next week", None),
        ("4 Dec", "4 Dec", None),
        ("", "", None),
        ("whenever", "whenever", None),
    ],
)
def test_finds_the_length_behind_a_day(words: str, rest: str, length: timedelta | None) -> None:
    assert (rest, length) == without_length(words, BERLIN, START)
