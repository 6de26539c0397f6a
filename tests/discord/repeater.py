"""A gateway that brings each interaction one to four times: at once, later, or after a restart."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from tests.discord.server.dispatch import hand_on
from tests.discord.server.interactions import Interaction
from tests.discord.server.opcodes import DISPATCH
from tests.discord.server.server import DiscordServer
from tests.discord.server.world import Announcement, ApiCall

MOST = 4
CALLBACK = "POST /interactions/{interaction}/{token}/callback"
_BY_RESUME = 0.2
_LONG = 60  # seconds


@dataclass(eq=False)
class Brought:
    """An interaction with what every copy was answered; `waiting` copies are still to come."""

    announced: Announcement
    waiting: int
    answers: list[ApiCall] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Give the interaction's number."""
        return int(self.announced.data["id"])


@dataclass
class Repeater:
    """Brings what people do as often as chance will have it."""

    discord: DiscordServer
    chance: Random
    brought: dict[int, Brought] = field(default_factory=dict)
    _missing: int = 0
    _read: int = 0

    def __post_init__(self) -> None:
        """Begin with what is done from now on."""
        self.discord.listeners.append(self._again)

    @property
    def waiting(self) -> list[Brought]:
        """Give what has copies to come."""
        return [one for one in self.brought.values() if one.waiting]

    async def bring_some(self) -> None:
        """Bring some of the copies that wait: as they come, or all by one RESUME."""
        waiting = self.waiting
        some = self.chance.sample(waiting, self.chance.randint(0, min(len(waiting), MOST)))
        for one in some:
            one.waiting -= 1
        if some and self.chance.random() < _BY_RESUME:
            await self._resume(some)
            return
        self._missing += len(some)
        for one in some:
            hand_on(self.discord.gateway, one.announced)

    def all_answered(self) -> bool:
        """Tell whether every copy was answered, refused by Discord or not."""
        calls = self.discord.calls
        for call in calls[self._read :]:
            if call.route == CALLBACK and (number := int(call.ids["interaction"])) in self.brought:
                self.brought[number].answers.append(call)
                self._missing -= 1
        self._read = len(calls)
        return self._missing == 0

    async def until_all_answered(self) -> None:
        """Wait until every copy was answered."""
        await self.discord.until(self.all_answered, within=_LONG)

    async def _resume(self, some: list[Brought]) -> None:
        await self.until_all_answered()  # what is on its way is lost with the connection
        self._missing += len(some)
        gateway = self.discord.gateway
        before = gateway.connected
        (session,) = gateway.live
        for one in some:
            event = {"op": DISPATCH, "t": one.announced.name, "s": session.sequence}
            session.again.append(event | {"d": one.announced.data})
        gateway.drop()
        await gateway.wait_connected(after=before)

    def _again(self, happened: Announcement) -> None:
        """Bring a new interaction some more times at the same moment."""
        if happened.name != "INTERACTION_CREATE":
            return
        copies = self.chance.randint(1, MOST)
        at_once = self.chance.randint(1, copies)
        asked = self.discord.interactions[happened.data["token"]]
        assert isinstance(asked, Interaction)
        asked.repeated = True
        brought = Brought(happened, copies - at_once)
        self._missing += at_once
        self.brought[brought.number] = brought
        for _ in range(at_once - 1):
            hand_on(self.discord.gateway, happened)
