"""The whole gate before stand-ins of MediaMTX and SRS: let in, kept to one, and shown out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

import pytest

from bot.web.gate import gate_door
from bot.web.server import serving
from bot.wiring_gate import DIALECTS, control_of
from core.gate.control import Control
from core.gate.usher import Usher
from core.model.addresses import ingest
from core.model.gate import ControlAddress
from core.model.server import ServerKind
from tests.desks import Scene
from tests.gate.house import AWAY, HOME, GateHouse, open_house
from tests.gate.mediamtx import Mediamtx, open_mediamtx
from tests.gate.mediamtx_core import Given
from tests.gate.mediamtx_core import RefusedError as MediamtxRefusedError
from tests.gate.srs import Srs, open_srs
from tests.gate.srs_core import RefusedError as SrsRefusedError

REFUSED = (MediamtxRefusedError, SrsRefusedError)
ADDRESS = "rtmp://live.example.org/live"


class StandIn(Protocol):
    """A server as these tests use it, by RTMP alone."""

    async def publish(self, address: str, key: str, ip: str) -> str:
        """Publish; gives what the server calls the connection."""

    async def watch(self, url: str) -> str:
        """Watch; gives what the server calls the connection."""

    async def there(self) -> set[str]:
        """Give what the server calls those who are there, once all is quiet."""


@dataclass
class OfMediamtx:
    """MediaMTX."""

    server: Mediamtx

    async def publish(self, address: str, key: str, ip: str) -> str:
        return (await self.server.rtmp("publish", f"{address}/{key}", ip=ip)).id

    async def watch(self, url: str) -> str:
        return (await self.server.rtmp("read", url)).id

    async def there(self) -> set[str]:
        return {one.id for some in self.server.lists.values() for one in some}


@dataclass
class OfSrs:
    """SRS."""

    server: Srs

    async def publish(self, address: str, key: str, ip: str) -> str:
        return (await self.server.publish(address, key, ip=ip)).id

    async def watch(self, url: str) -> str:
        address, _, name = url.rpartition("/")
        return (await self.server.play(address, name)).id

    async def there(self) -> set[str]:
        await self.server.settled()
        return {*self.server.clients}


@dataclass
class Theatre:
    """A house with its doorway, an usher, and the server before it."""

    house: GateHouse
    usher: Usher
    server: StandIn

    async def publish(self, key: str = "", ip: str = HOME) -> str:
        """Publish as the desk tells the holder to, or with another key."""
        told = ingest(
            self.house.server,
            self.house.reservation.code,
            key or self.house.secrets.stream_key,
        )
        return await self.server.publish(told.address, told.key, ip)

    async def watch(self, passcode: str = "") -> str:
        """Watch with the credentials that the audience is told, or with another passcode."""
        secrets = self.house.secrets
        user, word = quote(secrets.watch_user), quote(passcode or secrets.passcode)
        name = self.house.stream.rpartition("/")[2]
        return await self.server.watch(f"{ADDRESS}/{name}?user={user}&pass={word}")


@pytest.fixture(params=[ServerKind.MEDIAMTX, ServerKind.SRS])
async def theatre(request: pytest.FixtureRequest, scene: Scene) -> AsyncIterator[Theatre]:
    async with opened(request.param, scene) as theatre:
        yield theatre


@asynccontextmanager
async def opened(kind: ServerKind, scene: Scene) -> AsyncIterator[Theatre]:
    control_url = "http://127.0.0.1:1"
    house = await open_house(
        scene, server={"kind": kind, "ingest_url": ADDRESS, "control_url": control_url}
    )

    made: list[str] = []

    def control(kind: ServerKind, address: ControlAddress) -> Control:
        assert control_url == address.url
        return control_of(kind, ControlAddress(made[0]))

    usher = Usher(scene.desk, control)
    house.gate.take_over = usher.take_over
    async with AsyncExitStack() as stack:
        stack.push_async_callback(usher.close)
        doors = gate_door(house.gate, DIALECTS)
        host, port = await stack.enter_async_context(serving([], "127.0.0.1", 0, doors))
        hook = f"http://{host}:{port}{house.desk.links.hook_url(house.server.id)}"
        server: OfMediamtx | OfSrs
        if kind is ServerKind.MEDIAMTX:
            server = OfMediamtx((await stack.enter_async_context(open_mediamtx(hook))).server)
        else:
            server = OfSrs((await stack.enter_async_context(open_srs(hook))).server)
        made.append(server.server.control_url)
        yield Theatre(house, usher, server)


async def test_lets_in_whom_the_desk_told_and_shows_them_out_at_the_end(theatre: Theatre) -> None:
    both = {await theatre.publish(), await theatre.watch()}
    with pytest.raises(REFUSED):
        await theatre.publish("guessed")
    with pytest.raises(REFUSED):
        await theatre.watch("guessed")
    assert await theatre.usher.look_at_all() == 0
    assert both == await theatre.server.there()

    theatre.house.clock.now = theatre.house.reservation.slot.ends_at
    with pytest.raises(REFUSED):
        await theatre.watch()
    assert await theatre.usher.look_at_all() >= 1
    await theatre.usher.look_at_all()
    assert set() == await theatre.server.there()


async def test_an_encoder_that_is_back_takes_its_own_place(theatre: Theatre) -> None:
    first = await theatre.publish()
    with pytest.raises(REFUSED):
        await theatre.publish(ip=AWAY)
    second = await theatre.publish()

    assert first != second
    assert {second} == await theatre.server.there()
    kept = await theatre.house.desk.read(
        lambda store, _: store.connections.publishing(theatre.house.reservation.id)
    )
    assert [second] == [one.client for one in kept]


async def test_who_opened_the_page_to_publish_from_is_not_held_for_a_publisher(
    scene: Scene,
) -> None:
    async with opened(ServerKind.MEDIAMTX, scene) as theatre:
        assert isinstance(theatre.server, OfMediamtx)
        key = Given(token=theatre.house.secrets.stream_key)
        await theatre.server.server.page("publish", theatre.house.stream, given=key)

        assert await theatre.publish(ip=AWAY)
