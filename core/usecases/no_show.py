"""No-show: a slot has begun and nobody publishes; its holder is asked, and it may be freed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.model.due import Due, DueKind
from core.model.reservation import Reservation, Status
from core.model.server import Server
from core.notices.notice import KEPT, NO_SHOW, NoticeKind
from core.outbox.enqueue import tell_holder
from core.policy.no_show import (
    Ask,
    Begun,
    Free,
    Hearing,
    KeepAsking,
    LetBe,
    Outcome,
    Published,
    Wait,
    decide_no_show,
    decide_release,
)
from core.store.store import Store
from core.usecases.by_clock import present_facts, revise_by_clock
from core.usecases.gate import GATE, GATE_SINCE

REASON = "The stream did not begin in time, so the slot was freed."  # as its audience is told


def look_for_publisher(
    store: Store, reservation: Reservation, server: Server, due: Due, now: datetime
) -> None:
    """Look, at the two moments there are, whether anybody publishes, and act if nobody does."""
    match _outcome(store, _begun(store, reservation, server), due, now):
        case Ask(free_at):
            _ask(store, reservation, free_at)
        case KeepAsking():
            _tell(store, reservation, KEPT)
        case Free():
            _free(store, reservation)
        case Wait(until):
            store.dues.put(replace(due, due_at=until))
        case LetBe():
            pass


def _outcome(store: Store, begun: Begun, due: Due, now: datetime) -> Outcome:
    if due.kind is not DueKind.RELEASE:
        return decide_no_show(begun, now)
    hearing = Hearing(store.records.last_beat(GATE_SINCE), store.records.last_beat(GATE))
    return decide_release(begun, hearing, due_at=due.due_at, now=now)


def _ask(store: Store, reservation: Reservation, free_at: datetime | None) -> None:
    """Ask the holder; what they are told will happen falls due, whatever the rules once were."""
    if free_at is not None:
        store.dues.put(Due(free_at, reservation.id, DueKind.RELEASE))
    _tell(store, reservation, free_at.isoformat() if free_at else "")


def _tell(store: Store, reservation: Reservation, done: str) -> None:
    facts = present_facts(store, reservation)
    tell_holder(store, reservation, facts, NoticeKind.NO_SHOW, done=done)


def _free(store: Store, reservation: Reservation) -> None:
    # without its deadline: what was reconfirmed did not lapse by it
    lapsed = replace(reservation, status=Status.LAPSED, reconfirm_by=None)
    revise_by_clock(store, lapsed, NoticeKind.LAPSE, done=NO_SHOW, reason=REASON)
    store.records.audit("no_show", None, reservation.id)


def _begun(store: Store, reservation: Reservation, server: Server) -> Begun:
    aired = store.connections.aired(reservation.id)
    return Begun(
        slot=reservation.slot,
        opened_at=store.reservations.busy(reservation.id).starts_at,
        status=reservation.status,
        kind=server.kind,
        rules=server.rules,
        published=Published(aired.since, aired.until),
        asked_at=store.openings.asked_at(server.id),
    )
