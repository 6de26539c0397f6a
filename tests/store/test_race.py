"""Several processes after the same few slots: never one too many, and never a false "full"."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from sqlmodel import col, select

from core.model.server import Rules
from core.model.slot import Slot
from core.store.desk import Desk
from core.store.store import Store
from core.store.tables import AuditRow, ReservationRow
from core.usecases.servers import ServerKept, add_server
from tests.desks import Clock, make_server, set_scene
from tests.store.race_model import Booked, Limits, Model, Told, read_told
from tests.store.racer import QUARTER, RACED, READY, span_of

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
PROCESSES = 4
EACH, EACH_UNDER_STRESS = 2500, 250_000
HOURS = 3600
LIMITS = (Limits(3, 60), Limits(2, 50, buffer=1), Limits(1, 40))
# a race in which not all of this happened was none
EVERY_ANSWER = {
    *{("Permitted",), ("Changed",), ("Unchanged",), ("Ended",)},
    *{("Cancelled",), ("Cancelled", "already")},
    *{("Denied", "Full"), ("Denied", "TooManyViewers"), ("Denied", "Full", "TooManyViewers")},
}


def race(url: str, servers: list[int], number: int, folder: Path) -> list[Path]:
    """Let the processes go at the same time, and give the files with all they were answered."""
    files = [folder / f"{name}" for name in range(PROCESSES)]
    numbers = ",".join(map(str, servers))
    with ExitStack() as stack:
        racers = [
            stack.enter_context(
                subprocess.Popen(  # noqa: S603 - our own
                    [
                        *(sys.executable, "-W", "error", "-m", "tests.store.racer"),
                        *(url, numbers, file.name, str(number), str(file)),
                    ],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            for file in files
        ]
        for racer in racers:
            stack.callback(racer.kill)
            assert racer.stdout is not None
            assert racer.stdout.readline() == READY
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.close()
            racer.stdin = None
        said = [racer.communicate(timeout=12 * HOURS) for racer in racers]
        assert [(0, "")] * PROCESSES == [
            (racer.returncode, errors) for racer, (_, errors) in zip(racers, said, strict=True)
        ]
    return files


async def test_no_double_booking_and_no_false_full(
    desk: Desk,
    database_url: str,
    clock: Clock,
    tmp_path: Path,
    stress: bool,
) -> None:
    each = EACH_UNDER_STRESS if stress else EACH
    model = Model(await servers_with_limits(desk, clock))

    files = race(database_url, list(model.limits), each, tmp_path)

    labels = await desk.read(in_order)
    answers: Counter[tuple[str, ...]] = Counter()
    acts: Counter[str] = Counter()
    for told in in_the_order_of(labels, files):
        if told.free:
            assert model.offers_are_real(told), told
        assert model.answer(told) == told.answer, told
        answers[told.answer] += 1
        acts[told.act] += 1
        acts["asked again"] += told.asked - 1
    assert PROCESSES * each == acts["reserve"]
    assert set(answers) == EVERY_ANSWER
    assert model.live == await desk.read(taken)
    for server, limits in model.limits.items():
        streams, viewers = model.most(server)
        assert streams <= limits.streams
        assert viewers <= limits.viewers
    log.info("%s answers %s", dict(acts), dict(answers))


async def servers_with_limits(desk: Desk, clock: Clock) -> dict[int, Limits]:
    """Put servers on a desk; gives their limits by their numbers."""
    scene = await set_scene(desk, clock)
    servers = {}
    for number, limits in enumerate(LIMITS):
        buffer = limits.buffer * QUARTER
        rules = Rules(
            max_streams=limits.streams,
            max_viewers=limits.viewers,
            set_up=buffer,
            tear_down=buffer,
        )
        kept = await desk.run(
            add_server, scene.actor, make_server(name=f"Raced {number}", rules=rules)
        )
        assert isinstance(kept, ServerKept)
        servers[kept.server.id] = limits
    return servers


def in_order(store: Store, _: datetime) -> list[str]:
    """Give the labels of all that was raced in the order in which it was decided."""
    noted = select(AuditRow.detail).where(col(AuditRow.act) == RACED).order_by(col(AuditRow.id))
    return [json.loads(detail)["label"] for detail in store.connection.execute(noted).scalars()]


def in_the_order_of(labels: list[str], files: list[Path]) -> Iterator[Told]:
    """Give what everybody was told in the order in which it was decided, each once."""
    with ExitStack() as stack:
        told_by = {file.name: stack.enter_context(file.open()) for file in files}
        early: dict[str, Told] = {}
        for label in labels:
            while label not in early:
                told = read_told(next(told_by[label.partition("-")[0]]))
                early[told.label] = told
            yield early.pop(label)
        assert not early
        assert [""] * len(files) == [file.read() for file in told_by.values()]


def taken(store: Store, _: datetime) -> dict[str, Booked]:
    """Give what is taken, by its codes."""
    live = select(ReservationRow).where(col(ReservationRow.live))
    return {
        row.code: Booked(row.server_id, span_of(Slot(row.starts_at, row.ends_at)), row.viewers)
        for row in store.connection.execute(live)
    }
