"""Where people meet: channels, threads, direct messages; and the files they hand in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.server import permissions
from tests.discord.server.clock import iso, made_at
from tests.discord.server.errors import Json
from tests.discord.server.messages import Message
from tests.discord.server.permissions import Overwrite, Permission
from tests.discord.server.user import User

if TYPE_CHECKING:
    from tests.discord.server.guild import Guild
    from tests.discord.server.members import Role

TEXT, DM, VOICE, CATEGORY, NEWS = 0, 1, 2, 4, 5
NEWS_THREAD, PUBLIC_THREAD, PRIVATE_THREAD, STAGE, FORUM = 10, 11, 12, 13, 15
THREADS = {NEWS_THREAD, PUBLIC_THREAD, PRIVATE_THREAD}
MESSAGEABLE = {TEXT, DM, VOICE, NEWS, STAGE} | THREADS


@dataclass(eq=False, repr=False)
class Channel:
    """A channel or a thread of a guild, or the direct messages of bot and `recipient`.

    `everything` are all messages that were ever there, ephemeral ones not among them. Take a
    channel away with `guild.delete_channel`; the object stays, with `deleted` set.
    """

    id: int
    name: str
    type: int = TEXT
    guild: Guild | None = None
    recipient: User | None = None
    parent: Channel | None = None
    position: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    archived: bool = False
    locked: bool = False
    owner_id: int | None = None
    deleted: bool = False
    everything: list[Message] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Channel {self.id} {self.name}: {self.messages}>"

    @property
    def is_thread(self) -> bool:
        """Whether it is a thread."""
        return self.type in THREADS

    @property
    def is_dm(self) -> bool:
        """Whether it is the direct messages of somebody."""
        return self.type == DM

    @property
    def guild_id(self) -> int | None:
        """The guild's id, if it is in one."""
        return self.guild.id if self.guild else None

    @property
    def mention(self) -> str:
        """What one writes to name it."""
        return f"<#{self.id}>"

    @property
    def messages(self) -> list[Message]:
        """What stands there now, oldest first."""
        return [one for one in self.everything if not one.deleted]

    def find(self, message_id: int) -> Message | None:
        """Find a message that is still there."""
        for message in self.everything:
            if message.id == message_id and not message.deleted:
                return message
        return None

    def permissions_of(self, user: User) -> Permission:
        """Tell what a user may here; nothing if they are not in the guild."""
        if self.guild is None:
            return permissions.in_direct_messages()
        member = self.guild.members.get(user.id)
        return permissions.in_channel(member, self) if member else Permission.NONE

    def overwrite(
        self,
        whom: Role | User,
        *,
        allow: Permission = Permission.NONE,
        deny: Permission = Permission.NONE,
    ) -> None:
        """Allow and deny a role or a user something here in particular, and tell the app."""
        kind = 1 if isinstance(whom, User) else 0
        self.overwrites[whom.id] = Overwrite(whom.id, kind, allow, deny)
        if self.guild is not None:
            self.guild.world.announce("CHANNEL_UPDATE", self.as_json(), self.guild)

    def as_json(self) -> Json:
        """Describe it as Discord does."""
        last = self.everything[-1].id if self.everything else None
        told: Json = {
            "id": str(self.id),
            "type": self.type,
            "last_message_id": str(last) if last else None,
            "flags": 0,
        }
        if self.recipient is not None:
            return told | {"recipients": [self.recipient.as_json()]}
        told |= {
            "guild_id": str(self.guild_id),
            "name": self.name,
            "parent_id": str(self.parent.id) if self.parent else None,
            "rate_limit_per_user": 0,
        }
        if self.is_thread:
            return told | self._as_thread()
        return told | {
            "position": self.position,
            "permission_overwrites": [one.as_json() for one in self.overwrites.values()],
            "nsfw": False,
            "topic": None,
            **({"bitrate": 64000, "user_limit": 0} if self.type in (VOICE, STAGE) else {}),
        }

    def _as_thread(self) -> Json:
        return {
            "owner_id": str(self.owner_id),
            "message_count": len(self.messages),
            "total_message_sent": len(self.everything),
            "member_count": 1,
            "thread_metadata": {
                "archived": self.archived,
                "auto_archive_duration": 1440,
                "archive_timestamp": iso(made_at(self.id)),
                "locked": self.locked,
                "create_timestamp": iso(made_at(self.id)),
            },
        }


@dataclass(eq=False)
class Attachment:
    """A file that was sent with a message, or handed in by a person for an option or a modal."""

    id: int
    filename: str
    content: bytes
    content_type: str
    url: str
    description: str | None = None

    def as_json(self) -> Json:
        """Describe it as Discord does."""
        told: Json = {
            "id": str(self.id),
            "filename": self.filename,
            "size": len(self.content),
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.content_type,
        }
        return told | ({"description": self.description} if self.description else {})
