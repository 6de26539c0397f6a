"""TLS and login: what a password may travel over, and what people are told when it does not."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from dataclasses import replace
from socket import gaierror

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from aiosmtplib import SMTPConnectError

from adapters.email_smtp import EmailSmtp, offered, try_login
from adapters.smtp_settings import Patience, SmtpSettings
from adapters.smtp_trouble import explain
from core.model.delivery import Accepted
from core.outbox.route import RouteUnavailable
from tests.adapters.conftest import Tls
from tests.adapters.route_contract import a_message
from tests.adapters.smtp_harness import LONG, SENDER, SHORT, carry, settings_for
from tests.smtp_faults import Fault, FaultySmtpServer, Point


async def test_a_server_stripped_of_starttls_never_sees_the_password(tls: Tls) -> None:
    async with FaultySmtpServer(auth_in_clear=True) as server:
        with pytest.raises(RouteUnavailable, match="does not offer STARTTLS, and nothing is sent"):
            await EmailSmtp(settings_for(server, tls)).open()
        await server.ended()

    assert [b"EHLO example.org"] == server.lines


async def test_a_server_with_another_certificate_never_sees_the_password(tls: Tls) -> None:
    async with FaultySmtpServer(tls=tls.server) as server:
        settings = replace(settings_for(server, tls), ca_file=None)
        with pytest.raises(RouteUnavailable, match=r"certificate was not accepted .*self-signed"):
            await EmailSmtp(settings).open()
        await server.ended()

    assert [b"EHLO example.org", b"STARTTLS"] == server.lines


async def test_a_certificate_for_another_name_is_not_accepted(tls: Tls) -> None:
    async with FaultySmtpServer(tls=tls.server, implicit=True) as server:
        settings = replace(settings_for(server, tls), host="localhost")
        with pytest.raises(RouteUnavailable, match="Hostname mismatch"):
            await EmailSmtp(settings).open()

    assert server.lines == []


@pytest.mark.parametrize("implicit", [True, False])
async def test_logs_in_once_the_connection_is_private(tls: Tls, implicit: bool) -> None:
    async with FaultySmtpServer(tls=tls.server, implicit=implicit) as server:
        outcome, _, lane = await carry(EmailSmtp(settings_for(server, tls)), a_message())
        assert lane is not None
        await lane.close()

    assert isinstance(outcome, Accepted)
    before = [] if implicit else [b"EHLO", b"STARTTLS"]
    assert [*before, b"EHLO", b"AUTH", b"MAIL", b"RCPT", b"DATA", b"QUIT"] == [
        line.split()[0] for line in server.lines
    ]


async def test_a_handshake_that_stalls_is_given_up(tls: Tls) -> None:
    async with FaultySmtpServer(Point.CONNECT, Fault.STALL) as server:
        url = f"smtps://127.0.0.1:{server.port}?tls_verify={tls.ca_file}"
        patience = Patience(SHORT, LONG, LONG, LONG)
        settings = replace(SmtpSettings.from_url(url, SENDER), patience=patience)
        with pytest.raises(RouteUnavailable, match="it did not answer in time"):
            await EmailSmtp(settings).open()


async def test_logs_in_to_aiosmtpd_over_starttls(tls: Tls) -> None:
    seen: list[tuple[str, bytes]] = []

    class _Handler:
        async def handle_DATA(  # noqa: N802 - aiosmtpd calls its hooks so
            self, _server: SMTP, session: Session, envelope: Envelope
        ) -> str:
            seen.append((str(session.auth_data), envelope.original_content or b""))
            return "250 OK id=1abc-2"

    def authenticator(*given: object) -> AuthResult:
        login = given[-1]
        right = (getattr(login, "login", b""), getattr(login, "password", b""))
        welcome = right == (b"desk", "schlüssel".encode())
        return AuthResult(success=welcome, handled=False, auth_data="desk")

    def connection() -> SMTP:
        return SMTP(
            _Handler(),
            hostname="mail.test",
            tls_context=tls.server,
            require_starttls=True,
            auth_required=True,
            authenticator=authenticator,
            loop=asyncio.get_running_loop(),
        )

    listening = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", 0)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        url = f"smtp://desk:schl%C3%BCssel@127.0.0.1:{port}?starttls=required"
        settings = SmtpSettings.from_url(f"{url}&tls_verify={tls.ca_file}", SENDER)
        problem = await try_login(replace(settings, password="wrong"))
        outcome, _, lane = await carry(EmailSmtp(settings), a_message())
        assert lane is not None
        await lane.close()

    assert problem is not None
    assert "the login failed: 535 5.7.8" in problem
    assert Accepted("1abc-2") == outcome
    assert [("desk", a_message().data)] == seen


async def test_a_wrong_password_is_tried_once_and_never_told(tls: Tls) -> None:
    echo = b"535 5.7.8 no: AUTH PLAIN " + b64encode(b"\0desk\0open  sesame")
    replies = {(Point.AUTH, b""): echo + b" (open  sesame)"}
    async with FaultySmtpServer(tls=tls.server, replies=replies) as server:
        problem = await try_login(settings_for(server, tls, password="open  sesame"))

    assert problem == (
        f"mail server 127.0.0.1:{server.port}: the login failed: 535 5.7.8 no: AUTH PLAIN … (…)"
        " (look at the user name and password of the SMTP URL)"
    )
    assert sum(line.startswith(b"AUTH") for line in server.lines) == 1


async def test_another_login_is_tried_where_the_first_is_not_known_after_all(tls: Tls) -> None:
    replies = {(Point.AUTH, b""): b"504 5.5.4 unrecognized authentication type"}
    async with FaultySmtpServer(tls=tls.server, replies=replies) as server:
        problem = await try_login(settings_for(server, tls))

    assert problem is not None
    assert "504 5.5.4" in problem
    assert [b"PLAIN", b"LOGIN"] == [
        line.split()[1] for line in server.lines if line.startswith(b"AUTH")
    ]


async def test_a_server_without_login_is_told_to_people(tls: Tls) -> None:
    async with FaultySmtpServer() as server:
        problem = await try_login(settings_for(server))

    assert problem is not None
    assert "offers no login that we know" in problem
    assert tls.ca_file.name not in problem


async def test_trying_the_login_tries_the_sender_too(tls: Tls) -> None:
    async with FaultySmtpServer(Point.MAIL, Fault.PERMANENT, tls=tls.server) as server:
        problem = await try_login(settings_for(server, tls))

    assert problem == (
        f"mail server 127.0.0.1:{server.port}: it does not take mail from desk@example.org:"
        " 550 5.7.1 sender not allowed (look at the sender address)"
    )


async def test_trying_the_login_finds_nothing_wrong_and_sends_nothing(tls: Tls) -> None:
    async with FaultySmtpServer(tls=tls.server) as server:
        settings = settings_for(server, tls)

        assert await try_login(settings) is None
        assert await offered(settings) == (
            "SIZE 1000000",
            "8BITMIME",
            "SMTPUTF8",
            "DSN",
            "AUTH PLAIN LOGIN",
        )

    assert server.messages == []
    assert b"QUIT" == server.lines[-1]


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (gaierror(-2, "Name or service not known"), "there is no host of that name"),
        (ConnectionRefusedError(111, "refused"), "nothing listens there"),
        (ConnectionResetError(104, "reset"), "the connection was lost"),
    ],
)
def test_says_in_plain_words_why_there_is_no_connection(cause: OSError, words: str) -> None:
    error = SMTPConnectError("Error connecting to mail.example.org on port 25: [Errno -2] …")
    error.__cause__ = cause

    assert words == explain(error)
