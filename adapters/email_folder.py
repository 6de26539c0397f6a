"""The mail route without a mail server: every message becomes an .eml file in a folder."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

from adapters.smtp_wire import NOT_AN_ADDRESS, envelope_address
from core.model.delivery import Accepted, Outcome, Refused, RouteDown, Withdrawn
from core.model.recipient import RouteName
from core.outbox.route import HandOver, Lane, Message, RouteUnavailable

_UNSAFE = re.compile(r"[^A-Za-z0-9@._+-]")
_LONGEST_PART = 80  # of an address in a file name, which has 255 bytes on most file systems


class EmailFolder:
    """Mail written to a folder that its owner alone can read: the messages hold passcodes."""

    name = RouteName.EMAIL
    lanes = 1

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def open(self) -> Lane:
        """Make the folder if need be; raises `RouteUnavailable` if nothing can be written there."""
        try:
            await asyncio.to_thread(_make_ready, self._folder)
        except OSError as error:
            raise RouteUnavailable(_explain(self._folder, error)) from error
        return _FolderLane(self._folder)


class _FolderLane:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._closed = False

    async def send(self, message: Message, hand_over: HandOver) -> Outcome:
        """Write one message; see `Lane`."""
        if self._closed:
            raise RuntimeError("this lane is closed: open another")
        if envelope_address(message.recipient) is None:
            return Refused(NOT_AN_ADDRESS, bad_address=True)
        if not await hand_over():
            return Withdrawn()
        name = file_name(message)
        try:
            await asyncio.to_thread(_write, self._folder / name, message.data)
        except OSError as error:
            return RouteDown(_explain(self._folder, error))
        return Accepted(name)

    async def close(self) -> None:
        """Take no more messages; see `Lane`."""
        self._closed = True


def file_name(message: Message) -> str:
    """Name a message's file: by its delivery, so that a repetition replaces it, then for people."""
    person = _UNSAFE.sub("_", message.recipient)[:_LONGEST_PART]
    return f"{message.delivery_id:08d}-{person}.eml"


def _make_ready(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError("the folder cannot be written to")


def _write(path: Path, data: bytes) -> None:
    """Write a file that is either whole or not there, also after a power cut."""
    unfinished = path.with_suffix(".part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _explain(folder: Path, error: OSError) -> str:
    return f"mail folder {folder}: {error.strerror or error} (look at its place and its rights)"
