"""A message: what it says now, what it said before, and whom it really pinged."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.server.clock import iso, made_at
from tests.discord.server.errors import Json
from tests.discord.server.reading import links_of, words_of

if TYPE_CHECKING:
    from tests.discord.server.places import Attachment, Channel
    from tests.discord.server.user import User

CROSSPOSTED, SUPPRESS_EMBEDS, EPHEMERAL, LOADING = 1 << 0, 1 << 2, 1 << 6, 1 << 7
SUPPRESS_NOTIFICATIONS, COMPONENTS_V2 = 1 << 12, 1 << 15
DEFAULT, REPLY, CHAT_INPUT_COMMAND = 0, 19, 20


@dataclass(eq=False, repr=False)
class Message:
    """A message in a channel, or for one user alone if `ephemeral_for` names them.

    `mentions` are those whom it names so that clients show it: ids of users and of roles, and
    `everyone` or `here`; `pings` are those whom it notified when it came: an edit notifies nobody.
    `payload` is what the app sent it with; `versions` are what it
    was before each edit, oldest first: a button of an old version can still be clicked.
    `interaction` is the part of the answer to an interaction that says whose it was.
    """

    id: int
    channel: Channel
    author: User
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    type: int = DEFAULT
    nonce: int | str | None = None
    mentions: set[int | str] = field(default_factory=set)
    pings: set[int | str] = field(default_factory=set)
    reference: Message | None = None
    interaction: Json | None = None
    webhook_id: int | None = None
    ephemeral_for: User | None = None
    edited_at: float | None = None
    deleted: bool = False
    payload: Json = field(default_factory=dict)
    thread: Channel | None = None
    versions: list[Message] = field(default_factory=list)

    def __repr__(self) -> str:
        place = f"{self.channel.id}/{self.id}" + (" deleted" if self.deleted else "")
        return f"<Message {place}: {self.words!r}>"

    @property
    def words(self) -> str:
        """All that a reader sees, one piece of text per line (see reading.py)."""
        return words_of(self.content, self.embeds, self.components)

    @property
    def links(self) -> set[str]:
        """Which addresses a reader can follow, those of buttons and titles included."""
        return links_of(self.content, self.embeds, self.components)

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def at(self) -> float:
        """When it was sent, in seconds since 1970."""
        return made_at(self.id)

    def edit(self, *, at: float, **changes: object) -> None:
        """Change what it says; the version before is kept."""
        before = copy(self)
        before.versions = []
        self.versions.append(before)
        self.edited_at = at
        for name, value in changes.items():
            setattr(self, name, value)

    def as_json(self) -> Json:
        """Describe it as Discord does; the gateway adds `guild_id` and `member`."""
        mentioned = [self.channel_user(one) for one in self.mentions if isinstance(one, int)]
        told: Json = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "type": self.type,
            "author": self.author.as_json(),
            "content": self.content,
            "timestamp": iso(self.at),
            "edited_timestamp": iso(self.edited_at) if self.edited_at else None,
            "tts": False,
            "mention_everyone": bool({"everyone", "here"} & self.mentions),
            "mentions": [one.as_json() for one in mentioned if one],
            "mention_roles": [str(one) for one in self.mentions if self._is_role(one)],
            "attachments": [one.as_json() for one in self.attachments],
            "embeds": self.embeds,
            "components": self.components,
            "pinned": False,
            "flags": self.flags,
        }
        return told | self._as_linked()

    def _as_linked(self) -> Json:
        told: Json = {}
        if self.nonce is not None:
            told["nonce"] = self.nonce
        if self.webhook_id is not None:
            told |= {"webhook_id": str(self.webhook_id), "application_id": str(self.webhook_id)}
        if self.interaction is not None:
            told["interaction_metadata"] = self.interaction
        if self.reference is not None:
            there = None if self.reference.deleted else self.reference.as_json()
            told["referenced_message"] = there
            told["message_reference"] = {
                "type": 0,
                "message_id": str(self.reference.id),
                "channel_id": str(self.reference.channel.id),
            }
        return told

    def channel_user(self, user_id: int) -> User | None:
        """Find a user who is mentioned, None if it is no user."""
        return self.author.world.users.get(user_id)

    def _is_role(self, one: int | str) -> bool:
        guild = self.channel.guild
        return guild is not None and one in guild.roles
