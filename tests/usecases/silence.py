"""A desk whose gate listens, and slots that begin in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import select

from core.model.due import DueKind
from core.model.gate import Access, Decision
from core.model.reservation import Reservation
from core.model.server import Rules, Server, ServerKind
from core.policy.gate import Given
from core.store.store import Store
from core.store.tables import AuditRow
from core.usecases.gate import GATE, enter_publisher, gate_beat
from core.usecases.servers import ServerKept, add_server, change_server
from tests.desks import Scene, make_server
from tests.life.bench import Bench, dues_of

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
RULES = Rules(no_show_after=MINUTE, no_show_release=3 * MINUTE, reconfirm_lead=timedelta(0))


async def listening(scene: Scene) -> Bench:
    """Make a desk whose server asks the gate, and frees a slot after three minutes of silence."""
    bench = Bench(replace(scene, server=replace(scene.server, rules=RULES)))
    await set_rules(bench, RULES)
    await beats(bench)
    return bench


LOOKS = {DueKind.NO_SHOW, DueKind.RELEASE}


async def looks_due(bench: Bench, reservation: Reservation) -> dict[DueKind, datetime]:
    """Give when it will be looked whether anybody publishes."""
    dues = await dues_of(bench.desk, reservation.id)
    return {kind: at for (kind, _), at in dues.items() if kind in LOOKS}


def questions(bench: Bench) -> list[str]:
    """List the questions why nobody publishes that reached the holder."""
    return [one.kind for one in bench.post.to_holder() if one.kind == "no_show"]


async def reserved(bench: Bench) -> Reservation:
    """Reserve a slot that starts in an hour."""
    return await bench.reserve(slot=bench.slot(HOUR))


async def beats(bench: Bench) -> None:
    """Have the gate note that it answers, and that the server asks it."""
    await bench.desk.run(gate_beat, [bench.scene.server.id])


def answers(store: Store, _: datetime, at: datetime) -> None:
    """Note what many beats would have come to: the gate has answered until then."""
    store.records.beat(GATE, at)


async def listens_until(bench: Bench, until: datetime) -> None:
    """Let time pass on a desk that is awake, and whose gate answers all the while."""
    while bench.clock.now < until:
        due_at = await bench.desk.read(lambda store, _: store.dues.next_at())
        step = max(bench.clock.now, min(due_at or until, until))
        await bench.desk.run(answers, step)
        await bench.awake_until(step)


async def publishes(bench: Bench, reservation: Reservation, key: str) -> Decision:
    """Have an encoder come with a stream key."""
    digests = (bench.desk.vault.digest(key),)
    entered = await bench.desk.run(
        enter_publisher,
        bench.scene.server,
        reservation.code.replace("-", "").lower(),
        Given(Access.PUBLISH, digests=digests),
        client="client-1",
        address_digest="a",
    )
    return entered.decision


async def set_rules(bench: Bench, rules: Rules) -> None:
    """Give the server other rules."""
    server = replace(bench.scene.server, rules=rules)
    assert isinstance(await bench.desk.run(change_server, bench.scene.actor, server), ServerKept)


async def another_server(bench: Bench, kind: ServerKind) -> Server:
    """Add a server that has not asked the gate."""
    server = make_server(name="Hall", kind=kind, rules=RULES)
    kept = await bench.desk.run(add_server, bench.scene.actor, server)
    assert isinstance(kept, ServerKept)
    return kept.server


def acts(store: Store, _: datetime) -> list[str]:
    """List what was audited."""
    return list(store.connection.execute(select(AuditRow.act)).scalars())
