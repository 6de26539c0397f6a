"""Every minute around every clock change of 2026, held against clocks that are simply watched."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.form.answers import AskBack
from bot.form.when import When, parse_when
from tests.form.moments import BERLIN, LORD_HOWE, NEW_YORK, local

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE, AROUND = timedelta(minutes=1), timedelta(hours=3)


def changes_of_2026(zone: ZoneInfo) -> list[datetime]:
    """List the instants at which a zone's clocks are moved."""
    step = timedelta(minutes=30)
    instants = [NEW_YEAR + each * step for each in range(365 * 48)]
    offsets = [each.astimezone(zone).utcoffset() for each in instants]
    moved = [before != after for before, after in pairwise(offsets)]
    return [at for at, change in zip(instants[1:], moved, strict=True) if change]


def watched(zone: ZoneInfo, change: datetime) -> dict[str, list[datetime]]:
    """Watch a zone's clock for hours around a change: which instants show which time."""
    shown = defaultdict(list)
    for minute in range(-12 * 60, 12 * 60):
        instant = change + minute * MINUTE
        shown[f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"].append(instant)
    return shown


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, LORD_HOWE], ids=str)
def test_asks_back_every_minute_that_clocks_skip_or_repeat_and_no_other(zone: ZoneInfo) -> None:
    seen = {0: 0, 1: 0, 2: 0}
    changes = changes_of_2026(zone)
    for change in changes:
        shown = watched(zone, change)
        wall = (change - AROUND).astimezone(zone).replace(tzinfo=None)
        for _ in range(2 * AROUND // MINUTE):
            wall += MINUTE
            text = f"{wall:%Y-%m-%d %H:%M}"
            answer = parse_when(text, zone=zone, now=NEW_YEAR)
            seen[len(shown[text])] += 1
            if len(shown[text]) == 1:
                assert When(shown[text][0], None, zone) == answer
                continue
            assert isinstance(answer, AskBack)
            starts = [each.starts_at for each in answer.choices]
            assert [parse_when(each.text, zone=zone, now=NEW_YEAR) for each in answer.choices] == [
                When(each, None, zone) for each in starts if each
            ]
            if shown[text]:
                assert shown[text] == starts
            else:
                before, after = starts
                assert before
                assert after
                assert before < change <= after
    moved = 30 if zone == LORD_HOWE else 60

    assert 2 == len(changes)
    assert moved == seen[0]
    assert moved == seen[2]


def test_offers_a_skipped_time_as_long_before_and_after_the_change() -> None:
    answer = parse_when("29.3.2026 2:30", zone=BERLIN, now=NEW_YEAR)

    assert isinstance(answer, AskBack)
    assert "does not exist on Sun 29 Mar 2026 in Europe/Berlin" in answer.question
    assert ["2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00"] == [
        each.text for each in answer.choices
    ]


def test_offers_a_repeated_time_with_both_its_offsets() -> None:
    answer = parse_when("25 Oct 2:30", zone=BERLIN, now=NEW_YEAR)

    assert isinstance(answer, AskBack)
    assert "comes twice on Sun 25 Oct 2026 in Europe/Berlin" in answer.question
    assert ["UTC+02:00", "UTC+01:00"] == [each.label[-10:-1] for each in answer.choices]


def test_asks_back_an_end_that_comes_twice() -> None:
    answer = parse_when("25 Oct 1:30-2:30", zone=BERLIN, now=NEW_YEAR)

    assert isinstance(answer, AskBack)
    assert ["2026-10-25T01:30+02:00 for 1 h", "2026-10-25T01:30+02:00 for 2 h"] == [
        each.text for each in answer.choices
    ]
    assert 2 == len({each.label for each in answer.choices})


def test_counts_the_hour_that_is_repeated() -> None:
    answer = parse_when("25 Oct 1:30-3:30", zone=BERLIN, now=NEW_YEAR)

    assert When(local("2026-10-25 01:30"), timedelta(hours=3), BERLIN) == answer


def test_every_choice_is_understood_where_the_zone_changes_before_the_end() -> None:
    answer = parse_when("25 Oct 2:00-0 CEST", zone=NEW_YORK, now=NEW_YEAR)

    assert isinstance(answer, AskBack)
    meant = [parse_when(each.text, zone=NEW_YORK, now=NEW_YEAR) for each in answer.choices]
    assert [each.starts_at for each in answer.choices] == [
        each.starts_at for each in meant if isinstance(each, When)
    ]


def test_reads_a_repeated_time_whose_first_round_has_passed_as_the_second() -> None:
    now = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # 02:45 for the first time

    answer = parse_when("02:30", zone=BERLIN, now=now)

    assert When(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), None, BERLIN) == answer
