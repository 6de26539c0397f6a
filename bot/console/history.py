"""The history of typed lines: in a file for its owner alone, without secrets and addresses."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from prompt_toolkit.history import FileHistory

_SECRET = re.compile(r"(?:passcode|control)\s*=", re.IGNORECASE)
_ADDRESS = "@"


class PrivateHistory(FileHistory):
    """Keeps lines for the next time; the file is made readable by its owner alone.

    A line that names a passcode, or where a server is controlled, is not kept at all. One that
    holds an address is kept while the console is open but never written: addresses are erased after
    the slot, and this file is not.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._path = path

    def load_history_strings(self) -> Iterable[str]:
        """Give the lines of earlier times, the newest first; a file that is unreadable has none."""
        try:
            return list(super().load_history_strings())
        except OSError:
            return []

    def append_string(self, string: str) -> None:
        """Keep a line, if it may be kept."""
        if not _SECRET.search(string):
            super().append_string(string)

    def store_string(self, string: str) -> None:
        """Write a line to the file, if it may be written."""
        if _ADDRESS in string:
            return
        lines = "".join(f"+{line}\n" for line in string.split("\n"))
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError:
            return  # a history that cannot be written is no reason to stop
        with os.fdopen(handle, "ab") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(f"\n# history\n{lines}".encode("utf-8", "replace"))
