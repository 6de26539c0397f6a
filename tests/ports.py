"""Ports on loopback that nobody listens on."""

from __future__ import annotations

import socket


def free_port() -> int:
    """Find one."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
