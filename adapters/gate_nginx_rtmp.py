"""How nginx with its RTMP module asks: form posts for RTMP, `auth_request` for HLS files.

The module writes its own fields first and appends what the client put behind its stream's name as
it came, so a client can repeat any field: the first of each is the module's, and a form that
repeats one of them is nobody's mistake. What is asked follows from the hook's own address. The
answer is the status alone: 2xx is yes, 3xx would rename the stream, anything else is no.

An HLS request is only known by its address, and nginx serves what that normalises to: what could
normalise to anything but itself is refused.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from adapters.gate_reading import UnreadableError, field_of, form_of, plain
from core.gate.hooks import Answer, Heard, Hook, Unreadable
from core.model.addresses import code_of
from core.model.gate import Access, Admit, Asked, Decision, Gone, Reason, Refuse

_OURS = frozenset({"key", "user", "pass"})
_RESERVED = frozenset(
    {"app", "name", "addr", "clientid", "call", "tcurl", "flashver", "swfurl", "pageurl", "type"}
    | {"start", "duration", "reset", "epoch", "time", "timestamp"}
)
_FILES = 1024  # as many are kept in mind: most watchers ask for the same few, the newest
_ONCE = _RESERVED | _OURS
_CALLS = {"publish": Access.PUBLISH, "play": Access.WATCH}
_DONE_CALLS = {f"{call}_done": access for call, access in _CALLS.items()}

# folders that begin with a plain character, perhaps a ticket, then a file of one stream: its
# playlist or a segment, either beside those of other streams or in a folder of its own
_FILE = re.compile(
    r"(?:/[A-Za-z0-9_-][A-Za-z0-9._~-]*)*"
    r"(?:/~(?P<ticket>[A-Za-z0-9_-]+))?"
    r"/(?P<path>[0-9a-z]{6})(?:\.m3u8|-[0-9]+\.ts|/index\.m3u8|/[0-9]+\.ts)"
)
_ASK_FOR_CREDENTIALS = {"WWW-Authenticate": 'Basic realm="Callboard", charset="UTF-8"'}

_YES = Answer(204)
_NO = Answer(403)


class NginxRtmpDialect:
    """nginx-rtmp's `Dialect`; its words are `publish`, `play`, `done` and `hls`."""

    def read(self, hook: Hook) -> Heard:
        """Translate a hook; never raises, whatever is in it."""
        try:
            return _read(hook)
        except UnreadableError as error:
            return Unreadable(str(error))

    def answer(
        self,
        heard: Heard,
        decision: Decision | None,
        now: datetime,  # noqa: ARG002 - the port's; the module cannot be told until when
    ) -> Answer:
        """Say yes or no by the status; where a file was asked for, perhaps ask for credentials."""
        if isinstance(heard, Unreadable):
            return _NO
        if not isinstance(heard, Asked) or isinstance(decision, Admit):
            return _YES
        if isinstance(decision, Refuse) and _may_ask(heard, decision.reason):
            return Answer(401, headers=_ASK_FOR_CREDENTIALS)
        return _NO


def _may_ask(asked: Asked, reason: Reason) -> bool:
    """Tell whether other credentials could help: whoever came for a file may then be asked.

    A stream that is not known looks like one that is. Whose ticket was refused is not asked: a page
    plays with it, and has no use for a browser's dialog.
    """
    return (
        bool(asked.path)
        and not asked.ticket
        and (reason is Reason.NOTHING_GIVEN or reason.is_guess)
    )


def _read(hook: Hook) -> Heard:
    if hook.word == "hls":
        return _file(hook.headers)
    if hook.word in _CALLS:
        return _asked(hook.word, form_of(hook.body, _ONCE))
    if hook.word == "done":
        return _gone(form_of(hook.body, _ONCE))
    raise UnreadableError("no hook of nginx-rtmp's has such an address")


def _asked(word: str, fields: Mapping[str, str]) -> Asked:
    if field_of(fields, "call") != word:
        raise UnreadableError("the address is another hook's")
    access = _CALLS[word]
    user, secret = "", field_of(fields, "key", "")
    if access is Access.WATCH and not secret:  # a holder may watch with the stream key
        user, secret = field_of(fields, "user", ""), field_of(fields, "pass", "")
    client, address = field_of(fields, "clientid"), field_of(fields, "addr")
    return Asked(access, _stream(fields), "", user, secret, client=client, address=address)


def _gone(fields: Mapping[str, str]) -> Gone:
    access = _DONE_CALLS.get(field_of(fields, "call"))
    if access is None:
        raise UnreadableError("the address is another hook's")
    return Gone(access, _stream(fields), field_of(fields, "clientid"))


def _file(headers: Mapping[str, str]) -> Asked:
    file = headers.get("x-original-uri", "").partition("?")[0]
    path, ticket = _parts(file) if "~" in file else _open_parts(file)
    if not path:
        raise UnreadableError("that is no file of a stream")
    address = headers.get("x-original-address", "")
    if not address.isascii():
        raise UnreadableError("the client has no address")
    user, secret = ("", "") if ticket else _basic(headers.get("authorization", ""))
    return Asked(Access.WATCH, "", path, user, secret, ticket, "", address)


def _parts(file: str) -> tuple[str, str]:
    """Give the path that a file is of, "" for none, and the ticket that stands in its address."""
    found = _FILE.fullmatch(file)
    if found is None or not code_of(found["path"]):
        return "", ""
    return found["path"], found["ticket"] or ""


_open_parts = lru_cache(_FILES)(_parts)  # for addresses that nothing secret stands in


def _basic(authorization: str) -> tuple[str, str]:
    """Give user and password (RFC 7617); none where another scheme, or nothing, was sent."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        pair = b64decode(given.strip(), validate=True).decode()
    except ValueError:
        raise UnreadableError("the credentials are not encoded as they must be") from None
    user, colon, password = pair.partition(":")
    if not colon:
        raise UnreadableError("the credentials are not formed as they must be")
    plain(pair, "what stands in for credentials")
    return user, password


def _stream(fields: Mapping[str, str]) -> str:
    app, name = field_of(fields, "app"), field_of(fields, "name")
    if not app or not name:
        raise UnreadableError("the stream has no name")
    return f"{app}/{name}"
