"""The parts of a message or modal that a person can use, wherever they are nested.

Component types: Discord's documentation, "Component Reference".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT, USER_SELECT = 1, 2, 3, 4, 5
ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT, TEXT_DISPLAY = 6, 7, 8, 10
LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 18, 19, 21, 22, 23
ENTITY_SELECTS = frozenset({USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT})
SELECTS = ENTITY_SELECTS | {STRING_SELECT}
FIELDS = SELECTS | {TEXT_INPUT, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX}
LINK, PREMIUM = 5, 6


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give every component, the outer before the inner ones, as Discord numbers them."""
    for one in components:
        yield one
        yield from walk(one.get("components", []))
        yield from walk([one[key] for key in ("component", "accessory") if key in one])


def numbered(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give a copy in which every component has an id; those it has are kept."""
    copied = [_copy(one) for one in components]
    taken = {one["id"] for one in walk(copied) if one.get("id")}
    free = (number for number in range(1, 10_000) if number not in taken)
    for one in walk(copied):
        if not one.get("id"):
            one["id"] = next(free)
    return copied


def usable(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """List buttons and selects that lead to an interaction, also those that are disabled."""
    return [
        one
        for one in walk(components)
        if one["type"] in SELECTS
        or (one["type"] == BUTTON and one.get("style") not in (LINK, PREMIUM))
    ]


def label_of(component: dict[str, Any]) -> str:
    """Give what a person reads on a button or in an empty select."""
    return str(component.get("label") or component.get("placeholder") or "")


def _copy(component: dict[str, Any]) -> dict[str, Any]:
    copied = dict(component)
    if "components" in copied:
        copied["components"] = [_copy(one) for one in copied["components"]]
    for key in ("component", "accessory"):
        if key in copied:
            copied[key] = _copy(copied[key])
    return copied
