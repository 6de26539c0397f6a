"""Nobody publishes: when the holder is asked, when the slot is freed, and when neither is fair."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.model.reservation import Status
from core.model.server import Rules, ServerKind
from core.policy.no_show import (
    Ask,
    Begun,
    Free,
    Hearing,
    KeepAsking,
    LetBe,
    Outcome,
    Published,
    Wait,
    ask_at,
    decide_no_show,
    decide_release,
    free_at,
)
from tests.policy.builders import HOUR, MINUTE, a_slot, at

SHOW = a_slot("20:00", "22:00")
RULES = Rules(no_show_after=10 * MINUTE, no_show_release=30 * MINUTE)
BEGUN = Begun(
    slot=SHOW,
    opened_at=at("19:45"),
    status=Status.CONFIRMED,
    kind=ServerKind.NGINX_RTMP,
    rules=RULES,
    published=Published(),
    asked_at=at("12:00"),
)
ASKED_AT, FREED_AT = at("20:10"), at("20:30")
LONG_AGO = at("08:00")
SECOND = timedelta(seconds=1)


def asked(now: datetime = ASKED_AT, **other: Any) -> Outcome:  # noqa: ANN401 - a slot's fields
    return decide_no_show(replace(BEGUN, **other), now)


def released(now: datetime = FREED_AT, **other: Any) -> Outcome:  # noqa: ANN401 - a slot's fields
    return decide_release(replace(BEGUN, **other), Hearing(LONG_AGO, now), due_at=FREED_AT, now=now)


def heard(since: datetime | None, last: datetime | None) -> Outcome:
    return decide_release(BEGUN, Hearing(since, last), due_at=FREED_AT, now=FREED_AT)


def test_the_holder_is_asked_and_told_when_the_slot_is_freed() -> None:
    assert Ask(FREED_AT) == asked()
    assert Free() == released()


def test_where_no_slot_is_freed_the_holder_is_asked_all_the_same() -> None:
    assert Ask(None) == asked(rules=replace(RULES, no_show_release=0 * MINUTE))
    assert LetBe() == released(rules=replace(RULES, no_show_release=0 * MINUTE))


def test_where_nobody_is_asked_a_slot_is_freed_all_the_same() -> None:
    assert LetBe() == asked(rules=replace(RULES, no_show_after=0 * MINUTE))
    assert Free() == released(rules=replace(RULES, no_show_after=0 * MINUTE))


@pytest.mark.parametrize(
    "published",
    [
        pytest.param(Published(at("20:04")), id="on the air"),
        pytest.param(Published(at("20:04"), at("20:06")), id="stopped meanwhile"),
        pytest.param(Published(at("19:46"), at("19:47")), id="set-up alone"),
        pytest.param(Published(at("2026-06-01 20:00"), at("19:45")), id="from an earlier time on"),
        pytest.param(Published(at("2026-06-01 20:00")), id="never known to have stopped"),
    ],
)
def test_nobody_is_missed_who_has_published_since_the_window_opened(published: Published) -> None:
    assert LetBe() == asked(published=published)
    assert LetBe() == released(published=published)


def test_what_was_published_before_the_slot_was_moved_does_not_count() -> None:
    earlier = Published(at("2026-06-01 20:00"), at("19:44"))

    assert Ask(FREED_AT) == asked(published=earlier)
    assert Free() == released(published=earlier)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"kind": ServerKind.LINK}, id="a link"),
        pytest.param({"asked_at": None}, id="a server that never asked"),
        *(
            pytest.param({"status": status}, id=status.value)
            for status in Status
            if status is not Status.CONFIRMED
        ),
    ],
)
def test_nobody_is_missed_where_nobody_could_tell_or_nobody_is_due(
    other: dict[str, Any],
) -> None:
    assert LetBe() == asked(**other)
    assert LetBe() == released(**other)


@pytest.mark.parametrize("kind", [kind for kind in ServerKind if kind is not ServerKind.LINK])
def test_every_kind_that_asks_is_looked_at(kind: ServerKind) -> None:
    assert Ask(FREED_AT) == asked(kind=kind)
    assert Free() == released(kind=kind)


@pytest.mark.parametrize(
    ("late", "expected"), [(60 * SECOND, Free()), (61 * SECOND, KeepAsking())], ids=str
)
def test_a_desk_that_comes_late_asks_instead(late: timedelta, expected: Outcome) -> None:
    assert expected == released(FREED_AT + late)


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        pytest.param(SHOW.starts_at, Free(), id="since the very start"),
        pytest.param(SHOW.starts_at + SECOND, KeepAsking(), id="a second later"),
        pytest.param(None, KeepAsking(), id="never"),
    ],
)
def test_a_gate_that_did_not_answer_from_the_start_frees_nothing(
    since: datetime | None, expected: Outcome
) -> None:
    assert expected == heard(since, FREED_AT)


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        pytest.param(FREED_AT - 60 * SECOND, Free(), id="a minute ago"),
        pytest.param(FREED_AT - 61 * SECOND, KeepAsking(), id="longer ago"),
        pytest.param(None, KeepAsking(), id="never"),
    ],
)
def test_a_gate_that_has_fallen_silent_frees_nothing(
    last: datetime | None, expected: Outcome
) -> None:
    assert expected == heard(LONG_AGO, last)


def test_whoever_comes_to_it_late_leaves_the_question_to_the_release() -> None:
    assert Ask(FREED_AT) == asked(FREED_AT - SECOND)
    assert LetBe() == asked(FREED_AT)


@pytest.mark.parametrize("now", [SHOW.ends_at, SHOW.ends_at + HOUR])
def test_nobody_is_asked_about_what_is_over(now: datetime) -> None:
    keeps = replace(RULES, no_show_release=0 * MINUTE)

    assert Ask(None) == asked(SHOW.ends_at - SECOND, rules=keeps)
    assert KeepAsking() == released(SHOW.ends_at - SECOND)
    assert LetBe() == asked(now, rules=keeps)
    assert LetBe() == released(now)


def test_rules_that_give_more_time_than_they_did_are_kept_to() -> None:
    patient = replace(RULES, no_show_after=20 * MINUTE, no_show_release=HOUR)

    assert Wait(at("20:20")) == asked(rules=patient)
    assert Wait(at("21:00")) == released(rules=patient)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(timedelta(0), None, id="never"),
        pytest.param(-MINUTE, None, id="before the start"),
        pytest.param(10 * MINUTE, at("20:10"), id="ten minutes"),
        pytest.param(2 * HOUR - SECOND, SHOW.ends_at - SECOND, id="just before the end"),
        pytest.param(2 * HOUR, None, id="a slot as short as that"),
        pytest.param(timedelta.max, None, id="for ever"),
    ],
)
def test_both_are_counted_from_the_start_and_never_reach_the_end(
    after: timedelta, expected: datetime | None
) -> None:
    assert expected == ask_at(SHOW, Rules(no_show_after=after))
    assert expected == free_at(SHOW, Rules(no_show_release=after))
