"""Methods about channels and what stands in them."""

from __future__ import annotations

from tests.slack.server.asking import Asked, Method
from tests.slack.server.errors import Json, Refusal
from tests.slack.server.messages import Message
from tests.slack.server.places import Channel

TYPES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def _seen(asked: Asked, doing: str) -> Channel:
    """Give the channel, under the scope for this kind of channel."""
    channel = asked.channel()
    asked.require(f"{channel.kind}:{doing}")
    return channel


def _info(asked: Asked) -> Json:
    told = _seen(asked, "read").as_json()
    if not asked.flag("include_num_members"):
        told.pop("num_members", None)
    return {"channel": told}


def _list(asked: Asked) -> Json:
    kinds = [TYPES.get(one.strip()) for one in (asked.text("types") or "public_channel").split(",")]
    if None in kinds:
        raise Refusal("invalid_types")
    for kind in kinds:
        asked.require(f"{kind}:read")
    wanted = [
        channel
        for channel in asked.team.channels.values()
        if channel.kind in kinds
        and (not channel.private or channel.bot_is_member)
        and not (channel.archived and asked.flag("exclude_archived"))
    ]
    page, metadata = asked.page(wanted)
    return {"channels": [one.as_json() for one in page], "response_metadata": metadata}


def _members(asked: Asked) -> Json:
    channel = _seen(asked, "read")
    members = sorted(channel.members)
    if channel.bot_is_member:
        members.append(asked.team.bot_user_id)
    page, metadata = asked.page(members)
    return {"members": page, "response_metadata": metadata}


def _join(asked: Asked) -> Json:
    channel = asked.channel()
    if channel.kind != "channels":
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    already = channel.bot_is_member
    channel.bot_is_member = True
    told: Json = {"channel": channel.as_json()}
    if already:
        told |= {"warning": "already_in_channel"}
        told |= {"response_metadata": {"warnings": ["already_in_channel"]}}
    return told


def _open(asked: Asked) -> Json:
    if asked.text("channel"):
        channel = asked.channel()
        return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}
    users = (asked.text("users") or "").split(",")
    if users == [""]:
        raise Refusal("users_list_not_supplied")
    if len(users) > 1:
        raise Refusal("mpim_is_not_modelled")
    person = asked.team.users.get(users[0])
    if person is None:
        raise Refusal("user_not_found")
    if person.dm_refused not in (None, "messages_tab_disabled"):
        raise Refusal(person.dm_refused)
    if person.deleted:
        raise Refusal("user_disabled")
    return {"channel": {"id": person.dm.id}}


def _history(asked: Asked) -> Json:
    channel = _seen(asked, "history")
    if not channel.bot_is_member:
        raise Refusal("not_in_channel")
    messages = [one for one in reversed(channel.messages) if _between(asked, one)]
    page, metadata = asked.page(messages)
    more = bool(metadata["next_cursor"])
    return {"messages": _told(asked, page), "has_more": more, "response_metadata": metadata}


def _replies(asked: Asked) -> Json:
    channel = _seen(asked, "history")
    if not channel.bot_is_member:
        raise Refusal("not_in_channel")
    parent = channel.find(asked.need("ts"))
    if parent is None:
        raise Refusal("thread_not_found")
    replies = [one for one in parent.replies if _between(asked, one)]
    page, metadata = asked.page([parent, *replies], default=1000)
    more = bool(metadata["next_cursor"])
    return {"messages": _told(asked, page), "has_more": more, "response_metadata": metadata}


def _between(asked: Asked, message: Message) -> bool:
    """Tell whether a message lies between `oldest` and `latest`."""
    ts = float(message.ts)
    oldest, latest = asked.text("oldest"), asked.text("latest")
    if asked.flag("inclusive"):
        return float(oldest or 0) <= ts <= float(latest or "inf")
    return float(oldest or 0) < ts < float(latest or "inf")


def _told(asked: Asked, messages: list[Message]) -> list[Json]:
    with_metadata = asked.flag("include_all_metadata")
    return [one.as_json(with_metadata=with_metadata) for one in messages]


METHODS = {
    "conversations.info": Method(_info),
    "conversations.list": Method(_list),
    "conversations.members": Method(_members),
    "conversations.join": Method(_join, "channels:join"),
    "conversations.open": Method(_open, "im:write"),
    "conversations.history": Method(_history),
    "conversations.replies": Method(_replies),
}
