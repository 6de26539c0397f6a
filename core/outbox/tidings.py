"""What the log says of deliveries: one line for many that came out alike, as there are so many."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.outbox.page import Result

log = logging.getLogger(__name__)

_AT_ONCE = 100  # deliveries in a line, about


@dataclass(slots=True)
class Tidings:
    """Results that are written down and not yet logged, by outcome."""

    _alike: dict[str, list[str]] = field(default_factory=dict)
    _number: int = 0

    def add(self, results: Sequence[Result]) -> None:
        """Add results; they are logged once there are many."""
        for one in results:
            outcome = type(one.outcome).__name__.lower()
            self._alike.setdefault(outcome, []).append(str(one.job.delivery.id))
        self._number += len(results)
        if self._number >= _AT_ONCE:
            self.tell()

    def tell(self) -> None:
        """Log what there is."""
        for outcome, deliveries in self._alike.items():
            log.info("deliveries.%s", outcome, extra={"deliveries": ",".join(deliveries)})
        self._alike.clear()
        self._number = 0
