"""Methods that post, change and take away messages."""

from __future__ import annotations

from tests.slack.server.asking import Asked, Method, visible
from tests.slack.server.elements import Naming
from tests.slack.server.errors import Json, Refusal
from tests.slack.server.messages import Message
from tests.slack.server.places import Channel
from tests.slack.server.validation import check_message, check_metadata

UPDATE_TEXT = 4_000


def _content(asked: Asked) -> Json:
    """Give the arguments with their nested JSON read, if Slack would take them as a message."""
    arguments = dict(asked.arguments)
    for name in ("blocks", "attachments"):
        if name in arguments:
            arguments[name] = asked.nested(name, f"invalid_{name}_format")
    if "metadata" in arguments:
        arguments["metadata"] = asked.nested("metadata", "invalid_metadata_format")
        check_metadata(arguments["metadata"])
    return arguments


def _post(asked: Asked) -> Json:
    channel = _destination(asked)
    content = _content(asked)
    check_message(content, posted=True)
    message = channel.add(_made(asked, channel, content), _parent(asked, channel))
    told = message.as_json(with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": told}


def _made(asked: Asked, channel: Channel, content: Json) -> Message:
    team = asked.team
    return Message(
        team.id,
        channel.id,
        asked.slack.next_ts(),
        team.bot_user_id,
        str(content.get("text") or ""),
        Naming().name(content.get("blocks") or []),
        bot_id=team.bot_id,
        app_id=asked.slack.app.id,
        metadata=content.get("metadata") or None,
        arguments=content,
    )


def _destination(asked: Asked) -> Channel:
    """Give the channel to post to, named by id, name, or the id of a person."""
    wanted = asked.need("channel")
    person = asked.team.users.get(wanted)
    if person is not None:
        channel = person.dm
    else:
        channel = _by_name(asked, wanted) or visible(asked.team, wanted)
    if channel.dm_with:
        _refuse_dm(asked, channel.dm_with)
    if channel.archived:
        raise Refusal("is_archived")
    if not channel.bot_is_member and "chat:write.public" not in asked.team.scopes:
        raise Refusal("not_in_channel")
    if channel.post_refused:
        raise Refusal(channel.post_refused)
    return channel


def _by_name(asked: Asked, wanted: str) -> Channel | None:
    for channel in asked.team.channels.values():
        if wanted.removeprefix("#") == channel.name and not channel.dm_with:
            return visible(asked.team, channel.id)
    return None


def _refuse_dm(asked: Asked, user_id: str) -> None:
    person = asked.team.users[user_id]
    if person.dm_refused:
        raise Refusal(person.dm_refused)
    if person.deleted:
        raise Refusal("user_disabled")


def _parent(asked: Asked, channel: Channel) -> Message | None:
    wanted = asked.text("thread_ts")
    if wanted is None:
        return None
    parent = channel.find(wanted)
    if parent is None:
        raise Refusal("thread_not_found")
    if parent.thread_ts:
        return channel.find(parent.thread_ts) or parent
    return parent


def _own(asked: Asked, not_own: str) -> Message:
    """Give the message that the bot may change. Raises Refusal(not_own) for another's."""
    channel = asked.channel()
    message = channel.find(asked.need("ts"))
    if message is None:
        raise Refusal("message_not_found")
    if message.by != asked.team.bot_user_id:
        raise Refusal(not_own)
    return message


def _update(asked: Asked) -> Json:
    message = _own(asked, "cant_update_message")
    channel = asked.channel()
    if channel.archived:
        raise Refusal("is_archived")
    content = _content(asked)
    if "text" not in content:
        # blocks stay only where no text is given either
        content = {"blocks": message.blocks, **content}
    check_message({"text": message.text, **content}, posted=True)
    if len(str(content.get("text") or "")) > UPDATE_TEXT:
        raise Refusal("msg_too_long")
    changes: Json = {"arguments": content}
    if "text" in content:
        changes["text"] = str(content["text"] or "")
    if "blocks" in content or "text" in content:
        changes["blocks"] = Naming().name(content.get("blocks") or [])
    if "metadata" in content:
        changes["metadata"] = content["metadata"] or None
    message.edit(ts=asked.slack.next_ts(), **changes)
    told = message.as_json(with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": told}


def _delete(asked: Asked) -> Json:
    message = _own(asked, "cant_delete_message")
    message.deleted = True
    return {"channel": message.channel_id, "ts": message.ts}


def _ephemeral(asked: Asked) -> Json:
    channel = visible(asked.team, asked.need("channel"))
    person = asked.team.users.get(asked.need("user"))
    if channel.archived:
        raise Refusal("is_archived")
    if not channel.bot_is_member:
        raise Refusal("not_in_channel")
    if person is None or person.id not in channel.members:
        raise Refusal("user_not_in_channel")
    content = _content(asked)
    check_message(content)
    message = _made(asked, channel, content)
    message.ephemeral_for = person.id
    person.ephemeral.append(message)
    return {"message_ts": message.ts}


def _permalink(asked: Asked) -> Json:
    channel = asked.channel()
    message = channel.find(asked.need("message_ts"))
    if message is None:
        raise Refusal("message_not_found")
    place = f"https://{asked.team.domain}.slack.com/archives/{channel.id}"
    return {"channel": channel.id, "permalink": f"{place}/p{message.ts.replace('.', '')}"}


METHODS = {
    "chat.postMessage": Method(_post, "chat:write"),
    "chat.update": Method(_update, "chat:write"),
    "chat.delete": Method(_delete, "chat:write"),
    "chat.postEphemeral": Method(_ephemeral, "chat:write"),
    "chat.getPermalink": Method(_permalink),
}
