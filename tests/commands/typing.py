"""Somebody who types commands in a test, and reads the answers as a console would show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import SQLModel

from bot.answers.reply import Reply, Tone
from bot.commands.run import handle_text
from bot.console.render import render_reply
from core.model.people import Actor
from core.model.reservation import Reservation
from core.store.desk import Desk
from core.store.store import Store
from core.usecases.look import my_codes

TITLE = "Evening show"
RESERVE = (
    f'/slot reserve 2026-12-04 20:00 for 2h Studio title="{TITLE}" '
    'audience="Ann <ann@example.org>, bob@example.org"'
)


@dataclass
class Typist:
    """An actor with a keyboard."""

    desk: Desk
    actor: Actor

    async def type(self, text: str, key: str | None = None) -> Reply:
        """Type a command and give what is answered."""
        return await handle_text(self.desk, self.actor, text, submission_key=key)

    async def read(self, text: str, tone: Tone | None = None) -> str:
        """Type a command and give the answer as text; `tone` is what it should be."""
        reply = await self.type(text)
        shown = "\n".join(render_reply(reply, self.actor.zone))
        assert tone in {None, reply.tone}, shown
        return shown

    async def reserve(self, more: str = "") -> Reservation:
        """Reserve the usual slot and give the reservation."""
        await self.read(f"{RESERVE} {more}", Tone.OK)
        return (await self.mine())[-1]

    async def mine(self) -> tuple[Reservation, ...]:
        """Give one's own reservations."""
        return await self.desk.read(my_codes, self.actor)

    async def code(self, more: str = "") -> str:
        """Reserve the usual slot and give its code."""
        return (await self.reserve(more)).code


def count_rows(store: Store, _: datetime) -> dict[str, int]:
    """Count the rows of every table."""
    return {
        name: store.connection.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in SQLModel.metadata.tables.items()
    }
