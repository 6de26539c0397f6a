"""Icecast's admin pages as they were recorded from 2.4.4, or read in 2.5's source."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.control_icecast import IcecastControl
from core.gate.control import ControlError
from core.model.gate import Access, ControlAddress, Running

HEAD = '<?xml version="1.0"?>\n'
MOUNTS = (
    f'{HEAD}<icestats><source mount="/k7q2mf.ogg"><fallback></fallback><listeners>2</listeners>'
    "<authenticator>url</authenticator><Connected>9</Connected>"
    '<content-type>application/ogg</content-type></source><source mount="/n0tm1n.ogg">'
    "<fallback></fallback><listeners>0</listeners></source></icestats>\n"
)
LISTENERS = (
    f'{HEAD}<icestats><source mount="/k7q2mf.ogg"><Listeners>2</Listeners><listener>'
    "<IP>127.0.0.1</IP><UserAgent>&lt;ID&gt;9&lt;/ID&gt;</UserAgent><Connected>3</Connected>"
    "<ID>2</ID><username>bob</username></listener><listener><IP>2001:db8::1</IP>"
    "<UserAgent>Unknown</UserAgent><Connected>3</Connected><ID>31</ID></listener>"
    "</source></icestats>\n"
)
NOBODY = f'{HEAD}<icestats><source mount="/n0tm1n.ogg"><Listeners>0</Listeners></source></icestats>'
LISTENERS_2_5 = (
    f'{HEAD}<icestats><modules/><source mount="/k7q2mf.ogg"><listeners>1</listeners>'
    '<listener id="4"><id>4</id><ip>127.0.0.1</ip><useragent>x</useragent><role>r</role>'
    "<history><mount>/k7q2mf.ogg</mount></history></listener></source></icestats>"
)
REMOVED = f"{HEAD}<iceresponse><message>Source Removed</message><return>1</return></iceresponse>"
NOT_FOUND = (
    f"{HEAD}<iceresponse><message>Client 2 not found</message><return>0</return></iceresponse>"
)
NO_SOURCE = (
    "<html><head><title>Error 400</title></head><body>400 - Source does not exist</body></html>"
)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE icestats [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    "<icestats><source mount='/&b;'/></icestats>"
)

SOURCE = Running(Access.PUBLISH, "k7q2mf.ogg", "source:k7q2mf.ogg")
FIRST = Running(Access.WATCH, "k7q2mf.ogg", "2", "127.0.0.1")
SECOND = Running(Access.WATCH, "k7q2mf.ogg", "31", "2001:db8::1")
OTHER = Running(Access.PUBLISH, "n0tm1n.ogg", "source:n0tm1n.ogg")


@dataclass
class Admin:
    """Icecast's admin pages: what each answers, and what was asked."""

    pages: dict[str, tuple[int, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer as told, to who is the admin; as 2.4.4 where it was told nothing."""
        assert (
            request.headers["Authorization"] == f"Basic {b64encode('admin:päss'.encode()).decode()}"
        )
        address = request.raw_path.removeprefix("/admin/")
        self.asked.append(f"{request.method} {address}")
        status, text = self.pages.get(address, (400, NO_SOURCE))
        return web.Response(status=status, text=text, content_type="text/xml")


@asynccontextmanager
async def _controlling(admin: Admin) -> AsyncIterator[IcecastControl]:
    application = web.Application()
    application.router.add_route("*", "/admin/{page}", admin.answer)
    async with TestServer(application) as server:
        address = ControlAddress(str(server.make_url("/")), "admin", "päss")
        control = IcecastControl(address)
        try:
            yield control
        finally:
            await control.close()


async def test_lists_sources_and_who_listens_to_each() -> None:
    admin = Admin(
        {
            "listmounts": (200, MOUNTS),
            "listclients?mount=%2Fk7q2mf.ogg": (200, LISTENERS),
            "listclients?mount=%2Fn0tm1n.ogg": (200, NOBODY),
        }
    )
    async with _controlling(admin) as control:
        assert [SOURCE, FIRST, SECOND, OTHER] == list(await control.running())


async def test_lists_what_2_5_writes_small() -> None:
    admin = Admin(
        {
            "listmounts": (200, MOUNTS.replace("Connected", "connected")),
            "listclients?mount=%2Fk7q2mf.ogg": (200, LISTENERS_2_5),
            "listclients?mount=%2Fn0tm1n.ogg": (404, "<report/>"),
        }
    )
    async with _controlling(admin) as control:
        fourth = Running(Access.WATCH, "k7q2mf.ogg", "4", "127.0.0.1")
        assert [SOURCE, fourth, OTHER] == list(await control.running())


async def test_a_source_that_ends_meanwhile_has_no_listeners() -> None:
    async with _controlling(Admin({"listmounts": (200, MOUNTS)})) as control:
        assert [SOURCE, OTHER] == list(await control.running())


async def test_nothing_is_running() -> None:
    async with _controlling(Admin({"listmounts": (200, f"{HEAD}<icestats/>")})) as control:
        assert [] == list(await control.running())


@pytest.mark.parametrize(
    ("one", "address"),
    [
        (SOURCE, "killsource?mount=%2Fk7q2mf.ogg"),
        (FIRST, "killclient?mount=%2Fk7q2mf.ogg&id=2"),
        (
            Running(Access.WATCH, "a&id=9/ü.ogg", "5&id=6"),
            "killclient?mount=%2Fa%26id%3D9%2F%C3%BC.ogg&id=5%26id%3D6",
        ),
    ],
)
@pytest.mark.parametrize("answer", [(200, REMOVED), (200, NOT_FOUND), (400, NO_SOURCE), (404, "")])
async def test_ends_a_connection_or_finds_it_ended(
    one: Running, address: str, answer: tuple[int, str]
) -> None:
    admin = Admin({address: answer})
    async with _controlling(admin) as control:
        await control.kick(one)

    assert [f"GET {address}"] == admin.asked


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, "You need to authenticate"), "name and password"),
        ((403, "Mountpoint in use"), "name and password"),
        ((500, ""), "answers 500"),
        ((302, ""), "answers 302"),
        ((200, ""), "no answer of Icecast's"),
        ((200, "<html/>"), "no answer of Icecast's"),
        ((200, "<icestats>"), "no answer of Icecast's"),
        ((200, "<icestats>\x00</icestats>"), "no answer of Icecast's"),
        ((200, "<icestats><source mount='/a'/></icestats>" * 2), "no answer of Icecast's"),
        ((200, BOMB), "no answer of Icecast's"),
        ((200, "<a>" * 100_000), "no answer of Icecast's"),
    ],
)
async def test_any_other_answer_is_said_to_be_none(answer: tuple[int, str], said: str) -> None:
    admin = Admin({"listmounts": answer, "killclient?mount=%2Fk7q2mf.ogg&id=2": answer})
    async with _controlling(admin) as control:
        for asked in (control.running(), control.kick(FIRST)):
            with pytest.raises(ControlError, match=said) as raised:
                await asked
            assert "päss" not in str(raised.value)


@pytest.mark.parametrize("status", [400, 404])
async def test_an_icecast_without_a_list_is_none(status: int) -> None:
    async with _controlling(Admin({"listmounts": (status, "")})) as control:
        with pytest.raises(ControlError, match="no list"):
            await control.running()


async def test_a_listener_without_a_number_cannot_be_told_from_others() -> None:
    nameless = LISTENERS.replace("<ID>31</ID>", "")
    admin = Admin({"listmounts": (200, MOUNTS), "listclients?mount=%2Fk7q2mf.ogg": (200, nameless)})
    async with _controlling(admin) as control:
        with pytest.raises(ControlError, match="without a number"):
            await control.running()


async def test_an_endless_list_is_not_read_to_its_end() -> None:
    async with _controlling(Admin({"listmounts": (200, " " * 17_000_000)})) as control:
        with pytest.raises(ControlError, match="longer"):
            await control.running()
