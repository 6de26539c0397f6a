"""What tests of SRS's hooks have in common."""

from __future__ import annotations

import json

from adapters.gate_srs import SrsDialect
from core.gate.hooks import Heard
from core.model.gate import Access, Asked
from tests.gate.srs_core import NEWEST, OLDEST, Version
from tests.gate.written import KEY, PASSCODE, posted, written

DIALECT = SrsDialect()
STREAM = "live/k7q2mf"
CLIENT = "9308h583"
HOLDER, GUEST = "192.0.2.7", "192.0.2.9"
TC_URL = "rtmp://live.example.org/live"
VERSIONS: list[Version] = [OLDEST, (5, 0, 213), (6, 0, 157), NEWEST]
FIELDS = ["action", "client_id", "ip", "app", "stream", "param"]


def published(**more: object) -> Asked:
    """Make what is asked when the holder publishes."""
    known: dict[str, object] = {"secret": KEY, "client": CLIENT, "address": HOLDER}
    return Asked(Access.PUBLISH, STREAM, **(known | more))  # type: ignore[arg-type]


def watched(**more: object) -> Asked:
    """Make what is asked when somebody watches."""
    known: dict[str, object] = {"client": CLIENT, "address": GUEST}
    return Asked(Access.WATCH, STREAM, **(known | more))  # type: ignore[arg-type]


def guest(**more: object) -> Asked:
    """Make what is asked when somebody watches with the shared credentials."""
    return watched(user="guest", secret=PASSCODE, **more)


def body(action: str = "on_publish", **changed: object) -> bytes:
    """Write a body, in which some fields are other ones."""
    fields = json.loads(written("srs-5-on-publish").body)
    return json.dumps(fields | {"action": action} | changed).encode()


def read(action: str = "on_publish", **changed: object) -> Heard:
    """Have such a body read."""
    return DIALECT.read(posted(body(action, **changed)))
