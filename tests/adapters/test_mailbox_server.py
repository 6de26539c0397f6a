"""The demo's own mail server, seen from a plain SMTP client."""

from __future__ import annotations

import asyncio
import smtplib
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.mailbox_server import MailboxServer

MESSAGE = b"Subject: A slot\r\n\r\n.dot\r\nGr\xc3\xbc\xc3\x9fe\r\n"


async def _sent(server: MailboxServer, *recipients: str) -> dict[str, tuple[int, bytes]]:
    """Send by the standard library's client, in a thread of its own; give who was refused."""

    def send() -> dict[str, tuple[int, bytes]]:
        with smtplib.SMTP("127.0.0.1", server.port, timeout=10) as client:
            return client.sendmail("desk@example.org", recipients, MESSAGE)

    return await asyncio.to_thread(send)


async def test_keeps_every_message_in_each_recipients_mailbox(tmp_path: Path) -> None:
    async with MailboxServer(tmp_path) as server:
        await _sent(server, "ada@example.org", "bob@example.org")
        await _sent(server, "ada@example.org")

    ada = server.mailbox("ada@example.org")
    assert [MESSAGE, MESSAGE] == [mail.data for mail in ada]
    assert [MESSAGE, MESSAGE] == [mail.path.read_bytes() for mail in ada]
    assert ["desk@example.org"] == [mail.sender for mail in server.mailbox("bob@example.org")]
    assert [
        "ada@example.org/0001.eml",
        "ada@example.org/0003.eml",
        "bob@example.org/0002.eml",
    ] == sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.eml"))


async def test_a_mailbox_cannot_lie_outside_the_folder(tmp_path: Path) -> None:
    async with MailboxServer(tmp_path / "mail") as server:
        await _sent(server, "..", "../../up@example.org", "/etc/ada@example.org")

    assert len(server.received) == 3
    assert all((tmp_path / "mail").resolve() in m.path.resolve().parents for m in server.received)
    assert all(mail.path.parent != tmp_path / "mail" for mail in server.received)


async def test_answers_for_some_recipients_as_it_is_told(tmp_path: Path) -> None:
    async with MailboxServer(tmp_path, {"gone@example.org": "550 5.1.1 no such user"}) as server:
        refused = await _sent(server, "gone@example.org", "ada@example.org")

    assert {"gone@example.org": (550, b"5.1.1 no such user")} == refused
    assert ["ada@example.org"] == [mail.recipient for mail in server.received]


async def test_offers_what_the_mail_route_may_need(tmp_path: Path) -> None:
    def ehlo(port: int) -> set[str]:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            client.ehlo()
            return set(client.esmtp_features)

    async with MailboxServer(tmp_path) as server:
        offers = await asyncio.to_thread(ehlo, server.port)

    assert {"size", "8bitmime", "smtputf8"} <= offers
    assert "auth" not in offers


async def test_ends_with_a_client_in_mid_sentence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with asyncio.timeout(10), MailboxServer(tmp_path) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        greeting = await reader.readline()
        writer.write(b"EHLO somebody\r\nMAIL FR")
        await writer.drain()
    with suppress(ConnectionResetError):
        await reader.read()  # returns, since the connection has ended
    writer.close()

    assert greeting.startswith(b"220 mailbox.localhost ")
    assert [] == [record for record in caplog.records if record.name == "asyncio"]
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", server.port)
