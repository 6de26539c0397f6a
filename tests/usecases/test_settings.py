"""Settings: a person's own, the workspace's where they have none, and where a holder is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

from core.model.people import Role, WorkspaceKind
from core.usecases.settings import Account, enter, set_own, set_workspace, show_settings
from tests.desks import Scene
from tests.life.bench import ANN, BEN, Bench, member_of

HOUR = timedelta(hours=1)


async def test_whoever_enters_twice_is_one_person(scene: Scene) -> None:
    first = await member_of(scene.desk, "home", "hanna")
    again = await member_of(scene.desk, "home", "hanna", Role.ADMIN)
    namesake = await member_of(scene.desk, "away", "hanna")

    assert first.person_id == again.person_id != namesake.person_id
    assert (Role.MEMBER, Role.ADMIN) == (first.role, again.role)


async def test_whoever_enters_many_times_at_once_is_one_person(scene: Scene) -> None:
    account = Account(WorkspaceKind.SLACK, "T1", "Home", "U1", "Hanna")

    actors = await asyncio.gather(*(scene.desk.run(enter, account) for _ in range(8)))

    assert 1 == len(set(actors))


async def test_own_settings_come_before_the_workspaces(scene: Scene) -> None:
    desk, bench = scene.desk, Bench(scene)
    await desk.run(set_workspace, scene.actor, zone=ZoneInfo("Asia/Tokyo"), reminders=(2 * HOUR,))
    first = await bench.reserve()
    before = await desk.run(enter, _olga())

    await desk.run(set_own, scene.actor, zone=ZoneInfo("Europe/Lisbon"), reminders=())
    second = await bench.reserve(slot=bench.slot(timedelta(days=5)))
    after = await desk.run(enter, _olga())

    assert [(2 * HOUR,), ()] == [first.reminders, second.reminders]
    assert ["Asia/Tokyo", "Europe/Lisbon"] == [before.zone.key, after.zone.key]


async def test_what_is_not_given_stays(scene: Scene) -> None:
    await scene.desk.run(set_own, scene.actor, zone=ZoneInfo("Asia/Tokyo"), email=BEN.address)

    shown = await scene.desk.run(set_own, scene.actor, reminders=(HOUR,))

    assert ("Asia/Tokyo", (HOUR,), BEN.address) == (
        shown.person.zone,
        shown.person.reminders,
        shown.person.email,
    )
    assert shown == await scene.desk.read(show_settings, scene.actor)


async def test_a_holder_with_an_address_is_told_by_mail(scene: Scene) -> None:
    bench = Bench(scene)
    await scene.desk.run(set_own, scene.actor, email=BEN.address)

    await bench.reserve(audience=(ANN,))
    await bench.post.deliver()

    assert ["permission"] == [one.kind for one in bench.post.to(BEN.address)]
    assert [] == bench.post.to_holder()


async def test_a_new_address_is_used_at_once_for_what_waits_already(scene: Scene) -> None:
    """Also where that means another route: nothing goes out to a place that is no address."""
    bench = Bench(scene)
    await bench.reserve(slot=bench.slot(HOUR))
    bench.post.mail.down = "connection refused"
    await bench.awake_for(timedelta(seconds=1))
    await scene.desk.run(set_own, scene.actor, email=BEN.address)
    await bench.cancel((await bench.reserve(slot=bench.slot(5 * HOUR))).code)
    await scene.desk.run(set_own, scene.actor, email="")
    bench.post.mail.down = ""
    scene.clock.move(timedelta(minutes=2))
    await bench.post.deliver()

    console = str(scene.actor.person_id)
    assert [] == bench.post.to(console)
    assert [] == bench.post.to(BEN.address)
    assert {console} == {one.address for one in bench.post.to_holder()}


async def test_from_console_to_mail_what_waits_goes_by_mail(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve(slot=bench.slot(2 * HOUR))
    await bench.post.deliver()
    await bench.awake_until(reservation.slot.starts_at - HOUR)
    scene.clock.now = reservation.slot.starts_at - timedelta(minutes=15)
    await bench.restart_at(scene.clock.now)

    await scene.desk.run(set_own, scene.actor, email=BEN.address)
    await bench.post.deliver()

    assert ["stream_key"] == [one.kind for one in bench.post.to(BEN.address)]


def _olga() -> Account:
    return Account(WorkspaceKind.CONSOLE, "local", "Console", "olga", "Olga", Role.OPERATOR)
