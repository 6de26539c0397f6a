"""Somebody at a console in a test: a script to read, or keys to press and a screen to look at."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path

from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from bot.console.app import ConsoleApp
from bot.console.console import run_console
from bot.console.inbox import Inbox
from bot.console.terminal import run_terminal
from core.model.people import Actor, Role, WorkspaceKind
from core.model.reservation import Reservation
from core.usecases.look import my_codes
from core.usecases.settings import Account, enter
from tests.desks import Scene

ENTER, CTRL_C, CTRL_D, UP = "\r", "\x03", "\x04", "\x1b[A"
OLGA = Account(WorkspaceKind.CONSOLE, "local", "Console", "olga", "Olga", Role.OPERATOR)


def paste(text: str) -> str:
    """Paste as terminals do that bracket what is pasted."""
    return f"\x1b[200~{text}\x1b[201~"


@dataclass
class Sitting:
    """The operator at a console."""

    scene: Scene
    app: ConsoleApp

    async def script(self, text: str, *, stop_at_failure: bool = False) -> tuple[int, str]:
        """Run a script; gives the exit code and what was printed."""
        out = io.StringIO()
        app = replace(
            self.app, stdin=io.StringIO(text), stdout=out, stop_at_failure=stop_at_failure
        )
        return await run_console(app), out.getvalue()

    async def press(self, *lines: str) -> str:
        """Type lines, each ended by Enter, then leave; gives what the screen showed."""
        screen = io.StringIO()
        output = Vt100_Output(screen, lambda: Size(rows=50, columns=100), enable_cpr=False)
        # more than one: a dialogue that went another way than the test meant ends as well
        keys = "".join(f"{line}{ENTER}" for line in lines) + CTRL_D * 5
        with create_pipe_input() as keyboard:
            keyboard.send_text(keys)
            assert 0 == await run_terminal(self.app, keyboard=keyboard, screen=output)
        return screen.getvalue().replace("\r\n", "\n")

    async def mine(self) -> tuple[Reservation, ...]:
        """Give the operator's reservations."""
        return await self.scene.desk.read(my_codes, await self.app.enter())


def sit_down(scene: Scene, folder: Path) -> Sitting:
    """Sit the operator down."""

    async def entered() -> Actor:
        return await scene.desk.run(enter, OLGA)

    inbox = Inbox()
    inbox.belongs_to(scene.actor.person_id)
    return Sitting(
        scene,
        ConsoleApp(
            desk=scene.desk,
            enter=entered,
            stdin=io.StringIO(),
            stdout=io.StringIO(),
            inbox=inbox,
            history_path=folder / "history",
            colours=False,
        ),
    )
