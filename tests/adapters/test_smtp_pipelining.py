"""Several commands at a time (RFC 2920): fewer round trips, and the same outcomes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.email_smtp import EmailSmtp
from adapters.smtp_lane import SmtpLane
from adapters.smtp_settings import Patience
from core.model.delivery import Accepted, Deferred, Doubtful, Outcome, Refused, RouteDown, Withdrawn
from core.outbox.route import ForesightedLane, Message
from tests.adapters.route_contract import HandedOver, a_message
from tests.adapters.smtp_harness import LONG, SHORT, patience_that_ends_at, settings_for
from tests.adapters.test_smtp_matrix import CONTENT, GONE, RECIPIENT, ROUTE
from tests.smtp_faults import Fault, FaultySmtpServer, Point

OFFERS = (b"SIZE 1000000", b"8BITMIME", b"PIPELINING")
SOON = 10

# what a fault makes of the message that it strikes, and of the one that was announced behind it
STRUCK: dict[Point, tuple[type[Outcome], ...]] = {
    Point.MAIL: ROUTE,
    Point.RCPT: RECIPIENT,
    Point.DATA: RECIPIENT,
    Point.BODY: CONTENT,
    Point.DOT: CONTENT,
}
CELLS = [
    pytest.param(point, fault, STRUCK[point][column], id=f"{point}-{fault}")
    for point in STRUCK
    for column, fault in enumerate(Fault)
]


async def opened(server: FaultySmtpServer, patience: Patience | None = None) -> SmtpLane:
    settings = settings_for(server, user="")
    settings = replace(settings, patience=patience) if patience else settings
    lane = await EmailSmtp(settings).open()
    assert isinstance(lane, SmtpLane)
    return lane


async def send_all(lane: SmtpLane, *messages: Message) -> list[Outcome]:
    """Send messages, each told beforehand what comes after it."""
    outcomes = []
    for message, following in zip(messages, [*messages[1:], None], strict=True):
        if following is not None:
            lane.expect(following)
        outcomes.append(await lane.send(message, HandedOver()))
    return outcomes


def test_a_lane_of_mail_looks_ahead() -> None:
    assert issubclass(SmtpLane, ForesightedLane)


async def test_an_envelope_travels_with_the_content_before_it() -> None:
    messages = [a_message(number, f"fan{number}@example.org") for number in range(1, 5)]
    async with FaultySmtpServer(offers=OFFERS) as server:
        lane = await opened(server)
        outcomes = await send_all(lane, *messages)
        await lane.close()

    assert [Accepted("4F2A")] * 4 == outcomes
    assert [one.data for one in messages] == [data for _, data in server.messages]
    assert [one.recipient.encode() for one in messages] == [to for to, _ in server.messages]
    assert server.connections == 1
    assert [b"MAIL", b"RCPT", b"DATA"] * 4 == [line.split()[0] for line in server.lines[1:-1]]
    assert b"QUIT" == server.lines[-1]


async def test_nothing_of_a_message_leaves_before_its_hand_over() -> None:
    async with FaultySmtpServer(offers=OFFERS) as server:
        lane = await opened(server)
        arrived: list[int] = []

        async def hand_over() -> bool:
            arrived.append(len(server.messages))
            return True

        for number in range(3):
            lane.expect(a_message(number + 2))
            await lane.send(a_message(number + 1), hand_over)
        await lane.close()

    assert [0, 1, 2] == arrived


@pytest.mark.parametrize(("point", "fault", "expected"), CELLS)
async def test_a_fault_strikes_one_message_and_those_around_it_go_through(
    point: Point, fault: Fault, expected: type[Outcome]
) -> None:
    """The second of three is struck, while its envelope travels with the first one's content."""
    messages = [a_message(number, f"fan{number}@example.org") for number in (1, 2, 3)]
    async with (
        asyncio.timeout(LONG.total_seconds()),
        FaultySmtpServer(point, fault, nth=2, offers=OFFERS) as server,
    ):
        lane = await opened(server, patience_that_ends_at(point))
        outcomes = await send_all(lane, *messages)
        await lane.close()

    assert isinstance(outcomes[0], Accepted)
    # a connection that dies before it has heard of the message costs it nothing
    died = point is Point.MAIL and fault in {Fault.GOODBYE, Fault.CLOSE, Fault.STALL, Fault.GARBAGE}
    assert (Accepted if died else expected) is type(outcomes[1])
    assert isinstance(outcomes[2], Accepted)
    copies = [data for _, data in server.messages]
    assert len(set(copies)) == len(copies)
    assert {messages[0].data, messages[2].data} <= set(copies)


