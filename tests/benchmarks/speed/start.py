"""From `callboard run` to a desk that is ready, and what a process takes at rest, role by role.

Run as `python -m tests.benchmarks.speed.start [REPORT]`. Slack and Discord are servers of ours on
loopback. "All" is every front end in one process; of each role alone it is also looked at which
large packages it loaded without a use for them.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import aiohttp

from tests.benchmarks.speed.figures import ROUNDS, Line, Report, hand_in
from tests.benchmarks.speed.programs import ROOT, module
from tests.databases import migrate
from tests.desks import SECRET
from tests.discord.server.server import open_discord
from tests.ports import free_port
from tests.slack.server import open_slack

ALL = "worker,slack,discord,web"
ROLES = (ALL, "web", "worker", "slack", "discord")
_SOON = 60.0
_REST = 3.0  # seconds after it is ready
_MIB = 1024

# what takes time and memory to load, and which roles have a use for it
LARGE = {
    "aiohttp": {"web", "slack", "discord", "worker"},  # a worker speaks to streaming servers
    "aiosmtpd": set[str](),
    "aiosmtplib": {"worker"},
    "alembic": set[str](),
    "apscheduler": {"worker"},
    "discord": {"discord", "worker"},  # what is told there is sent by the worker
    "email_validator": {"web", "slack", "discord", "worker"},  # forms; the mail that is sent
    "icalendar": {"web", "worker"},  # feeds; the mail that is sent
    "jinja2": {"web", "worker"},  # pages; the mail that is sent
    "prompt_toolkit": set[str](),
    "psycopg": set[str](),  # on SQLite
    "slack_bolt": {"slack"},
    "slack_sdk": {"slack", "worker"},  # likewise
}
OF_CHATS = {"discord", "slack_bolt", "slack_sdk"}  # without a use where no chat is set up


@dataclass(frozen=True, slots=True)
class Started:
    """One start: seconds to the event and to the probe, KiB at rest, and what was loaded."""

    ready: float
    probed: float
    resident: int
    proportional: int
    modules: frozenset[str]


async def started(roles: str, env: Mapping[str, str], folder: Path) -> Started:
    """Start the desk, let it come to rest, and stop it."""
    written = folder / "modules"
    port = free_port()
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *module("loaded", str(written), "run", "--only", roles),
        cwd=folder,
        env={**env, "CALLBOARD_HTTP_PORT": str(port)},
        stdout=DEVNULL,
        stderr=PIPE,
    )
    async with asyncio.timeout(_SOON):
        ready = await _event(process, "desk.ready") - began
        probed = await _probed(port) - began if "web" in roles and "worker" in roles else 0.0
    assert process.stderr is not None
    reading = asyncio.create_task(process.stderr.read())
    await asyncio.sleep(_REST)  # what is done once after the start is done
    resident, proportional = _memory(process.pid)
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0, (await reading).decode()
    await reading
    return Started(ready, probed, resident, proportional, frozenset(written.read_text().split()))


async def _event(process: Process, name: str) -> float:
    """Wait until the process says so; gives the moment."""
    assert process.stderr is not None
    said = b""
    async for line in process.stderr:
        said += line
        if f" {name} ".encode() in line:
            return time.perf_counter()
    raise RuntimeError(said.decode())


async def _probed(port: int) -> float:
    """Ask until every part is at work; gives the moment."""
    async with aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return time.perf_counter()
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.01)


def _memory(pid: int) -> tuple[int, int]:
    """Give what a process has in memory, and its share of it where it shares (proc(5)), in KiB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    found = dict(re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE))
    return int(found["Rss"]), int(found["Pss"])


@asynccontextmanager
async def environment(folder: Path) -> AsyncIterator[dict[str, str]]:
    """Have a Slack, a Discord and a database with its tables; gives the settings."""
    migrate(f"sqlite:///{folder / 'callboard.db'}")
    async with open_slack() as slack, open_discord() as discord:
        team = slack.add_team("T0001", name="Stage")
        yield {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "CALLBOARD_DATA": str(folder),
            "CALLBOARD_SECRET_KEY": SECRET,
            "CALLBOARD_PUBLIC_URL": "https://callboard.example.org",
            "CALLBOARD_SMTP_URL": f"smtp://127.0.0.1:{free_port()}",
            "CALLBOARD_MAIL_FROM": "desk@example.org",
            "CALLBOARD_SLACK_BOT_TOKEN": team.bot_token,
            "CALLBOARD_SLACK_APP_TOKEN": team.app_token,
            "CALLBOARD_SLACK_API_URL": slack.api_url,
            "CALLBOARD_DISCORD_TOKEN": discord.application.token,
            "CALLBOARD_DISCORD_API_URL": discord.api_url,
        }


def without_chats(env: Mapping[str, str]) -> dict[str, str]:
    """Take the chats' settings away."""
    return {name: value for name, value in env.items() if not re.search("SLACK|DISCORD", name)}


def needless(roles: str, modules: frozenset[str], *, chats: bool) -> list[str]:
    """List the large packages that were loaded, and that no chosen role has a use for."""
    chosen = set(roles.split(","))
    unused = {name for name, users in LARGE.items() if not users & chosen}
    return sorted((unused if chats else unused | OF_CHATS) & modules)


def _line(roles: str, found: list[Started], *, chats: bool) -> Line:
    ready = median(one.ready for one in found)
    parts = [f"ready after {1000 * ready:.0f} ms"]
    if found[0].probed:
        parts.append(f"/readyz after {1000 * median(one.probed for one in found):.0f} ms")
    resident = median(one.resident for one in found) / _MIB
    proportional = median(one.proportional for one in found) / _MIB
    parts.append(f"{resident:.0f} MiB resident, {proportional:.0f} MiB its own share")
    extra = needless(roles, found[0].modules, chats=chats)
    parts.append(f"loaded without use: {', '.join(extra) or 'nothing'}")
    who = "every front end" if roles == ALL else f"`--only {roles}`"
    without = "" if chats else ", no chat set up"
    return Line(f"`callboard run`, {who}{without}", "", "; ".join(parts))


async def measure(report: Report) -> None:
    """Measure every choice of roles, and without chats those that do without."""
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as made:
        folder = Path(made)
        async with environment(folder) as env:
            for roles in ROLES:
                found = [await started(roles, env, folder) for _ in range(ROUNDS)]
                report.add(_line(roles, found, chats=True))
            alone = without_chats(env)
            for roles in ("worker,web", "web", "worker"):
                found = [await started(roles, alone, folder) for _ in range(ROUNDS)]
                report.add(_line(roles, found, chats=False))


def main() -> None:
    """Measure, and hand in what was found."""
    report = Report()
    asyncio.run(measure(report))
    hand_in(report, sys.argv[1:])


if __name__ == "__main__":
    main()
