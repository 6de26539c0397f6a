"""What Icecast is answered: a yes that it sees, a no that is no yes, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.gate_icecast import IcecastDialect
from core.gate.hooks import Heard, Noted
from core.model.gate import Access, Admit, Asked, Decision, Gone, Reason, Refuse

NOW = datetime(2026, 11, 27, 20, 0, 0, tzinfo=UTC)
SOURCE = Asked(Access.PUBLISH, "k7q2mf.ogg", secret="KEY", client="source:k7q2mf.ogg")
LISTENER = Asked(Access.WATCH, "k7q2mf.ogg", user="bob", secret="pw", client="5")


def headers(heard: Heard, decision: Decision | None) -> dict[str, str]:
    """Give the headers of an answer."""
    return dict(IcecastDialect().answer(heard, decision, NOW).headers)


def admit(left: timedelta) -> Admit:
    """Admit for a while."""
    return Admit(NOW + left, 1, 1)


def test_a_source_is_told_yes_in_both_versions_words() -> None:
    answer = IcecastDialect().answer(SOURCE, admit(timedelta(hours=1)), NOW)

    assert 200 == answer.status
    assert {"icecast-auth-user": "1", "x-icecast-auth-result": "ok"} == answer.headers


def test_a_listener_is_told_for_how_long() -> None:
    said = headers(LISTENER, admit(timedelta(minutes=30)))

    assert {
        "icecast-auth-user": "1",
        "icecast-auth-timelimit": "1801",
        "x-icecast-auth-result": "ok",
        "x-icecast-auth-timelimit": "1801",
    } == said


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("asked", [SOURCE, LISTENER])
def test_a_refusal_has_nothing_that_could_pass_for_a_yes(asked: Asked, reason: Reason) -> None:
    answer = IcecastDialect().answer(asked, Refuse(reason), NOW)

    assert (403, {"icecast-auth-message": reason.value}) == (answer.status, answer.headers)
    undecided = IcecastDialect().answer(asked, None, NOW)
    assert (403, {"icecast-auth-message": "not decided"}) == (undecided.status, undecided.headers)


@pytest.mark.parametrize("heard", [Noted(), Gone(Access.WATCH, "k7q2mf.ogg", "5")])
def test_what_asks_nothing_is_answered_and_admits_nobody(heard: Heard) -> None:
    answer = IcecastDialect().answer(heard, None, NOW)

    assert (200, {}) == (answer.status, answer.headers)


@pytest.mark.parametrize(
    ("seconds", "limit"),
    [(-5, 1), (0, 1), (0.001, 2), (1, 2), (1.5, 3), (59.999, 61), (2e11, 2**31 - 1)],
)
def test_the_limit_is_of_whole_seconds(seconds: float, limit: int) -> None:
    said = headers(LISTENER, admit(timedelta(seconds=seconds)))

    assert str(limit) == said["icecast-auth-timelimit"]


@given(
    st.integers(0, 10**7),
    st.timedeltas(timedelta(0), timedelta(days=2)),
    st.integers(-5 * 10**6, 5 * 10**6),
)
def test_nobody_is_cut_early_nor_two_seconds_late(
    micros: int, left: timedelta, clock_is_off: int
) -> None:
    now = NOW + timedelta(microseconds=micros)
    answer = IcecastDialect().answer(LISTENER, Admit(now + left, 1, 1), now)

    # Icecast's clock may be off, and shows whole seconds
    off = timedelta(microseconds=clock_is_off)
    shown = (now + off).replace(microsecond=0)
    cut = shown + timedelta(seconds=int(answer.headers["icecast-auth-timelimit"])) - off
    assert timedelta(0) <= cut - (now + left) < timedelta(seconds=2)


@given(st.integers(1, 10**5), st.integers(0, 999_999))
def test_with_a_right_clock_a_slot_s_end_is_passed_by_one_second(left: int, micros: int) -> None:
    now = NOW + timedelta(microseconds=micros)
    until = NOW + timedelta(seconds=left)

    answer = IcecastDialect().answer(LISTENER, Admit(until, 1, 1), now)

    cut = NOW + timedelta(seconds=int(answer.headers["icecast-auth-timelimit"]))
    assert timedelta(seconds=1) == cut - until
