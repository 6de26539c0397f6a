"""A process that forks dispatchers on request, so that a test can kill one after another.

Each line on standard input asks for one: `{"ahead": seconds}` says how far its clock is ahead. The
answer is its process id. It sends real mail by SMTP from a real database until it is killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta

from adapters.email_smtp import EmailSmtp
from adapters.smtp_settings import SmtpSettings
from core.access.links import Links
from core.access.vault import Vault
from core.model.recipient import RouteName
from core.notices.as_email import MailSender, compose
from core.notices.notice import Notice
from core.outbox.dispatch import Dispatcher, Fill, Outlet
from core.outbox.route import Message, Route
from core.store.database import open_database
from core.store.desk import Desk
from tests.desks import SECRET

SENDER = "desk@example.org"


def mail_outlet(route: Route) -> Outlet:
    """Make the outlet that sends real mail, as the product wires it."""
    sender = MailSender(SENDER, "Callboard")

    def composed(notice: Notice) -> Fill:
        template = compose(notice, sender)

        def filled(delivery_id: int, personal: object) -> Message:
            mail = template.fill(personal)  # type: ignore[arg-type]
            return Message(
                delivery_id, mail.recipient, mail.data, mail.needs_smtputf8, in_crlf=True
            )

        return filled

    return Outlet(route, composed)


async def _send_until_killed(database_url: str, smtp_url: str, lanes: int, ahead: float) -> None:
    vault = Vault([SECRET])
    desk = Desk(
        database=open_database(database_url),
        vault=vault,
        links=Links(vault, "https://callboard.example.org"),
        now=lambda: datetime.now(UTC) + timedelta(seconds=ahead),
    )
    route = EmailSmtp(SmtpSettings.from_url(smtp_url, SENDER), lanes)
    await Dispatcher(desk, {RouteName.EMAIL: mail_outlet(route)}, "example.org").run(
        asyncio.Event()
    )


def main() -> None:
    """Fork a dispatcher for each line that is read."""
    database_url, smtp_url, lanes = sys.argv[1], sys.argv[2], int(sys.argv[3])
    for line in sys.stdin:
        ahead = json.loads(line)["ahead"]
        child = os.fork()
        if child == 0:
            asyncio.run(_send_until_killed(database_url, smtp_url, lanes, ahead))
        print(child, flush=True)  # noqa: T201 - the answer
        os.waitpid(child, 0)
        print("gone", flush=True)  # noqa: T201 - it was killed


if __name__ == "__main__":
    main()
