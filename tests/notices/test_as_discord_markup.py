"""Prose as Discord's markdown: what was typed is shown as typed, and means nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.prose import At, During, Line, Link, Literal, Said, Strong
from core.model.slot import Slot
from core.notices.as_discord_markup import escaped, fitted, markup, stacked, units
from core.notices.as_slack_bounds import isolated
from core.notices.said import cleaned
from tests.discord.server.markdown import parse
from tests.discord.server.reading import markup_in, read
from tests.notices.test_as_slack_hostile import HOSTILE
from tests.notices.test_said import ANY_TEXT

_AT = datetime(2026, 12, 4, 19, 0, tzinfo=UTC)
_UNIX = int(_AT.timestamp())
_MORE = (
    *("# head", "## x", "-# small", "- a", "* a", "+ a", "1. a", "23. x", " 4. x", ">>> q", "> q"),
    *("||spoiler||", "__under__", "***x***", "~~gone~~", "~", "a~", "~~~", "\\", "\\\\", "a\\*"),
    *("<t:1:F>", "<t:1>", "<:a:1>", "<a:b:2>", "</slot list:3>", "<id:browse>", "<@&4>", "<@!5>"),
    *("[a](https://b.example)", "<https://c.example>", "https://d.example", "discord://-/x"),
    *("`a`", "``a``", "```a```", "¯\\_(ツ)_/¯", "@everyone", ":tada:", "*a _b_ **c** ~~d~~*"),
)
TYPED = (*_MORE, *HOSTILE)


def test_what_is_typed_is_shown_as_typed_and_means_nothing() -> None:
    for text in TYPED:
        shown = escaped(text)
        assert set() == markup_in(shown), text
        assert isolated(cleaned(text)) == read(shown)


@given(ANY_TEXT)
@settings(max_examples=300)
def test_whatever_is_typed_is_shown_as_typed(text: str) -> None:
    assert set() == markup_in(escaped(text))
    assert isolated(cleaned(text)) == read(escaped(text))


@given(st.text("~*_`|\\<>@:#-+[]().1 \na\u0627", max_size=30), st.integers(12, 60))
@settings(max_examples=300)
def test_a_line_is_cut_whole_and_struck_whole(text: str, limit: int) -> None:
    for dead in (False, True):
        shown = markup((Said(text), " – ", Said(text)), limit, dead=dead)
        assert units(shown) <= limit
        assert markup_in(shown) <= ({"strike"} if dead else set())
        if dead:
            (piece,) = parse(shown)
            assert "strike" == piece.kind
        plain = markup((Said(text),), 1_000, dead=dead)
        assert isolated(cleaned(text)).strip() in read(plain) or not text.strip()


def test_a_number_that_our_words_continue_is_no_list() -> None:
    assert set() == markup_in(markup((Said("1"), ". is what they typed"), 100))
    assert "list" in markup_in("1. is what they typed")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ((At(_AT),), f"<t:{_UNIX}:F>"),
        ((At(_AT, date_only=True),), f"<t:{_UNIX}:D>"),
        ((During(Slot.of(_AT, timedelta(hours=2))),), f"<t:{_UNIX}:F> – <t:{_UNIX + 7200}:t>"),
        ((During(Slot.of(_AT, timedelta(hours=13))),), f"<t:{_UNIX}:F> – <t:{_UNIX + 46800}:F>"),
        (("by ", Strong("K7Q_2")), "by **K7Q\\_2**"),
        ((Literal("/slot key"),), "`/slot key`"),
        ((Literal("a`b"),), "``a`b``"),
        ((Literal("`a"),), "\\`a"),
        ((Literal("a``b"),), "a\\`\\`b"),
        ((Literal(" a"),), " a"),
        ((Link("https://a.example/x", "Join"),), "[Join](https://a.example/x)"),
        ((Link("https://a.example/x", "https://a.example/x"),), "<https://a.example/x>"),
        ((Link("https://a.example/x", "[Join]"),), "<https://a.example/x>"),
        ((Link("https://a.example/(x)", "Join"),), "Join `https://a.example/(x)`"),
        ((Link("https://a.example/\u00a0x", "Join"),), "Join `https://a.example/\u00a0x`"),
        ((Link("rtmp://a.example/x", "rtmp://a.example/x"),), "`rtmp://a.example/x`"),
        ((Link("mailto:a@b.example", "a@b.example"),), "a\\@b.example"),
        ((), ""),
        ((Said("\u200b "),), ""),
    ],
)
def test_spans(line: Line, shown: str) -> None:
    assert shown == markup(line, 1_000)


def test_times_can_say_how_far_off_they_are() -> None:
    slot = Slot.of(_AT, timedelta(hours=2))

    assert f"<t:{_UNIX}:F> (<t:{_UNIX}:R>)" == markup((At(_AT),), 100, relative=True)
    assert markup((During(slot),), 100, relative=True).endswith(f"(<t:{_UNIX}:R>)")


def test_what_is_dead_has_no_links_and_no_code() -> None:
    line = (Link("https://a.example", "here"), " ", Literal("a~~b"), " ", Said("c~"))

    shown = markup(line, 100, dead=True)

    assert {"strike"} == markup_in(shown)
    assert "here a~~b c~\u200b" == read(shown)


def test_nothing_is_cut_within_an_escape_a_time_or_a_code() -> None:
    for limit in range(12, 60):
        shown = markup((Said("****"), At(_AT), Literal("secret code"), Said("חגיגת")), limit)
        assert units(shown) <= limit
        assert not shown.removesuffix("…").endswith("\\") or shown.endswith("\\\\…")
        assert shown.count("<") == shown.count(">")
        assert shown.count("`") % 2 == 0
        assert shown.count("\u2068") == shown.count("\u2069")


def test_bounds_are_in_the_units_of_which_there_are_most() -> None:
    assert 2 == units("🎻")
    assert "🎻…" == fitted(list("🎻🎻🎻"), 5)
    assert "a\n…" == stacked(["a", "b" * 10], 8)
    assert "a\nb" == stacked(["a", "b"], 8)
