"""A form that was handed in: Slack's state of a modal becomes the form's values again.

What was filled in beforehand stands in the view that comes back with it. In a change only what
differs from that is handed on, so that nobody else's change in between is undone by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.slack.blocks import base_name
from bot.slack.form_fields import AS_SET, CHANNELS, FILE, PEOPLE
from bot.slack.typed import address, readable

_INITIAL = (
    "initial_value",
    "initial_date_time",
    "initial_option",
    "initial_options",
    "initial_conversations",
    "initial_users",
)
_CHOSEN = (
    "value",
    "selected_date_time",
    "selected_option",
    "selected_options",
    "selected_conversations",
    "selected_users",
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form."""

    url: str
    filename: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """A modal as it was handed in: `given` and `before` by field, texts or lists of texts.

    `code` is the reservation to change, "" for a new one.
    `typed` are the fields that were filled in with what somebody had typed, not with what holds;
    `put` and `taken` the channels and people by which the pickers differed from the reservation.
    """

    code: str
    turn: int
    given: Mapping[str, str | list[str]]
    before: Mapping[str, str | list[str]]
    uploads: tuple[Upload, ...] = ()
    fields: tuple[str, ...] = field(default=())
    typed: frozenset[str] = frozenset()
    put: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()

    @property
    def targets(self) -> list[str]:
        """Give the channels and people that are picked."""
        return [*self._list(self.given, CHANNELS), *self._list(self.given, PEOPLE)]

    @property
    def targets_before(self) -> list[str]:
        """Give the channels and people that were on the reservation."""
        shown = [*self._list(self.before, CHANNELS), *self._list(self.before, PEOPLE)]
        return [*(one for one in shown if one not in self.put), *self.taken]

    def values(self, zone: ZoneInfo) -> dict[str, str]:
        """Give the form's values, as a person in that zone would have typed them."""
        values = dict(self._changed(zone) if self.code else self._filled(zone))
        now, before = self.targets, self.targets_before
        if self.code:
            _append(values, "add", [one for one in now if one not in before])
            _append(values, "remove", [one for one in before if one not in now])
        else:
            _append(values, "audience", now)
        return values

    def _filled(self, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
        """Give what is filled in; reminders that were taken out are meant to be none."""
        for name, value in self._plain(self.given):
            shown = _typed(name, value, zone)
            as_set = shown == self.before.get(name, "") and name not in self.typed
            if name == "reminders" and as_set:
                continue
            if name == "reminders" and not shown:
                yield name, "none"
            elif shown and shown != AS_SET:
                yield name, shown

    def _changed(self, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
        """Give what is other than it was when the form was opened, and what was typed before."""
        for name, value in self._plain(self.given):
            before = self.before.get(name, "" if isinstance(value, str) else [])
            if value != before or (value and name in self.typed):
                yield name, _typed(name, value, zone)

    @staticmethod
    def _plain(
        values: Mapping[str, str | list[str]],
    ) -> Iterator[tuple[str, str | list[str]]]:
        return ((name, one) for name, one in values.items() if name not in {CHANNELS, PEOPLE, FILE})

    @staticmethod
    def _list(values: Mapping[str, str | list[str]], name: str) -> list[str]:
        found = values.get(name, [])
        return found if isinstance(found, list) else []


def read_form(view: Mapping[str, Any]) -> Submitted:
    """Read a view that was handed in, whatever fields it has."""
    metadata = json.loads(view.get("private_metadata") or "{}")
    given: dict[str, str | list[str]] = {}
    uploads: list[Upload] = []
    for block_id, elements in view["state"]["values"].items():
        for element in elements.values():
            given[base_name(block_id)] = _plain_value(element, _CHOSEN)
            uploads += _uploads(element)
    before: dict[str, str | list[str]] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            before[base_name(block["block_id"])] = _plain_value(block["element"], _INITIAL)
    fields = tuple(block["block_id"] for block in view["blocks"] if block["type"] == "input")
    return Submitted(
        code=str(metadata.get("code", "")),
        turn=int(metadata.get("turn", 0)),
        given=given,
        before=before,
        uploads=tuple(uploads),
        fields=fields,
        typed=frozenset(metadata.get("typed", ())),
        put=tuple(metadata.get("put", ())),
        taken=tuple(metadata.get("taken", ())),
    )


def _plain_value(element: Mapping[str, Any], keys: tuple[str, ...]) -> str | list[str]:
    for key in keys:
        value = element.get(key)
        if isinstance(value, Mapping):
            return readable(str(value["value"]))
        if isinstance(value, list):
            return [str(one["value"]) if isinstance(one, Mapping) else str(one) for one in value]
        if value is not None:
            return readable(str(value))
    return [] if str(element.get("type", "")).startswith("multi_") else ""


def _uploads(element: Mapping[str, Any]) -> Iterator[Upload]:
    for file in element.get("files") or ():
        url = file.get("url_private_download") or file.get("url_private") or ""
        yield Upload(str(url), str(file.get("name") or "file"))


def _typed(name: str, value: str | list[str], zone: ZoneInfo) -> str:
    """Write a value as a person would type it; lists' names stand on lines of their own."""
    if isinstance(value, list):
        return "\n".join(value)
    if name == "when" and value:
        return datetime.fromtimestamp(int(value), zone).isoformat(timespec="minutes")
    return value


def _append(values: dict[str, str], name: str, targets: list[str]) -> None:
    lines = [values.get(name, ""), *(address(target) for target in targets)]
    text = "\n".join(line for line in lines if line)
    if text:
        values[name] = text
