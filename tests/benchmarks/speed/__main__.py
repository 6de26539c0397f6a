"""The whole table: `python -m tests.benchmarks.speed` prints it and writes docs/benchmarks.md.

It takes about half an hour. Each part is a process of its own, so that none is measured in what
another left behind. Needed are Debian's packages postfix and nodejs, and
`npm install --prefix tests --no-package-lock`. With names (`mail`, `booking`, …) those parts alone
are measured, and nothing is written.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.speed.figures import Curve, Line, Report, say
from tests.benchmarks.speed.machine import busy, described
from tests.benchmarks.speed.picture import Panel, picture
from tests.benchmarks.speed.programs import ROOT, module

PARTS = ("mail", "booking", "large", "command_line", "start")
_DOCUMENT, _PICTURE = ROOT / "docs" / "benchmarks.md", Path("pictures", "benchmarks.svg")
_ABOUT = """\
# The desk's speed beside its peers

Written by `python -m tests.benchmarks.speed`. What is compared took turns, round by round; a ratio
is made within each round, and its median stands here with the lowest and the highest. Rates drift
from machine to machine, and on a busy one: go by the ratios. SQLite with `synchronous=FULL`,
PostgreSQL with `fsync` and `synchronous_commit` on, as in the product. What made the desk fast, and
what was tried: [decision 17](decisions/0017-fast-without-promising-less.md).
"""


def measured(part: str) -> Report:
    """Measure one part in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as folder:
        handed_in = Path(folder) / "report.json"
        subprocess.run(module(part, str(handed_in)), cwd=ROOT, check=True)  # noqa: S603 - a module of ours
        return Report.from_json(handed_in.read_text(encoding="utf-8"))


def table(lines: list[Line]) -> str:
    """Write lines as a table."""
    rows = ["| what | against | figures | ratio | bar | |", "|---|---|---|---|---|---|"]
    for line in lines:
        held = {None: "", True: "holds", False: "**below**"}[line.holds]
        cells = (line.what, line.against or "–", line.figures, line.ratio, line.bar, held)
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def drawn(curves: list[Curve]) -> str:
    """Draw what is drawn."""
    bookings = [curve for curve in curves if curve.figure == "booking"]
    mails = [curve for curve in curves if curve.figure == "mail"]
    return picture(
        [
            Panel("A booking with 20 recipients, milliseconds", "reservations stored", bookings),
            Panel("Mails a second", "connections", mails, powers=True),
        ]
    )


def document(lines: list[Line], before: str, after: str) -> str:
    """Write the page."""
    ran = f"{datetime.now(UTC):%Y-%m-%d}: {', '.join(described())}."
    load = f"Programs at work in the minute before it began: {before}; in its last: {after}."
    shown = "Booking time over stored reservations, and mails a second over connections"
    return f"{_ABOUT}\n{ran} {load}\n\n{table(lines)}\n\n![{shown}]({_PICTURE.as_posix()})\n"


def main(wanted: list[str]) -> None:
    """Measure, print, and write down the whole."""
    before = busy()
    lines: list[Line] = []
    curves: list[Curve] = []
    for part in wanted or PARTS:
        report = measured(part)
        lines += report.lines
        curves += report.curves
    say(table(lines))
    if not wanted:
        _DOCUMENT.write_text(document(lines, before, busy()), encoding="utf-8")
        (_DOCUMENT.parent / _PICTURE).write_text(drawn(curves), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
