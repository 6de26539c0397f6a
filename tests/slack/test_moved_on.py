"""Old buttons, and modals left open: on a reservation that has moved on, and after a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from core.model.reservation import NotificationPolicy
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.slack.books import books, everything
from tests.slack.house import HTTP, SOCKET
from tests.slack.operations import DAY, TITLE, Cell, reserved, said
from tests.slack.quarters import GONE, Quarters, open_quarters
from tests.slack.server import Heard, Message, View

HOUR = timedelta(hours=1)
AHEAD = DAY + 2 * HOUR  # the deadline is a day before the start: in two hours


@dataclass
class Old:
    """Hanna's reservation with all that she was once shown of it: buttons and open modals."""

    quarters: Quarters
    code: str
    permission: Message
    change: View
    question: View

    @property
    def cell(self) -> Cell:
        """Give Hanna, about to press something."""
        return Cell(self.quarters, "holder", self.code, 1, 1)

    async def press(self, act: str) -> Heard:
        """Press a button of the permission as it was at first."""
        return await self.quarters.people["holder"].click(self.permission, f"slot:{act}")

    async def hand_in_change(self) -> Heard:
        """Hand in the form for change that was open all the time."""
        return await self.quarters.people["holder"].submit(self.change, {"title": "Late show"})

    async def hand_in_cancel(self) -> Heard:
        """Answer the question that was open all the time."""
        return await self.quarters.people["admin"].submit(self.question, {"reason": "ill"})


async def old(quarters: Quarters) -> Old:
    """Reserve, open the form for change and, as the admin, the question before a cancellation."""
    code = await reserved(quarters, policy=NotificationPolicy.BOTH, ahead=AHEAD)
    await quarters.deliver()
    hanna, adam = quarters.people["holder"], quarters.people["admin"]
    (permission,) = hanna.direct_messages
    change = await (await hanna.click(permission, "slot:change")).opened()
    button = quarters.put_before("admin", ("cancel", code))
    question = await (await adam.click(button, "slot:cancel")).opened()
    return Old(quarters, code, copy(permission), change, question)


@pytest.fixture(params=[SOCKET, HTTP])
async def quarters(
    request: pytest.FixtureRequest, sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock
) -> AsyncIterator[Quarters]:
    async with open_quarters(sqlite_files.fresh(), tmp_path, clock, request.param) as opened:
        yield opened
        opened.nothing_refused()


only_by_socket = pytest.mark.parametrize("quarters", [SOCKET], indirect=True)


async def _reconfirmed(it: Old) -> None:
    await said(await it.cell.type(f"reconfirm {it.code}"))


async def _cancelled(it: Old) -> None:
    await said(await it.cell.type(f"cancel {it.code}"))


async def _lapsed(it: Old) -> None:
    await it.quarters.until(it.quarters.clock.now + 2 * HOUR)


async def _over(it: Old) -> None:
    await _reconfirmed(it)
    it.quarters.clock.move(AHEAD + 3 * HOUR)
    await it.quarters.deliver()


Press = Callable[[Old], Awaitable[Heard]]
RECONFIRM: Press = lambda it: it.press("reconfirm")  # noqa: E731 - rows of a table
CHANGE: Press = lambda it: it.press("change")  # noqa: E731
CANCEL: Press = lambda it: it.press("cancel")  # noqa: E731
PICK: Press = lambda it: it.cell.press("pick:0", it.cell.picked(code=it.code))  # noqa: E731
REMIND: Press = lambda it: it.cell.press("remind")  # noqa: E731
AGAIN: Press = lambda it: it.cell.press("again")  # noqa: E731
SHOW: Press = lambda it: it.cell.press("show")  # noqa: E731
FORM: Press = lambda it: it.hand_in_change()  # noqa: E731
QUESTION: Press = lambda it: it.hand_in_cancel()  # noqa: E731

