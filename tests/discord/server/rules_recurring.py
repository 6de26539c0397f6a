"""What recurs in the parts of messages and modals: options, how many to choose, emoji.

Source: "Component Reference" in Discord's documentation, and its OpenAPI description.
"""

from __future__ import annotations

from collections.abc import Iterable

from tests.discord.server.complaints import Complaints, at
from tests.discord.server.errors import Json

OPTION, CUSTOM_ID = 100, 100
COMMON = {"type", "id"}


def check_unique(found: Complaints, parts: Iterable[tuple[str, Json]]) -> None:
    """Complain of a custom_id or an id that two parts share."""
    for name, code in (
        ("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"),
        ("id", "COMPONENT_ID_DUPLICATED"),
    ):
        seen: set[object] = set()
        for place, part in parts:
            value = part.get(name)
            if not isinstance(value, str | int) or not value:
                continue
            if value in seen:
                sentence = f"Component {name.replace('_', ' ')} cannot be duplicated"
                found.add(at(place, name), code, sentence)
            seen.add(value)


def check_range(found: Complaints, place: str, part: Json, most: int, *, modal: bool) -> None:
    """Complain of a least and a most that do not go together, or not with `required`."""
    least, highest = part.get("min_values"), part.get("max_values")
    if least is not None:
        found.number(at(place, "min_values"), least, 0, most)
    if highest is not None:
        found.number(at(place, "max_values"), highest, 1, most)
    if isinstance(least, int) and least > (highest if isinstance(highest, int) else 1):
        found.add(
            at(place, "min_values"),
            "NUMBER_TYPE_MAX",
            f"min_values must be equal to or less than {highest or 1}.",
        )
    if modal and least == 0 and part.get("required") is not False:
        found.add(
            at(place, "min_values"),
            "SELECT_COMPONENT_REQUIRED_ZERO_MIN_VALUES",
            "Select menus marked as required cannot have a min_values of 0",
        )


def check_options(found: Complaints, place: str, options: list[object], more: set[str]) -> int:
    """Check options, and count those that are chosen from the start."""
    values: set[str] = set()
    chosen = 0
    for number, one in enumerate(options):
        there = at(at(place, "options"), number)
        if (option := found.mapping(there, one)) is None:
            continue
        found.keys(there, option, {"label", "value", "description", "default"} | more)
        for name in ("label", "value"):
            found.text(at(there, name), option.get(name), OPTION)
        found.optional(at(there, "description"), option.get("description"), OPTION)
        found.boolean(at(there, "default"), option.get("default"))
        check_emoji(found, at(there, "emoji"), option.get("emoji"))
        chosen += bool(option.get("default"))
        value = str(option.get("value"))
        if value in values:
            found.add(
                at(there, "value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            )
        values.add(value)
    return chosen


def check_emoji(found: Complaints, place: str, emoji: object) -> None:
    """Complain of what is neither a Unicode emoji nor one with an id; left out it may be."""
    if emoji is None or (checked := found.mapping(place, emoji)) is None:
        return
    found.keys(place, checked, {"id", "name", "animated"})
    found.text(at(place, "name"), checked.get("name"), 32)
    name = checked.get("name")
    if checked.get("id") is not None:
        found.snowflake(at(place, "id"), checked["id"])
    elif isinstance(name, str) and name.isascii():
        found.add(at(place, "name"), "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji")
