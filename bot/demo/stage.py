"""The demo's stage: a clock that it moves, people who type, mailboxes that are watched."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TextIO
from zoneinfo import ZoneInfo

from bot.console.conversation import answer_line
from bot.console.render import render_reply
from bot.demo.mailbox import Arrival, read_arrival, subject
from bot.wiring import App
from bot.wiring_demo import MailboxServer, Received
from core.usecases.look import my_codes
from core.usecases.settings import Account, enter

_STEP = timedelta(minutes=14)  # so that no leap of the clock looks like an outage of the desk
_SOON = timedelta(minutes=1)  # the holder's report comes when the deliveries have ended


@dataclass
class MovedClock:
    """The time, as the demo has it."""

    now: datetime

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


@dataclass
class Stage:
    """Where the story is played; what did not come as it should is kept in `missed`."""

    app: App
    clock: MovedClock
    mailboxes: MailboxServer
    out: TextIO
    zone: ZoneInfo
    missed: list[str] = field(default_factory=list)
    _read: int = 0

    def tell(self, words: str) -> None:
        """Say what happens next."""
        self.out.write(f"\n== {words}\n")

    async def type(self, who: Account, command: str, *, denied: bool = False) -> None:
        """Let somebody type a command at their console, and show what they are answered."""
        actor = await self.app.desk.run(enter, who)
        reply = await answer_line(self.app.desk, actor, command)
        self.out.write(f"\n{actor.name.lower()}> {command}\n")
        for line in render_reply(reply, actor.zone):
            self.out.write(f"   {line}".rstrip() + "\n")
        if reply.tone.failed != denied:
            self.missed.append(f"{command}: should have been {'denied' if denied else 'done'}")

    async def code(self, who: Account, title: str) -> str:
        """Look up the code of somebody's reservation, as they would read it off the answer."""
        actor = await self.app.desk.run(enter, who)
        mine = await self.app.desk.read(my_codes, actor)
        return next(one.code for one in mine if one.title == title)

    async def until(self, moment: datetime) -> None:
        """Let time pass, with the desk awake all the while."""
        while self.clock.now < moment:
            self.clock.now = min(self.clock.now + _STEP, moment)
            await self._tick()
        self.out.write(f"\n   … it is {moment.astimezone(self.zone):%A, %d %B, %H:%M}\n")

    async def arrives(self, *expected: Arrival) -> None:
        """Deliver what is due and hold it against what should arrive, in whichever order."""
        await self._tick()
        self.clock.now += _SOON
        await self._tick()
        mails = self.mailboxes.received[self._read :]
        self._read = len(self.mailboxes.received)
        for mail in mails:
            self.out.write(f"   -> {mail.recipient:<28} {subject(mail)}\n")
        if not mails:
            self.out.write("   -> nobody is written to\n")
        arrived = Counter(one for mail in mails if (one := self._understood(mail)))
        wanted = Counter(expected)
        self.missed += [f"did not arrive: {one.in_words()}" for one in wanted - arrived]
        self.missed += [f"should not have arrived: {one.in_words()}" for one in arrived - wanted]

    async def _tick(self) -> None:
        await self.app.clock.sweep()
        await self.app.dispatcher.deliver_due()

    def _understood(self, mail: Received) -> Arrival | None:
        try:
            return read_arrival(mail)
        except ValueError as error:
            self.missed.append(str(error))
            return None
