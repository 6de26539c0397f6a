"""A reservation's own stream on a server: its path there, and the addresses made with it.

`{path}` in a server's addresses stands for the path, which is made of the reservation's code; where
an ingest address has none, the path is put behind it. What each kind of server wants to be given
with an address, so that it passes it on when it asks the gate, is known here and nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote, urlsplit

from core.model.server import Server, ServerKind

PLACE = "{path}"
_PATH = r"([0-9a-hjkmnp-tv-z]{6})"  # a code in lower case without its hyphen
_STREAM_ID = re.compile(r"(?:^|(?<=&))streamid=([^&]*)")
_PUBLISHER = "publish"  # MediaMTX wants a user name; the key alone counts
_SOURCE = "source"  # the user name that Icecast's encoders have
_LONGEST_ARGUMENTS = 248  # octets: nginx-rtmp cuts what is longer, and would refuse the rest
_LONGEST = 500  # characters: of more, a chat would show a part


@dataclass(frozen=True, slots=True)
class Ingest:
    """What a holder enters to publish; "" for what a kind of server does not ask for.

    The address itself holds the key where an encoder has no field for one.
    """

    address: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    user: str = ""


def path_of(code: str) -> str:
    """Give the stream path of the reservation with that code."""
    return code.replace("-", "").lower()


def code_of(path: str) -> str:
    """Give the code that a path is made of, or "" for what is no path of ours."""
    return f"{path[:3]}-{path[3:]}".upper() if re.fullmatch(_PATH, path) else ""


def with_path(url: str, code: str) -> str:
    """Fill a reservation's own path into a server's address."""
    return url.replace(PLACE, path_of(code))


def stream_of(server: Server, path: str) -> str:
    """Give the whole name that a path's stream has on the server, such as `live/k7q2mf`."""
    return _template(server.ingest_url).replace(PLACE, path)


def path_in(server: Server, stream: str) -> str:
    """Give the path within a stream's whole name; "" where the name is not of the server's form."""
    return _path_in(server.ingest_url, stream)


@lru_cache(1024)  # as many streams are asked for again and again
def _path_in(ingest_url: str, stream: str) -> str:
    found = _form(_template(ingest_url)).fullmatch(stream)
    return found[1] if found else ""


@lru_cache(256)
def _form(template: str) -> re.Pattern[str]:
    before, _, after = template.partition(PLACE)
    return re.compile(f"{re.escape(before)}{_PATH}{re.escape(after)}")


def ingest(server: Server, code: str, stream_key: str) -> Ingest:
    """Say what the holder of a reservation enters in their streaming software."""
    parts = _with_place(urlsplit(server.ingest_url))
    parts = parts._replace(path=with_path(parts.path, code), query=with_path(parts.query, code))
    match server.kind:
        case ServerKind.NGINX_RTMP | ServerKind.SRS:
            return _in_two_fields(parts, f"key={stream_key}")
        case ServerKind.MEDIAMTX:
            return _for_mediamtx(parts, stream_key)
        case ServerKind.ICECAST:
            return Ingest(parts.geturl(), stream_key, _SOURCE)
        case ServerKind.LINK:
            return Ingest()


def for_player(kind: ServerKind, watch_url: str, user: str, passcode: str) -> str:
    """Put a watcher's credentials into a playback address, where nothing would ask for them.

    "" where browser and player ask, as they do over HTTP but for SRS, which never has them ask;
    where there are none; and where an address cannot hold these.
    """
    if not passcode or kind is ServerKind.LINK:
        return ""
    parts = urlsplit(watch_url)
    name, word = quote(user, safe=""), quote(passcode, safe="")
    match parts.scheme:
        case "rtmp" | "rtmps":
            parts = _asking(parts, f"user={name}&pass={word}")
        case "http" | "https" if kind is ServerKind.SRS:
            parts = _asking(parts, f"user={name}&pass={word}")
        case "rtsp" | "rtsps":
            parts = _as_user(parts, name, word)
        case "srt" if stream_id_of(watch_url).startswith("read:") and ":" not in user + passcode:
            parts = _with_stream_id(parts, f":{name}:{word}")
        case _:
            return ""
    if kind is ServerKind.NGINX_RTMP and len(parts.query) > _LONGEST_ARGUMENTS:
        return ""
    made = parts.geturl()
    return made if len(made) <= _LONGEST else ""


def stream_id_of(url: str) -> str:
    """Give the stream id that an SRT address carries, such as `publish:live/{path}`, or ""."""
    found = _STREAM_ID.search(urlsplit(url).query)
    return unquote(found[1]) if found else ""


def _for_mediamtx(parts: SplitResult, stream_key: str) -> Ingest:
    match parts.scheme:
        case "srt":
            return Ingest(_with_stream_id(parts, f":{_PUBLISHER}:{stream_key}").geturl())
        case "rtsp" | "rtsps":
            return Ingest(_as_user(parts, _PUBLISHER, stream_key).geturl())
        case _:
            return _in_two_fields(parts, f"user={_PUBLISHER}&pass={stream_key}")


def _in_two_fields(parts: SplitResult, query: str) -> Ingest:
    """Part an address as RTMP encoders want it: the server, then the stream with what it asks."""
    application, _, name = parts.path.rpartition("/")
    return Ingest(parts._replace(path=application).geturl(), f"{name}?{query}")


def _asking(parts: SplitResult, query: str) -> SplitResult:
    return parts._replace(query=f"{parts.query}&{query}" if parts.query else query)


def _as_user(parts: SplitResult, user: str, password: str) -> SplitResult:
    return parts._replace(netloc=f"{user}:{password}@{parts.netloc.rpartition('@')[2]}")


def _with_stream_id(parts: SplitResult, more: str) -> SplitResult:
    return parts._replace(query=_STREAM_ID.sub(lambda found: found[0] + more, parts.query))


def _with_place(parts: SplitResult) -> SplitResult:
    """Put the place of the path behind an ingest address that has none."""
    if PLACE in parts.path or parts.scheme == "srt":
        return parts
    return parts._replace(path=f"{parts.path.rstrip('/')}/{PLACE}")


@lru_cache(256)
def _template(ingest_url: str) -> str:
    """Give the form of all stream names on a server, from where holders publish."""
    parts = urlsplit(ingest_url)
    if parts.scheme == "srt":
        return stream_id_of(ingest_url).partition(":")[2] or PLACE
    return _with_place(parts).path.strip("/")
