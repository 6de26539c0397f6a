"""The mirror of reservations among the scheduled events of Discord's guilds.

A reservation that channels of a guild expect stands among its events. Nothing here can fail a
booking: it looks at what was committed, by itself, and writes down what it did. Who deletes or
cancels an event in Discord wants it gone: it is left alone for good. An event that was edited there
is brought back in line, because somebody would come at the wrong time by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.model.delivery import Accepted, Doubtful
from core.model.discord_address import read_address
from core.model.people import Actor, WorkspaceKind
from core.model.recipient import HOLDER, Recipient, RouteName
from core.model.reservation import Reservation
from core.policy.events import (
    LOOK_EVERY,
    CallOff,
    EventFace,
    EventOutcome,
    EventStep,
    Gone,
    Keep,
    Make,
    Standing,
    is_wanted,
    marker_of,
    next_step,
    try_again_after,
)
from core.store.events import EventKept, EventTrouble
from core.store.store import Store
from core.usecases.answers import NotAllowed
from core.usecases.event_face import event_face

STUCK_AFTER = timedelta(minutes=2)  # what somebody began and never wrote down is begun anew
MOST_AT_ONCE = 100
TAKEN_AWAY = "it was deleted or ended in Discord, and is left alone"


@dataclass(frozen=True, slots=True)
class EventTask:
    """Something to be done in Discord about one reservation in one guild.

    `in_doubt`: it was begun before, and nobody wrote down how it ended. `channels` are those that
    expect the reservation, by number.
    """

    reservation_id: int
    guild_id: str
    revision: int
    step: EventStep
    in_doubt: bool
    channels: tuple[str, ...] = ()


def events_due(store: Store, now: datetime) -> tuple[int, ...]:
    """List the reservations whose events are to be looked at."""
    return store.events.due(now, now - STUCK_AFTER, MOST_AT_ONCE)


def begin_events(store: Store, now: datetime, reservation_id: int) -> tuple[EventTask, ...]:
    """Decide what is to be done about a reservation's events, and note that it was begun."""
    kept = store.events.of(reservation_id)
    reservation = store.reservations.get(reservation_id)
    channels = _channels(store.recipients.of(reservation_id))
    tasks: list[EventTask] = []
    for guild_id in sorted({*kept, *channels}):
        known = kept.get(guild_id) or EventKept(reservation_id, guild_id)
        expecting = channels.get(guild_id, ())
        task = _task(store, reservation, known, expecting, fresh=guild_id not in kept)
        if task is not None:
            tasks.append(task)
    return tuple(tasks)


def end_event(store: Store, now: datetime, task: EventTask, outcome: EventOutcome) -> None:
    """Write down what became of a task; where it failed, why, and when it is tried again."""
    kept = store.events.of(task.reservation_id).get(task.guild_id)
    if kept is None:
        return
    done = replace(kept, checked_at=now, revision=task.revision, begun_at=None)
    match outcome:
        case Accepted(event_id):
            after = _succeeded(done, task.step, event_id, now)
        case Gone():
            after = _gone(done, task.step, now)
        case Doubtful(reason):
            # it may be there: `begun_at` stays, so that it is looked for before it is made again
            wait = try_again_after(outcome, kept.failures + 1)
            long_ago = now - STUCK_AFTER - timedelta(seconds=1)
            after = replace(done, begun_at=long_ago, not_before=now + wait)
            after = replace(after, failures=kept.failures + 1, reason=reason)
        case failed:
            failures = kept.failures + 1
            wait = try_again_after(failed, failures)
            after = replace(done, not_before=now + wait, failures=failures, reason=failed.reason)
    store.events.put(after, now)


