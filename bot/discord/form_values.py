"""A sheet that was handed in, and what a form says in all.

What comes is read by the names of its fields, whichever process opened the modal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.answers.wording import type_instant
from bot.discord.contacts import address
from bot.discord.form_draft import FormDraft
from bot.discord.form_fields import AS_SET
from bot.discord.form_picks import names_in, with_chosen, without_apps
from bot.discord.form_sheets import CHANNELS, FILE, FIRST, MORE, PEOPLE, SAID, START
from bot.discord.form_widgets import readable
from bot.form.fields import CHANGE_FIELDS, FIELDS
from bot.form.length import say_length
from bot.form.when import When, parse_when

_MODAL = re.compile(
    r"slot:form:(?P<draft>[A-Za-z0-9_-]{1,40}):(?P<sheet>[a-z]{1,10})"
    r":(?P<revision>\d{1,9}):(?P<code>[A-Za-z0-9-]{0,20})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a sheet."""

    url: str
    filename: str
    size: int


@dataclass(frozen=True, slots=True)
class Modal:
    """Which sheet of which form a modal is: its custom_id says so, and nothing is trusted more."""

    draft: str
    sheet: str
    revision: int
    code: str

    @property
    def custom_id(self) -> str:
        """Write it."""
        return f"slot:form:{self.draft}:{self.sheet}:{self.revision}:{self.code}"

    @classmethod
    def read(cls, custom_id: str) -> Modal | None:
        """Read a custom_id; None for another modal's."""
        found = _MODAL.fullmatch(custom_id)
        if found is None:
            return None
        sheet = found["sheet"] if found["sheet"] in SAID else FIRST
        return cls(found["draft"], sheet, int(found["revision"]), found["code"])


@dataclass(frozen=True, slots=True)
class Submitted:
    """A modal as it was handed in: texts, and the numbers of what was chosen, by field.

    `resolved` is what Discord says of the channels, people and files among them.
    """

    texts: Mapping[str, str]
    chosen: Mapping[str, tuple[str, ...]]
    ticked: frozenset[str] = frozenset()
    resolved: Mapping[str, Any] = field(default_factory=dict)

    @property
    def upload(self) -> Upload | None:
        """Give the file that came along."""
        files = self.resolved.get("attachments") or {}
        for number in self.chosen.get(FILE, ()):
            if file := files.get(number):
                name = readable(str(file.get("filename") or "file"))
                return Upload(str(file.get("url") or ""), name, int(file.get("size") or 0))
        return None

    @property
    def more(self) -> bool:
        """Tell whether there is more to be said before anything is done."""
        return MORE in self.ticked


def read_submitted(data: Mapping[str, Any]) -> Submitted:
    """Read the data of a modal that was handed in, whatever fields it has."""
    texts: dict[str, str] = {}
    chosen: dict[str, tuple[str, ...]] = {}
    ticked: set[str] = set()
    for part in _fields(data.get("components") or ()):
        name = str(part.get("custom_id"))
        value, values = part.get("value"), part.get("values")
        if isinstance(values, list):
            chosen[name] = tuple(str(one) for one in values)
        elif isinstance(value, bool):
            ticked |= {name} if value else set()
        else:
            texts[name] = readable(str(value or "")).replace("\r\n", "\n")
    return Submitted(texts, chosen, frozenset(ticked), data.get("resolved") or {})


def _fields(parts: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - whatever Discord sent
    for part in parts:
        if isinstance(part.get("component"), Mapping):
            yield from _fields([part["component"]])
        elif "components" in part:
            yield from _fields(part["components"])
        elif part.get("custom_id"):
            yield part


def put_in(form: FormDraft, sent: Submitted, zone: ZoneInfo, now: datetime) -> FormDraft:
    """Put a sheet into the form that it belongs to; what stands on other sheets stays."""
    form = replace(form, names={**form.names, **names_in(sent.resolved)})
    values = {name: text for name, text in sent.texts.items() if name != START}
    for name, chosen in sent.chosen.items():
        if name == CHANNELS:
            form = with_chosen(form, name, [f"#{one}" for one in chosen])
        elif name == PEOPLE:
            form = with_chosen(form, name, without_apps(chosen, sent.resolved))
        elif name != FILE:
            values[name] = "\n".join(chosen)
    form = form.with_values(values)
    return _with_start(form, sent.texts[START], zone, now) if START in sent.texts else form


def _with_start(form: FormDraft, text: str, zone: ZoneInfo, now: datetime) -> FormDraft:
    """Put start and length in; of a change only what is other than it was."""
    values = {name: one for name, one in form.values.items() if name not in {"when", "length"}}
    found = parse_when(text, zone=zone, now=now) if form.code else None
    if not isinstance(found, When):
        return replace(form, values={**values, "when": text})
    before = parse_when(form.before.get("when", ""), zone=zone, now=now)
    if not (isinstance(before, When) and before.starts_at == found.starts_at):
        values["when"] = type_instant(found.starts_at, zone)
    if found.length and say_length(found.length) != form.before.get("length"):
        values["length"] = say_length(found.length)
    return replace(form, values=values)


def said_in_all(form: FormDraft) -> dict[str, str]:
    """Give the form's values as a person would have typed them; of a change, what differs."""
    fields = CHANGE_FIELDS if form.code else FIELDS
    values = {one.name: form.values[one.name] for one in fields if one.name in form.values}
    if form.code:
        said = {
            name: text
            for name, text in values.items()
            if text.strip() != form.before.get(name, "").strip()
        }
        _append(said, "add", [one for one in form.picked if one not in form.listed])
        _append(said, "remove", [one for one in form.listed if one not in form.picked])
    else:
        said = {name: text for name, text in values.items() if text.strip() and text != AS_SET}
        _append(said, "audience", form.picked)
    return said


def _append(values: dict[str, str], name: str, targets: Iterable[str]) -> None:
    lines = [values.get(name, ""), *map(address, targets)]
    if text := "\n".join(line for line in lines if line):
        values[name] = text
