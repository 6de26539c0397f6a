"""What stands in the fields of a modal: at first, after somebody filled it in, and as it is sent.

Source: Discord's documentation, "Component Reference", the interaction response structures.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.discord.server.controls import (
    CHECKBOX,
    CHECKBOX_GROUP,
    ENTITY_SELECTS,
    FILE_UPLOAD,
    RADIO_GROUP,
    STRING_SELECT,
    TEXT_INPUT,
)
from tests.discord.server.errors import NotThereError


def first_value(field: dict[str, Any]) -> Any:  # noqa: ANN401 - text, a list, yes or no
    """Give what stands in a field that nobody has touched."""
    options = field.get("options", [])
    chosen = [one["value"] for one in options if one.get("default")]
    match field["type"]:
        case kind if kind == TEXT_INPUT:
            return field.get("value") or ""
        case kind if kind in (STRING_SELECT, CHECKBOX_GROUP):
            return chosen
        case kind if kind == RADIO_GROUP:
            return chosen[0] if chosen else None
        case kind if kind == CHECKBOX:
            return bool(field.get("default"))
        case kind if kind in ENTITY_SELECTS:
            return [str(one["id"]) for one in field.get("default_values") or []]
    return []


def filled_value(field: dict[str, Any], value: Any) -> Any:  # noqa: ANN401 - what a test puts in
    """Give what stands in a field after somebody put `value` into it, or emptied it with None.

    Options are named by value or label, people, roles and channels by the object or its id, files
    are attachments. Raises NotThereError for an option that the field does not have.
    """
    match field["type"]:
        case kind if kind == TEXT_INPUT:
            return "" if value is None else str(value)
        case kind if kind == CHECKBOX:
            return bool(value)
        case kind if kind == RADIO_GROUP:
            return None if value is None else option_value(field, value)
        case kind if kind in (STRING_SELECT, CHECKBOX_GROUP):
            return [option_value(field, one) for one in _listed(value)]
        case kind if kind == FILE_UPLOAD:
            return _listed(value)
    return [str(getattr(one, "id", one)) for one in _listed(value)]


def sent_value(field: dict[str, Any], value: Any) -> dict[str, Any]:  # noqa: ANN401 - see above
    """Describe a field in a MODAL_SUBMIT."""
    sent = {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]}
    if field["type"] == FILE_UPLOAD:
        return sent | {"values": [str(one.id) for one in value]}
    return sent | {"values" if isinstance(value, list) else "value": value}


def option_value(field: dict[str, Any], wanted: object) -> str:
    """Find an option by its value or its label. Raises NotThereError."""
    for option in field["options"]:
        if wanted in (option["value"], option["label"]):
            return str(option["value"])
    there = [option["label"] for option in field["options"]]
    raise NotThereError(f"{field['custom_id']} has no option {wanted!r}: it has {there}")


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - see above
    if value is None:
        return []
    many = isinstance(value, Iterable) and not isinstance(value, str | bytes)
    return list(value) if many else [value]
