"""One transaction's view of the store, as a use case is given it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection

from core.access.links import Links
from core.access.vault import Vault
from core.store.addresses import Addresses
from core.store.agenda import Agenda
from core.store.audiences import Audiences
from core.store.connections import Connections
from core.store.deliveries import Deliveries
from core.store.drafts import Drafts
from core.store.dues import Dues
from core.store.errands import Errands
from core.store.events import Events
from core.store.installations import Installations
from core.store.linking import Linking
from core.store.meters import Meters
from core.store.openings import Openings
from core.store.people import People
from core.store.recipients import Recipients
from core.store.records import Records
from core.store.reservations import Reservations
from core.store.sending import Sending
from core.store.servers import Servers
from core.store.suppressions import Suppressions


@dataclass(frozen=True, slots=True)
class Limits:
    """What the operator bounds, so that the desk is no spam cannon; None: no bound.

    `recipients` per reservation; `new_addresses_*` count addresses never told before, in 24 hours.
    """

    recipients: int = 2000
    new_addresses_per_holder: int | None = None
    new_addresses_per_workspace: int | None = None
    keep_addresses: timedelta = timedelta(days=30)


@dataclass
class Store:
    """Named queries by subject, over one open transaction; nothing here commits."""

    connection: Connection
    now: datetime
    vault: Vault
    links: Links
    limits: Limits = field(default_factory=Limits)
    has_work: bool = False

    @cached_property
    def people(self) -> People:
        """Workspaces, people and their accounts."""
        return People(self.connection)

    @cached_property
    def linking(self) -> Linking:
        """Accounts that share one person."""
        return Linking(self.connection)

    @cached_property
    def servers(self) -> Servers:
        """Servers and blackouts."""
        return Servers(self.connection, self.vault)

    @cached_property
    def reservations(self) -> Reservations:
        """Reservations and their revisions."""
        return Reservations(self.connection, self.vault)

    @cached_property
    def recipients(self) -> Recipients:
        """Who is on a reservation, and what they have been told."""
        return Recipients(self.connection, self.vault)

    @cached_property
    def addresses(self) -> Addresses:
        """Who lists an address, over all reservations."""
        return Addresses(self.connection, self.vault)

    @cached_property
    def openings(self) -> Openings:
        """When, and to whom, streams are open."""
        return Openings(self.connection, self.vault)

    @cached_property
    def connections(self) -> Connections:
        """Who was admitted by the gate."""
        return Connections(self.connection)

    @cached_property
    def suppressions(self) -> Suppressions:
        """Which addresses are not written to."""
        return Suppressions(self.connection, self.vault)

    @cached_property
    def deliveries(self) -> Deliveries:
        """The outbox."""
        return Deliveries(self.connection)

    @cached_property
    def sending(self) -> Sending:
        """What dispatchers have taken from it."""
        return Sending(self.connection)

    @cached_property
    def dues(self) -> Dues:
        """What is to be done when."""
        return Dues(self.connection)

    @cached_property
    def installations(self) -> Installations:
        """Where the desk is installed in Slack."""
        return Installations(self.connection, self.vault)

    @cached_property
    def errands(self) -> Errands:
        """What was handed in and takes longer than a chat waits."""
        return Errands(self.connection, self.vault)

    @cached_property
    def events(self) -> Events:
        """Reservations among the scheduled events of Discord's guilds."""
        return Events(self.connection)

    @cached_property
    def drafts(self) -> Drafts:
        """Forms that are not handed in yet."""
        return Drafts(self.connection, self.vault)

    @cached_property
    def audiences(self) -> Audiences:
        """Audience lists."""
        return Audiences(self.connection)

    @cached_property
    def meters(self) -> Meters:
        """How the desk is doing, in figures."""
        return Meters(self.connection)

    @cached_property
    def agenda(self) -> Agenda:
        """What is on when, for those who only look."""
        return Agenda(self.connection)

    @cached_property
    def records(self) -> Records:
        """Answers kept, acts audited, and the pulse."""
        return Records(self.connection, self.now)
