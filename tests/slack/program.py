"""The program as a process of its own, with nothing but an environment, beside our Slack."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from asyncio import StreamReader
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from adapters.mailbox_server import MailboxServer
from tests.slack.house import HTTP, SOCKET
from tests.slack.server import SlackServer, Team

SOURCE = Path(__file__).parents[2]
SOON = 20  # seconds for a process to start, or to do what it was asked to
_READY = re.compile(r" web\.ready host=(\S+) port=(\d+)")


class Mailboxes(MailboxServer):
    """Mailboxes that wake whoever waits for something in our Slack."""

    def __init__(self, folder: Path, slack: SlackServer) -> None:
        super().__init__(folder)
        self._slack = slack

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls its hooks so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the message, and say that something happened."""
        answer = await super().handle_DATA(server, session, envelope)
        self._slack.tell()
        return answer


@dataclass
class Program:
    """The program in a folder; `said` is what it wrote to standard error."""

    environment: Mapping[str, str]
    folder: Path
    source: Path = SOURCE
    said: list[str] = field(default_factory=list)

    async def call(self, *arguments: str) -> str:
        """Run a command of it to its end, and give what it wrote to standard output."""
        process = await self._start(arguments)
        output, said = await process.communicate()
        assert process.returncode == 0, said.decode()
        return output.decode()

    @asynccontextmanager
    async def running(self, slack: SlackServer, transport: str = SOCKET) -> AsyncIterator[None]:
        """Let it run the desk; in the end it is told to stop, and must do so in good order."""
        before = slack.socket.connected
        process = await self._start(("run",))
        assert process.stderr is not None
        served: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        listening = asyncio.create_task(self._listen(process.stderr, served))
        try:
            if transport == HTTP:
                slack.http_target = await asyncio.wait_for(served, SOON)
            else:
                await slack.socket.wait_reconnected(after=before, within=SOON)
            yield
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), SOON)
            await listening
            slack.http_target = None
        assert process.returncode == 0, "".join(self.said)
        assert not any(" error " in line for line in self.said), "".join(self.said)

    async def _listen(self, stream: StreamReader, served: asyncio.Future[str]) -> None:
        async for line in stream:
            self.said.append(line.decode())
            if (ready := _READY.search(self.said[-1])) and not served.done():
                served.set_result(f"http://{ready[1]}:{ready[2]}/slack/events")

    async def _start(self, arguments: Sequence[str]) -> Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=PIPE if arguments[0] != "run" else asyncio.subprocess.DEVNULL,
            stderr=PIPE,
            cwd=self.folder,
            env=self._environment(),
        )

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return kept | {"PYTHONPATH": str(self.source), **self.environment}


def environment(
    folder: Path, slack: SlackServer, team: Team, mailboxes: MailboxServer, transport: str = SOCKET
) -> dict[str, str]:
    """Give the settings that the README asks for, and our own Slack's address."""
    heard = (
        {"CALLBOARD_SLACK_APP_TOKEN": team.app_token}
        if transport == SOCKET
        else {"CALLBOARD_SLACK_SIGNING_SECRET": slack.app.signing_secret}
    )
    return heard | {
        "CALLBOARD_DATA": str(folder),
        "CALLBOARD_HTTP_PORT": "0",
        "CALLBOARD_SMTP_URL": mailboxes.url,
        "CALLBOARD_MAIL_FROM": "slots@callboard.example",
        "CALLBOARD_SLACK_BOT_TOKEN": team.bot_token,
        "CALLBOARD_SLACK_API_URL": slack.api_url,
    }
