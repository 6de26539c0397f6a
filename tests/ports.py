"""Ports on loopback for programs of ours and of others.

A port that the system picks belongs to whoever asks next, too: another test, or the near end of any
connection. So ports are taken from below those that systems give out by themselves, and each
process has a block of its own, by a lock that ends with it, whatever else runs on the machine.
"""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import cycle
from pathlib import Path

HOST = "127.0.0.1"
_FIRST, _BEYOND = 20_000, 32_700  # Linux gives out what is above, others from 49152 (RFC 6335)
_BLOCK = 100
_LISTENING = "0A"


def free_port() -> int:
    """Give a port of this process's that nobody listens on, and that was not given of late."""
    ports = _ours()
    for _ in range(_BLOCK):
        if _is_free(port := next(ports)):
            return port
    raise RuntimeError("every port is taken: end what is left of earlier runs")


def answers(port: int) -> bool:
    """Tell whether somebody listens there."""
    with socket.socket() as tried:
        return tried.connect_ex((HOST, port)) == 0


def listens(port: int) -> bool:
    """Tell whether somebody on this machine listens there, without connecting (proc(5))."""
    rows = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    here = f"0100007F:{port:04X}"  # 127.0.0.1
    return any(row.split()[1:4:2] == [here, _LISTENING] for row in rows)


@cache
def _ours() -> Iterator[int]:
    """Take a block of ports for as long as this process lives."""
    locks = Path(tempfile.gettempdir()) / f"callboard-ports-{os.getuid()}"
    locks.mkdir(exist_ok=True)
    for first in range(_FIRST, _BEYOND, _BLOCK):
        lock = os.open(locks / str(first), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:  # and the file stays open: with it ends the lock
            return cycle(range(first, first + _BLOCK))
    raise RuntimeError("every block of ports is taken: end what is left of earlier runs")


def _is_free(port: int) -> bool:
    with suppress(OSError), socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
        tried.bind((HOST, port))
        return True
    return False
