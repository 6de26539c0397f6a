"""The console as a route: notices to a holder are handed to the screen in front of them."""

from __future__ import annotations

from typing import Protocol

from core.model.delivery import Accepted, Deferred, Outcome, Withdrawn
from core.model.recipient import RouteName
from core.outbox.route import HandOver, Lane, Message

_LOOK_AGAIN = 60.0  # seconds


class Screen(Protocol):
    """Where notices are shown."""

    def takes(self, recipient: str) -> bool:
        """Tell whether the recipient is the one who sits here."""

    def show(self, text: str) -> None:
        """Show a notice; must not raise."""


class ConsoleRoute:
    """Shows notices on one screen; those for others wait for the console that they sit at."""

    def __init__(self, screen: Screen) -> None:
        self.name = RouteName.CONSOLE
        self.lanes = 1
        self._screen = screen

    async def open(self) -> Lane:
        """Open a lane; there is nothing to connect to."""
        return _ConsoleLane(self._screen)


class _ConsoleLane:
    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._closed = False

    async def send(self, message: Message, hand_over: HandOver) -> Outcome:
        """Show one message; see `Lane`."""
        if self._closed:
            raise RuntimeError("this lane is closed: open another")
        if not self._screen.takes(message.recipient):
            return Deferred("its holder sits at no console now", retry_after=_LOOK_AGAIN)
        if not await hand_over():
            return Withdrawn()
        self._screen.show(message.data.decode())
        return Accepted()

    async def close(self) -> None:
        """Show no more; see `Lane`."""
        self._closed = True
