"""Frames that the gateway sends beside events, and what it makes of those it is sent.

Source: Discord's documentation, "Gateway": sending events, rate limiting.
"""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from tests.discord.server import opcodes
from tests.discord.server.handshake import Farewell

COMMANDS, COMMANDS_PERIOD = 120, 60.0
COMMAND_BYTES = 4096


def bare(opcode: int) -> dict[str, Any]:
    """Say what needs no data."""
    return {"op": opcode, "t": None, "s": None, "d": None}


def hello(interval: float) -> dict[str, Any]:
    """Greet a connection, with the seconds between its heartbeats."""
    told = {"heartbeat_interval": int(interval * 1000), "_trace": []}
    return {"op": opcodes.HELLO, "t": None, "s": None, "d": told}


def invalid_session(*, resumable: bool) -> dict[str, Any]:
    """Say that a session is not good, and whether it may yet be gone on with."""
    return {"op": opcodes.INVALID_SESSION, "t": None, "s": None, "d": resumable}


def read_command(data: str | bytes, times: deque[float]) -> dict[str, Any]:
    """Read a command. Raises Farewell for what is too long, too often, or no command at all."""
    while times[-1] - times[0] > COMMANDS_PERIOD:
        times.popleft()
    if len(times) > COMMANDS:
        raise Farewell(4008, "Rate limited.")
    text = data.encode() if isinstance(data, str) else data
    if len(text) > COMMAND_BYTES:
        raise Farewell(4002, "Error while decoding payload.")
    try:
        command = json.loads(text)
    except ValueError:
        raise Farewell(4002, "Error while decoding payload.") from None
    if not isinstance(command, dict) or not isinstance(command.get("op"), int):
        raise Farewell(4002, "Error while decoding payload.")
    return command
