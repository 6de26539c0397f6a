"""Discord's guild scheduled events, by discord.py's endpoints and without its gateway.

Source: "Guild Scheduled Event" in Discord's documentation. Anybody in a guild reads its events,
whichever channels they may read: an event is made only where one of the reservation's channels is
open to everybody there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import aiohttp

from adapters.chat_verdicts import CUT, GARBLED, UNREACHABLE
from adapters.discord_call import DISCORD_API_URL, DiscordCalls, new_session
from adapters.discord_errors import BANNED, DiscordFailure
from core.model.delivery import Accepted, Deferred, Doubtful, Refused, RouteDown
from core.policy.events import EventFace, EventOutcome, Gone

_EXTERNAL, _GUILD_ONLY = 3, 2
_SCHEDULED, _ACTIVE, _COMPLETED, _CANCELED = 1, 2, 3, 4
_OVER = frozenset({_COMPLETED, _CANCELED})
_PRIVATE_THREAD = 12
_THREADS = frozenset({10, 11, _PRIVATE_THREAD})
_VIEW_CHANNEL = 1 << 10  # "Permissions" in Discord's documentation
_PATIENCE = 15.0  # seconds for one call
_WHY = "Callboard keeps this event as its reservation is"  # in the guild's audit log

_AWAY = "Callboard is not in that Discord server any more: invite it there again"
_REASONS = {
    "10004": _AWAY,  # unknown guild
    "50001": _AWAY,  # missing access
    "50013": (
        "Callboard may make no events in that Discord server: allow its role Create Events there"
    ),
    "30038": "that Discord server has 100 events, and Discord takes no more",
}
_ENDED = frozenset({"10070", "180000"})  # unknown event; one that is over
_PRIVATE = (
    "only some people in that Discord server may read the channel, and everybody there would see"
    " the event"
)
_UNSEEN = frozenset({"10003", "50001"})  # a channel that is gone, or that we may not see
_DOWN = {
    "401": "Discord does not take Callboard's token: run `callboard doctor`",
    BANNED: "Discord shuts this machine's address out for a while",
    UNREACHABLE: "Discord cannot be reached",
}
_LOST = {
    CUT: "the connection to Discord broke before it answered",
    GARBLED: "Discord's answer could not be read",
}

Work = Callable[[DiscordCalls], Awaitable[EventOutcome]]


class DiscordEvents:
    """Makes, changes and ends scheduled events; see `core.mirror.mirror.GuildEvents`."""

    def __init__(self, token: str, api_url: str = DISCORD_API_URL) -> None:
        self._token = token
        self._api_url = api_url
        self._session: aiohttp.ClientSession | None = None

    async def make(
        self, guild_id: str, face: EventFace, channels: tuple[str, ...], *, in_doubt: bool
    ) -> EventOutcome:
        """Make an event, unless it is there already or would tell more than its channels do."""

        async def work(calls: DiscordCalls) -> EventOutcome:
            if in_doubt and (found := await self._found(calls, guild_id, face.marker)):
                return await _in_line(calls, guild_id, found, face)
            if not await _open_to_all(calls, guild_id, channels):
                return Refused(_PRIVATE)
            made: Any = await calls.create_guild_scheduled_event(
                int(guild_id),
                **_said(face),
                scheduled_start_time=face.slot.starts_at.isoformat(),
                scheduled_end_time=face.slot.ends_at.isoformat(),
                privacy_level=_GUILD_ONLY,
                entity_type=_EXTERNAL,
                reason=_WHY,
            )
            return Accepted(str(made["id"]))

        return await self._carried_out(work, doubtful=True)

    async def keep(self, guild_id: str, event_id: str, face: EventFace) -> EventOutcome:
        """Bring an event in line with what it should say; `Gone` where it has ended."""

        async def work(calls: DiscordCalls) -> EventOutcome:
            event: Any = await calls.get_scheduled_event(
                int(guild_id), int(event_id), with_user_count=False
            )
            return await _in_line(calls, guild_id, event, face)

        return await self._carried_out(work)

    async def call_off(self, guild_id: str, event_id: str, marker: str) -> EventOutcome:
        """Cancel an event that is still to come, end one that has begun."""

        async def work(calls: DiscordCalls) -> EventOutcome:
            event: Any
            if event_id:
                event = await calls.get_scheduled_event(
                    int(guild_id), int(event_id), with_user_count=False
                )
            else:
                event = await self._found(calls, guild_id, marker)
            if event is None or event["status"] in _OVER:
                return Gone()
            status = _CANCELED if event["status"] == _SCHEDULED else _COMPLETED
            await calls.edit_scheduled_event(
                int(guild_id), int(event["id"]), status=status, reason=_WHY
            )
            return Accepted(str(event["id"]))

        return await self._carried_out(work)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _found(self, calls: DiscordCalls, guild_id: str, marker: str) -> Any:  # noqa: ANN401 - Discord's JSON, or None
        """Find an event of ours by its marker; whoever else writes that line is not us."""
        me = str(await calls.myself())
        events: Any = await calls.get_scheduled_events(int(guild_id), with_user_count=False)
        for event in events:
            last = str(event.get("description") or "").rpartition("\n")[2].strip()
            if last == marker and event.get("creator_id") == me:
                return event
        return None

    async def _carried_out(self, work: Work, *, doubtful: bool = False) -> EventOutcome:
        """Do some work, and say what became of it; `doubtful` where it may be done all the same."""
        if self._session is None:
            self._session = new_session(_PATIENCE)
        try:
            return await work(DiscordCalls(self._token, self._api_url, self._session))
        except DiscordFailure as failure:
            return _meant(failure, doubtful=doubtful)
        except (LookupError, TypeError, ValueError):  # an answer that is none of Discord's
            return Doubtful(_LOST[GARBLED]) if doubtful else Deferred(_LOST[GARBLED])


async def _in_line(
    calls: DiscordCalls,
    guild_id: str,
    event: Any,  # noqa: ANN401 - Discord's JSON
    face: EventFace,
) -> EventOutcome:
    """Change what an event says otherwise; Discord takes no other start once it has begun."""
    if event["status"] in _OVER:
        return Gone()
    wanted = _said(face)
    there: dict[str, Any] = {
        "name": event["name"],
        "description": event["description"] or "",
        "entity_metadata": event["entity_metadata"],
    }
    changes = {name: value for name, value in wanted.items() if there[name] != value}
    times = {"scheduled_end_time": face.slot.ends_at}
    if event["status"] == _SCHEDULED:
        times["scheduled_start_time"] = face.slot.starts_at
    for name, instant in times.items():
        if not event[name] or datetime.fromisoformat(event[name]) != instant:
            changes[name] = instant.isoformat()
    if changes:
        changes |= {"privacy_level": _GUILD_ONLY, "entity_type": _EXTERNAL, "channel_id": None}
        changes.setdefault("entity_metadata", wanted["entity_metadata"])
        await calls.edit_scheduled_event(int(guild_id), int(event["id"]), reason=_WHY, **changes)
    return Accepted(str(event["id"]))


async def _open_to_all(calls: DiscordCalls, guild_id: str, channels: tuple[str, ...]) -> bool:
    """Tell whether everybody in a guild may see one of these channels."""
    roles: Any = await calls.get_roles(int(guild_id))
    everybody = next((int(one["permissions"]) for one in roles if one["id"] == guild_id), 0)
    for channel_id in channels:
        try:
            channel: Any = await calls.get_channel(int(channel_id))
            if channel["type"] == _PRIVATE_THREAD:
                continue
            if channel["type"] in _THREADS:
                channel = await calls.get_channel(int(channel["parent_id"]))
        except DiscordFailure as failure:
            if failure.word in _UNSEEN:
                continue
            raise
        if _shown_to(everybody, guild_id, channel):
            return True
    return False


def _shown_to(everybody: int, guild_id: str, channel: Any) -> bool:  # noqa: ANN401 - Discord's JSON
    """Say whether the role of everybody, whose number is the guild's, may view a channel."""
    allowed = everybody
    for one in channel.get("permission_overwrites", ()):
        if one["id"] == guild_id:
            allowed = allowed & ~int(one["deny"]) | int(one["allow"])
    return bool(allowed & _VIEW_CHANNEL)


def _said(face: EventFace) -> dict[str, Any]:
    return {
        "name": face.name,
        "description": face.description,
        "entity_metadata": {"location": face.location},
    }


def _meant(failure: DiscordFailure, *, doubtful: bool) -> EventOutcome:
    """Say what a refusal of Discord's means."""
    word = failure.word
    if word in _ENDED:
        return Gone()
    if word in _DOWN:
        return RouteDown(_DOWN[word])
    if word in _LOST:
        return Doubtful(_LOST[word]) if doubtful else Deferred(_LOST[word])
    if failure.retry_after is not None or word == "429":
        return Deferred("Discord asks to go slower", failure.retry_after)
    return Refused(_REASONS.get(word, f"Discord would not have the event (its code {word})"))
