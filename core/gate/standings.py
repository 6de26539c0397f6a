"""Watchers who were let in a moment ago, and ask again: for each file of a stream, by HLS.

Nothing is decided here: what was decided holds for the same question as long as the opening is the
same, the time is not over, and the clock has not gone back.
"""

from __future__ import annotations

from datetime import datetime

from core.gate.board import Board
from core.gate.case import Case
from core.model.gate import Admit, Asked
from core.policy.gate import Opening

GOOD_FOR = 10.0  # seconds: whoever stays is looked at, and written down, anew
_REMEMBERED = 20_000


class Standings:
    """Who stands where; instants are monotonic seconds."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._standings: dict[tuple[int, Asked], tuple[Admit, Opening, str, datetime, float]] = {}

    def find(self, server_id: int, asked: Asked, at: datetime, now: float) -> Admit | None:
        """Give what was decided when the same was asked, where that still holds."""
        # a connection asks once; and a table that looks at hashes tells nobody a secret by its time
        standing = None if asked.client else self._standings.get((server_id, asked))
        if standing is None:
            return None
        admit, opening, path, since, until = standing
        holds = now < until and since <= at < admit.until
        return admit if holds and self._board.find(server_id, path, now) is opening else None

    def keep(self, case: Case, admit: Admit, opening: Opening, now: float) -> None:
        """Keep what was decided, where the same can be asked again."""
        if case.asked.client:
            return
        if len(self._standings) >= _REMEMBERED:
            self._standings.clear()  # who asks again is decided on again, and no worse off
        key = case.server.id, case.asked
        self._standings[key] = (admit, opening, case.path, case.at, now + GOOD_FOR)
