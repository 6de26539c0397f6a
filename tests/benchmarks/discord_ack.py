"""From an interaction of Discord's to its first answer, against a client that does nothing else.

Run as `python -m tests.benchmarks.discord_ack`. Both are processes of their own, each connected to
a Discord of ours on loopback in which people type the same, 20 at once and one by one, in turns.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.slack_ack import Times
from tests.claims.house import STUDIO
from tests.discord.server.person import Person
from tests.discord.server.places import Channel
from tests.discord.server.server import DiscordServer, open_discord
from tests.ports import free_port

AT_ONCE, ROUNDS, PER_ROUND = (20, 1), 7, 100
PEOPLE = 20
_SOON = 30
_COMMANDS = {"a command that reads": "/slot list", "one that writes": "/slot settings reminders:2h"}


@dataclass
class Guild:
    """A guild full of people, in a Discord with one bot."""

    discord: DiscordServer
    people: list[Person]
    general: Channel

    async def measure(self, command: str, at_once: int) -> list[float]:
        """Have a round typed, so many at once; gives the seconds to each first answer."""
        numbers = iter(range(PER_ROUND))
        taken: list[float] = []

        async def one_after_another(person: Person) -> None:
            for _ in numbers:
                heard = await person.type(command, self.general)
                if heard.answered_in is None:
                    raise RuntimeError(heard.failed)
                taken.append(heard.answered_in)

        await asyncio.gather(*(one_after_another(one) for one in self.people[:at_once]))
        return taken


@asynccontextmanager
async def guild_with(*words: str, env: dict[str, str]) -> AsyncIterator[Guild]:
    """Open a Discord and run a bot in it; its address and token fill `{api}` and `{token}`."""
    async with open_discord() as discord:
        guild = discord.add_guild("Stage", owner=discord.add_person("Olga"))
        people = [discord.add_person(f"Person {number}") for number in range(PEOPLE)]
        for one in people:
            guild.add_member(one)
        made = Guild(discord, people, guild.add_channel("general"))
        known = {"api": discord.api_url, "token": discord.application.token}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *(word.format(**known) for word in words),
            env={name: value.format(**known) for name, value in env.items()},
            stderr=subprocess.DEVNULL,
        )
        try:
            offered = people[0].offered
            await discord.until(lambda: "slot" in offered(made.general), within=_SOON)
            yield made
        finally:
            process.terminate()
            await process.wait()


async def main() -> None:
    """Print the table."""
    root = str(Path(__file__).parents[2])
    with tempfile.TemporaryDirectory() as folder:
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": root,
            "CALLBOARD_DATA": folder,
            "CALLBOARD_HTTP_PORT": str(free_port()),
        }
        subprocess.run(  # noqa: ASYNC221, S603 - before anything is measured; our own words
            [sys.executable, "-m", "bot", *STUDIO.split()], env=env, cwd=root, check=True
        )
        ours = {"CALLBOARD_DISCORD_TOKEN": "{token}", "CALLBOARD_DISCORD_API_URL": "{api}"}
        async with AsyncExitStack() as stack:
            alone = await stack.enter_async_context(
                guild_with("-m", "tests.benchmarks.discord_alone", "{api}", "{token}", env=env)
            )
            run = ("-m", "bot", "run", "--only", "discord")
            desk = await stack.enter_async_context(guild_with(*run, env=env | ours))
            for (name, command), at_once in itertools.product(_COMMANDS.items(), AT_ONCE):
                await _compare(f"{name}, {at_once} at once", command, (alone, desk), at_once)


async def _compare(name: str, command: str, guilds: tuple[Guild, Guild], at_once: int) -> None:
    alone, desk = Times(), Times()
    for guild in guilds:  # both warm
        await guild.measure(command, at_once)
    for _ in range(ROUNDS):
        for times, guild in zip((alone, desk), guilds, strict=True):
            times.rounds.append(await guild.measure(command, at_once))
    medians = desk.median(), alone.median()
    sys.stdout.write(
        f"{name:<34} median {medians[0]:6.1f} ms, alone {medians[1]:6.1f} ms,"
        f" ratio {medians[0] / medians[1]:5.2f};"
        f" p99 {desk.p99():6.1f} ms, alone {alone.p99():6.1f} ms\n"
    )


if __name__ == "__main__":
    asyncio.run(main())
