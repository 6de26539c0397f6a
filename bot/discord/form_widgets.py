"""Discord's own widgets, made of plain values and kept within Discord's bounds.

Source of the bounds: Discord's documentation, "Component Reference".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import discord
from discord import ui

from core.notices.as_discord_markup import units

LONGEST_TEXT, LONGEST_OPTION, MOST_OPTIONS = 4_000, 100, 25

Widget: TypeAlias = ui.Item[Any]

# what no client shows and no database keeps; breaks of lines are left
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_POSTED_IN = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
]


def text_input(  # noqa: PLR0913 - a field has so many sides
    name: str,
    value: str,
    *,
    longest: int,
    required: bool = False,
    several_lines: bool = False,
    placeholder: str = "",
) -> Widget:
    """Make a field for text; what does not fit into one at all is cut."""
    shown = readable(value)
    if not several_lines:
        shown = " ".join(shown.splitlines())
    shown = within(shown, LONGEST_TEXT)
    return ui.TextInput(
        style=discord.TextStyle.paragraph if several_lines else discord.TextStyle.short,
        custom_id=name,
        default=shown or None,
        # the client counts an emoji as two: what is there already is to fit in any case
        max_length=min(max(longest, units(shown)), LONGEST_TEXT),
        required=required,
        placeholder=placeholder or None,
    )


def choice(name: str, options: Iterable[str], chosen: str) -> Widget:
    """Make a select of one name among several."""
    shown = [discord.SelectOption(label=one, value=one, default=one == chosen) for one in options]
    return ui.Select(custom_id=name, options=shown, required=True)


def choices(name: str, options: Sequence[str], chosen: Iterable[str]) -> Widget:
    """Make a select of any number of names; `chosen` in any case."""
    folded = {one.casefold() for one in chosen}
    shown = [
        discord.SelectOption(label=one, value=one, default=one.casefold() in folded)
        for one in options
    ]
    return ui.Select(
        custom_id=name, options=shown, min_values=0, max_values=len(shown), required=False
    )


def choosable(names: Sequence[str]) -> bool:
    """Tell whether names fit into a select."""
    return 0 < len(names) <= MOST_OPTIONS and all(units(one) <= LONGEST_OPTION for one in names)


def radio(name: str, options: Iterable[tuple[str, str, str]], chosen: str) -> Widget:
    """Make a choice of one: `options` are value, words and a hint each."""
    shown = [
        discord.RadioGroupOption(
            value=value, label=said, description=hint or None, default=value == chosen
        )
        for value, said, hint in options
    ]
    return ui.RadioGroup(custom_id=name, options=shown, required=False)


def checkbox(name: str) -> Widget:
    """Make a box that is not ticked."""
    return ui.Checkbox(custom_id=name)


def upload(name: str) -> Widget:
    """Make a place for one file."""
    return ui.FileUpload(custom_id=name, required=False, min_values=0, max_values=1)


def channels(name: str, picked: Iterable[int]) -> Widget:
    """Make a select of channels in which one can write."""
    return ui.ChannelSelect(
        custom_id=name,
        channel_types=_POSTED_IN,
        min_values=0,
        max_values=MOST_OPTIONS,
        required=False,
        default_values=_defaults(picked, discord.SelectDefaultValueType.channel),
    )


def people(name: str, picked: Iterable[int]) -> Widget:
    """Make a select of people."""
    return ui.UserSelect(
        custom_id=name,
        min_values=0,
        max_values=MOST_OPTIONS,
        required=False,
        default_values=_defaults(picked, discord.SelectDefaultValueType.user),
    )


def readable(text: str) -> str:
    """Put a sign in place of what no database keeps: NUL, and halves of characters."""
    return _UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def within(text: str, most: int) -> str:
    """Cut a text to so many characters, as Discord counts them."""
    while (over := units(text) - most) > 0:
        text = text[: len(text) - max(1, over // 2)]
    return text


def _defaults(
    picked: Iterable[int], kind: discord.SelectDefaultValueType
) -> list[discord.SelectDefaultValue]:
    shown = list(picked)[:MOST_OPTIONS]
    return [discord.SelectDefaultValue(id=one, type=kind) for one in shown]
