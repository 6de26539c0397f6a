"""Rendering for a terminal: aligned, wrapped, coloured, and never steered by what was typed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from unicodedata import category
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.utils import get_cwidth

from bot.answers.reply import Action, Reply, Section, Table, Tone
from bot.console.render import render_reply
from core.model.prose import During, Literal, Said, Strong
from core.model.slot import Slot
from core.notices.words import Row

BERLIN = ZoneInfo("Europe/Berlin")
WINTER = Slot.of(datetime(2026, 12, 4, 19, tzinfo=UTC), timedelta(hours=2))
SUMMER = Slot.of(datetime(2026, 7, 4, 18, tzinfo=UTC), timedelta(hours=2))


def test_aligns_labels_and_columns() -> None:
    rows = (Row("When", ("now",)), Row("Passcode", ("x",)))
    table = Table(("Name", "Open"), ((("Studio",), ("always",)), (("\u821e\u53f0",), ("never",))))

    lines = render_reply(Reply(Tone.OK, (), (Section(rows=rows), Section(table=table))), BERLIN)

    assert [
        "",
        "  When:     now",
        "  Passcode: x",
        "",
        "  Name    Open",
        "  Studio  always",
        "  \u821e\u53f0    never",
    ] == lines


def test_names_the_zone_once_and_again_where_it_changes() -> None:
    lines = ((During(WINTER),), (During(WINTER),), (During(SUMMER),))

    rendered = render_reply(Reply(Tone.INFO, lines), BERLIN)

    assert [
        "Fri 4 Dec 2026, 20:00\u201322:00 CET (Europe/Berlin)",
        "Fri 4 Dec 2026, 20:00\u201322:00",
        "Sat 4 Jul 2026, 20:00\u201322:00 CEST (Europe/Berlin)",
    ] == rendered


def test_a_table_names_the_zone_in_its_head() -> None:
    table = Table(("Code", "When"), ((("A",), (During(WINTER),)), (("B",), (During(WINTER),))))

    _, head, first, second = render_reply(Reply(Tone.INFO, (), (Section(table=table),)), BERLIN)

    assert "  Code  When, CET (Europe/Berlin)" == head
    assert first[8:] == second[8:] == "Fri 4 Dec 2026, 20:00\u201322:00"


def test_offers_free_slots_by_number_and_the_rest_on_a_line() -> None:
    actions = (
        Action("pick", (During(WINTER),), "/slot reserve a"),
        Action("pick", (During(SUMMER),), "/slot reserve b"),
        Action("cancel", ("Cancel",), "/slot cancel K7Q-2MF"),
    )

    lines = render_reply(Reply(Tone.DENIED, (("Denied.",),), actions=actions), BERLIN)

    assert "  1  Fri 4 Dec 2026" in lines[1]
    assert ["     /slot reserve a", "     /slot reserve b"] == [lines[2], lines[4]]
    assert "Next: /slot cancel K7Q-2MF" == lines[-1]


def test_what_is_to_be_copied_stands_as_it_is_however_narrow_the_screen() -> None:
    text = "server {\n    listen 8081;  # and a remark that is longer than the line\n\n}\n"
    reply = Reply(Tone.OK, (("Done.",),), (Section("There:", verbatim=text),))

    for colours in (False, True):
        _, _, title, *rest = render_reply(reply, BERLIN, width=20, colours=colours)
        assert "There:" in title
        assert text.splitlines() == rest
    assert "listen" not in repr(reply)


WORDS = st.text(max_size=60)
SPANS = st.one_of(WORDS.map(Said), WORDS.map(Literal), st.just(Strong("Denied: ")))
LINES = st.lists(SPANS, max_size=5).map(tuple)
REPLIES = st.builds(
    lambda tone, lines, cell, words: Reply(
        tone,
        tuple(lines),
        (
            Section(words, lines=(cell,), rows=(Row("L", cell),), items=(cell,)),
            Section(table=Table(("A", "B"), ((cell, cell),))),
            Section(verbatim=words),
        ),
        (Action("pick", cell, words), Action("cancel", cell, words)),
    ),
    st.sampled_from(Tone),
    st.lists(LINES, max_size=3),
    LINES,
    WORDS,
)


@given(REPLIES, st.integers(20, 120), st.booleans())
def test_only_our_own_colours_steer_the_terminal(reply: Reply, width: int, colours: bool) -> None:
    for line in render_reply(reply, BERLIN, width=width, colours=colours):
        bare = re.sub(r"\x1b\[[0-9;]+m", "", line) if colours else line
        assert not [one for one in bare if category(one) in {"Cc", "Cs", "Co", "Zl", "Zp"}]
        assert not [one for one in bare if category(one) == "Cf" and one not in "\u200c\u200d"]


@given(st.lists(st.text("ab\u821e", min_size=1, max_size=9), max_size=40), st.integers(12, 60))
def test_wraps_at_blanks_and_loses_no_word(words: list[str], width: int) -> None:
    text = " ".join(words)

    lines = render_reply(Reply(Tone.INFO, ((Said(text),),)), BERLIN, width=width)

    assert words == " ".join(lines).split()
    assert all(get_cwidth(line) <= width for line in lines if " " in line.strip())


def test_colours_say_how_an_answer_is_meant() -> None:
    done = render_reply(Reply(Tone.OK, ((Strong("Permitted: "), "x"),)), BERLIN, colours=True)
    refused = render_reply(Reply(Tone.DENIED, (("No.",),)), BERLIN, colours=True)

    assert ["\x1b[1;32mPermitted: \x1b[0mx"] == done
    assert ["\x1b[1;31mNo.\x1b[0m"] == refused
