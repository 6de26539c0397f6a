"""A reply as Discord shows it to the person alone: embeds, files, buttons."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

import discord

from bot.answers.reply import Action, Attachment, Reply, Section, Tone
from bot.discord.acts import button_of
from bot.discord.typed_commands import in_discord
from core.model.prose import Line, Literal, Span
from core.notices.as_discord_markup import markup, stacked, units
from core.notices.said import cleaned
from core.notices.words import Row

_SIGNS = {
    Tone.OK: "\N{WHITE HEAVY CHECK MARK} ",
    Tone.DENIED: "\N{NO ENTRY} ",
    Tone.MISTAKE: "\N{PENCIL}\N{VARIATION SELECTOR-16} ",
    Tone.TROUBLE: "\N{WARNING SIGN}\N{VARIATION SELECTOR-16} ",
}
_COLOURS = {
    Tone.OK: 0x22C55E,
    Tone.INFO: 0x3B82F6,
    Tone.DENIED: 0xEF4444,
    Tone.MISTAKE: 0xF59E0B,
    Tone.TROUBLE: 0xF97316,
}
# bounds of Discord's, from "Embed Limits" in its documentation, with room left for a hint
_IN_ONE, _ALTOGETHER = 4_000, 5_800
_LONGEST_LINE = 1_200
_LONGEST_LIST = 3_600
_LONGEST_CODE, _LONGEST_CODES = 1_500, 3_000  # characters of one, and of all in a message
_LONGEST_NAME = 60
_MOST_BUTTONS = 25
_GAP = " \N{MIDDLE DOT} "
_BULLET = "- "
_FENCE = "```"
_BETWEEN = "\n\n"
_MORE: Line = ("There is more than fits here.",)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message is made of; a file is read when it is sent, so that each sending has its own.

    `components` stand in place of the buttons.
    """

    embeds: tuple[discord.Embed, ...]
    attachments: tuple[Attachment, ...]
    actions: tuple[Action, ...]
    zone: ZoneInfo
    components: discord.ui.View | None = None

    def files(self) -> list[discord.File]:
        """Give the files."""
        return [
            discord.File(io.BytesIO(one.data), filename=cleaned(one.filename).strip() or "file")
            for one in self.attachments
        ]

    def view(self) -> discord.ui.View | None:
        """Give the buttons; their presses are heard by their ids, after a restart as well."""
        if not self.actions or self.components is not None:
            return self.components
        view = discord.ui.View(timeout=None)
        for action in self.actions[:_MOST_BUTTONS]:
            view.add_item(button_of(action, self.zone))
        view.stop()  # else discord.py keeps every one of them in mind
        return view

    @property
    def message(self) -> dict[str, Any]:
        """Give what a new message is sent with."""
        made: dict[str, Any] = {"embeds": list(self.embeds)}
        if self.attachments:
            made["files"] = self.files()
        view = self.view()
        return made | ({"view": view} if view is not None else {})

    @property
    def edit(self) -> dict[str, Any]:
        """Give what a message is changed into."""
        return {"embeds": list(self.embeds), "attachments": self.files(), "view": self.view()}


def render_reply(reply: Reply, zone: ZoneInfo, components: discord.ui.View | None = None) -> Shown:
    """Render a reply; every reader sees times in their own zone, `zone` is for labels of buttons.

    What is too long is left out with a hint at it; the buttons stay.
    """
    files = _Files(reply.sections)
    texts = _packed(_Page(files, fields=reply.tone is Tone.MISTAKE).blocks(reply))
    attachments = (*files.made, *((reply.attachment,) if reply.attachment else ()))
    colour = _COLOURS[reply.tone]
    embeds = tuple(discord.Embed(description=text, colour=colour) for text in texts)
    return Shown(embeds, attachments, reply.actions, zone, components)


