"""On what a benchmark ran: what figures depend on, and nothing that names the machine."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import subprocess
from pathlib import Path

import psycopg

from tests.benchmarks.speed.programs import MissingError, program
from tests.databases import postgres_server


def described() -> list[str]:
    """Say which processor, system and programs."""
    return [
        f"{os.cpu_count()} cores of {_processor()}",
        f"{platform.system()} {platform.release().split('-')[0]}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"PostgreSQL {_postgres()}",
        f"Postfix {_answer('postconf', 'postfix', '-h', 'mail_version')}",
        f"Node {_answer('node', 'nodejs', '--version').removeprefix('v')}",
    ]


def busy() -> str:
    """Say how many programs wanted to run, in the mean of the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def _postgres() -> str:
    with postgres_server() as databases, psycopg.connect(databases.fresh()) as connection:
        return connection.info.parameter_status("server_version") or "unknown"


def _answer(name: str, package: str, *arguments: str) -> str:
    try:
        words = (program(name, package), *arguments)
    except MissingError:
        return "missing"
    asked = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - a program that says its version
    return asked.stdout.strip()
