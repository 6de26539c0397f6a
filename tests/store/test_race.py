"""Several processes after the same few slots: never one too many, and never a false "full"."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from core.model.server import Rules
from core.model.slot import Slot
from core.store.desk import Desk
from tests.desks import Clock, set_scene
from tests.store.racer import READY
from tests.store.rows import live_rows, peak

ROOT = Path(__file__).parents[2]
PROCESSES = 4
EACH, EACH_UNDER_STRESS = 75, 2500
MAX_STREAMS, MAX_VIEWERS = 3, 60


def race(url: str, server_id: int, number: int) -> list[dict[str, object]]:
    """Let the processes go at the same time, and give all that they were answered."""
    with ExitStack() as stack:
        racers = [
            stack.enter_context(
                subprocess.Popen(  # noqa: S603 - our own
                    [
                        *(sys.executable, "-W", "error", "-m", "tests.store.racer"),
                        *(url, str(server_id), f"racer {seed}", str(number)),
                    ],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            for seed in range(PROCESSES)
        ]
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == READY
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.close()
            racer.stdin = None
        told = [racer.communicate(timeout=600) for racer in racers]
    assert ["" for _ in racers] == [errors for _, errors in told]
    return [json.loads(line) for answers, _ in told for line in answers.splitlines()]


async def test_no_double_booking_and_no_false_full(
    desk: Desk, database_url: str, clock: Clock, stress: bool
) -> None:
    rules = Rules(max_streams=MAX_STREAMS, max_viewers=MAX_VIEWERS)
    scene = await set_scene(desk, clock, rules=rules)
    each = EACH_UNDER_STRESS if stress else EACH

    answers = race(database_url, scene.server.id, each)

    taken = await desk.read(lambda store, _: live_rows(store.connection, scene.server.id))
    assert len(answers) == PROCESSES * each
    permitted = [asked(answer) for answer in answers if not answer["reasons"]]
    assert sorted(permitted) == sorted(taken)
    streams, viewers = peak(taken)
    assert streams <= MAX_STREAMS
    assert viewers <= MAX_VIEWERS
    # nothing was cancelled: what was denied does not fit now either, and for the reasons given
    for answer in answers:
        slot, wanted = asked(answer)
        streams, viewers = peak([*taken, (slot, wanted)], within=slot)
        over = {"Full": streams > MAX_STREAMS, "TooManyViewers": viewers > MAX_VIEWERS}
        reasons = answer["reasons"]
        assert isinstance(reasons, list)
        assert all(over[reason] for reason in reasons)
    denied = len(answers) - len(permitted)
    assert min(denied, len(permitted)) > MAX_STREAMS  # it was a race


def asked(answer: dict[str, object]) -> tuple[Slot, int]:
    """Give what was asked for."""
    since, until = str(answer["since"]), str(answer["until"])
    viewers = answer["viewers"]
    assert isinstance(viewers, int)
    return Slot(datetime.fromisoformat(since), datetime.fromisoformat(until)), viewers
