"""A guild's scheduled events ("Events" in Discord's clients)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.server.errors import Json

if TYPE_CHECKING:
    from tests.discord.server.user import User

STAGE_INSTANCE, VOICE_CHANNEL, EXTERNAL = 1, 2, 3
SCHEDULED, ACTIVE, COMPLETED, CANCELED = 1, 2, 3, 4


@dataclass(eq=False)
class ScheduledEvent:
    """An event. Times are ISO 8601; `status` is one of the four above.

    `changes` counts the edits; one that was deleted is in its guild no more, and has `deleted`.
    """

    id: int
    guild_id: int
    creator: User
    name: str
    start: str
    end: str | None = None
    description: str | None = None
    location: str | None = None
    channel_id: int | None = None
    entity_type: int = EXTERNAL
    status: int = SCHEDULED
    image: str | None = None
    deleted: bool = False
    changes: int = 0
    payload: Json = field(default_factory=dict)

    def as_json(self) -> Json:
        """Describe it as Discord does."""
        return {
            "id": str(self.id),
            "guild_id": str(self.guild_id),
            "channel_id": str(self.channel_id) if self.channel_id else None,
            "creator_id": str(self.creator.id),
            "creator": self.creator.as_json(),
            "name": self.name,
            "description": self.description,
            "scheduled_start_time": self.start,
            "scheduled_end_time": self.end,
            "privacy_level": 2,
            "status": self.status,
            "entity_type": self.entity_type,
            "entity_id": None,
            "entity_metadata": {"location": self.location} if self.location else None,
            "image": None,
            "recurrence_rule": None,
            "user_count": 0,
        }
