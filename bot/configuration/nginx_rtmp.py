"""What makes nginx with its RTMP module ask the desk: the directives to paste, with their reasons.

The module's hooks tell the whole story of a connection; HLS is plain HTTP, and nginx asks about it
file by file (`auth_request`). The real nginx of the tests runs on exactly this text.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from textwrap import indent
from urllib.parse import urlsplit

from bot.configuration.fragment import Fragment
from core.model.addresses import PLACE, stream_of
from core.model.server import Server

_PLAIN = re.compile(r"[A-Za-z0-9._/-]*")  # what means nothing to nginx, wherever it stands
_RTMP_PORT = 1935
_CONTROL = "http://127.0.0.1:8081"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_ASK = "/callboard-hls"


def lines(server: Server, hook_url: str) -> tuple[Fragment, ...]:
    """Give the pieces for nginx.conf, in the order in which they are pasted.

    Where the server's own addresses do not allow for any, there is one piece that says why.
    """
    wrong = _objection(server)
    if wrong:
        return (Fragment("nowhere yet", f"# {wrong}"),)
    pieces = [_at_the_top(hook_url), _rtmp(server, hook_url), _control(server, hook_url)]
    if _has_hls(server):
        pieces.append(_hls(server, hook_url))
    return tuple(pieces)


def _at_the_top(hook_url: str) -> Fragment:
    return Fragment(
        "nginx.conf, at its top, in place of the directives of these names that stand there",
        "\n".join(
            [
                *_plain_http_only(hook_url),
                "# What is pasted here holds the secret by which this server asks the desk: let",
                "# nginx.conf be readable by root alone.",
                "# ONE worker: each knows its own connections only, and the desk must see all.",
                "worker_processes 1;",
                "# Not info, and not debug: they write stream keys and passcodes down.",
                "error_log /var/log/nginx/error.log warn;  # adapt the path",
            ]
        ),
    )


def _plain_http_only(hook_url: str) -> list[str]:
    if not hook_url.lower().startswith("https:"):
        return []
    return [
        "# THIS WILL NOT WORK YET: nginx's RTMP module asks over http:// alone. Set",
        "# CALLBOARD_GATE_URL to an http:// address at which this machine reaches the desk.",
    ]


def _rtmp(server: Server, hook_url: str) -> Fragment:
    name, _ = _application(server)
    return Fragment(
        "nginx.conf, at its end, outside of http { }",
        "rtmp_auto_push off;  # it would copy streams between workers, past the hooks\n"
        + _block(
            "rtmp",
            "access_log off;  # the module's own, on unless told: it holds stream keys",
            _block(
                "server",
                *_listen(server.ingest_url),
                "chunk_size 4096;",
                "ping 20s;  # with ping_timeout: a player that has vanished is missed soon",
                "ping_timeout 10s;",
                _block(f"application {name}", *_application_lines(server, hook_url)),
            ),
        ),
    )


def _listen(ingest_url: str) -> list[str]:
    address = urlsplit(ingest_url)
    if address.scheme == "rtmps":  # the module has no TLS: the port is that of what has
        return [
            "# adapt: what ends TLS goes before it, and tells it the clients' addresses",
            f"listen 127.0.0.1:{_RTMP_PORT} proxy_protocol;",
        ]
    return [f"listen {address.port or _RTMP_PORT};"]


def _application_lines(server: Server, hook_url: str) -> list[str]:
    made = [
        "live on;",
        "record off;",
        "drop_idle_publisher 10s;  # frees the name of an encoder that lost its network",
        "notify_method post;",
        f"on_publish {hook_url}/publish;",
        f"on_play {hook_url}/play;",
        f"on_publish_done {hook_url}/done;",
        f"on_play_done {hook_url}/done;",
        "# No on_update: without an answer it would cut every stream while the desk restarts.",
        "# What must end is ended by the desk, through /control below.",
    ]
    if _has_hls(server):
        made += [
            "hls on;",
            "hls_path /var/lib/nginx/hls;  # adapt: a folder of its own that nginx may write to",
            "hls_fragment 2s;",
            "hls_playlist_length 20s;",
            f"hls_nested {'on' if _is_nested(server) else 'off'};",
        ]
    return made


def _control(server: Server, hook_url: str) -> Fragment:
    """Give the way back: by what address the desk lists and ends connections."""
    address = urlsplit(server.control_url or _CONTROL)
    here = address.hostname in _LOOPBACK
    under = address.path.rstrip("/")
    own = [
        _block(f"location {under}/control", "rtmp_control all;", *_guard(here, hook_url)),
        _block(f"location {under}/stat", "rtmp_stat all;", *_guard(here, hook_url)),
    ]
    if address.scheme == "https":
        return Fragment(_served_at(server.control_url), "\n".join(own))
    listen = address.netloc if here else f"{address.port or 80}"
    told = [] if server.control_url else [f"# Tell the desk: control={_CONTROL}"]
    return Fragment(
        "nginx.conf, within http { }",
        "\n".join([*told, _block("server", f"listen {listen};", "access_log off;", *own)]),
    )


def _guard(here: bool, hook_url: str) -> list[str]:
    """Let the desk in and nobody else; nginx takes addresses here, and no names."""
    if here:
        return ["allow 127.0.0.1;", "allow ::1;", "deny all;"]
    try:
        desk = str(ip_address(urlsplit(hook_url).hostname or ""))
    except ValueError:
        desk = "127.0.0.1"
    return [f"allow {desk};  # adapt: the address that the desk asks from", "deny all;"]


def _hls(server: Server, hook_url: str) -> Fragment:
    under = _hls_place(server)
    kinds = ["application/vnd.apple.mpegurl m3u8;", "video/mp2t ts;"]
    unseen = [
        "access_log off;  # the addresses hold tickets",
        "error_log /dev/null;  # likewise: nginx writes the request beside what went wrong",
    ]
    files = _block(
        f"location ^~ {under}",
        f"auth_request {_ASK};",
        "# A ticket to watch with may stand before the file's name; no folder is called so.",
        f"rewrite ^{re.escape(under)}(?:~[^/]+/)?(.+)$ /$1 break;",
        "root /var/lib/nginx/hls;  # adapt: hls_path above",
        _block("types", *kinds),
        "add_header Cache-Control no-store always;",
        "add_header Access-Control-Allow-Origin * always;  # for players on other sites",
        *unseen,
    )
    ask = _block(
        f"location = {_ASK}",
        "internal;",
        f"proxy_pass {hook_url}/hls;",
        "proxy_pass_request_body off;",
        "proxy_pass_request_headers off;  # the client's own: only these three are told",
        "proxy_set_header X-Original-URI $request_uri;",
        "proxy_set_header X-Original-Address $remote_addr;",
        "proxy_set_header Authorization $http_authorization;",
        'proxy_set_header Content-Length "";',
        "proxy_connect_timeout 2s;",
        "proxy_read_timeout 5s;",
        *unseen,
    )
    return Fragment(_served_at(server.watch_url), f"{files}\n{ask}")


def _objection(server: Server) -> str:
    """Say why there is nothing to paste; "" where there is."""
    application, name = _application(server)
    if not application:
        return (
            "The ingest address names no application:"
            " it must be like rtmp://live.example.org/live/{path}"
        )
    if _has_hls(server) and (name != PLACE or not _hls_place(server)):
        return (
            "The desk must find {path} at the beginning of a playlist's name: the addresses must be"
            " like rtmp://live.example.org/live/{path} and https://live.example.org/hls/{path}.m3u8"
        )
    parts = (application, _hls_place(server), urlsplit(server.control_url).path)
    if not all(_PLAIN.fullmatch(part) for part in parts):
        return "The server's addresses may have only letters, digits and . _ - / in their paths"
    return ""


def _application(server: Server) -> tuple[str, str]:
    """Give the application, and the name that a stream has in it."""
    application, _, name = stream_of(server, PLACE).rpartition("/")
    return application, name


def _has_hls(server: Server) -> bool:
    return urlsplit(server.watch_url).scheme.lower() in {"http", "https"}


def _hls_place(server: Server) -> str:
    """Give the path under which the playlists are, with its slash; "" where they have no place."""
    before, place, _ = urlsplit(server.watch_url).path.partition(PLACE)
    return before if place and before.endswith("/") and _has_hls(server) else ""


def _is_nested(server: Server) -> bool:
    return f"{PLACE}/" in urlsplit(server.watch_url).path


def _served_at(url: str) -> str:
    parts = urlsplit(url)
    return f"nginx.conf, within the server {{ }} that answers at {parts.scheme}://{parts.netloc}"


def _block(head: str, *inside: str) -> str:
    return f"{head} {{\n{indent(chr(10).join(inside), '    ')}\n}}"
