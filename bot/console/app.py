"""What a console is made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from bot.console.inbox import Inbox
from core.model.people import Actor
from core.store.desk import Desk


@dataclass(frozen=True, slots=True)
class ConsoleApp:
    """A desk with the person at its console.

    `enter` gives the actor as they are set up now: it is asked before each command, as a command
    may change their zone. `history_path` is where typed lines are kept; None keeps none. `colours`
    is False where the environment wants none (NO_COLOR). `stop_at_failure`: a script ends at its
    first command that fails.
    """

    desk: Desk
    enter: Callable[[], Awaitable[Actor]]
    stdin: TextIO
    stdout: TextIO
    inbox: Inbox = field(default_factory=Inbox)
    history_path: Path | None = None
    colours: bool = True
    stop_at_failure: bool = False

    @property
    def interactive(self) -> bool:
        """Tell whether a person sits at a terminal."""
        return self.stdin.isatty() and self.stdout.isatty()