def event_troubles(
    store: Store, now: datetime, actor: Actor | None = None
) -> tuple[EventTrouble, ...] | NotAllowed:
    """List what could not be put among the events: of an admin's guild; of all for the doctor."""
    if actor is None:
        return store.events.troubles(None, MOST_AT_ONCE)
    if not actor.is_admin:
        return NotAllowed()
    workspace = store.people.workspace(actor.workspace_id)
    if workspace.kind is not WorkspaceKind.DISCORD:
        return ()
    return store.events.troubles(workspace.external_id, MOST_AT_ONCE)


def _task(
    store: Store,
    reservation: Reservation,
    kept: EventKept,
    channels: tuple[Recipient, ...],
    *,
    fresh: bool,
) -> EventTask | None:
    """Decide about one guild, and keep what was decided."""
    now = store.now
    if kept.closed or _is_begun(kept, now) or _rests(kept, reservation, now):
        return None
    face: EventFace | None = None
    if is_wanted(reservation, channels, now):
        revisions = store.reservations.revisions(reservation.id, [reservation.revision])
        face = event_face(store, reservation, revisions[reservation.revision].facts)
    in_doubt = kept.begun_at is not None
    look = kept.not_before is not None and kept.not_before <= now
    standing = Standing(kept.event_id, kept.shown, in_doubt, look)
    step = next_step(face, standing, marker_of(reservation.code), now)
    over = not reservation.status.live or reservation.slot.ends_at <= now
    if step is None:
        if not fresh:
            until = now + LOOK_EVERY if kept.event_id else reservation.slot.ends_at
            rested = replace(kept, revision=reservation.revision, closed=over, failures=0)
            ends = min(until, reservation.slot.ends_at)
            store.events.put(replace(rested, begun_at=None, reason="", not_before=ends), now)
        return None
    keep = store.events.add if fresh else store.events.put
    keep(replace(kept, begun_at=now), now)
    return EventTask(
        reservation.id,
        kept.guild_id,
        reservation.revision,
        step,
        in_doubt=in_doubt,
        channels=tuple(_numbers(channels)),
    )


def _is_begun(kept: EventKept, now: datetime) -> bool:
    return kept.begun_at is not None and kept.begun_at >= now - STUCK_AFTER


def _rests(kept: EventKept, reservation: Reservation, now: datetime) -> bool:
    """Tell whether a failure is to be left alone for now: what has changed is tried at once."""
    waits = kept.not_before is not None and now < kept.not_before
    return kept.failures > 0 and waits and kept.revision == reservation.revision


def _succeeded(kept: EventKept, step: EventStep, event_id: str, now: datetime) -> EventKept:
    well = replace(kept, failures=0, reason="")
    match step:
        case Make(face) | Keep(_, face):
            look_at = min(now + LOOK_EVERY, max(now, face.slot.ends_at))
            return replace(well, event_id=event_id, shown=face, not_before=look_at)
        case CallOff():
            # looked at once more: it may have been called off to be made anew
            return replace(well, event_id="", shown=None, not_before=now)


def _gone(kept: EventKept, step: EventStep, now: datetime) -> EventKept:
    if isinstance(step, CallOff):
        return _succeeded(kept, step, "", now)
    over = kept.shown is not None and kept.shown.slot.ends_at <= now
    return replace(kept, closed=True, failures=0, reason="" if over else TAKEN_AWAY)


def _channels(recipients: Iterable[Recipient]) -> dict[str, tuple[Recipient, ...]]:
    """Sort the channels of a reservation by their guilds."""
    found: dict[str, tuple[Recipient, ...]] = {}
    for one in recipients:
        if one.number == HOLDER or one.contact.route is not RouteName.DISCORD:
            continue
        address = read_address(one.contact.address)
        if address is not None and not address.person:
            guild = str(address.guild)
            found[guild] = (*found.get(guild, ()), one)
    return found


def _numbers(channels: Iterable[Recipient]) -> Iterator[str]:
    for one in channels:
        address = read_address(one.contact.address)
        if address is not None and one.told.expects and not (one.removed or one.suppressed):
            yield str(address.id)
