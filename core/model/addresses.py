"""A reservation's own stream on a server: its path there, and the addresses made with it.

`{path}` in a server's addresses stands for the path, which is made of the reservation's code; where
an ingest address has none, the path is put behind it.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from core.model.server import Server

_PLACE = "{path}"
_PATH = r"([0-9a-hjkmnp-tv-z]{6})"  # a code in lower case without its hyphen


def path_of(code: str) -> str:
    """Give the stream path of the reservation with that code."""
    return code.replace("-", "").lower()


def code_of(path: str) -> str:
    """Give the code that a path is made of, or "" for what is no path of ours."""
    return f"{path[:3]}-{path[3:]}".upper() if re.fullmatch(_PATH, path) else ""


def with_path(url: str, code: str) -> str:
    """Fill a reservation's own path into a server's address."""
    return url.replace(_PLACE, path_of(code))


def stream_of(server: Server, path: str) -> str:
    """Give the whole name that a path's stream has on the server, such as `live/k7q2mf`."""
    return _template(server).replace(_PLACE, path)


def path_in(server: Server, stream: str) -> str:
    """Give the path within a stream's whole name; "" where the name is not of the server's form."""
    before, _, after = _template(server).partition(_PLACE)
    found = re.fullmatch(f"{re.escape(before)}{_PATH}{re.escape(after)}", stream)
    return found[1] if found else ""


def _template(server: Server) -> str:
    """Give the form of all stream names on a server, from where holders publish."""
    name = urlsplit(server.ingest_url).path.strip("/")
    return name if _PLACE in name else f"{name}/{_PLACE}".lstrip("/")
