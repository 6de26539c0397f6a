"""The desk's tables, by subject; importing this package declares them all.

Instants are UTC (SQLModel's own column type refuses naive ones). Status words are text with a
CHECK: a native enum type would need a migration of its own on one database and not on the other.
"""

from core.store.tables.chats import (
    DraftRow,
    ErrandRow,
    FormerPersonRow,
    LinkedAccountRow,
    ScheduledEventRow,
    SlackInstallationRow,
)
from core.store.tables.connections import ConnectionRow
from core.store.tables.deliveries import DeliveryRow, DueRow, SuppressionRow
from core.store.tables.people import (
    AccountRow,
    AudienceListRow,
    AudienceMemberRow,
    PersonRow,
    WorkspaceRow,
)
from core.store.tables.records import AuditRow, PulseRow, SubmissionRow
from core.store.tables.reservations import RecipientRow, ReservationRow, RevisionRow
from core.store.tables.servers import BlackoutRow, ServerRow

__all__ = [
    "AccountRow",
    "AudienceListRow",
    "AudienceMemberRow",
    "AuditRow",
    "BlackoutRow",
    "ConnectionRow",
    "DeliveryRow",
    "DraftRow",
    "DueRow",
    "ErrandRow",
    "FormerPersonRow",
    "LinkedAccountRow",
    "PersonRow",
    "PulseRow",
    "RecipientRow",
    "ReservationRow",
    "RevisionRow",
    "ScheduledEventRow",
    "ServerRow",
    "SlackInstallationRow",
    "SubmissionRow",
    "SuppressionRow",
    "WorkspaceRow",
]
