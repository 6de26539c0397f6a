"""Guilds, channels, threads, roles, members, and direct messages.

Source: "Guild", "Channel" and "User" in Discord's documentation.
"""

from __future__ import annotations

from tests.discord.server.access import may, seen_channel, seen_guild
from tests.discord.server.complaints import Complaints
from tests.discord.server.errors import (
    INVALID_RECIPIENT,
    MISSING_ACCESS,
    THREAD_THERE_ALREADY,
    UNKNOWN_MEMBER,
    UNKNOWN_MESSAGE,
    UNKNOWN_ROLE,
    WRONG_CHANNEL_TYPE,
    Json,
    refusal,
)
from tests.discord.server.permissions import Permission
from tests.discord.server.places import NEWS, TEXT
from tests.discord.server.rest import Answer, Asked, Rest

GUILD = "/guilds/{guild}"
THREAD_NAME = 100


def add_routes(rest: Rest) -> None:
    """Let the REST API answer these."""
    rest.add("GET /users/@me/guilds", guilds)
    rest.add("POST /users/@me/channels", open_dm)
    rest.add(f"GET {GUILD}", guild)
    rest.add(f"GET {GUILD}/channels", channels)
    rest.add(f"GET {GUILD}/threads/active", threads)
    rest.add(f"GET {GUILD}/roles", roles)
    rest.add(f"GET {GUILD}/roles/{{role}}", role)
    rest.add(f"GET {GUILD}/members", members)
    rest.add(f"GET {GUILD}/members/{{user}}", member)
    rest.add("GET /channels/{channel}", channel)
    rest.add("POST /channels/{channel}/messages/{message}/threads", open_thread)


def guilds(asked: Asked) -> Answer:
    """List the guilds that the bot is in."""
    told: list[Json] = [
        {
            "id": str(one.id),
            "name": one.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(int(one.bot_member.permissions)),
            "features": [],
        }
        for one in sorted(asked.world.guilds.values(), key=lambda one: one.id)
        if one.bot_is_in
    ]
    after = int(asked.query.get("after", "0"))
    limit = int(asked.query.get("limit", "200"))
    return Answer([one for one in told if int(str(one["id"])) > after][:limit])


def guild(asked: Asked) -> Answer:
    """Describe a guild."""
    seen = seen_guild(asked)
    counts = {"approximate_member_count": len(seen.members), "approximate_presence_count": 1}
    return Answer(seen.as_json() | (counts if asked.query.get("with_counts") else {}))


def channels(asked: Asked) -> Answer:
    """List the channels of a guild, without threads."""
    everywhere = seen_guild(asked).channels.values()
    return Answer([one.as_json() for one in everywhere if not one.is_thread])


def threads(asked: Asked) -> Answer:
    """List the threads of a guild that are open and that the bot may see."""
    everywhere = seen_guild(asked).channels.values()
    open_ones = [one for one in everywhere if one.is_thread and not one.archived]
    bot = asked.world.bot
    seen = [one for one in open_ones if one.permissions_of(bot) & Permission.VIEW_CHANNEL]
    return Answer({"threads": [one.as_json() for one in seen], "members": []})


def roles(asked: Asked) -> Answer:
    """List the roles of a guild."""
    return Answer([one.as_json() for one in seen_guild(asked).roles.values()])


def role(asked: Asked) -> Answer:
    """Describe one role."""
    found = seen_guild(asked).roles.get(asked.id("role"))
    if found is None:
        raise refusal(UNKNOWN_ROLE)
    return Answer(found.as_json())


def members(asked: Asked) -> Answer:
    """List members, which needs the privileged intent for them."""
    seen = seen_guild(asked)
    if not asked.world.application.lists_members:
        raise refusal(MISSING_ACCESS)
    found = Complaints()
    limit, after = asked.query.get("limit", "1"), asked.query.get("after", "0")
    found.number("limit", int(limit) if limit.isdecimal() else limit, 1, 1000)
    since = found.snowflake("after", after)
    found.refuse()
    listed = sorted(seen.members.values(), key=lambda one: one.user.id)
    later = [one for one in listed if one.user.id > (since or 0)]
    return Answer([one.as_json() for one in later[: int(limit)]])


def member(asked: Asked) -> Answer:
    """Describe one member."""
    found = seen_guild(asked).members.get(asked.id("user"))
    if found is None:
        raise refusal(UNKNOWN_MEMBER)
    return Answer(found.as_json())


def channel(asked: Asked) -> Answer:
    """Describe a channel."""
    return Answer(seen_channel(asked).as_json())


def open_dm(asked: Asked) -> Answer:
    """Give the channel of direct messages with somebody, closed to the bot or not."""
    found = Complaints()
    found.keys("", asked.fields, {"recipient_id"})
    number = found.snowflake("recipient_id", asked.fields.get("recipient_id"))
    found.refuse()
    user = asked.world.users.get(number or 0)
    if user is None or user.bot:
        raise refusal(INVALID_RECIPIENT)
    return Answer(asked.world.dm(user).as_json())


def open_thread(asked: Asked) -> Answer:
    """Open a thread from a message; it has the message's id."""
    parent = seen_channel(asked)
    message = parent.find(asked.id("message"))
    if message is None:
        raise refusal(UNKNOWN_MESSAGE)
    if parent.type not in (TEXT, NEWS) or parent.guild is None:
        raise refusal(WRONG_CHANNEL_TYPE)
    may(asked, parent, Permission.CREATE_PUBLIC_THREADS)
    if message.thread is not None:
        raise refusal(THREAD_THERE_ALREADY)
    found = Complaints()
    found.keys("", asked.fields, {"name", "auto_archive_duration", "rate_limit_per_user"})
    found.text("name", asked.fields.get("name"), THREAD_NAME)
    if asked.fields.get("auto_archive_duration") is not None:
        duration = asked.fields["auto_archive_duration"]
        found.choice("auto_archive_duration", duration, (60, 1440, 4320, 10080))
    found.refuse()
    name = str(asked.fields["name"])
    message.thread = parent.guild.add_thread(parent, name, by=asked.world.bot, thread_id=message.id)
    return Answer(message.thread.as_json(), 201)
