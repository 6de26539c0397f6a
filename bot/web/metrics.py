"""The desk's figures as Prometheus knows them: every name and label that there is, and no more.

No label holds what a person typed, a code, a name or an address: there are as many series on a desk
with a million reservations as on an empty one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.web.exposition import Family, Kind, Sample
from bot.web.loop_lag import LoopLag
from core.gate.gate import ADMITTED
from core.model.delivery import DeliveryState
from core.model.gate import Reason
from core.model.recipient import RouteName
from core.model.reservation import Status
from core.store.meters import NEWEST
from core.usecases.operators import REASONS, Bookings, Measures, Pulse

_PROC = Path("/proc")
_NEVER = float("inf")
_SHARES = (0.5, 0.99, 1.0)
_STARTED_AT = 19  # the place of `starttime` behind the name in /proc/PID/stat (proc(5))


def desk_families(found: Measures) -> list[Family]:
    """Make the families of what the database says."""
    open_counts = {(one.route, one.state): one.count for one in found.waiting}
    past_counts = {(one.route, one.state): one.count for one in found.past}
    oldest = [
        _sample(
            max(
                (
                    (found.at - one.oldest_at).total_seconds()
                    for one in found.waiting
                    if one.route is route
                ),
                default=0,
            ),
            route=route.value,
        )
        for route in RouteName
    ]
    return [
        _gauge(
            "callboard_reservations",
            "Reservations that hold a slot, by status.",
            *(
                _sample(found.live.get(status, 0), status=status.value)
                for status in Status
                if status.live
            ),
        ),
        _gauge(
            "callboard_deliveries",
            "Deliveries that have not ended, by route and state.",
            *_by_route(open_counts, ended=False),
        ),
        _gauge(
            "callboard_recent_deliveries",
            f"How the newest {NEWEST} deliveries ended, as far as they have, by route and state.",
            *_by_route(past_counts, ended=True),
        ),
        _gauge(
            "callboard_queue_depth",
            "Deliveries that could be sent now, or are being sent.",
            _sample(sum(one.due for one in found.waiting)),
        ),
        _gauge(
            "callboard_oldest_waiting_delivery_age_seconds",
            "How long ago the oldest delivery that has not ended was queued, by route; 0 for none.",
            *oldest,
        ),
        *(_lag(pulse) for pulse in found.pulses),
    ]


def database_family(*, up: bool) -> Family:
    """Say whether the database answered: where it did not, only what the process knows is there."""
    about = "Whether the database answered: 1 or 0."
    return _gauge("callboard_database_up", about, _sample(int(up)))


def booking_families(bookings: Bookings) -> list[Family]:
    """Make the families of what was asked of the desk, and what it answered."""
    denials = (_sample(bookings.reasons[reason], reason=_snake(reason)) for reason in REASONS)
    return [
        _counter(
            "callboard_bookings_total",
            "Requests for a slot that the whole desk decided on since this process began.",
            _sample(bookings.permitted, outcome="permitted"),
            _sample(bookings.denied, outcome="denied"),
        ),
        _counter(
            "callboard_denial_reasons_total",
            "Reasons of denied requests; one request may be denied for several.",
            *denials,
        ),
    ]


def gate_family(counts: Mapping[str, int]) -> Family:
    """Make the family of what the gate of this process answered."""
    return _counter(
        "callboard_gate_answers_total",
        "Answers of this process's gate: admitted, or refused for a reason.",
        _sample(counts.get(ADMITTED, 0), decision="admit", reason=""),
        *(
            _sample(counts.get(reason.value, 0), decision="refuse", reason=reason.value)
            for reason in Reason
        ),
    )


def loop_family(lag: LoopLag) -> Family:
    """Say how late this process's event loop is."""
    return _gauge(
        "callboard_loop_lag_seconds",
        "How late this process's event loop came to its timers in the last minute, by quantile.",
        *(_sample(lag.quantile(share), quantile=str(share)) for share in _SHARES),
    )


def process_families(proc: Path = _PROC) -> list[Family]:
    """Make the families every Prometheus client has, as far as the system tells."""
    found: list[Family] = []
    own = proc / "self"
    try:
        ticks = int(own.joinpath("stat").read_text().rpartition(")")[2].split()[_STARTED_AT])
        booted = re.search(r"^btime (\d+)$", proc.joinpath("stat").read_text(), re.MULTILINE)
        pages = int(own.joinpath("statm").read_text().split()[1])
        descriptors = sum(1 for _ in (own / "fd").iterdir())
    except (OSError, ValueError, IndexError):  # another system, or one that keeps this to itself
        return found
    if booted is not None:
        started = int(booted[1]) + ticks / os.sysconf("SC_CLK_TCK")
        about = "When the process began, in seconds since the epoch."
        found.append(_gauge("process_start_time_seconds", about, _sample(started)))
    resident = pages * os.sysconf("SC_PAGE_SIZE")
    return [
        *found,
        _gauge("process_resident_memory_bytes", "Resident memory in bytes.", _sample(resident)),
        _gauge("process_open_fds", "Open file descriptors.", _sample(descriptors)),
    ]


def _lag(pulse: Pulse) -> Family:
    age = _NEVER if pulse.age is None else pulse.age.total_seconds()
    about = f"How long ago it was noted that the {pulse.name} is at work: every 10 s; +Inf: never."
    return _gauge(f"callboard_{pulse.name}_lag_seconds", about, _sample(age))


def _by_route(
    counts: Mapping[tuple[RouteName, DeliveryState], int], *, ended: bool
) -> Iterable[Sample]:
    """Give every state of every route: what is not there is 0, and no gap in a graph."""
    for route in RouteName:
        for state in DeliveryState:
            if state.open is not ended:
                yield _sample(counts.get((route, state), 0), route=route.value, state=state.value)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _sample(value: float, **labels: str) -> Sample:
    return Sample(value, labels)


def _gauge(name: str, about: str, *samples: Sample) -> Family:
    return Family(name, Kind.GAUGE, about, samples)


def _counter(name: str, about: str, *samples: Sample) -> Family:
    return Family(name, Kind.COUNTER, about, samples)
