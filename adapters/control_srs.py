"""Listing and ending SRS's connections by its HTTP API (4 to 7).

Whether a question went well stands in the answer's own `code`: the status is 200 either way. From 5
on SRS lists who asks to come in, too, while its hook is being answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from adapters.control_http import ControlHttp
from adapters.gate_json import read_object
from core.gate.control import ControlError
from core.model.gate import Access, ControlAddress, Running

# with the slash at its end: without it SRS answers with a redirect
_CLIENTS = "/api/v1/clients/"
_DENIED = frozenset({401, 403})
_FINE = 0
_NO_SUCH_CLIENT = 2049
_PER_PAGE = 100  # at least 10: SRS gives no fewer, whatever it is asked for
_MOST_PAGES = 1_000
_LARGEST = (
    32 * 1024 * 1024
)  # bytes of a page: a client gives addresses of up to 64 kB, three of them


class SrsControl:
    """One SRS's `Control`."""

    def __init__(self, address: ControlAddress) -> None:
        self._http = ControlHttp(address, largest=_LARGEST)

    async def running(self) -> Sequence[Running]:
        """List who publishes and watches, by every protocol; raises `ControlError`."""
        found: dict[str, Running] = {}
        for page in range(_MOST_PAGES):
            query = {"start": f"{page * _PER_PAGE}", "count": f"{_PER_PAGE}"}
            code, answer = await self._ask("GET", _CLIENTS, query)
            clients = answer.get("clients")
            if code != _FINE or not isinstance(clients, list):
                raise ControlError(f"its list of clients is none (code {code})")
            # it is in the order of names drawn at random: who comes or goes may move others
            found |= {one.client: one for one in map(_running, clients) if one is not None}
            if len(clients) < _PER_PAGE:
                return tuple(found.values())
        raise ControlError("its list of clients does not come to an end")

    async def kick(self, one: Running) -> None:
        """End a connection; one that has ended already is no error. Raises `ControlError`.

        HLS sessions of SRS 4 cannot be ended, and end with the stream.
        """
        code, _ = await self._ask("DELETE", f"{_CLIENTS}{quote(one.client, safe='')}")
        if code not in {_FINE, _NO_SUCH_CLIENT}:
            raise ControlError(f"it does not end a connection (code {code})")

    async def close(self) -> None:
        """Let go of what was kept open."""
        await self._http.close()

    async def _ask(
        self, method: str, path: str, query: Mapping[str, str] | None = None
    ) -> tuple[int, Mapping[str, object]]:
        status, text = await self._http.ask(method, path, query=query)
        if status in _DENIED:
            raise ControlError("it does not take the name and password of its API")
        try:
            answer = read_object(text, strict=False)
        except ValueError:
            raise ControlError(f"it answers {status}, and no JSON") from None
        code = answer.get("code")
        if not isinstance(code, int):
            raise ControlError(f"it answers {status}, and no code")
        return code, answer


def _running(client: object) -> Running | None:
    """Read a client; None where it does nothing that the gate is about.

    Its `publish` is not gone by: SRS 4 says so of every kind of client that it does not know.
    """
    if not isinstance(client, Mapping):
        return None
    name, kind, url = client.get("id"), client.get("type"), client.get("url")
    if not (isinstance(name, str) and name and isinstance(kind, str) and isinstance(url, str)):
        return None
    if kind.endswith("-publish"):
        access = Access.PUBLISH
    elif kind.endswith("-play"):
        access = Access.WATCH
    else:
        return None
    # the virtual host stands before the first slash, and nothing does for the default one
    address = client.get("ip")
    return Running(access, url.partition("/")[2], name, address if isinstance(address, str) else "")
