"""The mail route: messages handed to a mail server by SMTP."""

from __future__ import annotations

from adapters.smtp_lane import SmtpLane
from adapters.smtp_opening import open_session
from adapters.smtp_replies import Phase, judge
from adapters.smtp_settings import SmtpSettings
from adapters.smtp_trouble import LinkBrokenError
from core.model.recipient import RouteName
from core.outbox.route import Lane, RouteUnavailable


class EmailSmtp:
    """The mail route over one mail server, with as many lanes as the settings say."""

    name = RouteName.EMAIL

    def __init__(self, settings: SmtpSettings, lanes: int | None = None) -> None:
        self.lanes = settings.connections if lanes is None else lanes
        self._settings = settings

    async def open(self) -> Lane:
        """Connect and log in; raises `RouteUnavailable` with the step that failed."""
        return SmtpLane(self._settings, await open_session(self._settings))


async def try_login(settings: SmtpSettings) -> str | None:
    """Go through everything but sending: connection, TLS, login, our sender address.

    None if all is well, else what is wrong and what to look at, in one line.
    """
    try:
        await offered(settings)
    except RouteUnavailable as error:
        return error.reason
    return None


async def offered(settings: SmtpSettings) -> tuple[str, ...]:
    """Connect as for sending, and say what the server offers (EHLO keywords, in order).

    Raises `RouteUnavailable`, also for a server that takes our login but not our sender address.
    """
    session = await open_session(settings)
    try:
        reply = await session.command(f"MAIL FROM:<{settings.sender}>".encode())
        if judge(Phase.SENDER, reply) is not None:
            raise RouteUnavailable(
                f"mail server {settings.where}: it does not take mail from"
                f" {settings.sender}: {reply} (look at the sender address)"
            )
        return tuple(" ".join(pair).strip().upper() for pair in session.offers.items())
    except LinkBrokenError as error:
        raise RouteUnavailable(f"mail server {settings.where}: {error.reason}") from error
    finally:
        await session.quit()
