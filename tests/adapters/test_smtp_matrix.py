"""Twelve points of an SMTP conversation times six faults: the outcome of each, and what follows."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from adapters.email_smtp import EmailSmtp
from core.model.delivery import Accepted, Deferred, Doubtful, Outcome, Refused, RouteDown
from tests.adapters.conftest import Tls
from tests.adapters.route_contract import a_message
from tests.adapters.smtp_harness import LONG, carry, patience_that_ends_at, settings_for
from tests.smtp_faults import Fault, FaultySmtpServer, Point

GONE = b"550 5.1.1 no such user"

# What becomes of the message, by the fault's kind in the order of `Fault`: 4xx, 5xx, 421 and
# close, close, stall, garbage.
ROUTE = (RouteDown,) * 6
RECIPIENT = (Deferred, Refused, Deferred, Deferred, Deferred, Deferred)
CONTENT = (Deferred, Refused, Deferred, Doubtful, Doubtful, Doubtful)
EXPECTED: dict[Point, tuple[type[Outcome], ...]] = {
    Point.CONNECT: ROUTE,
    Point.BANNER: ROUTE,
    Point.EHLO: ROUTE,
    Point.STARTTLS: ROUTE,
    Point.AUTH: ROUTE,
    Point.MAIL: ROUTE,
    Point.RCPT: RECIPIENT,
    Point.DATA: RECIPIENT,
    Point.BODY: CONTENT,
    Point.DOT: CONTENT,
    Point.RSET: (Refused,) * 6,  # follows a refused recipient, whose outcome it cannot change
    Point.QUIT: (Accepted,) * 6,  # follows an accepted message, likewise
}
HANDED_OVER = {Point.BODY, Point.DOT, Point.QUIT}

CELLS = [
    pytest.param(point, fault, EXPECTED[point][column], id=f"{point}-{fault}")
    for point in Point
    for column, fault in enumerate(Fault)
]


def test_the_matrix_is_whole() -> None:
    assert len(CELLS) == 12 * 6


@pytest.mark.parametrize(("point", "fault", "expected"), CELLS)
async def test_a_fault_has_its_outcome_and_the_next_message_goes_through(
    point: Point, fault: Fault, expected: type[Outcome], tls: Tls
) -> None:
    recipient = "gone@example.org" if point is Point.RSET else "ada@example.org"
    struck = a_message(1, recipient, text="A line of a long message\r\n" * 8000)
    refusing = {(Point.RCPT, b"gone@example.org"): GONE}
    server = FaultySmtpServer(point, fault, tls=tls.server, replies=refusing)
    async with asyncio.timeout(LONG.total_seconds() / 2), server:
        settings = replace(settings_for(server, tls), patience=patience_that_ends_at(point))
        route = EmailSmtp(settings)

        outcome, handed_over, lane = await carry(route, struck)
        if point is Point.QUIT and lane is not None:
            await lane.close()
            lane = None
        good, _, lane = await carry(route, a_message(2), lane)
        if lane is not None:
            await lane.close()

    assert expected is type(outcome)
    assert (1 if point in HANDED_OVER else 0) == handed_over
    assert isinstance(good, Accepted)
    arrived = [struck.data] if point is Point.QUIT else []
    assert [*arrived, a_message(2).data] == [data for _, data in server.messages]


@pytest.mark.parametrize("fault", [Fault.GOODBYE, Fault.CLOSE, Fault.GARBAGE, Fault.STALL])
async def test_a_connection_that_died_between_messages_costs_nothing(
    fault: Fault, tls: Tls
) -> None:
    async with FaultySmtpServer(Point.MAIL, fault, nth=2, tls=tls.server) as server:
        settings = replace(settings_for(server, tls), patience=patience_that_ends_at(Point.MAIL))
        route = EmailSmtp(settings)

        first, _, lane = await carry(route, a_message(1))
        second, handed_over, lane = await carry(route, a_message(2), lane)

    assert (Accepted("4F2A"), Accepted("4F2A")) == (first, second)
    assert handed_over == 1
    assert server.connections == 2
    assert [a_message(1).data, a_message(2).data] == [data for _, data in server.messages]


async def test_a_server_that_breaks_off_every_mail_is_not_tried_for_ever(tls: Tls) -> None:
    async with FaultySmtpServer(
        Point.MAIL, Fault.CLOSE, nth=2, always=True, tls=tls.server
    ) as server:
        route = EmailSmtp(settings_for(server, tls))
        _, _, lane = await carry(route, a_message(1))

        outcome, handed_over, _ = await carry(route, a_message(2), lane)

    assert RouteDown(f"mail server 127.0.0.1:{server.port}: the connection was lost") == outcome
    assert handed_over == 0
    assert server.connections == 2


@pytest.mark.parametrize(
    ("point", "fault"),
    [
        # The same reply may have come before the dot, and another may follow.
        (Point.BODY, Fault.TRANSIENT),
        (Point.DOT, Fault.PERMANENT),
        # What the server holds of the last transaction is unknown.
        (Point.RSET, Fault.TRANSIENT),
        (Point.RSET, Fault.PERMANENT),
    ],
)
async def test_a_connection_that_may_be_out_of_step_is_not_used_again(
    point: Point, fault: Fault, tls: Tls
) -> None:
    refusing = {(Point.RCPT, b"gone@example.org"): GONE}
    async with FaultySmtpServer(point, fault, tls=tls.server, replies=refusing) as server:
        route = EmailSmtp(settings_for(server, tls))
        recipient = "gone@example.org" if point is Point.RSET else "ada@example.org"
        _, _, lane = await carry(route, a_message(1, recipient))
        await carry(route, a_message(2), lane)

    assert server.connections == 2
