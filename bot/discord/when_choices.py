"""What a time may mean while somebody types it: day, clock and zone, and whether it is free there.

Discord has no picker for dates. So `fri 8pm` is offered as what it means, and where that is taken,
the nearest time that is free as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commands.asking import Asking
from bot.commands.context import Known
from bot.commands.words import without_server
from bot.form.answers import AskBack, Mistake
from bot.form.choosing import parse_server
from bot.form.instants import say_span
from bot.form.length import parse_length, say_length
from bot.form.when import When, parse_when, parse_zone
from core.model.people import Actor
from core.model.server import Server
from core.model.slot import Slot
from core.store.store import Store
from core.usecases.look import Free, find_free

_MOST_READINGS = 6
_MOST_SERVERS = 4
_USUAL = timedelta(hours=1)
_BEFORE, _AFTER = (
    timedelta(hours=12),
    timedelta(days=3),
)  # where the nearest free time is looked for
_LONGEST_TYPED = 100
_HOURS = ("18:00", "19:00", "20:00", "21:00")
_SUGGESTED = ("today 20:00", "tomorrow 18:00", "tomorrow 20:00", "fri 20:00", "sat 20:00")
_NOT_YOURS = "not your time zone? Fill in zone as well"


@dataclass(frozen=True, slots=True)
class WhenAsked:
    """What was typed into `when`, and into the options that it is read with."""

    typed: str
    length: str = ""
    server: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class _Wish:
    """One reading: when, how long if that was said, and in which zone it is shown."""

    starts_at: datetime
    length: timedelta | None
    zone: ZoneInfo


async def offered_times(
    asking: Asking, known: Known, asked: WhenAsked, *, sure: bool
) -> list[tuple[str, str]]:
    """Offer what a time may mean; `sure`: the person's own zone is known.

    What is no time yet is completed, or shown with what is wrong about it.
    """
    words, named = without_server(asked.typed, known.server_names)
    servers = _servers(named or asked.server, known)
    zone = _zone(asked.zone, known)
    wishes = _wishes(words, zone, known.context.now)
    if isinstance(wishes, Mistake):
        typed = asked.typed.strip()[:_LONGEST_TYPED]
        return [(wishes.message, typed)] if typed else []
    lasts = parse_length(asked.length) if asked.length else None
    length = lasts if isinstance(lasts, timedelta) else None
    looks = [_Look(wish, wish.length or length, servers) for wish in wishes]
    found = await asking.read(_look, looks)
    doubtful = "" if sure or asked.zone else _NOT_YOURS
    return [
        offer
        for look, free in zip(looks, found, strict=True)
        for offer in look.offers(free, named, doubtful)
    ]


def _servers(name: str, known: Known) -> tuple[Server, ...]:
    """Give the servers to look at: the one that is named, or all."""
    found = parse_server(name, known.context) if name else None
    return (found,) if isinstance(found, Server) else known.context.servers[:_MOST_SERVERS]


def _zone(name: str, known: Known) -> ZoneInfo:
    found = parse_zone(name) if name else None
    return found if isinstance(found, ZoneInfo) else known.context.zone


def _wishes(words: str, zone: ZoneInfo, now: datetime) -> Sequence[_Wish] | Mistake:
    """Read what was typed; what is no time yet, with the hours that are usual behind it."""
    if not words.strip():
        return list(_read(_SUGGESTED, zone, now))[:_MOST_READINGS]
    found = parse_when(words, zone=zone, now=now)
    if not isinstance(found, Mistake):
        return list(_read([words], zone, now))[:_MOST_READINGS]
    begun = list(_read([f"{words} {hour}" for hour in _HOURS], zone, now))
    return begun[:_MOST_READINGS] or found


def _read(texts: Iterable[str], zone: ZoneInfo, now: datetime) -> Iterator[_Wish]:
    for text in texts:
        found = parse_when(text, zone=zone, now=now)
        if isinstance(found, AskBack):
            yield from _read([choice.text for choice in found.choices], zone, now)
        elif isinstance(found, When) and found.starts_at >= now:
            yield _Wish(found.starts_at, found.length, found.zone)


@dataclass(frozen=True, slots=True)
class _Look:
    """One reading, to be looked up on servers."""

    wish: _Wish
    length: timedelta | None
    servers: tuple[Server, ...]

    def length_on(self, server: Server) -> timedelta:
        """Give how long it would last there."""
        return self.length or max(server.rules.shortest, min(_USUAL, server.rules.longest))

    def window(self, length: timedelta, now: datetime) -> Slot:
        """Give where to look for it, and for the nearest that is free."""
        starts_at = self.wish.starts_at
        return Slot(
            min(max(now, starts_at - _BEFORE), starts_at), starts_at + max(_AFTER, 2 * length)
        )

    def offers(self, found: Sequence[Free], named: str, doubtful: str) -> Iterator[tuple[str, str]]:
        """Offer it, and where it is free nowhere, the nearest time that is."""
        starts_at, zone = self.wish.starts_at, self.wish.zone
        there = [one.server.name for one in found if _nearest(one, starts_at) == starts_at]
        if not found:
            said = doubtful
        elif there:
            said = f"free on {', '.join(there)}"
        else:
            said = f"not free on {', '.join(one.server.name for one in found)}"
        yield self._offer(starts_at, self.wish.length, zone, doubtful or said, named)
        near = [(at, one) for one in found if (at := _nearest(one, starts_at)) is not None]
        if there or not near:
            return
        at, one = min(near, key=lambda each: abs(each[0] - starts_at))
        said = f"nearest free, on {one.server.name}"
        yield self._offer(at, self.wish.length, zone, said, named or one.server.name)

    def _offer(
        self, at: datetime, length: timedelta | None, zone: ZoneInfo, said: str, server: str
    ) -> tuple[str, str]:
        """Say what it means, and write it so that it has that meaning alone."""
        text = at.astimezone(zone).isoformat(timespec="minutes")
        value = f"{text} {zone.key}"
        if length is not None:
            value += f" for {say_length(length)}"
        if server:
            value += f" {server}"
        return f"{say_span(at, length, zone)}: {said}" if said else say_span(
            at, length, zone
        ), value


def _nearest(free: Free, wanted: datetime) -> datetime | None:
    """Give the start nearest to the wanted one at which a slot of that length can be put."""
    starts = [min(max(wanted, one.starts_at), one.ends_at - free.length) for one in free.stretches]
    return min(starts, key=lambda each: abs(each - wanted), default=None)


def _look(store: Store, now: datetime, actor: Actor, looks: list[_Look]) -> list[list[Free]]:
    """Look all of them up in one state of the desk."""
    found: list[list[Free]] = []
    for look in looks:
        there = []
        for server in look.servers:
            length = look.length_on(server)
            free = find_free(
                store,
                now,
                actor,
                server_id=server.id,
                window=look.window(length, now),
                length=length,
            )
            if isinstance(free, Free):
                there.append(free)
        found.append(there)
    return found
