"""What `callboard doctor` says of each thing it looks at."""

from __future__ import annotations

from dataclasses import dataclass

WORKS, MISSING, BROKEN = "works", "missing", "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it is, and what to do about it."""

    how: str
    what: str
    mend: str = ""
