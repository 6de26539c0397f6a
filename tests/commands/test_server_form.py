"""The form of a server: rules as people write them, and each error beside its field."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from bot.answers.reasons import quota_words
from bot.commands.hours import parse_hours, parse_quotas, say_hours
from bot.commands.server_form import CHANGE_ONLY, FIELDS, parse_server
from bot.commands.server_values import parse_address, parse_duration, parse_server_name
from bot.form.answers import Mistake
from core.model.server import OpeningHours, Period, Quota, Rules, Server, ServerKind
from tests.desks import make_server

NINE, TEN, TWO = time(9), time(22), time(2)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("always", []),
        ("Mon 9-22", [(0, NINE, TEN)]),
        ("mon 09:00-22:00", [(0, NINE, TEN)]),
        ("Monday 09.00\u201322.00", [(0, NINE, TEN)]),
        ("Mon-Wed 9-22", [(0, NINE, TEN), (1, NINE, TEN), (2, NINE, TEN)]),
        ("Sun-Mon 9-22", [(0, NINE, TEN), (6, NINE, TEN)]),
        ("Sat, Sun 9-22", [(5, NINE, TEN), (6, NINE, TEN)]),
        ("weekend 22-2", [(5, TEN, TWO), (6, TEN, TWO)]),
        ("Fri 9-24:00; Sat 0-24", [(4, NINE, time(0)), (5, time(0), time(0))]),
    ],
)
def test_reads_opening_hours(text: str, hours: list[tuple[int, time, time]]) -> None:
    assert tuple(OpeningHours(*each) for each in hours) == parse_hours(text)


@pytest.mark.parametrize(
    "text", ["Mon", "9-22", "Mon 9-25", "Moon 9-22", "Mon 9-22 or so", "Mon 9-22, ", "M" * 600]
)
def test_refuses_what_are_no_opening_hours(text: str) -> None:
    found = parse_hours(text)

    assert isinstance(found, Mistake) or text == "Mon 9-22, "


@pytest.mark.parametrize(
    "text",
    ["always", "Mon-Fri 09:00-22:00, Sat 10:00-14:00", "Fri, Sat 18:00-02:00", "Sun 09:00-24:00"],
)
def test_writes_opening_hours_as_it_reads_them(text: str) -> None:
    hours = parse_hours(text)

    assert not isinstance(hours, Mistake)
    assert text == say_hours(hours)
    assert hours == parse_hours(say_hours(hours))


@pytest.mark.parametrize(
    ("text", "quotas"),
    [
        ("none", ()),
        ("3 per week", (Quota(Period.WEEK, reservations=3),)),
        ("10h a month", (Quota(Period.MONTH, total_length=timedelta(hours=10)),)),
        (
            "2 reservations per day and 3 h per day",
            (Quota(Period.DAY, reservations=2, total_length=timedelta(hours=3)),),
        ),
    ],
)
def test_reads_quotas(text: str, quotas: tuple[Quota, ...]) -> None:
    assert quotas == parse_quotas(text)
    assert quotas == parse_quotas(", ".join(quota_words(quota) for quota in quotas))


@pytest.mark.parametrize(
    "text", ["3", "three per week", "0 per day", "3 per year", "-1 per day", "1" * 600]
)
def test_refuses_what_is_no_quota(text: str) -> None:
    assert isinstance(parse_quotas(text), Mistake)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "https://",
        "live.example.org/x",
        "https://x.org/a b",
        'https://x.org/"><b>',
        "https://x.org/\nBcc: a@b",
        "https://x.org/{code}",
        "https://x.org:99999/",
        "https://x.org/\u202egro",
        "https://" + "x" * 600,
    ],
)
def test_refuses_what_is_no_address_of_a_stream(address: str) -> None:
    assert isinstance(parse_address(address), Mistake)


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 61, "a\nb", "a\u202eb", "a=b", 'say "x"', "a@b", "\u0301"]
)
def test_refuses_names_that_would_mislead_or_split_a_command(name: str) -> None:
    assert isinstance(parse_server_name(name), Mistake)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("0", timedelta(0)),
        ("none", timedelta(0)),
        ("0 min", timedelta(0)),
        ("90 days", timedelta(90)),
    ],
)
def test_a_rule_may_ask_for_no_time_at_all(text: str, length: timedelta) -> None:
    assert length == parse_duration(text)


def test_puts_what_is_given_over_what_is() -> None:
    base = make_server(id=7, rules=Rules(max_viewers=10))
    fields = {
        "max_streams": "2",
        "max_viewers": "none",
        "notice": "2h",
        "policy": "both",
        "zone": "New York",
    }

    server = parse_server("Studio", fields, base)

    assert isinstance(server, Server)
    assert (7, 2, None) == (server.id, server.rules.max_streams, server.rules.max_viewers)
    assert ("both", "America/New_York") == (server.notification_policy, str(server.zone))
    assert (timedelta(hours=2), base.rules.longest) == (server.rules.notice, server.rules.longest)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "ftp"),
        ("zone", "Europe/Atlantis"),
        ("zone", "CET"),
        ("watch_url", ""),
        ("watch_url", "x"),
        ("ingest_url", ""),
        ("max_streams", "0"),
        ("max_streams", "none"),
        ("max_streams", "-1"),
        ("max_streams", "\u0662"),
        ("max_viewers", "many"),
        ("opening_hours", "sometimes"),
        ("shortest", "0"),
        ("shortest", "-2h"),
        ("shortest", "13h"),
        ("longest", "5 min"),
        ("notice", "soon"),
        ("horizon", "9999 days"),
        ("set_up", "2"),
        ("tear_down", "2"),
        ("quota", "some"),
        ("reconfirm_lead", "later"),
        ("reconfirm_reminder", "later"),
        ("no_show_after", "soon"),
        ("no_show_release", "-1 min"),
        ("no_show_release", "10 min"),
        ("no_show_release", "5 min"),
        ("control", "10.0.0.5:8081"),
        ("policy", "never"),
        ("retired", "perhaps"),
        ("name", "a=b"),
    ],
)
def test_puts_each_error_beside_its_field(field: str, value: str) -> None:
    fields = {} if field == "name" else {field: value}

    found = parse_server(value if field == "name" else "Studio", fields, make_server())

    assert [field] == list(found) if isinstance(found, dict) else found


def test_a_server_that_is_only_linked_to_needs_no_ingest_address() -> None:
    server = parse_server("Hall", {"kind": "link", "ingest_url": ""}, make_server())

    assert isinstance(server, Server)
    assert ServerKind.LINK is server.kind


def test_the_examples_of_its_fields_can_be_typed() -> None:
    fields = {one.name: one.example for one in (*FIELDS, *CHANGE_ONLY) if one.name != "name"}

    assert isinstance(parse_server("Main studio", fields, make_server()), Server)


@pytest.mark.parametrize(
    ("after", "release", "fits"),
    [
        ("0", "0", True),
        ("0", "5 min", True),
        ("10 min", "0", True),
        ("10 min", "11 min", True),
        ("10 min", "10 min", False),
        ("10 min", "9 min", False),
    ],
)
def test_a_slot_is_not_freed_before_its_holder_is_asked(
    after: str, release: str, *, fits: bool
) -> None:
    both = parse_server(
        "Studio", {"no_show_after": after, "no_show_release": release}, make_server()
    )
    base = parse_server("Studio", {"no_show_after": "0", "no_show_release": release}, make_server())
    assert isinstance(base, Server)
    one = parse_server("Studio", {"no_show_after": after}, base)

    if fits:
        assert isinstance(both, Server)
        assert both == one
    else:
        assert isinstance(both, dict)
        assert isinstance(one, dict)
        assert (["no_show_release"], ["no_show_after"]) == (list(both), list(one))
