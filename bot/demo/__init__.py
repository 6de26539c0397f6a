"""`callboard demo`: the story of the claims on a desk of its own, with nothing to set up."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.demo.mailbox import text_lines
from bot.demo.stage import MovedClock, Stage
from bot.demo.story import CREW, Cast, play
from bot.settings import Settings
from bot.wiring import open_app, utc_now
from bot.wiring_demo import MailboxServer
from core.model.people import Role, WorkspaceKind
from core.usecases.settings import Account

_ZONE = ZoneInfo("Europe/Berlin")


def run_demo(keep: str | None = None) -> int:
    """Play the story and show it; gives 1 if anything did not arrive as claimed."""
    folder = Path(keep) if keep else Path(tempfile.mkdtemp(prefix="callboard-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    return asyncio.run(_run(folder.absolute()))


async def _run(folder: Path) -> int:
    monday = _next_monday(utc_now())
    clock = MovedClock(monday)
    async with MailboxServer(folder / "mail") as mailboxes:
        settings = Settings(
            data=folder,
            database_url=f"sqlite:///{folder / 'callboard.db'}",
            smtp_url=mailboxes.url,
            mail_from="slots@callboard.example",
        )
        async with open_app(settings, now=clock) as app:
            stage = Stage(app, clock, mailboxes, sys.stdout, _ZONE)
            cast = Cast(
                olga=_account("Olga", Role.OPERATOR),
                bruno=_account("Bruno", Role.MEMBER),
            )
            with as_file(files("bot.demo") / "audience.csv") as audience:
                await play(stage, cast, monday, str(audience))
        return _close(stage, folder)


def _close(stage: Stage, folder: Path) -> int:
    stage.tell("What lies in each mailbox")
    for recipient, mails in sorted(Counter(m.recipient for m in stage.mailboxes.received).items()):
        stage.out.write(f"   {recipient:<28} {mails}\n")
    for mail in stage.mailboxes.mailbox(CREW[0])[:1]:
        stage.tell(f"What {CREW[0]} reads in the first of them")
        stage.out.writelines(f"   {line}".rstrip() + "\n" for line in text_lines(mail))
    stage.out.write(f"\nThe raw messages are in {folder / 'mail'}\n")
    if not stage.missed:
        stage.out.write("Everything arrived as it should, and nothing else did.\n")
        return 0
    stage.out.write("\nNOT AS IT SHOULD BE:\n")
    stage.out.writelines(f"   {line}\n" for line in stage.missed)
    return 1


def _account(name: str, role: Role) -> Account:
    return Account(WorkspaceKind.CONSOLE, "demo", "Demo", name.lower(), name, role)


def _next_monday(now: datetime) -> datetime:
    """Begin on a Monday, so that the story's weekdays mean what they say."""
    today = now.astimezone(_ZONE).date()
    monday = today + timedelta(days=7 - today.weekday())
    return datetime.combine(monday, time(10), _ZONE).astimezone(UTC)
