"""The form drawn and read again: what was typed, what holds, and what differs."""

from __future__ import annotations

import pytest

from bot.answers.reply import (
    FormAsked,
    Problem,
)
from bot.form.answers import AskBack, Choice, Mistake
from bot.form.fields import CHANGE_FIELDS, FIELDS
from bot.slack.form_view import form_view, problem_text
from tests.desks import BERLIN
from tests.slack.drawn import PRESENT, asked, handed_in, shown
from tests.slack.hostile import HOSTILE
from tests.slack.server.validation import check_view


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
            shown(asked(code, values, problems), turn=3)


@pytest.mark.parametrize("names", [("\U0001d400" * 40, "b"), ("a" * 40, "\u6f22" * 40)])
def test_names_that_an_option_cannot_hold_can_be_typed(names: tuple[str, ...]) -> None:
    view = shown(asked(list_names=names, values={"lists": names[0]}))

    assert {"lists": names[0]}.items() <= handed_in(view).values(BERLIN).items()


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
