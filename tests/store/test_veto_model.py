"""The veto, the decision and a model that looks at every instant say the same of any slot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from core.access.vault import Vault
from core.model.reservation import Status
from core.model.server import Rules
from core.model.slot import Slot
from core.policy.permit import decide
from core.policy.reasons import Permit, Taken
from core.store.database import Database
from core.store.reservations import Reservations
from core.store.servers import Servers
from core.store.tables import ReservationRow
from tests.desks import SECRET, START, make_server
from tests.store.rows import (
    Place,
    add_place,
    add_reservation,
    alter_reservation,
    is_veto,
    live_rows,
    moved_to,
    peak,
    set_limits,
)

# steps that meet at the same instants, and miss each other by what the databases might round away
_STEPS = (
    timedelta(hours=1),
    timedelta(seconds=1),
    timedelta(milliseconds=1),
    timedelta(microseconds=1),
)


def lengths(least: int, most: int) -> st.SearchStrategy[timedelta]:
    """Give so many hours, and now and then a little more or less."""
    little = st.sampled_from(_STEPS[1:])
    return st.builds(
        lambda hours, step, times: hours * _STEPS[0] + step * times,
        st.integers(least, most),
        little,
        st.sampled_from([0, 0, 0, 1, -1, 499, -500]),
    )


SLOTS = st.builds(
    lambda after, length: Slot.of(START + after, max(length, _STEPS[-1])),
    lengths(0, 8),
    lengths(1, 6) | lengths(24, 80),
)
VIEWERS = st.sampled_from([0, 0, 1, 20, 40, 60])
LIMITS = st.tuples(st.integers(1, 3), st.none() | st.sampled_from([0, 50, 100]))


class Add(NamedTuple):
    """Somebody writes a reservation."""

    busy: Slot
    viewers: int


class Move(NamedTuple):
    """Somebody changes one that there is."""

    which: int
    busy: Slot
    viewers: int


class End(NamedTuple):
    """One ends before its time."""

    which: int


class Limit(NamedTuple):
    """The server gets other limits."""

    max_streams: int
    max_viewers: int | None


ACTS = st.lists(
    st.builds(Add, SLOTS, VIEWERS)
    | st.builds(Add, SLOTS, VIEWERS)
    | st.builds(Move, st.integers(0, 9), SLOTS, VIEWERS)
    | st.builds(End, st.integers(0, 9))
    | LIMITS.map(lambda limits: Limit(*limits)),
    min_size=4,
    max_size=14,
)


class Model:
    """A server as a list of what is taken, beside the same server in a database."""

    def __init__(self, connection: Connection, limits: tuple[int, int | None]) -> None:
        self._connection = connection
        self._limits = limits
        self._place: Place = add_place(connection, *limits)
        self._taken: dict[int, tuple[Slot, int]] = {}

    def do(self, act: Add | Move | End | Limit) -> None:
        """Do something in both, and hold what the database said against the model."""
        match act:
            case Add(busy, viewers):
                self._add(busy, viewers)
            case Move(which, busy, viewers) if self._taken:
                self._move(list(self._taken)[which % len(self._taken)], busy, viewers)
            case End(which) if self._taken:
                ended = list(self._taken)[which % len(self._taken)]
                alter_reservation(
                    self._connection, ended, live=False, status=Status.CANCELLED.value
                )
                del self._taken[ended]
            case Limit(max_streams, max_viewers):
                self._limits = (max_streams, max_viewers)
                set_limits(self._connection, self._place.server_id, max_streams, max_viewers)
        stored = live_rows(self._connection, self._place.server_id)
        assert sorted(stored) == sorted(self._taken.values())

    def _add(self, busy: Slot, viewers: int) -> None:
        fits = self._fits(busy, viewers)
        assert fits == self._decision_permits(busy, viewers)
        kept = self._tried(lambda: add_reservation(self._connection, self._place, busy, viewers))
        assert fits == kept
        if kept:
            newest = select(ReservationRow.id).order_by(col(ReservationRow.id).desc()).limit(1)
            number = self._connection.execute(newest).scalar_one()
            self._taken[number] = (busy, viewers)

    def _move(self, number: int, busy: Slot, viewers: int) -> None:
        before, watched = self._taken[number]
        takes_more = viewers > watched or not before.covers(busy)
        fits = not takes_more or self._fits(busy, viewers, but=number)
        values = moved_to(busy) | {"viewers": viewers}
        kept = self._tried(lambda: alter_reservation(self._connection, number, **values))
        assert fits == kept
        if kept:
            self._taken[number] = (busy, viewers)

    def _fits(self, busy: Slot, viewers: int, but: int = 0) -> bool:
        others = [taken for number, taken in self._taken.items() if number != but]
        streams, watchers = peak([*others, (busy, viewers)], within=busy)
        max_streams, max_viewers = self._limits
        too_many = max_viewers is not None and viewers > 0 and watchers > max_viewers
        return streams <= max_streams and not too_many

    def _decision_permits(self, busy: Slot, viewers: int) -> bool:
        """Ask the decision, with what the store finds around the slot."""
        vault = Vault([SECRET])
        longest = Servers(self._connection, vault).longest_busy(self._place.server_id)
        found = Reservations(self._connection, vault).taken_around(
            self._place.server_id, busy, longest + timedelta(seconds=1)
        )
        assert sorted(found, key=_order) == sorted(
            (Taken(*one) for one in self._taken.values() if one[0].overlaps(busy)), key=_order
        )
        max_streams, max_viewers = self._limits
        rules = Rules(max_streams, max_viewers, shortest=_STEPS[-1], longest=timedelta(days=9))
        decision = decide(
            busy,
            viewers=viewers,
            server=make_server(rules=rules),
            blackouts=(),
            taken=found,
            held=(),
            now=START - timedelta(days=1),
        )
        return isinstance(decision, Permit)

    def _tried(self, act: Callable[[], object]) -> bool:
        try:
            with self._connection.begin_nested():
                act()
        except DBAPIError as error:
            if not is_veto(error):
                raise
            return False
        return True


def _order(taken: Taken) -> tuple[Slot, int]:
    return taken.busy, taken.viewers


@given(limits=LIMITS, acts=ACTS)
@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_refuses_what_is_over_capacity_and_nothing_else(
    database: Database, limits: tuple[int, int | None], acts: list[Add | Move | End | Limit]
) -> None:
    with database.writer.connect() as connection, connection.begin() as transaction:
        model = Model(connection, limits)
        for act in acts:
            model.do(act)
        transaction.rollback()
