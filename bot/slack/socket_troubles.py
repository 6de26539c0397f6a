"""What Slack's client says of its connection, as events: it goes on trying by itself."""

from __future__ import annotations

import logging
import re

import aiohttp

_NAMED = re.compile(r"(?:error|message): (\w+), ")  # where the client gives no error but its class
_NETWORK = re.compile(r"OSError|TimeoutError|(?:Client|Connection|Server|WS)\w*Error")


class TroublesAsEvents(logging.Filter):
    """Makes warnings of ours of errors that are the network's; what is not stays an error."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything pass."""
        if reason := _reason(record):
            record.msg, record.args = "slack.connection_trouble", ()
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = None
            record.reason = reason
        return True


def _reason(record: logging.LogRecord) -> str:
    """Name the network's error that a record is about, or ""."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, (OSError, aiohttp.ClientError)):
        return type(error).__name__
    named = _NAMED.search(record.getMessage())
    return named[1] if named and _NETWORK.fullmatch(named[1]) else ""
