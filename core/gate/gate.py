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
from datetime import datetime
from functools import lru_cache

from core.gate.board import Board
from core.gate.sightings import Sightings
from core.gate.throttle import FAR_TOO_MANY, MOST, Throttle, can_be_guessed
from core.model.addresses import code_of, path_in
from core.model.gate import Access, Admit, Asked, Decision, Gone, Reason, Refuse
from core.model.server import Server, ServerKind
from core.policy.gate import Given, Opening, Publishing, contend, decide
from core.store.connections import Admitted
from core.store.database import BusyError
from core.store.desk import Desk
from core.usecases.gate import (
    enter_publisher,
    find_opening,
    gate_beat,
    gate_servers,
    note_gone,
    note_sighted,
    refresh_openings,
)
from core.waiting import paused

log = logging.getLogger(__name__)

EVERY = 0.25  # seconds between looks at the store: as old as memory gets
_SERVERS_EVERY = 5.0
_BEAT_EVERY = 10.0
_ADDRESSES = 10_000
_ONE_AT_A_TIME = frozenset({ServerKind.ICECAST})  # asks on: whoever is held back holds up all
REFUSED_AFTER = 0.05  # seconds that every refusal takes, or a multiple: the time says nothing

TakeOver = Callable[[Server, str, tuple[str, ...]], Awaitable[None]]


@dataclass(slots=True)
class _Case:
    """A question as it is looked into: where it leads, and what was given, as digests.

    `address` is the client's as a digest, too; `at` is when it was asked.
    """

    server: Server
    path: str
    asked: Asked
    given: Given
    address: str

    at: datetime

    @property
    def secret(self) -> str:
        """The digest of what was given, to tell one secret from another."""
        return self.given.digests[0] if self.given.digests else ""

    def admitted(self, admit: Admit) -> Admitted:
        """Make what is kept of it once it is let in."""
        return Admitted(
            server_id=self.server.id,
            reservation_id=admit.reservation_id,
            access=self.asked.access,
            client=self.asked.client,
            number=admit.number,
            access_serial=admit.access_serial,
            address_digest=self.address,
            at=self.at,
        )


