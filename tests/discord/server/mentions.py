"""Whom a message really pings: what it names, as far as `allowed_mentions` and permissions go.

Source: "Allowed Mentions" in Discord's documentation. Mentions in code and behind a backslash
are counted as well: clients do not show them as such, and a desk should not count on it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.discord.server.complaints import Complaints, at
from tests.discord.server.errors import Json
from tests.discord.server.permissions import Permission
from tests.discord.server.reading import nodes

if TYPE_CHECKING:
    from tests.discord.server.messages import Message
    from tests.discord.server.places import Channel

_USER, _ROLE, _ALL = (
    re.compile(r"<@!?(\d+)>"),
    re.compile(r"<@&(\d+)>"),
    re.compile(r"@(everyone|here)"),
)
_KINDS = ("users", "roles", "everyone")
MOST = 100


def check_allowed(found: Complaints, place: str, allowed: object) -> None:
    """Complain of `allowed_mentions` that are wrong or contradict themselves."""
    if allowed is None or (checked := found.mapping(place, allowed)) is None:
        return
    found.keys(place, checked, {"parse", "users", "roles", "replied_user"})
    parse = found.listed(at(place, "parse"), checked.get("parse"), 3)
    for number, one in enumerate(parse):
        found.choice(at(at(place, "parse"), number), one, _KINDS)
    for name in ("users", "roles"):
        ids = found.listed(at(place, name), checked.get(name), MOST)
        for number, one in enumerate(ids):
            found.snowflake(at(at(place, name), number), one)
        if ids and name in parse:
            found.add(
                place,
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{name}"] and {name}: [ids...] are mutually exclusive.',
            )
    found.boolean(at(place, "replied_user"), checked.get("replied_user"))


def pings_of(channel: Channel, payload: Json, reply_to: Message | None) -> set[int | str]:
    """Tell whom a message of the bot pings: ids of users and roles, `everyone`, `here`.

    Embeds never ping; texts in components do.
    """
    texts = [str(payload.get("content") or "")]
    texts += [str(node.get("content") or "") for node in nodes(payload.get("components"))]
    text = "\n".join(texts)
    allowed = payload.get("allowed_mentions")
    named = {int(one) for one in _USER.findall(text)}
    found: set[int | str] = {one for one in named if _may(allowed, "users", one)}
    found &= set(_known_users(channel))
    found |= _roles(channel, text, allowed)
    if _may_everyone(channel) and _may(allowed, "everyone", None):
        found |= set(_ALL.findall(text))
    if reply_to is not None and (allowed is None or allowed.get("replied_user")):
        found.add(reply_to.author.id)
    return found


def _may(allowed: Json | None, kind: str, one: int | None) -> bool:
    if allowed is None or kind in (allowed.get("parse") or ()):
        return True
    return str(one) in {str(listed) for listed in allowed.get(kind) or ()}


def _known_users(channel: Channel) -> list[int]:
    if channel.guild is None:
        return [channel.recipient.id] if channel.recipient else []
    return list(channel.guild.world.users)


def _roles(channel: Channel, text: str, allowed: Json | None) -> set[int]:
    if channel.guild is None:
        return set()
    named = [channel.guild.roles.get(int(one)) for one in _ROLE.findall(text)]
    return {
        role.id
        for role in named
        if role and (role.mentionable or _may_everyone(channel)) and _may(allowed, "roles", role.id)
    }


def _may_everyone(channel: Channel) -> bool:
    if channel.guild is None:
        return False
    may = channel.permissions_of(channel.guild.world.bot)
    return bool(may & Permission.MENTION_EVERYONE)
