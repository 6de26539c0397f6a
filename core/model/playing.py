"""Where a browser plays a reservation's stream from, with a ticket where there must be one.

A browser plays HLS and what plain audio streams are; it has no field for a user name, and takes
none out of an address. So a ticket stands in the address itself, where that kind of server has it
passed on for every file (`core.access.links`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.model.server import ServerKind

_WEB = {"http", "https"}
# host and port alone: it is named in a policy, where anything else could end it and begin another
_PLAIN = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")
_SOUND = (".mp3", ".ogg", ".oga", ".opus", ".aac", ".m4a", ".flac")


@dataclass(frozen=True, slots=True)
class Playing:
    """What a page plays: an address, and whether it is sound alone. `origin` is whose it is."""

    url: str
    sound: bool
    origin: str


def playing(kind: ServerKind, watch_url: str, path: str, ticket: str) -> Playing | None:
    """Say what a page plays, or None where no browser could.

    `path` is the stream's own part of the address; a `ticket` of "": none is needed.
    """
    parts = urlsplit(watch_url)
    if parts.scheme not in _WEB or kind is ServerKind.LINK or not _PLAIN.fullmatch(parts.netloc):
        return None
    sound = kind is ServerKind.ICECAST or parts.path.endswith(_SOUND)
    if not sound and not parts.path.endswith(".m3u8"):
        return None
    if ticket and kind is ServerKind.NGINX_RTMP:
        # its files are asked for one by one: the ticket stands before the stream's own files
        before, found, after = parts.path.rpartition(f"/{path}")
        if not found:
            return None
        parts = parts._replace(path=f"{before}/~{ticket}/{path}{after}")
    elif ticket:
        given = f"ticket={ticket}"
        parts = parts._replace(query=f"{parts.query}&{given}" if parts.query else given)
    return Playing(parts.geturl(), sound, f"{parts.scheme}://{parts.netloc}")
