"""A message: what it says now, what it said before, and what was replied to it."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.slack.server.errors import Json
from tests.slack.server.reading import links_of, pings_of, words_of

if TYPE_CHECKING:
    from tests.slack.server.places import SlackFile


@dataclass(eq=False, repr=False)
class Message:
    """A message in a channel, or for one person alone if `ephemeral_for` names them.

    `by` is a user id, `arguments` is what the app posted it with; `versions` are what it was
    before each edit, oldest first: a button of an old version can still be clicked.
    """

    team_id: str
    channel_id: str
    ts: str
    by: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    bot_id: str | None = None
    app_id: str | None = None
    metadata: Json | None = None
    thread_ts: str | None = None
    ephemeral_for: str | None = None
    edited_at: str | None = None
    deleted: bool = False
    arguments: Json = field(default_factory=dict)
    files: list[SlackFile] = field(default_factory=list)
    thread: list[Message] = field(default_factory=list)
    versions: list[Message] = field(default_factory=list)

    def __repr__(self) -> str:
        place = f"{self.channel_id} {self.ts}" + (" deleted" if self.deleted else "")
        return f"<Message {place}: {self.words!r}>"

    @property
    def words(self) -> str:
        """All that a reader sees: the blocks' text, or the message's own if it has no blocks."""
        return words_of(self.blocks) if self.blocks else self.text

    @property
    def pings(self) -> set[str]:
        """Whom it notifies: user ids, group ids, `channel`, `here`, `everyone`."""
        return pings_of(self.text, self.blocks)

    @property
    def links(self) -> set[str]:
        """Which addresses a reader can follow."""
        return links_of(self.text, self.blocks)

    @property
    def replies(self) -> list[Message]:
        """What stands in its thread now."""
        return [reply for reply in self.thread if not reply.deleted]

    def edit(self, *, ts: str | None, **changes: object) -> None:
        """Change what it says; the version before is kept."""
        before = copy(self)
        before.versions = []
        self.versions.append(before)
        self.edited_at = ts
        for name, value in changes.items():
            setattr(self, name, value)

    def as_json(self, *, with_metadata: bool = False) -> Json:
        """Describe it as the Web API does."""
        told: Json = {
            "type": "message",
            "user": self.by,
            "text": self.text,
            "ts": self.ts,
            "team": self.team_id,
        }
        if self.bot_id:
            told |= {"bot_id": self.bot_id, "app_id": self.app_id}
        if self.blocks:
            told["blocks"] = self.blocks
        if self.edited_at:
            told["edited"] = {"user": self.by, "ts": self.edited_at}
        if self.thread_ts:
            told["thread_ts"] = self.thread_ts
        if self.replies:
            told |= {
                "thread_ts": self.ts,
                "reply_count": len(self.replies),
                "latest_reply": self.replies[-1].ts,
            }
        if with_metadata and self.metadata:
            told["metadata"] = self.metadata
        return told
