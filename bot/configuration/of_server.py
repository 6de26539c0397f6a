"""What makes a server ask the desk, whatever its kind."""

from __future__ import annotations

from bot.configuration import icecast, mediamtx, nginx_rtmp, srs
from bot.configuration.fragment import Fragment
from core.model.server import Server, ServerKind


def lines_of(server: Server, hook_url: str) -> tuple[Fragment, ...]:
    """Give the pieces to paste into a server's own configuration; none for one that never asks.

    `hook_url` is where that server asks, without a slash at its end.
    """
    match server.kind:
        case ServerKind.NGINX_RTMP:
            return nginx_rtmp.lines(server, hook_url)
        case ServerKind.MEDIAMTX:
            return mediamtx.lines(server, hook_url)
        case ServerKind.SRS:
            return srs.lines(server, hook_url)
        case ServerKind.ICECAST:
            return icecast.lines(server, hook_url)
        case ServerKind.LINK:
            return ()
