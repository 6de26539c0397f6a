"""A question of a streaming server's as it is looked into, with digests for what was given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from core.model.addresses import path_in
from core.model.gate import Access, Admit, Asked
from core.model.server import Server
from core.policy.gate import Given
from core.store.connections import Admitted
from core.store.desk import Desk

_ADDRESSES = 10_000


@dataclass(slots=True)
class Case:
    """Where a question leads, who asked it, and what was given.

    `address` is the client's as a digest, too; `at` is when it was asked.
    """

    server: Server
    path: str
    asked: Asked
    given: Given
    address: str
    at: datetime

    @property
    def enters(self) -> bool:
        """Tell whether it is a publisher who comes in: of those there is one at a time."""
        asked = self.asked
        return asked.access is Access.PUBLISH and not (asked.again and not asked.client)

    @property
    def secret(self) -> str:
        """The digest of what was given, to tell one secret from another."""
        return self.given.digests[0] if self.given.digests else ""

    def admitted(self, admit: Admit) -> Admitted:
        """Make what is kept of it once it is let in."""
        return Admitted(
            server_id=self.server.id,
            reservation_id=admit.reservation_id,
            access=self.asked.access,
            client=self.asked.client,
            number=admit.number,
            access_serial=admit.access_serial,
            address_digest=self.address,
            at=self.at,
        )


@dataclass
class Cases:
    """Makes cases of questions."""

    desk: Desk
    _address_digest: Callable[[str], str] = field(init=False)

    def __post_init__(self) -> None:
        """Remember the digests of addresses: most ask again and again."""
        self._address_digest = lru_cache(_ADDRESSES)(self.desk.vault.digest)

    def of(self, server: Server, asked: Asked) -> Case:
        """Look up nothing: only read and digest what was given."""
        vault, links = self.desk.vault, self.desk.links
        ticket = links.read_ticket(asked.ticket) if asked.ticket else None
        given = Given(
            access=asked.access,
            user=asked.user,
            digests=vault.digests(asked.secret) if asked.secret else (),
            ticket=(ticket.reservation_id, ticket.number, ticket.access_serial) if ticket else None,
            nothing=not asked.has_credentials,
        )
        path = asked.path or path_in(server, asked.stream)
        address = self._address_digest(asked.address)
        return Case(server, path, asked, given, address, self.desk.now())
