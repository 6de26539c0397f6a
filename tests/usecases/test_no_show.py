"""A slot has begun and nobody publishes: its holder is asked, and the slot may be freed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.model.due import DueKind
from core.model.gate import Reason, Refuse
from core.model.reservation import Status
from core.model.slot import Slot
from core.notices.notice import NO_SHOW
from core.usecases.answers import Ended, Permitted
from core.usecases.no_show import REASON
from core.usecases.reconfirm import reconfirm
from core.usecases.reserve import reserve
from tests.desks import Scene
from tests.life.bench import ANN, Bench, dues_of
from tests.usecases.silence import (
    HOUR,
    MINUTE,
    RULES,
    SECOND,
    acts,
    listening,
    listens_until,
    looks_due,
    publishes,
    questions,
    reserved,
    set_rules,
)


@pytest.fixture
async def bench(scene: Scene) -> Bench:
    """Give a desk whose server asks the gate, and frees a slot after three minutes of silence."""
    return await listening(scene)


async def test_the_holder_is_asked_and_then_the_slot_is_freed(bench: Bench) -> None:
    reservation = await reserved(bench)
    starts_at = reservation.slot.starts_at

    await listens_until(bench, starts_at + MINUTE - SECOND)
    early = bench.post.to_holder()
    await listens_until(bench, starts_at + MINUTE)
    asked = bench.post.to_holder()
    await listens_until(bench, starts_at + 3 * MINUTE - SECOND)
    before = (await bench.show(reservation.code)).reservation
    await listens_until(bench, starts_at + 3 * MINUTE)

    assert "no_show" not in {one.kind for one in early}
    free_at = (starts_at + 3 * MINUTE).isoformat()
    assert ("no_show", free_at) == (asked[-1].kind, asked[-1].done)
    lapsed = (await bench.show(reservation.code)).reservation
    assert (Status.CONFIRMED, Status.LAPSED) == (before.status, lapsed.status)
    last = bench.post.to_holder()[-1]
    assert [*asked, last] == bench.post.to_holder()
    assert ("lapse", NO_SHOW) == (last.kind, last.done)


async def test_whoever_was_told_hears_that_it_is_off_and_why(bench: Bench) -> None:
    reservation = await reserved(bench)
    await listens_until(bench, reservation.slot.starts_at + 3 * MINUTE)

    told = bench.post.to(ANN.address)[-1]

    assert ("cancellation cancelled", REASON) == (told.gist, told.reason)
    assert 1 == (await bench.desk.read(acts)).count("no_show")
    assert {DueKind.ERASURE, DueKind.REPORT} == {
        kind for kind, _ in await dues_of(bench.desk, reservation.id)
    }


async def test_what_is_left_of_it_is_free_for_others_and_opens_nothing(bench: Bench) -> None:
    reservation = await reserved(bench)
    key = (await bench.show(reservation.code)).secrets.stream_key
    await listens_until(bench, reservation.slot.starts_at + 3 * MINUTE)
    rest = Slot(bench.clock.now + MINUTE, reservation.slot.ends_at)

    refused = await publishes(bench, reservation, key)
    again = await bench.desk.run(reserve, bench.scene.actor, bench.scene.request(slot=rest))

    assert Refuse(Reason.LAPSED) == refused
    assert isinstance(again, Permitted)


async def test_one_that_was_reconfirmed_is_not_said_to_have_missed_its_deadline(
    bench: Bench,
) -> None:
    await set_rules(bench, replace(RULES, reconfirm_lead=HOUR))
    reservation = await bench.reserve(slot=bench.slot(2 * HOUR))
    await bench.reconfirm(reservation.code)
    await listens_until(bench, reservation.slot.starts_at + 3 * MINUTE)

    ended = await bench.desk.run(reconfirm, bench.scene.actor, reservation.code)

    assert isinstance(ended, Ended)
    assert (Status.LAPSED, None) == (ended.reservation.status, ended.reservation.reconfirm_by)


async def test_both_move_with_the_slot_and_go_when_it_is_cancelled(bench: Bench) -> None:
    reservation = await reserved(bench)
    before = await looks_due(bench, reservation)
    moved = bench.slot(5 * HOUR)

    await bench.change(reservation.code, slot=moved)
    after = await looks_due(bench, reservation)
    await bench.cancel(reservation.code)

    for slot, looks in ((reservation.slot, before), (moved, after)):
        assert {
            DueKind.NO_SHOW: slot.starts_at + MINUTE,
            DueKind.RELEASE: slot.starts_at + 3 * MINUTE,
        } == looks
    assert {} == await looks_due(bench, reservation)


async def test_neither_comes_after_the_end_of_a_short_slot(bench: Bench) -> None:
    quick = replace(RULES, shortest=MINUTE, no_show_after=MINUTE, no_show_release=2 * MINUTE)
    await set_rules(bench, quick)
    short = await bench.reserve(slot=bench.slot(HOUR, 2 * MINUTE))
    shorter = await bench.reserve(slot=bench.slot(2 * HOUR, MINUTE))

    assert {DueKind.NO_SHOW: short.slot.starts_at + MINUTE} == await looks_due(bench, short)
    assert {} == await looks_due(bench, shorter)


async def test_without_a_release_the_holder_is_asked_and_keeps_the_slot(bench: Bench) -> None:
    await set_rules(bench, replace(RULES, no_show_release=timedelta(0)))
    reservation = await reserved(bench)

    await listens_until(bench, reservation.slot.starts_at + 5 * MINUTE)

    assert Status.CONFIRMED == (await bench.show(reservation.code)).reservation.status
    assert [""] == [one.done for one in bench.post.to_holder() if one.kind == "no_show"]


@pytest.mark.parametrize(
    ("booked", "now", "status"),
    [
        pytest.param(0, 3, Status.LAPSED, id="by now slots are freed"),
        pytest.param(3, 0, Status.CONFIRMED, id="by now none is"),
        pytest.param(3, 4, Status.LAPSED, id="later than they were"),
        pytest.param(3, 60, Status.CONFIRMED, id="much later"),
    ],
)
async def test_the_rules_of_the_day_hold(
    bench: Bench, booked: int, now: int, status: Status
) -> None:
    await set_rules(bench, replace(RULES, no_show_release=booked * MINUTE))
    reservation = await reserved(bench)
    await set_rules(bench, replace(RULES, no_show_release=now * MINUTE))

    await listens_until(bench, reservation.slot.starts_at + 5 * MINUTE)

    assert status == (await bench.show(reservation.code)).reservation.status
    assert ["no_show"] == questions(bench)


async def test_what_came_to_be_due_later_is_looked_at_then(bench: Bench) -> None:
    patient = replace(RULES, no_show_after=2 * MINUTE, no_show_release=timedelta(0))
    asked, freed = await reserved(bench), await bench.reserve(slot=bench.slot(5 * HOUR))

    await set_rules(bench, patient)
    await listens_until(bench, asked.slot.starts_at + 2 * MINUTE - SECOND)
    early = questions(bench)
    await listens_until(bench, asked.slot.starts_at + 2 * MINUTE)
    await set_rules(bench, replace(RULES, no_show_after=timedelta(0), no_show_release=4 * MINUTE))
    await listens_until(bench, freed.slot.starts_at + 4 * MINUTE - SECOND)
    before = (await bench.show(freed.code)).reservation.status
    await listens_until(bench, freed.slot.starts_at + 4 * MINUTE)

    assert ([], ["no_show"]) == (early, questions(bench))
    after = (await bench.show(freed.code)).reservation.status
    assert (Status.CONFIRMED, Status.LAPSED) == (before, after)


async def test_whoever_moves_the_slot_is_not_asked_about_the_old_time(bench: Bench) -> None:
    reservation = await reserved(bench)
    await listens_until(bench, reservation.slot.starts_at + 50 * SECOND)
    await bench.awake_until(reservation.slot.starts_at + MINUTE, delivers=False)

    await bench.change(reservation.code, slot=bench.slot(HOUR))
    await bench.post.deliver()

    assert [] == questions(bench)
