"""The routes by which an app answers an interaction and goes on from there.

Source: Discord's documentation, "Receiving and Responding".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.discord.server import answers
from tests.discord.server.errors import (
    UNKNOWN_INTERACTION,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    Json,
    refusal,
)
from tests.discord.server.interactions import (
    CHOICES,
    LATER_UPDATE,
    MESSAGE,
    MODAL,
    THINKING,
    UPDATE,
    Interaction,
)
from tests.discord.server.messages import LOADING
from tests.discord.server.rest import Answer

if TYPE_CHECKING:
    from tests.discord.server.messages import Message
    from tests.discord.server.rest import Asked, Rest

_WEBHOOK = "/webhooks/{webhook}/{token}"
_MESSAGE = _WEBHOOK + "/messages/{message_or_original}"


def add_routes(rest: Rest) -> None:
    """Let the REST API have these routes; the token in the path is their only authorization."""
    callback = "POST /interactions/{interaction}/{token}/callback"
    rest.add(callback, answer, authorized=False)
    rest.add(f"POST {_WEBHOOK}", follow_up, authorized=False)
    rest.add(f"GET {_MESSAGE}", get_message, authorized=False)
    rest.add(f"PATCH {_MESSAGE}", edit_message, authorized=False)
    rest.add(f"DELETE {_MESSAGE}", delete_message, authorized=False)


def answer(asked: Asked) -> Answer:
    """Take the first answer to an interaction."""
    interaction = asked.world.interactions.get(asked.word("token"))
    if not isinstance(interaction, Interaction) or interaction.id != asked.id("interaction"):
        raise refusal(UNKNOWN_INTERACTION)
    interaction.admit(asked.fields.get("type"))
    kind: int = asked.fields["type"]
    made: Message | None = None
    if kind == MESSAGE:
        made = answers.send(asked, interaction)
    elif kind == THINKING:
        answers.think(asked, interaction)
    elif kind == LATER_UPDATE:
        interaction.original = interaction.source
    elif kind == UPDATE:
        made = answers.update(asked, interaction)
    elif kind == CHOICES:
        answers.offer(asked, interaction)
    elif kind == MODAL:
        answers.open_modal(asked, interaction)
    interaction.note_answer(kind)
    if asked.query.get("with_response", "").lower() not in ("1", "true"):
        return Answer(None, 204)
    return Answer(_told(interaction, kind, made))


def follow_up(asked: Asked) -> Answer:
    """Send a further message; after a deferral it becomes the deferred one."""
    interaction = _by_token(asked)
    original = interaction.original
    if original is not None and original.flags & LOADING:
        return Answer(answers.edit(asked, interaction, original).as_json())
    return Answer(answers.send_more(asked, interaction).as_json())


def get_message(asked: Asked) -> Answer:
    """Give the first answer, or a further message."""
    return Answer(_message(asked, _by_token(asked)).as_json())


def edit_message(asked: Asked) -> Answer:
    """Change the first answer, or a further message."""
    interaction = _by_token(asked)
    return Answer(answers.edit(asked, interaction, _message(asked, interaction)).as_json())


def delete_message(asked: Asked) -> Answer:
    """Take away the first answer, or a further message."""
    interaction = _by_token(asked)
    answers.delete(interaction, _message(asked, interaction))
    return Answer(None, 204)


def _by_token(asked: Asked) -> Interaction:
    interaction = asked.world.interactions.get(asked.word("token"))
    if not isinstance(interaction, Interaction):
        raise refusal(UNKNOWN_WEBHOOK)
    if asked.id("webhook") != asked.world.application.id:
        raise refusal(UNKNOWN_WEBHOOK)
    interaction.use_token()
    return interaction


def _message(asked: Asked, interaction: Interaction) -> Message:
    name = asked.word("message_or_original")
    made = [interaction.original, *interaction.followups]
    there = [one for one in made if one is not None and not one.deleted]
    for one in there:
        if name == str(one.id) or (name == "@original" and one is interaction.original):
            return one
    raise refusal(UNKNOWN_MESSAGE)


def _told(interaction: Interaction, kind: int, made: Message | None) -> Json:
    message = interaction.original
    about: Json = {
        "id": str(interaction.id),
        "type": interaction.kind,
        "channel_id": str(interaction.channel.id),
    }
    if interaction.guild is not None:
        about["guild_id"] = str(interaction.guild.id)
    if message is not None and kind in (MESSAGE, THINKING, UPDATE):
        about |= {
            "response_message_id": str(message.id),
            "response_message_loading": bool(message.flags & LOADING),
            "response_message_ephemeral": message.ephemeral,
        }
    told: Json = {"interaction": about}
    if made is not None:
        told["resource"] = {"type": kind, "message": made.as_json()}
    return told