BEFORE = "nothing is left to do"
MOVED_ON = [
    pytest.param(_reconfirmed, {RECONFIRM: f"was reconfirmed before: {BEFORE}"}, id="reconfirmed"),
    pytest.param(
        _cancelled,
        {
            **dict.fromkeys((RECONFIRM, CHANGE, CANCEL, PICK, REMIND, FORM), "was cancelled"),
            AGAIN: "Nobody is left to be told",
            SHOW: "cancelled",
            QUESTION: f"was cancelled before: {BEFORE}",
        },
        id="cancelled",
    ),
    pytest.param(
        _lapsed,
        {
            **dict.fromkeys(
                (RECONFIRM, CHANGE, CANCEL, PICK, REMIND, FORM, QUESTION),
                "has lapsed: it was not reconfirmed by",
            ),
            AGAIN: "Nobody is left to be told",
            SHOW: "lapsed",
        },
        id="lapsed",
    ),
    pytest.param(
        _over,
        {
            **dict.fromkeys(
                (RECONFIRM, CHANGE, CANCEL, PICK, REMIND, AGAIN, FORM, QUESTION), "is over"
            ),
            SHOW: "over",
        },
        id="over",
    ),
]


@only_by_socket
@pytest.mark.parametrize(("moves_on", "answers"), MOVED_ON)
async def test_an_old_button_answers_with_the_present_state_and_does_nothing(
    quarters: Quarters, moves_on: Callable[[Old], Awaitable[None]], answers: dict[Press, str]
) -> None:
    it = await old(quarters)
    await moves_on(it)
    await quarters.deliver()
    before = everything(await books(quarters.app.desk))

    for press, expected in answers.items():
        words = await said(await press(it))
        assert expected in words
        assert TITLE in words
    assert before == everything(await books(quarters.app.desk))


async def test_buttons_and_open_modals_work_after_a_restart(quarters: Quarters) -> None:
    it = await old(quarters)

    await quarters.restart()
    reconfirmed = await said(await it.press("reconfirm"))
    await quarters.restart()
    changed = await said(await it.hand_in_change())
    await quarters.restart()
    cancelled = await said(await it.hand_in_cancel())
    await quarters.deliver()

    assert f"Reconfirmed: {TITLE}" in reconfirmed
    assert "Title: Premiere → Late show" in changed
    assert "Cancelled: Late show" in cancelled
    (card,) = (one for one in quarters.general.messages if one.metadata)
    assert "Cancelled" in card.words


async def test_a_copy_that_comes_after_a_restart_does_nothing_either(quarters: Quarters) -> None:
    it = await old(quarters)
    first = [await it.press("reconfirm"), await it.hand_in_change()]
    words = [await said(one) for one in first]
    before = everything(await books(quarters.app.desk))

    await quarters.restart()
    again = [await said(await quarters.slack.repeat(one)) for one in first]

    assert words == again
    assert before == everything(await books(quarters.app.desk))


@only_by_socket
async def test_send_again_goes_to_the_failed_only_and_is_for_holder_and_admins(
    quarters: Quarters,
) -> None:
    hanna = quarters.people["holder"]
    line = (
        f'reserve when="2026-12-04 20:00" length=2h server=Studio title="{TITLE}" policy="at once"'
    )
    heard = await hanna.type(f'/slot {line} audience="ann@example.org, {GONE}"', quarters.general)
    code = heard.words.partition("reservation ")[2][:7]
    await quarters.deliver()
    before = everything(await books(quarters.app.desk))

    for role in ("member", "guest", "visitor"):
        words = await said(await Cell(quarters, role, code, 1, 1).press("again"))
        assert "Only its holder and the admins may do that" in words
    assert before == everything(await books(quarters.app.desk))
    for role in ("holder", "admin", "group"):
        words = await said(await Cell(quarters, role, code, 1, 1).press("again"))
        assert "1 recipient of Premiere" in words
        await quarters.deliver()
    assert 1 == len(quarters.mailboxes.mailbox("ann@example.org"))
