"""Listing and ending Icecast's sources and listeners by its admin pages (2.4.4; 2.5 by its source).

A wrong password for these pages does not only fail: where a page is about a stream, Icecast takes
it for a source's and asks the desk about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from adapters.control_http import ControlHttp
from core.gate.control import ControlError
from core.model.gate import Access, ControlAddress, Running

_OK = 200
_LARGEST = 16 * 1024 * 1024  # bytes: a listener takes two hundred or so, at most a few thousand
_NO_SUCH_STREAM = frozenset({400, 404})  # 2.4.4 says the one, 2.5 the other
_DENIED = frozenset({401, 403})


class IcecastControl:
    """One Icecast's `Control`; what it calls a mount is a stream's name behind a slash."""

    def __init__(self, address: ControlAddress) -> None:
        self._http = ControlHttp(address, largest=_LARGEST)

    async def running(self) -> Sequence[Running]:
        """List the sources, and who listens to each; raises `ControlError`."""
        listed = await self._ask("listmounts", {})
        if listed is None:
            raise ControlError("it has no list of mounts")
        found: list[Running] = []
        for mount in [one.get("mount", "") for one in listed.iterfind("source")]:
            # as the dialect names a source, which has no number
            stream = mount.removeprefix("/")
            found.append(Running(Access.PUBLISH, stream, f"source:{stream}"))
            found += await self._listeners(mount)
        return found

    async def kick(self, one: Running) -> None:
        """End a connection; one that has ended already is no error. Raises `ControlError`."""
        query = {"mount": f"/{one.stream}"}
        if one.access is Access.PUBLISH:
            await self._ask("killsource", query)
        else:
            await self._ask("killclient", query | {"id": one.client})

    async def close(self) -> None:
        """Let go of what was kept open."""
        await self._http.close()

    async def _listeners(self, mount: str) -> Sequence[Running]:
        listed = await self._ask("listclients", {"mount": mount})
        if listed is None:  # its source has ended in the meantime, and its listeners with it
            return ()
        stream = mount.removeprefix("/")
        return [_listener(stream, one) for one in listed.iterfind("source/listener")]

    async def _ask(self, page: str, query: Mapping[str, str]) -> ET.Element | None:
        """Ask for an admin page; None where there is no such stream (any more)."""
        status, text = await self._http.ask("GET", f"/admin/{page}", query=query)
        if status in _NO_SUCH_STREAM:
            return None
        if status in _DENIED:
            raise ControlError("it does not take the admin's name and password")
        if status != _OK:
            raise ControlError(f"/admin/{page} answers {status}")
        return _tree(page, text)


def _listener(stream: str, listed: ET.Element) -> Running:
    """Read a listener; 2.5 writes the names small."""
    number = listed.findtext("ID") or listed.findtext("id")
    if not number:
        raise ControlError("/admin/listclients lists a listener without a number")
    address = listed.findtext("IP") or listed.findtext("ip") or ""
    return Running(Access.WATCH, stream, number, address)


def _tree(page: str, text: str) -> ET.Element:
    """Read an answer; without a document type there are no entities to swell, or to fetch."""
    try:
        tree = None if "<!DOCTYPE" in text else ET.fromstring(text)  # noqa: S314 - see above
    except ET.ParseError:
        tree = None
    if tree is None or tree.tag not in {"icestats", "iceresponse"}:
        raise ControlError(f"/admin/{page} answers what is no answer of Icecast's")
    return tree
