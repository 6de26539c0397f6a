"""How MediaMTX asks: one JSON object to one address for every protocol (v1.6 to v1.20).

It asks once when a connection begins, and never again. While it waits for an answer its paths stand
still: it asks about one client at a time. A client's credentials come in whichever field its
protocol has for them, or in the query of its address. The answer is the status alone: 2xx is yes.

What is refused may be told to the client (MoQ), so a refusal says nothing but no.
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
from core.gate.hooks import Answer, Heard, Hook, Unreadable
from core.model.gate import Access, Admit, Asked, Decision, Reason, Refuse

# `playback` is left out: recordings are none of a slot's. So are `api`, `metrics` and `pprof`,
# which our lines have MediaMTX not ask about: whoever may change its configuration is no viewer.
_ACTIONS = {"publish": Access.PUBLISH, "read": Access.WATCH}

# `jwt` is where v1.8.5 to v1.12.2 put a bearer token
_SECRETS = ("key", "pass", "token", "jwt")
_OURS = frozenset({"user", "ticket", *_SECRETS})
_TICKET = re.compile(r"(?:[0-9a-f]{1,16}-){3}[A-Za-z0-9_-]{22}")

_YES = Answer(200)
_NO = Answer(403)
# Its documentation wants 401 for a client that gave nothing yet; v1.6 to v1.20 go by what was given
_GIVE_CREDENTIALS = Answer(401)


class MediamtxDialect:
    """MediaMTX's `Dialect`; it has one hook, without a word."""

    def read(self, hook: Hook) -> Heard:
        """Translate a hook; never raises, whatever is in it."""
        try:
            return _asked(hook)
        except UnreadableError as error:
            return Unreadable(str(error))

    def answer(
        self,
        heard: Heard,
        decision: Decision | None,
        now: datetime,  # noqa: ARG002 - the port's; MediaMTX cannot be told until when
    ) -> Answer:
        """Say yes or no by the status, without a word."""
        if isinstance(heard, Unreadable):
            return _NO
        if not isinstance(heard, Asked) or isinstance(decision, Admit):
            return _YES
        if isinstance(decision, Refuse) and decision.reason is Reason.NOTHING_GIVEN:
            return _GIVE_CREDENTIALS
        return _NO


def _asked(hook: Hook) -> Asked:
    if hook.word:
        raise UnreadableError("no hook of MediaMTX's has such an address")
    fields = read_body(hook.body)
    access = _ACTIONS.get(text_of(fields, "action"))
    if access is None:
        raise UnreadableError("the desk does not decide on that action")
    protocol = text_of(fields, "protocol", "")
    given = given_in(text_of(fields, "query", ""), _OURS)
    user, secret, ticket = _credentials(fields, given)
    if access is Access.PUBLISH:  # a ticket is to watch with
        ticket = ""
    elif ticket:
        user = secret = ""
    client = name_of(fields, "id")
    return Asked(
        access,
        stream=text_of(fields, "path"),
        user=user,
        secret=secret,
        ticket=ticket,
        client=client,
        address=address_of(fields, "ip"),
        again=_opens_nothing(protocol, client),
    )


def _credentials(fields: Mapping[str, object], given: Mapping[str, str]) -> tuple[str, str, str]:
    """Give user, secret and ticket; a ticket may also come as the token, or as the password."""
    user = text_of(fields, "user", "") or given.get("user", "")
    own = text_of(fields, "password", ""), text_of(fields, "token", "")
    secret = next(filter(None, [*own, *(given.get(one, "") for one in _SECRETS)]), "")
    ticket = given.get("ticket", "")
    if not ticket and not user and _TICKET.fullmatch(secret):
        ticket = secret
    return user, secret, ticket


def _opens_nothing(protocol: str, client: str) -> bool:
    """Tell whether the question goes before the connection, and that has one of its own.

    So it is with the pages to publish and watch from, and with OPTIONS (WebRTC): who is answered
    may never connect, and must not be held for somebody who publishes. HLS has connections only
    since v1.18; before, each file is asked for, and that is all there is to tell who watches.
    """
    return not client and protocol != "hls"
