"""A server's two ways in that must be of a certain form: where holders publish, and its control."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from bot.commands.server_values import LONGEST_ADDRESS
from bot.form.answers import Mistake, either
from core.model.addresses import PLACE, stream_id_of, stream_of
from core.model.gate import ControlAddress
from core.model.server import Server, ServerKind

_NONE = frozenset({"", "none", "no", "off"})
_HOST_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_CONTROL_PATH = re.compile(r"[A-Za-z0-9._~/-]*")
_NO_CONTROL = (  # what was typed is not repeated: there may be a password in it
    "That is no address of a control interface. One begins with http:// or https://, as in "
    "http://user:password@10.0.0.5:8081, and signs in user and password are written as %40 for @. "
    "none for none"
)

_STREAM_ID = re.compile(r"publish:[^:]+")
_SCHEMES: Mapping[ServerKind, tuple[str, ...]] = {
    ServerKind.NGINX_RTMP: ("rtmp", "rtmps"),
    ServerKind.SRS: ("rtmp", "rtmps"),
    ServerKind.MEDIAMTX: ("rtmp", "rtmps", "rtsp", "rtsps", "srt"),
    ServerKind.ICECAST: ("icecast", "http", "https"),
}
_EXAMPLES: Mapping[str, str] = {
    "srt": "srt://live.example.org:8890?streamid=publish:live/{path}",
    "rtsp": "rtsp://live.example.org:8554/live/{path}",
    "icecast": "icecast://live.example.org:8000/{path}.ogg",
}
_OTHER_EXAMPLE = "rtmp://live.example.org/live/{path}"


def parse_control(text: str) -> ControlAddress | Mistake:
    """Read where the desk ends a server's connections, with user and password taken out of it.

    `none` is an empty address. No message repeats what was typed.
    """
    typed = text.strip()
    if typed.casefold() in _NONE:
        return ControlAddress("")
    if len(typed) > LONGEST_ADDRESS:
        return Mistake(f"That is too long for an address: more than {LONGEST_ADDRESS} characters")
    try:
        parts = urlsplit(typed)
        user, password = _credentials(parts)
        host = _host(parts)
    except ValueError:
        return Mistake(_NO_CONTROL)
    plain = _CONTROL_PATH.fullmatch(parts.path) and not set("?#") & set(typed)
    if parts.scheme not in {"http", "https"} or not host or not plain:
        return Mistake(_NO_CONTROL)
    return ControlAddress(f"{parts.scheme}://{host}{parts.path.rstrip('/')}", user, password)


def _credentials(parts: SplitResult) -> tuple[str, str]:
    """Give user and password as HTTP's basic authentication wants them (RFC 7617)."""
    given, _, _ = parts.netloc.rpartition("@")
    name, _, word = given.partition(":")
    user, password = unquote(name, errors="strict"), unquote(word, errors="strict")
    if ":" in user or not (user + password).isprintable() or (password and not user):
        raise ValueError("no user and password")
    return user, password


def _host(parts: SplitResult) -> str:
    """Give host and port, without what stands before them; "" for what is no host."""
    name = parts.hostname or ""
    port = "" if parts.port is None else f":{parts.port}"
    if parts.port == 0:
        return ""
    if ":" in name:
        return f"[{ip_address(name)}]{port}"
    return f"{name}{port}" if _HOST_NAME.fullmatch(name) else ""


def ingest_misfit(server: Server) -> Mistake | None:
    """Say what is wrong with where holders publish: the gate knows streams by its form."""
    url = server.ingest_url
    if server.kind is ServerKind.LINK or not url:
        return None
    scheme = urlsplit(url).scheme
    if scheme not in _SCHEMES[server.kind]:
        known = either(_SCHEMES[server.kind])
        return Mistake(f"Holders publish to {server.kind} by {known}. {_example(server, '')}")
    problem = _misplaced(url) or _no_application(server)
    return Mistake(f"{problem}. {_example(server, scheme)}") if problem else None


def _misplaced(url: str) -> str:
    """Say what stands where it must not; "" for nothing."""
    parts = urlsplit(url)
    if "@" in parts.netloc:
        return "No user name stands in it: each reservation has a key of its own"
    if url.count(PLACE) > 1:
        return "{path} stands in it once"
    if "#" in url or ("?" in url and parts.scheme != "srt"):
        return "Nothing stands behind its path: the desk puts the key there"
    if parts.scheme == "srt":
        if not _STREAM_ID.fullmatch(stream_id_of(url)) or PLACE not in _last(stream_id_of(url)):
            return "An SRT address says what is published, with {path} at its end"
        return ""
    if "//" in parts.path:
        return "Two slashes stand together in its path"
    if PLACE in url and PLACE not in _last(parts.path):
        return "{path} stands at its end, behind the last slash"
    return ""


def _no_application(server: Server) -> str:
    if server.kind is ServerKind.ICECAST or "/" in stream_of(server, "x"):
        return ""
    return "It names no application, which stands before the stream's own name"


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _example(server: Server, scheme: str) -> str:
    kind = "icecast" if server.kind is ServerKind.ICECAST else scheme.removesuffix("s")
    return f"Write for example ingest_url={_EXAMPLES.get(kind, _OTHER_EXAMPLE)}"
