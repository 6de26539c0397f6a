"""Who was let in, as the gate remembers it until that is written down, some at a time."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from core.model.gate import Access, Gone
from core.store.connections import Admitted, Departed

_AGAIN = 20.0  # seconds after which somebody who is still there is written down anew
_REMEMBERED = 50_000
_EXPECTED = 10.0  # seconds within which a server says that the one before has gone
_AT_ONCE = 500  # rows in one transaction

Key: TypeAlias = tuple[int, Access, str, int | None, str]


@dataclass(slots=True)
class _Sighting:
    admitted: Admitted
    due_at: float  # when it is to be written down (again)
    secret: str


class Sightings:
    """Whoever was admitted, each once; instants are monotonic seconds."""

    def __init__(self) -> None:
        self._seen: OrderedDict[Key, _Sighting] = OrderedDict()
        self._unwritten: dict[Key, Admitted] = {}
        self._by_client: dict[tuple[int, Access, str], Key] = {}
        self._departed: list[Departed] = []
        self._brief: list[Admitted] = []  # have gone before it was written down that they came
        self._expected: dict[tuple[int, str], float] = {}

    def note(self, admitted: Admitted, secret: str, now: float) -> None:
        """Remember that somebody is there; `secret` is the digest of what let them in."""
        key = _key(admitted)
        known = self._seen.get(key)
        if known and known.admitted.access_serial == admitted.access_serial:
            known.secret = secret
            if now < known.due_at:
                return
        self._seen[key] = _Sighting(admitted, now + _AGAIN, secret)
        self._seen.move_to_end(key)
        self._unwritten[key] = admitted
        if admitted.client:
            self._by_client[admitted.server_id, admitted.access, admitted.client] = key
        if len(self._seen) > _REMEMBERED:
            _, oldest = self._seen.popitem(last=False)
            one = oldest.admitted
            self._by_client.pop((one.server_id, one.access, one.client), None)

    def knows(self, admitted: Admitted, secret: str) -> bool:
        """Tell whether somebody at that address is there with the same secret."""
        known = self._seen.get(_key(admitted))
        return known is not None and known.secret == secret

    def publishers(self, reservation_id: int) -> tuple[Admitted, ...]:
        """List those who publish, as far as this process let them in."""
        return tuple(
            one.admitted
            for key, one in self._seen.items()
            if key[:2] == (reservation_id, Access.PUBLISH)
        )

    def expect_gone(self, server_id: int, client: str, now: float) -> None:
        """Pass over that a publisher has gone, once: another of the same name took its place."""
        self._expected[server_id, client] = now + _EXPECTED

    def gone(self, server_id: int, gone: Gone, at: datetime, now: float) -> None:
        """Note that a connection has ended; another may be called so later."""
        publisher = gone.access is Access.PUBLISH
        if publisher and now < self._expected.pop((server_id, gone.client), now):
            return
        key = self._by_client.pop((server_id, gone.access, gone.client), None)
        if key is not None:
            self._seen.pop(key, None)
            if unwritten := self._unwritten.pop(key, None):
                self._brief.append(unwritten)
        self._departed.append(Departed(server_id, gone.access, gone.client, at))

    def take_departed(self) -> tuple[list[Admitted], list[Departed]]:
        """Take those whose end is to be written down, and who of them has yet to be at all."""
        brief, self._brief = self._brief, []
        departed, self._departed = self._departed, []
        return brief, departed

    def put_departed_back(self, brief: list[Admitted], departed: list[Departed]) -> None:
        """Keep what could not be written down for the next time."""
        self._brief = brief + self._brief
        self._departed = departed + self._departed

    def take(self) -> list[Admitted]:
        """Take some of what is to be written down."""
        keys = list(self._unwritten)[:_AT_ONCE]
        return [self._unwritten.pop(key) for key in keys]

    def put_back(self, admitted: list[Admitted]) -> None:
        """Keep what could not be written down for the next time, unless it is newer by now."""
        self._unwritten = {_key(one): one for one in admitted} | self._unwritten


def _key(admitted: Admitted) -> Key:
    return (
        admitted.reservation_id,
        admitted.access,
        admitted.client,
        admitted.number,
        admitted.address_digest,
    )
