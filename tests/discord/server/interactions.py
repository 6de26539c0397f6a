"""An interaction's life: who began it, whether it was answered in time, and what came of it."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.server import payloads
from tests.discord.server.errors import (
    ACKNOWLEDGED_ALREADY,
    INVALID_WEBHOOK_TOKEN,
    UNKNOWN_INTERACTION,
    UNKNOWN_WEBHOOK,
    Json,
    NeverHappenedError,
    invalid,
    refusal,
)
from tests.discord.server.tokens import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    LIFETIME,
    MODAL_SUBMIT,
    InteractionToken,
)

if TYPE_CHECKING:
    from tests.discord.server.heard import Heard
    from tests.discord.server.messages import Message
    from tests.discord.server.modals import Modal
    from tests.discord.server.places import Channel
    from tests.discord.server.world import World

MESSAGE, THINKING, LATER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
_UPDATES = {LATER_UPDATE, UPDATE}
# Discord names 10 and 12 as well, which need monetization or Activities
_ALLOWED = {
    COMMAND: {MESSAGE, THINKING, MODAL, 10, 12},
    COMPONENT: {MESSAGE, THINKING, *_UPDATES, MODAL, 10, 12},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {MESSAGE, THINKING, *_UPDATES, 10, 12},
}
# what a person reads where no answer came
NO_ANSWER = {
    COMMAND: "The application did not respond",
    COMPONENT: "This interaction failed",
    AUTOCOMPLETE: "Loading options failed",
    MODAL_SUBMIT: "Something went wrong. Try again.",
}


@dataclass(eq=False, repr=False)
class Interaction(InteractionToken):
    """An interaction with the one who began it. `trigger` is the one that opened a modal.

    `void`: no answer came in time, and none is taken any more. `repeated`: the app was brought it
    more than once, or in several sessions, so that it may well try to answer it again.
    """

    heard: Heard = field(kw_only=True)
    trigger: Interaction | None = field(kw_only=True, default=None)
    void: bool = field(kw_only=True, default=False)
    repeated: bool = field(kw_only=True, default=False)

    def __repr__(self) -> str:
        return f"<Interaction {self.id} of kind {self.kind}, answered with {self.answered}>"

    @property
    def world(self) -> World:
        """The Discord it is in."""
        return self.user.world

    @property
    def age(self) -> float:
        """Seconds since it began."""
        return self.world.clock.now() - self.created_at

    def admit(self, kind: object) -> None:
        """Take a first answer of this type. Raises Refusal for a late, second or wrong one."""
        if self.answered is not None:
            if not self.repeated:
                self.world.accuse(f"answered twice: an interaction of kind {self.kind}")
            raise refusal(ACKNOWLEDGED_ALREADY)
        if self.void or self.age > self.world.patience:
            self.void = True
            raise refusal(UNKNOWN_INTERACTION)
        allowed = _ALLOWED[self.kind]
        if self.kind == MODAL_SUBMIT and self.source is None:
            allowed = allowed - _UPDATES
        if kind not in allowed:
            known = ", ".join(str(one) for one in sorted(allowed))
            raise invalid([("type", "BASE_TYPE_CHOICES", f"Value must be one of {{{known}}}.")])

    def use_token(self) -> None:
        """Use it for what may follow the first answer. Raises Refusal before it, and when old."""
        if self.age > LIFETIME:
            raise refusal(INVALID_WEBHOOK_TOKEN)
        if self.answered is None:
            raise refusal(UNKNOWN_WEBHOOK)

    def note_answer(self, kind: int) -> None:
        """Note that the first answer came."""
        self.answered, self.answered_at = kind, self.world.clock.now()
        self.heard.answered_in = self.age
        self.world.tell()


@dataclass(frozen=True)
class Deed:
    """What a person does: its kind, where, and what is particular to the kind."""

    kind: int
    channel: Channel
    data: Json
    source: Message | None = None
    modal: Modal | None = None


async def begin(heard: Heard, deed: Deed, *, copies: int = 1) -> Interaction:
    """Let a person begin an interaction, and wait until it is answered or too late for that.

    With more `copies` the app is brought the same one again, by a RESUME after its answer.
    """
    asked = _interaction(heard, deed)
    world = asked.world
    world.interactions[asked.token] = heard.interaction = asked
    world.announce("INTERACTION_CREATE", asked.payload, asked.guild)
    asked.repeated = asked.repeated or _heard_by(asked) > 1
    try:
        await world.until(lambda: asked.answered is not None or asked.void, within=world.patience)
    except NeverHappenedError:
        asked.void = True
    if asked.answered is None:
        heard.failed = NO_ANSWER[asked.kind]
        world.tell()
    if world.lingers and asked.answered is not None:
        with suppress(NeverHappenedError):
            await world.until(lambda: not heard.thinking, within=world.lingers)
    asked.repeated = asked.repeated or copies > 1
    for _ in range(copies - 1):
        await world.gateway.redeliver(asked.id)
    return asked


def _heard_by(asked: Interaction) -> int:
    """Count the sessions that are told of it: each process of an app may have one."""
    guild_id = asked.guild.id if asked.guild else None
    return sum(one.serves(guild_id) for one in asked.world.gateway.sessions)


def _interaction(heard: Heard, deed: Deed) -> Interaction:
    clock = heard.person.world.clock
    asked = Interaction(
        clock.snowflake(),
        secrets.token_urlsafe(48),
        deed.kind,
        heard.person,
        deed.channel,
        deed.channel.guild,
        clock.now(),
        {},
        deed.source,
        heard=heard,
        trigger=deed.modal.opened_by if deed.modal else None,
    )
    asked.payload = payloads.interaction(asked, deed.data)
    return asked
