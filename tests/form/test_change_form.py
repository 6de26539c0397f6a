"""The form that changes: only what was sent, and emptied differs from not sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.form.reserve_form import parse_change
from core.model.recipient import Contact, RouteName
from core.model.request import ChangeRequest, CredentialWish
from core.model.reservation import CredentialMode, NotificationPolicy
from core.model.slot import Slot
from tests.form.forms import CONTEXT, SLOT, STUDIO, change, errors
from tests.form.moments import local

HOUR = timedelta(hours=1)


def test_what_is_not_sent_stays_as_it_is() -> None:
    assert ChangeRequest("K7Q-2MF") == change()


def test_every_field_reaches_the_change() -> None:
    expected = ChangeRequest(
        code="K7Q-2MF",
        server_id=STUDIO.id,
        slot=Slot.of(local("2026-11-28 18:00"), 3 * HOUR),
        title="Concert",
        description="At last",
        viewers=80,
        add=(Contact(RouteName.EMAIL, "new@x.org"),),
        remove=(Contact(RouteName.EMAIL, "old@x.org"),),
        audience_lists=("Choir",),
        credentials=CredentialWish(CredentialMode.EACH),
        notification_policy=NotificationPolicy.ON_RECONFIRM,
        reminders=(HOUR,),
        reply_to="me@x.org",
    )

    answer = change(
        server="studio 1",
        when="sat 6pm",
        length="3h",
        title="Concert",
        description="At last",
        viewers="80",
        add="new@x.org",
        remove="old@x.org",
        lists="choir",
        credentials="each",
        policy="when reconfirmed",
        reminders="1h",
        reply_to="me@x.org",
    )

    assert expected == answer


def test_an_emptied_field_is_cleared() -> None:
    expected = ChangeRequest("K7Q-2MF", description="", viewers=0, reminders=(), reply_to="")

    answer = change(description="", viewers="", reminders=" ", reply_to="")

    assert expected == answer


@pytest.mark.parametrize("field", ["title", "server", "when", "length"])
def test_what_a_reservation_must_have_cannot_be_emptied(field: str) -> None:
    assert [field] == list(errors(change(**{field: ""})))


@pytest.mark.parametrize("field", ["add", "remove", "lists", "credentials", "user", "policy"])
def test_an_empty_choice_changes_nothing(field: str) -> None:
    assert ChangeRequest("K7Q-2MF") == change(**{field: " "})


@pytest.mark.parametrize(
    ("given", "slot"),
    [
        ({"when": "sat 6pm"}, Slot.of(local("2026-11-28 18:00"), 2 * HOUR)),
        ({"when": "sat 6pm-7pm"}, Slot.of(local("2026-11-28 18:00"), HOUR)),
        ({"when": "sat 6pm-7pm", "length": ""}, Slot.of(local("2026-11-28 18:00"), HOUR)),
        ({"length": "90 min"}, Slot.of(SLOT.starts_at, 1.5 * HOUR)),
        ({"when": "sat 6pm", "length": "1h"}, Slot.of(local("2026-11-28 18:00"), HOUR)),
    ],
)
def test_start_and_length_change_alone_or_together(given: dict[str, str], slot: Slot) -> None:
    assert ChangeRequest("K7Q-2MF", slot=slot) == change(**given)


def test_asks_for_the_other_half_where_the_present_slot_is_not_known() -> None:
    assert ["length"] == list(errors(parse_change("K7Q-2MF", {"when": "sat 6pm"}, context=CONTEXT)))
    assert ["when"] == list(errors(parse_change("K7Q-2MF", {"length": "2h"}, context=CONTEXT)))


def test_a_new_passcode_alone_is_for_shared_credentials() -> None:
    wish = CredentialWish(CredentialMode.SHARED, "", "sing-along")

    assert ChangeRequest("K7Q-2MF", credentials=wish) == change(passcode="sing-along")


def test_nobody_is_both_added_and_removed() -> None:
    answer = errors(change(add="Jane <J@x.org>, b@x.org", remove="j@X.org"))

    assert {"remove": "\u201cj@x.org\u201d is to be added as well: which is right?"} == answer


def test_the_fields_of_a_new_reservation_are_not_those_of_a_change() -> None:
    assert ["audience"] == list(errors(change(audience="j@x.org")))
