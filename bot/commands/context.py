"""What a command's words are read against: the servers and lists that the actor may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.answers.wording import (
    CREDENTIAL_NAMES,
    POLICY_NAMES,
    reminders_words,
    type_instant,
)
from bot.commands.asking import Asking
from bot.form.filling import FormContext
from bot.form.length import say_length
from core.model.people import Actor
from core.model.recipient import Contact
from core.model.reservation import Reservation
from core.model.server import Server
from core.store.store import Store
from core.usecases.answers import Ended, NotAllowed, NotFound
from core.usecases.audience import lists_of
from core.usecases.authority import managed
from core.usecases.look import servers_of
from core.usecases.settings import show_settings


@dataclass(frozen=True, slots=True)
class Known:
    """The servers by number, the form's context, and what holds where nothing is written.

    `listed` is the present audience of a reservation that is to be changed.
    """

    servers: Mapping[int, Server]
    context: FormContext
    defaults: Mapping[str, str]
    listed: tuple[Contact, ...] = ()

    @property
    def server_names(self) -> tuple[str, ...]:
        """The names of the servers that may be reserved."""
        return tuple(one.name for one in self.context.servers)


async def load_known(asking: Asking) -> Known:
    """Load what a new reservation is read against."""
    return _recognising(asking, await asking.read(_known))


async def load_known_for_change(asking: Asking, code: str) -> Known | NotFound | NotAllowed | Ended:
    """Load what a change is read against, or say why that reservation cannot be changed.

    What was carried out already is read once more, whatever has become of the reservation since: a
    second copy is answered as the first one was.
    """
    found = await asking.read(_known_for_change, code, asking.submission_key)
    return _recognising(asking, found) if isinstance(found, Known) else found


def _recognising(asking: Asking, known: Known) -> Known:
    return replace(known, context=replace(known.context, others=asking.others))


def _known(store: Store, now: datetime, actor: Actor) -> Known:
    servers = servers_of(store, now, actor)
    settings = show_settings(store, now, actor)
    own = settings.person.reminders
    reminders = settings.workspace.reminders if own is None else own
    defaults = {
        "server": servers[0].name if len(servers) == 1 else "",
        "credentials": "shared, made for you",
        "policy": "as the server has it",
        "reminders": reminders_words(reminders),
    }
    return Known(
        {server.id: server for server in servers},
        _context(store, now, actor, servers),
        defaults,
    )


def _context(store: Store, now: datetime, actor: Actor, servers: tuple[Server, ...]) -> FormContext:
    lists = tuple(one.name for one in lists_of(store, now, actor))
    return FormContext(zone=actor.zone, now=now, servers=servers, list_names=lists)


def _known_for_change(
    store: Store, now: datetime, actor: Actor, code: str, key: str | None
) -> Known | NotFound | NotAllowed | Ended:
    found = managed(store, actor, code)
    if not isinstance(found, Reservation):
        return found
    ended = not found.status.live or found.slot.ends_at <= now
    if ended and (key is None or store.records.answer_to(key) is None):
        return Ended(found)
    known = _known(store, now, actor)
    present = store.servers.get(found.server_id)
    servers = {**known.servers, **({present.id: present} if present else {})}
    context = FormContext(
        zone=actor.zone,
        now=now,
        servers=known.context.servers,
        list_names=known.context.list_names,
        slot=found.slot,
    )
    listed = tuple(
        one.contact for one in store.recipients.of(found.id) if one.number and not one.removed
    )
    return Known(servers, context, _present(found, present, actor), listed)


def _present(reservation: Reservation, server: Server | None, actor: Actor) -> dict[str, str]:
    """Write down what a reservation says now, field by field."""
    return {
        "title": reservation.title,
        "description": reservation.description,
        "server": server.name if server else "",
        "when": type_instant(reservation.slot.starts_at, actor.zone),
        "length": say_length(reservation.slot.length),
        "viewers": f"{reservation.viewers}" if reservation.viewers else "",
        "credentials": CREDENTIAL_NAMES[reservation.credential_mode],
        "policy": POLICY_NAMES[reservation.notification_policy],
        "reminders": reminders_words(reservation.reminders),
        "reply_to": reservation.reply_to,
    }
