"""Notices to the holder at a console: only their own, and above what they type."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.console_notices import ConsoleRoute
from bot.console.inbox import Inbox, compose_notice
from core.model.recipient import RouteName
from core.outbox.dispatch import Dispatcher, Outlet
from core.usecases.tick import carry_out, due_now
from tests.adapters.route_contract import DeferringRouteContract, Harness
from tests.commands.typing import RESERVE
from tests.console.sitting import Sitting


class Window:
    """A screen that everybody but Dora looks at."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def takes(self, recipient: str) -> bool:
        """Tell whether the recipient looks at it."""
        return recipient != "dora@example.org"

    def show(self, text: str) -> None:
        """Show a notice."""
        self.shown.append(text)


class ConsoleHarness(Harness):
    """The route with a window as its screen."""

    def __init__(self) -> None:
        self.window = Window()
        self.route = ConsoleRoute(self.window)

    def arrived(self) -> list[bytes]:
        """Give what the window showed."""
        return [text.encode() for text in self.window.shown]

    def deferred_recipient(self) -> str:
        """Name who does not look at it."""
        return "dora@example.org"


class TestConsoleRoute(DeferringRouteContract):
    """The contract of routes that can put somebody off; nobody is refused for good."""

    test_a_refused_recipient_is_told_apart_and_costs_the_next_one_nothing = None  # type: ignore[assignment]  # who is not here may come

    @pytest.fixture
    def harness(self) -> ConsoleHarness:
        """Give the route."""
        return ConsoleHarness()


def test_an_inbox_takes_what_is_for_whoever_sits_there() -> None:
    inbox = Inbox()
    before = inbox.takes("7")
    inbox.belongs_to(7)

    assert (False, True, False) == (before, inbox.takes("7"), inbox.takes("8"))


async def test_a_holder_at_a_console_is_told_of_a_deadline_there(olga: Sitting) -> None:
    await olga.script(RESERVE)
    scene = olga.scene
    scene.clock.move(timedelta(days=3, hours=8))
    for due in await scene.desk.read(due_now):
        await scene.desk.run(carry_out, due)
    outlet = Outlet(ConsoleRoute(olga.app.inbox), compose_notice)
    dispatcher = Dispatcher(scene.desk, {RouteName.CONSOLE: outlet}, "example.org")
    await dispatcher.deliver_due()
    await dispatcher.close()

    screen = await olga.press()

    (mine,) = await olga.mine()
    assert "| [To be reconfirmed] Evening show" in screen
    assert "Please reconfirm it by Thu 3 Dec 2026, 20:00 UTC" in screen
    assert f"/slot reconfirm {mine.code}" in screen
