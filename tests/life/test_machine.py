"""The life of reservations as a state machine: any order of commands, deliveries, faults and time.

After each step no server is overbooked and the books are in order; and once everything is delivered,
what each recipient was told last is what is true.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from core.model.delivery import Deferred, DeliveryState, Doubtful, Refused
from core.model.due import DueKind
from core.model.recipient import Recipient, RouteName
from core.model.request import ChangeRequest, CredentialWish
from core.model.reservation import CredentialMode, NotificationPolicy, Reservation, Status
from core.model.slot import Slot
from core.notices.notice import NoticeKind
from core.notices.plan import difference
from core.outbox.claim import claim
from core.outbox.enqueue import audience_of
from core.outbox.record import record
from core.store.store import Store
from core.usecases.answers import Changed, Denied, Permitted, Unchanged
from core.usecases.cancel import cancel
from core.usecases.change import change
from core.usecases.reconfirm import reconfirm
from core.usecases.reserve import reserve
from tests.databases import PostgresDatabases, SqliteFiles
from tests.desks import Clock, open_desk, set_scene
from tests.life.bench import ANN, BEN, CLEO, DAN, Bench
from tests.outbox.post import MAIL_DOMAIN

T = TypeVar("T")

CROWD = (ANN, BEN, CLEO, DAN)
STREAMS = 2
HOUR = timedelta(hours=1)

hours = st.integers(1, 60)
lengths = st.integers(1, 5)
some_of_the_crowd = st.sets(st.sampled_from(CROWD), min_size=1).map(
    lambda some: tuple(one for one in CROWD if one in some)
)
OUTCOMES = (
    Deferred("450 4.2.0 later"),
    Refused("550 5.7.1 not from you"),
    Doubtful("the line broke"),
)


class Life(RuleBasedStateMachine):
    """One desk and all that happens to it."""

    fresh_url: Callable[[], str]
    reservations = Bundle("reservations")

    @initialize()
    def open(self) -> None:
        """Open a desk on a database of its own."""
        self.runner = asyncio.Runner()
        self.stack = ExitStack()
        clock = Clock()
        desk = self.stack.enter_context(open_desk(type(self).fresh_url(), clock))
        scene = self.run(set_scene(desk, clock, rules=_rules()))
        self.bench = Bench(scene)
        self.submissions = 0
        self.doubted: set[tuple[int, int]] = set()

    def teardown(self) -> None:
        """Deliver everything, hold it against what is true, and close the desk."""
        try:
            self._settle()
            self._everybody_knows_what_is_true()
        finally:
            self.stack.close()
            self.runner.close()

    @rule(
        target=reservations,
        start=hours,
        length=lengths,
        audience=some_of_the_crowd,
        policy=st.sampled_from(NotificationPolicy),
        mode=st.sampled_from(CredentialMode),
        copies=st.integers(1, 2),
    )
    def reserve(self, **wish: Any) -> Any:  # noqa: ANN401 - drawn by hypothesis
        """Ask for a slot, now and then twice with the same submission."""
        start: int = wish["start"]
        length: int = wish["length"]
        slot = Slot.of(self._full_hour() + start * HOUR, length * HOUR)
        request = self.bench.scene.request(
            slot=slot,
            title=f"Show {self.submissions}",
            audience=wish["audience"],
            notification_policy=wish["policy"],
            credentials=CredentialWish(wish["mode"]),
        )
        free = self._peak_within(slot) < STREAMS
        self.submissions += 1
        key = f"submission-{self.submissions}"
        desk, actor = self.bench.desk, self.bench.scene.actor
        answers = [
            self.run(desk.run_once(key, reserve, actor, request)) for _ in range(wish["copies"])
        ]

        assert all(answer == answers[0] for answer in answers)
        assert isinstance(answers[0], Permitted if free else Denied)
        return answers[0].reservation.code if isinstance(answers[0], Permitted) else multiple()

    @rule(code=reservations)
    def reconfirm(self, code: str) -> None:
        """Say the second yes, in time or not."""
        self.run(self.bench.desk.run(reconfirm, self.bench.scene.actor, code))

    @rule(code=reservations, later=st.integers(-8, 8), length=lengths)
    def move(self, code: str, later: int, length: int) -> None:
        """Move a slot; it is had, or the old one stays."""
        before = self._reservation(code)
        starts_at = before.slot.starts_at + later * HOUR
        if starts_at < self.bench.clock.now:
            return
        answer = self._change(ChangeRequest(code, slot=Slot.of(starts_at, length * HOUR)))

        assert not isinstance(answer, Denied) or self._reservation(code) == before

    @rule(code=reservations, title=st.sampled_from(("One", "Two")))
    def retitle(self, code: str, title: str) -> None:
        """Give it another title; the same one again tells nobody."""
        same = self._reservation(code).title == title
        answer = self._change(ChangeRequest(code, title=title))

        assert not same or not isinstance(answer, Changed)

    @rule(code=reservations, add=some_of_the_crowd, remove=st.sampled_from(CROWD))
    def invite(self, code: str, add: tuple[Any, ...], remove: Any) -> None:  # noqa: ANN401 - drawn
        """Add some of the crowd and take one off."""
        self._change(ChangeRequest(code, add=add, remove=(remove,)))

    @rule(code=reservations, policy=st.sampled_from(NotificationPolicy))
    def tell_otherwise(self, code: str, policy: NotificationPolicy) -> None:
        """Choose another notification policy."""
        self._change(ChangeRequest(code, notification_policy=policy))

    @rule(code=reservations, mode=st.sampled_from(CredentialMode))
    def renew_credentials(self, code: str, mode: CredentialMode) -> None:
        """Ask for other credentials."""
        self._change(ChangeRequest(code, credentials=CredentialWish(mode)))

    @rule(code=consumes(reservations))
    def cancel(self, code: str) -> None:
        """Give a slot back."""
        self.run(self.bench.desk.run(cancel, self.bench.scene.actor, code, "ill"))

    @rule(minutes=st.integers(1, 900))
    def pass_time(self, minutes: int) -> None:
        """Let time pass on a desk that is awake."""
        self.run(self.bench.awake_for(timedelta(minutes=minutes)))

    @rule(
        answers=st.lists(st.tuples(st.sampled_from(CROWD), st.sampled_from(OUTCOMES)), max_size=4),
        arrives=st.booleans(),
    )
    def deliver(self, answers: list[tuple[Any, Any]], *, arrives: bool) -> None:
        """Send what can be sent, some of it with trouble."""
        for contact, outcome in answers:
            self.bench.post.answer(contact.address, outcome, arrives=arrives)
        self.run(self.bench.post.deliver())

    @rule(down=st.booleans())
    def break_mail_server(self, *, down: bool) -> None:
        """Have the mail server go down, or come back."""
        self.bench.post.mail.down = "connection refused" if down else ""

    @rule(limit=st.integers(1, 4), handed_over=st.booleans())
    def crash(self, limit: int, *, handed_over: bool) -> None:
        """Have a dispatcher die with deliveries in its hands, before or after the hand-over."""
        jobs = self.run(
            self.bench.desk.run(
                claim,
                routes=[RouteName.EMAIL],
                token="gone",
                limit=limit,
                mail_domain=MAIL_DOMAIN,
            )
        )
        if handed_over:
            ids = [job.delivery.id for job in jobs]
            self.doubted |= {job.delivery.to for job in jobs}
            self.run(self.bench.desk.run(record, token="gone", handed_over=ids, results=[]))
        self.run(self.bench.post.crash())

    @invariant()
    def no_server_is_overbooked(self) -> None:
        """Count the peak by brute force."""
        busy = [one.slot for one in self._all() if one.status.live]
        peaks = [
            sum(slot.starts_at <= one.starts_at < slot.ends_at for slot in busy) for one in busy
        ]
        assert max(peaks, default=0) <= STREAMS

    @invariant()
    def the_books_are_in_order(self) -> None:
        """Hold revisions, deadlines and leases against the reservations."""
        for reservation in self._all():
            revisions, dues = self.run(self.bench.desk.read(_books, reservation))
            live = reservation.status.live
            waits = reservation.status is Status.PERMITTED
            assert revisions == reservation.revision
            assert (DueKind.OVER in dues) == live
            assert (DueKind.DEADLINE in dues) == waits
            assert DueKind.ERASURE in dues or reservation.status is Status.OVER

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something to its end."""
        return self.runner.run(work)

    def _settle(self) -> None:
        self.bench.post.mail.calm()
        for _ in range(12):
            self.run(self.bench.awake_for(timedelta(minutes=10)))
            self.run(self.bench.post.deliver())

    def _everybody_knows_what_is_true(self) -> None:
        for reservation in self._all():
            missing, heard = self.run(self.bench.desk.read(_untold, reservation))
            assert missing == []
            for recipient, kinds in heard:
                first = kinds[0] if kinds else None
                key = (recipient.reservation_id, recipient.number)
                assert first is not NoticeKind.CANCELLATION or key in self.doubted
        copies = defaultdict(set)
        for message in self.bench.post.mail.sent:
            copies[message.delivery_id].add(message.data)
        assert [sorted(texts) for texts in copies.values() if len(texts) > 1] == []

    def _change(self, request: ChangeRequest) -> object:
        answer = self.run(self.bench.desk.run(change, self.bench.scene.actor, request))
        if isinstance(answer, Unchanged):
            assert self._reservation(request.code) == answer.reservation
        return answer

    def _peak_within(self, slot: Slot) -> int:
        busy = [one.slot for one in self._all() if one.status.live]
        points = [slot.starts_at, *(one.starts_at for one in busy if slot.overlaps(one))]
        return max(
            sum(one.starts_at <= at < one.ends_at for one in busy)
            for at in points
            if slot.starts_at <= at < slot.ends_at
        )

    def _full_hour(self) -> datetime:
        return self.bench.clock.now.replace(minute=0, second=0, microsecond=0)

    def _reservation(self, code: str) -> Reservation:
        found = self.run(self.bench.desk.read(lambda store, _: store.reservations.by_code(code)))
        assert found is not None
        return found

    def _all(self) -> list[Reservation]:
        return self.run(self.bench.desk.read(_all_reservations))


