"""Asking a streaming server's control interface over HTTP: soon, in little, and without a secret.

What all of them have in common; what is asked, and what an answer means, is each adapter's own.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from core.gate.control import ControlError
from core.model.gate import ControlAddress

_TIMEOUT = aiohttp.ClientTimeout(total=4.0, connect=2.0)
_LARGEST = 4 * 1024 * 1024  # bytes of an answer
_CHUNK = 65_536


class ControlHttp:
    """One control interface; asks nothing of it until it is used.

    No redirect is followed: credentials go to the address that an admin gave, and nowhere else.
    """

    def __init__(self, address: ControlAddress, *, largest: int = _LARGEST) -> None:
        self._base = address.url.rstrip("/")
        self._headers = {"Accept-Encoding": "identity"}  # what is not packed cannot swell
        if address.user:
            self._headers["Authorization"] = _basic(address)
        self._largest = largest
        self._session: aiohttp.ClientSession | None = None

    async def ask(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Give the status and the text of an answer, whatever the status.

        `path` begins with a slash and is percent-encoded already, `query` is not. Raises
        `ControlError` where nothing, too much, or no HTTP comes back.
        """
        url = f"{self._base}{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            return await self._answer(method, URL(url, encoded=True))
        except TimeoutError:  # first: some of aiohttp's are client errors, too
            raise ControlError("it does not answer in time") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # an error's own words may hold the address with its query
            raise ControlError(f"it cannot be asked ({type(error).__name__})") from None

    async def close(self) -> None:
        """Let go of the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _answer(self, method: str, url: URL) -> tuple[int, str]:
        async with self._opened().request(method, url, allow_redirects=False) as answer:
            content = bytearray()
            async for chunk in answer.content.iter_chunked(_CHUNK):
                content += chunk
                if len(content) > self._largest:
                    raise ControlError(f"its answer is longer than {self._largest} bytes")
            return answer.status, content.decode(errors="replace")

    def _opened(self) -> aiohttp.ClientSession:
        """Give the session, made where a loop runs to make it in."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # one connection a question: a restarted server leaves no dead one to be used
                connector=aiohttp.TCPConnector(force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                headers=self._headers,
                timeout=_TIMEOUT,
            )
        return self._session


def _basic(address: ControlAddress) -> str:
    pair = f"{address.user}:{address.password}"
    return f"Basic {b64encode(pair.encode(errors='surrogatepass')).decode()}"
