"""App Home: what somebody has reserved, with its buttons, and what is free."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient

from bot.answers.acts import next_acts
from bot.answers.reply import Action, Reply
from bot.answers.wording import status_line
from bot.commands.commands import Free
from bot.commands.run import guarded, handle
from bot.slack.answer import action_buttons, render_reply
from bot.slack.answering import shown
from bot.slack.blocks import DIVIDER, MOST_IN_VIEW, Block, actions, button, header
from bot.slack.hall import Hall
from bot.slack.payload import Body, team_of, user_of
from core.model.people import Actor
from core.model.prose import During, Line, Literal, Said, Strong
from core.notices.as_rich_text import block, paragraph, section
from core.usecases.look import MOST_LISTED, Entry, list_mine

_BEFORE_THEM = 3600.0  # seconds that somebody may look at a page they have opened
_MOST_REMEMBERED = 10_000
_MOST_SHOWN = 20  # of one's own reservations: three blocks each, and room for what is free


class Home:
    """The page that everybody has of their own."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._opened: dict[tuple[str, str], float] = {}

    async def open(self, body: Body, client: AsyncWebClient) -> None:
        """Show the page to somebody who has just opened it."""
        if len(self._opened) >= _MOST_REMEMBERED:
            self._opened.clear()
        self._opened[team_of(body), user_of(body)] = time.monotonic()
        await self.publish(body, client)

    async def refresh(self, body: Body, client: AsyncWebClient) -> None:
        """Show the page anew to somebody who may have it before them: it is made on opening too."""
        opened_at = self._opened.get((team_of(body), user_of(body)))
        if opened_at is not None and time.monotonic() - opened_at < _BEFORE_THEM:
            await self.publish(body, client)

    async def publish(self, body: Body, client: AsyncWebClient) -> None:
        """Show the page as things stand now."""
        found = await guarded(self._blocks(body), "Home")
        blocks = render_reply(found, ZoneInfo("UTC")) if isinstance(found, Reply) else found
        view = {"type": "home", "blocks": blocks[:MOST_IN_VIEW]}
        await shown(client.views_publish(user_id=user_of(body), view=view), "home")

    async def _blocks(self, body: Body) -> list[Block]:
        actor = await self._hall.actor(body)
        mine = await self._hall.desk.read(list_mine, actor)
        free = await handle(self._hall.desk, actor, Free())
        return [*_own(mine, actor), DIVIDER, *_free(free, actor)]


def _own(mine: Sequence[Entry], actor: Actor) -> Iterator[Block]:
    yield header("Your streaming slots")
    zone: Line = ("Times are shown in your zone, ", Literal(str(actor.zone)), ".")
    if not mine:
        yield from block(paragraph((("You have nothing reserved.",), zone), actor.zone))
    else:
        yield from block(section(zone, actor.zone))
    yield from actions([button("slot:reserve", "Reserve a slot", style="primary")])
    for entry in mine[:_MOST_SHOWN]:
        yield from _entry(entry, actor.zone)
    if (more := len(mine) - _MOST_SHOWN) > 0:
        figure = f"{more} " if len(mine) < MOST_LISTED else ""  # there may be more than were read
        words: Line = (f"and {figure}more: ", Literal("/slot list"))
        yield from block(section(words, actor.zone))


def _entry(entry: Entry, zone: ZoneInfo) -> Iterator[Block]:
    reservation = entry.reservation
    if reservation is None:
        return
    lines: tuple[Line, ...] = (
        (Strong(reservation.code), "  ", Said(reservation.title)),
        (During(entry.slot), " on ", Said(entry.server_name)),
        status_line(reservation),
    )
    yield DIVIDER
    yield from block(paragraph(lines, zone))
    details = Action("show", ("Details",), "", reservation.code)
    yield from actions(list(action_buttons((*next_acts(reservation), details), zone)))


def _free(free: Reply, actor: Actor) -> Iterator[Block]:
    yield header("What is free")
    yield from render_reply(free, actor.zone, most=30)
