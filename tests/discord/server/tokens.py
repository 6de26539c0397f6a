"""Interactions as rows: what each token is good for, how long, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.server.errors import Json
from tests.discord.server.messages import Message
from tests.discord.server.places import Channel
from tests.discord.server.user import User

if TYPE_CHECKING:
    from tests.discord.server.guild import Guild

PING, COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 1, 2, 3, 4, 5
FIRST_ANSWER, LIFETIME = 3.0, 900.0  # seconds, as Discord documents them


@dataclass(eq=False)
class InteractionToken:
    """One interaction. `payload` is what the app got; `source` the message of a component.

    `answered` is the type of the callback that came first, None before; `answered_at` when it
    came; `original` is the message that it made (or will make, after a deferral); `followups` the
    further ones. `created_at` is in seconds since 1970 by the world's clock.
    """

    id: int
    token: str
    kind: int
    user: User
    channel: Channel
    guild: Guild | None
    created_at: float
    payload: Json
    source: Message | None = None
    answered: int | None = None
    answered_at: float | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
