"""A streaming server's control interface as a test has it: what runs there, and whom it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.gate.control import ControlError
from core.model.gate import ControlAddress, Running
from core.model.server import ServerKind


@dataclass
class StreamingServer:
    """What runs on it; `broken` says why it cannot be asked, `stubborn` whom it does not end.

    `silent`: it takes a question and never answers.
    """

    listed: list[Running] = field(default_factory=list)
    kicked: list[Running] = field(default_factory=list)
    broken: str = ""
    silent: bool = False
    stubborn: set[str] = field(default_factory=set)
    looks: int = 0
    looked: asyncio.Condition = field(default_factory=asyncio.Condition)
    closed: int = 0
    kinds: list[ServerKind] = field(default_factory=list)
    addresses: list[ControlAddress] = field(default_factory=list)

    def control(self, kind: ServerKind, address: ControlAddress) -> StreamingServer:
        """Be the control interface at an address."""
        self.kinds.append(kind)
        self.addresses.append(address)
        return self

    async def running(self) -> Sequence[Running]:
        """List what runs."""
        async with self.looked:
            self.looks += 1
            self.looked.notify_all()
        if self.broken:
            raise ControlError(self.broken)
        if self.silent:
            await asyncio.Event().wait()
        return tuple(self.listed)

    async def kick(self, one: Running) -> None:
        """End a connection."""
        if one.client in self.stubborn:
            raise ControlError("it does not let go")
        self.kicked.append(one)
        self.listed.remove(one)

    async def close(self) -> None:
        """Note that nobody asks any more."""
        self.closed += 1

    async def looked_at(self, times: int) -> None:
        """Wait until it was asked so many times more."""
        wanted = self.looks + times
        async with asyncio.timeout(20), self.looked:
            await self.looked.wait_for(lambda: self.looks >= wanted)
