"""One call of Slack's Web API: once, never repeated by itself, and what went wrong in one word.

Neither tokens nor what people wrote is ever logged here.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat_verdicts import CUT, GARBLED, UNREACHABLE, broken
from adapters.slack_errors import SlackFailure

SLACK_API_URL = "https://slack.com/api/"
_CONNECTING = 5.0  # seconds, less than the whole: so a time-out tells on which side it was
_SERVER_FAULTS = range(500, 600)
_TOO_MANY = 429

# the SDK writes whole messages to a logger that has no level of its own, or DEBUG
_QUIET = logging.getLogger(f"{__name__}.sdk")
_QUIET.setLevel(logging.WARNING)


def new_session(seconds: float) -> aiohttp.ClientSession:
    """Open a session whose calls take `seconds` at most; whoever opens it closes it."""
    connecting = min(_CONNECTING, seconds)
    timeout = aiohttp.ClientTimeout(total=seconds, connect=connecting, sock_connect=connecting)
    return aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())


def client(token: str, api_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Make a client that repeats nothing: a post that is repeated may stand there twice."""
    return AsyncWebClient(
        token=token, base_url=api_url, session=session, retry_handlers=[], logger=_QUIET
    )


async def call(
    web: AsyncWebClient, method: str, arguments: Mapping[str, Any], *, read: bool = False
) -> tuple[dict[str, Any], Mapping[str, str]]:
    """Call a method, and give its answer and the answer's headers.

    `read` is for methods that only look: Slack takes no JSON there. Raises `SlackFailure`.
    """
    try:
        if read:
            answer = await web.api_call(method, http_verb="GET", params=dict(arguments))
        else:
            answer = await web.api_call(method, json=dict(arguments))
    except SlackApiError as error:
        raise _refusal(error.response) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise _broken(error) from None
    except (SlackClientError, ValueError, AttributeError, TypeError):
        # what the SDK makes of an answer that is no JSON object
        raise SlackFailure(GARBLED) from None
    return _body(answer.data), answer.headers


def _refusal(response: Any) -> SlackFailure:  # noqa: ANN401 - the SDK puts either of two here
    """Read why a call was refused from an answer of any kind."""
    body = _body(getattr(response, "data", None))
    status: int = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    word = body.get("error")
    if isinstance(word, str) and word:
        needed = body.get("needed")
        needed = needed if isinstance(needed, str) else ""
        return SlackFailure(word, needed=needed, retry_after=_retry_after(response))
    if status == _TOO_MANY:
        return SlackFailure("ratelimited", retry_after=_retry_after(response))
    if status in _SERVER_FAULTS:
        return SlackFailure(CUT, detail=f"HTTP {status}")
    if status >= 300:  # noqa: PLR2004 - neither Slack nor a success: a proxy, or a wrong address
        return SlackFailure(UNREACHABLE, detail=f"HTTP {status} instead of Slack: is that it?")
    return SlackFailure(GARBLED)


def _body(data: object) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}


def _retry_after(response: Any) -> float | None:  # noqa: ANN401 - as above
    headers = getattr(response, "headers", None) or {}
    try:
        seconds = float(headers.get("Retry-After", ""))
    except ValueError:
        return None
    return seconds if seconds >= 0 else None


def _broken(error: Exception) -> SlackFailure:
    word, detail = broken(error)
    return SlackFailure(word, detail=detail)
