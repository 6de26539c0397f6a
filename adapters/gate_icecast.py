"""How Icecast asks: one form for each event, answered by one header (2.4.4; 2.5 by its source).

Every event is posted to one address, and `action` tells which it is: 2.5.0-rc2 sends the end of a
stream to where its start was configured to go.

A listener's form names the stream twice, and only one of the two is to be believed: `mount` is what
a client may replace by a header called `__rawuri`, so that credentials for one stream would open
another. What Icecast itself goes by is a variable that it passes on where its configuration asks
for that, as our lines do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from urllib.parse import unquote_to_bytes

from adapters.gate_reading import UnreadableError, decoded, field_of, form_of
from core.gate.hooks import Answer, Heard, Hook, Noted, Unreadable
from core.model.gate import Access, Admit, Asked, Decision, Gone, Refuse

_ADDRESS = "asked.__uri"  # the options header_prefix and headers of our lines
_LARGEST = 65_536  # bytes; 2.4.4 sends 4096 at most
_FAR = 2**31 - 1  # seconds: what any Icecast can count


@dataclass(frozen=True, slots=True)
class _OwnPage(Noted):
    """A page of Icecast's own is asked for: nothing that the desk decides."""


class IcecastDialect:
    """Icecast's `Dialect`; it has one hook, without a word."""

    def read(self, hook: Hook) -> Heard:
        """Translate a hook; never raises, whatever is in it."""
        if hook.word:
            return Unreadable("no hook of Icecast's has such an address")
        try:
            return _read(_fields(hook.body))
        except UnreadableError as error:
            return Unreadable(str(error))

    def answer(self, heard: Heard, decision: Decision | None, now: datetime) -> Answer:
        """Say yes by a header that nothing but an admission may carry.

        2.4.4 looks at nothing else, not even at the status. What a refusal says goes into its log.
        """
        if isinstance(heard, Asked):
            if isinstance(decision, Admit):
                return Answer(200, headers=_yes(heard.access, decision.until - now))
            said = decision.reason.value if isinstance(decision, Refuse) else "not decided"
            return Answer(403, headers={"icecast-auth-message": said})
        if isinstance(heard, Unreadable):
            return Answer(400, headers={"icecast-auth-message": heard.why})
        if isinstance(heard, _OwnPage):
            # 2.5 then asks its own accounts, the admin's among them; 2.4.4 takes it for a no
            return Answer(200, headers={"x-icecast-auth-result": "no match"})
        return Answer(200)


def _yes(access: Access, left: timedelta) -> Mapping[str, str]:
    """Give the headers of a yes: the old ones, which both versions know, and 2.5's own.

    A server set up for 2.5's alone knows no others; 2.4.4 passes over those. Only listeners are cut
    by Icecast when their time is up, so a source is not given any.
    """
    yes = {"icecast-auth-user": "1", "x-icecast-auth-result": "ok"}
    if access is Access.WATCH:
        limit = str(_limit(left))
        yes |= {"icecast-auth-timelimit": limit, "x-icecast-auth-timelimit": limit}
    return yes


def _limit(left: timedelta) -> int:
    """Give the seconds until the end as Icecast must count them, so that nobody is cut early.

    It adds them to a clock that shows whole seconds, so one is lost in rounding. Where the slot
    ends on a whole second, and both clocks are right, the cut comes one second after the end.
    """
    return min(max(ceil(left / timedelta(seconds=1)), 0) + 1, _FAR)


def _read(fields: Mapping[str, str]) -> Heard:
    match field_of(fields, "action", ""):
        case "stream_auth":
            return _source(fields)
        case "listener_add":
            return _listener(fields)
        case "mount_add":
            return Noted()
        case "mount_remove":
            stream = _name(field_of(fields, "mount"))
            return Gone(Access.PUBLISH, stream, _client_of(stream))
        case "listener_remove":
            stream = _name(_decoded(field_of(fields, "mount").partition("?")[0]))
            return Gone(Access.WATCH, stream, field_of(fields, "client", ""))
        case _:
            raise UnreadableError("no action of Icecast's")


def _source(fields: Mapping[str, str]) -> Asked:
    """Read what is asked about a source, or about what a source wants changed while it runs."""
    address = field_of(fields, _ADDRESS, "")  # 2.5 only: there, `mount` may be another's here too
    stream = _name(_decoded(address) if address else field_of(fields, "mount"))
    return Asked(
        Access.PUBLISH,
        stream=stream,
        user=field_of(fields, "user", ""),
        secret=field_of(fields, "pass", ""),
        client=_client_of(stream),
        address=field_of(fields, "ip", ""),
        again=field_of(fields, "admin", "") == "1",
    )


def _listener(fields: Mapping[str, str]) -> Asked | _OwnPage:
    if _ADDRESS not in fields:
        raise UnreadableError("Icecast's configuration is not as the desk gave it: no __uri")
    stream = _name(_decoded(field_of(fields, _ADDRESS)))
    if stream.startswith("admin/") or stream == "admin.cgi" or stream.endswith(".xsl"):
        return _OwnPage()
    asked = _query(field_of(fields, "mount").partition("?")[2])
    user, secret = field_of(fields, "user", ""), field_of(fields, "pass", "")
    if not user and not secret:
        user, secret = asked.get("user", ""), asked.get("pass", "")
    return Asked(
        Access.WATCH,
        stream=stream,
        user=user,
        secret=secret,
        ticket=asked.get("ticket", ""),
        client=field_of(fields, "client", ""),
        address=field_of(fields, "ip", ""),
    )


def _client_of(stream: str) -> str:
    """Name a source: Icecast gives it no number, but never has two of them on one mount."""
    return f"source:{stream}"


def _name(mount: str) -> str:
    if not mount.startswith("/"):
        raise UnreadableError("the mount is none")
    return mount[1:]


def _query(query: str) -> dict[str, str]:
    """Take from a listener's address what opens something; each may stand in it once."""
    given: dict[str, str] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name not in {"user", "pass", "ticket"}:
            continue
        if name in given:
            raise UnreadableError(f"{name} stands in the address twice")
        given[name] = _decoded(value)
    return given


def _fields(body: bytes) -> Mapping[str, str]:
    """Take a form apart; Icecast writes each field once, and encodes what clients give."""
    if len(body) > _LARGEST:
        raise UnreadableError("it is too long")
    return form_of(body)


def _decoded(text: str) -> str:
    """Decode what a client wrote in its address; a plus is one there."""
    return decoded(unquote_to_bytes(text), "the address")
