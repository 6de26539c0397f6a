"""What is offered while somebody types: times with what is free, codes, servers, lists, zones.

Always quick, and never an error: where there is nothing to say, nothing is offered.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from discord.app_commands import Choice

from bot.answers.reply import Reply
from bot.answers.wording import type_instant
from bot.commands.asking import Asking
from bot.commands.catalogue import TOPICS
from bot.commands.context import Known, load_known
from bot.discord import zones
from bot.discord.client import note_failure
from bot.discord.hall import NOT_ANSWERING, Hall, Interaction
from bot.discord.options import Completes
from bot.discord.when_choices import WhenAsked, offered_times
from bot.form.answers import AskBack, Mistake
from bot.form.day import parse_day
from bot.form.instants import say_date
from bot.form.length import parse_length, say_length
from core.model.people import Actor
from core.model.reservation import Reservation
from core.notices.said import shortened
from core.store.database import BusyError
from core.usecases.audience import lists_of
from core.usecases.look import my_codes, servers_of
from core.usecases.servers import ServerShown, show_server

log = logging.getLogger(__name__)

Offer = tuple[str, str]  # what is shown, and the value that it stands for
MOST, LONGEST = 25, 100
_PATIENCE = 1.5  # seconds: later, and nobody looks at it any more
_LENGTHS = ("30 min", "1 h", "1 h 30 min", "2 h", "3 h", "4 h")
_A_MOMENT = timedelta(microseconds=1)
_DAYS = ("today", "tomorrow", "this week", "next week", "weekend")


@dataclass(frozen=True, slots=True)
class Typing:
    """What somebody has typed so far into an option, and into the others before."""

    actor: Actor
    locale: str
    typed: str
    others: dict[str, str]


async def complete(
    hall: Hall, interaction: Interaction, completes: Completes, typed: str
) -> list[Choice[str | int | float]]:
    """Give what is offered; whatever goes wrong, nothing is."""
    try:
        async with asyncio.timeout(_PATIENCE):
            offers = await _offers(hall, interaction, completes, typed)
    except (BusyError, *NOT_ANSWERING):
        return []
    except Exception as error:  # noqa: BLE001 - whoever types is never shown an error
        note_failure(error, "completion")
        return []
    return _choices(offers, numbers=completes is Completes.BLACKOUT)


def _choices(offers: Iterable[Offer], *, numbers: bool) -> list[Choice[str | int | float]]:
    """Make choices of offers, each name and value once and no longer than Discord takes them."""
    made: dict[str, Choice[str | int | float]] = {}
    for name, value in offers:
        shown = shortened(name, LONGEST)
        if shown and 0 < len(value) <= LONGEST and len(made) < MOST:
            made.setdefault(shown, Choice(name=shown, value=int(value) if numbers else value))
    return list(made.values())


async def _offers(
    hall: Hall, interaction: Interaction, completes: Completes, typed: str
) -> Iterable[Offer]:
    if completes is Completes.TOPIC:
        return _topics(typed)
    if completes is Completes.LENGTH:
        return _lengths(typed)
    locale = interaction.locale.value
    if completes is Completes.ZONE:
        now = hall.desk.now()
        return [(zones.say_zone(name, now), name) for name in zones.matching(typed, locale)]
    actor = await hall.actor(interaction)
    if isinstance(actor, Reply):
        return []
    others = {name: str(value) for name, value in interaction.namespace if value is not None}
    typing = Typing(actor, locale, typed, others)
    return await _ON_THE_DESK[completes](Asking(hall.desk, actor), typing)


def _topics(typed: str) -> list[Offer]:
    wanted = typed.strip().casefold()
    named = [topic for topic in TOPICS if wanted in topic.name]
    said = [one for one in TOPICS if one not in named and wanted in one.does.casefold()]
    return [(f"{topic.name}: {topic.does}", topic.name) for topic in (*named, *said)]


def _lengths(typed: str) -> list[Offer]:
    read = parse_length(typed)
    if not isinstance(read, Mistake):
        return [(say_length(read), typed.strip()[:LONGEST])]
    wanted = typed.strip().casefold()
    known = [one for one in _LENGTHS if one.startswith(wanted)]
    if wanted.isdecimal():
        known = [f"{wanted} h", f"{wanted} min"]
    return [(one, one) for one in known if not isinstance(parse_length(one), Mistake)]


async def _times(asking: Asking, typing: Typing) -> list[Offer]:
    known = await load_known(asking)
    asked = WhenAsked(
        typing.typed,
        typing.others.get("length", ""),
        typing.others.get("server", ""),
        typing.others.get("zone", ""),
    )
    sure = await asking.read(zones.zone_is_known)
    return await offered_times(asking, known, asked, sure=sure)


async def _days(asking: Asking, typing: Typing) -> list[Offer]:
    known = await load_known(asking)
    words = [typing.typed] if typing.typed.strip() else list(_DAYS)
    return [offer for word in words for offer in _day(word, known)]


def _day(word: str, known: Known) -> list[Offer]:
    zone, now = known.context.zone, known.context.now
    found = parse_day(word, zone, now)
    if isinstance(found, Mistake):
        return []
    if isinstance(found, AskBack):
        return [(choice.label, choice.text) for choice in found.choices]
    first = say_date(found.starts_at.astimezone(zone))
    last = say_date((found.ends_at - _A_MOMENT).astimezone(zone))
    return [(f"{word}: {first if first == last else f'{first} to {last}'} ({zone.key})", word)]


async def _codes(asking: Asking, typing: Typing) -> list[Offer]:
    wanted = typing.typed.strip().casefold()
    zone = asking.actor.zone
    found: Sequence[Reservation] = await asking.read(my_codes)
    return [
        (f"{one.code} {type_instant(one.slot.starts_at, zone)} {one.title}", one.code)
        for one in found
        if wanted.replace("-", "") in one.code.casefold().replace("-", "")
        or wanted in one.title.casefold()
    ]


async def _servers(asking: Asking, typing: Typing) -> list[Offer]:
    names = (one.name for one in await asking.read(servers_of))
    return _named(names, typing.typed)


async def _lists(asking: Asking, typing: Typing) -> list[Offer]:
    found = await asking.read(lists_of)
    wanted = typing.typed.strip().casefold()
    return [
        (f"{one.name} ({one.size:,})", one.name) for one in found if wanted in one.name.casefold()
    ]


async def _several_lists(asking: Asking, typing: Typing) -> list[Offer]:
    """Complete the last of several names; what stands before stays."""
    before, comma, last = typing.typed.rpartition(",")
    kept = f"{before}{comma} " if comma else ""
    chosen = {one.strip().casefold() for one in before.split(",")}
    names = (one.name for one in await asking.read(lists_of) if one.name.casefold() not in chosen)
    return [(f"{kept}{name}", f"{kept}{value}") for name, value in _named(names, last)]


def _named(names: Iterable[str], typed: str) -> list[Offer]:
    wanted = typed.strip().casefold()
    return [(name, name) for name in names if wanted in name.casefold()]


async def _blackouts(asking: Asking, typing: Typing) -> list[Offer]:
    found = await asking.read(show_server, typing.others.get("server", ""))
    if not isinstance(found, ServerShown) or not found.manageable:
        return []
    zone = asking.actor.zone
    return [
        (
            f"{one.id}: {type_instant(one.blackout.slot.starts_at, zone)} {one.blackout.reason}",
            str(one.id),
        )
        for one in found.blackouts
        if str(one.id).startswith(typing.typed.strip())
    ]


_ON_THE_DESK: dict[Completes, Callable[[Asking, Typing], Awaitable[Iterable[Offer]]]] = {
    Completes.WHEN: _times,
    Completes.DAY: _days,
    Completes.CODE: _codes,
    Completes.SERVER: _servers,
    Completes.LIST: _lists,
    Completes.LISTS: _several_lists,
    Completes.BLACKOUT: _blackouts,
}
