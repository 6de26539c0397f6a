"""What the tests of the form share: two servers, a context, a filled-in form."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.form.answers import AskBack, Mistake
from bot.form.reserve_form import FormContext, FormErrors, parse_change, parse_reserve
from core.model.request import ChangeRequest, ReserveRequest
from core.model.server import Server, ServerKind
from core.model.slot import Slot
from tests.form.moments import BERLIN, NOW, local

HALL = Server(1, "Great Hall", ServerKind.LINK, BERLIN, "https://watch.example.org/hall")
STUDIO = replace(HALL, id=2, name="Studio 1")
STUDIO_2 = replace(HALL, id=3, name="Studio 2")
CLOSED = replace(HALL, id=4, name="Old Barn", retired=True)

CONTEXT = FormContext(
    zone=BERLIN,
    now=NOW,
    servers=(HALL, STUDIO, STUDIO_2, CLOSED),
    list_names=("Choir", "Friends 2"),
)
SLOT = Slot.of(local("2026-11-27 20:00"), timedelta(hours=2))
FILLED = {"title": "Rehearsal", "server": "great hall", "when": "fri 8pm", "length": "2h"}


def reserve(context: FormContext = CONTEXT, /, **given: str) -> ReserveRequest | FormErrors:
    """Read the filled-in form with other values."""
    return parse_reserve({**FILLED, **given}, context=context)


def change(context: FormContext = CONTEXT, /, **given: str) -> ChangeRequest | FormErrors:
    """Read a change of the reservation that has `SLOT`."""
    return parse_change("K7Q-2MF", given, context=replace(context, slot=SLOT))


def errors(answer: ReserveRequest | ChangeRequest | FormErrors) -> dict[str, str]:
    """Give each field's error in words."""
    assert isinstance(answer, FormErrors), answer
    return {name: words(error) for name, error in answer.errors.items()}


def words(error: Mistake | AskBack) -> str:
    """Give what an error says."""
    return error.question if isinstance(error, AskBack) else error.message
