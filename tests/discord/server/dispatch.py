"""What happens in the world, handed on to the sessions that may know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.discord.server.messages import EPHEMERAL
from tests.discord.server.permissions import Permission

if TYPE_CHECKING:
    from tests.discord.server.gateway import Gateway
    from tests.discord.server.guild import Guild
    from tests.discord.server.places import Channel
    from tests.discord.server.session import Session
    from tests.discord.server.world import Announcement

# what a session does not get of a message in a guild without the intent for contents
_CONTENTS = {"content": "", "embeds": [], "attachments": [], "components": []}


def hand_on(gateway: Gateway, happened: Announcement) -> None:
    """Tell something to every session that is to know of it."""
    guild, channel = happened.guild, happened.channel
    if _is_ephemeral(happened):
        # such messages come as direct messages do, and say nothing of the guild
        guild = None
    if guild is not None and not _may_know(guild, channel):
        return
    guild_id = guild.id if guild else None
    listeners = [one for one in gateway.sessions if one.serves(guild_id)]
    listeners = [one for one in listeners if one.wants(happened.name, guild_id)]
    for session in listeners:
        session.tell(happened.name, _for_session(gateway, session, happened, guild))


def break_down(gateway: Gateway, guild: Guild) -> None:
    """Make a guild unavailable, as in an outage of Discord's, and tell the app."""
    guild.available = False
    gateway.world.announce("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild)


def recover(gateway: Gateway, guild: Guild) -> None:
    """End the outage of a guild, and tell the app."""
    guild.available = True
    gateway.world.announce("GUILD_CREATE", guild.as_created(), guild)


def _is_ephemeral(happened: Announcement) -> bool:
    message = happened.name in ("MESSAGE_CREATE", "MESSAGE_UPDATE")
    return message and bool(happened.data.get("flags", 0) & EPHEMERAL)


def _may_know(guild: Guild, channel: Channel | None) -> bool:
    if not guild.bot_is_in:
        return False
    if channel is None or channel.deleted:
        return True
    may = channel.permissions_of(guild.world.bot)
    return bool(may & Permission.VIEW_CHANNEL)


def _for_session(
    gateway: Gateway, session: Session, happened: Announcement, guild: Guild | None
) -> dict[str, Any]:
    told = dict(happened.data)
    if not happened.name.startswith("MESSAGE_") or guild is None:
        return told
    told["guild_id"] = str(guild.id)
    if "author" not in told:
        return told
    author_id = int(told["author"]["id"])
    member = guild.members.get(author_id)
    if member is not None and "webhook_id" not in told:
        told["member"] = member.as_json(with_user=False)
    bot_id = gateway.world.bot.id
    mentioned = any(one["id"] == str(bot_id) for one in told["mentions"])
    if session.reads_messages or author_id == bot_id or mentioned:
        return told
    return told | _CONTENTS
