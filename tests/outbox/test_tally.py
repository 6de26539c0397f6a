"""The roll call: each recipient counted once, by what they know and what became of telling them."""

from __future__ import annotations

from dataclasses import fields

import pytest

from core.model.delivery import DeliveryState
from core.model.recipient import Recipient, Told
from core.model.reservation import NotificationPolicy, Status
from core.notices.plan import Standing
from core.outbox.enqueue import Audience
from core.outbox.tally import Missed, Tally, call_roll
from core.store.deliveries import Delivery
from tests.desks import Scene
from tests.life.bench import ANN, Bench
from tests.outbox.faults import HeldUpRoute
from tests.outbox.test_settle import TITLES, a_delivery, a_recipient, facts

KNOWS = a_recipient(Told.CONFIRMED, 3)
KNOWS_NOTHING = a_recipient()


def ended(state: DeliveryState, reason: str = "") -> Delivery:
    return a_delivery(state=state, reason=reason)


@pytest.mark.parametrize(
    ("recipient", "last", "status", "group", "reason"),
    [
        (KNOWS, ended(DeliveryState.SENT), Status.CONFIRMED, "told", None),
        (KNOWS, None, Status.OVER, "told", None),
        (KNOWS_NOTHING, ended(DeliveryState.FAILED, "too late"), Status.OVER, "failed", "too late"),
        (a_recipient(Told.CANCELLED, 3), None, Status.CANCELLED, "told", None),
        (KNOWS_NOTHING, ended(DeliveryState.QUEUED, "451"), Status.CONFIRMED, "waiting", "451"),
        (KNOWS, ended(DeliveryState.SENDING), Status.CONFIRMED, "waiting", ""),
        (KNOWS_NOTHING, ended(DeliveryState.FAILED, "554"), Status.CONFIRMED, "failed", "554"),
        (KNOWS, ended(DeliveryState.FAILED, "554"), Status.CANCELLED, "failed", "554"),
        (
            KNOWS_NOTHING,
            ended(DeliveryState.SUPERSEDED, "newer"),
            Status.CONFIRMED,
            "failed",
            "it was not sent",
        ),
        (
            a_recipient(suppressed="bounced: 550"),
            ended(DeliveryState.BOUNCED, "550"),
            Status.CONFIRMED,
            "failed",
            "bounced: 550",
        ),
        (
            a_recipient(suppressed="unsubscribed"),
            None,
            Status.CONFIRMED,
            "suppressed",
            "unsubscribed",
        ),
        (KNOWS_NOTHING, None, Status.PERMITTED, "later", None),
        (a_recipient(Told.CONFIRMED, 3, removed=True), None, Status.CONFIRMED, "failed", None),
        (a_recipient(Told.CANCELLED, 3, removed=True), None, Status.CONFIRMED, "", None),
        (a_recipient(removed=True), None, Status.CONFIRMED, "", None),
    ],
)
def test_each_recipient_is_counted_once(
    recipient: Recipient, last: Delivery | None, status: Status, group: str, reason: str | None
) -> None:
    standing = Standing(status, NotificationPolicy.ON_RECONFIRM, facts(3))
    audience = Audience(standing, (recipient,), {number: facts(number) for number in TITLES})

    roll = call_roll(audience, {recipient.number: last} if last else {})

    groups = {field.name: getattr(roll, field.name) for field in fields(Tally)}
    assert ({group} if group else set()) == {name for name, found in groups.items() if found}
    if reason is not None:
        assert (Missed(recipient, reason),) == groups[group]


async def test_what_is_on_its_way_counts_before_what_was_queued_behind_it(scene: Scene) -> None:
    bench = Bench(scene)
    reservation = await bench.reserve()
    await bench.post.deliver()
    await bench.change(reservation.code, title="Late show")
    route = HeldUpRoute()
    async with route.holding(bench.post.dispatcher(route)):
        await bench.change(reservation.code, title="Later show")
        await bench.change(reservation.code, title="Evening show")

        roll = (await bench.show(reservation.code)).roll

    assert [ANN] == [one.recipient.contact for one in roll.waiting]
    assert () == roll.told
