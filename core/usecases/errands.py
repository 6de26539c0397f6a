"""Errands: what a chat handed in is kept before it is acknowledged, and done afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.store.errands import Errand
from core.store.store import Store

_AGAIN_AFTER = timedelta(seconds=60)  # for another process, should this one die over it


def keep_errand(store: Store, now: datetime, kind: str, key: str, text: str) -> bool:
    """Keep an errand of a front end, once for each submission; `text` is sealed."""
    return store.errands.keep(key, kind, text, now)


def take_errand(store: Store, now: datetime, kind: str) -> Errand | None:
    """Take a front end's next errand for a minute."""
    return store.errands.take(kind, now, now + _AGAIN_AFTER)


def put_errand_off(store: Store, now: datetime, errand_id: int, wait: timedelta) -> None:
    """Leave an errand for a while: the desk was busy, or its answer did not arrive."""
    store.errands.put_off(errand_id, now + wait)


def drop_errand(store: Store, now: datetime, errand_id: int) -> None:
    """Forget an errand that was done."""
    store.errands.drop(errand_id)
