"""What a chat calls a linked person is shown in that chat alone."""

from __future__ import annotations

import pytest

from core.model.people import Actor, WorkspaceKind
from core.model.recipient import HOLDER
from core.model.reservation import Reservation
from core.usecases.answers import Permitted
from core.usecases.linking import Linked, WouldLink, ask_link, link, offer_link
from core.usecases.look import Shown, show
from core.usecases.reserve import reserve
from core.usecases.settings import Account, enter, set_own, show_settings
from tests.desks import Scene

SLACK = Account(WorkspaceKind.SLACK, "T1", "Stage", "U1", "Hanna Holder")
DISCORD = Account(WorkspaceKind.DISCORD, "70", "Gamers", "90", "xXhannaXx")


@pytest.fixture
async def linked(scene: Scene) -> tuple[Actor, Actor]:
    """Link the two, from Slack; gives both as they are then."""
    slack, discord = [await scene.desk.run(enter, one) for one in (SLACK, DISCORD)]
    offer = await scene.desk.read(offer_link, discord)
    asked = await scene.desk.read(ask_link, slack, offer.code)
    assert isinstance(asked, WouldLink)
    assert isinstance(await scene.desk.run(link, slack, asked.code), Linked)
    return await scene.desk.run(enter, SLACK), await scene.desk.run(enter, DISCORD)


async def test_no_other_chats_name_is_told(scene: Scene, linked: tuple[Actor, Actor]) -> None:
    _, discord = linked
    answer = await scene.desk.run(reserve, discord, scene.request())
    assert isinstance(answer, Permitted)

    shown = await scene.desk.read(show, linked[0], answer.reservation.code)

    assert isinstance(shown, Shown)
    assert ("xXhannaXx", "xXhannaXx") == (shown.holder_name, shown.revisions[0].facts.holder_name)
    assert "@xXhannaXx" == await _holder(scene, answer.reservation)


async def test_nor_is_it_when_an_address_is_set(scene: Scene, linked: tuple[Actor, Actor]) -> None:
    answer = await scene.desk.run(reserve, linked[0], scene.request())
    assert isinstance(answer, Permitted)

    await scene.desk.run(set_own, linked[0], email="hanna@example.org")

    assert "@Hanna Holder" == await _holder(scene, answer.reservation)


async def test_settings_show_the_name_that_the_chat_has(
    scene: Scene, linked: tuple[Actor, Actor]
) -> None:
    names = [(await scene.desk.read(show_settings, one)).person.name for one in linked]

    assert ["Hanna Holder", "xXhannaXx"] == names


async def _holder(scene: Scene, reservation: Reservation) -> str:
    key = (reservation.id, HOLDER)
    found = await scene.desk.read(lambda store, _: store.recipients.many([key]))
    return found[key].contact.name
