"""Who was told of what, by every route, counted while it happens: hours of it fit into memory.

What was counted both chats forget, but for the last minute: they keep everything else for good.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Protocol, TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session

from adapters.mailbox_server import MailboxServer
from tests.discord.server.errors import TOO_MANY_EVENTS
from tests.discord.server.server import DiscordServer
from tests.slack.server import SlackServer

_KEPT = 60.0  # seconds
_NO_MORE_EVENTS = str(TOO_MANY_EVENTS)  # Discord takes a hundred, and the desk goes on without
_TITLE = re.compile(r"\bShow-[SD]\d+\b")
_REPORT = re.compile(r"\b\d+ of \d+ told\b.*")
LATE = "did not wait for this answer"  # Discord's, which then comes directly
_FRAMES = 2_000  # of a session, so that one that is resumed gets what it missed
T = TypeVar("T")

Told = tuple[str, str, str]  # who, of which title, and what they heard if it was no notice of it


class CountingMailboxes(MailboxServer):
    """Mailboxes of which only the tops are kept: which title was announced to whom, how often."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.told: Counter[Told] = Counter()

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls its hooks so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Count the message before it is acknowledged."""
        del server, session
        subject = message_from_bytes(bytes(envelope.original_content or b""), policy=default)
        for recipient in envelope.rcpt_tos:
            self.told[told_to(recipient, str(subject["Subject"]))] += 1
        return "250 2.0.0 OK"


class _Posted(Protocol):
    """A message of either chat."""

    @property
    def words(self) -> str: ...


@dataclass
class Ledger:
    """Who was told of which title, and how often: mail addresses, channels, people."""

    slack: SlackServer
    discord: DiscordServer
    mailboxes: CountingMailboxes
    said: Counter[Told] = field(default_factory=Counter)

    @property
    def told(self) -> Counter[Told]:
        """Give all that was counted."""
        return self.said + self.mailboxes.told

    @property
    def reports(self) -> int:
        """Count the reports to holders of how the telling went."""
        return sum(count for (_, _, what), count in self.said.items() if _REPORT.match(what))

    def count(self, *, everything: bool = False) -> None:
        """Count what was said, up to a minute ago unless it is to be everything."""
        kept = 0.0 if everything else _KEPT
        self._count_slack(self.slack.clock.now() - kept)
        self._count_discord(self.discord.clock.now() - kept)

    def _count_slack(self, until: float) -> None:
        slack = self.slack
        for team in slack.teams.values():
            for channel in team.channels.values():
                said = _taken(channel.everything, lambda one: float(one.ts) <= until)
                self._note(said, channel.dm_with or channel.name)
            for person in team.users.values():
                _taken(person.ephemeral, lambda one: float(one.ts) <= until)
        _taken(slack.calls, lambda call: call.outcome == "ok")
        for trigger in [one for one in slack.triggers.values() if one.issued_at <= until]:
            del slack.triggers[trigger.id]
        for path, granted in list(slack.response_urls.items()):
            if granted.issued_at <= until:
                del slack.response_urls[path]

    def _count_discord(self, until: float) -> None:
        discord = self.discord
        channels = [one for guild in discord.guilds.values() for one in guild.channels.values()]
        for channel in [*channels, *discord.dms.values()]:
            said = _taken(channel.everything, lambda one: one.at <= until)
            self._note(said, channel.recipient.name if channel.recipient else channel.name)
        for person in discord.users.values():
            _taken(person.ephemeral, lambda one: one.at <= until)
        _taken(discord.calls, lambda call: call.outcome in {"ok", _NO_MORE_EVENTS})
        discord.announcements.clear()
        for token, asked in list(discord.interactions.items()):
            if asked.created_at <= until:
                del discord.interactions[token]
        for session in discord.gateway.sessions:
            old = max(0, len(session.told) - _FRAMES)
            session.told[:old] = [{}] * old  # their number is the session's place

    def _note(self, said: Sequence[_Posted], place: str) -> None:
        self.said.update(told_to(place, message.words) for message in said)


def told_to(who: str, words: str) -> Told:
    """Find in some words the title of a booking, and whether they are a report or a late answer."""
    title, report = _TITLE.search(words), _REPORT.search(words)
    what = LATE if LATE in words else report[0] if report else ""
    return who, title[0] if title else "", what


def _taken(there: list[T], wanted: Callable[[T], bool]) -> list[T]:
    """Take out what is wanted, and give it."""
    taken = [one for one in there if wanted(one)]
    if taken:
        there[:] = [one for one in there if not wanted(one)]
    return taken
