"""What a notice has its reader enter, to publish or to watch, as it leaves the outbox."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from adapters.memory import MemoryRoute
from core.model.addresses import path_of
from core.model.recipient import RouteName
from core.model.request import CredentialWish
from core.model.reservation import CredentialMode
from core.model.server import Rules, ServerKind
from core.model.slot import Slot
from core.notices.notice import Notice, NoticeKind, Personal
from core.outbox.dispatch import Dispatcher, Fill, Outlet
from core.outbox.route import Message
from core.store.store import Store
from core.usecases.servers import change_server
from tests.desks import Scene
from tests.life.bench import ANN, BEN, Bench, sweep

MINUTE = timedelta(minutes=1)
WATCH = "rtmp://live.example.org/live/{path}"


@dataclass
class Reading:
    """Everything that readers are sent, with the notice it is of."""

    scene: Scene
    read: list[tuple[Notice, Personal]] = field(default_factory=list)

    async def deliver(self) -> None:
        """Send what is to be sent."""
        routes = (RouteName.EMAIL, RouteName.CONSOLE)
        outlets = {one: Outlet(MemoryRoute(one, 1), self._compose) for one in routes}
        await Dispatcher(self.scene.desk, outlets, "example.org").deliver_due()

    def of(self, kind: NoticeKind, address: str = "") -> tuple[Notice, Personal]:
        """Give the one notice of that kind, to that address if one is named."""
        (found,) = [
            (notice, personal)
            for notice, personal in self.read
            if notice.kind is kind and address in {"", personal.contact.address}
        ]
        return found

    def _compose(self, notice: Notice) -> Fill:
        def filled(delivery_id: int, personal: Personal) -> Message:
            self.read.append((notice, personal))
            return Message(delivery_id, personal.contact.address, b"a notice")

        return filled


@pytest.fixture
async def reading(scene: Scene) -> Reading:
    """Give what is sent from the scene's desk, whose holder is told everything by mail."""

    def give_address(store: Store, _: datetime) -> None:
        store.people.set_person(scene.actor.person_id, email="olga@example.org")

    await scene.desk.run(give_address)
    return Reading(scene)


async def served(scene: Scene, **given: object) -> None:
    """Make another server of the scene's."""
    await scene.desk.run(change_server, scene.actor, replace(scene.server, **given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "url", "address", "user", "key"),
    [
        (
            ServerKind.NGINX_RTMP,
            "rtmp://live.example.org/live/{path}",
            "rtmp://live.example.org/live",
            "",
            "PATH?key=KEY",
        ),
        (
            ServerKind.MEDIAMTX,
            "rtsp://live.example.org:8554/live",
            "rtsp://publish:KEY@live.example.org:8554/live/PATH",
            "",
            "",
        ),
        (
            ServerKind.ICECAST,
            "icecast://live.example.org:8000/{path}.ogg",
            "icecast://live.example.org:8000/PATH.ogg",
            "source",
            "KEY",
        ),
    ],
)
async def test_the_holder_is_sent_what_the_server_takes(  # noqa: PLR0913, PLR0917 - the example
    scene: Scene, reading: Reading, kind: ServerKind, url: str, address: str, user: str, key: str
) -> None:
    bench = Bench(scene)
    await served(scene, kind=kind, ingest_url=url)
    reservation = await bench.reserve(slot=bench.slot(5 * MINUTE))
    secret = (await bench.show(reservation.code)).secrets.stream_key
    await sweep(scene.desk)
    await reading.deliver()

    _, sent = reading.of(NoticeKind.STREAM_KEY)
    _, permission = reading.of(NoticeKind.PERMISSION)
    path = path_of(reservation.code)
    filled = [text.replace("PATH", path).replace("KEY", secret) for text in (address, user, key)]
    assert filled == [sent.ingest_url, sent.ingest_user, sent.stream_key]
    assert ["", "", ""] == [permission.ingest_url, permission.ingest_user, permission.stream_key]


async def test_the_holder_is_told_the_time_that_was_permitted(
    scene: Scene, reading: Reading
) -> None:
    bench = Bench(scene)
    await served(scene, rules=Rules(set_up=15 * MINUTE, tear_down=10 * MINUTE))
    slot = bench.slot(25 * MINUTE)
    await bench.reserve(slot=slot)
    await served(scene, rules=Rules(set_up=30 * MINUTE))  # for those who come later
    await sweep(scene.desk)
    await reading.deliver()

    notice, _ = reading.of(NoticeKind.STREAM_KEY)
    assert Slot(slot.starts_at - 15 * MINUTE, slot.ends_at + 10 * MINUTE) == notice.publishing
    assert reading.of(NoticeKind.PERMISSION)[0].publishing is None


async def test_each_watcher_is_sent_the_address_with_their_own_credentials(
    scene: Scene, reading: Reading
) -> None:
    await served(scene, watch_url=WATCH)
    each = CredentialWish(CredentialMode.EACH, "crew")
    reservation = await Bench(scene).reserve(audience=(ANN, BEN), credentials=each)
    await reading.deliver()

    url = WATCH.replace("{path}", path_of(reservation.code))
    for address, user in ((ANN.address, "crew-1"), (BEN.address, "crew-2")):
        _, sent = reading.of(NoticeKind.ANNOUNCEMENT, address)
        assert user == sent.watch_user
        assert f"{url}?user={user}&pass={sent.passcode}" == sent.player_url
    assert "" == reading.of(NoticeKind.PERMISSION)[1].player_url


async def test_what_was_chosen_is_encoded_in_the_address_and_plain_beside_it(
    scene: Scene, reading: Reading
) -> None:
    await served(scene, watch_url=WATCH)
    wish = CredentialWish(CredentialMode.SHARED, "crew", "sing&along=%1+1")
    await Bench(scene).reserve(credentials=wish)
    await reading.deliver()

    for kind in (NoticeKind.ANNOUNCEMENT, NoticeKind.PERMISSION):
        _, sent = reading.of(kind)
        assert ("crew", "sing&along=%1+1") == (sent.watch_user, sent.passcode)
        assert sent.player_url.endswith("?user=crew&pass=sing%26along%3D%251%2B1")


@pytest.mark.parametrize(
    ("given", "mode"),
    [
        ({}, CredentialMode.SHARED),  # a browser asks for them
        ({"watch_url": WATCH}, CredentialMode.NONE),
        ({"watch_url": WATCH, "kind": ServerKind.LINK}, CredentialMode.SHARED),
    ],
)
async def test_there_is_no_such_address_where_none_is_needed(
    scene: Scene, reading: Reading, given: dict[str, object], mode: CredentialMode
) -> None:
    await served(scene, **given)
    await Bench(scene).reserve(credentials=CredentialWish(mode))
    await reading.deliver()

    assert 2 == len(reading.read)
    assert {""} == {personal.player_url for _, personal in reading.read}
