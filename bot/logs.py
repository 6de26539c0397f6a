"""Logs: events with their facts as `key=value`, one a line, and never a secret."""

from __future__ import annotations

import logging
import re
import sys
from pathlib import Path

_PLAIN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

# what could give a way in, should it ever find its way into a line: tokens, passwords in addresses
_SECRETS = re.compile(
    r"(xox[a-z]-[\w-]+|xapp-[\w-]+|Bot [\w.-]{20,}|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
    r"|(?<=Basic )\S+|(?<=/gate/)[^\s/]+|(?<=/~)[^\s/]+"
    r"|(?<=pass=)\S+|(?<=key=)\S+|(?<=passcode=)\S+|(?<=token=)\S+|(?<=ticket=)[^\s&)]+)"
)

# libraries that print payloads, and with them credentials, at lower levels
_QUIET = ("apscheduler", "aiosmtplib", "mail.log", "sqlalchemy", "alembic", "asyncio")


class EventFormatter(logging.Formatter):
    """One event a line: time, level, event, facts."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the line; line breaks within are escaped, so that a line is an event."""
        facts = [
            f"{name}={_value(value)}" for name, value in vars(record).items() if name not in _PLAIN
        ]
        at = self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z")
        line = " ".join([at, record.levelname.lower(), record.getMessage(), *facts])
        if record.exc_info:
            line = f"{line} trace={_value(self.formatException(record.exc_info))}"
        return _SECRETS.sub("***", line)


def log_to_stderr() -> None:
    """Send the process's events to standard error."""
    _log_to(logging.StreamHandler(sys.stderr))


def log_to_file(path: Path) -> None:
    """Send the process's events to a file: where a person sits they would be in the way."""
    _log_to(logging.FileHandler(path, encoding="utf-8"))


def _log_to(handler: logging.Handler) -> None:
    handler.setFormatter(EventFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _value(value: object) -> str:
    text = str(value)
    return repr(text) if not text or re.search(r"[\s\"'=\\]|[^\x20-\x7e]", text) else text
