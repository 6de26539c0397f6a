"""The mail route over SMTP: the contract, and what only a mail server can do to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.email_smtp import EmailSmtp
from adapters.mailbox_server import MailboxServer
from adapters.smtp_settings import SmtpSettings, Wear
from core.model.delivery import Accepted, Deferred, Outcome, Refused, RouteDown
from core.outbox.route import Lane, Message
from tests.adapters.route_contract import (
    DeferringRouteContract,
    HandedOver,
    Harness,
    a_message,
)
from tests.adapters.smtp_harness import SENDER, carry, settings_for
from tests.smtp_faults import Fault, FaultySmtpServer, Point


class _SmtpHarness(Harness):
    def __init__(self, server: MailboxServer) -> None:
        self.route = EmailSmtp(SmtpSettings.from_url(server.url, SENDER))
        self._server = server

    def arrived(self) -> list[bytes]:
        return [mail.data for mail in self._server.received]

    def refused_recipient(self) -> str:
        return "gone@example.org"

    def deferred_recipient(self) -> str:
        return "busy@example.org"


class TestEmailSmtp(DeferringRouteContract):
    """The contract against aiosmtpd."""

    @pytest.fixture
    async def harness(self, tmp_path: Path) -> AsyncIterator[Harness]:
        """Give a route to a mail server that knows two recipients' troubles."""
        replies = {
            "gone@example.org": "550 5.1.1 no such user",
            "busy@example.org": "450 4.2.1 not now",
        }
        async with MailboxServer(tmp_path, replies) as server:
            yield _SmtpHarness(server)


async def _outcomes(settings: SmtpSettings, *messages: Message) -> list[Outcome]:
    lane = await EmailSmtp(settings).open()
    outcomes = [await lane.send(message, HandedOver()) for message in messages]
    await lane.close()
    return outcomes


async def test_a_non_ascii_mailbox_is_written_to_in_utf8(tmp_path: Path) -> None:
    message = a_message(recipient="jürgen@bücher.example", text="Grüße")
    async with MailboxServer(tmp_path) as server:
        outcomes = await _outcomes(SmtpSettings.from_url(server.url, SENDER), message)

    (mail,) = server.received
    assert [Accepted("1")] == outcomes
    assert mail.recipient == "jürgen@xn--bcher-kva.example"
    assert mail.smtputf8
    assert message.data == mail.data == mail.path.read_bytes()


async def test_a_non_ascii_domain_alone_needs_no_smtputf8(tmp_path: Path) -> None:
    message = replace(a_message(), recipient="ada@bücher.example")
    async with MailboxServer(tmp_path) as server:
        await _outcomes(SmtpSettings.from_url(server.url, SENDER), message)

    (mail,) = server.received
    assert mail.recipient == "ada@xn--bcher-kva.example"
    assert not mail.smtputf8


async def test_what_the_server_cannot_carry_is_refused_before_it_is_asked() -> None:
    message = a_message()
    async with FaultySmtpServer(offers=(b"SIZE 500",)) as server:
        outcomes = await _outcomes(
            settings_for(server, user=""),
            replace(message, recipient="jürgen@example.org"),
            replace(message, needs_smtputf8=True),
            replace(message, data="ü".encode()),
            replace(message, data=b"x" * 501),
            message,
        )

    reasons = [outcome.reason for outcome in outcomes[:-1] if isinstance(outcome, Refused)]
    assert ["SMTPUTF8" in reasons[0], "SMTPUTF8" in reasons[1]] == [True, True]
    assert "8BITMIME" in reasons[2]
    assert reasons[3] == "the message has 503 bytes, the mail server in use takes 500"
    assert not any(isinstance(outcome, Refused) and outcome.bad_address for outcome in outcomes)
    assert isinstance(outcomes[-1], Accepted)
    assert [b"EHLO", b"MAIL", b"RCPT", b"DATA", b"QUIT"] == [
        line.split()[0] for line in server.lines
    ]