@dataclass(frozen=True, slots=True)
class _Page:
    """How lines are written; `fields`: `name=value` in them is to be typed as an option."""

    files: _Files
    fields: bool

    def blocks(self, reply: Reply) -> Iterator[str]:
        """Give a reply's parts, each of which stays whole where that is possible."""
        first, *rest = reply.lines or (("",),)
        head = [f"{_SIGNS.get(reply.tone, '')}{self.line(first)}", *map(self.line, rest)]
        yield "\n".join(text for text in head if text)
        for part in reply.sections:
            yield from self.section(part)

    def section(self, part: Section) -> Iterator[str]:
        """Give a section: what it says, what it lists, what is to be copied."""
        title = [f"**{markup((in_discord(part.title),), _LONGEST_LINE)}**"] if part.title else []
        listed = self.listed(part)
        said = [*title, *self.lines(part.lines), *self.rows(part.rows)]
        yield "\n".join([*said, *listed])
        if not part.verbatim:
            return
        if filename := self.files.name_of(part):
            yield f"It is in the file `{filename}`."
        else:
            kept = "\n".join(cleaned(line) for line in part.verbatim.splitlines())
            yield f"{_FENCE}\n{kept}\n{_FENCE}"

    def line(self, line: Line) -> str:
        """Write a line."""
        return markup(tuple(map(self._span, line)), _LONGEST_LINE)

    def lines(self, lines: Iterable[Line]) -> Iterator[str]:
        """Write lines, without empty ones."""
        return (text for text in map(self.line, lines) if text)

    def rows(self, rows: Sequence[Row]) -> Iterator[str]:
        """Write labelled lines, as `When: …`."""
        for row in rows:
            yield f"**{markup((row.label,), _LONGEST_LINE)}:** {self.line(row.line)}"

    def listed(self, part: Section) -> list[str]:
        """Give what is listed as far as it fits; a list's last item may say where the rest is.

        A table is shown as a list: on a phone, columns would break up.
        """
        if part.table is not None:
            rows = [_GAP.join(filter(None, map(self.line, row))) for row in part.table.rows]
            return _shortened([f"{_BULLET}{row}" for row in rows if row], [])
        items = [f"{_BULLET}{text}" for text in self.lines(part.items)]
        return _shortened(items[:-1], items[-1:])

    def _span(self, span: Span) -> Span:
        """Write commands as they are typed in Discord, where options are named."""
        if not isinstance(span, Literal):
            return span
        return Literal(in_discord(span.text, fields=self.fields))


def _shortened(items: list[str], last: list[str]) -> list[str]:
    fit = sum(so_far <= _LONGEST_LIST for so_far in accumulate(units(one) + 1 for one in items))
    more = len(items) - fit
    hint = [f"{_BULLET}and {more:,} more"] if more else []
    return [*items[:fit], *hint, *last]


def _packed(blocks: Iterator[str]) -> list[str]:
    """Put blocks beneath each other into as few texts as can be, as far as Discord takes them."""
    texts, left = list[str](), _ALTOGETHER
    for whole in filter(None, blocks):
        block = whole if units(whole) <= _IN_ONE else stacked(whole.split("\n"), _IN_ONE)
        left -= units(block) + len(_BETWEEN)
        if left < 0:
            return [*texts, markup(_MORE, _LONGEST_LINE)]
        if texts and units(texts[-1]) + len(_BETWEEN) + units(block) <= _IN_ONE:
            texts[-1] = f"{texts[-1]}{_BETWEEN}{block}"
        else:
            texts.append(block)
    return texts


class _Files:
    """The texts that are copied from files: on a phone above all, a long block is hard to copy.

    Nor must any of them be cut short, or hold what would end its block.
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        parts = [part for part in sections if part.verbatim]
        all_long = sum(len(part.verbatim) for part in parts) > _LONGEST_CODES
        self._names: dict[str, str] = {}
        for part in parts:
            broken = _FENCE[:2] in part.verbatim
            if all_long or broken or len(part.verbatim) > _LONGEST_CODE:
                self._names.setdefault(part.verbatim, self._new_name(part))

    @property
    def made(self) -> list[Attachment]:
        """Give the files."""
        return [Attachment(name, text.encode()) for text, name in self._names.items()]

    def name_of(self, part: Section) -> str:
        """Give the name of the file that a section's text is in; "" where it is shown."""
        return self._names.get(part.verbatim, "")

    def _new_name(self, part: Section) -> str:
        words = "".join(ch if ch.isalnum() else " " for ch in part.title.lower()).split()
        name = "-".join(words)[:_LONGEST_NAME] or "text"
        number = sum(one.startswith(name) for one in self._names.values())
        return f"{name}-{number + 1}.txt" if number else f"{name}.txt"
