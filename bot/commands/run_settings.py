"""Commands on settings, and the wish of an address to hear no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from bot.answers import mistakes, settings
from bot.answers.refusals import admins_only
from bot.answers.reply import Problem, Reply
from bot.commands.asking import Asking
from bot.commands.commands import Settings, Stop
from bot.form.addresses import parse_address
from bot.form.answers import AskBack, Mistake
from bot.form.length import parse_reminders
from bot.form.zones import parse_zone
from core.usecases.answers import NotAllowed
from core.usecases.settings import SettingsShown, set_own, set_workspace, show_settings
from core.usecases.unsubscribe import stop_writing_to

T = TypeVar("T")
_NO_ADDRESS = frozenset({"", "-", "none", "no", "off"})


async def run_settings(asking: Asking, command: Settings) -> Reply:
    """Show the settings, or keep what is given."""
    if not command.fields:
        return settings.settings(await asking.read(show_settings), asking.actor, asking.desk.links)
    if command.workspace and not asking.actor.is_admin:
        return admins_only()
    zone = _given(command.fields, "zone", parse_zone)
    reminders = _given(command.fields, "reminders", parse_reminders)
    email = _given(command.fields, "email", _parse_own_address)
    problems: dict[str, Problem] = {}
    if isinstance(zone, Mistake | AskBack):
        problems["zone"] = zone
    if isinstance(reminders, Mistake):
        problems["reminders"] = reminders
    if isinstance(email, Mistake):
        problems["email"] = email
    if (
        isinstance(zone, Mistake | AskBack)
        or isinstance(reminders, Mistake)
        or isinstance(email, Mistake)
    ):
        return mistakes.mistaken("Nothing was set:", problems)
    kept: SettingsShown | NotAllowed
    if command.workspace:
        kept = await asking.write(set_workspace, zone=zone, reminders=reminders)
    else:
        kept = await asking.write(set_own, zone=zone, reminders=reminders, email=email)
    if isinstance(kept, NotAllowed):
        return admins_only()
    return settings.settings(kept, asking.actor, asking.desk.links, changed=True)


def _given(fields: Mapping[str, str], name: str, parse: Callable[[str], T]) -> T | None:
    return parse(fields[name]) if name in fields else None


def _parse_own_address(text: str) -> str | Mistake:
    """Read the actor's own mail address; `none` takes it away."""
    if text.strip().casefold() in _NO_ADDRESS:
        return ""
    found = parse_address(text)
    return found if isinstance(found, Mistake) else found.address


async def run_stop(asking: Asking, command: Stop) -> Reply:
    """Enter that somebody asked by other means to hear no more."""
    contact = parse_address(command.address)
    if isinstance(contact, Mistake):
        return mistakes.mistaken("Nothing was entered:", {"address": contact})
    answer = await asking.write(stop_writing_to, contact)
    if isinstance(answer, NotAllowed):
        return admins_only()
    return settings.stopped(answer, contact.address, asking.actor)
