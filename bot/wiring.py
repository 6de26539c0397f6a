"""Wiring: it makes a whole desk of the settings, and names the adapters that carry its notices."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.console_notices import ConsoleRoute, Screen
from adapters.email_folder import EmailFolder
from adapters.email_smtp import EmailSmtp, try_login
from adapters.mailbox_server import MailboxServer, Received
from adapters.slack_check import SlackChecked, try_slack
from adapters.slack_lookup import SlackLookup
from adapters.slack_posts import SlackPosts
from adapters.smtp_settings import SmtpSettings
from bot.clock import Clock
from bot.keyfile import kept_key
from bot.settings import Settings, SettingsError
from bot.slack.front import SlackFront, make_front
from bot.slack.manifest import SCOPES
from bot.slack.tokens import Tokens
from bot.wiring_gate import control_of
from core.access.links import Links
from core.access.vault import Vault
from core.gate.gate import Gate
from core.gate.usher import Usher
from core.mirror.mirror import Mirror
from core.model.recipient import RouteName
from core.notices.as_email import MailSender, compose
from core.notices.as_slack import compose as compose_slack
from core.notices.notice import Notice, Personal
from core.outbox.dispatch import Compose, Dispatcher, Fill, Outlet
from core.outbox.route import Message, Route
from core.store.database import Database, open_database
from core.store.desk import Desk
from core.store.installations import Installation
from core.store.reservations import Reservations
from core.store.schema import SchemaState, state, upgrade

if TYPE_CHECKING:
    from bot.discord.front import DiscordFront

__all__ = ["App", "MailboxServer", "Received", "mail_works", "open_app", "utc_now"]

log = logging.getLogger(__name__)


class SchemaBehindError(Exception):
    """The database is of another release than this program."""


@dataclass(frozen=True, slots=True)
class App:
    """A desk with what runs beside it."""

    settings: Settings
    desk: Desk
    clock: Clock
    dispatcher: Dispatcher
    gate: Gate
    usher: Usher
    slack: SlackFront | None = None
    discord: DiscordFront | None = None
    mirror: Mirror | None = None


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    now: Callable[[], datetime] = utc_now,
    console: tuple[Screen, Compose] | None = None,
) -> AsyncIterator[App]:
    """Open the desk that the settings describe, and close it again.

    `console` is the screen of a holder at a console, and how notices are written there; without
    it they wait until there is one. Raises `SettingsError`, `BusyError`,
    `NoDatabaseError`, `SchemaBehindError`, or `SealBrokenError` for another key than before.
    """
    database = ready_database(settings)
    vault = Vault(secret_keys(settings))
    desk = Desk(
        database=database,
        vault=vault,
        links=Links(vault, settings.public_url, settings.gate),
        now=now,
        limits=settings.limits,
    )
    with database.reading(patience=2) as connection:
        # with another key than before nothing could be told: better to say so than to run on
        Reservations(connection, vault).newest_opens()
    outlets = {RouteName.EMAIL: mail_outlet(settings)}
    if console is not None:
        screen, composed = console
        outlets[RouteName.CONSOLE] = Outlet(ConsoleRoute(screen), composed)
    slack = slack_front(settings, desk) if settings.has_slack else None
    if slack is not None:
        outlets[RouteName.SLACK] = slack_outlet(settings, slack)
    discord, mirror = _with_discord(settings, desk, outlets)
    dispatcher = Dispatcher(desk, outlets, mail_sender(settings).domain)
    desk.on_work = partial(_wake, dispatcher, mirror)
    usher = Usher(desk, control_of)
    gate = Gate(desk, usher.take_over)
    try:
        yield App(settings, desk, Clock(desk), dispatcher, gate, usher, slack, discord, mirror)
    finally:
        await dispatcher.close()
        await usher.close()
        for part in (slack, discord, mirror):
            if part is not None:
                await part.close()
        desk.close()


def _with_discord(
    settings: Settings, desk: Desk, outlets: dict[RouteName, Outlet]
) -> tuple[DiscordFront | None, Mirror | None]:
    """Add Discord where it is set up; else not even its library is loaded."""
    if not settings.has_discord:
        return None, None
    from bot import wiring_discord  # noqa: PLC0415 - see above

    outlets[RouteName.DISCORD] = wiring_discord.discord_outlet(settings)
    front = wiring_discord.discord_front(settings, desk)
    return front, wiring_discord.discord_mirror(settings, desk)


def _wake(dispatcher: Dispatcher, mirror: Mirror | None) -> None:
    dispatcher.wake()
    if mirror is not None:
        mirror.wake()


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


def mail_sender(settings: Settings) -> MailSender:
    """Make the mailbox that mail comes from; raises `SettingsError` for one that is none."""
    try:
        return MailSender(settings.sender, settings.mail_name)
    except ValueError as error:
        raise SettingsError([f"CALLBOARD_MAIL_FROM: {settings.sender}: {error}"]) from None


def smtp_settings(settings: Settings) -> SmtpSettings:
    """Read the SMTP address; raises `SettingsError` saying what is wrong with it."""
    try:
        return SmtpSettings.from_url(settings.smtp_url, settings.sender)
    except ValueError as error:
        raise SettingsError([f"CALLBOARD_SMTP_URL: {error}"]) from None


async def mail_works(settings: Settings) -> str | None:
    """Really connect and log in to the mail server; gives what is wrong, or None."""
    return await try_login(smtp_settings(settings))


def mail_outlet(settings: Settings) -> Outlet:
    """Make the mail route: SMTP where it is set, a folder of .eml files where it is not."""
    route: Route
    if settings.smtp_url:
        route = EmailSmtp(smtp_settings(settings))
    else:
        route = EmailFolder(mail_folder(settings))
    sender = mail_sender(settings)

    def composed(notice: Notice) -> Fill:
        template = compose(notice, sender)

        def filled(delivery_id: int, personal: Personal) -> Message:
            mail = template.fill(personal)
            return Message(
                delivery_id, mail.recipient, mail.data, mail.needs_smtputf8, in_crlf=True
            )

        return filled

    return Outlet(route, composed)


def slack_front(settings: Settings, desk: Desk) -> SlackFront:
    """Make the front end in Slack."""
    tokens = Tokens(desk, settings.slack_bot_token, settings.slack_api_url)
    lookup = SlackLookup(settings.slack_api_url, tokens.client_of)
    return make_front(settings, desk, lookup, tokens)


def slack_outlet(settings: Settings, slack: SlackFront) -> Outlet:
    """Make the route to Slack's channels and people."""
    route = SlackPosts(slack.tokens.token_of, settings.slack_api_url, slack.tokens.refused)

    def composed(notice: Notice) -> Fill:
        fill = compose_slack(notice)

        def filled(delivery_id: int, personal: Personal) -> Message:
            post = fill(delivery_id, personal)
            return Message(delivery_id, post.recipient, post.data)

        return filled

    return Outlet(route, composed)


async def slack_works(settings: Settings) -> SlackChecked:
    """Really ask Slack about the tokens; gives what they are for and what is wrong."""
    return await try_slack(
        settings.slack_bot_token,
        settings.slack_app_token,
        settings.slack_api_url,
        scopes=SCOPES,
    )


async def meet_slack(app: App) -> None:
    """See whom the desk's own token is for; raises `SettingsError` for tokens Slack refuses.

    What Slack cannot be asked just now is no reason not to start.
    """
    settings = app.settings
    checked = await slack_works(settings)
    refused = [one for one in checked.problems if one.startswith("CALLBOARD_SLACK_")]
    if refused and not checked.gone:  # removed since: the mail of everybody else must go on
        raise SettingsError(refused)
    for problem in checked.problems:
        log.warning("slack.trouble", extra={"reason": problem})
    if app.slack is not None and settings.slack_bot_token and checked.team_id:
        found = Installation(checked.team_id, checked.team_name, token="")  # it is in the settings
        app.slack.tokens.own_team = checked.team_id
        await app.slack.tokens.installed(found)


def mail_folder(settings: Settings) -> Path:
    """Say where mail is written while no mail server is set."""
    return settings.data / "mail"
