"""Listing and ending the connections of nginx's RTMP module: its `/stat` and its `/control`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from adapters.control_http import ControlHttp
from core.gate.control import ControlError
from core.model.gate import Access, ControlAddress, Running

_OK = 200
_LARGEST = 16 * 1024 * 1024  # bytes: a watcher takes three hundred or so, at most two thousand
_AS_IT_IS = re.compile(r"[A-Za-z0-9._~-]+")  # nginx compares a name without decoding it
_DROP = {Access.PUBLISH: "publisher", Access.WATCH: "subscriber"}
# what a client calls itself may hold these, which XML has no way to write; 1.2.2 writes spaces
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class NginxRtmpControl:
    """One nginx-rtmp's `Control`; `Running.handle` is the server's place and the application."""

    def __init__(self, address: ControlAddress) -> None:
        self._http = ControlHttp(address, largest=_LARGEST)

    async def running(self) -> Sequence[Running]:
        """List who publishes and watches by RTMP; raises `ControlError`."""
        status, text = await self._http.ask("GET", "/stat")
        if status != _OK:
            raise ControlError(f"/stat answers {status}")
        return tuple(_listed(_tree(text)))

    async def kick(self, one: Running) -> None:
        """End a connection; one that has ended already is no error. Raises `ControlError`.

        It is meant by its number, without which nginx would end everybody on the stream; and by the
        stream's name, where that can be sent, because a restarted nginx gives numbers anew.
        """
        if not one.client.isdecimal():
            raise ControlError("a connection without a number cannot be ended")
        server, _, app = one.handle.partition("/")
        query = {"srv": server, "clientid": one.client}
        names = {"app": app, "name": one.stream.removeprefix(f"{app}/")}
        query |= {field: name for field, name in names.items() if _AS_IT_IS.fullmatch(name)}
        path = f"/control/drop/{_DROP[one.access]}"
        status, text = await self._http.ask("GET", path, query=query)
        if status != _OK or not text.isdecimal():
            raise ControlError(f"/control/drop answers {status}")

    async def close(self) -> None:
        """Let go of what was kept open."""
        await self._http.close()


def _tree(text: str) -> ET.Element:
    """Read the list; without a document type there are no entities to swell, or to fetch."""
    if "<!DOCTYPE" in text:
        raise ControlError("/stat answers what is no list of connections")
    try:
        return ET.fromstring(_NO_XML.sub("", text))  # noqa: S314 - bounded, and without entities
    except ET.ParseError:
        raise ControlError("/stat answers what is no XML") from None


def _listed(tree: ET.Element) -> Iterator[Running]:
    for number, server in enumerate(tree.iterfind("server")):
        for application in server.iterfind("application"):
            app = application.findtext("name", "")
            for stream in application.iterfind("live/stream"):
                name = stream.findtext("name", "")
                for client in stream.iterfind("client"):
                    yield _running(client, f"{app}/{name}", f"{number}/{app}")


def _running(client: ET.Element, stream: str, handle: str) -> Running:
    publishes = client.find("publishing") is not None
    return Running(
        Access.PUBLISH if publishes else Access.WATCH,
        stream,
        client.findtext("id", ""),
        client.findtext("address", ""),
        handle,
    )
