"""Asking Slack about people, channels, groups and files: quickly, or not at all."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat_verdicts import CUT
from adapters.slack_call import SLACK_API_URL, call
from adapters.slack_errors import SlackFailure
from core.notices.said import cleaned

log = logging.getLogger(__name__)

_TIMEOUT = 1.5  # seconds: a person waits for the answer to a command, for three at most
_FILE_TIMEOUT = 5.0
_PERSON_KEPT = 600.0  # seconds
_GROUP_KEPT = 300.0
_LARGEST = 10_000  # entries of the cache
_CHUNK = 65_536
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SlackPerson:
    """Who somebody is; `zone` is "" where Slack names none, or one that we do not know."""

    name: str
    zone: str = ""
    is_admin: bool = False
    is_bot: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class _Channel:
    """What is known of a channel; of one that Slack does not tell of, that it may be private."""

    name: str = ""
    private: bool = True


class SlackLookup:
    """What front ends ask Slack; what Slack does not answer in time is taken for unknown.

    `client_of` gives a client that acts in a workspace, None where there is none.
    """

    def __init__(
        self,
        api_url: str,
        client_of: Callable[[str], Awaitable[AsyncWebClient | None]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api_url = api_url or SLACK_API_URL
        self._client_of = client_of
        self._clock = clock
        self._kept: dict[Hashable, tuple[float, Any]] = {}

    async def person(self, team: str, user: str) -> SlackPerson:
        """Say who somebody is; whom Slack does not tell of goes by their id, and is no admin."""
        try:
            return await self._cached(
                ("person", team, user), _PERSON_KEPT, lambda: self._person(team, user)
            )
        except SlackFailure as failure:
            return self._unknown("person", failure, SlackPerson(user))

    async def channel_name(self, team: str, channel: str) -> str:
        """Give a channel's name without its sign; "" if it is unknown, or has none."""
        return (await self._channel(team, channel)).name

    async def is_private(self, team: str, channel: str) -> bool:
        """Tell whether only its members may read a channel; True where that is unknown."""
        return (await self._channel(team, channel)).private

    async def _channel(self, team: str, channel: str) -> _Channel:
        try:
            return await self._cached(
                ("channel", team, channel), _PERSON_KEPT, lambda: self._asked(team, channel)
            )
        except SlackFailure as failure:
            return self._unknown("channel", failure, _Channel())

    async def in_group(self, team: str, user: str, group: str) -> bool:
        """Tell whether somebody is in a user group, by its handle or id; False if that is unknown.

        A group that Slack does not tell of must make nobody an admin.
        """
        try:
            members = await self._cached(
                ("group", team, group), _GROUP_KEPT, lambda: self._members(team, group)
            )
        except SlackFailure as failure:
            return self._unknown("group", failure, default=False)
        return user in members

    async def download(
        self, team: str, url: str, limit: int, seconds: float = _FILE_TIMEOUT
    ) -> bytes | None:
        """Fetch a file that was uploaded, of at most `limit` bytes; None where it cannot be had.

        The token goes to Slack's own hosts alone, and no redirect is followed: Slack answers with
        one to a sign-in page where the token may not see the file.
        """
        web = await self._client_of(team) if self._ours(url) else None
        if web is None or not web.token:
            return None
        try:
            async with asyncio.timeout(seconds):
                return await _fetched(web, url, limit)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("slack.file_not_fetched", extra={"reason": type(error).__name__})
            return None

    def _ours(self, url: str) -> bool:
        """Tell whether an address is on the Slack that we talk to, or on a host of its."""
        api = urlsplit(self._api_url)
        try:
            asked = urlsplit(url)
            here = (asked.hostname or "", asked.port)
        except ValueError:
            return False
        if api.hostname in _LOOPBACK:
            return here == (api.hostname, api.port) and asked.scheme == api.scheme
        home = api.hostname or ""
        ours = here[0] == home or here[0].endswith(f".{home}")
        return asked.scheme == "https" and bool(home) and ours and here[1] in {None, 443}

    async def _person(self, team: str, user: str) -> SlackPerson:
        found = (await self._ask(team, "users.info", {"user": user})).get("user")
        if not isinstance(found, Mapping):
            raise SlackFailure("user_not_found")
        profile = found.get("profile") or {}
        names = (profile.get("display_name"), found.get("real_name"), found.get("name"))
        deleted = bool(found.get("deleted"))
        admin = any(found.get(role) for role in ("is_admin", "is_owner", "is_primary_owner"))
        return SlackPerson(
            name=next((shown for name in names if (shown := cleaned(name or "").strip())), user),
            zone=_zone(found.get("tz")),
            is_admin=admin and not deleted,
            is_bot=bool(found.get("is_bot")),
            deleted=deleted,
        )

    async def _asked(self, team: str, channel: str) -> _Channel:
        found = (await self._ask(team, "conversations.info", {"channel": channel})).get("channel")
        said = found or {}
        name = cleaned(str(said.get("name") or "")).strip()
        return _Channel(name, private=bool(said.get("is_private", True)))

    async def _members(self, team: str, group: str) -> frozenset[str]:
        wanted = group.removeprefix("@")
        listed = (await self._ask(team, "usergroups.list", {})).get("usergroups") or []
        ids = [one["id"] for one in listed if wanted in {one.get("id"), one.get("handle")}]
        if not ids:
            raise SlackFailure("no_such_subteam")
        answer = await self._ask(team, "usergroups.users.list", {"usergroup": ids[0]})
        return frozenset(answer.get("users") or ())

    async def _ask(self, team: str, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        web = await self._client_of(team)
        if web is None:
            raise SlackFailure("not_authed")
        try:
            async with asyncio.timeout(_TIMEOUT):
                answer, _ = await call(web, method, arguments, read=True)
        except TimeoutError:
            raise SlackFailure(CUT, detail="it did not answer in time") from None
        return answer

    async def _cached(self, key: Hashable, kept_for: float, ask: Callable[[], Awaitable[T]]) -> T:
        """Give what was asked lately; a failure is not kept."""
        until, known = self._kept.get(key, (0.0, None))
        if key in self._kept and self._clock() < until:
            found: T = known
            return found
        fresh = await ask()
        if len(self._kept) >= _LARGEST:
            self._kept.clear()
        self._kept[key] = (self._clock() + kept_for, fresh)
        return fresh

    def _unknown(self, what: str, failure: SlackFailure, default: T) -> T:
        log.info("slack.unknown", extra={"what": what, "error": failure.word})
        return default


def _zone(named: object) -> str:
    """Give a zone that there is; "" for anything else."""
    try:
        return ZoneInfo(named).key if isinstance(named, str) else ""
    except (LookupError, ValueError, OSError):
        return ""


async def _fetched(web: AsyncWebClient, url: str, limit: int) -> bytes | None:
    session = web.session or aiohttp.ClientSession()
    headers = {"Authorization": f"Bearer {web.token}"}
    unbounded = aiohttp.ClientTimeout()  # whoever asks has set a bound
    try:
        async with session.get(
            url, headers=headers, allow_redirects=False, timeout=unbounded
        ) as answer:
            if answer.status != 200:  # noqa: PLR2004 - HTTP's "here it is"
                return None
            content = bytearray()
            async for chunk in answer.content.iter_chunked(_CHUNK):
                content += chunk
                if len(content) > limit:
                    return None
            return bytes(content)
    finally:
        if session is not web.session:
            await session.close()
