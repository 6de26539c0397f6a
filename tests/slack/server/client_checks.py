"""What Slack's client checks before it sends a form."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from tests.slack.server.elements import elements_of
from tests.slack.server.errors import Json
from tests.slack.server.form_state import KEYS, is_empty
from tests.slack.server.views import View

if TYPE_CHECKING:
    from tests.slack.server.team import Team

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")


def complaints_about(view: View, team: Team, person_id: str) -> dict[str, str]:
    """Say by block_id why the client keeps the form open; empty if it sends it."""
    complaints: dict[str, str] = {}
    for block in view.blocks:
        if block["type"] != "input":
            continue
        for _, element in elements_of(block):
            state = view.states[block["block_id"], element["action_id"]]
            said = _complaint(block, element, state, team, person_id)
            if said:
                complaints[block["block_id"]] = said
    return complaints


def _complaint(block: Json, element: Json, state: Json, team: Team, person_id: str) -> str | None:
    if is_empty(state):
        return None if block.get("optional") else "Please complete this required field."
    value = state[KEYS[element["type"]][0]]
    match element["type"]:
        case "plain_text_input":
            return _text(element, value)
        case "email_text_input":
            return None if _EMAIL.fullmatch(value) else "Please enter a valid email address."
        case "url_text_input":
            return None if _URL.fullmatch(value) else "Please enter a valid URL."
        case "number_input":
            return _number(element, value)
        case "file_input":
            return _files(element, value)
        case kind if kind.startswith("multi_"):
            most = element.get("max_selected_items")
            if most and len(value) > most:
                return f"Please choose at most {most}."
    values = value if isinstance(value, list) else [value]
    return next((said for one in values if (said := _place(element, one, team, person_id))), None)


def _text(element: Json, value: str) -> str | None:
    if len(value) > element.get("max_length", 3000):
        return f"Please shorten this to {element.get('max_length', 3000)} characters."
    if len(value) < element.get("min_length", 0):
        return f"Please write at least {element['min_length']} characters."
    if "\n" in value and not element.get("multiline"):
        return "A single line cannot hold a line break."
    return None


def _number(element: Json, value: str) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Please enter a number."
    if not number.is_finite():
        return "Please enter a number."
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        return "Please enter a whole number."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Please enter a number from {element['min_value']} up."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Please enter a number up to {element['max_value']}."
    return None


def _files(element: Json, files: list[Json]) -> str | None:
    if len(files) > element.get("max_files", 10):
        return "Too many files."
    allowed = element.get("filetypes")
    endings = {file["name"].rpartition(".")[2].lower() for file in files}
    if allowed and not endings <= set(allowed):
        return f"Only files of type {', '.join(allowed)}."
    return None


def _place(element: Json, value: object, team: Team, person_id: str) -> str | None:
    kind = element["type"]
    if kind.endswith("users_select") and value not in team.users:
        return f"There is no user {value}."
    if not kind.endswith(("channels_select", "conversations_select")):
        return None
    channel = team.channels.get(str(value))
    if channel is None or channel.archived:
        return f"There is no channel {value}."
    if channel.private and (kind.endswith("channels_select") or person_id not in channel.members):
        return f"{channel.name} cannot be picked by this person."
    wanted = element.get("filter", {}).get("include")
    called = {"channels": "public", "groups": "private", "im": "im"}[channel.kind]
    return f"{channel.name} is filtered out." if wanted and called not in wanted else None
