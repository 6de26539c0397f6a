"""All of it: `python -m tests.benchmarks` prints the table and writes docs/benchmarks.md with it.

It takes half an hour, and an idle machine. Postfix's `smtp-source` and `smtp-sink` must be there
(Debian's package postfix), and what `npm install --prefix tests --no-package-lock` installs.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks import booking, mail, start
from tests.benchmarks.measuring import Line, machine
from tests.benchmarks.picture import picture

_DOCS = Path(__file__).parents[2] / "docs"
_PICTURE = "pictures/benchmarks.svg"
_ABOUT = """\
# How fast it is

Written by `python -m tests.benchmarks`. Whatever is compared takes turns in one run; figures are
medians of five rounds. They drift from machine to machine: the ratios count. What made it faster,
and what did not, stands in [decision 17](decisions/0017-fast-without-promising-less.md); how fast
the gate answers, in [decision 11](decisions/0011-a-yes-from-memory-a-no-from-the-store.md); the
pages are measured by `python -m tests.benchmarks.pages`.
"""


async def _compared() -> tuple[list[Line], str]:
    lines, rates = await mail.compare()
    booked, times = await booking.compare()
    lines += [*booked, *await start.compare()]
    drawn = picture(
        [
            ("A booking with 20 recipients, ms", "reservations stored", times),
            ("Mails a second into smtp-sink", "connections", rates),
        ]
    )
    return lines, drawn


def _row(line: Line) -> str:
    met = {None: "", True: "yes", False: "**no**"}[line.met]
    return f"| {line.what} | {line.against} | {line.figures} | {line.ratio} | {line.bar} | {met} |"


def _document(lines: Sequence[Line]) -> str:
    where = f"{datetime.now(UTC):%Y-%m-%d}, {', '.join(machine())}."
    head = "| what | against | figures | ratio | bar | met |\n|---|---|---|---|---|---|"
    rows = "\n".join(map(_row, lines))
    about = "Booking time over stored reservations; mails a second over connections"
    return f"{_ABOUT}\n{where}\n\n{head}\n{rows}\n\n![{about}]({_PICTURE})\n"


def main() -> None:
    """Measure, print, and write it down."""
    lines, drawn = asyncio.run(_compared())
    document = _document(lines)
    (_DOCS / _PICTURE).write_text(drawn, encoding="utf-8")
    (_DOCS / "benchmarks.md").write_text(document, encoding="utf-8")
    sys.stdout.write(document)


if __name__ == "__main__":
    main()
