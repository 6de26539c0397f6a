"""A desk with people at it: an operator, and two members who are not."""

from __future__ import annotations

import pytest

from core.model.people import Actor, Role, WorkspaceKind
from core.usecases.settings import Account, enter
from tests.commands.typing import Typist
from tests.databases import SqliteFiles
from tests.desks import Scene


@pytest.fixture
def database_url(sqlite_files: SqliteFiles) -> str:
    """Give an SQLite database: what differs between the databases lies below the commands."""
    return sqlite_files.fresh()


@pytest.fixture
def olga(scene: Scene) -> Typist:
    """Give the operator at their keyboard."""
    return Typist(scene.desk, scene.actor)


@pytest.fixture
async def bruno(scene: Scene) -> Typist:
    """Give a member of the same workspace."""
    return Typist(scene.desk, await member(scene, "bruno"))


async def member(scene: Scene, name: str) -> Actor:
    """Let somebody into the workspace who is no admin."""
    account = Account(
        WorkspaceKind.CONSOLE, "local", "Console", name, name.capitalize(), Role.MEMBER
    )
    return await scene.desk.run(enter, account)
