"""Beginning a session, going on with one, and what a new one is told first.

Source: Discord's documentation, "Gateway Events": Identify, Resume, Ready, Request Guild Members.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

from tests.discord.server.intents import GUILD_MEMBERS, GUILDS, KNOWN, PRIVILEGED
from tests.discord.server.session import Session

if TYPE_CHECKING:
    from tests.discord.server.connection import Connection
    from tests.discord.server.gateway import Gateway
    from tests.discord.server.guild import Guild
    from tests.discord.server.world import World

# after these a session cannot be gone on with
FINAL = frozenset({1000, 1001, 4003, 4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014})


class Farewell(Exception):  # noqa: N818 - it is what the gateway says, no failure of this code
    """The gateway closes a connection, with a code and a reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code, self.reason = code, reason


def identify(gateway: Gateway, connection: Connection, told: object) -> None:
    """Begin a session. Raises Farewell for what Discord does not accept."""
    world = gateway.world
    if not isinstance(told, dict) or not isinstance(told.get("properties"), dict):
        raise Farewell(4002, "Error while decoding payload.")
    _authenticate(world, told.get("token"))
    intents = told.get("intents")
    if not isinstance(intents, int) or intents & ~KNOWN:
        raise Farewell(4013, "Invalid intent(s).")
    if intents & PRIVILEGED & ~gateway.privileged_intents:
        raise Farewell(4014, "Disallowed intent(s).")
    shard = _shard(told.get("shard"))
    session = Session(secrets.token_hex(16), intents, shard or (0, 1))
    guilds = [one for one in _guilds(world) if session.serves(one.id)]
    if len(guilds) > gateway.most_guilds:
        raise Farewell(4011, "Sharding required.")
    if _too_soon(gateway, session):
        gateway.refuse_session(connection)
        return
    session.connection = connection
    gateway.sessions.append(session)
    gateway.identified += 1
    session.tell("READY", _ready(gateway, session, guilds, sharded=shard is not None))
    if intents & GUILDS:
        for guild in guilds:
            if guild.available:
                session.tell("GUILD_CREATE", guild.as_created())


def resume(gateway: Gateway, connection: Connection, told: object) -> None:
    """Go on with a session. Raises Farewell for a wrong token or sequence."""
    if not isinstance(told, dict):
        raise Farewell(4002, "Error while decoding payload.")
    _authenticate(gateway.world, told.get("token"))
    session = next((one for one in gateway.sessions if one.id == told.get("session_id")), None)
    if session is None:
        gateway.refuse_session(connection)
        return
    sequence = told.get("seq")
    if not isinstance(sequence, int) or not 0 <= sequence <= session.sequence:
        raise Farewell(4007, "Invalid `seq`.")
    if session.connection is not None:
        session.connection.cut()
    gateway.resumed += 1
    session.resume(connection, sequence)


def send_members(gateway: Gateway, session: Session, told: object) -> None:
    """Answer a request for members, all in one chunk."""
    asked = told if isinstance(told, dict) else {}
    guild = gateway.world.guilds.get(int(asked.get("guild_id", 0)))
    if guild is None or not guild.bot_is_in:
        return
    everybody = "user_ids" not in asked and not asked.get("query") and not asked.get("limit")
    if everybody and not session.intents & GUILD_MEMBERS:
        gateway.world.accuse("asked for all members without the intent for it")
        return
    wanted = asked.get("user_ids")
    ids = {int(one) for one in (wanted if isinstance(wanted, list) else [wanted or 0])}
    start = str(asked.get("query") or "").lower()
    members = [
        member.as_json()
        for member in guild.members.values()
        if (member.user.id in ids if wanted else member.user.username.startswith(start))
    ]
    chunk: dict[str, Any] = {
        "guild_id": str(guild.id),
        "members": members[: asked.get("limit") or None],
        "chunk_index": 0,
        "chunk_count": 1,
        "not_found": [str(one) for one in ids if wanted and one not in guild.members],
    }
    if "nonce" in asked:
        chunk["nonce"] = asked["nonce"]
    session.tell("GUILD_MEMBERS_CHUNK", chunk)


def _authenticate(world: World, token: object) -> None:
    application = world.application
    if not application.token_good or token != application.token:
        raise Farewell(4004, "Authentication failed.")


def _shard(told: object) -> tuple[int, int] | None:
    match told:
        case None:
            return None
        case [int(shard_id), int(shards)] if 0 <= shard_id < shards:
            return shard_id, shards
    raise Farewell(4010, "Invalid shard.")


def _guilds(world: World) -> list[Guild]:
    return [guild for guild in world.guilds.values() if guild.bot_is_in]


def _too_soon(gateway: Gateway, session: Session) -> bool:
    """Tell whether this bucket has been used a moment ago, and note that it is used now."""
    now = asyncio.get_running_loop().time()
    bucket = session.shard[0] % gateway.max_concurrency
    last = gateway.identify_times.get(bucket)
    gateway.identify_times[bucket] = now
    return last is not None and now - last < gateway.identify_period


def _ready(
    gateway: Gateway, session: Session, guilds: list[Guild], *, sharded: bool
) -> dict[str, Any]:
    application = gateway.world.application
    bot = gateway.world.bot.as_json()
    told: dict[str, Any] = {
        "v": 10,
        "user": bot | {"verified": True, "mfa_enabled": True, "email": None},
        "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
        "session_id": session.id,
        "session_type": "normal",
        "resume_gateway_url": gateway.url,
        "application": {"id": str(application.id), "flags": application.flags},
        "private_channels": [],
        "relationships": [],
        "presences": [],
        "user_settings": {},
        "_trace": [],
    }
    return told | ({"shard": list(session.shard)} if sharded else {})
