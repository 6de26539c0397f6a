"""Every page of the site in each state that it can be in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from core.access.links import Purpose
from core.model.delivery import Refused
from core.model.request import CredentialWish
from core.model.reservation import CredentialMode, NotificationPolicy, Reservation
from core.model.server import ServerKind
from core.usecases.servers import change_server
from tests.life.bench import ANN, BEN
from tests.web.house import WebHouse

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_TITLE = "Chamber music: the late quartets"
_ABOUT = "Two quartets, and a talk with the players between.\nhttps://example.org/programme"


async def on_nginx(house: WebHouse) -> None:
    """Let the scene's server be one that browsers can play from."""
    scene = house.bench.scene
    nginx = replace(
        scene.server,
        name="Great hall",
        kind=ServerKind.NGINX_RTMP,
        watch_url="http://127.0.0.1:1/hls/{path}.m3u8",
        ingest_url="rtmp://live.example.org/live/{path}",
    )
    await house.desk.run(change_server, scene.actor, nginx)


async def reserved(house: WebHouse, after: timedelta = 3 * DAY) -> Reservation:
    """Reserve a slot for Ann and Ben, who are told."""
    made = await house.bench.reserve(
        slot=house.bench.slot(after),
        title=_TITLE,
        description=_ABOUT,
        audience=(ANN, BEN),
        notification_policy=NotificationPolicy.BOTH,
        credentials=CredentialWish(CredentialMode.SHARED),
    )
    await house.bench.post.deliver()
    return made


async def confirmed(house: WebHouse, after: timedelta = 3 * DAY) -> Reservation:
    """Reserve a slot, and reconfirm it."""
    made = await reserved(house, after)
    await house.bench.reconfirm(made.code)
    await house.bench.post.deliver()
    return made


def join(house: WebHouse, made: Reservation, number: int = 1) -> str:
    """Give the path of a recipient's page."""
    return house.path(Purpose.JOIN, made, number)


async def provisional(house: WebHouse) -> str:
    """Have it permitted, and still to be reconfirmed."""
    return join(house, await reserved(house))


async def before(house: WebHouse) -> str:
    """Have it certain, to begin in three days."""
    return join(house, await confirmed(house))


async def moved(house: WebHouse) -> str:
    """Give it a new time, of which its reader was not told yet."""
    made = await confirmed(house)
    await house.bench.change(made.code, slot=house.bench.slot(4 * DAY))
    return join(house, made)


async def on(house: WebHouse) -> str:
    """Let it be on."""
    made = await confirmed(house)
    house.clock.now = made.slot.starts_at + HOUR / 4
    return join(house, made)


async def cancelled(house: WebHouse) -> str:
    """Have it cancelled, with a reason."""
    made = await confirmed(house)
    await house.bench.cancel(made.code, "The first violin is ill.")
    return join(house, made)


async def lapsed(house: WebHouse) -> str:
    """Let its deadline pass."""
    made = await reserved(house)
    await house.bench.awake_until(made.slot.starts_at - HOUR)
    return join(house, made)


async def over(house: WebHouse) -> str:
    """Let it be over."""
    made = await confirmed(house)
    house.clock.now = made.slot.ends_at
    return join(house, made)


async def removed(house: WebHouse) -> str:
    """Take its reader off the list."""
    made = await confirmed(house)
    await house.bench.change(made.code, remove=(BEN,))
    return join(house, made, 2)


async def shared(house: WebHouse) -> str:
    """Give the link that everybody has, while it is on."""
    made = await confirmed(house)
    house.clock.now = made.slot.starts_at
    return house.path(Purpose.SLOT, made)


async def holder(house: WebHouse) -> str:
    """Give the holder's page: one was told, and one could not be."""
    house.bench.post.answer(BEN.address, Refused("552 the mailbox is full"))
    return house.path(Purpose.HOLDER, await reserved(house))


async def holder_change(house: WebHouse) -> str:
    """Give the form of a change."""
    return f"{house.path(Purpose.HOLDER, await reserved(house))}/change"


async def holder_cancel(house: WebHouse) -> str:
    """Give the question before a cancellation."""
    return f"{house.path(Purpose.HOLDER, await reserved(house))}/cancel"


async def holder_key(house: WebHouse) -> str:
    """Give what the holder's streaming software needs."""
    return f"{house.path(Purpose.HOLDER, await reserved(house))}/key"


async def unsubscribe(house: WebHouse) -> str:
    """Give the question who is to write no more."""
    return house.path(Purpose.UNSUBSCRIBE, await reserved(house), 1)


async def schedule(house: WebHouse) -> str:
    """Give the schedule of all servers, as strangers see it."""
    await _busy_week(house)
    return "/schedule"


async def schedule_of_server(house: WebHouse) -> str:
    """Give one server's week, as strangers see it."""
    await _busy_week(house)
    return f"/schedule/{house.bench.scene.server.id}"


async def schedule_mine(house: WebHouse) -> str:
    """Give the schedule with the titles of a workspace's own."""
    await _busy_week(house)
    token = house.desk.links.token(Purpose.SCHEDULE, house.bench.scene.actor.workspace_id)
    return f"/schedule/{token}"


async def operators(house: WebHouse) -> str:
    """Give the page of those who run the desk."""
    house.bench.post.answer(BEN.address, Refused("552 the mailbox is full"))
    await confirmed(house, HOUR)
    await reserved(house, 4 * HOUR)
    return f"/operators/{house.desk.links.token(Purpose.OPERATORS, 0)}"


async def _busy_week(house: WebHouse) -> None:
    for hours in (2, 26, 50):
        await confirmed(house, hours * HOUR)
    await reserved(house, 30 * HOUR)


async def nothing(house: WebHouse) -> str:
    """Give a link that opens nothing."""
    return f"/{Purpose.JOIN}/{house.desk.links.token(Purpose.SLOT, 1)}"


STATES: dict[str, Callable[[WebHouse], Awaitable[str]]] = {
    "join-provisional": provisional,
    "join-before": before,
    "join-moved": moved,
    "join-on": on,
    "join-cancelled": cancelled,
    "join-lapsed": lapsed,
    "join-over": over,
    "join-removed": removed,
    "slot-on": shared,
    "holder": holder,
    "holder-change": holder_change,
    "holder-cancel": holder_cancel,
    "holder-key": holder_key,
    "unsubscribe": unsubscribe,
    "schedule": schedule,
    "schedule-server": schedule_of_server,
    "schedule-mine": schedule_mine,
    "operators": operators,
    "nothing": nothing,
}