@dataclass
class Gate:
    """Decides on what streaming servers ask; `take_over` ends the connections of publishers.

    `monotonic` gives seconds, `sleep` waits for some.
    """

    desk: Desk
    take_over: TakeOver
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    board: Board = field(default_factory=Board)
    _sightings: Sightings = field(default_factory=Sightings)
    _throttle: Throttle = field(default_factory=Throttle)
    _asked_by: set[int] = field(default_factory=set)
    _address_digest: Callable[[str], str] = field(init=False)

    def __post_init__(self) -> None:
        """Remember the digests of addresses: most ask again and again."""
        self._address_digest = lru_cache(_ADDRESSES)(self.desk.vault.digest)

    async def server(self, server_id: int) -> Server | None:
        """Give a server that asks the gate; None for a number that is none's."""
        if server_id not in self.board.servers:
            await self._read_servers()
        return self.board.servers.get(server_id)

    async def ask(self, server: Server, asked: Asked) -> Decision:
        """Decide, write down who came in, and hold the answer back where somebody guesses."""
        began = self.monotonic()
        self._asked_by.add(server.id)
        case = self._case(server, asked)
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
        self._sightings.gone(server.id, gone.access, gone.client)
        try:
            await self.desk.run_patiently(note_gone, server.id, gone)
        except BusyError as error:
            log.warning("gate.busy", extra={"reason": str(error)})

    async def run(self, stop: asyncio.Event) -> None:
        """Keep memory fresh, and write down who is there, until told to stop."""
        beaten_at = servers_at = float("-inf")
        while not stop.is_set():
            now = self.monotonic()
            try:
                if now - servers_at >= _SERVERS_EVERY:
                    await self._read_servers()
                    servers_at = now
                await self.refresh()
                await self.write_down()
                if now - beaten_at >= _BEAT_EVERY:
                    await self._beat()
                    beaten_at = now
            except BusyError as error:
                log.warning("gate.busy", extra={"reason": str(error)})
            except Exception:
                log.exception("gate.failed")
            await paused(stop, EVERY)
        await self._last_words()

    async def refresh(self) -> None:
        """Look at the store; raises `BusyError`."""
        began = self.monotonic()
        servers = sorted(self.board.servers)
        refreshed = await self.desk.read(refresh_openings, servers, self.board.stamps)
        self.board.refresh(refreshed, began)

    async def write_down(self) -> None:
        """Write down who is there; raises `BusyError`, and then nobody is forgotten."""
        while some := self._sightings.take():
            try:
                await self.desk.run_patiently(note_sighted, some)
            except BaseException:
                self._sightings.put_back(some)
                raise

    async def _last_words(self) -> None:
        try:
            await self.write_down()
        except BusyError as error:
            log.warning("gate.busy", extra={"reason": str(error)})

    async def _read_servers(self) -> None:
        try:
            self.board.set_servers(await self.desk.read(gate_servers))
        except BusyError as error:
            log.warning("gate.busy", extra={"reason": str(error)})

    async def _beat(self) -> None:
        asked_by, self._asked_by = self._asked_by, set()
        await self.desk.run_patiently(gate_beat, sorted(asked_by))

    def _case(self, server: Server, asked: Asked) -> _Case:
        vault, links = self.desk.vault, self.desk.links
        ticket = links.read_ticket(asked.ticket) if asked.ticket else None
        given = Given(
            access=asked.access,
            user=asked.user,
            digests=vault.digests(asked.secret) if asked.secret else (),
            ticket=(ticket.reservation_id, ticket.number, ticket.access_serial) if ticket else None,
            nothing=not asked.has_credentials,
        )
        path = asked.path or path_in(server, asked.stream)
        address = self._address_digest(asked.address)
        return _Case(server, path, asked, given, address, self.desk.now())

    async def _decided(self, case: _Case, now: float) -> Decision:
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

    def _remembered(self, case: _Case, now: float) -> Decision:
        opening = self.board.find(case.server.id, case.path, now)
        return decide(case.given, opening, case.at)

    async def _looked_up(self, case: _Case) -> Decision:
        opening: Opening | None = await self.desk.read(find_opening, case.server.id, case.path)
        return decide(case.given, opening, self.desk.now())

    def _let_in(self, case: _Case, decision: Decision, now: float) -> Decision:
        if isinstance(decision, Admit) and not case.asked.again:
            self._sightings.note(case.admitted(decision), case.secret, now)
        return decision

    async def _publisher(self, case: _Case) -> Decision:
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

    def _while_away(self, case: _Case, now: float) -> Decision:
        """Decide from memory alone; of publishers that nobody could write down too."""
        if self.board.find(case.server.id, case.path, now) is None:
            return Refuse(Reason.AWAY)
        remembered = self._remembered(case, now)
        if isinstance(remembered, Admit) and case.asked.access is Access.PUBLISH:
            others = [
                Publishing(one.client, one.address_digest)
                for one in self._sightings.publishers(remembered.reservation_id)
                if one.client != case.asked.client
            ]
            can_kick = bool(case.server.control_url)
            if isinstance(refused := contend(others, case.address, can_kick=can_kick), Refuse):
                return refused
        return self._let_in(case, remembered, now)

    def _to_a_guesser(self, case: _Case, guesses: int, now: float) -> Decision:
        """Answer where too much was guessed: only who is there already stays, and from memory."""
        remembered = self._remembered(case, now)
        if isinstance(remembered, Admit) and guesses < FAR_TOO_MANY:
            admitted = case.admitted(remembered)
            if self._sightings.knows(admitted, case.secret):
                return self._let_in(case, remembered, now)
        self._throttle.guessed(case.asked.address, now)
        return Refuse(Reason.SHUT_OUT)

    async def _refused(self, case: _Case, refused: Refuse, began: float) -> None:
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
