"""The Discord route: notices as messages in channels and as direct messages, for many guilds."""

from __future__ import annotations

import asyncio
import logging

import aiohttp

from adapters.chat_verdicts import GARBLED, Fate, outcome
from adapters.discord_call import DISCORD_API_URL, DiscordCalls, new_session
from adapters.discord_errors import DiscordFailure, judge
from adapters.discord_pace import EVERYWHERE, Pace
from adapters.discord_posting import Posting, read
from core.model.delivery import Accepted, Deferred, Outcome, Refused, Withdrawn
from core.model.recipient import RouteName
from core.outbox.route import HandOver, Lane, Message, RouteUnavailable

log = logging.getLogger(__name__)

_TIMEOUT = 10.0  # seconds for one call
_NO_ADDRESS = "that is no channel or person of Discord's"
_SLOWER = "Discord asked to go slower there"
_KNOWN = 10_000  # channels of direct messages that are remembered


class DiscordPosts:
    """The Discord route; its lanes share one session, which ends with the last of them.

    `token` is the bot's, `api_url` another Discord's address, as of a proxy. A call takes
    `seconds` at most.
    """

    name = RouteName.DISCORD
    lanes = 4

    def __init__(
        self,
        token: str,
        api_url: str = DISCORD_API_URL,
        *,
        pace: Pace | None = None,
        seconds: float = _TIMEOUT,
    ) -> None:
        self._token = token
        self._api_url = api_url
        self._pace = pace or Pace()
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None
        self._open = 0
        self._bot = 0
        self._login = asyncio.Lock()
        self._direct: dict[int, str] = {}

    async def open(self) -> Lane:
        """Open a lane; the first one asks Discord whether it takes the token."""
        self._open += 1
        try:
            async with self._login:
                await self._logged_in()
        except BaseException as error:
            await self.release()
            if isinstance(error, DiscordFailure):
                raise RouteUnavailable(judge(error).reason) from None
            raise
        return _DiscordLane(self)

    async def release(self) -> None:
        """Close the session once no lane is left."""
        self._open -= 1
        if self._open == 0 and self._session is not None:
            session, self._session, self._bot = self._session, None, 0
            await session.close()

    async def take(self, message: Message, hand_over: HandOver) -> Outcome:
        """Send one message; see `Lane.send`."""
        task = read(message)
        if task is None:
            return Refused(_NO_ADDRESS, bad_address=True)
        calls = self._calls()
        posting = Posting(task, calls, self._channel_of)
        wait = await self._pace.turn(str(task.address)) if task.posts else 0.0
        if wait:
            return Deferred(_SLOWER, wait)
        try:
            if message.in_doubt:
                await posting.look(self._bot)
            # not before here: whatever came so far has left nothing behind
            if not await hand_over():
                return Withdrawn()
            posted = await posting.carry_out()
        except DiscordFailure as failure:
            return self._failed(posting, failure)
        if calls.spent:
            self._pace.hold(str(task.address), calls.spent)
        return Accepted(posted)

    async def _logged_in(self) -> None:
        """Ask once who the bot is; raises `DiscordFailure`."""
        if self._session is None:
            self._session = new_session(self._seconds)
        if not self._bot:
            self._bot = await self._calls().myself()

    def _failed(self, posting: Posting, failure: DiscordFailure) -> Outcome:
        task, verdict = posting.task, judge(failure)
        log.info(
            "discord.%s",
            verdict.fate.name.lower(),
            extra={"delivery": task.delivery, "error": failure.word},
        )
        if verdict.fate is Fate.LATER and verdict.retry_after is not None:
            place = EVERYWHERE if failure.everywhere else str(task.address)
            self._pace.hold(place, verdict.retry_after)
        return outcome(verdict, repeatable=not posting.posting)

    async def _channel_of(self, calls: DiscordCalls, user: int) -> str:
        """Give the channel of the direct messages with somebody, which Discord opens if need be."""
        if user not in self._direct:
            try:
                opened = str((await calls.start_private_message(user))["id"])
            except (LookupError, TypeError):
                raise DiscordFailure(GARBLED) from None
            if len(self._direct) >= _KNOWN:
                self._direct.clear()
            self._direct[user] = opened
        return self._direct[user]

    def _calls(self) -> DiscordCalls:
        if self._session is None:
            raise RuntimeError("this lane is closed: open another")
        return DiscordCalls(self._token, self._api_url, self._session)


class _DiscordLane:
    def __init__(self, route: DiscordPosts) -> None:
        self._route = route
        self._closed = False

    async def send(self, message: Message, hand_over: HandOver) -> Outcome:
        """Send one message; see `Lane`."""
        if self._closed:
            raise RuntimeError("this lane is closed: open another")
        return await self._route.take(message, hand_over)

    async def close(self) -> None:
        """Let the route close what nobody needs any more; see `Lane`."""
        if not self._closed:
            self._closed = True
            await self._route.release()
