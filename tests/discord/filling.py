"""Forms in Discord as people open, fill in and hand them in, and what came of them."""

from __future__ import annotations

from datetime import datetime

from core.model.reservation import Reservation, Status
from core.store.store import Store
from tests.discord.house import DiscordHouse
from tests.discord.server.controls import label_of, usable
from tests.discord.server.messages import Message
from tests.discord.server.modals import Modal
from tests.discord.server.person import Person
from tests.discord.server.world import ApiCall

_ANSWERED_ALREADY = "40060"
WHEN = "/slot reserve when:fri 20:00 for 2h server:Studio"


async def form_of(house: DiscordHouse, line: str = WHEN, person: Person | None = None) -> Modal:
    """Type a command, and give the form that it opens."""
    heard = await (person or house.hanna).type(line, house.general)
    return await heard.opened()


async def reserve(house: DiscordHouse, title: str = "Late show", **fields: object) -> str:
    """Reserve by the form; gives the code."""
    form = await form_of(house)
    given = {"audience": "ann@example.org", **fields}
    await (await house.hanna.submit(form, {"title": title, **given})).message()
    return (await house.reservations())[-1].code


async def open_from(person: Person, message: Message, label: str) -> Modal:
    """Press a button that opens a form."""
    return await (await person.click(message, label)).opened()


def button_with(message: Message, words: str) -> str:
    """Give the label of the first button that has these words in it."""
    return next(label_of(one) for one in usable(message.components) if words in label_of(one))


def buttons(message: Message) -> list[str]:
    """List the labels of a message's buttons."""
    return [label_of(one) for one in usable(message.components)]


async def status_of(house: DiscordHouse, code: str) -> Status:
    """Tell how a reservation stands."""
    return (await house.desk.read(_by_code, code)).status


async def heard_again(house: DiscordHouse, times: int = 1) -> None:
    """Wait until copies of interactions were answered, which Discord refused, and forget those."""
    await house.discord.until(lambda: len(_second_answers(house)) >= times)
    for call in _second_answers(house):
        house.discord.calls.remove(call)


def _second_answers(house: DiscordHouse) -> list[ApiCall]:
    return [one for one in house.discord.refusals if one.outcome == _ANSWERED_ALREADY]


async def listed(house: DiscordHouse, code: str) -> list[str]:
    """List who is on a reservation, by address."""
    return await house.desk.read(_listed, code)


def _by_code(store: Store, _: datetime, code: str) -> Reservation:
    reservation = store.reservations.by_code(code)
    assert reservation is not None
    return reservation


def _listed(store: Store, now: datetime, code: str) -> list[str]:
    found = store.recipients.of(_by_code(store, now, code).id)
    return sorted(one.contact.address for one in found if one.number and not one.removed)
