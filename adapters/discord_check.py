"""Whether Discord would have us: the token, and what the bot may do in each guild."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from discord import Permissions
from discord.http import Route

from adapters.discord_call import DISCORD_API_URL, DiscordCalls, new_session
from adapters.discord_errors import DiscordFailure, judge

# what the desk does in a guild, with the words that Discord's own pages have for it
NEEDED: Mapping[str, str] = {
    "view_channel": "View Channels",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
    "create_events": "Create Events",
}
_TIMEOUT = 5.0  # seconds for each call
_AUTHORIZE = "https://discord.com/oauth2/authorize"


@dataclass(frozen=True, slots=True)
class DiscordChecked:
    """What Discord says: who the bot is, where it is, how it is invited, and what is wrong.

    `guilds` are names; each of `problems` is a line.
    """

    bot_name: str = ""
    invitation: str = ""
    guilds: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


async def try_discord(
    token: str, api_url: str = DISCORD_API_URL, *, guild: str = ""
) -> DiscordChecked:
    """Try a bot's token; `guild` is one, by id, that it should be in. Changes nothing.

    Never raises for what it meets.
    """
    async with new_session(_TIMEOUT) as session:
        calls = DiscordCalls(token, api_url, session)
        try:
            bot = await calls.request(Route("GET", "/users/@me"))
            application = await calls.request(Route("GET", "/oauth2/applications/@me"))
            guilds = await calls.request(Route("GET", "/users/@me/guilds"))
            return _checked(bot, application, guilds, guild)
        except DiscordFailure as failure:
            return DiscordChecked(problems=(judge(failure).reason,))
        except (LookupError, TypeError, ValueError):
            return DiscordChecked(problems=("Discord's answer could not be read",))


def invitation(application_id: str) -> str:
    """Make the link by which somebody who manages a guild adds the bot to it."""
    permissions = Permissions(**dict.fromkeys(NEEDED, True))
    query = {
        "client_id": application_id,
        "scope": "bot applications.commands",
        "permissions": permissions.value,
    }
    return f"{_AUTHORIZE}?{urlencode(query)}"


def _checked(
    bot: dict[str, Any], application: dict[str, Any], guilds: list[dict[str, Any]], wanted: str
) -> DiscordChecked:
    link = invitation(str(application["id"]))
    problems = [problem for one in guilds for problem in _lacking(one)]
    if not guilds:
        problems.append(f"the bot is in no guild yet: invite it at {link}")
    elif wanted and wanted not in {str(one["id"]) for one in guilds}:
        problems.append(f"CALLBOARD_DISCORD_GUILD: the bot is not there: invite it at {link}")
    names = tuple(str(one["name"]) for one in guilds)
    return DiscordChecked(str(bot["username"]), link, names, tuple(problems))


def _lacking(guild: dict[str, Any]) -> list[str]:
    """Say what the bot may not do in a guild; single channels may still differ."""
    granted = Permissions(int(guild["permissions"]))
    if granted.administrator:
        return []
    missing = [words for name, words in NEEDED.items() if not getattr(granted, name)]
    if not missing:
        return []
    return [f"{guild['name']}: allow the bot's role {', '.join(missing)} there"]
