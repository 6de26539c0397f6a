"""From a request of Slack's to its acknowledgement, against Bolt that does nothing else.

Run as `python -m tests.benchmarks.slack_ack`. Both applications are processes of their own and get
the same signed requests over HTTP, 20 at once and one by one, in turns. Slack is a server of ours
on loopback.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from tests.benchmarks.bolt_alone import SECRET
from tests.slack.server import SlackServer, open_slack

AT_ONCE, ROUNDS, PER_ROUND = (20, 1), 7, 200
PEOPLE = 20
_STUDIO = (
    "server",
    "add",
    "Studio",
    "kind=link",
    "zone=Europe/Berlin",
    "watch_url=https://live.example.org/watch",
    "max_streams=10",
)


_BOLT = ("-m", "tests.benchmarks.bolt_alone")
_hours = itertools.cycle(range(4000))  # so that each hour is taken once or twice, as in life


@dataclass
class Times:
    """Seconds from request to acknowledgement, round by round."""

    rounds: list[list[float]] = field(default_factory=list)

    def median(self) -> float:
        """Give the median of the rounds' medians, in milliseconds."""
        return 1000 * statistics.median(statistics.median(one) for one in self.rounds)

    def p99(self) -> float:
        """Give the median of the rounds' 99th percentiles, in milliseconds."""
        return 1000 * statistics.median(
            statistics.quantiles(one, n=100, method="inclusive")[98] for one in self.rounds
        )


def command(number: int) -> dict[str, str]:
    """Make what Slack sends for `/slot list`."""
    return {
        "command": "/slot",
        "text": "list",
        "team_id": "T0001",
        "team_domain": "stage",
        "user_id": f"U{number % PEOPLE:04d}",
        "channel_id": "C0001",
        "response_url": "http://127.0.0.1:9/none",
        "trigger_id": f"c{os.urandom(8).hex()}",
    }


def click(number: int) -> dict[str, str]:
    """Make what Slack sends when a button is pressed whose reservation is not there."""
    payload = {
        "type": "block_actions",
        "team": {"id": "T0001", "domain": "stage"},
        "user": {"id": f"U{number % PEOPLE:04d}", "team_id": "T0001"},
        "trigger_id": f"p{os.urandom(8).hex()}",
        "response_url": "",
        "container": {"type": "message", "channel_id": "C0001"},
        "channel": {"id": "C0001"},
        "actions": [
            {"action_id": "slot:reconfirm", "block_id": "b", "type": "button", "value": "K7Q-2MF"}
        ],
    }
    return {"payload": json.dumps(payload)}


def form(number: int) -> dict[str, str]:
    """Make what Slack sends when a form that reserves is handed in."""
    starts_at = int(time.time()) // 3600 * 3600 + 86_400 * 3 + 3600 * next(_hours)
    fields: dict[str, dict[str, object]] = {
        "title": {"type": "plain_text_input", "value": f"Show {number}"},
        "when": {"type": "datetimepicker", "selected_date_time": starts_at},
        "length": {"type": "plain_text_input", "value": "1h"},
        "audience": {"type": "plain_text_input", "value": "ann@example.org, bob@example.org"},
    }
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": "slot_form",
        "private_metadata": "{}",
        "state": {"values": {name: {name: value} for name, value in fields.items()}},
        "blocks": [
            {"type": "input", "block_id": name, "element": {"type": one["type"]}}
            for name, one in fields.items()
        ],
    }
    payload = {
        "type": "view_submission",
        "team": {"id": "T0001", "domain": "stage"},
        "user": {"id": f"U{number % PEOPLE:04d}", "team_id": "T0001"},
        "trigger_id": f"s{os.urandom(8).hex()}",
        "view": view,
    }
    return {"payload": json.dumps(payload)}


async def measure(
    session: aiohttp.ClientSession, port: int, make: Callable[[int], dict[str, str]], at_once: int
) -> list[float]:
    """Send one round, so many at once, and give how long each took."""
    numbers = iter(range(PER_ROUND))
    taken: list[float] = []

    async def one_after_another() -> None:
        taken.extend([await _send(session, port, make(number)) for number in numbers])

    await asyncio.gather(*(one_after_another() for _ in range(at_once)))
    return taken


async def _send(session: aiohttp.ClientSession, port: int, fields: dict[str, str]) -> float:
    body = urlencode(fields)
    at = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=at, body=body)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": signature or "",
    }
    began = time.perf_counter()
    url = f"http://127.0.0.1:{port}/slack/events"
    async with session.post(url, data=body, headers=headers) as answer:
        await answer.read()
        if answer.status != 200:
            raise RuntimeError(f"answered {answer.status}")
    return time.perf_counter() - began


@asynccontextmanager
async def running(*words: str, port: int, env: dict[str, str]) -> AsyncIterator[None]:
    """Run a process until it listens, and end it afterwards."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, env=env, stderr=subprocess.DEVNULL
    )
    try:
        await _listening(port)
        yield
    finally:
        process.terminate()
        await process.wait()


async def _listening(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise TimeoutError(f"nothing listens at port {port}")


def _environment(slack: SlackServer, folder: str, token: str, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "CALLBOARD_DATA": folder,
        "CALLBOARD_SLACK_BOT_TOKEN": token,
        "CALLBOARD_SLACK_SIGNING_SECRET": SECRET,
        "CALLBOARD_SLACK_API_URL": slack.api_url,
        "CALLBOARD_HTTP_PORT": str(port),
    }


async def main() -> None:
    """Print the table."""
    bolt_port, desk_port = 18_080, 18_081
    async with open_slack() as slack:
        team = slack.add_team("T0001", name="Stage")
        for number in range(PEOPLE):
            team.add_user(f"U{number:04d}", name=f"Person {number}")
        with tempfile.TemporaryDirectory() as folder:
            env = _environment(slack, folder, team.bot_token, desk_port)
            subprocess.run(  # noqa: ASYNC221, S603 - before anything is measured; our own words
                [sys.executable, "-m", "bot", *_STUDIO], env=env, cwd=Path.cwd(), check=True
            )
            async with (
                running(
                    "-m", "tests.benchmarks.bolt_alone", f"{bolt_port}", port=bolt_port, env=env
                ),
                running("-m", "bot", "run", "--only", "web", port=desk_port, env=env),
                aiohttp.ClientSession() as session,
            ):
                ports = bolt_port, desk_port
                kinds = {"/slot list": command, "a click": click, "a form": form}
                for (name, make), at_once in itertools.product(kinds.items(), AT_ONCE):
                    await _compare(session, f"{name}, {at_once} at once", make, ports, at_once)


async def _compare(
    session: aiohttp.ClientSession,
    name: str,
    make: Callable[[int], dict[str, str]],
    ports: tuple[int, int],
    at_once: int,
) -> None:
    bolt, desk = Times(), Times()
    for port in ports:  # both warm
        await measure(session, port, make, at_once)
    for _ in range(ROUNDS):
        for times, port in zip((bolt, desk), ports, strict=True):
            times.rounds.append(await measure(session, port, make, at_once))
    print(  # noqa: T201 - what the command is for
        f"{name:<23} median {desk.median():6.1f} ms, Bolt {bolt.median():6.1f} ms,"
        f" ratio {desk.median() / bolt.median():4.2f};"
        f" p99 {desk.p99():6.1f} ms, Bolt {bolt.p99():6.1f} ms,"
        f" ratio {desk.p99() / bolt.p99():4.2f}"
    )


if __name__ == "__main__":
    asyncio.run(main())
