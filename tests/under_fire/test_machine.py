"""A machine that others keep busy is told from a desk that is slow."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.requirements import require
from tests.under_fire.bookings import DISCORD, SLACK, Booking, Cut, Outcome, Went, outcome_of
from tests.under_fire.machine import Machine, Second, watched
from tests.under_fire.processes import Use, use_by
from tests.under_fire.soaking import explained, owed

TOILS = ("-c", "while True: pass")
ENOUGH = 0.5  # seconds of processor time


@contextmanager
def child() -> Iterator[int]:
    """Have a process of ours toil."""
    with subprocess.Popen([sys.executable, *TOILS]) as process:  # noqa: S603 - our own words
        try:
            yield process.pid
        finally:
            process.kill()


@contextmanager
def stranger() -> Iterator[int]:
    """Have a process toil whose parent has ended."""
    line = f"{shlex.join([sys.executable, *TOILS])} >/dev/null 2>&1 & echo $!"
    made = subprocess.run(["/bin/sh", "-c", line], check=True, capture_output=True)  # noqa: S603
    try:
        yield int(made.stdout)
    finally:
        os.kill(int(made.stdout), 9)


def after_toil(pid: int) -> tuple[Use, Use, float]:
    """Give what was used before and after a process toiled for a while, and how much it did."""
    before, begun = use_by([os.getpid()]), use_by([pid]).ours[pid]
    while (spent := use_by([pid]).ours[pid] - begun) < ENOUGH:
        time.sleep(0.01)  # nobody tells when it has
    return before, use_by([os.getpid()]), spent


def test_what_a_child_uses_is_ours() -> None:
    with child() as pid:
        before, after, spent = after_toil(pid)
    assert after.ours[pid] - before.ours.get(pid, 0.0) >= spent


def test_what_a_stranger_uses_is_others() -> None:
    with stranger() as pid:
        before, after, spent = after_toil(pid)
    assert pid not in after.ours
    assert after.others_since(before) >= spent / 2  # the kernel counts both by its own ticks


def test_waiting_for_a_processor_is_noticed() -> None:
    require("a kernel that counts waiting", Path("/proc/self/schedstat").exists(), "take Linux")
    with child() as one, child() as other:
        for pid in (one, other):
            os.sched_setaffinity(pid, {min(os.sched_getaffinity(0))})
        before, after, _ = after_toil(one)
    assert after.waited_since(before) >= ENOUGH / 2  # each has half a processor at most
    assert 0.0 < after.waited_since(before, one) < after.waited_since(before)


async def test_a_second_is_seen_as_it_passes(tmp_path: Path) -> None:
    async with watched(tmp_path, os.getpid()) as machine:
        await machine.until(0.0)
    (first, *_) = machine.seconds
    assert 10 == len(first.late)
    assert 0.0 < max(first.late) < first.at
    assert 0.0 < first.disk


def second(at: float, *, others: float = 0.0, waited: float = 0.0, disk: float = 0.0) -> Second:
    """Make a second."""
    return Second(at, disk, (0.001, 0.003), others, waited, waited)


@pytest.mark.parametrize(
    ("seen", "hinders"),
    [
        (second(1.0), False),
        (second(1.0, others=1.9), False),  # and ours had what they needed
        (second(1.0, waited=0.9), False),  # for one another
        (second(1.0, others=0.5, waited=0.2), True),
        (second(1.0, disk=0.5), True),
    ],
)
def test_others_hinder_where_ours_wait_for_them(seen: Second, *, hinders: bool) -> None:
    assert hinders == seen.hinders
    assert hinders == Machine([seen, second(2.0)]).hinders
    assert not Machine([seen, second(2.0), second(3.0)]).hinders


BUSY = Machine(
    [second(1.0), second(2.0, others=2.0, waited=1.5), second(3.0, waited=2.0), second(4.0)]
)


@pytest.mark.parametrize(
    ("begin", "end", "seconds"),
    [(0.1, 0.9, 0.0), (0.5, 1.5, 1.5), (1.5, 1.6, 1.5), (2.5, 3.5, 0.0), (9.0, 9.5, 0.0)],
)
def test_only_what_was_under_way_was_held_up(begin: float, end: float, seconds: float) -> None:
    assert seconds == BUSY.held_up(begin, end)


def test_a_quiet_minute_owes_nothing() -> None:
    assert 0.0 == owed([second(at, waited=0.5) for at in range(60)])


def test_a_busy_one_owes_what_so_many_timers_can_have_waited() -> None:
    assert pytest.approx(0.2) == owed([second(1.0, others=1.0, waited=1.2)])
    assert pytest.approx(0.5) == owed([second(at, others=1.0, waited=0.5) for at in range(6)])


WENT = Went(Booking(1), Outcome.UNANSWERED, 2.5, 3.0, "dispatch_failed")


@pytest.mark.parametrize(
    ("went", "cut", "is_explained"),
    [
        (WENT, Cut(SLACK, 2.0, 2.6), True),
        (WENT, Cut(SLACK, 2.9, 3.9), True),
        (WENT, Cut(SLACK, 1.0, 2.4), False),
        (WENT, Cut(DISCORD, 2.0, 2.6), False),
        (Went(Booking(1), Outcome.PUT_OFF, 2.5, 3.0, ""), Cut(SLACK, 2.0, 2.6), False),
        (Went(Booking(1), Outcome.PUT_OFF, 1.5, 1.6, ""), Cut(SLACK, 9.0, 9.6), True),
        (Went(Booking(1), Outcome.UNANSWERED, 1.5, 1.6, ""), Cut(SLACK, 9.0, 9.6), True),
        (Went(Booking(1), Outcome.IN_DOUBT, 1.5, 1.6, ""), Cut(SLACK, 9.0, 9.6), True),
        (Went(Booking(1), Outcome.UNANSWERED, 3.1, 3.2, ""), Cut(SLACK, 9.0, 9.6), False),
        (Went(Booking(1), Outcome.REFUSED, 1.5, 2.5, "Denied"), Cut(SLACK, 2.0, 2.6), False),
    ],
)
def test_only_a_cut_or_others_explain_what_was_not_permitted(
    went: Went, cut: Cut, *, is_explained: bool
) -> None:
    assert is_explained == explained(went, [cut], BUSY)


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("Permitted and confirmed: Show", Outcome.PERMITTED),
        ("The desk is busy; nothing was written: try again in a moment.", Outcome.PUT_OFF),
        ("look whether it was done before you try again.", Outcome.IN_DOUBT),
        ("Denied: Studio cannot be had", Outcome.REFUSED),
        ("", Outcome.REFUSED),
    ],
)
def test_answers_are_read(words: str, outcome: Outcome) -> None:
    assert outcome is outcome_of(words)
