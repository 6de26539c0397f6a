"""The rules by which a desk's life goes on around its commands: time, mail, deaths."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
)

from core.access.links import Claim, Purpose
from core.model.request import ChangeRequest
from core.outbox.claim import LEASE
from core.usecases.answers import Permitted
from core.usecases.cancel import cancel
from core.usecases.change import change
from core.usecases.reserve import reserve
from core.usecases.unsubscribe import unsubscribe
from tests.life.aftermath import check_all_delivered, check_unsubscribed
from tests.life.commands import Commands, moments, moods, starts, which
from tests.life.mailboxes import Mood
from tests.life.snapshot import check, check_step, snapshot
from tests.outbox.faults import Death, faulty
from tests.outbox.post import read

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Life(Commands):
    """A desk's whole life."""

    @rule(minutes=st.sampled_from([1, 6, 6, 40, 180, 1500]), delivers=st.booleans())
    def time_passes(self, *, minutes: int, delivers: bool) -> None:
        """Let time pass on a desk that is awake; its mail may stand still meanwhile."""
        until = self.clock.now + minutes * MINUTE
        self.run(self.bench.awake_until(until, delivers=delivers))

    @rule(minutes=st.sampled_from([20, 180, 1500]))
    def sleeps(self, *, minutes: int) -> None:
        self.run(self.bench.asleep_until(self.clock.now + minutes * MINUTE))

    @rule(some=st.lists(moods, max_size=6))
    def delivers(self, *, some: list[Mood]) -> None:
        self.mailboxes.moods.extend(some)
        self.run(self.bench.post.deliver())

    @rule(start=starts, cancels=st.booleans(), mood=moods, in_flight=st.booleans())
    def is_announced_while_it_ends(
        self, *, start: int, cancels: bool, mood: Mood, in_flight: bool
    ) -> None:
        """Reserve, and cancel or rename while the first message is on its way, or right after."""
        slot = self.bench.slot(start * HOUR, HOUR)
        request = self.bench.scene.request(slot=slot, reminders=())
        answer = self.command(reserve, request)
        if isinstance(answer, Permitted):
            self.codes.append(answer.reservation.code)
            self._deliver_with(self._ending(cancels, "Gala"), mood, in_flight=in_flight)

    @precondition(lambda self: self.codes)
    @rule(index=which, cancels=st.booleans(), mood=moods, in_flight=st.booleans())
    def changes_around_a_message(
        self, *, index: int, cancels: bool, mood: Mood, in_flight: bool
    ) -> None:
        """Rename, and cancel or rename back while the message is on its way, or right after."""
        code = self.code(index)
        title = self.run(self.bench.show(code)).reservation.title
        self.command(change, ChangeRequest(code, title="Gala"))
        self._deliver_with(self._ending(cancels, title, index), mood, in_flight=in_flight)

    def _ending(self, cancels: bool, title: str, index: int = 0) -> Callable[[], Any]:
        code, actor = self.code(index), self.bench.scene.actor
        if cancels:
            return lambda: self.desk.run(cancel, actor, code)
        return lambda: self.desk.run(change, actor, ChangeRequest(code, title=title))

    def _deliver_with(self, command: Callable[[], Any], mood: Mood, *, in_flight: bool) -> None:
        """Deliver, the next message as the mood is; a command is issued meanwhile, or after."""
        self.mailboxes.moods.append(mood)
        self.mailboxes.meanwhile = command if in_flight else None
        self.run(self.bench.post.deliver())
        if self.mailboxes.meanwhile is not None or not in_flight:
            self.run(command())
        self.mailboxes.meanwhile = None

    @rule(down=st.booleans())
    def mail_server(self, *, down: bool) -> None:
        self.mailboxes.down = "connection refused" if down else ""

    @rule(
        moment=moments | st.just("accepted"),
        time=st.integers(1, 3),
        some=st.lists(moods, max_size=3),
    )
    def dies(self, *, moment: str, time: int, some: list[Mood]) -> None:
        """End the dispatcher's process in the midst of it; another starts within its lease."""
        self.run(self._dies(moment, time, some))

    async def _dies(self, moment: str, time: int, some: list[Mood]) -> None:
        death = Death(moment, time)
        self.mailboxes.moods.extend(some)
        self.mailboxes.death = death
        before = len(self.mailboxes.sent)
        with faulty(self.desk, death.around) as mortal:
            await death.meets(self.bench.post.dispatcher(desk=mortal).deliver_due())
        self.mailboxes.death = None
        # of what was taken the answer may not have been written down before the end
        self.mailboxes.doubts.update(one.delivery_id for one in self.mailboxes.sent[before:])
        await self.restart()

    @precondition(lambda self: self.codes)
    @rule(
        index=which,
        number=st.integers(1, 2),
        from_everybody=st.booleans(),
        renames=st.booleans(),
    )
    def unsubscribes(self, *, index: int, number: int, from_everybody: bool, renames: bool) -> None:
        code = self.code(index)
        reservation_id = self.run(self.bench.show(code)).reservation.id
        claim = Claim(Purpose.UNSUBSCRIBE, reservation_id, number)
        if self.run(self.desk.run(unsubscribe, claim, from_everybody=from_everybody)):
            self.unsubscribed.setdefault((reservation_id, number), len(self.mailboxes.sent))
        if renames:
            self.command(change, ChangeRequest(code, title="Gala"))

    @rule()
    def everything_is_delivered(self) -> None:
        """Have a mail server that is well, and time that passes for the dispatcher alone."""
        self.run(self._drain())
        seen = self.run(self.desk.read(snapshot))
        check_all_delivered(seen, self.mailboxes)
        to = {one.id: one.to for rows in seen.deliveries.values() for one in rows}
        for key, since in self.unsubscribed.items():
            later = [one for one in self.mailboxes.sent[since:] if to[one.delivery_id] == key]
            doubts = sum(self.mailboxes.doubts[one.delivery_id] for one in later)
            check_unsubscribed([read(message) for message in later], doubts)

    async def _drain(self) -> None:
        self.mailboxes.moods.clear()
        self.mailboxes.down = ""
        await self.restart()
        for _ in range(40):
            await self.bench.post.deliver()
            seen = await self.desk.read(snapshot)
            waiting = [one for rows in seen.deliveries.values() for one in rows if one.state.open]
            if not waiting:
                return
            soonest = min(one.not_before for one in waiting)
            self.clock.now = max(soonest, self.clock.now + LEASE + timedelta(seconds=1))
        raise AssertionError(f"these never end: {waiting}")

    @invariant()
    def all_is_as_it_must_be(self) -> None:
        seen = self.run(self.desk.read(snapshot))
        check(seen)
        if self.before is not None:
            check_step(self.before, seen)
        self.before = seen

    def teardown(self) -> None:
        """Deliver all there is, whatever came before, and look once more."""
        try:
            if hasattr(self, "mailboxes"):
                self.everything_is_delivered()
        finally:
            self.stack.close()
            self.runner.close()
