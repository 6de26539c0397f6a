"""The form's fields as Slack's own widgets, each filled in with what is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from bot.answers.reply import FormAsked
from bot.answers.wording import CREDENTIAL_NAMES
from bot.form.fields import CREDENTIAL_WORDS, POLICY_WORDS, Field
from bot.form.length import say_length
from bot.form.when import When, parse_when
from bot.slack.blocks import (
    UPLOAD_HINT,
    Block,
    entry,
    fits_option,
    option,
    select,
    several,
    text_input,
    upload,
)
from core.model.reservation import CredentialMode
from core.notices.as_rich_text import within
from core.notices.as_slack import is_person
from core.notices.said import cleaned

CHANNELS, PEOPLE, FILE = "channels", "people", "file"
AS_SET = "as set"  # the choice to leave something to the server, or as it is
_LONGEST_PASTE = 3000

_CREDENTIALS_SAID = {
    CredentialMode.SHARED: (
        "One for all",
        "A user name and passcode, made for you or yours",
    ),
    CredentialMode.EACH: ("One each", "Everybody gets a passcode of their own"),
    CredentialMode.NONE: ("None", "Whoever has the address can watch"),
}
_POLICY_SAID = {
    "at once": "At once",
    "when reconfirmed": "When I have reconfirmed",
    "both": "At once, as provisional, and when reconfirmed",
}
_CHANNEL_HINT = (
    "Everybody in a channel can read its post, with the join link and the credentials."
    " Into a private channel, invite the app first."
)


class Filled:
    """A form with what is filled in: typed, or for a change what holds now."""

    def __init__(self, asked: FormAsked, picked: tuple[str, ...], turn: int) -> None:
        self.asked = asked
        self.picked = picked
        self._turn = turn

    def name(self, field: str) -> str:
        """Name a field's block; another one each time it is shown with values put in anew."""
        return f"{field}#{self._turn}" if self._turn else field

    def value(self, field: str) -> str:
        """Give what stands in a field."""
        typed = self.asked.values.get(field)
        if typed is not None:
            return typed
        return self.asked.defaults.get(field, "") if self.asked.code else ""

    def start(self) -> When | None:
        """Give the start, if what was typed says it."""
        typed = self.value("when")
        context = self.asked.context
        found = parse_when(typed, zone=context.zone, now=context.now) if typed else None
        return found if isinstance(found, When) else None

    def entry(self, field: Field, element: Block, *, label: str = "", hint: str = "") -> Block:
        """Make the input of a field."""
        return entry(
            self.name(field.name),
            label or field.label,
            element,
            hint=hint or field.hint,
            optional=not field.required,
        )


def draw(form: Filled, field: Field) -> Block:
    """Draw one field."""
    return _DRAWN.get(field.name, _line)(form, field)


def pickers(form: Filled) -> Iterator[Block]:
    """Draw Slack's own pickers for channels and people, and the upload."""
    channels: Block = {
        "type": "multi_conversations_select",
        "filter": {
            "include": ["public", "private"],
            "exclude_bot_users": True,
            "exclude_external_shared_channels": False,
        },
    }
    people: Block = {"type": "multi_users_select"}
    if picked := [target for target in form.picked if not is_person(target)]:
        channels["initial_conversations"] = picked
    if picked := [target for target in form.picked if is_person(target)]:
        people["initial_users"] = picked
    yield entry(form.name(CHANNELS), "Audience: channels", channels, hint=_CHANNEL_HINT)
    hint = "Each gets a direct message."
    yield entry(form.name(PEOPLE), "Audience: people", people, hint=hint)
    yield entry(form.name(FILE), "Audience: a file", upload(), hint=UPLOAD_HINT)


def _line(form: Filled, field: Field) -> Block:
    return form.entry(field, text_input(form.value(field.name), longest=field.max_length))


def _text(form: Filled, field: Field) -> Block:
    element = text_input(form.value(field.name), longest=field.max_length, multiline=True)
    return form.entry(field, element)


