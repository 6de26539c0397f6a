"""Every cell of operation, role and guild: what comes of it, in one table.

A cell says what comes of an operation on Hanna's reservation, or on her guild's lists and servers:
`done`; `own`, done in the actor's own guild alone; `asked`, a form or question opens; `seen`,
shown; `hidden`, answered without a word of it; `denied`; `none`, as though there were no such
thing; and `back`, the form is not theirs, and at most what they typed themselves is given back.
Those whose role begins with `dm` write to the desk
directly; all others in a channel of their guild.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.commands.catalogue import TOPICS
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.discord.operations import (
    MARKS,
    OPERATIONS,
    Cell,
    prepared,
    said,
    shown_to_others,
)
from tests.discord.quarters import Quarters, open_quarters
from tests.discord.server.heard import Heard
from tests.slack.books import Rows, books, everything, of_workspace
from tests.slack.operations import TITLE

pytestmark = pytest.mark.asyncio(loop_scope="module")

TABLE = """
                         | holder | member | manager | admin  | crew   | owner  | foreign | f-admin | dm member | dm manager | dm f-admin | dm holder
/reserve                 | asked  | asked  | asked   | asked  | asked  | asked  | asked   | asked   | asked     | asked      | asked      | asked
/reserve in full         | done   | done   | done    | done   | done   | done   | own     | own     | done      | done       | own        | done
/list                    | seen   | hidden | hidden  | hidden | hidden | hidden | hidden  | hidden  | hidden    | hidden     | hidden     | seen
/list all                | seen   | hidden | seen    | seen   | seen   | seen   | hidden  | hidden  | hidden    | seen       | hidden     | seen
/show                    | seen   | denied | seen    | seen   | seen   | seen   | none    | none    | denied    | seen       | none       | seen
/free                    | hidden | hidden | hidden  | hidden | hidden | hidden | hidden  | hidden  | hidden    | hidden     | hidden     | hidden
/reconfirm               | done   | denied | done    | done   | done   | done   | none    | none    | denied    | done       | none       | done
/change                  | asked  | denied | asked   | asked  | asked  | asked  | none    | none    | denied    | asked      | none       | asked
/change in full          | done   | denied | done    | done   | done   | done   | none    | none    | denied    | done       | none       | done
/cancel                  | done   | denied | done    | done   | done   | done   | none    | none    | denied    | done       | none       | done
/again                   | seen   | denied | seen    | seen   | seen   | seen   | none    | none    | denied    | seen       | none       | seen
/key                     | seen   | denied | seen    | seen   | seen   | seen   | none    | none    | denied    | seen       | none       | seen
/audience show           | seen   | seen   | seen    | seen   | seen   | seen   | none    | none    | seen      | seen       | none       | seen
/audience show one       | seen   | seen   | seen    | seen   | seen   | seen   | none    | none    | seen      | seen       | none       | seen
/audience add            | done   | done   | done    | done   | done   | done   | own     | own     | done      | done       | own        | done
/audience remove         | done   | done   | done    | done   | done   | done   | none    | none    | done      | done       | none       | done
/audience import         | done   | done   | done    | done   | done   | done   | own     | own     | done      | done       | own        | done
/audience export         | seen   | seen   | seen    | seen   | seen   | seen   | none    | none    | seen      | seen       | none       | seen
/audience drop           | done   | done   | done    | done   | done   | done   | none    | none    | done      | done       | none       | done
/server list             | seen   | seen   | seen    | seen   | seen   | seen   | hidden  | hidden  | seen      | seen       | hidden     | seen
/server show             | seen   | seen   | seen    | seen   | seen   | seen   | none    | none    | seen      | seen       | none       | seen
/server lines            | denied | denied | denied  | denied | denied | denied | denied  | denied  | denied    | denied     | denied     | denied
/server add              | denied | denied | done    | done   | done   | done   | denied  | own     | denied    | done       | own        | denied
/server change           | denied | denied | done    | done   | done   | done   | none    | none    | denied    | done       | none       | denied
/server change, of all   | denied | denied | denied  | denied | denied | denied | denied  | denied  | denied    | denied     | denied     | denied
/server blackout         | denied | denied | done    | done   | done   | done   | none    | none    | denied    | done       | none       | denied
/server blackout, of all | denied | denied | denied  | denied | denied | denied | denied  | denied  | denied    | denied     | denied     | denied
/server lift             | denied | denied | done    | done   | done   | done   | none    | none    | denied    | done       | none       | denied
/settings                | seen   | seen   | seen    | seen   | seen   | seen   | seen    | seen    | seen      | seen       | seen       | seen
/settings, own           | done   | done   | done    | done   | done   | done   | own     | own     | done      | done       | own        | done
/settings workspace      | denied | denied | done    | done   | done   | done   | denied  | own     | denied    | done       | own        | denied
/link                    | seen   | seen   | seen    | seen   | seen   | seen   | seen    | seen    | seen      | seen       | seen       | seen
/stop                    | denied | denied | own     | own    | own    | own    | denied  | own     | denied    | own        | own        | denied
/help                    | seen   | seen   | seen    | seen   | seen   | seen   | seen    | seen    | seen      | seen       | seen       | seen
? code                   | seen   | hidden | hidden  | hidden | hidden | hidden | hidden  | hidden  | hidden    | hidden     | hidden     | seen
? list                   | seen   | seen   | seen    | seen   | seen   | seen   | hidden  | hidden  | seen      | seen       | hidden     | seen
? lists                  | seen   | seen   | seen    | seen   | seen   | seen   | hidden  | hidden  | seen      | seen       | hidden     | seen
? server                 | seen   | seen   | seen    | seen   | seen   | seen   | hidden  | hidden  | seen      | seen       | hidden     | seen
[reconfirm]              | done   | denied | done    | done   | done   | done   | none    | none    | denied    | done       | none       | done
[change]                 | asked  | denied | asked   | asked  | asked  | asked  | none    | none    | denied    | asked      | none       | asked
[cancel]                 | asked  | denied | asked   | asked  | asked  | asked  | none    | none    | denied    | asked      | none       | asked
[again]                  | seen   | denied | seen    | seen   | seen   | seen   | none    | none    | denied    | seen       | none       | seen
[show]                   | seen   | denied | seen    | seen   | seen   | seen   | none    | none    | denied    | seen       | none       | seen
[remind]                 | done   | done   | done    | done   | done   | done   | none    | none    | none      | none       | none       | none
[stop]                   | done   | done   | done    | done   | done   | done   | none    | none    | done      | done       | none       | done
[pick]                   | asked  | asked  | asked   | asked  | asked  | asked  | asked   | asked   | asked     | asked      | asked      | asked
[pick instead]           | done   | denied | done    | done   | done   | done   | none    | none    | denied    | done       | none       | done
[reserve]                | asked  | asked  | asked   | asked  | asked  | asked  | asked   | asked   | asked     | asked      | asked      | asked
[form]                   | asked  | back   | back    | back   | back   | back   | back    | back    | back      | back       | back       | asked
[confirm]                | hidden | back   | back    | back   | back   | back   | back    | back    | back      | back       | back       | hidden
[take]                   | back   | back   | back    | back   | back   | back   | back    | back    | back      | back       | back       | back
form reserve             | done   | done   | done    | done   | done   | done   | own     | own     | done      | done       | own        | done
form change              | done   | denied | done    | done   | done   | done   | none    | none    | denied    | done       | none       | done
form reserve, hers       | done   | back   | back    | back   | back   | back   | back    | back    | back      | back       | back       | done
form change, hers        | done   | back   | back    | back   | back   | back   | back    | back    | back      | back       | back       | done
form cancel              | done   | denied | done    | done   | done   | done   | none    | none    | denied    | done       | none       | done
"""  # noqa: E501 - a table

_HEAD, *_ROWS = [[one.strip() for one in line.split("|")] for line in TABLE.strip().splitlines()]
ROLES = _HEAD[1:]
EXPECTED = {name: dict(zip(ROLES, row, strict=True)) for name, *row in _ROWS}
_ASIDE = {"draft"}  # what somebody typed into a form, kept for them alone
_ABROAD = {"foreign", "f-admin", "dm f-admin"}
_NOT_A_MEMBER = ("GET /guilds/{guild}/members/{user}", "10007")
_DENIED = re.compile("Only (its holder and the admins|admins) may do that")
_NONE = re.compile("There is no (reservation|server|audience list)")
_BACK = re.compile("[Tt]hat form (is|was) not kept any more")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cast(
    request: pytest.FixtureRequest,
    sqlite_files: SqliteFiles,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[Quarters, str]]:
    """Open quarters for each role: books that are short are soon compared."""
    folder: Path = tmp_path_factory.mktemp("quarters")
    async with open_quarters(sqlite_files.fresh(), folder, Clock()) as opened:
        yield opened, request.param
        # whether somebody is a member is asked of Discord, which may well say that they are not
        calls = opened.discord.calls
        calls[:] = [one for one in calls if (one.route, one.outcome) != _NOT_A_MEMBER]
        opened.nothing_refused()


@pytest.mark.parametrize("operation", EXPECTED)
@pytest.mark.parametrize("cast", ROLES, indirect=True)
async def test_what_comes_of_it(
    cast: tuple[Quarters, str], operation: str, caplog: pytest.LogCaptureFixture
) -> None:
    quarters, role = cast
    cell = await prepared(quarters, role, operation)

    assert EXPECTED[operation][role] == await what_comes_of(cell, operation)
    ours = [one for one in caplog.records if one.name.startswith(("bot.", "core.", "adapters."))]
    assert [] == [one for one in ours if one.levelno > logging.INFO]


async def what_comes_of(cell: Cell, operation: str) -> str:
    """Do it; nobody else may get to see anything, and nothing may change that is not `done`."""
    desk, stage = cell.quarters.app.desk, str(cell.quarters.stage.id)
    before = await books(desk)
    seen = shown_to_others(cell.quarters, cell.person)

    heard = await OPERATIONS[operation](cell)
    words = await said(heard)

    assert seen == shown_to_others(cell.quarters, cell.person)
    assert all(one.ephemeral_for is cell.person for one in heard.messages)
    if cell.role in _ABROAD:
        assert not {TITLE, "Hanna"} & set(words.split())
    after = await books(desk)
    if of_workspace(before, stage) != of_workspace(after, stage):
        cell.quarters.code = ""
        return "done"
    if _kept(before) != _kept(after):
        return "own"
    return _told(heard, words, MARKS.get(operation, TITLE))


def _kept(rows: Rows) -> Rows:
    return {name: found for name, found in everything(rows).items() if name not in _ASIDE}


def _told(heard: Heard, words: str, mark: str) -> str:
    """Say what an answer was, of which nothing came."""
    assert heard.failed is None
    if heard.modal is not None:
        return "asked"
    for pattern, told in ((_DENIED, "denied"), (_NONE, "none"), (_BACK, "back")):
        if pattern.search(words):
            assert TITLE not in words
            return told
    return "seen" if mark in words else "hidden"


async def test_the_table_has_every_command() -> None:
    typed = list(EXPECTED)
    # a word to a command of the catalogue is an option here
    names = {one.name.removesuffix(" workspace") for one in TOPICS}

    missing = [one for one in names if not any(str(row).startswith(f"/{one}") for row in typed)]
    assert [] == missing
    assert set(OPERATIONS) == set(typed)
