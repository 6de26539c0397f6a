"""The Slack route: notices as posts in channels and as direct messages, for many workspaces."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp

from adapters.chat_verdicts import Fate, outcome
from adapters.slack_call import SLACK_API_URL, call, client, new_session
from adapters.slack_errors import NOT_INSTALLED, SlackFailure
from adapters.slack_pace import Pace
from adapters.slack_posting import Posting, Task, read
from core.model.delivery import Accepted, Deferred, Outcome, Refused, Withdrawn
from core.model.recipient import RouteName
from core.outbox.route import HandOver, Lane, Message

log = logging.getLogger(__name__)

_TIMEOUT = 10.0  # seconds for one call
_NO_ADDRESS = "that is no channel or person of Slack's"


async def _tell_nobody(team: str, token: str, reason: str) -> None:
    pass


class SlackPosts:
    """The Slack route; its lanes share one session, which ends with the last of them.

    `token_of` gives a workspace's bot token, None where Callboard is not installed (any more).
    `on_gone` hears of a workspace whose installation has ended, with Slack's word for it; it may
    hear so more than once. A call takes `seconds` at most.
    """

    name = RouteName.SLACK
    lanes = 4

    def __init__(
        self,
        token_of: Callable[[str], Awaitable[str | None]],
        api_url: str = SLACK_API_URL,
        on_gone: Callable[[str, str, str], Awaitable[None]] = _tell_nobody,
        *,
        pace: Pace | None = None,
        seconds: float = _TIMEOUT,
    ) -> None:
        self._token_of = token_of
        self._api_url = api_url
        self._on_gone = on_gone
        self._pace = pace or Pace()
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None
        self._open = 0

    async def open(self) -> Lane:
        """Open a lane; a connection is made when there is something to send."""
        if self._session is None:
            self._session = new_session(self._seconds)
        self._open += 1
        return _SlackLane(self)

    async def release(self) -> None:
        """Close the session once no lane is left."""
        self._open -= 1
        if self._open == 0 and self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def take(self, message: Message, hand_over: HandOver) -> Outcome:
        """Send one message; see `Lane.send`."""
        task = read(message)
        if task is None:
            return Refused(_NO_ADDRESS, bad_address=True)
        token = await self._token_of(task.team)
        if not token:
            return Refused(NOT_INSTALLED)
        posting = Posting(task, self._caller(token))
        if waiting := await self._not_yet(task):
            return waiting
        try:
            if message.in_doubt:
                await posting.look()
            # not before here: whatever came so far has left nothing behind
            if not await hand_over():
                return Withdrawn()
            return Accepted(await posting.carry_out())
        except SlackFailure as failure:
            return await self._failed(posting, failure, token)

    async def _not_yet(self, task: Task) -> Outcome | None:
        """Wait for a turn in the channel; gives an outcome if that takes too long."""
        channel = (task.team, task.place)
        paused = self._pace.pause(channel)
        if paused:
            return Deferred("Slack asked to go slower in that channel", paused)
        wait = await self._pace.turn(channel) if task.posts else 0.0
        return Deferred("Slack takes one message a second in a channel", wait) if wait else None

    async def _failed(self, posting: Posting, failure: SlackFailure, token: str) -> Outcome:
        task, verdict = posting.task, posting.judged(failure)
        log.info(
            "slack.%s",
            verdict.fate.name.lower(),
            extra={"delivery": task.delivery, "error": failure.word},
        )
        if verdict.fate is Fate.LATER and verdict.retry_after is not None:
            self._pace.hold((task.team, task.place), verdict.retry_after)
        if verdict.fate is Fate.GONE:
            await self._on_gone(task.team, token, failure.word)
        return outcome(verdict, repeatable=not posting.posting)

    def _caller(self, token: str) -> Caller:
        if self._session is None:
            raise RuntimeError("this lane is closed: open another")
        return Caller(token, self._api_url, self._session)


class Caller:
    """Calls Slack's Web API on behalf of one workspace."""

    def __init__(self, token: str, api_url: str, session: aiohttp.ClientSession) -> None:
        self._client = client(token, api_url, session)

    async def __call__(
        self, method: str, arguments: Mapping[str, Any], *, read: bool = False
    ) -> dict[str, Any]:
        """Call a method, and give its answer; raises `SlackFailure`."""
        body, _ = await call(self._client, method, arguments, read=read)
        return body


class _SlackLane:
    def __init__(self, route: SlackPosts) -> None:
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