def _server(form: Filled, field: Field) -> Block:
    servers = form.asked.context.servers
    value = form.value("server") or form.asked.defaults.get("server", "")
    chosen = next((one.name for one in servers if one.name == value), "")
    options = [option(one.name, one.name) for one in servers]
    if not options:
        return _line(form, field)
    return form.entry(field, select(options, chosen), hint="Which streaming server")


def _when(form: Filled, field: Field) -> Block:
    element: Block = {"type": "datetimepicker"}
    start = form.start()
    if start:
        element["initial_date_time"] = int(start.starts_at.timestamp())
    return entry(form.name("when"), field.label, element, optional=bool(form.asked.code))


def _length(form: Filled, field: Field) -> Block:
    value = form.value("length")
    start = form.start()
    if not value and start and start.length:
        value = say_length(start.length)
    if not value and not form.asked.code:
        value = say_length(timedelta(hours=1))
    element = text_input(value, longest=field.max_length)
    return entry(form.name("length"), field.label, element, hint="2h, 90 min, 1:30", optional=False)


def _viewers(form: Filled, field: Field) -> Block:
    element: Block = {"type": "number_input", "is_decimal_allowed": False, "min_value": "0"}
    value = form.value("viewers")
    if value.isascii() and value.isdigit() and len(value) <= field.max_length:
        element["initial_value"] = value
    return form.entry(field, element)


def _addresses(form: Filled, field: Field) -> Block:
    typed = form.asked.values.get(field.name, "")
    element = text_input(typed, longest=_LONGEST_PASTE, multiline=True)
    return form.entry(field, element, label=f"{field.label}: e-mail addresses")


def _lists(form: Filled, field: Field) -> Block:
    names = form.asked.context.list_names
    if not names or not all(map(fits_option, names)):
        return _line(form, field)
    typed = [word.strip().casefold() for word in re.split(r"[,;\n]", form.value("lists"))]
    chosen = [name for name in names if name.casefold() in typed]
    options = [option(name, name) for name in names]
    return form.entry(field, several(options, chosen), hint="Your workspace's lists")


def _credentials(form: Filled, field: Field) -> Block:
    options = [option(word, *_CREDENTIALS_SAID[mode]) for word, mode in CREDENTIAL_WORDS.items()]
    value = form.value("credentials")
    usual = "" if form.asked.code else CREDENTIAL_NAMES[CredentialMode.SHARED]
    chosen = value if value in CREDENTIAL_WORDS else usual
    return form.entry(field, select(options, chosen, kind="radio_buttons"))


def _policy(form: Filled, field: Field) -> Block:
    options = [option(word, _POLICY_SAID[word]) for word in POLICY_WORDS]
    if not form.asked.code:
        options.insert(0, option(AS_SET, "As the server has it"))
    value = form.value("policy")
    chosen = value if value in POLICY_WORDS else AS_SET
    return form.entry(field, select(options, chosen))


def _reminders(form: Filled, field: Field) -> Block:
    value = form.asked.values.get("reminders")
    if value is None:
        value = form.asked.defaults.get("reminders", "").removesuffix(" before")
    return form.entry(
        field,
        text_input(value, longest=field.max_length),
        hint="How long before the start: 24 h, 15 min; or none",
    )


def _reply_to(form: Filled, field: Field) -> Block:
    element: Block = {"type": "email_text_input"}
    if value := within(cleaned(form.value("reply_to")), field.max_length):
        element["initial_value"] = value
    return form.entry(field, element)


_DRAWN: dict[str, Callable[[Filled, Field], Block]] = {
    "description": _text,
    "server": _server,
    "when": _when,
    "length": _length,
    "viewers": _viewers,
    "audience": _addresses,
    "add": _addresses,
    "remove": _addresses,
    "lists": _lists,
    "credentials": _credentials,
    "policy": _policy,
    "reminders": _reminders,
    "reply_to": _reply_to,
}
