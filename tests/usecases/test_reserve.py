"""Reserve: a permitted slot is told of, a denied one leaves no trace but in the audit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from core.model.due import DueKind
from core.model.people import Role
from core.model.recipient import Contact, RouteName
from core.model.reservation import NotificationPolicy, Status
from core.policy.reasons import Full
from core.store.store import Limits, Store
from core.store.suppressions import ANY_HOLDER
from core.store.tables import AuditRow, ReservationRow
from core.usecases.answers import (
    Denied,
    NobodyListed,
    NoSuchList,
    NoSuchServer,
    Permitted,
    TooManyNewAddresses,
    TooManyRecipients,
)
from core.usecases.audience import add_to_list
from core.usecases.reserve import reserve
from core.usecases.servers import ServerKept, add_server, change_server
from tests.desks import Scene, make_server
from tests.life.bench import ANN, BEN, CLEO, Bench, dues_of, everything, member_of

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


def acts(store: Store, _: object) -> list[str]:
    """List what the audit holds, in order."""
    return list(store.connection.execute(select(AuditRow.act).order_by(col(AuditRow.id))).scalars())


async def test_a_permitted_slot_is_told_to_every_address(scene: Scene) -> None:
    bench = Bench(scene)

    answer = await scene.desk.run(reserve, scene.actor, scene.request(audience=(ANN, BEN)))
    await bench.post.deliver()

    assert isinstance(answer, Permitted)
    assert (2, 2, ()) == (answer.recipients, answer.telling, answer.skipped)
    assert ["announcement confirmed"] == bench.post.gists(ANN.address)
    assert ["announcement confirmed"] == bench.post.gists(BEN.address)
    assert answer.passcode == bench.post.to(ANN.address)[0].passcode != ""


async def test_a_denied_slot_tells_nobody_and_writes_nothing_but_the_audit(scene: Scene) -> None:
    bench = Bench(scene)
    await bench.reserve()
    await bench.post.deliver()
    before = await scene.desk.read(everything)
    bench.post.take()

    answer = await scene.desk.run(reserve, scene.actor, scene.request(audience=(BEN,)))
    await bench.post.deliver()

    assert isinstance(answer, Denied)
    assert [Full] == [type(reason) for reason in answer.denial.reasons]
    assert 3 == len(answer.denial.alternatives)
    assert before == await scene.desk.read(everything)
    assert "deny" == (await scene.desk.read(acts))[-1]
    assert [] == bench.post.take()


async def test_each_alternative_would_really_be_permitted(scene: Scene) -> None:
    await Bench(scene).reserve()
    denied = await scene.desk.run(reserve, scene.actor, scene.request())
    assert isinstance(denied, Denied)

    for slot in denied.denial.alternatives:
        answer = await scene.desk.run(reserve, scene.actor, scene.request(slot=slot))

        assert isinstance(answer, Permitted | Denied)
        # the three may overlap one another: only what is taken by now can stand against one
        assert isinstance(answer, Permitted) or answer.denial.reasons != ()
    first = await scene.desk.read(lambda store, _: len(_reservations(store)))
    assert first >= 2


def _reservations(store: Store) -> list[int]:
    return list(store.connection.execute(select(ReservationRow.id)).scalars())


@pytest.mark.parametrize(
    ("policy", "told", "status"),
    [
        (NotificationPolicy.ON_PERMIT, ["announcement confirmed"], Status.PERMITTED),
        (NotificationPolicy.BOTH, ["announcement provisional"], Status.PERMITTED),
        (NotificationPolicy.ON_RECONFIRM, [], Status.PERMITTED),
    ],
)
async def test_the_policy_says_whether_the_audience_is_told_on_permission(
    scene: Scene, policy: NotificationPolicy, told: list[str], status: Status
) -> None:
    bench = Bench(scene)

    reservation = await bench.reserve(notification_policy=policy)
    await bench.post.deliver()

    assert told == bench.post.gists(ANN.address)
    assert status == reservation.status
    assert reservation.reconfirm_by == reservation.slot.starts_at - timedelta(hours=24)


@pytest.mark.parametrize("policy", NotificationPolicy)
async def test_with_nothing_to_reconfirm_it_is_certain_at_once(
    scene: Scene, policy: NotificationPolicy
) -> None:
    bench = Bench(scene)

    reservation = await bench.reserve(slot=bench.slot(HOUR), notification_policy=policy)
    await bench.post.deliver()

    assert (Status.CONFIRMED, None) == (reservation.status, reservation.reconfirm_by)
    assert ["announcement confirmed"] == bench.post.gists(ANN.address)


async def test_the_policy_is_the_servers_where_none_is_asked_for(scene: Scene) -> None:
    server = replace(scene.server, notification_policy=NotificationPolicy.ON_RECONFIRM)
    assert isinstance(await scene.desk.run(change_server, scene.actor, server), ServerKept)

    reservation = await Bench(scene).reserve()

    assert NotificationPolicy.ON_RECONFIRM == reservation.notification_policy


async def test_sets_everything_that_will_fall_due(scene: Scene) -> None:
    reservation = await Bench(scene).reserve(reminders=(HOUR, timedelta(hours=24), HOUR))

    starts_at, ends_at = reservation.slot.starts_at, reservation.slot.ends_at
    deadline = starts_at - timedelta(hours=24)
    dues = await dues_of(scene.desk, reservation.id)
    assert {
        (DueKind.DEADLINE, timedelta(0)): deadline,
        (DueKind.DEADLINE_REMINDER, timedelta(0)): deadline - timedelta(hours=4),
        (DueKind.REMINDER, HOUR): starts_at - HOUR,
        (DueKind.REMINDER, timedelta(hours=24)): starts_at - timedelta(hours=24),
        (DueKind.ASKED_REMINDER, QUARTER): starts_at - QUARTER,
        (DueKind.STREAM_KEY, timedelta(0)): starts_at - QUARTER,
        (DueKind.NO_SHOW, timedelta(0)): starts_at + timedelta(minutes=10),
        (DueKind.OVER, timedelta(0)): ends_at,
        (DueKind.ERASURE, timedelta(0)): ends_at + timedelta(days=30),
        (DueKind.REPORT, timedelta(0)): scene.clock.now + timedelta(seconds=20),
    } == dues


async def test_suppressed_addresses_are_kept_on_it_and_not_written_to(scene: Scene) -> None:
    bench = Bench(scene)
    now = scene.clock.now
    await scene.desk.run(lambda s, _: s.suppressions.add(BEN, ANY_HOLDER, "unsubscribed", now))

    answer = await scene.desk.run(reserve, scene.actor, scene.request(audience=(ANN, BEN)))
    await bench.post.deliver()

    assert isinstance(answer, Permitted)
    assert [(BEN, "unsubscribed")] == [(one.contact, one.reason) for one in answer.skipped]
    assert (2, 1) == (answer.recipients, answer.telling)
    assert [] == bench.post.to(BEN.address)


async def test_lists_and_single_addresses_merge_to_one_message_each(scene: Scene) -> None:
    bench = Bench(scene)
    await scene.desk.run(add_to_list, scene.actor, "Fans", [ANN, BEN])
    await scene.desk.run(add_to_list, scene.actor, "Press", [BEN, CLEO])
    shouted = Contact(RouteName.EMAIL, "ANN@example.org")

    answer = await scene.desk.run(
        reserve,
        scene.actor,
        scene.request(audience=(ANN, shouted), audience_lists=("fans", "PRESS")),
    )
    await bench.post.deliver()

    assert isinstance(answer, Permitted)
    assert 3 == answer.recipients
    assert [1, 1, 1] == [len(bench.post.to(one.address)) for one in (ANN, BEN, CLEO)]


async def test_a_list_of_another_workspace_does_not_exist_here(scene: Scene) -> None:
    stranger = await member_of(scene.desk, "other", "sam", Role.ADMIN)
    await scene.desk.run(add_to_list, stranger, "Fans", [ANN])

    request = scene.request(audience_lists=("Fans",))

    assert NoSuchList("Fans") == await scene.desk.run(reserve, scene.actor, request)


async def test_refuses_a_request_that_lists_nobody(scene: Scene) -> None:
    answer = await scene.desk.run(reserve, scene.actor, scene.request(audience=()))

    assert NobodyListed() == answer


async def test_refuses_a_server_that_is_not_there_or_is_anothers(scene: Scene) -> None:
    other = await member_of(scene.desk, "other", "sam", Role.ADMIN)
    kept = await scene.desk.run(add_server, other, make_server(name="Theirs"))
    assert isinstance(kept, ServerKept)

    for server_id in (kept.server.id, 99):
        answer = await scene.desk.run(reserve, scene.actor, scene.request(server_id=server_id))
        assert NoSuchServer() == answer


async def test_bounds_the_addresses_of_one_reservation(scene: Scene) -> None:
    scene.desk.limits = Limits(recipients=2)
    request = scene.request(audience=(ANN, BEN, CLEO))

    answer = await scene.desk.run(reserve, scene.actor, request)

    assert TooManyRecipients(given=3, most=2) == answer


@pytest.mark.parametrize(
    ("limits", "whose"),
    [
        (Limits(new_addresses_per_holder=2), "holder"),
        (Limits(new_addresses_per_workspace=2), "workspace"),
    ],
)
async def test_bounds_the_new_addresses_of_a_day(scene: Scene, limits: Limits, whose: str) -> None:
    bench = Bench(scene)
    scene.desk.limits = limits
    await bench.reserve(audience=(ANN, BEN))
    await bench.post.deliver()
    later = {"slot": bench.slot(timedelta(days=5))}

    known = await scene.desk.run(reserve, scene.actor, scene.request(audience=(ANN, BEN), **later))
    later["slot"] = bench.slot(timedelta(days=7))
    new = await scene.desk.run(reserve, scene.actor, scene.request(audience=(CLEO,), **later))
    scene.clock.move(timedelta(hours=25))
    tomorrow = await scene.desk.run(reserve, scene.actor, scene.request(audience=(CLEO,), **later))

    assert isinstance(known, Permitted)  # they have been told before: nothing new about them
    assert TooManyNewAddresses(2, whose) == new
    assert isinstance(tomorrow, Permitted)
