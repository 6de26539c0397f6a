"""The program as a process of its own, with nothing but an environment, beside our Discord."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from adapters.mailbox_server import MailboxServer
from tests.discord.server.person import Person
from tests.discord.server.places import Channel
from tests.discord.server.server import DiscordServer
from tests.slack import program
from tests.slack.program import SOON


class Mailboxes(MailboxServer):
    """Mailboxes that wake whoever waits for something in our Discord."""

    def __init__(self, folder: Path, discord: DiscordServer) -> None:
        super().__init__(folder)
        self._discord = discord

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls its hooks so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the message, and say that something happened."""
        answer = await super().handle_DATA(server, session, envelope)
        self._discord.tell()
        return answer


class Program(program.Program):
    """The program in a folder; see the one beside our Slack."""

    @asynccontextmanager
    async def beside(
        self, discord: DiscordServer, somebody: Person, channel: Channel
    ) -> AsyncIterator[None]:
        """Let it run the desk until `somebody` is offered its command; in the end it must stop."""
        before = discord.gateway.connected
        process = await self._start(("run",))
        assert process.stderr is not None
        served: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        listening = asyncio.create_task(self._listen(process.stderr, served))
        try:
            await discord.gateway.wait_connected(after=before, within=SOON)
            await discord.until(lambda: "slot" in somebody.offered(channel), within=SOON)
            yield
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), SOON)
            await listening
        assert process.returncode == 0, "".join(self.said)
        assert [] == [line for line in self.said if " error " in line]

    async def tried(self, *arguments: str) -> tuple[int | None, str]:
        """Run a command of it to its end, and give its exit status and what it wrote."""
        process = await self._start(arguments)
        output, _ = await process.communicate()
        return process.returncode, output.decode()


def environment(folder: Path, discord: DiscordServer, mailboxes: MailboxServer) -> dict[str, str]:
    """Give the settings that the README asks for, and our own Discord's address."""
    return {
        "CALLBOARD_DATA": str(folder),
        "CALLBOARD_HTTP_PORT": "0",
        "CALLBOARD_SMTP_URL": mailboxes.url,
        "CALLBOARD_MAIL_FROM": "slots@callboard.example",
        "CALLBOARD_DISCORD_TOKEN": discord.application.token,
        "CALLBOARD_DISCORD_API_URL": discord.api_url,
    }
