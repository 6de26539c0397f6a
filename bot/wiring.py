"""Wiring: it makes a desk of the settings, with what the chosen roles need and nothing else.

What a role needs is imported for it alone: a process that serves pages loads no mail, and one that
sends loads no pages.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.keyfile import kept_key
from bot.roles import ROLES
from bot.settings import Settings
from core.access.links import Links
from core.access.vault import Vault
from core.store.database import Database, open_database
from core.store.desk import Desk
from core.store.reservations import Reservations
from core.store.schema import SchemaBehindError, SchemaState, state, upgrade

if TYPE_CHECKING:
    from adapters.console_notices import Screen
    from bot.clock import Clock
    from bot.discord.front import DiscordFront
    from bot.slack.front import SlackFront
    from bot.slack.tokens import Tokens
    from bot.wiring_worker import Worker
    from core.gate.gate import Gate
    from core.gate.usher import Usher
    from core.mirror.mirror import Mirror
    from core.outbox.dispatch import Dispatcher
    from core.outbox.outlet import Compose

__all__ = ["App", "meet_slack", "open_app", "utc_now"]


@dataclass(slots=True)
class App:
    """A desk with what runs beside it, as far as its roles need it."""

    settings: Settings
    desk: Desk
    slack: SlackFront | None = None
    discord: DiscordFront | None = None
    tokens: Tokens | None = None
    worker: Worker | None = None
    gated: Gate | None = None

    @property
    def clock(self) -> Clock:
        """What carries out what falls due."""
        return self._working.clock

    @property
    def dispatcher(self) -> Dispatcher:
        """What sends."""
        return self._working.dispatcher

    @property
    def usher(self) -> Usher:
        """What shows out whoever may no longer be there."""
        return self._working.usher

    @property
    def mirror(self) -> Mirror | None:
        """What keeps Discord's events in line, where Discord is set up."""
        return self._working.mirror

    @property
    def gate(self) -> Gate:
        """What answers streaming servers."""
        if self.gated is None:
            raise RuntimeError("there is a gate for the role web alone")
        return self.gated

    @property
    def _working(self) -> Worker:
        if self.worker is None:
            raise RuntimeError("there is a worker for the role worker alone")
        return self.worker


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    now: Callable[[], datetime] = utc_now,
    roles: Collection[str] = ROLES,
    console: tuple[Screen, Compose] | None = None,
) -> AsyncIterator[App]:
    """Open the desk that the settings describe, for some roles, and close it again.

    `console` is the screen of a holder at a console, and how notices are written there; without
    it they wait until there is one. Raises `SettingsError`, `BusyError`,
    `NoDatabaseError`, `SchemaBehindError`, or `SealBrokenError` for another key than before.
    """
    async with AsyncExitStack() as closing:
        desk = open_desk(settings, now)
        closing.callback(desk.close)
        app = App(settings, desk)
        hears = "slack" in roles or ("web" in roles and settings.slack_over_http)
        if settings.has_slack and (hears or "worker" in roles):
            _add_slack(app, closing, hears=hears)
        if settings.has_discord and "discord" in roles:
            from bot import wiring_discord  # noqa: PLC0415 - its library, where it listens alone

            app.discord = wiring_discord.discord_front(settings, desk)
            closing.push_async_callback(app.discord.close)
        if not {"web", "worker"}.isdisjoint(roles):
            _add_usher(app, roles, console, closing)
        yield app


def open_desk(settings: Settings, now: Callable[[], datetime] = utc_now) -> Desk:
    """Open a desk alone; raises what `open_app` does."""
    database = ready_database(settings)
    try:
        vault = Vault(secret_keys(settings))
        with database.reading(patience=2) as connection:
            # with another key than before nothing could be told: better to say so than to run on
            Reservations(connection, vault).newest_opens()
    except BaseException:
        database.dispose()
        raise
    links = Links(vault, settings.public_url, settings.gate)
    return Desk(database=database, vault=vault, links=links, now=now, limits=settings.limits)


def _add_slack(app: App, closing: AsyncExitStack, *, hears: bool) -> None:
    from bot import wiring_slack  # noqa: PLC0415 - not even loaded where it is not set up

    settings = app.settings
    app.tokens = wiring_slack.slack_tokens(settings, app.desk)
    closing.push_async_callback(app.tokens.close)
    if hears:
        app.slack = wiring_slack.slack_front(settings, app.desk, app.tokens)
        closing.push_async_callback(app.slack.close)


def _add_usher(
    app: App,
    roles: Collection[str],
    console: tuple[Screen, Compose] | None,
    closing: AsyncExitStack,
) -> None:
    """Add what ends connections to streaming servers, and whoever has it do so."""
    from bot.wiring_gate import control_of  # noqa: PLC0415 - for these roles alone
    from core.gate.usher import Usher  # noqa: PLC0415 - likewise

    usher = Usher(app.desk, control_of)
    closing.push_async_callback(usher.close)
    if "web" in roles:
        from core.gate.gate import Gate  # noqa: PLC0415 - likewise

        app.gated = Gate(app.desk, usher.take_over)
    if "worker" in roles:
        _add_worker(app, usher, console, closing)


def _add_worker(
    app: App,
    usher: Usher,
    console: tuple[Screen, Compose] | None,
    closing: AsyncExitStack,
) -> None:
    from bot.wiring_worker import make_worker  # noqa: PLC0415 - for this role alone

    slack = None
    if app.tokens is not None:
        from bot.wiring_slack import slack_outlet  # noqa: PLC0415 - not even loaded elsewhere

        slack = slack_outlet(app.settings, app.tokens)
    worker = make_worker(app.settings, app.desk, usher, slack, console)
    if worker.mirror is not None:
        closing.push_async_callback(worker.mirror.close)
    closing.push_async_callback(worker.dispatcher.close)
    app.worker = worker


async def meet_slack(app: App) -> None:
    """See whom the desk's own token is for, where there is one; raises `SettingsError`."""
    if app.tokens is not None:
        from bot.wiring_slack import meet  # noqa: PLC0415 - not even loaded elsewhere

        await meet(app.settings, app.tokens)


def secret_keys(settings: Settings) -> list[str]:
    """Give the secret keys: those set, or the one kept beside an SQLite database."""
    if settings.secret_key:
        return settings.secret_key.split(",")
    database = open_path(settings)
    return [kept_key(database.parent if database else settings.data)]


def open_path(settings: Settings) -> Path | None:
    """Give the file of an SQLite database; None for any other."""
    url = settings.database
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def ready_database(settings: Settings) -> Database:
    """Open the database; a new one gets its tables, one of another release is refused."""
    database = open_database_of(settings)
    try:
        _make_ready(database)
    except BaseException:
        database.dispose()
        raise
    return database


def _make_ready(database: Database) -> None:
    match state(database):
        case SchemaState.AT_HEAD:
            return
        case SchemaState.EMPTY:
            upgrade(database)
        case SchemaState.BEHIND:
            raise SchemaBehindError(
                "the database is of an older release: run `callboard db upgrade` first"
            )
        case SchemaState.UNKNOWN:
            raise SchemaBehindError(
                "the database is of a newer release than this program: install that one"
            )


def open_database_of(settings: Settings) -> Database:
    """Open the database as it is, making the folder of a file."""
    path = open_path(settings)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # it holds addresses: for its owner alone, from the first byte
    return open_database(settings.database)
