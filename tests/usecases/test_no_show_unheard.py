"""Silence that proves nothing: nobody loses a slot by it, and who was heard keeps theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.model.gate import Access, Admit
from core.model.reservation import Status
from core.model.server import ServerKind
from core.notices.notice import KEPT
from core.store.connections import Departed
from core.usecases.gate import note_departed
from tests.desks import Scene
from tests.life.bench import Bench, dues_of
from tests.usecases.silence import (
    HOUR,
    LOOKS,
    MINUTE,
    RULES,
    SECOND,
    another_server,
    answers,
    beats,
    listening,
    listens_until,
    publishes,
    questions,
    reserved,
    set_rules,
)


@pytest.fixture
async def bench(scene: Scene) -> Bench:
    """Give a desk whose server asks the gate, and frees a slot after three minutes of silence."""
    return await listening(scene)


async def departs(bench: Bench, server_id: int) -> None:
    """Have the server say that whoever published has gone."""
    gone = Departed(server_id, Access.PUBLISH, "client-1", bench.clock.now)
    await bench.desk.run(note_departed, [gone])


@pytest.mark.parametrize("after", [-MINUTE, 30 * SECOND, 2 * MINUTE], ids=str)
@pytest.mark.parametrize("stops", [False, True])
async def test_whoever_has_published_keeps_the_slot(
    bench: Bench, after: timedelta, stops: bool
) -> None:
    await set_rules(bench, replace(RULES, set_up=5 * MINUTE))
    reservation = await reserved(bench)
    key = (await bench.show(reservation.code)).secrets.stream_key
    await listens_until(bench, reservation.slot.starts_at + after)

    assert isinstance(await publishes(bench, reservation, key), Admit)
    if stops:
        await departs(bench, reservation.server_id)
    await listens_until(bench, reservation.slot.starts_at + 5 * MINUTE)

    assert Status.CONFIRMED == (await bench.show(reservation.code)).reservation.status
    asked = ["no_show"] if after > MINUTE else []
    assert asked == questions(bench)


@pytest.mark.parametrize(
    ("late", "status"), [(60 * SECOND, Status.LAPSED), (61 * SECOND, Status.CONFIRMED)], ids=str
)
async def test_a_desk_that_comes_late_asks_again_and_frees_nothing(
    bench: Bench, late: timedelta, status: Status
) -> None:
    reservation = await reserved(bench)
    free_at = reservation.slot.starts_at + 3 * MINUTE
    await listens_until(bench, free_at - SECOND)

    await bench.desk.run(answers, free_at + late)
    await bench.restart_at(free_at + late)
    await bench.post.deliver()
    await listens_until(bench, free_at + 10 * MINUTE)

    assert status == (await bench.show(reservation.code)).reservation.status
    again = [KEPT] if status is Status.CONFIRMED else []
    asked = [one.done for one in bench.post.to_holder() if one.kind == "no_show"]
    assert [free_at.isoformat(), *again] == asked


async def test_a_desk_that_wakes_to_both_asks_once(bench: Bench) -> None:
    reservation = await reserved(bench)
    await listens_until(bench, reservation.slot.starts_at - MINUTE)

    await bench.asleep_until(reservation.slot.starts_at + HOUR)
    await bench.post.deliver()

    assert Status.CONFIRMED == (await bench.show(reservation.code)).reservation.status
    assert [("no_show", KEPT)] == [(one.kind, one.done) for one in bench.post.to_holder()[-1:]]
    assert ["no_show"] == questions(bench)


async def test_a_gate_that_was_away_since_the_start_frees_nothing(bench: Bench) -> None:
    reservation = await reserved(bench)
    starts_at = reservation.slot.starts_at
    await listens_until(bench, starts_at + 70 * SECOND)
    await bench.awake_until(starts_at + 110 * SECOND)  # without the gate
    await beats(bench)

    await listens_until(bench, starts_at + 5 * MINUTE)

    assert Status.CONFIRMED == (await bench.show(reservation.code)).reservation.status
    assert KEPT == bench.post.to_holder()[-1].done


async def test_a_gate_that_is_away_frees_nothing(bench: Bench) -> None:
    reservation = await reserved(bench)
    await listens_until(bench, reservation.slot.starts_at + 110 * SECOND)

    await bench.awake_until(reservation.slot.starts_at + 5 * MINUTE)  # without the gate

    assert Status.CONFIRMED == (await bench.show(reservation.code)).reservation.status


async def test_a_server_that_has_never_asked_says_nothing_by_its_silence(bench: Bench) -> None:
    server = await another_server(bench, ServerKind.MEDIAMTX)
    reservation = await bench.reserve(server_id=server.id, slot=bench.slot(HOUR))

    await listens_until(bench, reservation.slot.starts_at + 5 * MINUTE)

    assert Status.CONFIRMED == (await bench.show(reservation.code)).reservation.status
    assert [] == questions(bench)


async def test_for_a_link_nothing_falls_due(bench: Bench) -> None:
    server = await another_server(bench, ServerKind.LINK)
    reservation = await bench.reserve(server_id=server.id, slot=bench.slot(HOUR))

    assert set() == LOOKS & {kind for kind, _ in await dues_of(bench.desk, reservation.id)}


async def test_what_was_published_before_it_was_moved_does_not_count(bench: Bench) -> None:
    reservation = await reserved(bench)
    key = (await bench.show(reservation.code)).secrets.stream_key
    await listens_until(bench, reservation.slot.starts_at)
    assert isinstance(await publishes(bench, reservation, key), Admit)
    await departs(bench, reservation.server_id)

    moved = (await bench.change(reservation.code, slot=bench.slot(HOUR))).reservation
    await listens_until(bench, moved.slot.starts_at + 3 * MINUTE)

    assert Status.LAPSED == (await bench.show(reservation.code)).reservation.status
