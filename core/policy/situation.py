"""The situation a slot is judged in: the server, what stands on it, whose wish it is, and now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.model.server import Blackout, Server
from core.model.slot import Slot
from core.policy.instants import shifted
from core.policy.reasons import Taken


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything but the slot itself, so that one situation serves for judging and for searching.

    `viewers` is what the wish takes of the server's `max_viewers`. `taken` and `held` leave out the
    reservation that is being changed. Raises `ValueError` for viewers below nought, which would
    make room: a front end checks that first.
    """

    server: Server
    viewers: int
    blackouts: Sequence[Blackout]
    taken: Sequence[Taken]
    held: Sequence[Slot]
    now: datetime

    def __post_init__(self) -> None:
        """Refuse a number that would turn the sums round."""
        if self.viewers < 0:
            raise ValueError("a slot cannot have fewer than no viewers")

    @property
    def soonest(self) -> datetime:
        """The first start that gives the server's notice."""
        return shifted(self.now, self.server.rules.notice)

    @property
    def latest(self) -> datetime:
        """The last start within the server's horizon."""
        return shifted(self.now, self.server.rules.horizon)