async def test_a_recipient_who_is_refused_costs_the_next_one_nothing() -> None:
    messages = [
        a_message(n, "gone@example.org" if n == 2 else f"f{n}@example.org") for n in (1, 2, 3)
    ]
    replies = {(Point.RCPT, b"gone@example.org"): GONE}
    async with FaultySmtpServer(offers=OFFERS, replies=replies) as server:
        lane = await opened(server)
        outcomes = await send_all(lane, *messages)
        await lane.close()

    assert [Accepted, Refused, Accepted] == [type(one) for one in outcomes]
    # our server takes content for nobody: it is given none
    assert [messages[0].data, messages[2].data] == [data for _, data in server.messages]


async def test_what_is_not_sent_after_all_is_given_up() -> None:
    async with FaultySmtpServer(offers=OFFERS) as server:
        lane = await opened(server)
        lane.expect(a_message(2))
        await lane.send(a_message(1), HandedOver())
        other = await asyncio.wait_for(lane.send(a_message(3), HandedOver()), SOON)
        await lane.close()

    assert isinstance(other, Accepted)
    assert [a_message(1).data, a_message(3).data] == [data for _, data in server.messages]
    assert server.connections == 2


async def test_a_lane_that_is_closed_says_nothing_where_a_message_is_awaited() -> None:
    async with FaultySmtpServer(offers=OFFERS) as server:
        lane = await opened(server)
        lane.expect(a_message(2))
        await lane.send(a_message(1), HandedOver())
        await asyncio.wait_for(lane.close(), SOON)
        await server.ended()

    assert [a_message(1).data] == [data for _, data in server.messages]
    assert b"QUIT" not in server.lines


async def test_a_hand_over_denied_takes_the_envelope_back() -> None:
    async with FaultySmtpServer(offers=OFFERS) as server:
        lane = await opened(server)
        lane.expect(a_message(2))
        await lane.send(a_message(1), HandedOver())
        denied = await lane.send(a_message(2), HandedOver(answer=False))
        then = await lane.send(a_message(3), HandedOver())
        await lane.close()

    assert Withdrawn() == denied
    assert isinstance(then, Accepted)
    assert [a_message(1).data, a_message(3).data] == [data for _, data in server.messages]


async def test_what_cannot_be_announced_is_not() -> None:
    hostile = replace(a_message(2), recipient="eve@example.org> SIZE=1")
    large = replace(a_message(3), data=b"x" * 1_000_001)
    async with FaultySmtpServer(offers=OFFERS) as server:
        lane = await opened(server)
        outcomes = await send_all(lane, a_message(1), hostile, a_message(4), large, a_message(5))
        await lane.close()

    assert [Accepted, Refused, Accepted, Refused, Accepted] == [type(one) for one in outcomes]
    assert server.connections == 1


async def test_a_server_that_is_deaf_meanwhile_is_told_one_thing_at_a_time() -> None:
    messages = [a_message(number) for number in range(1, 5)]
    patience = Patience(LONG, SHORT, LONG, LONG)
    async with FaultySmtpServer(offers=OFFERS, deaf=True) as server:
        lane = await opened(server, patience)
        outcomes = await send_all(lane, *messages)
        await lane.close()

    assert [Accepted("4F2A")] * 4 == outcomes
    assert [one.data for one in messages] == [data for _, data in server.messages]
    assert server.connections == 2  # once was enough


async def test_a_server_that_speaks_unasked_is_not_believed() -> None:
    async with FaultySmtpServer(offers=OFFERS) as server:
        lane = await opened(server)
        await lane.send(a_message(1), HandedOver())
        server.say_to_all(b"250 2.0.0 OK")  # it would be taken for the reply to what comes next
        await asyncio.wait_for(server.ended(), SOON)
        outcome = await asyncio.wait_for(lane.send(a_message(2), HandedOver()), SOON)
        await lane.close()

    assert isinstance(outcome, Accepted)
    assert server.connections == 2
    assert [a_message(1).data, a_message(2).data] == [data for _, data in server.messages]


async def test_a_connection_is_worn_by_what_is_announced_too() -> None:
    messages = [a_message(number) for number in range(1, 8)]
    async with FaultySmtpServer(offers=OFFERS) as server:
        settings = settings_for(server, user="")
        wear = replace(settings.wear, messages=3, rest=timedelta(minutes=5))
        lane = await EmailSmtp(replace(settings, wear=wear)).open()
        assert isinstance(lane, SmtpLane)
        outcomes = await send_all(lane, *messages)
        await lane.close()

    assert [Accepted("4F2A")] * 7 == outcomes
    assert server.connections == 3
    assert {Deferred, Doubtful, RouteDown}.isdisjoint(type(one) for one in outcomes)
