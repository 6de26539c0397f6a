"""A process loads what its roles need and nothing else: each library, and who needs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desks import SECRET

ROOT = Path(__file__).parents[1]
CHATS = {
    "CALLBOARD_SLACK_BOT_TOKEN": "xoxb-of-a-test",
    "CALLBOARD_SLACK_APP_TOKEN": "xapp-of-a-test",
    "CALLBOARD_DISCORD_TOKEN": "a.tests.token",
}
# what may be loaded, once there is a database of this release: in a chat's own role alone, say
NEEDED = {
    "slack_bolt": {"slack"},
    "slack_sdk": {"slack", "worker"},
    "discord": {"discord", "worker"},
    "aiosmtplib": {"worker"},
    "apscheduler": {"worker"},
    "icalendar": {"worker", "web"},
    "jinja2": {"worker", "web"},
    "bot.web.pages": {"web"},
    "aiosmtpd": set(),
    "alembic": set(),
    "prompt_toolkit": set(),
    "psycopg": set(),  # SQLite needs none
}
LOADED = """
import asyncio, sys
from bot.process import running
from bot.settings import load_settings
from bot.wiring import open_app

async def begin(roles):
    async with open_app(load_settings(), roles=roles) as app:
        for part in running(app, roles, asyncio.Event()):
            part.close()

asyncio.run(begin(sys.argv[1].split(",")))
print(*sys.modules, sep="\\n")
"""


def loaded(folder: Path, roles: str, settings: dict[str, str]) -> set[str]:
    """Begin a process's roles, and give what that loaded."""
    given = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "CALLBOARD_DATA": str(folder),
        "CALLBOARD_SECRET_KEY": SECRET,
    }
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", LOADED, roles],
        cwd=folder,
        env=given | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("role", ["worker", "slack", "discord", "web"])
def test_a_role_loads_what_it_needs_alone(tmp_path: Path, role: str) -> None:
    loaded(tmp_path, "web", {})  # makes the tables

    found = loaded(tmp_path, role, CHATS)

    assert set() == {name for name, roles in NEEDED.items() if name in found and role not in roles}


def test_chats_that_are_not_set_up_are_not_loaded(tmp_path: Path) -> None:
    found = loaded(tmp_path, "worker,web", {})

    assert {"slack_bolt", "slack_sdk", "discord"}.isdisjoint(found)


def test_every_role_together_loads_all_that_is_named(tmp_path: Path) -> None:
    """So that a name in the table above which no longer exists is found out."""
    found = loaded(tmp_path, "worker,slack,discord,web", CHATS)

    assert {name for name, roles in NEEDED.items() if roles} <= found
