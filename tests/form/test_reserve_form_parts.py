"""The parts of the form: server, lists, audience, credentials, policy, reminders."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.form.answers import AskBack
from bot.form.reserve_form import FormErrors
from core.model.recipient import Contact, RouteName
from core.model.request import CredentialWish, ReserveRequest
from core.model.reservation import CredentialMode, NotificationPolicy
from tests.form.forms import (
    CLOSED,
    CONTEXT,
    SLOT,
    STUDIO,
    STUDIO_2,
    errors,
    reserve,
)


@pytest.mark.parametrize(
    ("typed", "server_id"),
    [("Great Hall", 1), ("  GREAT   hall ", 1), ("great", 1), ("studio 2", 3), ("great_hall", 1)],
)
def test_finds_a_server_by_its_name_or_beginning(typed: str, server_id: int) -> None:
    answer = reserve(server=typed)

    assert isinstance(answer, ReserveRequest)
    assert server_id == answer.server_id


def test_asks_back_which_server_is_meant() -> None:
    answer = reserve(server="studio")

    assert isinstance(answer, FormErrors)
    error = answer.errors["server"]
    assert isinstance(error, AskBack)
    assert ["Studio 1", "Studio 2"] == [each.text for each in error.choices]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("Graet Hall", "Did you mean \u201cGreat Hall\u201d?"),
        ("Cellar", "There is Great Hall, Studio 1 or Studio 2."),
        ("Old Barn", "There is no server \u201cOld Barn\u201d"),
        ("", "Which server? Write Great Hall, Studio 1 or Studio 2"),
        ("x" * 100_000, "There is no server"),
    ],
)
def test_names_the_servers_there_are(typed: str, says: str) -> None:
    assert says in errors(reserve(server=typed))["server"]


def test_a_server_need_not_be_named_where_one_goes_without_saying() -> None:
    only = replace(CONTEXT, servers=(STUDIO, CLOSED))
    default = replace(CONTEXT, default_server=STUDIO_2)

    assert ReserveRequest(STUDIO.id, SLOT, "Rehearsal") == reserve(only, server="")
    assert ReserveRequest(STUDIO_2.id, SLOT, "Rehearsal") == reserve(default, server="")


def test_says_so_where_there_is_no_server() -> None:
    none = replace(CONTEXT, servers=(CLOSED,))

    assert "There is no server yet" in errors(reserve(none))["server"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("Chior", "Did you mean \u201cChoir\u201d?"),
        ("Band, Choir", "There is no list \u201cBand\u201d. There is Choir or Friends 2."),
        ("x," * 60, "At most 50 lists"),
        ("Choir\x00", "There is no list"),
    ],
)
def test_names_a_list_that_does_not_exist(typed: str, says: str) -> None:
    assert says in errors(reserve(lists=typed))["lists"]


def test_says_so_where_there_are_no_lists() -> None:
    assert (
        "You have none yet" in errors(reserve(replace(CONTEXT, list_names=()), lists="a"))["lists"]
    )


def test_names_each_bad_address_with_its_reason() -> None:
    answer = errors(reserve(audience="a@x.org\nnobody\nb@\n"))

    assert [
        "Line 2, \u201cnobody\u201d: it has no @.",
        "Line 3, \u201cb@\u201d: there is nothing behind the @.",
    ] == answer["audience"].splitlines()


def test_takes_a_chats_own_addresses() -> None:
    channel = Contact(RouteName.SLACK, "C123", "choir")
    context = replace(CONTEXT, others=lambda text: channel if text == "<#C123|choir>" else None)

    answer = reserve(context, audience="<#C123|choir>, j@x.org")

    assert isinstance(answer, ReserveRequest)
    assert (channel, Contact(RouteName.EMAIL, "j@x.org")) == answer.audience


@pytest.mark.parametrize(
    ("given_values", "wish"),
    [
        ({}, CredentialWish()),
        ({"credentials": "none"}, CredentialWish(CredentialMode.NONE)),
        ({"credentials": "Each"}, CredentialWish(CredentialMode.EACH)),
        ({"passcode": "sing-along"}, CredentialWish(CredentialMode.SHARED, "", "sing-along")),
        ({"user": "choir"}, CredentialWish(CredentialMode.SHARED, "choir")),
    ],
)
def test_understands_which_credentials_are_wanted(
    given_values: dict[str, str], wish: CredentialWish
) -> None:
    answer = reserve(**given_values)

    assert isinstance(answer, ReserveRequest)
    assert wish == answer.credentials


@pytest.mark.parametrize("mode", ["none", "each"])
def test_a_passcode_of_ones_own_needs_shared_credentials(mode: str) -> None:
    answer = errors(reserve(credentials=mode, user="choir", passcode="sing-along"))

    assert ["user", "passcode"] == list(answer)


def test_no_error_repeats_a_passcode() -> None:
    answer = errors(reserve(passcode="se cret", credentials="none"))

    assert "cret" not in "".join(answer.values())


@pytest.mark.parametrize(
    ("typed", "policy"),
    [
        ("at once", NotificationPolicy.ON_PERMIT),
        ("At Once", NotificationPolicy.ON_PERMIT),
        ("on_permit", NotificationPolicy.ON_PERMIT),
        ("when reconfirmed", NotificationPolicy.ON_RECONFIRM),
        ("when", NotificationPolicy.ON_RECONFIRM),
        ("on_reconfirm", NotificationPolicy.ON_RECONFIRM),
        ("both", NotificationPolicy.BOTH),
        ("", None),
    ],
)
def test_understands_when_the_audience_is_told(
    typed: str, policy: NotificationPolicy | None
) -> None:
    answer = reserve(policy=typed)

    assert isinstance(answer, ReserveRequest)
    assert policy == answer.notification_policy


def test_no_reminders_differ_from_the_usual_ones() -> None:
    none, usual = reserve(reminders="none"), reserve(reminders="")

    assert isinstance(none, ReserveRequest)
    assert isinstance(usual, ReserveRequest)
    assert () == none.reminders
    assert usual.reminders is None
