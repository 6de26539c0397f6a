"""Which application commands Discord takes.

Source: "Application Commands" in Discord's documentation.
"""

from __future__ import annotations

import re
import unicodedata

from tests.discord.server.commands import CHAT_INPUT, MESSAGE, USER
from tests.discord.server.complaints import Complaints, at, kind_of, objects
from tests.discord.server.errors import Json
from tests.discord.server.rules_modals import check_choice

NAME, DESCRIPTION, OPTIONS, CHOICES, ALTOGETHER = 32, 100, 25, 25, 8000
SUBCOMMAND, GROUP, STRING, INTEGER, CHANNEL, NUMBER = 1, 2, 3, 4, 7, 10
_COMPLETING = {STRING, INTEGER, NUMBER}
_COMMAND = {
    "id",
    "type",
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "default_member_permissions",
    "dm_permission",
    "contexts",
    "integration_types",
    "nsfw",
}
_OPTION = {"type", "name", "name_localizations", "description", "description_localizations"}
_BOUNDS = {
    STRING: {"min_length", "max_length"},
    INTEGER: {"min_value", "max_value"},
    NUMBER: {"min_value", "max_value"},
}


def check_command(found: Complaints, place: str, command: Json, *, partial: bool = False) -> None:
    """Complain of a command; with `partial` of a change to one."""
    found.keys(place, command, _COMMAND)
    kind = command.get("type") or CHAT_INPUT
    found.choice(at(place, "type"), kind, (CHAT_INPUT, USER, MESSAGE))
    if not partial or "name" in command:
        _name(found, at(place, "name"), command.get("name"), chat=kind == CHAT_INPUT)
    if kind == CHAT_INPUT and (not partial or "description" in command):
        found.text(at(place, "description"), command.get("description"), DESCRIPTION)
    elif kind != CHAT_INPUT and (command.get("description") or command.get("options")):
        found.add(
            at(place, "description"),
            "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION",
            "Context menu commands cannot have description or options",
        )
    _localized(found, place, command)
    for name in ("dm_permission", "nsfw"):
        found.boolean(at(place, name), command.get(name))
    for name, values in (("contexts", (0, 1, 2)), ("integration_types", (0, 1))):
        for number, one in enumerate(found.listed(at(place, name), command.get(name), len(values))):
            found.choice(at(at(place, name), number), one, values)
    _permissions(found, at(place, "default_member_permissions"), command)
    _options(found, place, command.get("options"), depth=0)
    if size(command) > ALTOGETHER:
        found.add(
            place,
            "APPLICATION_COMMAND_TOO_LARGE",
            f"Command exceeds maximum size ({ALTOGETHER})",
        )


def size(part: Json) -> int:
    """Count what counts: name, description and string values, of all that is in a command."""
    own = sum(len(str(part.get(name) or "")) for name in ("name", "description"))
    own += len(part["value"]) if isinstance(part.get("value"), str) else 0
    inside = [*objects(part.get("options")), *objects(part.get("choices"))]
    return own + sum(size(one) for one in inside)


def _options(found: Complaints, place: str, options: object, *, depth: int) -> None:
    """Check the options of a command (`depth` 0), a group or a sub-command in it."""
    there = at(place, "options")
    names: set[str] = set()
    optional_before = False
    listed = objects(found.listed(there, options, OPTIONS))
    kinds = {kind_of(one) for one in listed}
    if kinds & {SUBCOMMAND, GROUP} and kinds - {SUBCOMMAND, GROUP}:
        found.add(
            there,
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-commands and their groups are mutually exclusive to all other option types",
        )
    for number, option in enumerate(listed):
        place_of_one = at(there, number)
        _option(found, place_of_one, option, depth)
        name = str(option.get("name"))
        if name in names:
            found.add(
                place_of_one,
                "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                f"Option name {name[:40]!r} already exists in options",
            )
        names.add(name)
        if option.get("required") and optional_before:
            found.add(
                place_of_one,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_before |= not option.get("required")


def _option(found: Complaints, place: str, option: Json, depth: int) -> None:
    kind = kind_of(option)
    allowed = {0: range(1, 12), 1: [SUBCOMMAND, *range(3, 12)], 2: range(3, 12)}[depth]
    found.choice(at(place, "type"), option.get("type"), allowed)
    known = set(_OPTION)
    if kind in (SUBCOMMAND, GROUP):
        known |= {"options"}
    else:
        known |= {"required"}
    known |= {"choices", "autocomplete"} if kind in _COMPLETING else set()
    known |= _BOUNDS.get(kind, set()) | ({"channel_types"} if kind == CHANNEL else set())
    found.keys(place, option, known)
    _name(found, at(place, "name"), option.get("name"), chat=True)
    found.text(at(place, "description"), option.get("description"), DESCRIPTION)
    _localized(found, place, option)
    found.boolean(at(place, "required"), option.get("required"))
    _completions(found, place, option)
    for name, least in (("min_length", 0), ("max_length", 1)):
        if option.get(name) is not None:
            found.number(at(place, name), option[name], least, 6000)
    if kind == GROUP:
        inside = objects(option.get("options"))
        if any(kind_of(one) != SUBCOMMAND for one in inside):
            found.choice(at(place, "options"), "other", {SUBCOMMAND})
    if kind in (SUBCOMMAND, GROUP):
        _options(found, place, option.get("options"), depth=1 if kind == GROUP else 2)


def _completions(found: Complaints, place: str, option: Json) -> None:
    choices = found.listed(at(place, "choices"), option.get("choices"), CHOICES)
    found.boolean(at(place, "autocomplete"), option.get("autocomplete"))
    if choices and option.get("autocomplete"):
        found.add(
            at(place, "autocomplete"),
            "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE",
            "Cannot be true with choices",
        )
    names: set[str] = set()
    for number, one in enumerate(choices):
        there = at(at(place, "choices"), number)
        if (choice := found.mapping(there, one)) is None:
            continue
        check_choice(found, there, choice, kind_of(option))
        name = str(choice.get("name"))
        if name in names:
            found.add(
                there,
                "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS",
                "Option choice name already exists",
            )
        names.add(name)


def _name(found: Complaints, place: str, name: object, *, chat: bool) -> None:
    found.text(place, name, NAME)
    if not chat or not isinstance(name, str) or not name:
        return
    letters = all(one in "-_'" or _in_a_word(one) for one in name)
    if not letters or name != name.lower() or re.search(r"\s", name):
        found.add(place, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _in_a_word(character: str) -> bool:
    """Tell whether it is a letter or digit, or of the Devanagari or Thai scripts."""
    name = unicodedata.name(character, "")
    return unicodedata.category(character)[0] in "LN" or name.startswith(("DEVANAGARI", "THAI"))


def _localized(found: Complaints, place: str, part: Json) -> None:
    for name, most in (("name_localizations", NAME), ("description_localizations", DESCRIPTION)):
        if part.get(name) is None:
            continue
        for locale, text in (found.mapping(at(place, name), part[name]) or {}).items():
            found.text(at(at(place, name), locale), text, most)


def _permissions(found: Complaints, place: str, command: Json) -> None:
    given = command.get("default_member_permissions")
    if given is not None and not str(given).isdecimal():
        found.add(place, "BITFIELD_TYPE_CONVERT", "Value is no bit set.")
