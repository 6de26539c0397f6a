"""Opening the form of a reservation in Slack, and handing it in."""

from __future__ import annotations

from tests.slack.house import SlackHouse
from tests.slack.server import Heard, View
from tests.slack.speaking import code_in, typed


async def form_of(house: SlackHouse, line: str = "reserve fri 20:00 for 2h Studio") -> View:
    """Open the form by a line."""
    return await (await typed(house, line)).opened()


async def hand_in(house: SlackHouse, form: View, **fields: object) -> Heard:
    """Hand in the form with a title, an address, and what else is said."""
    usual = {"title": "Evening show", "audience": "ann@example.org"}
    return await house.hanna.submit(form, usual | fields)


async def show(house: SlackHouse, form: View) -> str:
    """Give what the desk shows of the reservation that a form has made."""
    assert "Permitted" in form.words, (form.words, form.errors)
    return (await typed(house, f"show {code_in(form.words)}")).words


async def nothing_reserved(house: SlackHouse) -> bool:
    """Tell whether nothing is reserved."""
    return "Nothing is reserved." in (await typed(house, "list all")).words
