"""What makes SRS ask the desk: the pieces of srs.conf to paste, with their reasons (4 to 7)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.configuration.fragment import Fragment
from core.model.addresses import PLACE, stream_of
from core.model.server import Server

_PLAIN = re.compile(r"[A-Za-z0-9._/-]*")  # what means nothing to SRS, wherever it stands
_API = "127.0.0.1:1985"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PASSWORD = (
    "    # SRS 5.0.152 and later: 4 has no password, and must listen on 127.0.0.1 alone.",
    "    auth {",
    "        enabled on;",
    "        username callboard;  # adapt: the name and the password that are told to the desk,",
    "        password change-me;  # adapt: without a colon",
    "    }",
)


def lines(server: Server, hook_url: str) -> tuple[Fragment, ...]:
    """Give the pieces for srs.conf.

    Where the server's own addresses do not allow for any, there is one piece that says why.
    """
    wrong = _objection(server)
    if wrong:
        return (Fragment("nowhere yet", f"# {wrong}"),)
    return (_logging(), _api(server), _vhost(server, hook_url))


def _logging() -> Fragment:
    return Fragment(
        "srs.conf, at its top, in place of the lines of these names",
        "# Not trace, as it is unless told: that writes every stream key and passcode down. What\n"
        "# is refused is written down with what was given even so: let the log be readable by\n"
        "# SRS alone.\n"
        "srs_log_level warn;\n"
        "# srs_log_level_v2 warn;  # this one instead where it stands in srs.conf",
    )


def _api(server: Server) -> Fragment:
    """Give the way back: by what address the desk lists and ends connections."""
    told = [] if server.control_url else [f"# Tell the desk: control=http://{_API}"]
    here = not server.control_url or urlsplit(server.control_url).hostname in _LOOPBACK
    return Fragment(
        "srs.conf, in place of its http_api { }",
        "\n".join(
            [
                *told,
                "http_api {",
                "    enabled on;",
                *_listen(server.control_url, here=here),
                "    crossdomain off;  # no web page may use it from somebody's browser",
                "    raw_api {",
                "        enabled off;",
                "    }",
                *(() if here else _PASSWORD),
                "}",
            ]
        ),
    )


def _listen(control_url: str, *, here: bool) -> list[str]:
    parts = urlsplit(control_url)
    if not control_url:
        return [f"    listen {_API};"]
    if here:
        return [f"    listen {parts.netloc if parts.port else f'{parts.netloc}:80'};"]
    if parts.scheme == "https":
        return [f"    listen {_API};  # adapt: what {parts.netloc} passes on arrives here"]
    return [
        "    # Whoever reaches this port and has the password can end every stream, and nothing",
        "    # is encrypted: let a firewall admit the desk alone.",
        f"    listen {parts.port or 80};",
    ]


def _vhost(server: Server, hook_url: str) -> Fragment:
    return Fragment(
        "srs.conf, within vhost __defaultVhost__ { } or that of the ingest address, in place of"
        " the blocks of these names",
        "\n".join(
            [
                "# What is pasted here holds the secret by which this server asks the desk: let",
                "# srs.conf be readable by SRS alone. A virtual host without these lines asks",
                "# nobody: let there be none.",
                "http_hooks {",
                "    enabled on;",
                f"    on_publish {hook_url};",
                f"    on_unpublish {hook_url};",
                f"    on_play {hook_url};",
                f"    on_stop {hook_url};",
                "}",
                *_hls(server),
            ]
        ),
    )


def _hls(server: Server) -> list[str]:
    """Keep HLS off, or say what it means to have it on: SRS does not hold it back."""
    parts = urlsplit(server.watch_url)
    if parts.scheme.lower() in {"http", "https"} and parts.path.endswith(".m3u8"):
        return [
            "# HLS IS NOT GUARDED BY SRS: it asks the desk once when a player begins, and then",
            "# hands out playlists and segments to whoever names them. Where that matters, let",
            "# people watch by RTMP or HTTP-FLV.",
            "# Whom a request over HTTP comes from is what it says itself, unless a web server",
            "# stands before SRS that sets X-Forwarded-For: guessing is slowed down by that.",
        ]
    return [
        "hls {",
        "    enabled off;  # SRS hands its files out to whoever names them, and asks nobody",
        "}",
    ]


def _objection(server: Server) -> str:
    """Say why there is nothing to paste; "" where there is."""
    application, _, name = stream_of(server, PLACE).rpartition("/")
    if name == PLACE and application and _PLAIN.fullmatch(application):
        return ""
    return (
        "The ingest address must name an application, and each stream behind it:"
        " it must be like rtmp://live.example.org/live/{path}"
    )
