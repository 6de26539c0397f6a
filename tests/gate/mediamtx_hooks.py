"""What tests of MediaMTX's hooks have in common."""

from __future__ import annotations

import json

from adapters.gate_mediamtx import MediamtxDialect
from core.gate.hooks import Heard
from core.model.gate import Access, Asked
from tests.gate.mediamtx_core import Version
from tests.gate.written import KEY, PASSCODE, posted, written

DIALECT = MediamtxDialect()
STREAM = "live/k7q2mf"
ID = "8c0d1f6e-2b4a-4c1d-9e57-3f0a5b6c7d8e"
HOLDER, GUEST = "192.0.2.7", "192.0.2.9"
OLD, NEW = (1, 6, 0), (1, 20, 1)
VERSIONS: list[Version] = [OLD, (1, 9, 3), (1, 12, 3), (1, 17, 1), (1, 18, 2), NEW]
FIELDS = ["ip", "user", "password", "token", "action", "path", "protocol", "id", "query"]


def published(user: str = "publish", **more: object) -> Asked:
    """Make what is asked when the holder publishes."""
    known: dict[str, object] = {"secret": KEY, "client": ID, "address": HOLDER}
    return Asked(Access.PUBLISH, STREAM, user=user, **(known | more))  # type: ignore[arg-type]


def watched(**more: object) -> Asked:
    """Make what is asked when somebody watches."""
    known: dict[str, object] = {"client": ID, "address": GUEST}
    return Asked(Access.WATCH, STREAM, **(known | more))  # type: ignore[arg-type]


def guest(**more: object) -> Asked:
    """Make what is asked when somebody watches with the shared credentials."""
    return watched(user="guest", secret=PASSCODE, **more)


def body(**changed: object) -> bytes:
    """Write a body, in which some fields are other ones."""
    fields = json.loads(written("mediamtx-1.20-rtmp-publish").body) | changed
    return json.dumps(fields).encode()


def read(**changed: object) -> Heard:
    """Have such a body read."""
    return DIALECT.read(posted(body(**changed)))
