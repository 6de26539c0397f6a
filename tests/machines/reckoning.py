"""What came of each reservation in the end: in the desk's books, by mail, and in the channels."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.reservation import Reservation, Status
from core.store.store import Store
from tests.machines.fleet import SOON
from tests.machines.life import Life
from tests.machines.posts import events_of, posts_of
from tests.machines.regulars import Regulars

_MOST = 5000
_MINUTE = timedelta(minutes=1)
_LOOK = 0.1  # seconds between two looks at what tells nobody


@dataclass(frozen=True)
class Came:
    """How often it was booked and became another, and what was said of it by mail and in posts."""

    booked: int
    revisions: int
    mailed: list[str]
    posts: list[list[str]]


@dataclass(frozen=True)
class Books:
    """All reservations of a desk beside whoever tried them.

    `doubtful` are those of which a mail may have arrived or not, and is not sent again.
    """

    regulars: Regulars
    reservations: list[Reservation]
    doubtful: set[int]

    def amiss(self, *, in_hand_at: float = 0.0) -> list[str]:
        """List where something is missing, twice there, or was never asked for.

        What was not answered is to have had no effect; of a reservation that was begun before
        `in_hand_at`, either may be true.
        """
        return [wrong for one in self.regulars.lives if (wrong := self._amiss(one, in_hand_at))]

    def _amiss(self, life: Life, in_hand_at: float) -> str:
        of_it = [one for one in self.reservations if one.title in {life.title, life.later}]
        came = self._came(life, of_it)
        answered = [life.answered]
        if life.given_up and life.begun < in_hand_at:
            answered.append(life.answered + 1)
        may_be = [_due(life, number) for number in answered]
        if self.doubtful.intersection(one.id for one in of_it):
            may_be = [_as_far_as(came, due) for due in may_be]
        events = events_of(self.regulars.fleet, life.title)
        return "" if came in may_be and events <= 1 else f"{life}: {came}, {events} events"

    def _came(self, life: Life, of_it: list[Reservation]) -> Came:
        fleet = self.regulars.fleet
        return Came(
            len(of_it),
            sum(one.revision for one in of_it),
            fleet.town.subjects(life.address),
            [post for one in of_it for post in posts_of(fleet, life.where, one.code)],
        )


def _due(life: Life, answered: int) -> Came:
    told = life.told(answered)
    posts = [told[1:]] if life.posted and answered else []
    return Came(min(answered, 1), answered, told, posts)


def _as_far_as(came: Came, due: Came) -> Came:
    """Leave out of what is due the mails that did not come, where one of them is in doubt."""
    return Came(due.booked, due.revisions, due.mailed[: len(came.mailed)], due.posts)


async def opened_books(regulars: Regulars) -> Books:
    """Look at everything there is, once the audience knows everything but what is in doubt."""
    async with asyncio.timeout(SOON):
        while (looked := await regulars.bench.desk.read(_looked)) is None:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(_LOOK)
    reservations, doubtful = looked
    return Books(regulars, reservations, doubtful)


def _looked(store: Store, now: datetime) -> tuple[list[Reservation], set[int]] | None:
    """Give all reservations, and those of which a mail is in doubt; None while there is work."""
    every, soon = store.reservations.many(range(1, _MOST)), now + _MINUTE
    sent = (one for number in every for one in store.deliveries.of(number))
    # holders are told more than a chat takes: that goes on for a while
    open_ones = [one for one in sent if one.number and one.state.open and one.not_before < soon]
    lapsing = any(
        one.status is Status.PERMITTED and one.reconfirm_by and one.reconfirm_by < soon
        for one in every.values()
    )
    doubted = {one.to for one in open_ones if one.doubtful}
    if lapsing or not doubted.issuperset(one.to for one in open_ones):  # what follows waits
        return None
    return list(every.values()), {number for number, _ in doubted}
