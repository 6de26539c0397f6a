"""Twelve points of an SMTP conversation times six faults, as a desk lives through them.

What is written down about the delivery that was struck stands in `docs/delivery-faults.md`: the
table there is what is expected here. And then every good notice is accepted, exactly once but for
those in doubt.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.email_smtp import EmailSmtp
from core.model.delivery import DeliveryState
from core.model.recipient import Contact, RouteName
from core.outbox.dispatch import Dispatcher
from core.outbox.retry import DOUBT, retry_at
from core.store.deliveries import Delivery
from tests.adapters.conftest import Tls
from tests.adapters.smtp_harness import patience_that_ends_at, settings_for
from tests.desks import Scene
from tests.life.bench import Bench
from tests.outbox.post import deliveries
from tests.smtp_faults import Fault, FaultySmtpServer, Point

DOCUMENT = Path(__file__).parents[2] / "docs" / "delivery-faults.md"
SEEDS = 20
GONE = "gone@example.org"
REFUSED = b"550 5.1.1 no such user"
USUAL = (b"SIZE 1000000", b"8BITMIME", b"SMTPUTF8", b"DSN")
ONCE_A_CONNECTION = {Point.CONNECT, Point.BANNER, Point.EHLO, Point.STARTTLS, Point.AUTH}


def documented() -> dict[tuple[Point, Fault], str]:
    """Read the table of the document."""
    rows = re.findall(r"^\| (.+) \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    head, *lines = [row.split(" | ") for row in rows]
    faults = [Fault(name) for name in head[1:]]
    return {
        (Point(point), fault): said
        for point, *cells in lines
        for fault, said in zip(faults, cells, strict=True)
    }


CELLS = documented()


@dataclass(frozen=True, slots=True)
class Setting:
    """What differs from one seed to the next."""

    recipients: int
    lanes: int
    nth: int
    pipelines: bool

    @classmethod
    def drawn(cls, point: Point, seed: int) -> Setting:
        """Draw one; with the first two seeds one connection meets the fault at once."""
        draw = random.Random(f"{point} {seed}")  # noqa: S311 - the same each time
        if seed < 2:
            return cls(4, 1, 1, pipelines=bool(seed))
        lanes, recipients = draw.randint(1, 3), draw.randint(4, 12)
        nth = 1
        if point in ONCE_A_CONNECTION:
            nth = draw.randint(1, lanes)
        elif point not in {Point.MAIL, Point.RSET, Point.QUIT}:
            nth = draw.randint(1, recipients)
        return cls(recipients, lanes, nth, pipelines=draw.random() < 0.5)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have two seeds, or many under stress."""
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(SEEDS if metafunc.config.option.stress else 2))


def test_the_table_is_whole() -> None:
    assert {(point, fault) for point in Point for fault in Fault} == set(CELLS)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("point", "fault"), [pytest.param(*cell, id=f"{cell[0]}-{cell[1]}") for cell in CELLS]
)
async def test_a_fault_is_written_down_and_every_good_notice_arrives(
    scene: Scene, tls: Tls, point: Point, fault: Fault, seed: int
) -> None:
    bench, setting = Bench(scene), Setting.drawn(point, seed)
    server = FaultySmtpServer(
        point,
        fault,
        nth=setting.nth,
        tls=tls.server,
        offers=(*USUAL, b"PIPELINING") if setting.pipelines else USUAL,
        replies={(Point.RCPT, GONE.encode()): REFUSED},
    )
    crowd = _crowd(setting.recipients, with_gone=point is Point.RSET)
    reservation = await bench.reserve(audience=crowd, reminders=())
    async with server:
        settings = settings_for(server, tls)
        if fault is Fault.STALL:
            settings = replace(settings, patience=patience_that_ends_at(point))
        dispatcher = bench.post.dispatcher(EmailSmtp(settings, setting.lanes))
        await dispatcher.deliver_due()
        if point is Point.QUIT:
            await dispatcher.close()
        written = await _standings(scene, reservation.id)
        server.go_on.set()
        await _in_the_end(scene, dispatcher)
        await server.ended()

    struck = _struck(written, CELLS[point, fault], gone=1 if point is Point.RSET else 0)
    ended = {row.id: row for row in await _mail(scene, reservation.id)}
    refused = {one for one, standing in written.items() if standing in {"bounced", "failed"}}
    assert refused == {one for one, row in ended.items() if row.state is not DeliveryState.SENT}
    arrived = {one: crowd[row.number - 1].address for one, row in ended.items()}
    in_doubt = {arrived[one] for one in struck if written[one] == "in doubt"}
    _each_arrived_once(server, set(arrived.values()) - {arrived[one] for one in refused}, in_doubt)


def _crowd(recipients: int, *, with_gone: bool) -> tuple[Contact, ...]:
    fans = [f"fan{number}@example.org" for number in range(recipients)]
    addresses = [GONE, *fans] if with_gone else fans
    return tuple(Contact(RouteName.EMAIL, address) for address in addresses)


async def _mail(scene: Scene, reservation_id: int) -> list[Delivery]:
    rows = await scene.desk.read(deliveries, reservation_id)
    return [row for row in rows if row.route is RouteName.EMAIL]


async def _standings(scene: Scene, reservation_id: int) -> dict[int, str]:
    """Say in the document's words how each delivery stands."""
    return {row.id: _standing(row, scene.clock.now) for row in await _mail(scene, reservation_id)}


def _standing(row: Delivery, now: datetime) -> str:
    if row.state is not DeliveryState.QUEUED:
        return row.state.value
    if row.doubtful:
        return "in doubt" if (row.attempts, row.not_before) == (0, now + DOUBT) else "?"
    if row.attempts:
        due_at = retry_at(1, row.id, now)
        return "put off" if (row.attempts, row.not_before) == (1, due_at) else "?"
    return "waits" if row.reason and row.not_before <= now else "?"


def _struck(written: dict[int, str], expected: str, gone: int) -> set[int]:
    """Hold what was written down against the table; gives the deliveries that were struck.

    A fault of the route strikes all that is not sent yet, one of a recipient nobody else; `gone` is
    how many were refused for what they are.
    """
    count = Counter(written.values())
    assert {expected, "sent"} >= set(count) - ({"bounced"} if gone else set())
    if expected not in {"waits", "sent"}:
        assert 1 == count[expected]
    assert gone == count["bounced"] or expected == "bounced"
    assert count[expected]
    return {one for one, standing in written.items() if standing == expected}


async def _in_the_end(scene: Scene, dispatcher: Dispatcher) -> None:
    """Let time pass until nothing can wait any more."""
    for _ in range(3):
        scene.clock.move(DOUBT + timedelta(minutes=2))
        await dispatcher.deliver_due()
    await dispatcher.close()


def _each_arrived_once(server: FaultySmtpServer, good: set[str], in_doubt: set[str]) -> None:
    """Or twice if it was in doubt, and then byte for byte the same."""
    copies = Counter(address.decode() for address, _ in server.messages)
    assert good == set(copies)
    assert {one for one, times in copies.items() if times > 1} <= in_doubt
    assert max(copies.values()) <= 2
    assert len(copies) == len(set(server.messages))
