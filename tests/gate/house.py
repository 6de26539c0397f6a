"""A desk with a gate for tests: what a streaming server would ask, asked by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType

import psycopg

from core.gate.gate import Gate
from core.model.addresses import path_of, stream_of
from core.model.gate import Access, Admit, Asked, Decision, Gone, Reason, Refuse
from core.model.request import CredentialWish
from core.model.reservation import CredentialMode, Reservation
from core.model.server import Server
from core.store.connections import Aired
from core.store.desk import Desk
from core.store.reservations import Secrets
from core.store.store import Store
from core.usecases.gate import gate_servers
from core.usecases.servers import change_server
from tests.desks import Clock, Scene
from tests.life.bench import ANN, BEN, Bench

HOME, AWAY = "127.0.0.1", "127.0.0.2"
SOON = timedelta(hours=30)
LENGTH = timedelta(hours=2)
NO_CHANGE: Mapping[str, object] = MappingProxyType({})


@dataclass
class Ticks:
    """Monotonic seconds that pass when somebody waits, or as the test says."""

    now: float = 1000.0
    waited: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        """Tell the seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let the seconds pass at once, and remember how many they were."""
        self.waited.append(seconds)
        self.now += seconds


@dataclass
class GateHouse:
    """A gate with its desk, and a reservation whose stream it guards."""

    bench: Bench
    gate: Gate
    ticks: Ticks
    taken_over: list[tuple[str, ...]]
    server: Server
    reservation: Reservation
    secrets: Secrets

    @property
    def desk(self) -> Desk:
        """The desk."""
        return self.bench.desk

    @property
    def clock(self) -> Clock:
        """Its clock."""
        return self.bench.clock

    @property
    def stream(self) -> str:
        """The reservation's stream as the server calls it."""
        return stream_of(self.server, path_of(self.reservation.code))

    def to_publish(self, **given: object) -> Asked:
        """Make what a server asks when the holder publishes."""
        asked = Asked(
            Access.PUBLISH,
            stream=self.stream,
            secret=self.secrets.stream_key,
            client="1",
            address=HOME,
        )
        return asked._replace(**given)  # type: ignore[arg-type]

    def to_watch(self, **given: object) -> Asked:
        """Make what a server asks when somebody of the audience watches."""
        asked = Asked(
            Access.WATCH,
            stream=self.stream,
            user=self.secrets.watch_user,
            secret=self.secrets.passcode,
            client="2",
            address=HOME,
        )
        return asked._replace(**given)  # type: ignore[arg-type]

    async def ask(self, asked: Asked) -> Decision:
        """Have the gate asked."""
        return await self.gate.ask(self.server, asked)

    async def refused(self, asked: Asked) -> Reason | None:
        """Have the gate asked; gives why it refuses, or None."""
        decision = await self.ask(asked)
        return decision.reason if isinstance(decision, Refuse) else None

    async def admitted(self, asked: Asked) -> Admit:
        """Have the gate asked by somebody who is to be let in."""
        decision = await self.ask(asked)
        assert isinstance(decision, Admit), decision
        return decision

    def goes(self, asked: Asked) -> None:
        """Have the server say that a connection has ended."""
        self.gate.gone(self.server, Gone(asked.access, asked.stream, asked.client))

    async def leave(self, asked: Asked) -> None:
        """Have the server say that a connection has ended, and that written down."""
        self.goes(asked)
        await self.gate.memory.write_down()

    async def aired(self) -> Aired:
        """Say what went out."""
        await self.gate.memory.write_down()
        return await self.desk.read(lambda store, _: store.connections.aired(self.reservation.id))

    def until(self, before_start: timedelta) -> None:
        """Let time pass until so long before the start; negative: after it."""
        self.clock.now = self.reservation.slot.starts_at - before_start


async def open_house(
    scene: Scene,
    mode: CredentialMode = CredentialMode.SHARED,
    server: Mapping[str, object] = NO_CHANGE,
    **reserved: object,
) -> GateHouse:
    """Reserve a slot, have it reconfirmed, and open the gate as it begins.

    `server` says what is different about the scene's server.
    """
    if server:
        changed = replace(scene.server, **server)  # type: ignore[arg-type]
        await scene.desk.run(change_server, scene.actor, changed)
    bench = Bench(scene)
    wishes: dict[str, object] = {
        "slot": bench.slot(SOON, LENGTH),
        "audience": (ANN, BEN),
        "credentials": CredentialWish(mode),
    }
    reservation = await bench.reserve(**(wishes | reserved))
    if reservation.reconfirm_by is not None:
        reservation = await bench.reconfirm(reservation.code)
    scene.clock.now = reservation.slot.starts_at
    ticks, taken_over = Ticks(), []

    async def take_over(_: Server, __: str, clients: tuple[str, ...]) -> None:
        taken_over.append(clients)

    gate = Gate(scene.desk, take_over, monotonic=ticks, sleep=ticks.sleep)
    gate.memory.board.set_servers(await scene.desk.read(gate_servers))
    await gate.memory.refresh()
    secrets = await scene.desk.read(lambda store, _: store.reservations.secrets(reservation.id))
    asking = gate.memory.board.servers[reservation.server_id]
    return GateHouse(bench, gate, ticks, taken_over, asking, reservation, secrets)


async def passcode_of(house: GateHouse, number: int) -> str:
    """Give a recipient's own passcode."""

    def opened(store: Store, _: object) -> str:
        uid = store.reservations.uid(house.reservation.id)
        return store.recipients.passcodes(house.reservation.id, uid, [number])[number]

    return await house.desk.read(opened)


@contextmanager
def away(desk: Desk) -> Iterator[None]:
    """Take the database away from everybody else, so that it can be neither read nor written."""
    url = desk.database.url
    if desk.database.is_sqlite:
        desk.database.dispose()  # who has the file open could go on reading
        path = url.database or ""
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            yield
            connection.execute("ROLLBACK")
        return
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        connection.execute("LOCK TABLE reservation, server, connection IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()
