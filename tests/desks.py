"""A whole desk for tests: a real database, and a clock that the test moves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from core.access.links import Links
from core.access.vault import Vault
from core.model.people import Actor, Role, WorkspaceKind
from core.model.recipient import Contact, RouteName
from core.model.request import CredentialWish, ReserveRequest
from core.model.reservation import NotificationPolicy
from core.model.server import Rules, Server, ServerKind
from core.model.slot import Slot
from core.store.database import Database, open_database
from core.store.desk import Desk
from core.store.schema import SchemaState, state, upgrade
from core.store.store import Limits
from core.usecases.servers import ServerKept, add_server
from core.usecases.settings import Account, enter

SECRET = "a secret key for tests that is long enough"
BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)

_first_engines: dict[str, Engine] = {}


@dataclass
class Clock:
    """The time, as the test has it."""

    now: datetime = START

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by


class RunningClock(Clock):
    """The time as it is, plus what the test skipped."""

    def __init__(self) -> None:
        super().__init__(datetime.now(UTC))
        self._since = time.monotonic()

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now + timedelta(seconds=time.monotonic() - self._since)

    def jump_to(self, moment: datetime) -> None:
        """Skip what lies between now and then."""
        self.now += moment - self()


@dataclass
class Scene:
    """A desk with its clock, an operator, and a server to reserve."""

    desk: Desk
    clock: Clock
    actor: Actor
    server: Server
    extra: dict[str, Server] = field(default_factory=dict)

    def request(self, **given: object) -> ReserveRequest:
        """Make a request that is permitted unless the test says otherwise."""
        at = self.clock.now + timedelta(days=3)
        wishes: dict[str, object] = {
            "server_id": self.server.id,
            "slot": Slot.of(at, timedelta(hours=2)),
            "title": "Evening show",
            "audience": (Contact(RouteName.EMAIL, "ann@example.org", "Ann"),),
            "credentials": CredentialWish(),
        }
        return ReserveRequest(**(wishes | given))  # type: ignore[arg-type]


def make_server(**given: object) -> Server:
    """Make a server that takes reservations around the clock."""
    values: dict[str, object] = {
        "id": 0,
        "name": "Studio",
        "kind": ServerKind.NGINX_RTMP,
        "zone": BERLIN,
        "watch_url": "https://live.example.org/hls/{path}.m3u8",
        "ingest_url": "rtmp://live.example.org/live/{path}",
        "rules": Rules(),
        "notification_policy": NotificationPolicy.ON_PERMIT,
    }
    return Server(**(values | given))  # type: ignore[arg-type]


@contextmanager
def open_desk(url: str, clock: Clock, limits: Limits | None = None) -> Iterator[Desk]:
    """Open a desk on a database that has its tables, or is given them now."""
    database = open_database(url)
    _share_statements(database)
    if state(database) is not SchemaState.AT_HEAD:
        upgrade(database)
    vault = Vault([SECRET])
    desk = Desk(
        database=database,
        vault=vault,
        links=Links(vault, "https://callboard.example.org"),
        now=clock,
        limits=limits or Limits(),
    )
    try:
        yield desk
    finally:
        desk.close()


def _share_statements(database: Database) -> None:
    """Spare each test's engines the compiling of statements that an earlier test's compiled."""
    for engine in (database.writer, database.reader):
        first = _first_engines.setdefault(engine.dialect.name, engine)
        engine.dialect = first.dialect
        engine._compiled_cache = first._compiled_cache  # noqa: SLF001 - there is no other way


async def set_scene(desk: Desk, clock: Clock, **server: object) -> Scene:
    """Put an operator and a server on a desk."""
    actor = await desk.run(
        enter,
        Account(WorkspaceKind.CONSOLE, "local", "Console", "olga", "Olga", Role.OPERATOR),
    )
    kept = await desk.run(add_server, actor, make_server(**server))
    assert isinstance(kept, ServerKept)
    return Scene(desk, clock, actor, kept.server)
