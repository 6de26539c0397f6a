"""Time zones as people name them."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.form.answers import AskBack, Mistake
from bot.form.zones import find_zone, parse_zone


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("america/new york", "America/New_York"),
        ("  new_york ", "America/New_York"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("UTC", "UTC"),
        ("Z", "UTC"),
        ("Etc/UTC", "UTC"),
        ("ET", "America/New_York"),
        ("Japan", "Japan"),
        ("US/Pacific", "US/Pacific"),
    ],
)
def test_finds_a_zone(text: str, key: str) -> None:
    assert ZoneInfo(key) == parse_zone(text)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("CET", ["Europe/Berlin"]),
        ("cst", ["America/Chicago", "Asia/Shanghai", "America/Havana"]),
        ("GMT", ["UTC", "Europe/London"]),
    ],
)
def test_asks_which_place_is_meant_by_an_abbreviation(text: str, keys: list[str]) -> None:
    answer = parse_zone(text)

    assert isinstance(answer, AskBack)
    assert keys == [each.text for each in answer.choices]
    assert all(isinstance(parse_zone(each.text), ZoneInfo) for each in answer.choices)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Which time zone?"),
        ("berln", "Did you mean \u201cBerlin\u201d?"),
        ("Europe/Belrin", "Europe/Berlin\u201d"),
        ("new yrok", "Did you mean \u201cNew York\u201d?"),
        ("Atlantis", "There is no time zone \u201cAtlantis\u201d"),
        ("../../etc/passwd", "There is no time zone"),
        ("/etc/localtime", "There is no time zone"),
        ("Europe", "There is no time zone"),
        ("Factory", "There is no time zone"),
        ("UTC+2", "does not say when clocks change"),
        ("Europe/Berlin\x00", "There is no time zone"),
        ("x" * 100_000, "too long"),
    ],
)
def test_refuses_what_is_no_zone(text: str, says: str) -> None:
    answer = parse_zone(text)

    assert isinstance(answer, Mistake), answer
    assert says in answer.message


@given(st.text())
def test_answers_any_text(text: str) -> None:
    assert isinstance(parse_zone(text), ZoneInfo | AskBack | Mistake)


def test_cities_of_one_name_have_the_same_clocks() -> None:
    keys_by_city = defaultdict(set)
    for key in files("tzdata").joinpath("zones").read_text("utf-8").split():
        area, _, city = key.rpartition("/")
        if area and area.partition("/")[0] not in {"US", "Canada", "Brazil", "Mexico", "Chile"}:
            keys_by_city[city.casefold()].add(key)
    months = [datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 13)]

    def offsets(zone: ZoneInfo) -> list[timedelta | None]:
        return [month.astimezone(zone).utcoffset() for month in months]

    several = {city: keys for city, keys in keys_by_city.items() if len(keys) > 1}

    assert several
    for city, keys in several.items():
        zone = find_zone(city)
        assert zone
        assert all(offsets(zone) == offsets(ZoneInfo(key)) for key in keys)
