"""Which fields Discord takes in a modal: texts, groups, files, and the selects.

Source: "Component Reference" in Discord's documentation, and its OpenAPI description.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.discord.server.complaints import Complaints, at
from tests.discord.server.controls import (
    CHANNEL_SELECT,
    CHECKBOX,
    CHECKBOX_GROUP,
    FILE_UPLOAD,
    MENTIONABLE_SELECT,
    RADIO_GROUP,
    ROLE_SELECT,
    STRING_SELECT,
    TEXT_INPUT,
    USER_SELECT,
)
from tests.discord.server.errors import Json
from tests.discord.server.rules_parts import check_select
from tests.discord.server.rules_recurring import COMMON, CUSTOM_ID, check_options, check_range

INPUT, INPUT_PLACEHOLDER, GROUP, FILES = 4000, 100, 10, 10


def check_text_input(found: Complaints, place: str, field: Json) -> None:
    """Complain of a text input that cannot be shown or can never be filled in."""
    known = {"custom_id", "style", "label", "min_length", "max_length", "required", "value"}
    found.keys(place, field, known | COMMON | {"placeholder"})
    found.text(at(place, "custom_id"), field.get("custom_id"), CUSTOM_ID)
    found.choice(at(place, "style"), field.get("style"), (1, 2))
    found.boolean(at(place, "required"), field.get("required"))
    found.optional(at(place, "placeholder"), field.get("placeholder"), INPUT_PLACEHOLDER)
    least, most = field.get("min_length"), field.get("max_length")
    if least is not None:
        found.number(at(place, "min_length"), least, 0, INPUT)
    if most is not None:
        found.number(at(place, "max_length"), most, 1, INPUT)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        found.add(at(place, "min_length"), "NUMBER_TYPE_MAX", f"min_length must not exceed {most}")
    highest = most if isinstance(most, int) else INPUT
    found.optional(at(place, "value"), field.get("value"), highest)


def check_group(found: Complaints, place: str, group: Json) -> None:
    """Complain of a radio or checkbox group."""
    many = group["type"] == CHECKBOX_GROUP
    more = {"min_values", "max_values"} if many else set()
    found.keys(place, group, {"custom_id", "options", "required"} | COMMON | more)
    found.text(at(place, "custom_id"), group.get("custom_id"), CUSTOM_ID)
    found.boolean(at(place, "required"), group.get("required"))
    options = found.listed(at(place, "options"), group.get("options"), GROUP, 1 if many else 2)
    chosen = check_options(found, place, options, set())
    if many:
        check_range(found, place, group, GROUP, modal=True)
    elif chosen > 1:
        found.add(at(place, "options"), "RADIO_GROUP_TOO_MANY_DEFAULTS", "Only one can be chosen")


def check_checkbox(found: Complaints, place: str, box: Json) -> None:
    """Complain of a single checkbox."""
    found.keys(place, box, {"custom_id", "default"} | COMMON)
    found.text(at(place, "custom_id"), box.get("custom_id"), CUSTOM_ID)
    found.boolean(at(place, "default"), box.get("default"))


def check_file_upload(found: Complaints, place: str, upload: Json) -> None:
    """Complain of a file upload."""
    found.keys(place, upload, {"custom_id", "min_values", "max_values", "required"} | COMMON)
    found.text(at(place, "custom_id"), upload.get("custom_id"), CUSTOM_ID)
    found.boolean(at(place, "required"), upload.get("required"))
    check_range(found, place, upload, FILES, modal=True)


def _in_modal(found: Complaints, place: str, select: Json) -> None:
    check_select(found, place, select, modal=True)


FIELDS: dict[int, Callable[[Complaints, str, Json], None]] = {
    TEXT_INPUT: check_text_input,
    STRING_SELECT: _in_modal,
    USER_SELECT: _in_modal,
    ROLE_SELECT: _in_modal,
    MENTIONABLE_SELECT: _in_modal,
    CHANNEL_SELECT: _in_modal,
    FILE_UPLOAD: check_file_upload,
    RADIO_GROUP: check_group,
    CHECKBOX_GROUP: check_group,
    CHECKBOX: check_checkbox,
}
