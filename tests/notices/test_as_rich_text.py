"""Rich text shows every kind of span, and takes nothing a person typed for anything but words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.prose import At, During, Line, Link, Literal, Said, Strong
from core.model.slot import Slot
from core.notices.as_rich_text import (
    block,
    bulleted,
    elements,
    escaped,
    notification_text,
    paragraph,
    plain,
    preformatted,
    quote,
    rows,
    section,
    weight,
)
from core.notices.said import cleaned
from tests.notices.test_said import ANY_TEXT

_BERLIN = ZoneInfo("Europe/Berlin")
_EVENING = datetime(2026, 12, 4, 19, 0, tzinfo=UTC)
_STAMP = 1796410800
_INSTANT = {
    "type": "date",
    "timestamp": _STAMP,
    "format": "{date_short_pretty} at {time}",
    "fallback": "Fri 4 Dec 2026, 20:00 CET",
}
_LINE: Line = (
    "Reserved: ",
    Strong("K7Q-2MF"),
    " ",
    Said("Autumn"),
    At(_EVENING),
    Literal("/slot"),
    Link("https://a.example/x", "Open"),
)


def _text(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


@pytest.mark.parametrize(
    ("line", "made"),
    [
        (("Done", Said(" it")), [_text("Done"), _text(" it")]),
        ((Strong("now"),), [_text("now", bold=True)]),
        ((Literal("K7Q\u202e-2MF\n"),), [_text("K7Q-2MF ", code=True)]),
        ((Said("<!channel> *a*\u202e"),), [_text("<!channel> *a*")]),
        ((At(_EVENING),), [_INSTANT]),
        (
            (At(_EVENING, date_only=True),),
            [_INSTANT | {"format": "{date_short_pretty}", "fallback": "Fri 4 Dec 2026"}],
        ),
        (
            (Link("https://a.example/x", "Open"),),
            [{"type": "link", "url": "https://a.example/x", "text": "Open"}],
        ),
        (
            (Link("mailto:ada@a.example", "ada@a.example"),),
            [{"type": "link", "url": "mailto:ada@a.example", "text": "ada@a.example"}],
        ),
        (
            (Link("https://a.example/x", "\u200b"),),
            [{"type": "link", "url": "https://a.example/x"}],
        ),
        (
            (Link("javascript:alert(1)", "Open"),),
            [_text("Open "), _text("javascript:alert(1)", code=True)],
        ),
        ((Link("ftp://a", "ftp://a"),), [_text("ftp://a", code=True)]),
        (("", Said("\u200b"), Strong(""), Literal("\0")), []),
        ((), []),
    ],
)
def test_renders_a_line(line: Line, made: list[dict[str, Any]]) -> None:
    assert made == elements(line, _BERLIN)


@pytest.mark.parametrize(
    ("length", "form", "fallback"),
    [
        (timedelta(hours=2), "{time}", "22:00"),
        (timedelta(hours=12), "{time}", "Sat 5 Dec 2026, 08:00 CET"),
        (timedelta(hours=13), "{date_short_pretty} at {time}", "Sat 5 Dec 2026, 09:00 CET"),
    ],
)
def test_a_slot_ends_by_the_clock_alone_while_that_says_which_day(
    length: timedelta, form: str, fallback: str
) -> None:
    starts, dash, ends = elements((During(Slot.of(_EVENING, length)),), _BERLIN)

    assert _INSTANT == starts
    assert _text(" – ") == dash
    assert (form, fallback) == (ends["format"], ends["fallback"])
    assert _STAMP + length.total_seconds() == ends["timestamp"]


def test_an_end_across_a_clock_change_names_its_zone_in_the_fallback() -> None:
    slot = Slot.of(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), timedelta(hours=1))

    *_, ends = elements((During(slot),), _BERLIN)

    assert "Sun 25 Oct 2026, 02:30 CET" == ends["fallback"]


def test_what_is_dead_is_struck_through_and_links_no_more() -> None:
    made = elements(_LINE, _BERLIN, dead=True, bold=True)

    assert {True} == {element["style"].get("strike") for element in made}
    assert {True} == {element["style"].get("bold") for element in made}
    assert "link" not in {element["type"] for element in made}
    assert "Open" == made[-1]["text"]


def test_words_from_right_to_left_stay_among_themselves() -> None:
    assert [_text("\u2068אבגד 3\u2069")] == elements((Said("אבגד 3"),), _BERLIN)
    assert [_text("Zoë 🎻")] == elements((Said("Zoë 🎻"),), _BERLIN)


def test_a_long_word_of_a_person_leaves_room_for_the_rest() -> None:
    (made,) = elements((Said("x" * 4_000),), _BERLIN)

    assert "x" * 499 + "…" == made["text"]


def test_sections_lists_and_quotes_of_nothing_are_nothing() -> None:
    nothing: Line = ("", Said("\u200b"))

    made = (
        *section(nothing, _BERLIN),
        *paragraph([nothing], _BERLIN),
        *quote([nothing], _BERLIN),
        *bulleted([nothing], _BERLIN),
        *rows([], _BERLIN),
        *preformatted(" \n\u200b"),
    )

    assert () == made
    assert [] == block([], list(made))


def test_lines_stand_beneath_each_other_in_one_section() -> None:
    lines: list[Line] = [("one",), (), (Said("two"), Strong("three"))]

    assert [
        {
            "type": "rich_text_section",
            "elements": [_text("one\n\ntwo"), _text("three", bold=True)],
        }
    ] == paragraph(lines, _BERLIN)


def test_rows_have_their_labels_in_bold_and_strike_what_holds_no_more() -> None:
    labelled: list[tuple[str, Line]] = [("When", (At(_EVENING),)), ("Host", (Said("Ada"),))]

    assert [
        {
            "type": "rich_text_section",
            "elements": [
                _text("When: ", bold=True),
                _INSTANT | {"style": {"strike": True}},
                _text("\n"),
                _text("Host: ", bold=True),
                _text("Ada"),
            ],
        }
    ] == rows(labelled, _BERLIN, dead={"When"})


def test_a_list_has_a_bullet_for_each_line() -> None:
    (made,) = bulleted([("one",), (), ("two",)], _BERLIN)

    assert ("rich_text_list", "bullet") == (made["type"], made["style"])
    assert [*section(("one",), _BERLIN), *section(("two",), _BERLIN)] == made["elements"]


def test_preformatted_text_keeps_its_lines() -> None:
    (made,) = preformatted("a  b\r\n\u202ec\td")

    assert [_text("a  b\nc d")] == made["elements"]


@given(st.lists(ANY_TEXT), st.integers(10, 400))
def test_a_block_is_never_longer_than_its_limit(typed: list[str], limit: int) -> None:
    lines: list[Line] = [(Said(text), Literal(text)) for text in typed]

    made = block(
        quote(lines, _BERLIN), bulleted(lines, _BERLIN), rows([("A", _LINE)], _BERLIN), limit=limit
    )

    assert weight(made) <= limit
    assert all(element for one in made for element in one["elements"])


def test_a_block_that_fits_is_whole_and_one_that_does_not_ends_with_an_ellipsis() -> None:
    exact = quote([(Said("x" * 97),)], _BERLIN)
    longer = quote([(Said("x" * 98),)], _BERLIN)

    assert exact == block(exact, limit=100)[0]["elements"]
    assert "x" * 97 + "…" == block(longer, limit=100)[0]["elements"][0]["elements"][0]["text"]


def test_what_was_cut_keeps_its_isolates_in_a_pair() -> None:
    (made,) = block(quote([(Said("א" * 300),)], _BERLIN), limit=100)
    text = made["elements"][0]["elements"][0]["text"]

    assert ("\u2068", "\u2069…") == (text[0], text[-2:])
    assert len(text) <= 100


@given(ANY_TEXT)
def test_a_person_s_words_are_only_ever_the_value_of_text(typed: str) -> None:
    made = elements((Said(typed), Literal(typed)), _BERLIN, limit=10**6)

    assert all(set(element) <= {"type", "text", "style"} for element in made)
    assert {"text"} >= {element["type"] for element in made}
    assert all(element["text"].strip("\u2068\u2069") == cleaned(typed) for element in made)


@given(st.text(), st.text())
def test_a_link_leads_to_the_web_or_to_a_mailbox_or_nowhere(url: str, label: str) -> None:
    for element in elements((Link(url, label),), _BERLIN):
        scheme = element.get("url", "https:").partition(":")[0]
        assert scheme in {"http", "https", "mailto"}


@pytest.mark.parametrize(
    ("typed", "inert"),
    [
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
        ("*bold* _it_ ~gone~ `code`", " bold   it   gone   code "),
        ("a\nb\u202e", "a b"),
        ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
    ],
)
def test_escapes_what_slack_would_read(typed: str, inert: str) -> None:
    assert inert == escaped(typed)


@given(ANY_TEXT)
def test_the_notification_s_line_is_short_and_inert(typed: str) -> None:
    text = notification_text(("Live: ", Said(typed), At(_EVENING)), _BERLIN)

    assert not set("<>*_~`\n") & set(text)
    assert len(text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")) <= 150
    assert text == text.strip()


def test_the_notification_s_line_names_times_in_words_and_is_never_empty() -> None:
    line: Line = ("Live stream: ", Said("*_~"), At(_EVENING))

    assert "Live stream: Fri 4 Dec 2026, 20:00 CET" == notification_text(line, _BERLIN)
    assert "–" == notification_text((Said("*"),), _BERLIN)
    assert "ab…" == notification_text((Said("abcdef"),), _BERLIN, limit=3)


def test_a_label_is_plain_short_and_never_empty() -> None:
    assert {"type": "plain_text", "text": "ab…", "emoji": False} == plain("abcdef", 3)
    assert "–" == plain("\u200b", 3)["text"]
