"""What went out of a reservation's stream, as far as its server asks the desk."""

from __future__ import annotations

from collections.abc import Iterator

from core.model.prose import At, During, Line
from core.model.reservation import Status
from core.model.slot import Slot
from core.notices.words import Row
from core.store.connections import Aired
from core.usecases.look import Shown


def aired_rows(answer: Shown) -> Iterator[Row]:
    """Say from when to when somebody published, and how many watched; or that nobody did."""
    aired = answer.aired
    if aired is None:
        return
    if aired.since is None:
        yield from _silent(answer)
        return
    yield Row("Went out", _stretch(aired))
    yield Row("Watched by", (f"{aired.watchers:,}" if aired.watchers else "nobody",))


def _stretch(aired: Aired) -> Line:
    since, until = aired.since, aired.until
    if since is None:
        return ()
    if until is None:
        return ("since ", At(since), ", and still on the air")
    return (During(Slot(since, until)) if since < until else At(since),)


def _silent(answer: Shown) -> Iterator[Row]:
    """Say that nobody published, once the slot has begun; what was called off was not to go out."""
    reservation = answer.reservation
    if reservation.status in {Status.CANCELLED, Status.LAPSED}:
        return
    if answer.ended:
        yield Row("Went out", ("nothing: nobody published",))
    elif reservation.slot.starts_at <= answer.at:
        yield Row("Went out", ("nothing yet: nobody has published",))
