"""Gateway intents: which events a session must have asked for.

Source: Discord's documentation, "Gateway", list of intents.
"""

from __future__ import annotations

GUILDS = 1 << 0
GUILD_MEMBERS = 1 << 1
GUILD_PRESENCES = 1 << 8
GUILD_MESSAGES = 1 << 9
DIRECT_MESSAGES = 1 << 12
MESSAGE_CONTENT = 1 << 15
GUILD_SCHEDULED_EVENTS = 1 << 16
PRIVILEGED = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT
KNOWN = (1 << 17) - 1 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25

_BY_START = {
    "GUILD_MEMBER_": GUILD_MEMBERS,
    "GUILD_SCHEDULED_EVENT_": GUILD_SCHEDULED_EVENTS,
    "GUILD_ROLE_": GUILDS,
    "CHANNEL_": GUILDS,
    "THREAD_": GUILDS,
}
_GUILD_EVENTS = frozenset({"GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"})


def intents_for(event: str, *, in_guild: bool) -> int:
    """Give the intents any of which brings an event; 0 for those that everybody gets."""
    if event in _GUILD_EVENTS:
        return GUILDS
    if event.startswith("MESSAGE_"):
        return GUILD_MESSAGES if in_guild else DIRECT_MESSAGES
    for start, intent in _BY_START.items():
        if event.startswith(start):
            return intent
    return 0
