"""The rules by which a desk is given commands, in any order and some of them twice."""

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
    precondition,
    rule,
)

from core.model.recipient import Contact
from core.model.request import ChangeRequest, CredentialWish
from core.model.reservation import CredentialMode, NotificationPolicy
from core.model.server import Rules, Server
from core.model.slot import Slot
from core.usecases.answers import Denied, Permitted
from core.usecases.cancel import cancel
from core.usecases.change import change
from core.usecases.reconfirm import reconfirm
from core.usecases.resend import send_again
from core.usecases.reserve import reserve
from core.usecases.servers import ServerKept, add_server, change_server
from tests.desks import Clock, make_server, open_desk, set_scene
from tests.life.bench import ANN, BEN, CLEO, DAN, Bench
from tests.life.mailboxes import Mailboxes, Mood
from tests.life.snapshot import Snapshot, has_room

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

contacts = st.lists(st.sampled_from([ANN, BEN, CLEO, DAN]), min_size=2, max_size=3, unique=True)
policies = st.sampled_from(NotificationPolicy)
modes = st.sampled_from(CredentialMode)
starts = st.sampled_from([1, 3, 26, 28, 49, 52, 74, 80])  # hours from now
lengths = st.sampled_from([1, 2, 4])
moments = st.sampled_from(["before claim", "after claim", "before record", "after record"])
which = st.integers(0, 2)
titles = st.sampled_from(["Evening show", "Late show"])
moods = st.just(Mood.TAKES) | st.sampled_from(Mood)


class Commands(RuleBasedStateMachine):
    """A desk with two servers and four mailboxes, and all that may be asked of it."""

    fresh_url: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = ExitStack()
        self.clock = Clock()
        self.desk = self.stack.enter_context(open_desk(type(self).fresh_url(), self.clock))
        self.codes: list[str] = []
        self._keys = 0
        self.unsubscribed: dict[tuple[int, int], int] = {}
        self.before: Snapshot | None = None

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - whatever it gives
        return self.runner.run(work)

    def code(self, index: int) -> str:
        return self.codes[-1 - index % len(self.codes)]  # the youngest are the liveliest

    def command(self, use_case: Callable[..., Any], *args: object, again: bool = False) -> Any:  # noqa: ANN401
        """Issue a command, and perhaps let its submission arrive a second time."""
        self._keys += 1
        key = f"key-{self._keys}"
        actor = self.bench.scene.actor
        answer = self.run(self.desk.run_once(key, use_case, actor, *args))
        if again:
            assert answer == self.run(self.desk.run_once(key, use_case, actor, *args))
        return answer

    @initialize()
    def open_the_desk(self) -> None:
        scene = self.run(set_scene(self.desk, self.clock))
        self.bench = Bench(scene)
        big = make_server(name="Hall", rules=Rules(max_streams=2, max_viewers=100))
        kept = self.command(add_server, big)
        assert isinstance(kept, ServerKept)
        self.servers: list[Server] = [scene.server, kept.server]
        self.mailboxes = Mailboxes()
        self.bench.post.mail = self.mailboxes
        self.run(self.restart())

    async def restart(self) -> None:
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
        assert self.before is not None
        fits = has_room(self.before, request)
        answer = self.command(reserve, request, again=again)
        assert isinstance(answer, Permitted if fits else Denied)
        if isinstance(answer, Permitted):
            self.codes.append(answer.reservation.code)

    @precondition(lambda self: self.codes)
    @rule(index=which, again=st.booleans())
    def reconfirms(self, *, index: int, again: bool) -> None:
        self.command(reconfirm, self.code(index), again=again)

    @precondition(lambda self: self.codes)
    @rule(index=which, again=st.booleans())
    def cancels(self, *, index: int, again: bool) -> None:
        self.command(cancel, self.code(index), "ill", again=again)

    @precondition(lambda self: self.codes)
    @rule(index=which, start=starts, length=lengths, server=st.integers(0, 1))
    def moves(self, *, index: int, start: int, length: int, server: int) -> None:
        slot = self.bench.slot(start * HOUR, length * HOUR)
        wish = ChangeRequest(self.code(index), slot=slot, server_id=self.servers[server].id)
        self.command(change, wish)

    @precondition(lambda self: self.codes)
    @rule(index=which, length=lengths)
    def lasts(self, *, index: int, length: int) -> None:
        """Make a slot longer or shorter, running or not."""
        code = self.code(index)
        starts_at = self.run(self.bench.show(code)).reservation.slot.starts_at
        self.command(change, ChangeRequest(code, slot=Slot.of(starts_at, length * HOUR)))

    @precondition(lambda self: self.codes)
    @rule(index=which, title=titles, again=st.booleans())
    def renames(self, *, index: int, title: str, again: bool) -> None:
        self.command(change, ChangeRequest(self.code(index), title=title), again=again)

    @precondition(lambda self: self.codes)
    @rule(index=which, add=contacts, remove=contacts)
    def changes_audience(self, *, index: int, add: list[Contact], remove: list[Contact]) -> None:
        wish = ChangeRequest(self.code(index), add=tuple(add), remove=tuple(remove))
        self.command(change, wish)

    @precondition(lambda self: self.codes)
    @rule(index=which, mode=modes, policy=policies)
    def changes_terms(
        self, *, index: int, mode: CredentialMode, policy: NotificationPolicy
    ) -> None:
        wish = ChangeRequest(
            self.code(index), credentials=CredentialWish(mode), notification_policy=policy
        )
        self.command(change, wish)

    @precondition(lambda self: self.codes)
    @rule(index=which)
    def sends_again(self, *, index: int) -> None:
        self.command(send_again, self.code(index))

    @rule(lead=st.sampled_from([0, 24]))
    def changes_the_rules(self, *, lead: int) -> None:
        rules = replace(self.servers[0].rules, reconfirm_lead=lead * HOUR)
        self.command(change_server, replace(self.servers[0], rules=rules))
