"""The same interaction delivered twice acts once, and whoever began it sees one answer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.discord.operations import COMPLETED, OPERATIONS, prepared, said
from tests.discord.quarters import Quarters, open_quarters
from tests.slack.books import Rows, books, everything

pytestmark = pytest.mark.asyncio(loop_scope="module")

_ANSWERED_ALREADY = "40060"
# Drafts: a form opened twice is kept twice, and the one that nobody sees is forgotten in time
_ASIDE = {"draft"}
_DONE = [one for one in OPERATIONS if one.removeprefix("? ") not in COMPLETED]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def quarters(
    sqlite_files: SqliteFiles, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Quarters]:
    folder = tmp_path_factory.mktemp("twice")
    async with open_quarters(sqlite_files.fresh(), folder, Clock()) as opened:
        yield opened
        assert [] == opened.discord.protocol_errors
        # to answer what is answered is tried, and Discord says so
        assert {_ANSWERED_ALREADY} == {call.outcome for call in opened.discord.refusals}


@pytest.mark.parametrize("operation", _DONE)
async def test_a_second_copy_does_nothing_and_is_not_answered_otherwise(
    quarters: Quarters, operation: str
) -> None:
    admins = ("/server", "/stop", "/settings workspace")
    role = "manager" if operation.startswith(admins) else "holder"
    cell = await prepared(quarters, role, operation)
    first = await OPERATIONS[operation](cell)
    words, asked, modal = await said(first), first.interaction, first.modal
    assert asked is not None
    before, shown = await books(quarters.app.desk), _shown(quarters)

    asked.repeated = True
    refused = _refused(quarters)
    await quarters.discord.gateway.redeliver(asked.id)
    await quarters.discord.until(lambda: _refused(quarters) > refused)

    assert words == await said(first)
    assert modal is first.modal
    assert shown == _shown(quarters)
    assert _kept(before) == _kept(await books(quarters.app.desk))
    assert refused + 1 == _refused(quarters)
    quarters.code = ""


def _shown(quarters: Quarters) -> list[object]:
    """Give what the desk has shown to anybody, alone or in a channel."""
    alone = {
        user.id: [(one.id, one.words) for one in user.ephemeral]
        for user in quarters.discord.users.values()
    }
    return [alone, quarters.discord.calls_of("POST /channels/{channel}/messages")]


def _refused(quarters: Quarters) -> int:
    return sum(call.outcome == _ANSWERED_ALREADY for call in quarters.discord.refusals)


def _kept(rows: Rows) -> Rows:
    return {name: found for name, found in everything(rows).items() if name not in _ASIDE}


async def test_what_is_delivered_twice_includes_every_kind_of_deed() -> None:
    assert {"/", "[", "f"} == {one[0] for one in _DONE}
