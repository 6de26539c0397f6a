"""A question of a streaming server's as it is looked into, with digests for what was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.model.addresses import path_in
from core.model.gate import Access, Asked
from core.model.server import Server
from core.policy.gate import Given
from core.store.desk import Desk


@dataclass(slots=True)
class Case:
    """Where a question leads, who asked it, and what was given; `at` is when it was asked."""

    server: Server
    path: str
    asked: Asked
    given: Given
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


def case_of(desk: Desk, server: Server, asked: Asked, at: datetime) -> Case:
    """Make a case of a question: look up nothing, only read and digest what was given."""
    ticket = desk.links.read_ticket(asked.ticket) if asked.ticket else None
    given = Given(
        asked.access,
        asked.user,
        desk.vault.digests(asked.secret) if asked.secret else (),
        (ticket.reservation_id, ticket.number, ticket.access_serial) if ticket else None,
        nothing=not asked.has_credentials,
    )
    path = asked.path or path_in(server, asked.stream)
    return Case(server, path, asked, given, at)
