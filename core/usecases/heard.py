"""What a chat has been heard to send: how a doctor sees whether it was told to send it at all."""

from __future__ import annotations

from datetime import datetime

from core.store.store import Store


def note_heard(store: Store, now: datetime, what: str) -> None:
    """Note that something of a kind arrived, such as `slack:commands`."""
    store.records.beat(what, now)
