"""Claims 9 to 17, the apparatus and the program: the installed command, as processes of its own."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.mailbox_server import MailboxServer
from tests.claims.house import STUDIO, entry_of, passcode_in, read, text_of
from tests.databases import SqliteFiles

ANN, BEN = "ann@example.org", "ben@example.org"
_IN_THREE_DAYS = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
RESERVE = f'reserve "{_IN_THREE_DAYS} 20:00" 2h Studio title="Premiere" audience="{ANN}, {BEN}"'


@dataclass
class Apparatus:
    """The program on a database of its own, with a mail server beside it."""

    folder: Path
    mailboxes: MailboxServer
    database_url: str
    answers: list[str] = field(default_factory=list)

    async def run(self, *commands: str, argument: str = "console") -> int:
        """Start the program, hand it commands on standard input, and wait for its end."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", argument),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self.environment,
        )
        script = "".join(f"{command}\n" for command in commands)
        output, _ = await process.communicate(script.encode())
        self.answers.append(output.decode())
        return process.returncode or 0

    @property
    def environment(self) -> dict[str, str]:
        """The settings, beside what a process needs to start."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return kept | {
            "CALLBOARD_DATA": str(self.folder),
            "CALLBOARD_DATABASE_URL": self.database_url,
            "CALLBOARD_SECRET_KEY": "a secret key for tests that is long enough",
            "CALLBOARD_SMTP_URL": self.mailboxes.url,
            "CALLBOARD_MAIL_FROM": "slots@callboard.example",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }

    @property
    def code(self) -> str:
        """The code that was answered last."""
        found: list[str] = re.findall(r"\b[0-9A-Z]{3}-[0-9A-Z]{3}\b", "\n".join(self.answers))
        return found[-1]

    def subjects(self, recipient: str) -> list[str]:
        """Say what each mail is that somebody got."""
        mails = [read(mail.data) for mail in self.mailboxes.mailbox(recipient)]
        return [str(mail["Subject"]).partition(":")[0] for mail in mails]


@pytest.fixture
async def apparatus(tmp_path: Path, sqlite_files: SqliteFiles) -> AsyncIterator[Apparatus]:
    async with MailboxServer(tmp_path / "mail") as mailboxes:
        made = Apparatus(tmp_path, mailboxes, sqlite_files.fresh())
        assert await made.run(STUDIO) == 0, made.answers
        yield made


async def test_claim_09_a_permitted_request_is_told_and_a_denied_one_is_not(
    apparatus: Apparatus,
) -> None:
    permitted = await apparatus.run(f'{RESERVE} policy="at once"')
    denied = await apparatus.run(RESERVE.replace(ANN, "carl@example.org"))

    assert permitted == 0, apparatus.answers
    assert denied == 1
    assert apparatus.subjects(ANN) == apparatus.subjects(BEN) == ["Live stream"]
    assert apparatus.subjects("carl@example.org") == []


async def test_claim_10_the_notice_holds_access_information(apparatus: Apparatus) -> None:
    await apparatus.run(f'{RESERVE} policy="at once"')
    path = apparatus.code.replace("-", "").lower()
    (mail,) = apparatus.mailboxes.mailbox(ANN)

    assert f"https://live.example/hls/{path}.m3u8" in text_of(read(mail.data))


async def test_claim_11_the_notice_passes_authentication_information_on(
    apparatus: Apparatus,
) -> None:
    await apparatus.run(f'{RESERVE} policy="at once" user=vip passcode=W1nterLight')
    (mail,) = apparatus.mailboxes.mailbox(ANN)

    assert passcode_in(read(mail.data)) == "W1nterLight"


async def test_claim_12_a_cancellation_is_told(apparatus: Apparatus) -> None:
    await apparatus.run(f'{RESERVE} policy="at once"')
    await apparatus.run(f"cancel {apparatus.code} the singer is ill")
    _, last = apparatus.mailboxes.mailbox(ANN)

    assert entry_of(read(last.data)).method == "CANCEL"


async def test_claim_13_a_change_is_told(apparatus: Apparatus) -> None:
    await apparatus.run(f'{RESERVE} policy="at once"')
    await apparatus.run(f'change {apparatus.code} title="Second premiere"')

    assert apparatus.subjects(ANN) == ["Live stream", "Changed"]


async def test_claim_14_the_audience_is_told_when_it_is_reconfirmed(apparatus: Apparatus) -> None:
    await apparatus.run(f'{RESERVE} policy="when reconfirmed"')
    before = apparatus.subjects(ANN)
    await apparatus.run(f"reconfirm {apparatus.code}")

    assert before == []
    assert apparatus.subjects(ANN) == ["Live stream"]


async def test_claim_15_the_audience_is_told_on_permission_and_again(apparatus: Apparatus) -> None:
    await apparatus.run(f"{RESERVE} policy=both")
    await apparatus.run(f"reconfirm {apparatus.code}")

    assert apparatus.subjects(ANN) == ["Provisional", "Confirmed"]


async def test_claim_16_a_contact_address_is_told_by_email(apparatus: Apparatus) -> None:
    await apparatus.run(f'{RESERVE} policy="at once"')
    (mail,) = apparatus.mailboxes.mailbox(ANN)

    assert str(read(mail.data)["To"]) == ANN
    assert mail.sender == "slots@callboard.example"


async def test_claim_17_the_program_does_all_of_it(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--keep", str(tmp_path)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=Path(__file__).parents[2],
    )
    output, _ = await process.communicate()

    assert process.returncode == 0, output.decode()
    assert "Everything arrived as it should" in output.decode()
