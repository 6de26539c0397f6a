"""A small disk of its own, that can be filled to the last byte."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.requirements import require

_CHUNK = 65_536


@contextmanager
def small_disk(at: Path, megabytes: int) -> Iterator[Path]:
    """Mount a disk of so many megabytes at a folder that is made for it."""
    at.mkdir()
    mount = shutil.which("mount")
    mounted = mount is not None and sys.platform == "linux" and _mounted(mount, at, megabytes)
    require("a disk to fill", mounted, "run as root, where tmpfs may be mounted")
    try:
        yield at
    finally:
        subprocess.run(  # noqa: S603 - a program of the system, and a path of our own
            [shutil.which("umount") or "umount", "--lazy", str(at)], check=True
        )


def _mounted(mount: str, at: Path, megabytes: int) -> bool:
    command = [mount, "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(at)]
    done = subprocess.run(  # noqa: S603 - likewise
        command, check=False, capture_output=True
    )
    return done.returncode == 0


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Have a disk full, until the end of the block."""
    ballast = disk / "ballast"
    size = _CHUNK
    with ballast.open("wb", buffering=0) as file:
        while size:
            try:
                file.write(bytes(size))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                size //= 2
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            ballast.unlink()
