"""The console at a terminal: a prompt with history and completion, notices appearing above it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import Completer, DummyCompleter
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.history import DummyHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import Output
from prompt_toolkit.shortcuts import print_formatted_text

from bot.answers.reply import Reply
from bot.commands.documents import documents, with_documents
from bot.commands.run import guarded
from bot.console.app import ConsoleApp
from bot.console.completion import Offered, SlotCompleter, WordsCompleter
from bot.console.conversation import converse
from bot.console.history import PrivateHistory
from bot.console.render import render_reply
from bot.console.talk import LeftError
from core.model.people import Actor
from core.store.database import BusyError
from core.store.store import Store
from core.usecases.audience import lists_of
from core.usecases.look import my_codes, servers_of

PROMPT = "slot> "
_CONTINUED = "    > "
_UTC = ZoneInfo("UTC")
_LEAVE = frozenset({"exit", "quit", "bye"})
_WELCOME = "Callboard. Type help for the commands, Tab completes, Ctrl-D leaves."


async def run_terminal(
    app: ConsoleApp, *, keyboard: Input | None = None, screen: Output | None = None
) -> int:
    """Answer what is typed until the person leaves; `keyboard` and `screen` stand in for theirs."""
    terminal = Terminal(app, keyboard, screen)
    app.inbox.on_arrival = terminal.notice
    terminal.say([_WELCOME])
    for notice in app.inbox.take():
        terminal.notice(notice)
    try:
        while True:
            try:
                text = await terminal.read_command()
            except EOFError:
                return 0
            except KeyboardInterrupt:
                continue
            if text.strip().casefold() in _LEAVE:
                return 0
            if text.strip():
                await terminal.answer(text)
    finally:
        app.inbox.on_arrival = None


class Terminal:
    """A person's screen and keyboard."""

    def __init__(self, app: ConsoleApp, keyboard: Input | None, screen: Output | None) -> None:
        self._app = app
        self._completer = SlotCompleter()
        keys = _keys()
        path = app.history_path
        history: History = PrivateHistory(path) if path else InMemoryHistory()
        self._commands: PromptSession[str] = PromptSession(
            history=history,
            completer=self._completer,
            complete_while_typing=False,
            key_bindings=keys,
            input=keyboard,
            output=screen,
        )
        # answers to a form are not remembered: they hold addresses and passcodes
        self._answers: PromptSession[str] = PromptSession(
            history=DummyHistory(),
            complete_while_typing=False,
            key_bindings=keys,
            input=keyboard,
            output=screen,
        )

    @property
    def width(self) -> int:
        """How many columns there are."""
        return self._commands.output.get_size().columns

    @property
    def colours(self) -> bool:
        """Whether colours are shown."""
        return self._app.colours

    async def read_command(self) -> str:
        """Ask for a command, and for the here-documents it names.

        Raises `EOFError` for Ctrl-D and `KeyboardInterrupt` for Ctrl-C.
        """
        self._completer.offered = await self._look_up()
        text = await self._commands.prompt_async(PROMPT)
        bodies = []
        for end in documents(text):
            body: list[str] = []
            while (line := await self._answers.prompt_async(_CONTINUED)).strip() != end:
                body.append(line)
            bodies.append("\n".join(body))
        return with_documents(text, bodies)

    async def answer(self, text: str) -> None:
        """Carry out a command, asking on where need be, and show the answer."""
        actor = await guarded(self._app.enter(), "Actor")
        zone = _UTC if isinstance(actor, Reply) else actor.zone

        def show(reply: Reply) -> None:
            lines = render_reply(reply, zone, width=self.width, colours=self.colours)
            self.say([*lines, ""])

        if isinstance(actor, Reply):
            show(actor)
            return
        await converse(self._app.desk, actor, text, self, show)

    def say(self, lines: Iterable[str]) -> None:
        """Show lines; while something is being typed, above it."""
        text = "\n".join(lines)
        print_formatted_text(ANSI(text), output=self._commands.output)

    def notice(self, text: str) -> None:
        """Show a notice that has just arrived."""
        bar = "\x1b[36m|\x1b[0m" if self.colours else "|"
        self.say(["", *(f"{bar} {line}".rstrip() for line in text.splitlines()), ""])

    async def ask(self, prompt: str, words: Iterable[str] = (), *, prefilled: str = "") -> str:
        """Ask one question; raises `LeftError` for Ctrl-C and Ctrl-D."""
        known = tuple(words)
        completer: Completer = WordsCompleter(known) if known else DummyCompleter()
        try:
            return await self._answers.prompt_async(prompt, completer=completer, default=prefilled)
        except (KeyboardInterrupt, EOFError) as left:
            raise LeftError from left

    async def _look_up(self) -> Offered:
        """Look up what can be completed; a desk that is busy completes less."""
        try:
            return await self._app.desk.read(_offered, await self._app.enter())
        except BusyError:
            return self._completer.offered


def _offered(store: Store, now: datetime, actor: Actor) -> Offered:
    return Offered(
        reservations=my_codes(store, now, actor),
        servers=servers_of(store, now, actor),
        lists=tuple(one.name for one in lists_of(store, now, actor)),
    )


def _keys() -> KeyBindings:
    """Let Alt-Enter begin a new line; a paste keeps its lines by itself."""
    keys = KeyBindings()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys
