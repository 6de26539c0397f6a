"""Watchers who were let in a moment ago, and ask again: for each file of a stream, by HLS.

Nothing is decided here: what was decided holds for the same question as long as the opening is the
same, the time is not over, and the clock has not gone back.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, TypeAlias

from core.gate.board import Board
from core.gate.case import Case
from core.model.gate import Admit, Asked
from core.policy.gate import Opening

GOOD_FOR = 10.0  # seconds: whoever stays is looked at, and written down, anew
_REMEMBERED = 20_000

_Question: TypeAlias = tuple[int, Asked]


class _Standing(NamedTuple):
    admit: Admit
    opening: Opening
    path: str
    since: datetime
    until: float


class Standings:
    """Who stands where; instants are monotonic seconds."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._newer: dict[_Question, _Standing] = {}
        self._older: dict[_Question, _Standing] = {}
        self._turns_at = float("-inf")

    def find(self, server_id: int, asked: Asked, at: datetime, now: float) -> Admit | None:
        """Give what was decided when the same was asked, where that still holds."""
        if asked.client:  # a connection asks once
            return None
        # a table that looks at hashes first tells nobody a secret by its time
        question = server_id, asked
        standing = self._newer.get(question) or self._older.get(question)
        if standing is None:
            return None
        holds = now < standing.until and standing.since <= at < standing.admit.until
        opening = self._board.find(server_id, standing.path, now) if holds else None
        return standing.admit if opening is standing.opening else None

    def keep(self, case: Case, admit: Admit, opening: Opening, now: float) -> None:
        """Keep what was decided, where the same can be asked again."""
        if case.asked.client:
            return
        if now >= self._turns_at:  # so that nothing stays that is not asked again
            self._older, self._newer, self._turns_at = self._newer, {}, now + GOOD_FOR
        elif len(self._newer) >= _REMEMBERED:
            self._newer = {}  # who asks again is decided on again, and no worse off
        question = case.server.id, case.asked
        self._newer[question] = _Standing(admit, opening, case.path, case.at, now + GOOD_FOR)
