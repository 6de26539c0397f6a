"""Listing and ending MediaMTX's connections by its API (v1.6 to v1.20).

Each protocol has a list of its own, and MediaMTX has those of the protocols that it knows and that
are switched on. What it lists may not have been let in yet, or be about to be sent away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from adapters.control_http import ControlHttp
from adapters.gate_json import read_object
from core.gate.control import ControlError
from core.model.gate import Access, ControlAddress, Running

_OK, _NOT_FOUND = 200, 404
_DENIED = frozenset({401, 403})
_WEBRTC, _HLS = "webrtcsessions", "hlssessions"
_LISTS = (
    *("rtmpconns", "rtmpsconns", "rtspsessions", "rtspssessions", "srtconns"),
    *(_WEBRTC, _HLS, "moqsessions"),
)
_STATES = {"publish": Access.PUBLISH, "read": Access.WATCH}
_PER_PAGE = 100
_MOST_PAGES = 1_000
_LARGEST = 16 * 1024 * 1024  # bytes of a page: a client decides how long its query and name are


class MediamtxControl:
    """One MediaMTX's `Control`; `Running.handle` is the list that a connection stands in."""

    def __init__(self, address: ControlAddress) -> None:
        self._http = ControlHttp(address, largest=_LARGEST)

    async def running(self) -> Sequence[Running]:
        """List who publishes and watches, by every protocol; raises `ControlError`."""
        found: dict[tuple[str, str], Running] = {}
        there = False
        for name in _LISTS:
            items = await self._items(name)
            there |= items is not None
            for one in _running(name, items or ()):
                found[name, one.client] = one  # may move to the next page while pages are turned
        if not there:
            raise ControlError("it has none of MediaMTX's lists of connections")
        return tuple(found.values())

    async def kick(self, one: Running) -> None:
        """End a connection; one that has ended already is no error. Raises `ControlError`."""
        if one.handle not in _LISTS:
            raise ControlError("that is no connection of MediaMTX's")
        path = f"/v3/{one.handle}/kick/{quote(one.client, safe='')}"
        status, _ = await self._http.ask("POST", path)
        if status not in {_OK, _NOT_FOUND}:
            raise _wrong(f"{one.handle}/kick", status)

    async def close(self) -> None:
        """Let go of what was kept open."""
        await self._http.close()

    async def _items(self, name: str) -> Sequence[object] | None:
        """Give what stands in a list, page by page; None where there is no such list."""
        items: list[object] = []
        for page in range(_MOST_PAGES):
            status, text = await self._http.ask(
                "GET",
                f"/v3/{name}/list",
                query={"itemsPerPage": f"{_PER_PAGE}", "page": f"{page}"},
            )
            if status == _NOT_FOUND:
                return None
            if status != _OK:
                raise _wrong(f"{name}/list", status)
            pages, some = _page(name, text)
            items += some
            if page + 1 >= pages:
                return items
        raise ControlError(f"{name}/list does not come to an end")


def _wrong(what: str, status: int) -> ControlError:
    if status in _DENIED:
        return ControlError(f"it does not let the desk use {what}")
    return ControlError(f"{what} answers {status}")


def _page(name: str, text: str) -> tuple[int, Sequence[object]]:
    """Give how many pages there are, and what stands on this one."""
    try:
        answer = read_object(text)
    except ValueError:
        raise ControlError(f"{name}/list answers what is no list") from None
    pages, items = answer.get("pageCount"), answer.get("items")
    if not isinstance(pages, int) or not isinstance(items, list):
        raise ControlError(f"{name}/list answers what is no list")
    return pages, items


def _running(name: str, items: Iterable[object]) -> Iterable[Running]:
    for item in items:
        if isinstance(item, Mapping) and (access := _access(name, item)):
            client, path = item.get("id"), item.get("path")
            if isinstance(client, str) and client and isinstance(path, str):
                yield Running(access, path, client, _host(item.get("remoteAddr")), handle=name)


def _access(name: str, item: Mapping[str, object]) -> Access | None:
    """Say what a connection does; None while it does nothing, or where the gate is not asked."""
    if name == _HLS:  # no state; a CDN with the secret of MediaMTX's own comes and goes unasked
        return None if item.get("isCDN") is True else Access.WATCH
    if name == _WEBRTC and item.get("peerConnectionEstablished") is not True:
        return None  # it is listed from its first request on, before the gate is asked
    return _STATES.get(str(item.get("state")))


def _host(remote: object) -> str:
    """Take the port off an address; IPv6 stands in brackets."""
    return remote.rpartition(":")[0].strip("[]") if isinstance(remote, str) else ""
