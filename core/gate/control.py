"""The port by which the desk looks at a streaming server's connections, and ends them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from core.model.gate import Running


class ControlError(Exception):
    """The control interface cannot be reached, or does not answer as it should; says why."""


class Control(Protocol):
    """One streaming server's control interface."""

    async def running(self) -> Sequence[Running]:
        """List the connections that publish or watch; raises `ControlError`."""

    async def kick(self, one: Running) -> None:
        """End a connection; one that has ended already is no error. Raises `ControlError`."""

    async def close(self) -> None:
        """Let go of what was kept open."""
