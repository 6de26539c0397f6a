"""Between the end and the end of tear-down: the slot has ended, and its time is still taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.model.due import Due, DueKind
from core.model.recipient import Contact, RouteName
from core.model.request import ChangeRequest
from core.model.reservation import Reservation, Status
from core.model.slot import Slot
from core.policy.reasons import Full
from core.store.store import Limits, Store
from core.usecases.answers import Denied, Ended, Permitted
from core.usecases.cancel import cancel
from core.usecases.change import change
from core.usecases.gate import refresh_openings
from core.usecases.look import Free, find_free, list_all, list_mine
from core.usecases.reconfirm import reconfirm
from core.usecases.remind_me import remind_me
from core.usecases.resend import send_again
from core.usecases.reserve import reserve
from core.usecases.servers import ServerKept, change_server
from tests.desks import Scene
from tests.life.bench import Bench, dues_of, member_of

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TEAR_DOWN = 30 * MINUTE


@pytest.fixture
async def bench(scene: Scene) -> Bench:
    """Give a desk whose server is kept free for half an hour after each slot."""
    rules = replace(scene.server.rules, reconfirm_lead=timedelta(0))
    bench = Bench(replace(scene, server=replace(scene.server, rules=rules)))
    await _set_tear_down(bench, TEAR_DOWN)
    return bench


async def _ended(bench: Bench) -> Reservation:
    """Have a slot that ended a minute ago."""
    reservation = await bench.reserve(slot=bench.slot(HOUR))
    await bench.awake_until(reservation.slot.ends_at + MINUTE)
    return reservation


async def test_the_time_for_tear_down_is_not_taken_twice(bench: Bench) -> None:
    ended = await _ended(bench)
    within = Slot.of(ended.slot.ends_at + 5 * MINUTE, HOUR)
    after = Slot.of(ended.slot.ends_at + TEAR_DOWN, HOUR)
    scene = bench.scene

    denied = await bench.desk.run(reserve, scene.actor, scene.request(slot=within))
    permitted = await bench.desk.run(reserve, scene.actor, scene.request(slot=after))

    assert isinstance(denied, Denied)
    assert [Full] == [type(reason) for reason in denied.denial.reasons]
    assert isinstance(permitted, Permitted)


async def test_what_is_free_begins_after_it(bench: Bench) -> None:
    ended = await _ended(bench)
    evening = Slot.of(bench.clock.now, 6 * HOUR)

    free = await bench.desk.read(
        find_free, bench.scene.actor, server_id=ended.server_id, window=evening, length=HOUR
    )

    assert isinstance(free, Free)
    assert [ended.slot.ends_at + TEAR_DOWN] == [one.starts_at for one in free.stretches]


async def test_it_is_over_when_tear_down_is(bench: Bench) -> None:
    reservation = await bench.reserve(slot=bench.slot(HOUR))
    until = reservation.slot.ends_at + TEAR_DOWN
    dues = await dues_of(bench.desk, reservation.id)

    await bench.awake_until(until - MINUTE)
    before = await bench.show(reservation.code)
    await bench.awake_until(until)
    after = await bench.show(reservation.code)

    assert until == dues[DueKind.OVER, timedelta(0)]
    assert (Status.CONFIRMED, Status.OVER) == (before.reservation.status, after.reservation.status)
    assert before.ended


async def test_the_gate_keeps_it_in_mind_until_then(bench: Bench) -> None:
    ended = await _ended(bench)
    server_ids = [ended.server_id]

    during = await bench.desk.read(refresh_openings, server_ids, {})
    await bench.awake_until(ended.slot.ends_at + TEAR_DOWN)
    after = await bench.desk.read(refresh_openings, server_ids, {})

    assert [ended.id] == [one.reservation_id for one in during.openings]
    assert () == after.openings


async def test_every_command_is_too_late_for_it(bench: Bench) -> None:
    ended = await _ended(bench)
    actor, code = bench.scene.actor, ended.code

    for command in (cancel, reconfirm, send_again):
        assert Ended(ended) == await bench.desk.run(command, actor, code)
    later = ChangeRequest(code, slot=Slot.of(ended.slot.starts_at, 3 * HOUR))
    assert Ended(ended) == await bench.desk.run(change, actor, later)


async def test_it_is_on_nobodys_list_any_more(bench: Bench) -> None:
    await _ended(bench)

    assert () == await bench.desk.read(list_mine, bench.scene.actor)
    assert () == await bench.desk.read(list_all, bench.scene.actor)


async def test_nobody_is_reminded_of_it(bench: Bench) -> None:
    member = await member_of(bench.desk, "stage", "ben")
    channel, ben = (Contact(RouteName.SLACK, f"T1/{one}") for one in ("C1", "U1"))
    request = bench.scene.request(slot=bench.slot(HOUR), audience=(channel,))
    answer = await bench.desk.run(reserve, member, request)
    assert isinstance(answer, Permitted)
    await bench.awake_until(answer.reservation.slot.ends_at + MINUTE)

    asked = await bench.desk.run(
        remind_me, member, answer.reservation.code, contact=ben, seen_in=channel
    )

    assert isinstance(asked, Ended)


async def test_an_over_that_an_older_release_set_is_put_off(bench: Bench) -> None:
    """It stood at the end of the slot, which is not the end of tear-down."""
    reservation = await bench.reserve(slot=bench.slot(HOUR))
    until = reservation.slot.ends_at + TEAR_DOWN
    old = Due(reservation.slot.ends_at, reservation.id, DueKind.OVER)
    await bench.desk.run(_put, old)

    await bench.awake_until(reservation.slot.ends_at)
    before = (await bench.show(reservation.code)).reservation.status
    await bench.awake_until(until)

    assert Status.CONFIRMED == before
    assert Status.OVER == (await bench.show(reservation.code)).reservation.status


async def test_a_tear_down_that_the_rules_cut_short_meanwhile_stays_as_it_was_booked(
    bench: Bench,
) -> None:
    reservation = await bench.reserve(slot=bench.slot(HOUR))
    await _set_tear_down(bench, timedelta(0))
    await bench.change(reservation.code, title="Late show")

    await bench.awake_until(reservation.slot.ends_at + MINUTE)

    assert Status.CONFIRMED == (await bench.show(reservation.code)).reservation.status


async def test_no_address_of_whoever_connects_during_tear_down_outlives_it(bench: Bench) -> None:
    bench.desk.limits = Limits(keep_addresses=timedelta(0))
    reservation = await bench.reserve(slot=bench.slot(HOUR))

    dues = await dues_of(bench.desk, reservation.id)

    assert reservation.slot.ends_at + TEAR_DOWN == dues[DueKind.ERASURE, timedelta(0)]


async def _set_tear_down(bench: Bench, tear_down: timedelta) -> None:
    server = bench.scene.server
    changed = replace(server, rules=replace(server.rules, tear_down=tear_down))
    assert isinstance(await bench.desk.run(change_server, bench.scene.actor, changed), ServerKept)


def _put(store: Store, _: datetime, due: Due) -> None:
    store.dues.put(due)
