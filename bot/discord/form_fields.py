"""The fields of a sheet: each with its name, its hint or what is wrong, and a widget filled in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from discord import ui

from bot.answers.wording import CREDENTIAL_NAMES
from bot.discord import form_widgets as widgets
from bot.discord.form_draft import FormDraft
from bot.discord.form_picks import is_person, number_of
from bot.discord.form_sheets import CHANNELS, FILE, MORE, PEOPLE, START, open_servers
from bot.discord.form_widgets import Widget
from bot.form.fields import CHANGE_FIELDS, CREDENTIAL_WORDS, FIELDS, POLICY_WORDS, Field
from bot.form.filling import FormContext
from bot.form.length import say_length
from bot.form.when import When, parse_when
from core.model.reservation import CredentialMode
from core.notices.said import shortened

AS_SET = "as set"  # the choice to leave something to the server

_LONGEST_HINT, _LONGEST_START = 100, 200
_USUAL = timedelta(hours=1)
_CREDENTIALS_SAID = {
    CredentialMode.SHARED: ("One for all", "A user name and passcode, made for you or yours"),
    CredentialMode.EACH: ("One each", "Everybody gets a passcode of their own"),
    CredentialMode.NONE: ("None", "Whoever has the address can watch"),
}
_POLICY_SAID = {
    "at once": "At once",
    "when reconfirmed": "When I have reconfirmed",
    "both": "At once, as provisional, and when reconfirmed",
}
# of the fields that only this front end has, or words for them that fit it better
_WORDS = {
    START: ("Start and length", "fri 20:00 for 2h, 4 Dec 7pm-9pm"),
    "audience": ("E-mail addresses", "Commas, lines, Name <a@b.org>: as you have them"),
    "add": ("Add e-mail addresses", "Commas, lines, Name <a@b.org>: as you have them"),
    "remove": ("Remove e-mail addresses", "They hear that it is off for them"),
    CHANNELS: ("Channels", "Everybody in a channel can read its post, with link and credentials"),
    PEOPLE: ("People", "Each gets a direct message"),
    FILE: ("A file of addresses", "A CSV or text file with e-mail addresses, up to 2 MB"),
    MORE: ("More first", "Ask me for the rest before it is handed in: nothing is done yet"),
    "lists": ("Audience lists", "Of this server's lists of addresses"),
    "server": ("Server", "Which streaming server"),
    "reminders": ("Reminders", "24h, 15 min; or none; empty: as in your settings"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form of which sheets are drawn, and what it is to be read against."""

    form: FormDraft
    context: FormContext

    def label(self, name: str) -> ui.Label[Any]:
        """Draw one field; what is wrong with it stands in the place of its hint."""
        field = self.field(name)
        text, hint = _WORDS.get(name) or ((field.label, field.hint) if field else (name, ""))
        if name == FILE and self.form.filename:
            hint = f"There is one already: {self.form.filename}. Another one takes its place"
        elif name == START:
            hint = f"{hint}; your times are in {self.context.zone.key}"
        said = shortened(self.problem(name) or hint, _LONGEST_HINT)
        return ui.Label(
            text=text, description=said or None, component=_DRAWN.get(name, _line)(self, name)
        )

    def field(self, name: str) -> Field | None:
        """Find a field of the form; None for one of this front end alone."""
        fields = CHANGE_FIELDS if self.form.code else FIELDS
        return next((one for one in fields if one.name == name), None)

    def problem(self, name: str) -> str:
        """Say what is wrong with a field, or ""."""
        problems = self.form.problems
        if name == START:
            return problems.get("when") or problems.get("length") or ""
        return problems.get(name, "")


def said_label(form: FormDraft, name: str) -> str:
    """Name a field as it stands on its sheet."""
    if name in {"when", "length"}:
        name = START
    if name in _WORDS:
        return _WORDS[name][0]
    fields = CHANGE_FIELDS if form.code else FIELDS
    return next((one.label for one in fields if one.name == name), name or "The form")


def start_text(form: FormDraft, context: FormContext) -> str:
    """Write start and length as one can type them together: `fri 20:00 for 2 h`."""
    when, length = form.shown("when").strip(), form.shown("length").strip()
    found = parse_when(when, zone=context.zone, now=context.now) if when else None
    if not when or (isinstance(found, When) and found.length):
        return when
    if not length and not form.code:
        length = say_length(_USUAL)
    return f"{when} for {length}" if length else when


def _line(sheet: Sheet, name: str) -> Widget:
    field = sheet.field(name)
    return widgets.text_input(
        name,
        sheet.form.shown(name),
        longest=field.max_length if field else widgets.LONGEST_TEXT,
        required=bool(field and field.required),
    )


def _start(sheet: Sheet, name: str) -> Widget:
    return widgets.text_input(
        name,
        start_text(sheet.form, sheet.context),
        longest=_LONGEST_START,
        required=True,
        placeholder="fri 20:00 for 2h",
    )


def _paragraph(sheet: Sheet, name: str) -> Widget:
    field = sheet.field(name)
    longest = field.max_length if field else widgets.LONGEST_TEXT
    return widgets.text_input(name, sheet.form.shown(name), longest=longest, several_lines=True)


def _server(sheet: Sheet, name: str) -> Widget:
    names = [one.name for one in open_servers(sheet.context)]
    if not widgets.choosable(names):
        return _line(sheet, name)
    return widgets.choice(name, names, sheet.form.shown(name))


def _lists(sheet: Sheet, name: str) -> Widget:
    names = sheet.context.list_names
    if not widgets.choosable(names):
        return _line(sheet, name)
    typed = [word.strip() for word in re.split(r"[,;\n]", sheet.form.shown(name))]
    return widgets.choices(name, names, typed)


def _channels(sheet: Sheet, name: str) -> Widget:
    return widgets.channels(name, _shown(sheet, people=False))


def _people(sheet: Sheet, name: str) -> Widget:
    return widgets.people(name, _shown(sheet, people=True))


def _shown(sheet: Sheet, *, people: bool) -> list[int]:
    form = sheet.form
    shown = [one for one in form.picked if is_person(one) is people and one not in form.hidden]
    return [number_of(one) for one in shown]


def _file(_: Sheet, name: str) -> Widget:
    return widgets.upload(name)


def _credentials(sheet: Sheet, name: str) -> Widget:
    value = sheet.form.shown(name)
    usual = "" if sheet.form.code else CREDENTIAL_NAMES[CredentialMode.SHARED]
    options = [(word, *_CREDENTIALS_SAID[mode]) for word, mode in CREDENTIAL_WORDS.items()]
    return widgets.radio(name, options, value if value in CREDENTIAL_WORDS else usual)


def _policy(sheet: Sheet, name: str) -> Widget:
    options = [(word, _POLICY_SAID[word], "") for word in POLICY_WORDS]
    if not sheet.form.code:
        options.insert(0, (AS_SET, "As the server has it", ""))
    value = sheet.form.shown(name)
    return widgets.radio(name, options, value if value in POLICY_WORDS else AS_SET)


def _more(_: Sheet, name: str) -> Widget:
    return widgets.checkbox(name)


_DRAWN: dict[str, Callable[[Sheet, str], Widget]] = {
    START: _start,
    "description": _paragraph,
    "audience": _paragraph,
    "add": _paragraph,
    "remove": _paragraph,
    "server": _server,
    "lists": _lists,
    CHANNELS: _channels,
    PEOPLE: _people,
    FILE: _file,
    "credentials": _credentials,
    "policy": _policy,
    MORE: _more,
}
