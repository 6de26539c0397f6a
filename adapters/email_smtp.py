"""The mail route: messages handed to a mail server by SMTP, phase by phase."""

from __future__ import annotations

from adapters.smtp_opening import open_session
from adapters.smtp_replies import Phase, judge, judge_break
from adapters.smtp_session import Session
from adapters.smtp_settings import SmtpSettings
from adapters.smtp_trouble import LinkBrokenError
from adapters.smtp_wire import NOT_AN_ADDRESS, Envelope, compose, envelope_address
from core.model.delivery import Accepted, Outcome, Refused, RouteDown, Withdrawn
from core.model.recipient import RouteName
from core.outbox.route import HandOver, Lane, Message, RouteUnavailable


class EmailSmtp:
    """The mail route over one mail server; `lanes` connections at most carry a message each."""

    name = RouteName.EMAIL

    def __init__(self, settings: SmtpSettings, lanes: int = 4) -> None:
        self.lanes = lanes
        self._settings = settings

    async def open(self) -> Lane:
        """Connect and log in; raises `RouteUnavailable` with the step that failed."""
        return _SmtpLane(self._settings, await open_session(self._settings))


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


class _SmtpLane:
    """One lane, over one session after another."""

    def __init__(self, settings: SmtpSettings, session: Session) -> None:
        self._settings = settings
        self._session: Session | None = session
        self._closed = False

    async def send(self, message: Message, hand_over: HandOver) -> Outcome:
        """Send one message; see `Lane`."""
        if self._closed:
            raise RuntimeError("this lane is closed: open another")
        address = envelope_address(message.recipient)
        if address is None:
            return Refused(NOT_AN_ADDRESS, bad_address=True)
        try:
            outcome = await self._deliver(message, address, hand_over)
        except RouteUnavailable as error:
            self._drop()
            return RouteDown(error.reason)
        except BaseException:
            # Cancelled or surprised in mid-command, nobody knows any more which reply is whose.
            self._drop()
            raise
        if isinstance(outcome, RouteDown):
            return RouteDown(f"mail server {self._settings.where}: {outcome.reason}")
        return outcome

    async def close(self) -> None:
        """Take leave of the server; see `Lane`."""
        self._closed = True
        session, self._session = self._session, None
        if session is not None:
            await session.quit()

    async def _deliver(self, message: Message, address: str, hand_over: HandOver) -> Outcome:
        begun = await self._begin(message, address)
        if not isinstance(begun, tuple):
            return begun
        session, envelope = begun
        for phase, line in ((Phase.RECIPIENT, envelope.rcpt), (Phase.DATA, b"DATA")):
            if outcome := await _ask(session, phase, line):
                return outcome
        if not await hand_over():
            session.drop()  # the server waits for the message: nothing else takes it back
            return Withdrawn()
        return await _hand_in(session, envelope.content)

    async def _begin(self, message: Message, address: str) -> tuple[Session, Envelope] | Outcome:
        """Get MAIL through, on a new connection where the one at hand has died of its rest."""
        while True:
            session = await self._ready()
            unused = session.begun == 0
            envelope = compose(message, address, self._settings.sender, session.offers)
            if isinstance(envelope, Refused):
                return envelope
            session.begun += 1
            session.dirty = True
            outcome = await _ask(session, Phase.SENDER, envelope.mail)
            if outcome is None:
                return session, envelope
            if session.alive or unused:
                return outcome

    async def _ready(self) -> Session:
        if self._session is None or not await self._session.fit():
            self._session = None
            self._session = await open_session(self._settings)
        return self._session

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.drop()


async def _ask(session: Session, phase: Phase, line: bytes) -> Outcome | None:
    """Send one command of the envelope; None: go on."""
    try:
        reply = await session.command(line)
    except LinkBrokenError as error:
        return judge_break(phase, error.reason)
    return judge(phase, reply)


async def _hand_in(session: Session, content: bytes) -> Outcome:
    if not session.alive:
        return judge_break(Phase.DATA, "the server closed the connection before the message left")
    try:
        reply = await session.content(content)
    except LinkBrokenError as error:
        return judge_break(Phase.CONTENT, error.reason)
    outcome = judge(Phase.CONTENT, reply) or judge_break(Phase.CONTENT, str(reply))
    if isinstance(outcome, Accepted):
        session.dirty = False
    else:
        # A reply that came before the dot leaves the connection out of step, and it looks the
        # same as one that came after it.
        session.drop()
    return outcome
