"""Forms drawn as Slack would show them, and handed in, without a desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.answers.reply import (
    FormAsked,
    Problem,
)
from bot.form.filling import FormContext
from bot.slack.form_state import Submitted, read_form
from bot.slack.form_view import form_view
from bot.slack.typed import contact_of, recogniser
from tests.desks import BERLIN, make_server
from tests.slack.server.validation import check_view
from tests.slack.server.views import View

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
LISTS = ("regulars", "choir-friends", "crew")
NAMES = {"C0001": "#general", "C0002": "#stage", "U0002": "@Adam"}
PRESENT = {
    "title": "Evening show",
    "description": "Songs\nand more",
    "server": "Studio",
    "when": "2026-12-04 20:00",
    "length": "2 h",
    "viewers": "40",
    "credentials": "shared",
    "policy": "both",
    "reminders": "24 h and 15 min before",
    "reply_to": "hanna@example.org",
}


def context(**given: Any) -> FormContext:  # noqa: ANN401 - whatever differs
    """Make what a form is read against."""
    known: dict[str, Any] = {
        "zone": BERLIN,
        "now": NOW,
        "servers": (make_server(id=1), make_server(id=2, name="Hall")),
        "list_names": LISTS,
        "others": recogniser("T0001", NAMES),
    }
    return FormContext(**(known | given))


def asked(
    code: str = "",
    values: Mapping[str, str] | None = None,
    problems: Mapping[str, Problem] | None = None,
    **given: Any,  # noqa: ANN401 - whatever differs
) -> FormAsked:
    """Make a form: for a change, of a reservation with a channel and a person on it."""
    listed = (contact_of("T0001", "C0001", "#general"), contact_of("T0001", "U0002", "@Adam"))
    return FormAsked(
        code,
        values or {},
        problems or {},
        PRESENT if code else {"server": "", "reminders": "24 h and 15 min before"},
        context(**given),
        listed if code else (),
    )


def shown(form: FormAsked, **given: Any) -> View:  # noqa: ANN401 - whatever differs
    """Show a form to somebody, if Slack would."""
    definition = check_view(form_view(form, **given), "modal")
    return View("V1", "T0001", "U0001", definition, "h", "V1")


def handed_in(view: View, **filled: object) -> Submitted:
    """Fill in fields and hand a form in."""
    for name, value in filled.items():
        view.fill(name, value)
    return read_form(view.as_json())
