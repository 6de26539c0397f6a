"""`callboard doctor`: what is set up, what really works, what is missing and how to mend it."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from bot.doctor_gate import gate_findings
from bot.findings import BROKEN, MISSING, WORKS, Finding
from bot.settings import Settings, SettingsError, load_settings, unknown_settings
from bot.slack.manifest import CLICKS, COMMANDS, EVENTS, HOME
from bot.slack.oauth import INSTALL
from bot.wiring import open_path, secret_keys
from bot.wiring_mail import mail_folder, mail_sender, mail_works
from bot.wiring_slack import slack_works
from core.access.vault import SealBrokenError, Vault
from core.store.database import BusyError, Database, NoDatabaseError, open_database, ping
from core.store.events import Events
from core.store.installations import Installations
from core.store.records import Records
from core.store.reservations import Reservations
from core.store.schema import SchemaState, state
from core.store.servers import Servers

_MOST_TROUBLES = 100
_TRY_IN_SLACK = {
    COMMANDS: "type /slot help there",
    CLICKS: "press a button of the desk there",
    HOME: "open the app's Home there",
}
_PASTE_ANEW = "if nothing comes, paste callboard slack-manifest anew and reinstall the app"
_SIGNS = {WORKS: "ok     ", MISSING: "missing", BROKEN: "BROKEN "}


def examine() -> int:
    """Look at everything and print the findings; gives 1 where something is broken."""
    try:
        settings = load_settings()
    except SettingsError as error:
        findings = [Finding(BROKEN, "settings", problem) for problem in error.problems]
    else:
        findings = asyncio.run(_findings(settings))
    for finding in findings:
        sys.stdout.write(f"{_SIGNS[finding.how]}  {finding.what}\n")
        if finding.mend:
            sys.stdout.write(f"         {finding.mend}\n")
    return 1 if any(finding.how == BROKEN for finding in findings) else 0


async def _findings(settings: Settings) -> list[Finding]:
    found = [Finding(MISSING, "settings", words) for words in unknown_settings()]
    found += _secret_key(settings)
    found += await _database(settings)
    found.append(await _mail(settings))
    found += await _slack(settings)
    found += await _discord(settings)
    if not settings.public_url:
        found.append(
            Finding(
                MISSING,
                "public address",
                "join links lead to the playback address itself while CALLBOARD_PUBLIC_URL is not"
                " set",
            )
        )
    return found


def _secret_key(settings: Settings) -> list[Finding]:
    try:
        keys = secret_keys(settings)
    except OSError as error:
        return [Finding(BROKEN, "secret key", str(error))]
    kept = "from CALLBOARD_SECRET_KEY" if settings.secret_key else "kept beside the database"
    return [Finding(WORKS, f"secret key: {len(keys)}, {kept}")]


async def _database(settings: Settings) -> list[Finding]:
    path = open_path(settings)
    where = str(path) if path else "PostgreSQL"
    if path is not None and not path.exists():
        return [Finding(MISSING, f"database: {where}", "it is made at the first start")]
    database = open_database(settings.database)
    try:
        ping(database)
        return [Finding(WORKS, f"database: {where}"), *await _schema(database, settings)]
    except (BusyError, NoDatabaseError) as error:
        return [Finding(BROKEN, f"database: {where}", str(error))]
    finally:
        database.dispose()


async def _schema(database: Database, settings: Settings) -> list[Finding]:
    match state(database):
        case SchemaState.EMPTY:
            return [Finding(MISSING, "tables", "made at the first start, or: callboard db upgrade")]
        case SchemaState.BEHIND:
            return [Finding(BROKEN, "tables of an older release", "run: callboard db upgrade")]
        case SchemaState.UNKNOWN:
            return [Finding(BROKEN, "tables of a newer release", "install that release")]
        case SchemaState.AT_HEAD:
            return [
                Finding(WORKS, "tables"),
                _servers(database, settings),
                *await gate_findings(database, Vault(secret_keys(settings)), settings),
                _seals(database, settings),
                *_installed(database, settings),
                *_heard(database, settings),
                *_events(database),
            ]


def _events(database: Database) -> list[Finding]:
    """Name the guilds of Discord in which a slot is not among the events, each once, with why."""
    with database.reading(patience=2) as connection:
        troubles = Events(connection).troubles(None, _MOST_TROUBLES)
    first = {(one.guild_id, one.reason): one for one in reversed(troubles)}
    return [
        Finding(MISSING, f"Discord server {guild}: {one.code} is not among its events", reason)
        for (guild, reason), one in first.items()
    ]


def _servers(database: Database, settings: Settings) -> Finding:
    vault = Vault(secret_keys(settings))
    with database.reading(patience=2) as connection:
        servers = [server for server in Servers(connection, vault).all() if not server.retired]
    if servers:
        return Finding(WORKS, f"streaming servers: {', '.join(one.name for one in servers)}")
    return Finding(MISSING, "streaming servers", "add one: callboard server add --help")


def _seals(database: Database, settings: Settings) -> Finding:
    """Open the newest sealed secret: with another key than it was sealed with, nothing opens."""
    vault = Vault(secret_keys(settings))
    with database.reading(patience=2) as connection:
        try:
            sealed = Reservations(connection, vault).newest_opens()
        except SealBrokenError as error:
            return Finding(BROKEN, "sealed secrets", str(error))
    return Finding(WORKS, "sealed secrets" if sealed else "sealed secrets: none yet")


async def _slack(settings: Settings) -> list[Finding]:
    if not settings.has_slack:
        how = "README.md, Slack, says how; callboard slack-manifest prints what Slack asks for"
        return [Finding(MISSING, "Slack", how)]
    checked = await slack_works(settings)
    found = [Finding(BROKEN, "Slack", problem) for problem in checked.problems]
    if checked.team_id:
        by = "Socket Mode" if settings.slack_app_token else f"HTTP at {settings.public_url}{EVENTS}"
        found.append(Finding(WORKS, f"Slack: {checked.bot_name} in {checked.team_name}, by {by}"))
    return found


async def _discord(settings: Settings) -> list[Finding]:
    if not settings.has_discord:
        return [Finding(MISSING, "Discord", "README.md, Discord, says how")]
    from bot.wiring_discord import discord_works  # noqa: PLC0415 - not even loaded elsewhere

    checked = await discord_works(settings)
    found = [Finding(BROKEN, "Discord", problem) for problem in checked.problems]
    if checked.bot_name:
        where = ", ".join(checked.guilds) or "no guild"
        invite = f"invite it to others at {checked.invitation}"
        found.append(Finding(WORKS, f"Discord: {checked.bot_name} in {where}", invite))
    return found


def _installed(database: Database, settings: Settings) -> list[Finding]:
    """Name the workspaces that have added the desk, where they can."""
    if not settings.slack_client_id:
        return []
    with database.reading(patience=2) as connection:
        names = Installations(connection, Vault(secret_keys(settings))).names()
    if names:
        return [Finding(WORKS, f"Slack workspaces: {', '.join(names)}")]
    add = f"add it at {settings.public_url}{INSTALL}"
    return [Finding(MISSING, "Slack workspaces: none has added the desk", add)]


def _heard(database: Database, settings: Settings) -> list[Finding]:
    """See what Slack has ever sent: it sends nothing that the app is not set up for."""
    if not settings.has_slack:
        return []
    with database.reading(patience=2) as connection:
        records = Records(connection, datetime.now(UTC))
        never = [what for what in _TRY_IN_SLACK if records.last_beat(what) is None]
    return [
        Finding(MISSING, f"Slack has not sent any {what} yet", f"{how}; {_PASTE_ANEW}")
        for what, how in _TRY_IN_SLACK.items()
        if what in never
    ]


async def _mail(settings: Settings) -> Finding:
    try:
        mail_sender(settings)
    except SettingsError as error:
        return Finding(BROKEN, "mail sender", error.problems[0])
    if not settings.smtp_url:
        return Finding(
            MISSING,
            f"mail server: mail is written to {mail_folder(settings)}",
            "set CALLBOARD_SMTP_URL=smtp://user:password@host:587 and CALLBOARD_MAIL_FROM",
        )
    try:
        trouble = await mail_works(settings)
    except SettingsError as error:
        return Finding(BROKEN, "mail server", error.problems[0])
    if trouble:
        return Finding(BROKEN, "mail server", trouble)
    return Finding(WORKS, "mail server: connected and logged in")
