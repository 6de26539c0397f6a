"""What processes use of the machine's processors, as the kernel counts it (proc(5))."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_NANOSECONDS = 1_000_000_000
_PARENT, _USER, _SYSTEM = 1, 11, 12  # fields of a process's `stat`, behind its name


@dataclass(frozen=True)
class Use:
    """Seconds of processor time so far: by everybody, and by each process of ours.

    `waited` is how long each of ours stood ready to run and was given no processor.
    """

    everybody: float
    ours: Mapping[int, float]
    waited: Mapping[int, float]

    def others_since(self, before: Use) -> float:
        """Give the seconds of processor time that have gone to others; the host's are some."""
        ours = sum(spent - before.ours.get(pid, 0.0) for pid, spent in self.ours.items())
        return max(0.0, self.everybody - before.everybody - ours)

    def waited_since(self, before: Use, pid: int | None = None) -> float:
        """Give how long a process of ours, or all of them, has waited for a processor."""
        asked = self.waited if pid is None else [pid]
        waited = (self.waited.get(one, 0.0) - before.waited.get(one, 0.0) for one in asked)
        return sum(max(0.0, one) for one in waited)  # threads that ended take theirs with them


def use_by(roots: Collection[int]) -> Use:
    """Count what these processes and all that they began have used."""
    ours = dict(_with_children(roots))
    return Use(_everybody(), ours, {pid: _waited(pid) for pid in ours})


def _everybody() -> float:
    user, nice, system, _, _, _, _, stolen = map(
        int, (_PROC / "stat").read_text("ascii").split()[1:9]
    )
    # what interrupts take is left out: whose they are nobody knows, and most are ours
    return (user + nice + system + stolen) / _TICKS


def _with_children(roots: Collection[int]) -> Iterator[tuple[int, float]]:
    spent: dict[int, float] = {}
    children: dict[int, list[int]] = {}
    for folder in _PROC.iterdir():
        with suppress(OSError):  # it has ended
            if folder.name.isdecimal():
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                pid = int(folder.name)
                spent[pid] = (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS
                children.setdefault(int(fields[_PARENT]), []).append(pid)
    asked = [*roots]
    while asked:
        pid = asked.pop()
        if pid in spent:
            yield pid, spent.pop(pid)
        asked += children.pop(pid, [])


def _waited(pid: int) -> float:
    """Sum up the threads' waiting; not every kernel counts it."""
    waited = 0
    with suppress(OSError):
        for thread in (_PROC / str(pid) / "task").iterdir():
            with suppress(OSError):
                waited += int((thread / "schedstat").read_text("ascii").split()[1])
    return waited / _NANOSECONDS
