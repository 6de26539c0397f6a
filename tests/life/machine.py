"""The rules by which a desk's life is made up: commands, time, mail, deaths."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from core.access.links import Claim, Purpose
from core.model.recipient import Contact
from core.model.request import ChangeRequest, CredentialWish
from core.model.reservation import CredentialMode, NotificationPolicy
from core.model.server import Rules, Server
from core.model.slot import Slot
from core.outbox.claim import LEASE
from core.usecases.answers import Denied, Permitted
from core.usecases.cancel import cancel
from core.usecases.change import change
from core.usecases.reconfirm import reconfirm
from core.usecases.resend import send_again
from core.usecases.reserve import reserve
from core.usecases.servers import ServerKept, add_server, change_server
from core.usecases.unsubscribe import unsubscribe
from tests.desks import Clock, make_server, open_desk, set_scene
from tests.life.aftermath import check_all_delivered, check_unsubscribed
from tests.life.bench import ANN, BEN, CLEO, DAN, Bench
from tests.life.mailboxes import Mailboxes, Mood
from tests.life.snapshot import Snapshot, check, check_step, has_room, snapshot
from tests.outbox.faults import Death, faulty
from tests.outbox.post import read

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

contacts = st.lists(st.sampled_from([ANN, BEN, CLEO, DAN]), min_size=1, max_size=3, unique=True)
policies = st.sampled_from(NotificationPolicy)
modes = st.sampled_from(CredentialMode)
starts = st.sampled_from([1, 2, 3, 25, 27, 28, 49, 52])  # hours from now
lengths = st.sampled_from([1, 2, 4])
moments = st.sampled_from(["before claim", "after claim", "before record", "after record"])
which = st.integers(0, 20)


class Life(RuleBasedStateMachine):
    """A desk with two servers and four people's mailboxes, over any course of events."""

    fresh_url: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._stack = ExitStack()
        self._clock = Clock()
        self._desk = self._stack.enter_context(open_desk(type(self).fresh_url(), self._clock))
        self._codes: list[str] = []
        self._keys = 0
        self._unsubscribed: dict[tuple[int, int], int] = {}
        self._before: Snapshot | None = None

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - whatever it gives
        return self._runner.run(work)

    def _code(self, index: int) -> str:
        return self._codes[index % len(self._codes)]

    def _command(self, use_case: Callable[..., Any], *args: object, again: bool = False) -> Any:  # noqa: ANN401
        """Issue a command, and perhaps let its submission arrive a second time."""
        self._keys += 1
        key = f"key-{self._keys}"
        actor = self.bench.scene.actor
        answer = self._run(self._desk.run_once(key, use_case, actor, *args))
        if again:
            assert answer == self._run(self._desk.run_once(key, use_case, actor, *args))
        return answer

    @initialize()
    def open_the_desk(self) -> None:
        scene = self._run(set_scene(self._desk, self._clock))
        self.bench = Bench(scene)
        big = make_server(name="Hall", rules=Rules(max_streams=2, max_viewers=100))
        kept = self._command(add_server, big)
        assert isinstance(kept, ServerKept)
        self.servers: list[Server] = [scene.server, kept.server]
        self.mailboxes = Mailboxes()
        self.bench.post.mail = self.mailboxes
        self._run(self._restart())

    async def _restart(self) -> None:
        await self.bench.post.crash()

    @rule(
        server=st.integers(0, 1),
        start=starts,
        length=lengths,
        policy=policies,
        audience=contacts,
        mode=modes,
        viewers=st.sampled_from([0, 60]),
        again=st.booleans(),
    )
    def reserves(  # noqa: PLR0913 - all that a request may say
        self,
        *,
        server: int,
        start: int,
        length: int,
        policy: NotificationPolicy,
        audience: list[Contact],
        mode: CredentialMode,
        viewers: int,
        again: bool,
    ) -> None:
        request = self.bench.scene.request(
            server_id=self.servers[server].id,
            slot=self.bench.slot(start * HOUR, length * HOUR),
            notification_policy=policy,
            audience=tuple(audience),
            credentials=CredentialWish(mode),
            viewers=viewers * server,
        )
        assert self._before is not None
        fits = has_room(self._before, request)
        answer = self._command(reserve, request, again=again)
        assert isinstance(answer, Permitted if fits else Denied)
        if isinstance(answer, Permitted):
            self._codes.append(answer.reservation.code)

    @precondition(lambda self: self._codes)
    @rule(index=which, again=st.booleans())
    def reconfirms(self, *, index: int, again: bool) -> None:
        self._command(reconfirm, self._code(index), again=again)

    @precondition(lambda self: self._codes)
    @rule(index=which, again=st.booleans())
    def cancels(self, *, index: int, again: bool) -> None:
        self._command(cancel, self._code(index), "ill", again=again)

    @precondition(lambda self: self._codes)
    @rule(index=which, start=starts, length=lengths, server=st.integers(0, 1))
    def moves(self, *, index: int, start: int, length: int, server: int) -> None:
        slot = self.bench.slot(start * HOUR, length * HOUR)
        wish = ChangeRequest(self._code(index), slot=slot, server_id=self.servers[server].id)
        self._command(change, wish)

    @precondition(lambda self: self._codes)
    @rule(index=which, length=lengths)
    def lasts(self, *, index: int, length: int) -> None:
        """Make a slot longer or shorter, running or not."""
        code = self._code(index)
        starts_at = self._run(self.bench.show(code)).reservation.slot.starts_at
        self._command(change, ChangeRequest(code, slot=Slot.of(starts_at, length * HOUR)))

    @precondition(lambda self: self._codes)
    @rule(index=which, title=st.sampled_from(["Evening show", "Late show"]), again=st.booleans())
    def renames(self, *, index: int, title: str, again: bool) -> None:
        self._command(change, ChangeRequest(self._code(index), title=title), again=again)

    @precondition(lambda self: self._codes)
    @rule(index=which, add=contacts, remove=contacts)
    def changes_audience(self, *, index: int, add: list[Contact], remove: list[Contact]) -> None:
        wish = ChangeRequest(self._code(index), add=tuple(add), remove=tuple(remove))
        self._command(change, wish)

    @precondition(lambda self: self._codes)
    @rule(index=which, mode=modes, policy=policies)
    def changes_terms(
        self, *, index: int, mode: CredentialMode, policy: NotificationPolicy
    ) -> None:
        wish = ChangeRequest(
            self._code(index), credentials=CredentialWish(mode), notification_policy=policy
        )
        self._command(change, wish)

    @precondition(lambda self: self._codes)
    @rule(index=which)
    def sends_again(self, *, index: int) -> None:
        self._command(send_again, self._code(index))

    @rule(lead=st.sampled_from([0, 24]))
    def changes_the_rules(self, *, lead: int) -> None:
        rules = replace(self.servers[0].rules, reconfirm_lead=lead * HOUR)
        self._command(change_server, replace(self.servers[0], rules=rules))

    @rule(minutes=st.sampled_from([1, 6, 40, 180, 1500]), delivers=st.booleans())
    def time_passes(self, *, minutes: int, delivers: bool) -> None:
        """Let time pass on a desk that is awake; its mail may stand still meanwhile."""
        until = self._clock.now + minutes * MINUTE
        self._run(self.bench.awake_until(until, delivers=delivers))

    @rule(minutes=st.sampled_from([20, 180, 1500]))
    def sleeps(self, *, minutes: int) -> None:
        self._run(self.bench.asleep_until(self._clock.now + minutes * MINUTE))

    @rule(moods=st.lists(st.sampled_from(Mood), max_size=6))
    def delivers(self, *, moods: list[Mood]) -> None:
        self.mailboxes.moods.extend(moods)
        self._run(self.bench.post.deliver())

    @rule(down=st.booleans())
    def mail_server(self, *, down: bool) -> None:
        self.mailboxes.down = "connection refused" if down else ""

    @rule(
        moment=moments | st.just("accepted"),
        time=st.integers(1, 3),
        moods=st.lists(st.sampled_from(Mood), max_size=3),
    )
    def dies(self, *, moment: str, time: int, moods: list[Mood]) -> None:
        """End the dispatcher's process in the midst of it; another starts within its lease."""
        self._run(self._dies(moment, time, moods))

    async def _dies(self, moment: str, time: int, moods: list[Mood]) -> None:
        death = Death(moment, time)
        self.mailboxes.moods.extend(moods)
        self.mailboxes.death = death
        with faulty(self._desk, death.around) as mortal:
            await death.meets(self.bench.post.dispatcher(desk=mortal).deliver_due())
        self.mailboxes.death = None
        await self._restart()

    @precondition(lambda self: self._codes)
    @rule(index=which, number=st.integers(1, 3), from_everybody=st.booleans())
    def unsubscribes(self, *, index: int, number: int, from_everybody: bool) -> None:
        reservation_id = self._run(self.bench.show(self._code(index))).reservation.id
        claim = Claim(Purpose.UNSUBSCRIBE, reservation_id, number)
        if self._run(self._desk.run(unsubscribe, claim, from_everybody=from_everybody)):
            self._unsubscribed.setdefault((reservation_id, number), len(self.mailboxes.sent))

    @rule()
    def everything_is_delivered(self) -> None:
        """Have a mail server that is well, and time that passes for the dispatcher alone."""
        self._run(self._drain())
        seen = self._run(self._desk.read(snapshot))
        check_all_delivered(seen, self.mailboxes)
        to = {one.id: one.to for rows in seen.deliveries.values() for one in rows}
        for key, since in self._unsubscribed.items():
            later = [one for one in self.mailboxes.sent[since:] if to[one.delivery_id] == key]
            doubts = sum(self.mailboxes.doubts[one.delivery_id] for one in later)
            check_unsubscribed([read(message) for message in later], doubts)

    async def _drain(self) -> None:
        self.mailboxes.moods.clear()
        self.mailboxes.down = ""
        await self._restart()
        for _ in range(40):
            await self.bench.post.deliver()
            seen = await self._desk.read(snapshot)
            waiting = [one for rows in seen.deliveries.values() for one in rows if one.state.open]
            if not waiting:
                return
            soonest = min(one.not_before for one in waiting)
            self._clock.now = max(soonest, self._clock.now + LEASE + timedelta(seconds=1))
        raise AssertionError(f"these never end: {waiting}")

    @invariant()
    def all_is_as_it_must_be(self) -> None:
        seen = self._run(self._desk.read(snapshot))
        check(seen)
        if self._before is not None:
            check_step(self._before, seen)
        self._before = seen

    def teardown(self) -> None:
        """Deliver all there is, whatever came before, and look once more."""
        try:
            if hasattr(self, "mailboxes"):
                self.everything_is_delivered()
        finally:
            self._stack.close()
            self._runner.close()
