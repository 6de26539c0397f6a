"""Drafts: what was typed is there again, for whoever typed it, for a day, and sealed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from core.model.people import Actor, WorkspaceKind
from core.store.desk import Desk
from core.store.drafts import Draft
from core.usecases.drafts import (
    KEEP_DRAFTS,
    MOST_DRAFTS,
    drop_draft,
    forget_drafts,
    keep_draft,
    open_draft,
)
from core.usecases.linking import WouldLink, ask_link, link, offer_link, unlink
from core.usecases.settings import Account, enter
from tests.desks import Clock, Scene, open_desk

TYPED = '{"title": "Evening show", "passcode": "open sesame"}'
HANNA = Account(WorkspaceKind.DISCORD, "70", "Gamers", "90", "hanna")
UTE = Account(WorkspaceKind.DISCORD, "70", "Gamers", "91", "ute")
SLACK = Account(WorkspaceKind.SLACK, "T1", "Stage", "U1", "hanna")


@pytest.fixture
async def hanna(desk: Desk) -> Actor:
    return await desk.run(enter, HANNA)


async def kept(desk: Desk, actor: Actor, text: str = TYPED) -> Draft:
    draft = await desk.run(keep_draft, actor, "reserve", text)
    assert draft is not None
    return draft


async def test_what_was_typed_is_there_again(desk: Desk, hanna: Actor) -> None:
    draft = await kept(desk, hanna)

    assert draft == await desk.read(open_draft, hanna, "reserve", draft.id)
    assert (TYPED, 1) == (draft.text, draft.revision)


async def test_it_survives_a_restart(
    desk: Desk, hanna: Actor, database_url: str, clock: Clock
) -> None:
    draft = await kept(desk, hanna)

    with open_desk(database_url, clock) as another:
        assert draft == await another.read(open_draft, hanna, "reserve", draft.id)


async def test_nobody_else_can_open_it_keep_it_or_drop_it(desk: Desk, hanna: Actor) -> None:
    draft = await kept(desk, hanna)
    ute = await desk.run(enter, UTE)

    assert await desk.read(open_draft, ute, "reserve", draft.id) is None
    assert await desk.run(keep_draft, ute, "reserve", "{}", draft=draft) is None
    assert not await desk.run(drop_draft, ute, draft.id)
    assert draft == await desk.read(open_draft, hanna, "reserve", draft.id)


async def test_it_is_sealed_and_bound_to_its_account(desk: Desk, hanna: Actor) -> None:
    draft = await kept(desk, hanna)
    await desk.run(enter, UTE)
    ute = await desk.run(enter, UTE)

    with desk.database.reading(patience=2) as connection:
        assert "sesame" not in repr(connection.exec_driver_sql("SELECT * FROM draft").one())
    await desk.run(
        lambda store, _: store.connection.exec_driver_sql(
            "UPDATE draft SET account_id = (SELECT id FROM account WHERE external_id = '91')"
        )
    )
    assert await desk.read(open_draft, ute, "reserve", draft.id) is None


async def test_a_draft_of_another_form_is_none_of_this_one(desk: Desk, hanna: Actor) -> None:
    draft = await kept(desk, hanna)

    assert await desk.read(open_draft, hanna, "change", draft.id) is None


async def test_it_is_kept_anew_each_time(desk: Desk, hanna: Actor) -> None:
    first = await kept(desk, hanna)

    second = await desk.run(keep_draft, hanna, "reserve", "{}", draft=first)

    assert second is not None
    assert (first.id, "{}", 2) == (second.id, second.text, second.revision)
    assert second == await desk.read(open_draft, hanna, "reserve", first.id)


async def test_an_older_view_does_not_undo_a_newer_one(desk: Desk, hanna: Actor) -> None:
    first = await kept(desk, hanna)

    answers = await asyncio.gather(
        *(desk.run(keep_draft, hanna, "reserve", f"[{n}]", draft=first) for n in range(4))
    )

    (won,) = (one for one in answers if one is not None)
    assert won == await desk.read(open_draft, hanna, "reserve", first.id)


async def test_it_goes_with_what_was_handed_in(desk: Desk, hanna: Actor) -> None:
    draft = await kept(desk, hanna)

    assert await desk.run(drop_draft, hanna, draft.id)

    assert not await desk.run(drop_draft, hanna, draft.id)
    assert await desk.read(open_draft, hanna, "reserve", draft.id) is None
    assert await desk.run(keep_draft, hanna, "reserve", "{}", draft=draft) is None


async def test_it_is_kept_for_a_day_after_it_was_kept_last(
    desk: Desk, hanna: Actor, clock: Clock
) -> None:
    old, used = await kept(desk, hanna), await kept(desk, hanna)
    clock.move(KEEP_DRAFTS)
    used_again = await desk.run(keep_draft, hanna, "reserve", "{}", draft=used)
    clock.move(timedelta(seconds=1))

    assert await desk.read(open_draft, hanna, "reserve", old.id) is None
    assert await desk.run(keep_draft, hanna, "reserve", "{}", draft=old) is None
    assert used_again == await desk.read(open_draft, hanna, "reserve", used.id)
    await desk.run(forget_drafts)
    with desk.database.reading(patience=2) as connection:
        assert [used.id] == [one.id for one in connection.exec_driver_sql("SELECT id FROM draft")]


async def test_nobody_keeps_more_than_a_few(desk: Desk, hanna: Actor, clock: Clock) -> None:
    ute = await desk.run(enter, UTE)
    others = await kept(desk, ute)
    drafts = []
    for _ in range(MOST_DRAFTS + 2):
        clock.move(timedelta(seconds=1))
        drafts.append(await kept(desk, hanna))

    there = [await desk.read(open_draft, hanna, "reserve", one.id) for one in drafts]

    assert [None, None, *drafts[2:]] == there
    assert others == await desk.read(open_draft, ute, "reserve", others.id)


@pytest.mark.parametrize("back", [timedelta(0), timedelta(hours=1)], ids=str)
async def test_the_newest_is_kept_whatever_the_clock_says(
    desk: Desk, hanna: Actor, clock: Clock, back: timedelta
) -> None:
    for _ in range(MOST_DRAFTS):
        await kept(desk, hanna)
    clock.move(-back)

    for _ in range(5):
        newest = await kept(desk, hanna)
        assert newest == await desk.read(open_draft, hanna, "reserve", newest.id)


async def test_without_its_key_the_form_is_empty(desk: Desk, hanna: Actor, scene: Scene) -> None:
    draft = await kept(desk, hanna)
    await scene.desk.run(
        lambda store, _: store.connection.exec_driver_sql("UPDATE draft SET sealed = 'gone.AAAA'")
    )

    assert await desk.read(open_draft, hanna, "reserve", draft.id) is None


async def test_it_stays_theirs_whoever_they_are_linked_with(desk: Desk, hanna: Actor) -> None:
    draft = await kept(desk, hanna)
    slack = await desk.run(enter, SLACK)
    offer = await desk.read(offer_link, hanna)
    asked = await desk.read(ask_link, slack, offer.code)
    assert isinstance(asked, WouldLink)

    await desk.run(link, slack, asked.code)
    linked = [await desk.run(enter, one) for one in (HANNA, SLACK)]
    opened = [await desk.read(open_draft, one, "reserve", draft.id) for one in (hanna, *linked)]
    await desk.run(unlink, linked[0])

    assert [draft, draft, None] == opened
    assert draft == await desk.read(open_draft, hanna, "reserve", draft.id)
