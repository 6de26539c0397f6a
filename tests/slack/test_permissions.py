"""Every cell of operation, role and workspace: what comes of it, in one table.

A cell says what comes of an operation on Hanna's reservation, or on her workspace's lists and
servers: `done`; `own`, done in the actor's own workspace alone; `asked`, a form or question opens;
`seen`, shown; `hidden`, answered without a word of it; `denied`; `none`, as though there were no
such thing; and `-` where Slack lets nobody get there: visitors have no commands of ours.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.commands.catalogue import TOPICS
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.slack.books import books, everything, of_workspace
from tests.slack.operations import (
    MARKS,
    OPERATIONS,
    TITLE,
    Cell,
    prepared,
    said,
    shown_to_others,
)
from tests.slack.quarters import Quarters, open_quarters
from tests.slack.server import Heard

pytestmark = pytest.mark.asyncio(loop_scope="module")

TABLE = """
                          holder  member  admin   group   guest   visitor foreign f-admin
/reserve                  asked   asked   asked   asked   asked   -       asked   asked
/reserve in full          done    done    done    done    done    -       own     own
/list                     seen    hidden  hidden  hidden  hidden  -       hidden  hidden
/list all                 seen    hidden  seen    seen    hidden  -       hidden  hidden
/show                     seen    denied  seen    seen    denied  -       none    none
/free                     hidden  hidden  hidden  hidden  hidden  -       hidden  hidden
/reconfirm                done    denied  done    done    denied  -       none    none
/change                   asked   denied  asked   asked   denied  -       none    none
/change in full           done    denied  done    done    denied  -       none    none
/cancel                   done    denied  done    done    denied  -       none    none
/again                    seen    denied  seen    seen    denied  -       none    none
/key                      seen    denied  seen    seen    denied  -       none    none
/audience                 seen    seen    seen    seen    seen    -       none    none
/audience show            seen    seen    seen    seen    seen    -       none    none
/audience add             done    done    done    done    done    -       own     own
/audience remove          done    done    done    done    done    -       none    none
/audience import          asked   asked   asked   asked   asked   -       asked   asked
/audience export          seen    seen    seen    seen    seen    -       none    none
/audience drop            done    done    done    done    done    -       none    none
/server list              seen    seen    seen    seen    seen    -       hidden  hidden
/server show              seen    seen    seen    seen    seen    -       none    none
/server lines             denied  denied  denied  denied  denied  -       denied  denied
/server add               denied  denied  done    done    denied  -       denied  own
/server change            denied  denied  done    done    denied  -       none    none
/server change, of all    denied  denied  denied  denied  denied  -       denied  denied
/server blackout          denied  denied  done    done    denied  -       none    none
/server blackout, of all  denied  denied  denied  denied  denied  -       denied  denied
/server lift              denied  denied  done    done    denied  -       none    none
/settings                 seen    seen    seen    seen    seen    -       seen    seen
/settings, own            done    done    done    done    done    -       own     own
/settings workspace       denied  denied  done    done    denied  -       denied  own
/stop                     denied  denied  own     own     denied  -       denied  own
/link                     seen    seen    seen    seen    seen    -       seen    seen
/help                     seen    seen    seen    seen    seen    -       seen    seen
[reconfirm]               done    denied  done    done    denied  denied  none    none
[change]                  asked   denied  asked   asked   denied  denied  none    none
[cancel]                  asked   denied  asked   asked   denied  denied  none    none
[again]                   seen    denied  seen    seen    denied  denied  none    none
[show]                    seen    denied  seen    seen    denied  denied  none    none
[remind]                  done    done    done    done    done    done    none    none
[stop]                    done    done    done    done    done    done    none    none
[pick]                    asked   asked   asked   asked   asked   asked   asked   asked
[pick instead]            done    denied  done    done    denied  denied  none    none
[reserve]                 asked   asked   asked   asked   asked   asked   asked   asked
form reserve              done    done    done    done    done    done    own     own
form change               done    denied  done    done    denied  denied  none    none
form cancel               done    denied  done    done    denied  denied  none    none
form import               done    done    done    done    done    done    own     own
"""

_HEAD, *_ROWS = TABLE.strip("\n").splitlines()
ROLES = _HEAD.split()
CELLS = [
    pytest.param(row[:26].strip(), role, expected, id=f"{row[:26].strip()}-{role}")
    for row in _ROWS
    for role, expected in zip(ROLES, row[26:].split(), strict=True)
    if expected != "-"
]
_DENIED = re.compile("Only (its holder and the admins|admins) may do that")
_NONE = re.compile("There is no (reservation|server|audience list)")
_ASKED = {"slot_form", "slot_cancel", "slot_import"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def quarters(
    sqlite_files: SqliteFiles, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Quarters]:
    folder: Path = tmp_path_factory.mktemp("quarters")
    async with open_quarters(sqlite_files.fresh(), folder, Clock()) as opened:
        yield opened
        opened.nothing_refused()


@pytest.mark.parametrize(("operation", "role", "expected"), CELLS)
async def test_what_comes_of_it(
    quarters: Quarters, operation: str, role: str, expected: str
) -> None:
    cell = await prepared(quarters, role, operation)

    assert expected == await what_comes_of(cell, operation)


async def what_comes_of(cell: Cell, operation: str) -> str:
    """Do it; nobody else may get to see anything, and nothing may change that is not `done`."""
    desk, stage = cell.quarters.app.desk, cell.quarters.stage.id
    before = await books(desk)
    seen = shown_to_others(cell.quarters, cell.person)

    heard = await OPERATIONS[operation](cell)
    words = await said(heard)

    assert seen == shown_to_others(cell.quarters, cell.person)
    assert all(one.ephemeral_for == cell.person.id for one in heard.messages)
    after = await books(desk)
    if of_workspace(before, stage) != of_workspace(after, stage):
        return "done"
    if everything(before) != everything(after):
        return "own"
    return _told(heard, words, MARKS.get(operation, TITLE))


def _told(heard: Heard, words: str, mark: str) -> str:
    """Say what an answer was, of which nothing came."""
    if heard.view is not None and heard.view.callback_id in _ASKED:
        return "asked"
    for pattern, told in ((_DENIED, "denied"), (_NONE, "none")):
        if pattern.search(words):
            assert TITLE not in words
            return told
    return "seen" if mark in words else "hidden"


async def test_the_table_has_every_command() -> None:
    typed = [row.values[0] for row in CELLS]

    missing = [
        one.name for one in TOPICS if not any(str(row).startswith(f"/{one.name}") for row in typed)
    ]
    assert [] == missing
    assert set(OPERATIONS) == set(typed)
