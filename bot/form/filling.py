"""A form being read: each field's value goes through its parser, each field's error is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.form.addresses import Recognise, no_others
from bot.form.answers import AskBack, Mistake
from bot.form.characters import quoted
from bot.form.fields import Field
from core.model.server import Server
from core.model.slot import Slot

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FormContext:
    """What a form is read against: the person's zone, the time, and what they may name.

    `servers` are those the person sees. `slot` is what the reservation has now, for a change that
    names only a start or only a length. `others` recognises a chat's own addresses.
    """

    zone: ZoneInfo
    now: datetime
    servers: tuple[Server, ...]
    list_names: tuple[str, ...] = ()
    default_server: Server | None = None
    slot: Slot | None = None
    others: Recognise = no_others


@dataclass(frozen=True, slots=True)
class FormErrors:
    """Every field's error at once, in the form's order, and all values as they were typed."""

    errors: Mapping[str, Mistake | AskBack]
    values: Mapping[str, str]


@dataclass(slots=True)
class Filling:
    """The values of a form on their way in."""

    values: Mapping[str, str]
    context: FormContext
    errors: dict[str, Mistake | AskBack] = field(default_factory=dict)

    def given(self, name: str) -> bool:
        """Tell whether a field was sent at all, be it empty."""
        return self.values.get(name) is not None

    def text(self, name: str) -> str:
        """Give what was typed into a field; "" where it was not sent."""
        return self.values.get(name) or ""

    def blank(self, name: str) -> bool:
        """Tell whether a field holds nothing, or was not sent."""
        return not self.text(name).strip()

    def read(self, name: str, parse: Callable[[str], T | Mistake | AskBack]) -> T | None:
        """Parse a field; its error is kept, and None given back."""
        found = parse(self.text(name))
        if isinstance(found, Mistake | AskBack):
            self.errors[name] = found
            return None
        return found

    def read_filled(self, name: str, parse: Callable[[str], T | Mistake | AskBack]) -> T | None:
        """Parse a field unless it is blank: None also stands for "as usual"."""
        return None if self.blank(name) else self.read(name, parse)

    def read_given(self, name: str, parse: Callable[[str], T | Mistake | AskBack]) -> T | None:
        """Parse a field if it was sent, be it empty: None also stands for "as it is"."""
        return self.read(name, parse) if self.given(name) else None

    def refuse(self, name: str, message: str) -> None:
        """Put an error beside a field."""
        self.errors.setdefault(name, Mistake(message))

    def refuse_unknown(self, fields: Iterable[Field]) -> None:
        """Put an error beside every value that belongs to no field: nothing is passed over."""
        known = {each.name for each in fields}
        for name in self.values:
            if name not in known:
                self.refuse(name, f"There is no field {quoted(name)}")

    def failure(self, fields: Iterable[Field]) -> FormErrors:
        """Give all errors in the form's order, with everything that was typed."""
        order = [each.name for each in fields]
        order += [name for name in self.errors if name not in order]
        errors = {name: self.errors[name] for name in order if name in self.errors}
        return FormErrors(errors, {name: self.text(name) for name in self.values})
