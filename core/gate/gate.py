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
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from core.gate.case import Case, case_of
from core.gate.memory import Memory
from core.gate.standings import Standings
from core.gate.throttle import FAR_TOO_MANY, MOST, Throttle, can_be_guessed
from core.model.addresses import code_of
from core.model.gate import Admit, Asked, Decision, Gone, Reason, Refuse
from core.model.recipient import HOLDER
from core.model.server import Server, ServerKind
from core.policy.gate import Opening, Publishing, contend, decide
from core.store.database import BusyError
from core.store.desk import Desk
from core.usecases.gate import enter_publisher, find_opening

log = logging.getLogger(__name__)

# these ask one thing at a time: whoever is held back holds everybody up
_ONE_AT_A_TIME = frozenset({ServerKind.ICECAST, ServerKind.MEDIAMTX})
_PATIENCE = 3.0  # seconds, of those that a streaming server waits
_MOST_WAITING = 200  # for the store: whoever comes then is answered as while it is away
ADMITTED = "admitted"  # beside the reasons of refusals, among what is counted
REFUSED_AFTER = 0.05  # seconds that every refusal takes, or a multiple: the time says nothing

TakeOver = Callable[[Server, str, tuple[str, ...]], Awaitable[None]]


@dataclass
class Gate:
    """Decides on what streaming servers ask; `take_over` ends the connections of publishers.

    `monotonic` gives seconds, `sleep` waits for some. `counts` says how often it has admitted, and
    how often refused for each reason, since the process began.
    """

    desk: Desk
    take_over: TakeOver
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    counts: Counter[str] = field(default_factory=Counter)
    memory: Memory = field(init=False)
    _standings: Standings = field(init=False)
    _throttle: Throttle = field(default_factory=Throttle)
    _looking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    _waiting: int = 0

    def __post_init__(self) -> None:
        """Begin with an empty memory."""
        self.memory = Memory(self.desk, self.monotonic)
        self._standings = Standings(self.memory.board)

    async def ask(self, server: Server, asked: Asked) -> Decision:
        """Decide, write down who came in, and hold the answer back where somebody guesses."""
        began, at = self.monotonic(), self.desk.now()
        self.memory.asked_by.add(server.id)
        standing = self._standings.find(server.id, asked, at, began)
        if standing is not None and self._throttle.count(asked.address, began) < MOST:
            self.counts[ADMITTED] += 1
            return standing
        case = case_of(self.desk, server, asked, at)
        opening = self.memory.board.find(server.id, case.path, began)
        remembered = decide(case.given, opening, at)
        if isinstance(remembered, Admit) and opening is not None and not case.enters:
            if self._may_be_a_guesser(case, opening, remembered, began):
                return self._counted(Refuse(Reason.SHUT_OUT))
            self._standings.keep(case, remembered, opening, began)
            self.counts[ADMITTED] += 1
            return self._let_in(case, remembered, began)
        if can_be_guessed(asked) and self._throttle.count(asked.address, began) >= MOST:
            self._throttle.guessed(asked.address, began)
            # by memory alone, and at once: so it costs us least
            return self._counted(Refuse(Reason.SHUT_OUT))
        decision, delay = remembered, 0.0
        if opening is None or remembered != Refuse(Reason.NOTHING_GIVEN):
            decision, delay = await self._looked_into(case, remembered, began)
        if isinstance(decision, Refuse):
            await self._refused(case, decision, began, delay)
        return self._counted(decision)

    def gone(self, server: Server, gone: Gone) -> None:
        """Note that a connection has ended; that a server says so again does no harm."""
        self.memory.sightings.gone(server.id, gone, self.desk.now(), self.monotonic())

    def _counted(self, decision: Decision) -> Decision:
        key = decision.reason.value if isinstance(decision, Refuse) else ADMITTED
        self.counts[key] += 1
        return decision

    def _may_be_a_guesser(self, case: Case, opening: Opening, admit: Admit, now: float) -> bool:
        """Tell whether somebody with the right passcode comes from where too much was guessed.

        What the desk made cannot have been guessed; and who is there already is no newcomer.
        """
        guesses = self._throttle.count(case.asked.address, now)
        if guesses < MOST or not can_be_guessed(case.asked) or admit.number == HOLDER:
            return False
        if not opening.passcode_chosen:
            return False
        return guesses >= FAR_TOO_MANY or not self.memory.sightings.knows(case, admit)

    async def _looked_into(
        self, case: Case, remembered: Decision, now: float
    ) -> tuple[Decision, float]:
        """Decide for sure; a guess counts before it is found to be one, however many come at once.

        Gives for how many seconds the answer is held back as well.
        """
        address = case.asked.address
        delay = 0.0 if case.given.nothing else self._throttle.guessed(address, now)
        try:
            decision = await self._for_sure(case, remembered, now)
        except BusyError as error:
            log.warning("gate.busy", extra={"reason": str(error)})
            decision = self._while_away(case, now)
        if isinstance(decision, Refuse) and decision.reason.is_guess:
            return decision, delay
        if not case.given.nothing:
            self._throttle.forgive(address)
        return decision, 0.0

    async def _for_sure(self, case: Case, remembered: Decision, now: float) -> Decision:
        if isinstance(remembered, Refuse):
            if self._waiting >= _MOST_WAITING:
                return self._while_away(case, now)
            remembered = await self._looked_up(case)
        if isinstance(remembered, Admit) and case.enters:
            return await self._publisher(case, now)
        return self._let_in(case, remembered, now)

    async def _looked_up(self, case: Case) -> Decision:
        """Ask the store, one question at a time: whoever asks much must not hold memory up."""
        self._waiting += 1
        try:
            async with asyncio.timeout(_PATIENCE), self._looking:
                opening = await self.desk.read(find_opening, case.server.id, case.path)
        except TimeoutError:
            raise BusyError("too much is asked at once, or the database is held") from None
        finally:
            self._waiting -= 1
        return decide(case.given, opening, self.desk.now())

    def _let_in(self, case: Case, decision: Decision, now: float) -> Decision:
        if isinstance(decision, Admit) and not case.asked.again:
            self.memory.sightings.note(case, decision, now)
        return decision

    async def _publisher(self, case: Case, now: float) -> Decision:
        await self.memory.write_departed()
        entered = await self.desk.run(
            enter_publisher,
            case.server,
            case.path,
            case.given,
            client=case.asked.client,
            address_digest=self.desk.vault.digest(case.asked.address),
            again=case.asked.again,
        )
        if entered.replaced:
            clients = tuple(one.client for one in entered.replaced)
            log.info("gate.taken_over", extra={"server": case.server.id})
            if case.asked.client in clients:  # its server says of the old one what fits the new
                self.memory.sightings.expect_gone(case.server.id, case.asked.client, now)
            await self.take_over(case.server, case.asked.stream, clients)
        if isinstance(entered.decision, Admit):
            facts = {"server": case.server.id, "reservation": entered.decision.reservation_id}
            log.info("gate.publishing", extra=facts)
        return self._let_in(case, entered.decision, now)

    def _while_away(self, case: Case, now: float) -> Decision:
        """Decide from memory alone, of publishers that are not written down too."""
        server = case.server
        opening = self.memory.board.find(server.id, case.path, now)
        if opening is None:
            return Refuse(Reason.AWAY)
        remembered = decide(case.given, opening, case.at)
        if isinstance(remembered, Admit) and case.enters:
            others = [
                Publishing(one.client, one.address_digest)
                for one in self.memory.sightings.publishers(remembered.reservation_id)
                if one.client != case.asked.client
            ]
            address, can_kick = self.desk.vault.digest(case.asked.address), bool(server.control_url)
            if isinstance(refused := contend(others, address, can_kick=can_kick), Refuse):
                return refused
        return self._let_in(case, remembered, now)

    async def _refused(self, case: Case, refused: Refuse, began: float, delay: float) -> None:
        """Log a refusal, and answer it no sooner than any other; slower, the more is guessed."""
        if refused.reason is not Reason.NOTHING_GIVEN:
            # what somebody typed for a stream's name may be a key in the wrong place
            facts = {
                "server": case.server.id,
                "access": case.asked.access.value,
                "path": case.path if code_of(case.path) else "?",
                "reason": refused.reason.value,
            }
            log.info("gate.refused", extra=facts)
        if case.server.kind in _ONE_AT_A_TIME:
            return
        took = self.monotonic() - began
        await self.sleep(delay + REFUSED_AFTER - took % REFUSED_AFTER)
