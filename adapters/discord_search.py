"""Looking for a post that may have arrived: by the time that its embed bears, which is its alone.

Discord gives a message's nonce to whoever sent it, and in no history.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from discord.utils import time_snowflake

from adapters.discord_call import DiscordCalls
from adapters.discord_errors import DiscordFailure, judge

log = logging.getLogger(__name__)

_CLOCKS_OFF = 60  # seconds by which Discord's clock and ours may differ
_PAGE = 100
_PAGES = 5


@dataclass(frozen=True, slots=True)
class Sought:
    """A delivery's messages by part, each as it would be posted, and who would have posted them.

    `since`: Unix seconds before which they cannot have been posted.
    """

    messages: Mapping[str, Mapping[str, Any]]
    since: int
    bot: int


async def find(calls: DiscordCalls, channel: str, sought: Sought) -> dict[str, str]:
    """Give what of a delivery stands in a channel, by part, each as `channel:message`.

    Raises `DiscordFailure` where looking another time may do. Where it never will, nothing is
    found: better the notice twice than not at all.
    """
    wanted = {_time(message): part for part, message in sought.messages.items()}
    found: dict[str, str] = {}
    try:
        async for message in _newest(calls, channel, sought.since):
            part = wanted.get(_time(message))
            if part is not None and str((message.get("author") or {}).get("id")) == str(sought.bot):
                found.setdefault(part, f"{channel}:{message['id']}")
    except DiscordFailure as failure:
        if judge(failure).passing:
            raise
        log.warning("discord.not_searched", extra={"error": failure.word})
    return found


async def _newest(
    calls: DiscordCalls, channel: str, since: int
) -> AsyncIterator[Mapping[str, Any]]:
    """Give the newest messages, a page at a time, until they are older than what is sought."""
    oldest = time_snowflake(datetime.fromtimestamp(since - _CLOCKS_OFF, UTC))
    before: str | None = None
    for _ in range(_PAGES):
        page = await calls.logs_from(channel, _PAGE, before=before)
        for message in page:
            yield message
        if len(page) < _PAGE:
            return
        before = str(page[-1]["id"])
        if int(before) < oldest:
            return


def _time(message: Mapping[str, Any]) -> datetime | None:
    """Read the time of a message's embed; None where there is none."""
    for embed in message.get("embeds") or ():
        try:
            return datetime.fromisoformat(embed["timestamp"])
        except (LookupError, TypeError, ValueError):
            continue
    return None