async def test_asks_for_bounces_without_the_message_where_the_server_knows_them() -> None:
    message = a_message(41, "a+b=c@example.org")
    async with FaultySmtpServer() as server:
        await _outcomes(settings_for(server, user=""), message)

    assert [
        b"EHLO example.org",
        b"MAIL FROM:<desk@example.org> SIZE=%d RET=HDRS ENVID=delivery-41" % len(message.data),
        b"RCPT TO:<a+b=c@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb+3Dc@example.org",
        b"DATA",
        b"QUIT",
    ] == server.lines


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "ada@example.org> SIZE=1",
        "ada@example.org>\r\nRCPT TO:<eve@example.org",
        "ada@example.org\n",
        " ada@example.org",
        "Ada <ada@example.org>",
        "ada@example.org, eve@example.org",
        '"ada"@example.org',
        "ada@example.org\x00",
        "ada@exam\u202eple.org",
        "ada\u2028@example.org",
        f"{'a' * 65}@example.org",
        f"a@{'b.' * 130}org",
        "ä" * 100_000,
    ],
)
async def test_a_hostile_recipient_never_reaches_the_wire(recipient: str) -> None:
    async with FaultySmtpServer() as server:
        (outcome,) = await _outcomes(
            settings_for(server, user=""), replace(a_message(), recipient=recipient)
        )

    assert Refused("this is not an address that mail can be sent to", bad_address=True) == outcome
    assert [b"EHLO example.org", b"QUIT"] == server.lines


async def test_a_refusal_of_the_content_is_the_messages_not_the_addresses() -> None:
    replies = {(Point.DOT, b"ada@example.org"): b"550 unknown user in the To header"}
    async with FaultySmtpServer(replies=replies) as server:
        (outcome,) = await _outcomes(settings_for(server, user=""), a_message())

    assert Refused("550 unknown user in the To header") == outcome
    assert server.messages == []


async def test_a_server_that_leaves_during_the_hand_over_leaves_no_doubt() -> None:
    async with FaultySmtpServer() as server:
        lane = await EmailSmtp(settings_for(server, user="")).open()

        async def hand_over() -> bool:
            await server.hang_up()
            # By the time another connection stands, the loop has seen the end of this one.
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.close()
            await writer.wait_closed()
            return True

        outcome = await lane.send(a_message(), hand_over)
        await lane.close()

    assert Deferred("the server closed the connection before the message left") == outcome


async def test_a_send_cancelled_in_mid_message_sends_no_more_of_it() -> None:
    long = a_message(1, text="A line of a very long message\r\n" * 400_000)
    async with FaultySmtpServer(Point.BODY, Fault.STALL, offers=(b"8BITMIME",)) as server:
        lane = await EmailSmtp(settings_for(server, user="")).open()
        sending = asyncio.create_task(_sent(lane, long))
        await server.stalled.wait()

        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        server.go_on.set()
        await server.ended()
        then = await lane.send(a_message(2), HandedOver())
        await lane.close()

    assert isinstance(then, Accepted)
    assert server.connections == 2
    assert [a_message(2).data] == [data for _, data in server.messages]


@pytest.mark.parametrize(
    ("wear", "connections", "verbs"),
    [
        (Wear(), 1, ["MAIL", "MAIL", "MAIL", "QUIT"]),
        (Wear(messages=2), 2, ["MAIL", "MAIL", "QUIT", "MAIL", "QUIT"]),
        (Wear(age=timedelta(0)), 4, ["QUIT", "MAIL", "QUIT", "MAIL", "QUIT", "MAIL", "QUIT"]),
        (Wear(rest=timedelta(0)), 1, ["NOOP", "MAIL", "NOOP", "MAIL", "NOOP", "MAIL", "QUIT"]),
    ],
)
async def test_a_connection_is_asked_after_a_rest_and_replaced_when_worn(
    wear: Wear, connections: int, verbs: list[str]
) -> None:
    async with FaultySmtpServer() as server:
        settings = replace(settings_for(server, user=""), wear=wear)
        outcomes = await _outcomes(settings, a_message(1), a_message(2), a_message(3))

    assert [Accepted] * 3 == [type(outcome) for outcome in outcomes]
    assert connections == server.connections
    spoken = [line.split()[0].decode() for line in server.lines]
    assert verbs == [verb for verb in spoken if verb not in {"EHLO", "RCPT", "DATA"}]


async def test_a_server_that_is_gone_takes_the_route_down_until_it_is_back(tmp_path: Path) -> None:
    async with MailboxServer(tmp_path) as server:
        route = EmailSmtp(SmtpSettings.from_url(server.url, SENDER))
        _, _, lane = await carry(route, a_message(1))
    down, handed_over, _ = await carry(route, a_message(2), lane)
    async with server:
        back, _, lane = await carry(route, a_message(2), lane)
        assert lane is not None
        await lane.close()

    assert (
        RouteDown(
            f"mail server 127.0.0.1:{server.port}: no connection: nothing listens there"
            " (look at the host and port of the SMTP URL)"
        )
        == down
    )
    assert handed_over == 0
    assert isinstance(back, Accepted)


async def _sent(lane: Lane, message: Message) -> Outcome:
    return await lane.send(message, HandedOver())
