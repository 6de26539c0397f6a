"""Messages of a channel: posting, editing, deleting, reading.

Source: "Message" and "Channel" in Discord's documentation.
"""

from __future__ import annotations

from tests.discord.server.access import may, seen_channel
from tests.discord.server.complaints import Complaints
from tests.discord.server.composing import compose, delete, recompose
from tests.discord.server.errors import (
    CANNOT_MESSAGE_USER,
    MISSING_PERMISSIONS,
    NO_TEXT_CHANNEL,
    NOT_THE_AUTHOR,
    THREAD_ARCHIVED,
    UNKNOWN_MESSAGE,
    Json,
    invalid,
    refusal,
)
from tests.discord.server.messages import Message
from tests.discord.server.permissions import Permission
from tests.discord.server.places import MESSAGEABLE, Channel
from tests.discord.server.rest import Answer, Asked, Rest
from tests.discord.server.validation import Surface, check_message

MESSAGES = "/channels/{channel}/messages"
ONE = "/channels/{channel}/messages/{message}"
NONCE_LIFETIME = 300.0  # seconds; Discord says "a few minutes"


def add_routes(rest: Rest) -> None:
    """Let the REST API answer these."""
    rest.add(f"POST {MESSAGES}", post)
    rest.add(f"GET {MESSAGES}", history)
    rest.add(f"GET {ONE}", read)
    rest.add(f"PATCH {ONE}", edit)
    rest.add(f"DELETE {ONE}", remove)


def post(asked: Asked) -> Answer:
    """Post a message; with `enforce_nonce` one that was posted already is given back."""
    channel = seen_channel(asked)
    payload = asked.fields
    _writable(asked, channel, payload)
    check_message(payload, Surface.CHANNEL, uploads=asked.uploads)
    before = _posted_already(asked, channel, payload)
    if before is not None:
        return Answer(before.as_json())
    reply_to = _reply_to(channel, payload)
    message = compose(asked.world, channel, payload, asked.uploads, reply_to=reply_to)
    return Answer(message.as_json())


def read(asked: Asked) -> Answer:
    """Give one message."""
    return Answer(_message(asked, seen_channel(asked)).as_json())


def edit(asked: Asked) -> Answer:
    """Edit a message of the bot's own."""
    channel = seen_channel(asked)
    message = _message(asked, channel)
    payload = asked.fields
    if message.author is not asked.world.bot:
        raise refusal(NOT_THE_AUTHOR)
    _open(channel)
    check_message(
        payload,
        Surface.CHANNEL_EDIT,
        uploads=asked.uploads,
        attached=[one.id for one in message.attachments],
        flags=message.flags,
    )
    return Answer(recompose(asked.world, message, payload, asked.uploads).as_json())


def remove(asked: Asked) -> Answer:
    """Delete a message, of somebody else only with the permission for it."""
    channel = seen_channel(asked)
    message = _message(asked, channel)
    if message.author is not asked.world.bot:
        may(asked, channel, Permission.MANAGE_MESSAGES)
    _open(channel)
    delete(asked.world, message)
    return Answer()


def history(asked: Asked) -> Answer:
    """Give messages, newest first: `limit` of them, `before`, `after` or `around` an id."""
    channel = seen_channel(asked)
    found = Complaints()
    limit = asked.query.get("limit", "50")
    if not limit.isdecimal() or not 1 <= int(limit) <= 100:
        found.number("limit", int(limit) if limit.isdecimal() else limit, 1, 100)
    marks = {
        name: found.snowflake(name, asked.query[name])
        for name in ("before", "after", "around")
        if name in asked.query
    }
    found.refuse()
    granted = channel.permissions_of(asked.world.bot) & Permission.READ_MESSAGE_HISTORY
    there = channel.messages if granted else []
    return Answer([one.as_json() for one in _page(there, int(limit), marks)])


def _page(there: list[Message], limit: int, marks: dict[str, int | None]) -> list[Message]:
    newest_first = sorted(there, key=lambda one: -one.id)
    if (mark := marks.get("around")) is not None:
        older = [one for one in newest_first if one.id <= mark][: limit // 2 + 1]
        newer = [one for one in reversed(newest_first) if one.id > mark][: limit // 2]
        return [*reversed(newer), *older][:limit]
    if (mark := marks.get("after")) is not None:
        newer = [one for one in reversed(newest_first) if one.id > mark][:limit]
        return list(reversed(newer))
    if (mark := marks.get("before")) is not None:
        newest_first = [one for one in newest_first if one.id < mark]
    return newest_first[:limit]


def _message(asked: Asked, channel: Channel) -> Message:
    message = channel.find(asked.id("message"))
    if message is None:
        raise refusal(UNKNOWN_MESSAGE)
    if message.author is not asked.world.bot:
        may(asked, channel, Permission.READ_MESSAGE_HISTORY)
    return message


def _writable(asked: Asked, channel: Channel, payload: Json) -> None:
    if channel.type not in MESSAGEABLE:
        raise refusal(NO_TEXT_CHANNEL)
    person = channel.recipient
    if person is not None and (person.dms_closed or not _shares_guild(asked, person.id)):
        raise refusal(CANNOT_MESSAGE_USER)
    if channel.is_thread:
        may(asked, channel, Permission.SEND_MESSAGES_IN_THREADS)
        if channel.locked:
            raise refusal(MISSING_PERMISSIONS)
        channel.archived = False  # a message opens it again
    else:
        may(asked, channel, Permission.SEND_MESSAGES)
    if payload.get("embeds"):
        may(asked, channel, Permission.EMBED_LINKS)
    if asked.uploads:
        may(asked, channel, Permission.ATTACH_FILES)
    if payload.get("message_reference"):
        may(asked, channel, Permission.READ_MESSAGE_HISTORY)


def _shares_guild(asked: Asked, user_id: int) -> bool:
    """Tell whether bot and user meet in a guild, without which nobody gets direct messages."""
    return any(
        guild.bot_is_in and user_id in guild.members for guild in asked.world.guilds.values()
    )


def _open(channel: Channel) -> None:
    if channel.is_thread and channel.archived:
        raise refusal(THREAD_ARCHIVED)


def _posted_already(asked: Asked, channel: Channel, payload: Json) -> Message | None:
    nonce = payload.get("nonce")
    if not payload.get("enforce_nonce") or nonce is None:
        return None
    since = asked.world.clock.now() - NONCE_LIFETIME
    for message in reversed(channel.everything):
        if message.nonce == nonce and message.author is asked.world.bot and message.at >= since:
            return message
    return None


def _reply_to(channel: Channel, payload: Json) -> Message | None:
    if payload.get("message_reference") is None:
        return None
    found = Complaints()
    reference = found.mapping("message_reference", payload["message_reference"]) or {}
    known = {"type", "message_id", "channel_id", "guild_id", "fail_if_not_exists"}
    found.keys("message_reference", reference, known)
    number = found.snowflake("message_reference.message_id", reference.get("message_id"))
    found.refuse()
    message = channel.find(number or 0)
    if message is None and reference.get("fail_if_not_exists", True):
        place = "message_reference"
        raise invalid([(place, "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")])
    return message
