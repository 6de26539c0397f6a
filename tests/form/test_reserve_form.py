"""The form that reserves: a request, or every field's error at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.form.answers import AskBack
from bot.form.fields import CHANGE_FIELDS, FIELDS
from bot.form.reserve_form import FormErrors, parse_change, parse_reserve
from core.model.recipient import Contact, RouteName
from core.model.request import ChangeRequest, CredentialWish, ReserveRequest
from core.model.reservation import CredentialMode, NotificationPolicy
from core.model.slot import Slot
from tests.form.forms import (
    CONTEXT,
    FILLED,
    HALL,
    SLOT,
    STUDIO,
    errors,
    reserve,
)
from tests.form.moments import BERLIN, local


def test_the_least_that_is_needed_makes_a_request() -> None:
    assert ReserveRequest(HALL.id, SLOT, "Rehearsal") == reserve()


def test_every_field_reaches_the_request() -> None:
    expected = ReserveRequest(
        server_id=STUDIO.id,
        slot=SLOT,
        title="Rehearsal",
        description="One\ntwo",
        viewers=40,
        audience=(Contact(RouteName.EMAIL, "j@x.org", "Jane"),),
        audience_lists=("Friends 2", "Choir"),
        credentials=CredentialWish(CredentialMode.SHARED, "choir", "sing-along"),
        notification_policy=NotificationPolicy.BOTH,
        reminders=(timedelta(days=1), timedelta(minutes=15)),
        reply_to="me@x.org",
    )

    answer = reserve(
        server="studio 1",
        description="One\r\ntwo",
        viewers="40",
        audience="Jane <j@x.org>",
        lists="friends 2, CHOIR, choir",
        credentials="shared",
        user="choir",
        passcode="sing-along",
        policy="both",
        reminders="15 min, 24h",
        reply_to="Me <me@X.org>",
    )

    assert expected == answer


def test_blank_fields_are_as_usual() -> None:
    blank = {each.name: "  " for each in FIELDS if each.name not in FILLED}

    assert ReserveRequest(HALL.id, SLOT, "Rehearsal") == reserve(**blank)


def test_fields_may_be_missing_or_none() -> None:
    nothing = dict.fromkeys([each.name for each in FIELDS])

    sent = parse_reserve({**nothing, **FILLED}, context=CONTEXT)  # type: ignore[dict-item] # hostile

    assert ReserveRequest(HALL.id, SLOT, "Rehearsal") == sent
    assert ["title", "server", "when"] == list(errors(parse_reserve({}, context=CONTEXT)))


def test_every_error_comes_at_once_and_nothing_typed_is_lost() -> None:
    typed = {
        "title": "a\nb",
        "when": "fri 8",
        "length": "long",
        "audience": "nobody",
        "viewers": "x",
    }

    answer = parse_reserve(typed, context=CONTEXT)

    assert isinstance(answer, FormErrors)
    assert ["title", "server", "when", "length", "viewers", "audience"] == list(answer.errors)
    assert isinstance(answer.errors["when"], AskBack)
    assert typed == answer.values


def test_a_choice_of_an_ask_back_can_be_put_into_its_field() -> None:
    asked = reserve(when="fri 8")

    assert isinstance(asked, FormErrors)
    error = asked.errors["when"]
    assert isinstance(error, AskBack)
    answer = parse_reserve({**asked.values, "when": error.choices[1].text}, context=CONTEXT)
    assert ReserveRequest(HALL.id, SLOT, "Rehearsal") == answer


def test_a_field_that_does_not_exist_is_not_passed_over() -> None:
    assert ["colour"] == list(errors(reserve(colour="red")))


@pytest.mark.parametrize(
    ("when", "length"),
    [
        ("fri 8pm", "2h"),
        ("fri 8pm for 2h", ""),
        ("fri 8pm for 2h", "120 min"),
        ("fri 20:00-22:00", ""),
        ("fri 20:00-22:00", "2h"),
    ],
)
def test_the_length_stands_beside_the_start_or_in_its_field_or_both(when: str, length: str) -> None:
    answer = reserve(when=when, length=length)

    assert isinstance(answer, ReserveRequest)
    assert SLOT == answer.slot


def test_two_lengths_that_contradict_each_other_are_refused() -> None:
    answer = errors(reserve(when="fri 8pm for 2h", length="3h"))

    assert {"length": "The start says 2 h, this says 3 h: keep one of them"} == answer


def test_a_start_without_a_length_is_refused_beside_the_length() -> None:
    assert {"length": "How long? Write for example 2h, 90 min or 1:30"} == errors(
        reserve(length="")
    )


def test_a_bad_length_is_told_beside_a_bad_start() -> None:
    assert {"when", "length"} == set(errors(reserve(when="soon", length="long")))


def test_a_present_slot_does_not_leak_into_a_new_reservation() -> None:
    context = replace(CONTEXT, slot=SLOT)

    answer = parse_reserve({"title": "Rehearsal", "server": "great"}, context=context)

    assert ["when"] == list(errors(answer))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("viewers", "-1"),
        ("viewers", "1e3"),
        ("viewers", "\u0661"),
        ("viewers", "9" * 5000),
        ("viewers", "99999999"),
        ("credentials", "some"),
        ("policy", "never"),
        ("policy", "\x00"),
        ("reminders", "soon"),
        ("reply_to", "me"),
        ("reply_to", "a@x.org\r\nBcc: b@x.org"),
        ("reply_to", "a@x.org, b@x.org"),
        ("when", "9999-12-31 20:00"),
        ("when", "fri 8pm Europe/Atlantis"),
        ("length", "-2h"),
    ],
)
def test_refuses_a_field_that_makes_no_sense(field: str, typed: str) -> None:
    assert [field] == list(errors(reserve(**{field: typed})))


NAMES = st.sampled_from([each.name for each in (*FIELDS, *CHANGE_FIELDS)] + ["", "colour"])
TYPED = (
    st.sampled_from(["", " ", "fri 8pm", "2h", "a@x.org", "great", "none", "each", "both", "choir"])
    | st.text()
    | st.sampled_from(["\x00", "x", ",", "@", "<", '"', "\n", "\u202e", "9"]).map("{0}".format)
    | st.sampled_from('x,@<"\n 9\x00').map(lambda sign: sign * 100_000)
)


@given(st.dictionaries(NAMES, TYPED, max_size=6))
def test_answers_any_values(values: dict[str, str]) -> None:
    new = parse_reserve({**FILLED, **values}, context=CONTEXT)
    changed = parse_change("K7Q-2MF", values, context=replace(CONTEXT, slot=SLOT))

    assert isinstance(new, ReserveRequest | FormErrors)
    assert isinstance(changed, ChangeRequest | FormErrors)
    if isinstance(new, FormErrors):
        assert new.errors
        assert {**FILLED, **values} == new.values
    if isinstance(changed, FormErrors):
        assert changed.errors
        assert set(changed.errors) <= {*values, "when", "length"}


def test_a_slot_near_the_end_of_time_is_made() -> None:
    answer = reserve(when="9998-12-31 23:59", length="7 days")

    assert isinstance(answer, ReserveRequest)
    assert Slot.of(local("9998-12-31 23:59", BERLIN), timedelta(days=7)) == answer.slot
