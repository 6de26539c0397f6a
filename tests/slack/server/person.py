"""A person in a workspace, and what they can do in Slack's client."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.slack.server import answers, modals, payloads
from tests.slack.server.clicks import action_of
from tests.slack.server.client_checks import complaints_about
from tests.slack.server.courier import Parcel
from tests.slack.server.errors import Json, NotSentError, NotThereError
from tests.slack.server.grants import grant_response_url, grant_trigger
from tests.slack.server.heard import Heard
from tests.slack.server.messages import Message
from tests.slack.server.places import Channel
from tests.slack.server.views import View

if TYPE_CHECKING:
    from tests.slack.server.places import SlackFile
    from tests.slack.server.team import Team
    from tests.slack.server.world import World


@dataclass(eq=False, repr=False)
class Person:
    """A person: who they are, what they have before them, and what they can do.

    `views` is the stack of open modals, the top one last; `home` the App Home as last published;
    `ephemeral` all messages shown to them alone.
    """

    id: str
    team: Team
    name: str
    tz: str = "Europe/Berlin"
    email: str = ""
    is_admin: bool = False
    is_owner: bool = False
    is_bot: bool = False
    deleted: bool = False
    restricted: bool = False
    dm_refused: str | None = None
    locale: str = "en-US"
    ephemeral: list[Message] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    home: View | None = None
    homes_published: int = 0

    def __repr__(self) -> str:
        return f"<Person {self.team.id}/{self.id} {self.name}>"

    @property
    def slack(self) -> World:
        """The Slack that this person is in."""
        return self.team.world

    @property
    def username(self) -> str:
        """The name in lower case, as payloads carry it."""
        return self.name.lower().replace(" ", ".")

    @property
    def dm(self) -> Channel:
        """The channel of direct messages with the bot."""
        return self.team.dm(self.id)

    @property
    def direct_messages(self) -> list[Message]:
        """What the bot and this person wrote to each other, oldest first."""
        return self.dm.messages

    def upload(self, name: str, content: bytes) -> SlackFile:
        """Upload a file, to be given to `submit` for a `file_input`."""
        return self.team.add_file(name, content, by=self)

    async def type(self, text: str, channel: Channel | None = None) -> Heard:
        """Send a slash command from a channel, or from the direct messages with the bot."""
        where = channel or self.dm
        name, _, rest = text.partition(" ")
        world = self.slack
        payload = payloads.command(world, self, where, name, rest.strip())
        heard = self._start("slash_commands", payload)
        if world.app.commands is not None and name not in world.app.commands:
            heard.error = "not_a_valid_command"
            return heard
        payload["response_url"] = grant_response_url(world, heard, where)
        payload["trigger_id"] = grant_trigger(world, heard)
        await self._send(heard)
        answers.to_command(world, heard, where)
        return heard

    async def use_shortcut(self, callback_id: str) -> Heard:
        """Choose a global shortcut; `heard.opened()` gives the view that it leads to."""
        payload = payloads.shortcut(self.slack, self, callback_id)
        heard = self._start("interactive", payload)
        payload["trigger_id"] = grant_trigger(self.slack, heard)
        return await self._send(heard)

    async def open_home(self, *, within: float = 3) -> View:
        """Open the App Home and give it once the app has published it anew.

        After `within` seconds an older one is given; NeverHappenedError if there is none.
        """
        before = self.homes_published
        event: Json = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.dm.id,
            "event_ts": self.slack.next_ts(),
            "tab": "home",
        }
        if self.home is not None:
            event["view"] = self.home.as_json()
        heard = self._start("events_api", payloads.event(self.slack, self.team, event))
        await self._send(heard)
        if self.home is None or self.homes_published == before:
            await self._home_after(before, within)
        if self.home is None:
            raise AssertionError
        return self.home

    async def click(
        self,
        where: Message | View,
        action_id: str,
        value: object = None,
        *,
        confirmed: bool = True,
    ) -> Heard:
        """Use an element of a message (or an old version of one), a modal or a home.

        `value` tells buttons of the same action_id apart, or is what was chosen, picked or typed.
        Where the element asks for confirmation, nothing is sent unless `confirmed`.
        """
        _, element, done = action_of(where, action_id, value, self.slack.next_ts())
        if isinstance(where, View) and element["type"] in answers.STATEFUL:
            where.fill(element["action_id"], value)
        payload = payloads.action(self.slack, self, where, done)
        heard = self._start("interactive", payload)
        if element.get("confirm") and not confirmed:
            return heard
        view = where if isinstance(where, View) else None
        payload["trigger_id"] = grant_trigger(self.slack, heard, view)
        if isinstance(where, Message):
            channel = self.team.channels[where.channel_id]
            payload["response_url"] = grant_response_url(self.slack, heard, channel, where)
        return await self._send(heard)

    def fill(self, view: View, fields: dict[str, object]) -> None:
        """Put values into fields by block_id or action_id, without sending anything."""
        for name, value in fields.items():
            view.fill(name, value)

    async def submit(self, view: View, fields: dict[str, object] | None = None) -> Heard:
        """Fill in fields by block_id or action_id, and send the form.

        Raises NotSentError where Slack's client would keep the form open: a required field is
        empty, a text too long, a number no number. See `form_state.filled_state` for the values.
        """
        if not view.open:
            raise NotThereError(f"the view {view.title!r} is closed")
        self.fill(view, fields or {})
        complaints = complaints_about(view, self.team, self.id)
        if complaints:
            raise NotSentError(complaints)
        payload = payloads.submission(self.slack, self, view)
        heard = self._start("interactive", payload)
        payload["trigger_id"] = grant_trigger(self.slack, heard, view)
        await self._send(heard)
        answers.to_submission(self.slack, heard, view)
        return heard

    async def close(self, view: View, *, everything: bool = False) -> Heard:
        """Close a modal with its button, or with `everything` all of the stack by its cross."""
        asked = list(self.views if everything else [view])
        heard = self._start("interactive", {})
        if everything:
            modals.close_all(self)
        else:
            modals.close_view(self, view)
        for one in reversed(asked):
            if one.definition.get("notify_on_close"):
                payload = payloads.closing(self.slack, self, one, cleared=everything)
                heard = await self._send(self._start("interactive", payload))
        return heard

    async def search(self, view: View, name: str, typed: str) -> list[Json]:
        """Type into an external select; the options that the app offers can then be chosen."""
        block, element = view.find(name)
        at = (block["block_id"], element["action_id"])
        payload = payloads.suggestion(self.slack, self, view, at, typed)
        heard = await self._send(self._start("interactive", payload))
        return answers.to_search(self.slack, heard, element)

    def say(self, text: str, channel: Channel, thread: Message | None = None) -> Message:
        """Write an ordinary message; the app is not told of it."""
        message = Message(self.team.id, channel.id, self.slack.next_ts(), self.id, text)
        return channel.add(message, thread)

    def as_json(self, *, with_email: bool = False, with_locale: bool = False) -> Json:
        """Describe this person as the Web API does."""
        profile = {"real_name": self.name, "display_name": self.name, "team": self.team.id}
        if with_email and not self.is_bot:
            profile["email"] = self.email
        told: Json = {
            "id": self.id,
            "team_id": self.team.id,
            "name": self.username,
            "deleted": self.deleted,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1_700_000_000,
        }
        if self.deleted:
            return told
        offset = datetime.now(ZoneInfo(self.tz)).utcoffset()
        return (
            told
            | ({"locale": self.locale} if with_locale else {})
            | {
                "real_name": self.name,
                "tz": self.tz,
                "tz_label": self.tz,
                "tz_offset": int(offset.total_seconds()) if offset else 0,
                "is_admin": self.is_admin,
                "is_owner": self.is_owner,
                "is_primary_owner": False,
                "is_restricted": self.restricted,
                "is_ultra_restricted": False,
            }
        )

    async def _home_after(self, before: int, within: float) -> None:
        try:
            await self.slack.until(lambda: self.homes_published > before, within=within)
        except AssertionError:
            if self.home is None:
                raise

    def _start(self, kind: str, payload: Json) -> Heard:
        return Heard(self, kind, payload, str(uuid.uuid4()))

    async def _send(self, heard: Heard) -> Heard:
        parcel = Parcel(heard.kind, heard.payload, heard.envelope_id)
        reply = await self.slack.courier.carry(parcel)
        heard.acknowledged_in, heard.error = reply.seconds, reply.error
        heard.response = reply.body
        return heard
