"""Two processes that hear the same: whoever is overtaken by the other gives the same answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pytest

from bot.discord.form_draft import FormDraft, begin
from bot.discord.handing import Origin, hand_in
from core.model.people import Role, WorkspaceKind
from core.store.desk import Desk
from core.store.store import Store
from core.usecases.settings import Account, enter
from tests.desks import Clock
from tests.discord.house import GUILD_ID, SOON, open_discord_house

P = ParamSpec("P")
T = TypeVar("T")

_FORM = {
    "title": "Late show",
    "when": "fri 20:00",
    "length": "2h",
    "server": "Studio",
    "audience": "ann@example.org",
}


class OvertakenDesk(Desk):
    """A desk that has looked for an answer and found none, when another one is `faster`."""

    faster: Callable[[], Awaitable[object]]

    async def run_once(
        self,
        key: str,
        use_case: Callable[Concatenate[Store, datetime, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a use case once per key, as any desk does; the first time somebody is faster."""
        loop = asyncio.get_running_loop()

        async def be_faster() -> None:
            await self.faster()

        def overtaken(store: Store, now: datetime, /, *args: P.args, **kwargs: P.kwargs) -> T:
            asyncio.run_coroutine_threadsafe(be_faster(), loop).result(SOON)
            return use_case(store, now, *args, **kwargs)

        return await super().run_once(key, overtaken, *args, **kwargs)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_form_that_another_process_has_just_carried_out_is_answered_as_it_was_there(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    account = Account(WorkspaceKind.DISCORD, str(GUILD_ID), "Stage", "77", "Hanna", Role.MEMBER)
    async with open_discord_house(database_url, tmp_path, clock) as house:
        hall, desk = house.front.hall, house.desk
        origin = Origin(await desk.run(enter, account), GUILD_ID, in_guild=True)
        kept = await begin(hall, origin.actor, FormDraft(values=_FORM))
        late = OvertakenDesk(desk.database, desk.vault, desk.links, desk.now, desk.limits)
        answers = []

        async def first() -> None:
            answers.append(await hand_in(hall, origin, kept, 1))

        late.faster = first
        answers.append(await hand_in(replace(hall, desk=late), origin, kept, 1))
        late.close_threads()

        assert answers[0] == answers[-1]
        assert "Permitted" in str(answers[0].lines)
        assert 1 == len(await house.reservations())
