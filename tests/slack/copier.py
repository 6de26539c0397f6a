"""A courier who brings each payload one to four times: at once, later, or after a restart."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field, replace
from random import Random

from tests.slack.server.courier import Courier, Parcel, Reply

MOST = 4


@dataclass(eq=False)
class Brought:
    """A payload, with what every copy of it was answered; `waiting` copies are still to come."""

    parcel: Parcel
    waiting: int
    replies: list[Reply] = field(default_factory=list)


class Copier(Courier):
    """Brings what people do as often as chance will have it, and keeps the answers."""

    def __init__(self, courier: Courier, chance: Random) -> None:
        super().__init__()
        self._courier = courier
        self.chance = chance
        self.brought: list[Brought] = []

    @property
    def waiting(self) -> list[Brought]:
        """Give what has copies to come."""
        return [one for one in self.brought if one.waiting]

    async def carry(self, parcel: Parcel) -> Reply:
        """Hand over a payload, with some copies at the same moment; the first answer counts."""
        copies = self.chance.randint(1, MOST)
        at_once = self.chance.randint(1, copies)
        brought = Brought(parcel, copies - at_once)
        self.brought.append(brought)
        others = [_copy(parcel) for _ in range(at_once - 1)]
        brought.replies += await asyncio.gather(
            *(self._courier.carry(one) for one in (parcel, *others))
        )
        return brought.replies[0]

    async def bring(self, brought: Brought) -> None:
        """Hand over one more copy."""
        brought.waiting -= 1
        brought.replies.append(await self._courier.carry(_copy(brought.parcel)))

    async def bring_some(self) -> None:
        """Hand over some of the copies that wait, all at the same moment."""
        waiting = self.waiting
        some = self.chance.sample(waiting, self.chance.randint(0, min(len(waiting), MOST)))
        await asyncio.gather(*(self.bring(one) for one in some))


def _copy(parcel: Parcel) -> Parcel:
    return replace(parcel, envelope_id=str(uuid.uuid4()))
