"""The state of a form: what stands in each element, as Slack puts it into `view.state.values`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, Protocol

from tests.slack.server.elements import all_elements, options_of
from tests.slack.server.errors import Json, NotThereError

# type of element: where its state stands, where its first state stands
KEYS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "file_input": ("files", ""),
}
MANY = {kind for kind, (key, _) in KEYS.items() if key.endswith("s")}

State = dict[tuple[str, str], Json]


class HasId(Protocol):
    """A person, channel or file, named by its id."""

    @property
    def id(self) -> str: ...


def first_state(element: Json) -> Json:
    """Give the state of an element that nobody has touched."""
    key, initial = KEYS[element["type"]]
    empty: object = [] if element["type"] in MANY else None
    value = element.get(initial, empty)
    if value is None and element["type"] == "rich_text_input":
        return {"type": element["type"]}
    return {"type": element["type"], key: value}


def filled_state(element: Json, value: object) -> Json:
    """Give the state of an element after somebody put `value` into it, or emptied it with None.

    Options are named by their value or their label, people, channels and files by their id or the
    object, moments by a datetime or Unix seconds. Raises NotThereError for an unknown option.
    """
    kind = element["type"]
    key, _ = KEYS[kind]
    if kind in MANY:
        many = [] if value is None else _listed(value)
        return {"type": kind, key: [_one(element, one) for one in many]}
    if value is None:
        return {"type": kind} if kind == "rich_text_input" else {"type": kind, key: None}
    return {"type": kind, key: _one(element, value)}


def is_empty(state: Json) -> bool:
    """Tell whether nothing stands in an element."""
    key, _ = KEYS[state["type"]]
    return state.get(key) in (None, [], "")


def states_of(blocks: list[Json], known: State) -> State:
    """Give the state of every element, the known ones where the same element is still there."""
    states: State = {}
    for block, element in all_elements(blocks):
        if element["type"] not in KEYS:
            continue
        at = (block["block_id"], element["action_id"])
        kept = known.get(at)
        same = kept is not None and kept["type"] == element["type"]
        states[at] = kept if kept is not None and same else first_state(element)
    return states


def as_values(states: State) -> dict[str, dict[str, Json]]:
    """Nest the states by block and action, as payloads carry them."""
    values: dict[str, dict[str, Json]] = {}
    for (block_id, action_id), state in states.items():
        values.setdefault(block_id, {})[action_id] = state
    return values


def _listed(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple | set) else [value]


def _one(element: Json, value: Any) -> object:  # noqa: ANN401 - whatever a test puts in
    match element["type"]:
        case kind if KEYS[kind][0].startswith("selected_option"):
            return value if isinstance(value, dict) else _option(element, value)
        case "datetimepicker":
            return int(value.timestamp()) if isinstance(value, datetime) else int(value)
        case "datepicker":
            return value.isoformat() if isinstance(value, date) else str(value)
        case "timepicker":
            return value.strftime("%H:%M") if isinstance(value, time) else str(value)
        case "rich_text_input":
            return value
        case "file_input":
            return value.as_json()
        case kind if KEYS[kind][0] == "value":
            return str(value)
    return value if isinstance(value, str) else value.id


def _option(element: Json, wanted: object) -> Json:
    options = options_of(element)
    for option in options:
        if wanted in (option.get("value"), option["text"]["text"]):
            return {key: option[key] for key in ("text", "value", "description") if key in option}
    there = [option.get("value") for option in options]
    raise NotThereError(f"{element['action_id']} has no option {wanted!r}: it has {there}")
