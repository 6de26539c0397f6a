"""Reservations whose whole life passes in seconds, so that everything that can fall due does."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

from sqlmodel import col, func, select

from core.model.due import Due
from core.model.people import Actor, Role, WorkspaceKind
from core.model.recipient import HOLDER, Contact, RouteName
from core.model.request import ReserveRequest
from core.model.server import Rules
from core.model.slot import Slot
from core.notices.notice import NoticeKind
from core.store.desk import Desk
from core.store.store import Limits, Store
from core.store.tables import DeliveryRow, DueRow
from core.usecases.answers import Permitted
from core.usecases.reserve import reserve
from core.usecases.servers import ServerKept, add_server
from core.usecases.settings import Account, enter
from core.usecases.tick import carry_out
from tests.desks import make_server

P = ParamSpec("P")
T = TypeVar("T")

SECOND = timedelta(seconds=1)
LEAD = 9 * SECOND  # before its start is the first that falls due
AFTER = 8 * SECOND  # after its start has everything fallen due
LIMITS = Limits(keep_addresses=2 * SECOND)  # so that addresses are erased within a life, too
DUE_EACH = 5  # at least, in a life that is not called off

_TOGETHER = 100  # reservations on one server at once: what is counted there grows with them
_RULES = {
    "max_streams": _TOGETHER,
    "shortest": SECOND,
    "no_show_after": 2 * SECOND,
    "reconfirm_reminder": 3 * SECOND,
}
_ONCE = [
    NoticeKind.LAPSE,
    NoticeKind.STREAM_KEY,
    NoticeKind.NO_SHOW,
    NoticeKind.REMINDER,
]


@dataclass(slots=True)
class NotingDesk(Desk):
    """A desk that notes what was carried out, and when by its clock.

    `landed` says where the clock was set to last: what it passed over was due only then.
    """

    landed: Callable[[], datetime] | None = None
    carried: list[tuple[Due, datetime]] = field(default_factory=list)
    late: list[timedelta] = field(default_factory=list)

    async def run_patiently(
        self,
        use_case: Callable[Concatenate[Store, datetime, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a use case, and note what fell due if it is that."""
        at = landed = self.now()

        def noted(store: Store, now: datetime) -> T:
            nonlocal at, landed
            assert self.landed is not None
            at, landed = now, self.landed()
            return use_case(store, now, *args, **kwargs)

        answer = await Desk.run_patiently(self, noted)
        if use_case is carry_out and answer:
            (due,) = args
            assert isinstance(due, Due)
            self.carried.append((due, at))
            self.late.append(at - max(due.due_at, landed))
        return answer


async def begin_lives(
    desk: Desk, starts: Sequence[datetime], chance: random.Random
) -> list[Permitted]:
    """Book a slot for each of these starts; every other one is to be reconfirmed, and never is."""
    olga = await desk.run(
        enter, Account(WorkspaceKind.CONSOLE, "local", "Console", "olga", "Olga", Role.OPERATOR)
    )
    lives: list[Permitted] = []
    servers: list[int] = []
    for number, start in enumerate(starts):
        if number % _TOGETHER == 0:
            servers = [
                await _server(desk, olga, reconfirm_lead=lead) for lead in (5 * SECOND, 0 * SECOND)
            ]
        wanted = ReserveRequest(
            server_id=servers[number % 2],
            slot=Slot.of(start, 5 * SECOND),
            title=f"Life {number}",
            audience=(Contact(RouteName.EMAIL, f"fan{number}@example.org", ""),),
            reminders=(4 * SECOND, chance.choice([2, 3]) * SECOND),
        )
        answer = await desk.run(reserve, olga, wanted)
        assert isinstance(answer, Permitted), answer
        lives.append(answer)
    return lives


async def _server(desk: Desk, olga: Actor, reconfirm_lead: timedelta) -> int:
    name = f"Studio {len(await desk.read(lambda store, _: store.servers.all()))}"
    rules = Rules(**_RULES, reconfirm_lead=reconfirm_lead)  # type: ignore[arg-type]  # fields
    kept = await desk.run(add_server, olga, make_server(name=name, rules=rules))
    assert isinstance(kept, ServerKept)
    return kept.server.id


def still_due(store: Store, now: datetime) -> int:
    """Count what should have been carried out by now."""
    due = select(func.count()).where(col(DueRow.due_at) <= now)
    return int(store.connection.execute(due).scalar_one())


def all_due(store: Store, now: datetime) -> Counter[str]:  # noqa: ARG001 - a question
    """Count what has not been carried out, by kind."""
    return Counter(store.connection.execute(select(DueRow.kind)).scalars())


def told_twice(store: Store, now: datetime) -> list[tuple[object, ...]]:  # noqa: ARG001 - likewise
    """List whom the clock told the same thing twice: there should be nobody."""
    columns = (DeliveryRow.reservation_id, DeliveryRow.number, DeliveryRow.kind, DeliveryRow.lead)
    rows = store.connection.execute(
        select(*columns).where(col(DeliveryRow.kind).in_([one.value for one in _ONCE]))
    )
    counted = Counter(tuple(row) for row in rows)
    return [(*told, times) for told, times in counted.items() if times > 1]


def lapses(store: Store, now: datetime) -> int:  # noqa: ARG001 - likewise
    """Count the holders who were told that their reservation lapsed."""
    told = select(func.count()).where(
        col(DeliveryRow.kind) == NoticeKind.LAPSE.value, col(DeliveryRow.number) == HOLDER
    )
    return int(store.connection.execute(told).scalar_one())