def _rules() -> object:
    from core.model.server import Rules  # noqa: PLC0415 - beside its only use

    return Rules(max_streams=STREAMS, reconfirm_lead=6 * HOUR, reconfirm_reminder=HOUR)


def _all_reservations(store: Store, _: datetime) -> list[Reservation]:
    return list(store.reservations.many(range(1, 200)).values())


def _books(store: Store, _: datetime, reservation: Reservation) -> tuple[int, set[DueKind]]:
    numbers = range(reservation.revision + 3)
    far = datetime.max.replace(tzinfo=store.now.tzinfo)
    dues = [due for due in store.dues.up_to(far, 10_000) if due.reservation_id == reservation.id]
    revisions = store.reservations.revisions(reservation.id, numbers)
    return len(revisions), {due.kind for due in dues}


def _untold(
    store: Store, _: datetime, reservation: Reservation
) -> tuple[list[Recipient], list[tuple[Recipient, list[NoticeKind]]]]:
    """Find whom something is still to be told, and the kinds of notice that everybody was sent.

    Whoever could not be told, for a reason that was written down, is not missing.
    """
    audience = audience_of(store, reservation)
    last = {one.number: one for one in store.deliveries.of(reservation.id)}
    missing = [
        one
        for one in audience.recipients
        if difference(audience.standing, one, audience.facts_told_to(one))
        and last[one.number].state is not DeliveryState.FAILED
    ]
    heard = [
        (
            one,
            [
                delivery.kind
                for delivery in store.deliveries.of(reservation.id)
                if delivery.number == one.number
                and (delivery.state is DeliveryState.SENT or delivery.doubtful)
            ],
        )
        for one in audience.recipients
    ]
    return missing, heard


def _run(fresh_url: Callable[[], str], examples: int, steps: int) -> None:
    machine = type("LifeOnDatabase", (Life,), {"fresh_url": staticmethod(fresh_url)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[
                Phase.explicit,
                Phase.generate,
            ],  # a step takes milliseconds: shrinking, minutes
        ),
    )


def test_life_holds_on_sqlite(sqlite_files: SqliteFiles, *, stress: bool) -> None:
    _run(sqlite_files.fresh, 2000 if stress else 12, 100 if stress else 25)


def test_life_holds_on_postgresql(postgres_databases: PostgresDatabases, *, stress: bool) -> None:
    _run(postgres_databases.fresh, 300 if stress else 4, 100 if stress else 20)


pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
