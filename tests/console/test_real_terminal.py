"""The real thing in a real terminal: `callboard console` behind a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

PATIENCE = 30  # seconds


class Screen:
    """The console in a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        others = {
            name: one for name, one in os.environ.items() if not name.startswith("CALLBOARD_")
        }
        ours = {
            "CALLBOARD_DATA": str(folder),
            "NO_COLOR": "1",
            "TERM": "xterm",
            "PROMPT_TOOLKIT_NO_CPR": "1",
        }
        self.shown = ""
        self._fd, inner = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "console"],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env=others | ours,
            start_new_session=True,
        )
        os.close(inner)

    def wait_for(self, text: str) -> None:
        """Read until something is shown, and forget what came before it."""
        until = time.monotonic() + PATIENCE
        while text not in self.shown:
            ready, _, _ = select.select([self._fd], [], [], max(0, until - time.monotonic()))
            assert ready, f"{text!r} did not appear in: {self.shown!r}"
            self.shown += os.read(self._fd, 65536).decode(errors="replace")
        self.shown = self.shown.partition(text)[2]

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._fd, text.encode())

    def leave(self) -> int:
        """Press Ctrl-D and give the exit code."""
        self.type("\x04")
        return self._process.wait(PATIENCE)

    def close(self) -> None:
        """Pull the plug, whatever happened."""
        self._process.kill()
        self._process.wait()
        os.close(self._fd)


def test_the_console_works_in_a_terminal_and_is_the_same_the_next_day(tmp_path: Path) -> None:
    with closing(Screen(tmp_path)) as screen:
        screen.wait_for("slot>")
        screen.type("server add Hall watch_url=https://live.example.org/hall\r")
        screen.wait_for("Added: Hall.")
        screen.wait_for("slot>")
        screen.type("recon\t")
        screen.wait_for("firm")
        screen.type(" k7q-2mf\r")
        screen.wait_for("There is no reservation K7Q-2MF")
        screen.wait_for("slot>")
        assert 0 == screen.leave()

    with closing(Screen(tmp_path)) as screen:
        screen.wait_for("slot>")
        screen.type("server\r")
        screen.wait_for("Hall")
        screen.wait_for("slot>")
        assert 0 == screen.leave()
