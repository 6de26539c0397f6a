"""A workspace that the app is installed in: its people, channels, groups, files and tokens."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.slack.server.errors import Json
from tests.slack.server.person import Person
from tests.slack.server.places import Channel, SlackFile, UserGroup

if TYPE_CHECKING:
    from tests.slack.server.world import World


@dataclass(eq=False, repr=False)
class Team:
    """A workspace. `scopes` may be changed at any time; so may everything else.

    `token_error` is None while the bot's token is good, else what every call with it gets.
    """

    id: str
    name: str
    domain: str
    world: World
    bot_token: str
    bot_user_id: str
    bot_id: str
    scopes: set[str]
    token_error: str | None = None
    users: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    user_groups: dict[str, UserGroup] = field(default_factory=dict)
    files: dict[str, SlackFile] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Team {self.id} {self.name}>"

    @property
    def app_token(self) -> str:
        """The app-level token: one for all workspaces."""
        return self.world.app.token

    def add_user(  # noqa: PLR0913 - a test names what differs from the default
        self,
        user_id: str,
        *,
        name: str,
        tz: str = "Europe/Berlin",
        email: str | None = None,
        is_admin: bool = False,
        is_owner: bool = False,
        is_bot: bool = False,
        deleted: bool = False,
        restricted: bool = False,
        dm_refused: str | None = None,
        locale: str = "en-US",
    ) -> Person:
        """Add a person. `dm_refused` names the error that messages to them get.

        Such are `cannot_dm_bot`, `user_disabled`, `messages_tab_disabled`; a `restricted` one is a
        guest. A person who was `deleted` is refused with `user_disabled`.
        """
        person = Person(
            id=user_id,
            team=self,
            name=name,
            tz=tz,
            email=email or f"{user_id.lower()}@example.com",
            is_admin=is_admin or is_owner,
            is_owner=is_owner,
            is_bot=is_bot,
            deleted=deleted,
            restricted=restricted,
            dm_refused=dm_refused,
            locale=locale,
        )
        self.users[user_id] = person
        return person

    def add_channel(  # noqa: PLR0913 - a test names what differs from the default
        self,
        channel_id: str,
        *,
        name: str,
        private: bool = False,
        bot_is_member: bool = False,
        archived: bool = False,
        members: Iterable[Person] = (),
        post_refused: str | None = None,
    ) -> Channel:
        """Add a channel; the bot is no member of it unless said so."""
        channel = Channel(
            channel_id,
            self.id,
            name,
            private=private,
            archived=archived,
            bot_is_member=bot_is_member,
            members={member.id for member in members},
            post_refused=post_refused,
        )
        self.channels[channel_id] = channel
        return channel

    def add_user_group(
        self, group_id: str, *, handle: str, users: Iterable[Person] = (), disabled: bool = False
    ) -> UserGroup:
        """Add a user group."""
        group = UserGroup(group_id, self.id, handle, [one.id for one in users], disabled)
        self.user_groups[group_id] = group
        return group

    def add_file(self, name: str, content: bytes, *, by: Person) -> SlackFile:
        """Add a file that somebody uploaded, to be put into a `file_input`."""
        file_id = f"F{self.world.number():08d}"
        url = f"{self.world.base_url}/files-pri/{self.id}-{file_id}/download/{name}"
        mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = SlackFile(file_id, self.id, by.id, name, content, mimetype, url)
        self.files[file_id] = file
        return file

    def dm(self, user_id: str) -> Channel:
        """Give the channel of direct messages between the bot and a person."""
        channel_id = f"D{self.id[1:]}{user_id[1:]}"
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(
                channel_id,
                self.id,
                "directmessage",
                private=True,
                bot_is_member=True,
                members={user_id},
                dm_with=user_id,
            )
        return self.channels[channel_id]

    def as_json(self) -> Json:
        """Name it as payloads do."""
        return {"id": self.id, "domain": self.domain}
