"""Turning what the app sent into a message in a channel, whichever way it came."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tests.discord.server.controls import numbered
from tests.discord.server.errors import Json
from tests.discord.server.mentions import pings_of
from tests.discord.server.messages import COMPONENTS_V2, DEFAULT, EPHEMERAL, REPLY, Message
from tests.discord.server.places import Attachment, Channel

if TYPE_CHECKING:
    from tests.discord.server.rest import Upload
    from tests.discord.server.user import User
    from tests.discord.server.world import World


def compose(  # noqa: PLR0913 - these are the parts of a message
    world: World,
    channel: Channel,
    payload: Json,
    uploads: Mapping[int, Upload],
    *,
    reply_to: Message | None = None,
    kind: int | None = None,
    interaction: Json | None = None,
    ephemeral_for: User | None = None,
    webhook_id: int | None = None,
    flags: int = 0,
) -> Message:
    """Put a message of the bot, already checked, into a channel, and tell the app.

    With `ephemeral_for` it is shown to them alone, and stands in no channel. `flags` are added to
    those that the app may set.
    """
    pings = pings_of(channel, payload, reply_to)
    flags |= int(payload.get("flags") or 0) | (EPHEMERAL if ephemeral_for else 0)
    message = Message(
        world.clock.snowflake(),
        channel,
        world.bot,
        str(payload.get("content") or ""),
        [_kept(one) for one in payload.get("embeds") or ()],
        numbered(payload.get("components") or []),
        _attached(world, payload, uploads, []),
        flags,
        kind if kind is not None else (REPLY if reply_to else DEFAULT),
        nonce=payload.get("nonce"),
        mentions=set(pings),
        pings=pings,
        reference=reply_to,
        interaction=interaction,
        webhook_id=webhook_id,
        ephemeral_for=ephemeral_for,
        payload=payload,
    )
    if ephemeral_for is not None:
        ephemeral_for.ephemeral.append(message)
    else:
        channel.everything.append(message)
    world.announce("MESSAGE_CREATE", message.as_json(), channel.guild, channel)
    return message


def recompose(
    world: World, message: Message, payload: Json, uploads: Mapping[int, Upload]
) -> Message:
    """Change a message by an edit, already checked: what is not given stays; tell the app.

    Nobody is pinged by it, but those it names are named.
    """
    changes: Json = {"payload": payload}
    if "content" in payload:
        changes["content"] = str(payload["content"] or "")
    if "embeds" in payload:
        changes["embeds"] = [_kept(one) for one in payload["embeds"] or ()]
    if "components" in payload:
        changes["components"] = numbered(payload["components"] or [])
    if payload.get("flags") is not None:
        lasting = message.flags & (EPHEMERAL | COMPONENTS_V2)
        changes["flags"] = int(payload["flags"]) | lasting
    if "attachments" in payload or uploads:
        changes["attachments"] = _attached(world, payload, uploads, message.attachments)
    if "content" in payload or "components" in payload:
        changes["mentions"] = pings_of(message.channel, payload, None)
    message.edit(at=world.clock.now(), **changes)
    world.announce("MESSAGE_UPDATE", message.as_json(), message.channel.guild, message.channel)
    return message


def delete(world: World, message: Message) -> None:
    """Take a message away, and tell the app."""
    message.deleted = True
    if message.ephemeral_for is not None and message in message.ephemeral_for.ephemeral:
        message.ephemeral_for.ephemeral.remove(message)
    data: Json = {"id": str(message.id), "channel_id": str(message.channel.id)}
    world.announce("MESSAGE_DELETE", data, message.channel.guild, message.channel)


def _kept(embed: Json) -> Json:
    """Keep an embed as Discord does: without what is empty, and always of a type."""
    kept = {name: value for name, value in embed.items() if value not in (None, "", [])}
    return kept | {"type": "rich"}


def _attached(
    world: World, payload: Json, uploads: Mapping[int, Upload], before: list[Attachment]
) -> list[Attachment]:
    """List the attachments: those before that are still named, then the new ones."""
    named = payload.get("attachments")
    told = {str(one["id"]): one for one in named or ()}
    kept = [one for one in before if named is None or str(one.id) in told]
    for number, upload in sorted(uploads.items()):
        more = told.get(str(number), {})
        filename = more.get("filename") or upload.filename
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        kept.append(
            world.attach(filename, upload.content, kind, description=more.get("description"))
        )
    return kept
