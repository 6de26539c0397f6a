"""One lane of the mail route: message after message over one SMTP session after another.

Where the server takes several commands at a time (RFC 2920), the next message's envelope travels
with the content of the one before: one round trip for each message instead of four. The content
itself never leaves before its hand-over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from adapters.smtp_opening import open_session
from adapters.smtp_replies import Phase, judge, judge_break
from adapters.smtp_session import Session
from adapters.smtp_settings import SmtpSettings
from adapters.smtp_trouble import LinkBrokenError
from adapters.smtp_wire import NOT_AN_ADDRESS, Envelope, compose, envelope_address
from core.model.delivery import Accepted, Outcome, Refused, RouteDown, Withdrawn
from core.outbox.route import HandOver, Message, RouteUnavailable

_GO_ON = 3  # the first digit of what grants DATA


@dataclass(frozen=True, slots=True)
class _Opened:
    """A message whose envelope is on its way, on a session that has carried others or not."""

    message: Message
    envelope: Envelope
    session: Session
    unused: bool = False
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class _Stopped:
    """The envelope did not get through: in which phase, and what that makes of the message.

    `gone`: the connection was, and nothing was said of the message.
    """

    phase: Phase
    outcome: Outcome
    gone: bool = False


class SmtpLane:
    """One lane, over one session after another."""

    def __init__(self, settings: SmtpSettings, session: Session) -> None:
        self._settings = settings
        self._session: Session | None = session
        self._closed = False
        self._expected: Message | None = None
        self._opened: _Opened | None = None
        self._looks_ahead = True

    def expect(self, message: Message) -> None:
        """Be told what is sent after the next one; see `ForesightedLane`."""
        self._expected = message

    async def send(self, message: Message, hand_over: HandOver) -> Outcome:
        """Send one message; see `Lane`."""
        if self._closed:
            raise RuntimeError("this lane is closed: open another")
        if self._opened is not None and self._opened.message is not message:
            self._drop()  # the server waits for the content of another
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
            return replace(outcome, reason=f"mail server {self._settings.where}: {outcome.reason}")
        return outcome

    async def close(self) -> None:
        """Take leave of the server; see `Lane`."""
        self._closed = True
        if self._opened is not None:
            self._drop()  # whatever is said now would be taken for the message
        session, self._session = self._session, None
        if session is not None:
            await session.quit()

    async def _deliver(self, message: Message, address: str, hand_over: HandOver) -> Outcome:
        begun = await self._begin(message, address)
        if not isinstance(begun, _Opened):
            return begun
        if not await hand_over():
            self._drop()  # the server waits for the message: nothing else takes it back
            return Withdrawn()
        return await self._hand_in(begun.session, begun.envelope.content)

    async def _begin(self, message: Message, address: str) -> _Opened | Outcome:
        """Get the envelope through, on a new connection where the one at hand has died of rest."""
        while True:
            opened = self._opened or await self._open(message, address)
            self._opened = None
            if isinstance(opened, Refused):
                return opened
            stopped = await self._stopped(opened)
            if stopped is None:
                return opened
            if stopped.phase is not Phase.SENDER or not stopped.gone or opened.unused:
                return stopped.outcome

    async def _open(self, message: Message, address: str) -> _Opened | Refused:
        """Send the envelope, or as much of it as the server takes at a time."""
        session = await self._ready()
        envelope = compose(message, address, self._settings.sender, session.offers)
        if isinstance(envelope, Refused):
            return envelope
        opened = _Opened(message, envelope, session, unused=session.begun == 0)
        session.begun += 1
        session.dirty = True
        if session.pipelines:
            session.write(*envelope.commands)
        return opened

    async def _stopped(self, opened: _Opened) -> _Stopped | None:
        """Read what the server says of the envelope; None: the content may follow."""
        session, stopped = opened.session, None
        for phase, line in zip(_PHASES, opened.envelope.commands, strict=True):
            if not session.pipelines:
                session.write(line)
            try:
                reply = await session.reply()
            except LinkBrokenError as error:
                # one that does not listen while it is told a message is told one thing at a time
                self._looks_ahead &= not (opened.ahead and error.silent)
                broken = judge_break(phase, error.reason)
                return stopped or _Stopped(phase, broken, gone=True)
            outcome = judge(phase, reply)
            if stopped is None and outcome is not None:
                stopped = _Stopped(phase, outcome, gone=not session.alive)
                if not session.pipelines:
                    break
            elif stopped is not None and reply.code // 100 == _GO_ON:
                session.drop()  # it takes content for nobody: nothing must be taken for that
        return stopped

    async def _hand_in(self, session: Session, content: bytes) -> Outcome:
        if not session.alive:
            return judge_break(
                Phase.DATA, "the server closed the connection before the message left"
            )
        self._opened = self._looked_ahead(session)
        following = self._opened.envelope.commands if self._opened else ()
        session.write_content(content, *following)
        try:
            reply = await session.verdict()
        except LinkBrokenError as error:
            self._drop()
            return judge_break(Phase.CONTENT, error.reason)
        outcome = judge(Phase.CONTENT, reply) or judge_break(Phase.CONTENT, str(reply))
        if isinstance(outcome, Accepted):
            session.dirty = self._opened is not None
        else:
            # A reply that came before the dot leaves the connection out of step, and it looks the
            # same as one that came after it.
            self._drop()
        return outcome

    def _looked_ahead(self, session: Session) -> _Opened | None:
        """Make the next message's envelope, if it can go along with this one's content."""
        message, self._expected = self._expected, None
        if message is None or not self._looks_ahead or not session.pipelines or session.worn:
            return None
        address = envelope_address(message.recipient)
        if address is None:
            return None
        envelope = compose(message, address, self._settings.sender, session.offers)
        if isinstance(envelope, Refused):
            return None
        session.begun += 1
        return _Opened(message, envelope, session, ahead=True)

    async def _ready(self) -> Session:
        if self._session is None or not await self._session.fit():
            self._session = None
            self._session = await open_session(self._settings)
        return self._session

    def _drop(self) -> None:
        session, self._session = self._session, None
        self._opened = self._expected = None
        if session is not None:
            session.drop()


_PHASES = (Phase.SENDER, Phase.RECIPIENT, Phase.DATA)
