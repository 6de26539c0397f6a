"""Where people meet: channels, user groups, and files that they handed in."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.slack.server.errors import Json
from tests.slack.server.messages import Message


@dataclass(eq=False, repr=False)
class Channel:
    """A channel, or the direct messages of the bot and one person if `dm_with` is set.

    `post_refused` names the error that posting gets, such as `restricted_action`.
    """

    id: str
    team_id: str
    name: str
    private: bool = False
    archived: bool = False
    bot_is_member: bool = False
    members: set[str] = field(default_factory=set)
    dm_with: str | None = None
    post_refused: str | None = None
    created: int = 1_700_000_000
    everything: list[Message] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Channel {self.id} {self.name}: {self.messages}>"

    @property
    def messages(self) -> list[Message]:
        """What stands in the channel now, oldest first, without replies in threads."""
        return [one for one in self.everything if not one.deleted and not one.thread_ts]

    def add(self, message: Message, parent: Message | None = None) -> Message:
        """Put a message at the end, in a thread if it has a parent."""
        if parent is not None:
            message.thread_ts = parent.ts
            parent.thread.append(message)
        self.everything.append(message)
        return message

    def find(self, ts: str) -> Message | None:
        """Find a message that is still there, in threads too."""
        for message in self.everything:
            if message.ts == ts and not message.deleted:
                return message
        return None

    @property
    def kind(self) -> str:
        """`channels`, `groups` or `im`: what the scopes call it."""
        if self.dm_with:
            return "im"
        return "groups" if self.private else "channels"

    def as_json(self) -> Json:
        """Describe it as the Web API does."""
        common: Json = {
            "id": self.id,
            "created": self.created,
            "is_archived": self.archived,
            "context_team_id": self.team_id,
        }
        if self.dm_with:
            return common | {"is_im": True, "user": self.dm_with, "is_user_deleted": False}
        return common | {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": True,
            "is_group": False,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.private,
            "is_general": self.name == "general",
            "is_shared": False,
            "is_ext_shared": False,
            "is_org_shared": False,
            "is_member": self.bot_is_member,
            "num_members": len(self.members) + self.bot_is_member,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


@dataclass(eq=False)
class UserGroup:
    """A user group, `@handle`."""

    id: str
    team_id: str
    handle: str
    users: list[str]
    disabled: bool = False

    def as_json(self) -> Json:
        """Describe it as the Web API does."""
        return {
            "id": self.id,
            "team_id": self.team_id,
            "is_usergroup": True,
            "name": self.handle,
            "handle": self.handle,
            "description": "",
            "is_external": False,
            "date_delete": 1 if self.disabled else 0,
            "auto_type": None,
            "user_count": len(self.users),
        }


@dataclass(eq=False)
class SlackFile:
    """A file that a person uploaded."""

    id: str
    team_id: str
    by: str
    name: str
    content: bytes
    mimetype: str
    download_url: str
    deleted: bool = False

    @property
    def filetype(self) -> str:
        """What Slack calls its type: the ending of the name, `text` for plain text."""
        ending = self.name.rpartition(".")[2].lower() if "." in self.name else "text"
        return "text" if ending == "txt" else ending

    def as_json(self) -> Json:
        """Describe it as payloads and the Web API do."""
        return {
            "id": self.id,
            "created": 1_700_000_000,
            "timestamp": 1_700_000_000,
            "name": self.name,
            "title": self.name,
            "mimetype": self.mimetype,
            "filetype": self.filetype,
            "pretty_type": self.filetype.upper(),
            "user": self.by,
            "user_team": self.team_id,
            "editable": False,
            "size": len(self.content),
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": False,
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": self.download_url.replace("/download/", "/"),
            "url_private_download": self.download_url,
            "file_access": "visible",
        }
