"""Looking for a post that may have arrived: by the delivery that its metadata names."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from adapters.chat_verdicts import Fate
from adapters.slack_errors import SlackFailure, judge
from core.notices.as_slack import EVENT_TYPE

log = logging.getLogger(__name__)

_SLACK_OFF = 60  # seconds by which Slack's clock and ours may differ
_PAGE = 100
_PAGES = 5


class Call(Protocol):
    """A call of the Web API on behalf of one workspace; raises `SlackFailure`."""

    def __call__(
        self, method: str, arguments: Mapping[str, Any], *, read: bool = False
    ) -> Awaitable[dict[str, Any]]:
        """Call a method, and give its answer."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A delivery, and where its posts would be: `place` is a channel or a person.

    `posted` is the card that it edits, as `C0456:1700000000.000100`, or "".
    """

    delivery: int
    since: int
    place: str
    posted: str
    person: bool


async def find(call: Call, sought: Sought) -> dict[str, str]:
    """Give what has arrived of a delivery, by part (`card`, `reply`), each as `posted` is.

    Raises `SlackFailure` where looking another time may do. Where it never will, nothing is
    found: better the notice twice than not at all.
    """
    try:
        return await _found(call, sought)
    except SlackFailure as failure:
        if judge(failure, person=sought.person).fate in {Fate.DOWN, Fate.DOUBT, Fate.LATER}:
            raise
        log.warning("slack.not_searched", extra={"error": failure.word})
        return {}


async def joined(call: Call, channel: str, act: Callable[[], Awaitable[None]]) -> None:
    """Do what only members of a channel may, joining it first where it is open to all."""
    try:
        await act()
    except SlackFailure as failure:
        if failure.word != "not_in_channel":
            raise
        await call("conversations.join", {"channel": channel})
        await act()


async def _found(call: Call, sought: Sought) -> dict[str, str]:
    channel, _, thread = sought.posted.partition(":")
    channel = channel or await _channel(call, sought)
    found: dict[str, str] = {}

    async def look() -> None:
        async for message in _messages(call, "conversations.history", channel, sought, {}):
            _note(found, message, channel, sought)

    await joined(call, channel, look)
    if thread:
        await _look_in_thread(call, sought, channel, thread, found)
    return found


async def _look_in_thread(
    call: Call, sought: Sought, channel: str, thread: str, found: dict[str, str]
) -> None:
    where = {"ts": thread}
    try:
        async for message in _messages(call, "conversations.replies", channel, sought, where):
            _note(found, message, channel, sought)
    except SlackFailure as failure:
        if judge(failure).fate is not Fate.ANEW:
            raise


async def _channel(call: Call, sought: Sought) -> str:
    """Give the channel of a recipient: for a person that of the direct messages with them."""
    if not sought.person or sought.place.startswith("D"):
        return sought.place
    opened = await call("conversations.open", {"users": sought.place})
    return str(opened["channel"]["id"])


async def _messages(
    call: Call, method: str, channel: str, sought: Sought, where: Mapping[str, str]
) -> AsyncIterator[dict[str, Any]]:
    """Give what was posted since, a page at a time."""
    cursor: dict[str, str] = {}
    for _ in range(_PAGES):
        arguments = {
            "channel": channel,
            "oldest": str(sought.since - _SLACK_OFF),
            "limit": _PAGE,
            "include_all_metadata": True,
            **where,
            **cursor,
        }
        page = await call(method, arguments, read=True)
        for message in page.get("messages") or []:
            yield message
        following = (page.get("response_metadata") or {}).get("next_cursor")
        if not following:
            return
        cursor = {"cursor": following}


def _note(found: dict[str, str], message: dict[str, Any], channel: str, sought: Sought) -> None:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    ours = metadata.get("event_type") == EVENT_TYPE and payload.get("delivery") == sought.delivery
    if ours and payload.get("part") in {"card", "reply"}:
        found[payload["part"]] = f"{channel}:{message['ts']}"
