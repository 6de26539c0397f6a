"""The same payload delivered twice acts once and gives the same answer, over both transports."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.slack.books import books, everything
from tests.slack.house import HTTP, SOCKET
from tests.slack.operations import OPERATIONS, prepared, said
from tests.slack.quarters import Quarters, open_quarters

pytestmark = pytest.mark.asyncio(loop_scope="module")

_OPENS = {"slot_form", "slot_cancel", "slot_import"}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=[SOCKET, HTTP])
async def quarters(
    request: pytest.FixtureRequest,
    sqlite_files: SqliteFiles,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Quarters]:
    folder = tmp_path_factory.mktemp("twice")
    async with open_quarters(sqlite_files.fresh(), folder, Clock(), request.param) as opened:
        yield opened
        assert [] == opened.slack.protocol_errors
        # what opens a modal may not be used twice: we try, and Slack says so
        assert {"exchanged_trigger_id"} == {call.outcome for call in opened.slack.refusals}


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_second_copy_does_nothing_and_is_answered_alike(
    quarters: Quarters, operation: str
) -> None:
    role = "admin" if operation.startswith(("/server", "/stop")) else "holder"
    cell = await prepared(quarters, role, operation)
    first = await OPERATIONS[operation](cell)
    words = await said(first)
    opened = first.view is not None and first.view.callback_id in _OPENS
    before, modals = await books(quarters.app.desk), [view.id for view in cell.person.views]

    second = await quarters.slack.repeat(first)

    assert second.error is None
    if opened:
        # whatever else would be said would be said before what is asked for next is answered
        await said(await cell.press("show"))
        assert [] == second.messages
    else:
        assert words == await said(second)
    assert everything(before) == everything(await books(quarters.app.desk))
    assert modals == [view.id for view in cell.person.views]
