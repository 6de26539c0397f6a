"""People who ask a desk for something, as a front end does for them, and give up at any moment."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from aiohttp import web

from bot.answers.reply import Reply
from bot.commands.run import handle_text
from core.model.slot import Slot
from core.usecases.look import list_all
from core.usecases.reserve import reserve
from tests.desks import Scene
from tests.ports import HOST, free_port
from tests.store.racer import some_code

KEY = "key "
_KEYS = 0.5  # of as many submissions as there are rounds
_PATIENCE = 0.03  # seconds
_DAYS = 6


@dataclass
class Crowd:
    """Several at once who give up, each by themselves or all at the same moment."""

    scene: Scene
    replies: list[Reply] = field(default_factory=list)
    gave_up: int = 0
    _rounds: int = 0

    async def ask(self, number: int, *, together: bool) -> None:
        """Let so many ask for something and give up."""
        self._rounds += 1
        chance = Random(f"{self._rounds}")  # noqa: S311 - no secret
        loop = asyncio.get_running_loop()
        asked = [asyncio.create_task(await self._something(chance)) for _ in range(number)]
        all_of_them = _moment(chance)
        for one in asked:
            loop.call_later(all_of_them if together else _moment(chance), one.cancel)
        await asyncio.wait(asked)
        self.gave_up += sum(one.cancelled() for one in asked)
        answers = [one.result() for one in asked if not one.cancelled()]
        self.replies += [one for one in answers if isinstance(one, Reply)]

    def typed(self, text: str, key: str) -> Coroutine[None, None, Reply]:
        """Type a command; what is handed in twice has the same key."""
        return handle_text(self.scene.desk, self.scene.actor, text, submission_key=key)

    async def _something(self, chance: Random) -> Coroutine[None, None, object]:
        """Think of something to ask for."""
        desk, actor = self.scene.desk, self.scene.actor
        if chance.random() < 1 / 4:
            submission = chance.randrange(int(self._rounds * _KEYS) + 1)
            return self.typed(reservation(submission), f"{KEY}{submission}")
        if chance.random() < 1 / 4:
            at = self.scene.clock.now + timedelta(days=2, hours=chance.randrange(24 * _DAYS))
            slot = Slot.of(at, timedelta(hours=chance.randint(1, 5)))
            return desk.run(reserve, actor, self.scene.request(slot=slot))
        code = await desk.read(some_code, chance.random()) or "K7Q-2MF"
        if chance.random() < 1 / 10:
            return desk.read(list_all, actor)
        return self.typed(command(chance, code), f"{self._rounds} {chance.random()}")


def reservation(submission: int) -> str:
    """Give the command that was submitted under a number: the same each time."""
    chance = Random(f"submission {submission}")  # noqa: S311 - no secret
    when = f"2026-12-{chance.randrange(2, 2 + _DAYS):02} {chance.randrange(24):02}:00"
    return (
        f'reserve when="{when}" length={chance.randint(1, 5)}h server=Studio'
        f' title="{KEY}{submission}" audience=ann@example.org'
    )


def command(chance: Random, code: str) -> str:
    """Think of a command about a reservation, a list, or somebody's own settings."""
    day, hour = chance.randrange(2, 2 + _DAYS), chance.randrange(24)
    person = f"p{chance.randrange(20)}@example.org"
    return chance.choice(
        [
            f'change {code} when="2026-12-{day:02} {hour:02}:00"',
            f'change {code} title="Called {chance.randrange(9)}" length={chance.randint(1, 5)}h',
            f"change {code} add={person}",
            f"change {code} remove={person}",
            f"cancel {code} no reason",
            f"reconfirm {code}",
            f"show {code}",
            f"free 2026-12-{day:02} {chance.randint(1, 5)}h Studio",
            f'settings reminders="{chance.randint(1, 90)} min"',
            f"audience add regulars {person}",
            f"audience remove regulars {person}",
        ]
    )


def _moment(chance: Random) -> float:
    return chance.choice([0.0, chance.random() * _PATIENCE])


async def leave_the_page(crowd: Crowd, number: int) -> int:
    """Let so many ask over HTTP and hang up at the same moment; gives whom the server gave up."""
    given_up, everybody = 0, asyncio.Barrier(number + 1)

    async def answer(request: web.Request) -> web.Response:
        nonlocal given_up
        await everybody.wait()
        submission = int(request.match_info["number"])
        try:
            reply = await crowd.typed(reservation(submission), f"{KEY}{submission}")
        except asyncio.CancelledError:
            given_up += 1
            raise
        crowd.replies.append(reply)
        return web.Response()

    application = web.Application()
    application.router.add_get("/{number}", answer)
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True)
    await runner.setup()
    try:
        port = free_port()
        await web.TCPSite(runner, HOST, port).start()
        writers = [await _asked(port, submission) for submission in range(number)]
        await everybody.wait()
        for writer in writers:
            writer.transport.abort()
    finally:
        await runner.cleanup()
    return given_up


async def _asked(port: int, submission: int) -> asyncio.StreamWriter:
    _, writer = await asyncio.open_connection(HOST, port)
    writer.write(f"GET /{submission} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    return writer
