"""What Slack takes as an interactive element."""

from __future__ import annotations

import re

from tests.slack.server.complaints import EITHER, PLAIN, Complaints
from tests.slack.server.elements import options_of
from tests.slack.server.errors import Json
from tests.slack.server.rules_rich_text import check_rich_text

CHOICES = {"radio_buttons": 10, "checkboxes": 10, "static_select": 100, "multi_static_select": 100}
TYPED = 3000


def check_element(found: Complaints, pointer: str, element: Json) -> None:
    """Complain of what is wrong in an element, whatever its type."""
    kind = str(element.get("type"))
    found.optional(f"{pointer}/action_id", element.get("action_id"), 255)
    if "placeholder" in element:
        found.text(f"{pointer}/placeholder", element["placeholder"], 150)
    if "confirm" in element:
        _confirm(found, f"{pointer}/confirm", element["confirm"])
    if "max_selected_items" in element and not _whole(element["max_selected_items"], 1, 10**6):
        found.add(f"{pointer}/max_selected_items", "must be a whole number from 1 up")
    if kind in ("button", "workflow_button"):
        _button(found, pointer, element)
    elif kind == "overflow":
        _options(found, pointer, element, 5)
    elif kind in CHOICES:
        _choice(found, pointer, element, CHOICES[kind])
    elif kind == "rich_text_input" and "initial_value" in element:
        check_rich_text(found, f"{pointer}/initial_value", element["initial_value"])
    elif kind == "file_input":
        _file_input(found, pointer, element)
    elif kind.endswith(("_input", "picker")):
        _typed(found, pointer, element, kind)


def _button(found: Complaints, pointer: str, button: Json) -> None:
    found.text(f"{pointer}/text", button.get("text"), 75)
    found.optional(f"{pointer}/value", button.get("value"), 2000)
    found.optional(f"{pointer}/accessibility_label", button.get("accessibility_label"), 75)
    if "url" in button:
        found.url(f"{pointer}/url", button["url"])
    if button.get("style", "primary") not in ("primary", "danger"):
        found.add(f"{pointer}/style", "must be primary or danger")


def _confirm(found: Complaints, pointer: str, confirm: object) -> None:
    if not isinstance(confirm, dict):
        found.add(pointer, "must provide an object")
        return
    found.text(f"{pointer}/text", confirm.get("text"), 300, EITHER)
    for name, most in (("title", 100), ("confirm", 30), ("deny", 30)):
        if name in confirm:
            found.text(f"{pointer}/{name}", confirm[name], most)


def _choice(found: Complaints, pointer: str, element: Json, most: int) -> None:
    if "option_groups" in element:
        if "options" in element:
            found.add(pointer, "only one of options and option_groups is allowed")
        groups = found.count(f"{pointer}/option_groups", element["option_groups"], 100)
        for place, group in enumerate(groups):
            at = f"{pointer}/option_groups/{place}"
            if isinstance(group, dict):
                found.text(f"{at}/label", group.get("label"), 75)
                _options(found, at, group, most)
    else:
        _options(found, pointer, element, most)
    there = [_bare(option) for option in options_of(element)]
    given = list(element.get("initial_options") or [])
    if "initial_options" in element:
        found.count(f"{pointer}/initial_options", given, 100)
    if "initial_option" in element:
        given.append(element["initial_option"])
    if any(_bare(one) not in there for one in given):
        found.add(pointer, "initial options must match the options")


def _options(found: Complaints, pointer: str, element: Json, most: int) -> None:
    plain_only = element.get("type") not in ("radio_buttons", "checkboxes")
    for place, option in enumerate(found.count(f"{pointer}/options", element.get("options"), most)):
        at = f"{pointer}/options/{place}"
        if not isinstance(option, dict):
            found.add(at, "must provide an object")
            continue
        found.text(f"{at}/text", option.get("text"), 75, PLAIN if plain_only else EITHER)
        found.length(f"{at}/value", option.get("value"), 75)
        if "description" in option:
            found.text(f"{at}/description", option["description"], 75)


def _bare(option: object) -> object:
    """Give an option without what Slack itself adds."""
    if not isinstance(option, dict) or not isinstance(option.get("text"), dict):
        return option
    return (option["text"].get("text"), option.get("value"))


def _typed(found: Complaints, pointer: str, element: Json, kind: str) -> None:
    initial = element.get("initial_value")
    if initial is not None and kind != "rich_text_input":
        found.length(f"{pointer}/initial_value", initial, TYPED)
    for name, least in (("max_length", 1), ("min_length", 0)):
        if name in element and not _whole(element[name], least, TYPED):
            found.add(f"{pointer}/{name}", f"must be a whole number from {least} to {TYPED}")
    if kind == "number_input" and not isinstance(element.get("is_decimal_allowed"), bool):
        found.add(f"{pointer}/is_decimal_allowed", "missing required field: is_decimal_allowed")
    moment = element.get("initial_date_time")
    if moment is not None and not _whole(moment, 10**9, 10**10 - 1):
        found.add(f"{pointer}/initial_date_time", "must be 10 digits of Unix seconds")
    for name, pattern in (
        ("initial_date", r"\d{4}-\d\d-\d\d"),
        ("initial_time", r"[0-2]\d:[0-5]\d"),
    ):
        if name in element and not re.fullmatch(pattern, str(element[name])):
            found.add(f"{pointer}/{name}", f"invalid {name}")


def _file_input(found: Complaints, pointer: str, element: Json) -> None:
    if "max_files" in element and not _whole(element["max_files"], 1, 10):
        found.add(f"{pointer}/max_files", "must be a whole number from 1 to 10")
    if "filetypes" in element:
        found.count(f"{pointer}/filetypes", element["filetypes"], 100)


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
