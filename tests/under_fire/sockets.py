"""What the sockets of a process are for, as the kernel lists them (proc(5))."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_LISTENS = "0A"  # the state, as the kernel writes it
_TABLES = ("tcp", "tcp6")


def purposes(pid: int) -> dict[str, str]:
    """Give for each socket, as a descriptor names it (`socket:[123]`), what it is for.

    One that listens, one that somebody has connected to, or one that is connected to a port. What
    is no TCP socket is not listed.
    """
    lines = [line.split() for line in _lines(pid)]
    heard = {_port(fields[1]) for fields in lines if fields[3] == _LISTENS}
    return {f"socket:[{fields[9]}]": _purpose(fields, heard) for fields in lines}


def _lines(pid: int) -> list[str]:
    lines: list[str] = []
    for table in _TABLES:
        with suppress(OSError):  # a machine without IPv6
            lines += Path(f"/proc/{pid}/net/{table}").read_text("ascii").splitlines()[1:]
    return lines


def _purpose(fields: list[str], heard: set[int]) -> str:
    if fields[3] == _LISTENS:
        return "listens"
    if _port(fields[1]) in heard:
        return "from somebody"
    return f"to port {_port(fields[2])}"


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)
