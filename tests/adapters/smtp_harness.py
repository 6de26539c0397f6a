"""Settings that reach a test's mail server, and a message carried to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

from adapters.email_smtp import EmailSmtp
from adapters.smtp_settings import Patience, SmtpSettings
from core.model.delivery import Outcome, RouteDown
from core.outbox.route import Lane, Message, RouteUnavailable
from tests.adapters.conftest import Tls
from tests.adapters.route_contract import HandedOver
from tests.smtp_faults import FaultySmtpServer, Point

SENDER = "desk@example.org"
LONG = timedelta(seconds=20)
SHORT = timedelta(seconds=0.3)


def settings_for(
    server: FaultySmtpServer,
    tls: Tls | None = None,
    *,
    user: str = "desk",
    password: str = "s3cret+",  # noqa: S107 - the test server's own
) -> SmtpSettings:
    """Write the URL of a test server as an operator would, and read it."""
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
    scheme = "smtps" if server.implicit else "smtp"
    options = []
    if tls is not None:
        options = [f"tls_verify={quote(str(tls.ca_file))}"]
        options += [] if server.implicit else ["starttls=required"]
    url = f"{scheme}://{login}127.0.0.1:{server.port}?{'&'.join(options)}"
    return replace(SmtpSettings.from_url(url, SENDER), patience=Patience(LONG, LONG, LONG, LONG))


def patience_that_ends_at(point: Point) -> Patience:
    """Wait briefly for what is to stall, and long for everything else."""
    match point:
        case Point.CONNECT | Point.BANNER:
            return Patience(SHORT, LONG, LONG, LONG)
        case Point.BODY | Point.DOT:
            return Patience(LONG, LONG, SHORT, LONG)
        case Point.QUIT:
            return Patience(LONG, LONG, LONG, SHORT)
        case _:
            return Patience(LONG, SHORT, LONG, LONG)


async def carry(
    route: EmailSmtp, message: Message, lane: Lane | None = None
) -> tuple[Outcome, int, Lane | None]:
    """Send one message, on a new lane if none is given; say how often it was handed over."""
    hand_over = HandedOver()
    try:
        lane = lane or await route.open()
    except RouteUnavailable as error:
        return RouteDown(error.reason), 0, None
    return await lane.send(message, hand_over), hand_over.times, lane
