"""A person, and what they can do in Discord's client."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.discord.server import choosing, clicks, option_values
from tests.discord.server.client_checks import complaint, complaints_about
from tests.discord.server.errors import Json, NeverHappenedError, NotSentError, NotThereError
from tests.discord.server.heard import Heard
from tests.discord.server.interactions import Deed, begin
from tests.discord.server.messages import Message
from tests.discord.server.modals import Modal
from tests.discord.server.places import Attachment, Channel
from tests.discord.server.tokens import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT
from tests.discord.server.user import User

if TYPE_CHECKING:
    from tests.discord.server.choosing import Chosen


@dataclass(eq=False, repr=False)
class Person(User):
    """A user who acts. `modal` is what stands open before them.

    With `copies=2` the app is brought the same interaction again after its first answer, by a
    RESUME; what the person sees does not change by that.
    """

    modal: Modal | None = None

    async def type(
        self,
        text: str,
        channel: Channel | None = None,
        given: dict[str, Any] | None = None,
        *,
        copies: int = 1,
    ) -> Heard:
        """Send a slash command, such as `/slot reserve when:fri 8pm`, and wait for the answer.

        `given` are options that cannot well be typed: files, or the objects of people, roles and
        channels. Without a channel it goes to the direct messages with the bot. Raises
        NotThereError for a command or option that the client does not offer here, NotSentError for
        values that it does not send.
        """
        place = channel or self.dm
        chosen = choosing.choose(self, place, text)
        options, resolved = option_values.filled_options(self, place, chosen, given or {})
        heard = Heard(self)
        data = _command_data(chosen, options, resolved)
        await begin(heard, Deed(COMMAND, place, data), copies=copies)
        return heard

    async def completes(
        self,
        text: str,
        option: str,
        typed: str,
        *,
        channel: Channel | None = None,
        others: dict[str, Any] | None = None,
    ) -> list[Json]:
        """Type so far into an option, and give the choices offered, as `name` and `value`.

        `others` are the options filled in before. Raises NeverHappenedError if there is no answer,
        NotThereError for an option that does not complete.
        """
        place = channel or self.dm
        chosen = choosing.choose(self, place, text)
        parts = option_values.partial_options(chosen, option, typed, others or {})
        heard = Heard(self)
        await begin(heard, Deed(AUTOCOMPLETE, place, _command_data(chosen, parts, {})))
        if heard.choices is None:
            raise NeverHappenedError(f"{self.name} reads: {heard.failed}")
        return heard.choices

    def offered(self, channel: Channel) -> list[str]:
        """List the slash commands that are offered in a channel."""
        return sorted(choosing.offered(self, channel))

    def fill(self, modal: Modal, fields: dict[str, object]) -> None:
        """Put values into fields by custom_id or label, without sending anything."""
        for name, value in fields.items():
            modal.fill(name, value)

    async def submit(
        self, modal: Modal, fields: dict[str, object] | None = None, *, copies: int = 1
    ) -> Heard:
        """Fill in fields by custom_id or label, send the modal, and wait for the answer.

        Without an answer it stays open. Raises NotSentError where the client would keep it open:
        a required field is empty, a text too long, too many are chosen.
        """
        if not modal.open or modal is not self.modal:
            raise NotThereError(f"the modal {modal.title!r} is not before {self.name}")
        self.fill(modal, fields or {})
        opened_by = modal.opened_by
        complaints = complaints_about(modal, self, opened_by.channel)
        if complaints:
            raise NotSentError(complaints)
        data: Json = {"custom_id": modal.custom_id, "components": modal.as_sent()}
        if resolved := clicks.resolved_fields(modal, self, opened_by.channel):
            data["resolved"] = resolved
        heard = Heard(self)
        deed = Deed(MODAL_SUBMIT, opened_by.channel, data, opened_by.source, modal)
        asked = await begin(heard, deed, copies=copies)
        if asked.answered is not None:
            self.dismisses(modal)
        return heard

    async def click(self, message: Message, name: str, *, copies: int = 1) -> Heard:
        """Click a button, named by custom_id, the start of it, or its label, and wait.

        Raises NotThereError if this person sees no such button, or cannot click it.
        """
        button = clicks.button_of(self.looks_at(message), name)
        return await self._use(message, button, {}, copies)

    async def choose(
        self, message: Message, name: str, values: object, *, copies: int = 1
    ) -> Heard:
        """Choose in a select, named as buttons are, and wait for the answer.

        Options are named by value or label, others by their object or id. Raises NotThereError for
        what is not there, NotSentError for too few or too many.
        """
        select = clicks.select_of(self.looks_at(message), name)
        chosen = clicks.chosen_values(select, values)
        if said := complaint(select, chosen, self, message.channel):
            raise NotSentError({select["custom_id"]: said})
        data: Json = {"values": chosen}
        if resolved := clicks.resolved_choice(select, chosen, self, message.channel):
            data["resolved"] = resolved
        return await self._use(message, select, data, copies)

    def looks_at(self, message: Message) -> Message:
        """Give a message, or an old version of it, if it is before this person.

        Raises NotThereError if it was deleted, is for somebody else, or in a channel unseen.
        """
        if self._now(message) is None or not choosing.can_see(self, message.channel):
            raise NotThereError(f"{self.name} does not see {message}")
        return message

    def upload(self, name: str, content: bytes, content_type: str | None = None) -> Attachment:
        """Upload a file, to be given to `type` or `submit`."""
        kind = content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
        return self.world.attach(name, content, kind)

    def says(self, text: str, channel: Channel) -> Message:
        """Write an ordinary message."""
        if not choosing.can_write(self, channel):
            raise NotThereError(f"{self.name} cannot write in {channel.name}")
        message = Message(self.world.clock.snowflake(), channel, self, text)
        channel.everything.append(message)
        self.world.announce("MESSAGE_CREATE", message.as_json(), channel.guild, channel)
        return message

    def dismisses(self, shown: Message | Modal) -> None:
        """Put away a modal, or a message that is shown to this person alone."""
        if isinstance(shown, Modal):
            shown.open = False
            self.modal = None if self.modal is shown else self.modal
            return
        self.ephemeral.remove(shown)

    def restarts_client(self) -> None:
        """Close Discord and open it again: what was shown to this person alone is gone."""
        self.ephemeral.clear()
        if self.modal is not None:
            self.dismisses(self.modal)

    def closes_dms(self) -> None:
        """Take no more direct messages from members of the guilds."""
        self.dms_closed = True

    def opens_dms(self) -> None:
        """Take direct messages again."""
        self.dms_closed = False

    async def _use(self, message: Message, control: Json, data: Json, copies: int) -> Heard:
        heard = Heard(self)
        now = self._now(message)
        if now is None or not clicks.still_has(now, control):
            # Discord does not tell the app of a control that the message has no longer
            heard.failed = "This interaction failed"
            return heard
        told = {
            "component_type": control["type"],
            "id": control.get("id", 0),
            "custom_id": control["custom_id"],
        }
        await begin(heard, Deed(COMPONENT, now.channel, told | data, now), copies=copies)
        return heard

    def _now(self, message: Message) -> Message | None:
        """Find a message as it is now, None if it is not there for this person."""
        if message.ephemeral_for is None:
            return message.channel.find(message.id)
        shown = (one for one in self.ephemeral if one.id == message.id and not one.deleted)
        return next(shown, None)


def _command_data(chosen: Chosen, options: list[Json], resolved: Json) -> Json:
    command = chosen.command
    data: Json = {"id": str(command.id), "name": command.name, "type": command.type}
    if nested := chosen.nested(options):
        data["options"] = nested
    if resolved:
        data["resolved"] = resolved
    if command.guild_id is not None:
        data["guild_id"] = str(command.guild_id)
    return data
