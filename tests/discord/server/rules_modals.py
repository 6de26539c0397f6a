"""Which modals and which completions Discord takes as an answer to an interaction.

Source: "Component Reference" and "Receiving and Responding" in Discord's documentation.
"""

from __future__ import annotations

from tests.discord.server.complaints import Complaints, at, kind_of
from tests.discord.server.controls import ACTION_ROW, LABEL, TEXT_DISPLAY, TEXT_INPUT
from tests.discord.server.errors import Json
from tests.discord.server.rules_fields import FIELDS, check_text_input
from tests.discord.server.rules_parts import check_text_display
from tests.discord.server.rules_recurring import CUSTOM_ID, check_unique

TITLE, PARTS, LABEL_TEXT, LABEL_DESCRIPTION = 45, 5, 45, 100
CHOICES, CHOICE_NAME, CHOICE_VALUE = 25, 100, 100
_STRING, _INTEGER, _NUMBER = 3, 4, 10
_INT53 = 2**53


def modal_complaints(found: Complaints, place: str, data: Json) -> None:
    """Complain of a modal."""
    found.keys(place, data, {"title", "custom_id", "components"})
    found.text(at(place, "title"), data.get("title"), TITLE)
    found.text(at(place, "custom_id"), data.get("custom_id"), CUSTOM_ID)
    inside = at(place, "components")
    met: list[tuple[str, Json]] = []
    for number, part in enumerate(found.listed(inside, data.get("components"), PARTS, 1)):
        there = at(inside, number)
        if (checked := found.mapping(there, part)) is not None:
            met.append((there, checked))
            met += _top(found, there, checked)
    check_unique(found, met)


def choice_complaints(found: Complaints, place: str, data: Json, kind: int) -> None:
    """Complain of completions for an option of type `kind`."""
    found.keys(place, data, {"choices"})
    there = at(place, "choices")
    for number, one in enumerate(found.listed(there, data.get("choices"), CHOICES)):
        if (choice := found.mapping(at(there, number), one)) is not None:
            check_choice(found, at(there, number), choice, kind)


def check_choice(found: Complaints, place: str, choice: Json, kind: int) -> None:
    """Complain of a choice whose name or value is too long, or of the wrong type."""
    found.keys(place, choice, {"name", "name_localizations", "value"})
    found.text(at(place, "name"), choice.get("name"), CHOICE_NAME)
    value = choice.get("value")
    if kind == _STRING:
        found.text(at(place, "value"), value, CHOICE_VALUE)
    elif kind == _INTEGER:
        found.number(at(place, "value"), value, -_INT53, _INT53)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        found.add(at(place, "value"), "NUMBER_TYPE_COERCE", "Value is not float.")


def _top(found: Complaints, place: str, part: Json) -> list[tuple[str, Json]]:
    """Check a part at the top, and give those in it, each with its place."""
    match kind_of(part):
        case 10:
            check_text_display(found, place, part)
        case 18:
            return _label(found, place, part)
        case 1:
            return _row(found, place, part)
        case _:
            found.choice(at(place, "type"), part.get("type"), {ACTION_ROW, TEXT_DISPLAY, LABEL})
    return []


def _label(found: Complaints, place: str, label: Json) -> list[tuple[str, Json]]:
    found.keys(place, label, {"type", "id", "label", "description", "component"})
    found.text(at(place, "label"), label.get("label"), LABEL_TEXT)
    found.optional(at(place, "description"), label.get("description"), LABEL_DESCRIPTION, 1)
    there = at(place, "component")
    if (part := found.mapping(there, label.get("component"))) is None:
        return []
    check = FIELDS.get(kind_of(part))
    if check is None:
        found.choice(at(there, "type"), part.get("type"), set(FIELDS))
        return []
    if kind_of(part) == TEXT_INPUT and part.get("label"):
        found.add(at(there, "label"), "COMPONENT_LABEL_TWICE", "The label around it has the text")
    check(found, there, part)
    return [(there, part)]


def _row(found: Complaints, place: str, row: Json) -> list[tuple[str, Json]]:
    """Check a row with one text input, as modals had them before labels."""
    found.keys(place, row, {"type", "id", "components"})
    inside = at(place, "components")
    met: list[tuple[str, Json]] = []
    for number, part in enumerate(found.listed(inside, row.get("components"), 1, 1)):
        there = at(inside, number)
        if (field := found.mapping(there, part)) is None:
            continue
        found.choice(at(there, "type"), field.get("type"), {TEXT_INPUT})
        found.text(at(there, "label"), field.get("label"), LABEL_TEXT)
        check_text_input(found, there, field)
        met.append((there, field))
    return met
