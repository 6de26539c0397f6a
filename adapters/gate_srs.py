"""How SRS asks: one JSON object for every event (4 to 7), answered by a status and a code.

All events are posted to one address, and `action` tells which it is. What the client put behind its
stream's name comes as `param`, with its question mark over RTMP and HTTP, without it over SRT.

SRS asks about HLS once, when a session begins, and that is a courtesy: 5 and later serve the next
request of a session that was refused, if the client chose the session's name itself, and segments
are files that anybody may fetch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from adapters.gate_json import (
    address_of,
    given_in,
    name_of,
    read_body,
    text_of,
)
from adapters.gate_reading import UnreadableError
from core.gate.hooks import Answer, Heard, Hook, Noted, Unreadable
from core.model.gate import Access, Admit, Asked, Decision, Gone

_STARTS = {"on_publish": Access.PUBLISH, "on_play": Access.WATCH}
_ENDS = {"on_unpublish": Access.PUBLISH, "on_stop": Access.WATCH}
_OURS = frozenset({"key", "user", "pass", "ticket"})

# the application's own query, which 5 and later put behind the stream's
_OF_THE_APPLICATION = re.compile(r"\?(?:vhost|domain)=.*")
_PLAYLIST = ".m3u8"  # 5 and later leave it on the stream's name where HLS is asked for

_JSON = "application/json"
# Yes is 200 or 201 with code 0, nothing else: either of the two would do for a no.
_YES = Answer(200, '{"code":0}', content_type=_JSON)
_NO = Answer(403, '{"code":403}', content_type=_JSON)


class SrsDialect:
    """SRS's `Dialect`; it has one hook, without a word."""

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
        now: datetime,  # noqa: ARG002 - the port's; SRS cannot be told until when
    ) -> Answer:
        """Say yes or no, by the status and by the code."""
        if isinstance(heard, Unreadable):
            return _NO
        if isinstance(heard, Asked) and not isinstance(decision, Admit):
            return _NO
        return _YES


def _read(hook: Hook) -> Heard:
    if hook.word:
        raise UnreadableError("no hook of SRS's has such an address")
    fields = read_body(hook.body)
    action = text_of(fields, "action")
    if action in _STARTS:
        return _asked(_STARTS[action], fields)
    if action in _ENDS:
        access = _ENDS[action]
        return Gone(access, _stream(fields, access), name_of(fields, "client_id"))
    return Noted()


def _asked(access: Access, fields: Mapping[str, object]) -> Asked:
    param = text_of(fields, "param", "").removeprefix("?")
    given = given_in(_OF_THE_APPLICATION.sub("", param), _OURS)
    user, secret, ticket = "", given.get("key", ""), ""
    if access is Access.WATCH and not secret:  # a holder may watch with the stream key
        ticket = given.get("ticket", "")
        if not ticket:
            user, secret = given.get("user", ""), given.get("pass", "")
    return Asked(
        access,
        stream=_stream(fields, access),
        user=user,
        secret=secret,
        ticket=ticket,
        client=name_of(fields, "client_id"),
        address=address_of(fields, "ip"),
    )


def _stream(fields: Mapping[str, object], access: Access) -> str:
    """Name a stream by its application and its own name; SRS tells the virtual host apart."""
    app, name = text_of(fields, "app"), text_of(fields, "stream")
    if access is Access.WATCH:
        name = name.removesuffix(_PLAYLIST)
    if not app or not name:
        raise UnreadableError("the stream has no name")
    return f"{app}/{name}"
