"""A terminal shows every kind of span, and nothing that steers it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from core.model.prose import At, During, Line, Link, Literal, Said, Strong
from core.model.slot import Slot
from core.notices.as_console import render_line, render_lines, render_wording
from core.notices.notice import NoticeKind
from core.notices.wording import wording
from tests.notices.samples import READER, SAMPLES, a_notice
from tests.notices.test_said import ANY_TEXT

_BERLIN = ZoneInfo("Europe/Berlin")
_EVENING = datetime(2026, 12, 4, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (("Reserved: ", Said("Autumn\x1b[31m"), "."), "Reserved: Autumn[31m."),
        (("by ", At(_EVENING)), "by Fri 4 Dec 2026, 20:00 CET"),
        (("on ", At(_EVENING, date_only=True)), "on Fri 4 Dec 2026"),
        (
            (During(Slot.of(_EVENING, timedelta(hours=2))),),
            "Fri 4 Dec 2026, 20:00–22:00 CET (Europe/Berlin)",
        ),
        (("type ", Literal("/slot show K7Q-2MF")), "type /slot show K7Q-2MF"),
        ((Strong("K7Q-2MF"), " is yours"), "K7Q-2MF is yours"),
        ((Link("https://a.example/x", "Open"), "."), "Open <https://a.example/x>."),
        ((Link("https://a.example/x", "https://a.example/x"),), "https://a.example/x"),
        ((Link("mailto:z%C3%AB@a.example", "zë@a.example"),), "zë@a.example"),
        ((), ""),
    ],
)
def test_renders_a_line(line: Line, text: str) -> None:
    assert text == render_line(line, _BERLIN)


def test_renders_lines_in_the_reader_s_zone() -> None:
    lines = render_lines([(At(_EVENING),), ("end",)], ZoneInfo("America/New_York"))

    assert ("Fri 4 Dec 2026, 14:00 EST", "end") == lines


@given(ANY_TEXT)
def test_nothing_typed_steers_the_terminal(typed: str) -> None:
    text = render_line((Said(typed), Literal(typed), Link(typed, typed)), _BERLIN)

    assert len(text.splitlines()) <= 1
    assert not set("\x1b\x07\x08\x9b\u202e\u2066") & set(text)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_notice_on_the_terminal_is_apart_in_blocks(name: str) -> None:
    sample = SAMPLES[name]
    lines = render_wording(wording(sample.notice, sample.personal), _BERLIN)

    assert "" not in {lines[0], lines[-1]}
    assert "\n\n\n" not in "\n".join(lines)
    assert not [line for line in lines if line != line.rstrip()]


def test_one_who_lacks_credentials_is_told_that_they_are_needed() -> None:
    notice = a_notice(NoticeKind.ANNOUNCEMENT, has_credentials=True)
    shown = "\n".join(render_wording(wording(notice, READER), _BERLIN))

    assert "You need a user name and a passcode" in shown
