"""What makes MediaMTX ask the desk: the settings to paste, with their reasons (v1.6 to v1.20)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.configuration.fragment import Fragment
from core.model.addresses import PLACE, stream_of
from core.model.server import Server

_PLAIN = re.compile(r"[A-Za-z0-9._/-]*")  # what MediaMTX takes in a stream's name
_PATH = "[0-9a-hjkmnp-tv-z]{6}"  # what a reservation's path is made of
_API = "127.0.0.1:9997"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def lines(server: Server, hook_url: str) -> tuple[Fragment, ...]:
    """Give the pieces for mediamtx.yml, and for a web server before its API where there is one.

    Where the server's own addresses do not allow for any, there is one piece that says why.
    """
    wrong = _objection(server)
    if wrong:
        return (Fragment("nowhere yet", f"# {wrong}"),)
    pieces = [_asking(hook_url), _api(server), _streams(server)]
    if server.control_url and not _is_here(server.control_url):
        pieces.append(_before_the_api(server.control_url))
    return tuple(pieces)


def _asking(hook_url: str) -> Fragment:
    return Fragment(
        "mediamtx.yml, in place of the settings of these names",
        "\n".join(
            [
                "# What is pasted here holds the secret by which this server asks the desk: let",
                "# mediamtx.yml be readable by MediaMTX alone.",
                "authMethod: http",
                f"authHTTPAddress: {hook_url}",
                "# authInternalUsers is not looked at any more. What stands here is open to",
                "# everybody without asking; the desk refuses whatever is none of its streams'.",
                "authHTTPExclude:",
                "  - action: api  # the desk's own way in; see apiAddress",
                "  - action: metrics",
                "  - action: pprof",
                "  # A stream of your own beside the desk's, for instance:",
                "  # - action: read",
                "  #   path: camera",
            ]
        ),
    )


def _api(server: Server) -> Fragment:
    """Give the way back: by what address the desk lists and ends connections."""
    listen = _API
    if server.control_url and _is_here(server.control_url):
        parts = urlsplit(server.control_url)
        listen = parts.netloc if parts.port else f"{parts.netloc}:80"
    told = [] if server.control_url else [f"# Tell the desk: control=http://{_API}"]
    return Fragment(
        "mediamtx.yml, in place of the settings of these names",
        "\n".join(
            [
                *told,
                "api: true",
                "# THIS MACHINE ALONE: no password guards the API, and whoever reaches it can",
                "# change this whole configuration.",
                f"apiAddress: {listen}",
            ]
        ),
    )


def _streams(server: Server) -> Fragment:
    before, _, after = stream_of(server, PLACE).partition(PLACE)
    return Fragment(
        "mediamtx.yml, under paths:",
        "\n".join(
            [
                f"  '~^{re.escape(before)}{_PATH}{re.escape(after)}$':",
                "    # The desk keeps to one publisher at a time, and knows an encoder that is",
                "    # back after a break: whom it lets in takes the place of a connection that",
                "    # MediaMTX may still hold for a living one, and need not wait for its end.",
                "    overridePublisher: true",
            ]
        ),
    )


def _before_the_api(control_url: str) -> Fragment:
    """Guard the API for a desk that is elsewhere: MediaMTX itself would ask the desk about it."""
    parts = urlsplit(control_url)
    under = parts.path.rstrip("/")
    return Fragment(
        f"nginx.conf, within the server {{ }} that answers at {parts.scheme}://{parts.netloc}",
        "\n".join(
            [
                "# What the desk does and no more: it lists connections, and ends them.",
                f"location ~ ^{re.escape(under)}/v3/[a-z]+/(?:list$|kick/) {{",
                '    auth_basic "MediaMTX";',
                "    # adapt: a file made by htpasswd, of the name and password told to the desk",
                "    auth_basic_user_file /etc/nginx/mediamtx.htpasswd;",
                "    access_log off;",
                *([f"    rewrite ^{re.escape(under)}(/v3/.*)$ $1 break;"] if under else []),
                f"    proxy_pass http://{_API};",
                '    proxy_set_header Authorization "";',
                "}",
            ]
        ),
    )


def _is_here(control_url: str) -> bool:
    return not control_url or urlsplit(control_url).hostname in _LOOPBACK


def _objection(server: Server) -> str:
    """Say why there is nothing to paste; "" where there is."""
    name = stream_of(server, PLACE)
    before, place, after = name.partition(PLACE)
    if not place or not _PLAIN.fullmatch(before + after):
        return (
            "The ingest address must name each stream by {path}, with letters, digits and"
            " . _ - / beside it: rtmp://live.example.org/live/{path}"
        )
    if after.endswith("/whip"):
        return (
            "The ingest address must end in the stream's name, as that of RTMP, RTSP or SRT does;"
            " whoever publishes by WHIP puts /whip behind it"
        )
    under = urlsplit(server.control_url).path
    if not _PLAIN.fullmatch(under):
        return "The control address may have only letters, digits and . _ - / in its path"
    return ""
