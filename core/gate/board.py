"""What the gate keeps in mind: the openings of now and soon, as of the last look at the store."""

from __future__ import annotations

from collections.abc import Sequence

from core.model.server import Server
from core.policy.gate import Opening
from core.store.openings import Stamps
from core.usecases.gate import Refreshed

GOOD_FOR = 30.0  # seconds that it is relied upon while the database is away


class Board:
    """Openings by server and path; instants are monotonic seconds."""

    def __init__(self) -> None:
        self.servers: dict[int, Server] = {}
        self.stamps: Stamps = {}
        self._openings: dict[int, Opening] = {}
        self._by_path: dict[tuple[int, str], Opening] = {}
        self._read_at = float("-inf")

    def find(self, server_id: int, path: str, now: float) -> Opening | None:
        """Give what a path opens, as far as it is in mind and not too old to be relied upon."""
        if now - self._read_at > GOOD_FOR:
            return None
        return self._by_path.get((server_id, path))

    def set_servers(self, servers: Sequence[Server]) -> None:
        """Keep in mind which servers ask."""
        self.servers = {server.id: server for server in servers}

    def refresh(self, refreshed: Refreshed, read_at: float) -> None:
        """Put what was read in place of what it was, leaving out what is no longer open."""
        for opening in refreshed.openings:
            self._openings[opening.reservation_id] = opening
        if refreshed.openings or refreshed.stamps.keys() != self.stamps.keys():
            self._openings = {one: self._openings[one] for one in refreshed.stamps}
            self._by_path = {(one.server_id, one.path): one for one in self._openings.values()}
        self.stamps = refreshed.stamps
        self._read_at = read_at
