"""The gate: answers streaming servers' hooks, from memory where it can and for sure where it must.

A watcher who may come in is let in from memory, which is at most a moment old. Nobody is refused
from memory: a no is looked up. A publisher is let in by one transaction, so that there is one at a
time. While the database is away, memory alone decides for half a minute; then nobody new comes in,
and whoever is in stays.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from core.gate.case import Case, Cases
from core.gate.memory import Memory
from core.gate.throttle import FAR_TOO_MANY, MOST, Throttle, can_be_guessed
from core.model.addresses import code_of
from core.model.gate import Access, Admit, Asked, Decision, Gone, Reason, Refuse
from core.model.server import Server, ServerKind
from core.policy.gate import Opening, Publishing, contend, decide
from core.store.database import BusyError
from core.store.desk import Desk
from core.usecases.gate import enter_publisher, find_opening, note_gone

log = logging.getLogger(__name__)

# these ask one thing at a time: whoever is held back holds everybody up
_ONE_AT_A_TIME = frozenset({ServerKind.ICECAST, ServerKind.MEDIAMTX})
REFUSED_AFTER = 0.05  # seconds that every refusal takes, or a multiple: the time says nothing

TakeOver = Callable[[Server, str, tuple[str, ...]], Awaitable[None]]


@dataclass
class Gate:
    """Decides on what streaming servers ask; `take_over` ends the connections of publishers.

    `monotonic` gives seconds, `sleep` waits for some.
    """

    desk: Desk
    take_over: TakeOver
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    memory: Memory = field(init=False)
    _cases: Cases = field(init=False)
    _throttle: Throttle = field(default_factory=Throttle)

    def __post_init__(self) -> None:
        """Begin with an empty memory."""
        self.memory = Memory(self.desk, self.monotonic)
        self._cases = Cases(self.desk)

    async def ask(self, server: Server, asked: Asked) -> Decision:
        """Decide, write down who came in, and hold the answer back where somebody guesses."""
        began = self.monotonic()
        self.memory.asked_by.add(server.id)
        case = self._cases.of(server, asked)
        guesses = self._throttle.count(asked.address, began)
        if guesses >= MOST and can_be_guessed(asked):
            decision = self._to_a_guesser(case, guesses, began)
        else:
            decision = await self._decided(case, began)
        if isinstance(decision, Admit):
            return decision
        await self._refused(case, decision, began)
        return decision

    async def gone(self, server: Server, gone: Gone) -> None:
        """Write down that a connection has ended; that a server says so again does no harm."""
        self.memory.sightings.gone(server.id, gone.access, gone.client)
        try:
            await self.desk.run_patiently(note_gone, server.id, gone)
        except BusyError as error:
            log.warning("gate.busy", extra={"reason": str(error)})

    async def _decided(self, case: Case, now: float) -> Decision:
        remembered = self._remembered(case, now)
        asked = case.asked
        watcher = asked.access is Access.WATCH or (asked.again and not asked.client)
        if watcher and isinstance(remembered, Admit):
            return self._let_in(case, remembered, now)
        try:
            if isinstance(remembered, Refuse):
                remembered = await self._looked_up(case)
            if watcher or isinstance(remembered, Refuse):
                return self._let_in(case, remembered, now)
            return await self._publisher(case)
        except BusyError as error:
            log.warning("gate.busy", extra={"reason": str(error)})
            return self._while_away(case, now)

    def _remembered(self, case: Case, now: float) -> Decision:
        opening = self.memory.board.find(case.server.id, case.path, now)
        return decide(case.given, opening, case.at)

    async def _looked_up(self, case: Case) -> Decision:
        opening: Opening | None = await self.desk.read(find_opening, case.server.id, case.path)
        return decide(case.given, opening, self.desk.now())

    def _let_in(self, case: Case, decision: Decision, now: float) -> Decision:
        if isinstance(decision, Admit) and not case.asked.again:
            self.memory.sightings.note(case.admitted(decision), case.secret, now)
        return decision

    async def _publisher(self, case: Case) -> Decision:
        entered = await self.desk.run(
            enter_publisher,
            case.server,
            case.path,
            case.given,
            client=case.asked.client,
            address_digest=case.address,
            again=case.asked.again,
        )
        if entered.replaced:
            clients = tuple(one.client for one in entered.replaced)
            log.info("gate.taken_over", extra={"server": case.server.id})
            await self.take_over(case.server, case.asked.stream, clients)
        if isinstance(entered.decision, Admit):
            facts = {"server": case.server.id, "reservation": entered.decision.reservation_id}
            log.info("gate.publishing", extra=facts)
        return entered.decision

    def _while_away(self, case: Case, now: float) -> Decision:
        """Decide from memory alone; of publishers that nobody could write down too."""
        if self.memory.board.find(case.server.id, case.path, now) is None:
            return Refuse(Reason.AWAY)
        remembered = self._remembered(case, now)
        if isinstance(remembered, Admit) and case.asked.access is Access.PUBLISH:
            others = [
                Publishing(one.client, one.address_digest)
                for one in self.memory.sightings.publishers(remembered.reservation_id)
                if one.client != case.asked.client
            ]
            can_kick = bool(case.server.control_url)
            if isinstance(refused := contend(others, case.address, can_kick=can_kick), Refuse):
                return refused
        return self._let_in(case, remembered, now)

    def _to_a_guesser(self, case: Case, guesses: int, now: float) -> Decision:
        """Answer where too much was guessed: only who is there already stays, and from memory."""
        remembered = self._remembered(case, now)
        if isinstance(remembered, Admit) and guesses < FAR_TOO_MANY:
            admitted = case.admitted(remembered)
            if self.memory.sightings.knows(admitted, case.secret):
                return self._let_in(case, remembered, now)
        self._throttle.guessed(case.asked.address, now)
        return Refuse(Reason.SHUT_OUT)

    async def _refused(self, case: Case, refused: Refuse, began: float) -> None:
        """Log a refusal, and answer it no sooner than any other; slower, the more is guessed."""
        delay = 0.0
        if refused.reason.is_guess:
            delay = self._throttle.guessed(case.asked.address, began)
        if refused.reason not in {Reason.NOTHING_GIVEN, Reason.SHUT_OUT}:
            # what somebody typed for a stream's name may be a key in the wrong place
            path = case.path if code_of(case.path) else "?"
            log.info(
                "gate.refused",
                extra={
                    "server": case.server.id,
                    "access": case.asked.access.value,
                    "path": path,
                    "reason": refused.reason.value,
                },
            )
        if refused.reason is Reason.SHUT_OUT:
            return  # answered from memory alone, and as fast: it costs us least
        if case.server.kind in _ONE_AT_A_TIME:
            delay = 0.0
        took = self.monotonic() - began
        await self.sleep(delay + REFUSED_AFTER - took % REFUSED_AFTER)
