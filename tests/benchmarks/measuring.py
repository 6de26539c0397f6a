"""What the benchmarks of the table share: rounds in turns, medians, lines, and where they ran."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.access.links import Links
from core.access.vault import Vault
from core.store.database import open_database
from core.store.desk import Desk
from core.store.store import Limits
from tests.databases import PostgresDatabases
from tests.desks import SECRET, Clock

ROUNDS = 5

# what a server has unless told otherwise; the tests' own outlives nothing
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table; `met` of None: there is no bar."""

    what: str
    against: str
    figures: str
    ratio: str
    bar: str = "–"
    met: bool | None = None


@dataclass(slots=True)
class Curve:
    """Points for the picture: a name, and for each x a value."""

    name: str
    points: dict[int, float] = field(default_factory=dict)


async def in_turns(
    rounds: int, contenders: Mapping[str, Callable[[], Awaitable[float]]]
) -> dict[str, float]:
    """Let each have its turn in every round; gives the median of each."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contend in contenders.items():
            found[name].append(await contend())
    return {name: statistics.median(values) for name, values in found.items()}


def open_bench_desk(url: str, clock: Clock, recipients: int = 2000) -> Desk:
    """Open a desk as the program does, with its own database engines."""
    vault = Vault([SECRET])
    links = Links(vault, "https://callboard.example.org")
    limits = Limits(recipients=recipients)
    return Desk(database=open_database(url), vault=vault, links=links, now=clock, limits=limits)


def durable(databases: PostgresDatabases) -> PostgresDatabases:
    """Have the tests' PostgreSQL keep what it commits, as one that matters does."""
    for name, value in DURABLE.items():
        databases.order(f"ALTER SYSTEM SET {name} = '{value}'")
    databases.order("SELECT pg_reload_conf()")
    return databases


def say(words: str) -> None:
    """Tell whoever waits how far it is."""
    sys.stderr.write(f"{words}\n")


def machine() -> list[str]:
    """Say on what this ran, without naming the machine."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return [
        f"{os.cpu_count()} cores of {model}",
        f"{platform.system()} {platform.release().split('-')[0]}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"Node.js {_first_word('node', '--version')}",
        f"Postfix {_postfix()}",
    ]


def _first_word(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[0]  # noqa: S603 - a version


def _postfix() -> str:
    asked = ("/usr/sbin/postconf", "-h", "mail_version")
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - likewise
