"""Who was let in, as the gate remembers it until that is written down, some at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeAlias

from core.gate.case import Case
from core.model.gate import Access, Admit, Gone
from core.store.connections import Admitted, Departed

_AGAIN = 20.0  # seconds after which somebody who is still there is written down anew
_REMEMBERED = 50_000
_EXPECTED = 10.0  # seconds within which a server says that the one before has gone
_AT_ONCE = 2000  # rows in one transaction

# reservation, publisher or watcher, the server's name for it, recipient, address
Key: TypeAlias = tuple[int, Access, str, int | None, str]


@dataclass(slots=True)
class _Sighting:
    admitted: Admitted
    due_at: float  # when it is to be written down (again)
    secret: str


class Sightings:
    """Whoever was admitted, each once; instants are monotonic seconds.

    `digest` makes of an address what is written down of it.
    """

    def __init__(self, digest: Callable[[str], str]) -> None:
        self._digest = digest
        self._seen: OrderedDict[Key, _Sighting] = OrderedDict()
        self._unwritten: dict[Key, Admitted] = {}
        self._by_client: dict[tuple[int, Access, str], Key] = {}
        self._departed: list[Departed] = []
        self._brief: list[Admitted] = []  # have gone before it was written down that they came
        self._expected: dict[tuple[int, str], float] = {}

    def note(self, case: Case, admit: Admit, now: float) -> None:
        """Remember that somebody is there, and what let them in."""
        key = _key(case, admit)
        known = self._seen.get(key)
        if known:
            if known.admitted.access_serial == admit.access_serial:
                known.secret = case.secret
                if now < known.due_at:
                    return
            self._seen.move_to_end(key)
        admitted = self._admitted(case, admit)
        self._seen[key] = _Sighting(admitted, now + _AGAIN, case.secret)
        self._unwritten[key] = admitted
        if admitted.client:
            self._by_client[admitted.server_id, admitted.access, admitted.client] = key
        if len(self._seen) > _REMEMBERED:
            _, oldest = self._seen.popitem(last=False)
            one = oldest.admitted
            self._by_client.pop((one.server_id, one.access, one.client), None)

    def knows(self, case: Case, admit: Admit) -> bool:
        """Tell whether somebody at that address is there with the same secret."""
        known = self._seen.get(_key(case, admit))
        return known is not None and known.secret == case.secret

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

    def take(self) -> dict[Key, Admitted]:
        """Take some of what is to be written down."""
        keys = list(islice(self._unwritten, _AT_ONCE))
        return {key: self._unwritten.pop(key) for key in keys}

    def put_back(self, some: dict[Key, Admitted]) -> None:
        """Keep what could not be written down for the next time, unless it is newer by now."""
        self._unwritten = some | self._unwritten

    def _admitted(self, case: Case, admit: Admit) -> Admitted:
        return Admitted(
            case.server.id,
            admit.reservation_id,
            case.asked.access,
            case.asked.client,
            admit.number,
            admit.access_serial,
            self._digest(case.asked.address),
            case.at,
        )


def _key(case: Case, admit: Admit) -> Key:
    asked = case.asked
    return (admit.reservation_id, asked.access, asked.client, admit.number, asked.address)
