"""What Slack's client does by itself: it fills elements, checks them, and writes the action."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from tests.slack.server import NotThereError, Person, View, open_slack
from tests.slack.server.clicks import action_of
from tests.slack.server.client_checks import complaints_about
from tests.slack.server.errors import Json
from tests.slack.server.rehearsal import entry, modal, plain

OPTIONS = [{"text": plain(name), "value": name.lower()} for name in ("One", "Two")]


@pytest.fixture
async def ann() -> AsyncIterator[Person]:
    """Give a person in a workspace with channels of all sorts."""
    async with open_slack() as slack:
        team = slack.add_team("T0001", name="Stage")
        ann = team.add_user("U0001", name="Ann")
        team.add_channel("C0001", name="general")
        team.add_channel("C0002", name="mine", private=True, members=[ann])
        team.add_channel("C0003", name="others", private=True)
        team.add_channel("C0004", name="gone", archived=True)
        yield ann


def view_of(element: Json, **more: object) -> View:
    definition = modal(entry("x", element, **more))
    return View("V1", "T0001", "U0001", definition, "h", "V1")


NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
STATES: list[tuple[Json, object, str, object]] = [
    ({"type": "plain_text_input"}, "a", "value", "a"),
    ({"type": "number_input", "is_decimal_allowed": True}, 1.5, "value", "1.5"),
    ({"type": "datetimepicker"}, NEW_YEAR, "selected_date_time", 1798761600),
    ({"type": "datetimepicker"}, 1798761600, "selected_date_time", 1798761600),
    ({"type": "datepicker"}, date(2027, 1, 1), "selected_date", "2027-01-01"),
    ({"type": "timepicker"}, time(9, 5), "selected_time", "09:05"),
    ({"type": "static_select", "options": OPTIONS}, "two", "selected_option", OPTIONS[1]),
    ({"type": "radio_buttons", "options": OPTIONS}, "One", "selected_option", OPTIONS[0]),
    ({"type": "checkboxes", "options": OPTIONS}, ["one", "two"], "selected_options", OPTIONS),
    ({"type": "multi_static_select", "options": OPTIONS}, [], "selected_options", []),
    ({"type": "users_select"}, "U0001", "selected_user", "U0001"),
    ({"type": "multi_conversations_select"}, ["C0001"], "selected_conversations", ["C0001"]),
]  # fmt: skip


@pytest.mark.parametrize(("element", "value", "key", "state"), STATES)
def test_an_element_s_state_is_slack_s(element: Json, value: Any, key: str, state: object) -> None:  # noqa: ANN401 - whatever is filled in
    view = view_of(element)
    view.fill("x", value)
    bare = {"type": element["type"], key: _plainly(state)}
    assert bare == {name: _plainly(one) for name, one in view.values["x"]["x"].items()}


def _plainly(state: object) -> object:
    """Leave out the `emoji` that Slack adds to a label."""
    if isinstance(state, list):
        return [_plainly(one) for one in state]
    if isinstance(state, dict):
        return {key: _plainly(one) for key, one in state.items() if key != "emoji"}
    return state


def test_an_untouched_element_holds_its_first_value() -> None:
    view = view_of({"type": "static_select", "options": OPTIONS, "initial_option": OPTIONS[1]})
    assert "two" == view.values["x"]["x"]["selected_option"]["value"]
    assert None is view_of({"type": "plain_text_input"}).value("x")
    assert [] == view_of({"type": "checkboxes", "options": OPTIONS}).value("x")


def test_an_option_that_is_not_offered_cannot_be_chosen() -> None:
    with pytest.raises(NotThereError):
        view_of({"type": "static_select", "options": OPTIONS}).fill("x", "three")
    with pytest.raises(NotThereError):
        view_of({"type": "plain_text_input"}).fill("y", "a")


KEPT: list[tuple[Json, object, bool]] = [
    ({"type": "plain_text_input", "max_length": 3}, "abcd", True),
    ({"type": "plain_text_input", "max_length": 3}, "abc", False),
    ({"type": "plain_text_input", "min_length": 3}, "ab", True),
    ({"type": "plain_text_input"}, "x" * 3001, True),
    ({"type": "plain_text_input"}, "a\nb", True),
    ({"type": "plain_text_input", "multiline": True}, "a\nb", False),
    ({"type": "plain_text_input"}, "", True),
    ({"type": "plain_text_input"}, None, True),
    ({"type": "email_text_input"}, "ann", True),
    ({"type": "email_text_input"}, "ann@example.com", False),
    ({"type": "url_text_input"}, "example.com", True),
    ({"type": "url_text_input"}, "https://example.com", False),
    ({"type": "number_input", "is_decimal_allowed": False}, "1.5", True),
    ({"type": "number_input", "is_decimal_allowed": True}, "1.5", False),
    ({"type": "number_input", "is_decimal_allowed": True}, "many", True),
    ({"type": "number_input", "is_decimal_allowed": True}, "NaN", True),
    ({"type": "number_input", "is_decimal_allowed": False, "min_value": "2"}, "1", True),
    ({"type": "number_input", "is_decimal_allowed": False, "min_value": "2"}, "2", False),
    ({"type": "number_input", "is_decimal_allowed": False, "max_value": "2"}, "3", True),
    ({"type": "users_select"}, "U0001", False),
    ({"type": "users_select"}, "U9999", True),
    ({"type": "channels_select"}, "C0001", False),
    ({"type": "channels_select"}, "C0002", True),
    ({"type": "conversations_select"}, "C0002", False),
    ({"type": "conversations_select"}, "C0003", True),
    ({"type": "conversations_select"}, "C0004", True),
    ({"type": "multi_conversations_select", "filter": {"include": ["private"]}}, ["C0001"], True),
    ({"type": "multi_conversations_select", "filter": {"include": ["public"]}}, ["C0001"], False),
    ({"type": "multi_conversations_select", "max_selected_items": 1}, ["C0001", "C0002"], True),
]  # fmt: skip


@pytest.mark.parametrize(("element", "value", "kept"), KEPT)
async def test_the_client_keeps_a_form_open_as_slack_s_does(
    ann: Person, element: Json, value: object, *, kept: bool
) -> None:
    view = view_of(element)
    view.fill("x", value)
    assert kept == bool(complaints_about(view, ann.team, ann.id))


async def test_what_is_optional_may_be_empty(ann: Person) -> None:
    view = view_of({"type": "plain_text_input"}, optional=True)
    assert {} == complaints_about(view, ann.team, ann.id)


def acting(*elements: Json) -> View:
    block = {"type": "actions", "block_id": "acts", "elements": list(elements)}
    return View("V1", "T0001", "U0001", modal(block), "h", "V1")


def test_the_action_of_a_select_tells_what_was_and_what_is_chosen() -> None:
    select = {"type": "static_select", "action_id": "s", "options": OPTIONS}
    view = acting({**select, "initial_option": OPTIONS[0]})
    _, _, done = action_of(view, "s", "two", "1.2")
    assert ("one", "two") == (done["initial_option"]["value"], done["selected_option"]["value"])
    _, _, done = action_of(acting(select), "s", "two", "1.2")
    assert "initial_option" not in done


def test_the_action_of_an_overflow_menu_tells_the_option() -> None:
    view = acting({"type": "overflow", "action_id": "o", "options": OPTIONS})
    _, _, done = action_of(view, "o", "two", "1.2")
    assert "two" == done["selected_option"]["value"]
    with pytest.raises(NotThereError):
        action_of(view, "o", "three", "1.2")


def test_buttons_of_one_name_are_told_apart_by_value() -> None:
    def button(value: str) -> Json:
        return {"type": "button", "action_id": "b", "value": value, "text": plain("x")}

    blocks = [{"type": "actions", "elements": [button(value)]} for value in "12"]
    view = View("V1", "T0001", "U0001", modal(*blocks), "h", "V1")
    assert "2" == action_of(view, "b", "2", "1.2")[2]["value"]
    with pytest.raises(NotThereError):
        action_of(view, "b", None, "1.2")
