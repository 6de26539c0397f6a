"""Messages and views as they are made: Slack takes them, whatever the words."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers.reply import (
    Action,
    Attachment,
    Reply,
    Section,
    Table,
    Tone,
)
from bot.slack.answer import is_long, render_reply, reply_message, reply_view
from bot.slack.blocks import (
    MOST_OPTIONS,
    actions,
    button,
    entry,
    fits_option,
    header,
    modal,
    option,
    select,
    several,
    text_input,
)
from bot.slack.small_views import cancel_view, import_view, waiting_view
from core.model.prose import At, During, Line, Link, Literal, Said, Strong
from core.model.slot import Slot
from core.notices.as_rich_text import plain, weight, within
from core.notices.words import Row
from tests.desks import BERLIN
from tests.slack.drawn import NOW
from tests.slack.hostile import HOSTILE
from tests.slack.server.errors import Refusal
from tests.slack.server.validation import check_message, check_view
from tests.slack.speaking import acts, nodes

SLOT = Slot.of(NOW + timedelta(days=4), timedelta(hours=2))


def wordy(words: str) -> Reply:
    """Make a reply that says some words wherever words can be."""
    every: Line = (
        *(Said(words), " ", Literal(words), Strong("K7Q-2MF"), At(NOW), During(SLOT)),
        *(Link(words, words), Link("https://x.org/", words)),
    )
    return Reply(
        Tone.MISTAKE,
        (every, every),
        (
            Section("Title", (every,), (Row("Label", every),), None, (every, every)),
            Section(table=Table(("a", "b"), ((every, every), ((Said(words),), ())))),
            Section("Title", verbatim=words),
        ),
        (
            Action("pick", (Said(words), During(SLOT)), words, "K7Q-2MF", {"server": words[:60]}),
            Action("reconfirm", (Said(words),), words, "K7Q-2MF"),
        ),
        attachment=Attachment(f"{words}.csv", words.encode(errors="replace")),
    )


def test_slack_takes_an_answer_whatever_it_says() -> None:
    for number, words in enumerate(HOSTILE):
        reply = wordy(words)
        message = reply_message(reply, BERLIN)

        check_message(message, posted=True)
        if number % 10 == 0:  # the same blocks in another frame
            check_view(reply_view(reply, BERLIN), "modal")
        assert not set("<>*_~`\n") & set(message["text"])


def test_slack_takes_the_small_views_whatever_was_typed() -> None:
    for words in HOSTILE:
        check_view(cancel_view("K7Q-2MF", words), "modal")
        check_view(import_view(words), "modal")
        check_view(waiting_view("Reading your file"), "modal")


@given(st.text(), st.integers(min_value=1, max_value=80))
def test_a_label_is_never_empty_nor_too_long(words: str, limit: int) -> None:
    text = plain(words, limit)["text"]

    assert 1 <= len(text.encode("utf-16-le")) // 2 <= limit


@given(st.text(max_size=200), st.integers(min_value=0, max_value=80))
def test_a_cut_text_is_the_beginning_of_it(text: str, units: int) -> None:
    kept = within(text, units)

    assert text.startswith(kept)
    assert len(kept.encode("utf-16-le")) // 2 <= units
    assert kept == text or len(text.encode("utf-16-le")) // 2 > units


@settings(max_examples=50)
@given(st.text(max_size=4000), st.integers(min_value=1, max_value=5000), st.booleans())
def test_a_text_field_is_taken_whatever_stands_in_it(
    words: str, longest: int, multiline: bool
) -> None:
    element = text_input(words, longest=longest, multiline=multiline, placeholder=words)

    check_view(modal("x", "x", [entry("a", words, element, hint=words)], submit="Go"), "modal")
    assert multiline or "\n" not in element.get("initial_value", "")


@settings(max_examples=50)
@given(st.text(min_size=1))
def test_buttons_and_options_are_taken_whatever_they_say(words: str) -> None:
    options = [option(words, words, words), option("other", "Other")]
    blocks = [
        header(words),
        *actions([button("slot:x", words, words)]),
        entry("a", "A", select(options, words)),
        entry("b", "B", several(options, [words])),
    ]

    view = check_view(modal(words[:255], words, blocks, submit=words), "modal")

    chosen = "initial_option" in view["blocks"][2]["element"]
    assert fits_option(words) == chosen or words == "other"


def test_more_options_than_slack_takes_are_left_out() -> None:
    options = [option(f"{number}", f"{number}") for number in range(150)]

    blocks = [
        entry("a", "A", select(options, "3")),
        entry("b", "B", several(options, ["4", "149"])),
    ]

    check_view(modal("x", "x", blocks, submit="Go"), "modal")
    assert MOST_OPTIONS == len(blocks[0]["element"]["options"])


@pytest.mark.parametrize("most", [50, 30, 95])
def test_an_answer_of_many_parts_is_cut_with_a_hint_and_keeps_its_buttons(most: int) -> None:
    parts = tuple(Section(f"Part {number}", ((f"Line {number}",),)) for number in range(200))
    reply = Reply(Tone.INFO, (("First",),), parts, (Action("reconfirm", ("Yes",), "", "K7Q-2MF"),))

    blocks = render_reply(reply, BERLIN, most=most)

    assert most == len(blocks)
    assert ["slot:reconfirm"] == acts(blocks)
    assert "more than fits here" in json.dumps(blocks[-2])


def test_an_answer_of_long_parts_stays_within_what_a_message_holds() -> None:
    items = tuple((Said(f"{number:04} {'word ' * 50}"),) for number in range(300))
    reply = Reply(Tone.INFO, (("First",),), (Section("A", items=items), Section("B", items=items)))

    message = reply_message(reply, BERLIN)

    check_message(message, posted=True)
    assert all(weight(one) <= 3000 for one in message["blocks"] if one["type"] == "rich_text")
    assert "more than fits here" in json.dumps(message["blocks"][-1])


@pytest.mark.parametrize("count", [1, 30, 100, 1000])
def test_a_list_shows_whole_items_and_counts_what_it_leaves_out(count: int) -> None:
    rows = tuple(((f"row {number:04}",), (Said("x" * 80),)) for number in range(count))
    reply = Reply(Tone.INFO, (("First",),), (Section(table=Table(("a", "b"), rows)),))

    said = [one["text"] for one in nodes(render_reply(reply, BERLIN)) if one.get("type") == "text"]

    there = [text for text in said if text.startswith("row ")]
    assert [f"row {number:04}" for number in range(len(there))] == there
    left_out = [text for text in said if text.startswith("and ")]
    assert ([f"and {count - len(there)} more"] if count > len(there) else []) == left_out
    assert len([text for text in said if text == "x" * 80]) == len(there)


def test_the_last_item_of_a_long_list_stays_as_it_may_say_where_the_rest_is() -> None:
    items: tuple[Line, ...] = tuple((Said("x" * 100),) for _ in range(200))
    reply = Reply(Tone.INFO, (), (Section(items=(*items, ("export gives them all",))),))

    assert "export gives them all" in json.dumps(render_reply(reply, BERLIN))


@pytest.mark.parametrize("lines", [1, 40, 90, 150])
def test_what_is_to_be_copied_is_whole_and_cut_between_its_lines_alone(lines: int) -> None:
    text = "".join(f"    line {number:03} {'x' * 40};\n" for number in range(lines))
    reply = Reply(Tone.OK, (("Done",),), (Section("nginx.conf:", verbatim=text),))

    message = reply_message(reply, BERLIN)

    check_message(message, posted=True)
    shown = [one for one in nodes(message) if one.get("type") == "rich_text_preformatted"]
    copied = [span["text"] for one in shown for span in one["elements"]]
    assert text == "".join(f"{piece}\n" for piece in copied)
    assert (len(text) <= 2500) == (len(shown) == 1)
    assert "line" not in message["text"]


@pytest.mark.parametrize("size", [0, 10, 2500, 2501, 100_000])
def test_a_file_is_shown_whole_or_announced(size: int) -> None:
    file = Attachment("list.csv", b"x" * size)

    blocks = render_reply(Reply(Tone.OK, (("Done",),), attachment=file), BERLIN)

    assert (size > 2500) == is_long(file)
    whole = "x" * size in json.dumps(blocks)
    assert whole != is_long(file) or size == 0
    assert is_long(file) == ("direct messages" in json.dumps(blocks))


def test_our_slack_refuses_what_it_should() -> None:
    with pytest.raises(Refusal):
        check_view(modal("x", "x", [entry("a", "A", {"type": "plain_text_input"})]), "modal")
