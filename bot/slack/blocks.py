"""Slack's blocks as we use them: buttons, inputs and options, each within Slack's bounds.

The bounds are those of https://docs.slack.dev/reference/block-kit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from core.notices.as_rich_text import plain, within
from core.notices.said import cleaned

Block: TypeAlias = dict[str, Any]

MOST_IN_MESSAGE, MOST_IN_VIEW = 50, 100
MOST_OPTIONS = 100
_BUTTONS_IN_A_ROW = 5  # Slack takes 25; more than a row's worth is a wall of buttons
_LONGEST_BUTTON, LONGEST_VALUE = 75, 2000
_LONGEST_LABEL, _LONGEST_HINT, _LONGEST_PLACEHOLDER = 2000, 2000, 150
_LONGEST_OPTION, _LONGEST_OPTION_VALUE = 75, 75
_LONGEST_TITLE = 24
_LONGEST_HEADER = 150
_LONGEST_INPUT = 3000
UPLOAD_HINT = "A CSV or text file with e-mail addresses, up to 2 MB."


def button(action_id: str, label: str, value: str = "", style: str = "") -> Block:
    """Make a button; `style` is `primary`, `danger` or ""."""
    made: Block = {
        "type": "button",
        "action_id": action_id,
        "text": plain(label, _LONGEST_BUTTON),
    }
    if value:
        made["value"] = value[:LONGEST_VALUE]
    if style:
        made["style"] = style
    return made


def actions(buttons: Sequence[Block]) -> list[Block]:
    """Put buttons into rows."""
    return [
        {"type": "actions", "elements": list(buttons[first : first + _BUTTONS_IN_A_ROW])}
        for first in range(0, len(buttons), _BUTTONS_IN_A_ROW)
    ]


def header(text: str) -> Block:
    """Make a heading."""
    return {"type": "header", "text": plain(text, _LONGEST_HEADER)}


DIVIDER: Block = {"type": "divider"}


def entry(name: str, label: str, element: Block, *, hint: str = "", optional: bool = True) -> Block:
    """Make an input under a label; block and element are both called `name`."""
    made: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label, _LONGEST_LABEL),
        "element": {**element, "action_id": base_name(name)},
        "optional": optional,
    }
    if hint:
        made["hint"] = plain(hint, _LONGEST_HINT)
    return made


def base_name(block_id: str) -> str:
    """Give a field's name: one asked anew is in another block, so that it shows its new value."""
    return block_id.partition("#")[0]


def text_input(
    initial: str = "", *, longest: int, multiline: bool = False, placeholder: str = ""
) -> Block:
    """Make a text field; a longer text than Slack shows is cut."""
    bound = min(longest, _LONGEST_INPUT)
    made: Block = {"type": "plain_text_input", "max_length": bound, "multiline": multiline}
    lines = [cleaned(line) for line in initial.splitlines()]
    if shown := within(("\n" if multiline else " ").join(lines), bound):
        made["initial_value"] = shown
    if placeholder:
        made["placeholder"] = plain(placeholder, _LONGEST_PLACEHOLDER)
    return made


def fits_option(value: str) -> bool:
    """Tell whether a value can be that of an option, whole."""
    return value == within(value, _LONGEST_OPTION_VALUE)


def upload() -> Block:
    """Make a field for one file of addresses."""
    return {"type": "file_input", "filetypes": ["csv", "txt", "tsv"], "max_files": 1}


def option(value: str, label: str, about: str = "") -> Block:
    """Make one thing to choose."""
    made: Block = {
        "text": plain(label, _LONGEST_OPTION),
        "value": within(value, _LONGEST_OPTION_VALUE),
    }
    if about:
        made["description"] = plain(about, _LONGEST_OPTION)
    return made


def select(options: Sequence[Block], initial: str = "", *, kind: str = "static_select") -> Block:
    """Make a choice of one: `kind` is `static_select` or `radio_buttons`."""
    made: Block = {"type": kind, "options": list(options[:MOST_OPTIONS])}
    chosen = [one for one in made["options"] if one["value"] == initial]
    if chosen:
        made["initial_option"] = chosen[0]
    return made


def several(options: Sequence[Block], initial: Sequence[str] = ()) -> Block:
    """Make a choice of any number."""
    made: Block = {"type": "multi_static_select", "options": list(options[:MOST_OPTIONS])}
    chosen = [one for one in made["options"] if one["value"] in initial]
    if chosen:
        made["initial_options"] = chosen
    return made


def modal(  # noqa: PLR0913 - what a modal is made of
    callback_id: str,
    title: str,
    blocks: Sequence[Block],
    *,
    submit: str = "",
    close: str = "Close",
    metadata: str = "",
) -> Block:
    """Make a modal view; without `submit` there is nothing to hand in."""
    view: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, _LONGEST_TITLE),
        "blocks": list(blocks[:MOST_IN_VIEW]),
        "close": plain(close, _LONGEST_TITLE),
        "private_metadata": metadata,
    }
    if submit:
        view["submit"] = plain(submit, _LONGEST_TITLE)
    return view
