"""Views and messages as they are made: Slack takes them, whatever the words and however many."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers.reply import (
    Action,
    Attachment,
    FormAsked,
    Problem,
    Reply,
    Section,
    Table,
    Tone,
)
from bot.form.answers import AskBack, Choice, Mistake
from bot.form.fields import CHANGE_FIELDS, FIELDS
from bot.form.filling import FormContext
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
from bot.slack.form_state import Submitted, read_form
from bot.slack.form_view import form_view, problem_text
from bot.slack.small_views import cancel_view, import_view, waiting_view
from bot.slack.typed import contact_of, recogniser
from core.model.prose import At, During, Line, Link, Literal, Said, Strong
from core.model.slot import Slot
from core.notices.as_rich_text import plain, weight, within
from core.notices.words import Row
from tests.desks import BERLIN, make_server
from tests.slack.hostile import HOSTILE
from tests.slack.server.errors import Refusal
from tests.slack.server.validation import check_message, check_view
from tests.slack.server.views import View
from tests.slack.speaking import acts, nodes

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
SLOT = Slot.of(NOW + timedelta(days=4), timedelta(hours=2))
LISTS = ("regulars", "choir-friends", "crew")
NAMES = {"C0001": "#general", "C0002": "#stage", "U0002": "@Adam"}
PRESENT = {
    "title": "Evening show",
    "description": "Songs\nand more",
    "server": "Studio",
    "when": "2026-12-04 20:00",
    "length": "2 h",
    "viewers": "40",
    "credentials": "shared",
    "policy": "both",
    "reminders": "24 h and 15 min before",
    "reply_to": "hanna@example.org",
}


def context(**given: Any) -> FormContext:  # noqa: ANN401 - whatever differs
    """Make what a form is read against."""
    known: dict[str, Any] = {
        "zone": BERLIN,
        "now": NOW,
        "servers": (make_server(id=1), make_server(id=2, name="Hall")),
        "list_names": LISTS,
        "others": recogniser("T0001", NAMES),
    }
    return FormContext(**(known | given))


def asked(
    code: str = "",
    values: Mapping[str, str] | None = None,
    problems: Mapping[str, Problem] | None = None,
    **given: Any,  # noqa: ANN401 - whatever differs
) -> FormAsked:
    """Make a form: for a change, of a reservation with a channel and a person on it."""
    listed = (contact_of("T0001", "C0001", "#general"), contact_of("T0001", "U0002", "@Adam"))
    return FormAsked(
        code,
        values or {},
        problems or {},
        PRESENT if code else {"server": "", "reminders": "24 h and 15 min before"},
        context(**given),
        listed if code else (),
    )


def shown(form: FormAsked, **given: Any) -> View:  # noqa: ANN401 - whatever differs
    """Show a form to somebody, if Slack would."""
    definition = check_view(form_view(form, **given), "modal")
    return View("V1", "T0001", "U0001", definition, "h", "V1")


def handed_in(view: View, **filled: object) -> Submitted:
    """Fill in fields and hand a form in."""
    for name, value in filled.items():
        view.fill(name, value)
    return read_form(view.as_json())


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


def test_slack_takes_a_form_whatever_was_typed_into_it() -> None:
    names = [field.name for field in (*FIELDS, *CHANGE_FIELDS)]
    for words in HOSTILE:
        values = dict.fromkeys(names, words)
        problems: dict[str, Problem] = {
            "title": Mistake(words),
            "when": AskBack(words, (Choice(words, words), Choice(words, words))),
            "": Mistake(words),
        }
        for code in ("", "K7Q-2MF"):
            shown(asked(code, values, problems), channel="C0001", turn=3)


def test_slack_takes_the_small_views_whatever_was_typed() -> None:
    for words in HOSTILE:
        check_view(cancel_view("K7Q-2MF", words), "modal")
        check_view(import_view(words), "modal")
        check_view(waiting_view("Reading your file"), "modal")


@pytest.mark.parametrize("names", [("\U0001d400" * 40, "b"), ("a" * 40, "\u6f22" * 40)])
def test_names_that_an_option_cannot_hold_can_be_typed(names: tuple[str, ...]) -> None:
    view = shown(asked(list_names=names, values={"lists": names[0]}))

    assert {"lists": names[0]}.items() <= handed_in(view).values(BERLIN).items()


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


@pytest.mark.parametrize("size", [0, 10, 2500, 2501, 100_000])
def test_a_file_is_shown_whole_or_announced(size: int) -> None:
    file = Attachment("list.csv", b"x" * size)

    blocks = render_reply(Reply(Tone.OK, (("Done",),), attachment=file), BERLIN)

    assert (size > 2500) == is_long(file)
    whole = "x" * size in json.dumps(blocks)
    assert whole != is_long(file) or size == 0
    assert is_long(file) == ("direct messages" in json.dumps(blocks))


def test_an_untouched_form_asks_only_for_what_has_a_default() -> None:
    values = handed_in(shown(asked())).values(BERLIN)

    assert {"length": "1 h", "credentials": "shared"} == values


def test_what_was_typed_stands_in_the_form_and_is_handed_in() -> None:
    typed = {
        "title": "Late show",
        "description": "One\nTwo",
        "server": "Hall",
        "when": "fri 20:00",
        "length": "90 min",
        "viewers": "12",
        "audience": "ann@example.org",
        "lists": "crew, regulars",
        "credentials": "each",
        "user": "guest",
        "passcode": "a-passcode-1",
        "policy": "both",
        "reminders": "2h",
        "reply_to": "hanna@example.org",
    }

    values = handed_in(shown(asked("", typed))).values(BERLIN)

    assert (
        typed
        | {
            "when": "2026-12-04T20:00+01:00",
            "lists": "regulars\ncrew",
            "length": "90 min",
        }
        == values
    )


def test_channels_and_people_that_were_typed_stand_in_the_pickers() -> None:
    typed = {"audience": "slack:C0002, ann@example.org, slack:U0002,slack:C0009"}

    view = shown(asked("", typed))

    assert ["C0002"] == view.value("channels")
    assert ["U0002"] == view.value("people")
    assert "ann@example.org,slack:C0009" == view.value("audience")
    assert {"audience": "ann@example.org,slack:C0009\nslack:C0002\nslack:U0002"}.items() <= (
        handed_in(view).values(BERLIN).items()
    )


def test_a_change_that_changes_nothing_hands_in_nothing() -> None:
    assert {} == handed_in(shown(asked("K7Q-2MF"))).values(BERLIN)


@pytest.mark.parametrize("words", HOSTILE[::7])
def test_a_change_that_changes_nothing_hands_in_nothing_whatever_stands_there(words: str) -> None:
    form = asked("K7Q-2MF")
    present = {**PRESENT, "title": words, "description": words, "server": words, "reply_to": words}

    view = shown(FormAsked("K7Q-2MF", {}, {}, present, form.context, form.listed))

    assert {} == handed_in(view).values(BERLIN)


@pytest.mark.parametrize(
    ("filled", "values"),
    [
        ({"title": "Late show"}, {"title": "Late show"}),
        ({"description": None}, {"description": ""}),
        ({"server": "Hall"}, {"server": "Hall"}),
        ({"when": 1796414400}, {"when": "2026-12-04T21:00+01:00"}),
        ({"length": "3h"}, {"length": "3h"}),
        ({"viewers": None}, {"viewers": ""}),
        ({"reminders": None}, {"reminders": ""}),
        ({"reply_to": None}, {"reply_to": ""}),
        ({"credentials": "each"}, {"credentials": "each"}),
        ({"passcode": "a-passcode-1"}, {"passcode": "a-passcode-1"}),
        ({"policy": "at once"}, {"policy": "at once"}),
        ({"lists": ["crew"]}, {"lists": "crew"}),
        ({"add": "ann@example.org"}, {"add": "ann@example.org"}),
        ({"channels": []}, {"remove": "slack:C0001"}),
        ({"channels": ["C0001", "C0002"]}, {"add": "slack:C0002"}),
        ({"people": []}, {"remove": "slack:U0002"}),
        ({"channels": ["C0002"]}, {"add": "slack:C0002", "remove": "slack:C0001"}),
    ],
)
def test_a_change_hands_in_only_what_differs(
    filled: dict[str, object], values: dict[str, str]
) -> None:
    assert values == handed_in(shown(asked("K7Q-2MF")), **filled).values(BERLIN)


def test_what_was_typed_for_a_change_is_handed_in_although_the_form_shows_it_already() -> None:
    typed = {"title": "Late show", "add": "slack:C0002 ann@example.org", "remove": "slack:C0001"}

    view = shown(asked("K7Q-2MF", typed))

    assert ["C0002"] == view.value("channels")
    assert {
        "title": "Late show",
        "add": "ann@example.org\nslack:C0002",
        "remove": "slack:C0001",
    } == handed_in(view).values(BERLIN)


def test_what_was_typed_for_a_change_can_still_be_taken_back() -> None:
    view = shown(asked("K7Q-2MF", {"description": "New", "when": "nonsense"}))

    assert {"description": ""} == handed_in(view, description=None).values(BERLIN)


def test_a_form_that_is_asked_again_hands_in_what_differs_from_the_reservation() -> None:
    first = handed_in(
        shown(asked("K7Q-2MF")), title="Late show", channels=["C0002"], people=["U0002"]
    )
    values = {"title": "Late show"}

    again = shown(asked("K7Q-2MF", values), picked=tuple(first.targets), turn=1)

    assert first.values(BERLIN) == handed_in(again).values(BERLIN)
    back = handed_in(again, **{"channels#1": ["C0001"]})
    assert {"title": "Late show"} == back.values(BERLIN)


def test_reminders_that_are_cleared_are_none_and_untouched_ones_are_left_to_the_settings() -> None:
    assert "none" == handed_in(shown(asked()), reminders=None).values(BERLIN)["reminders"]
    assert "reminders" not in handed_in(shown(asked())).values(BERLIN)
    typed = shown(asked("", {"reminders": "24 h and 15 min"}))
    assert "24 h and 15 min" == handed_in(typed).values(BERLIN)["reminders"]


def test_a_form_with_many_channels_fits_into_what_a_view_carries() -> None:
    many = tuple(f"C{number:010}" for number in range(400))

    check_view(form_view(asked("K7Q-2MF"), picked=many, turn=1), "modal")


def test_a_problem_in_several_lines_keeps_them() -> None:
    assert "One\nTwo" == problem_text(Mistake("One\nTwo"))
    back = AskBack("Which?", (Choice("02:30 (first)", "a"), Choice("02:30 (second)", "b")))
    assert "Which?\n02:30 (first)\n02:30 (second)" == problem_text(back)


def test_our_slack_refuses_what_it_should() -> None:
    with pytest.raises(Refusal):
        check_view(modal("x", "x", [entry("a", "A", {"type": "plain_text_input"})]), "modal")
