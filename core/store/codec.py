"""The desk's values as JSON text: a revision's facts, a server's rules, a submission's answer.

Each value carries its class's name, so that a union needs no guessing and an old row can be read by
newer code: a field that is not there takes its default, one that is no longer known is ignored.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

_TAG = "~"
_known: dict[str, type] = {}


def remembered(*classes: type) -> None:
    """Let values of these classes be written and read; names must be unique among all of them."""
    for cls in classes:
        if _known.setdefault(cls.__name__, cls) is not cls:
            raise ValueError(f"two classes are called {cls.__name__}")


def encode(value: object) -> str:
    """Write a value as JSON text; raises `TypeError` for a class that is not remembered."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def decode(text: str) -> Any:  # noqa: ANN401 - the tag in the text says which class
    """Read a value that `encode` wrote; raises `ValueError` for a class this release has not."""
    return _valued(json.loads(text))


def _plain(value: Any) -> Any:  # noqa: ANN401 - any of the model's values
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, Enum)):
        return value
    if isinstance(value, tuple | list | frozenset):
        return [_plain(item) for item in value]
    name = type(value).__name__
    if name in _WRITERS:
        return {_TAG: name, "v": _WRITERS[name](value)}
    if _known.get(name) is not type(value):
        raise TypeError(f"{name} is not among the remembered classes")
    if isinstance(value, Enum):
        return {_TAG: name, "v": value.value}
    return {_TAG: name} | {f.name: _plain(getattr(value, f.name)) for f in fields(_known[name])}


def _valued(plain: Any) -> Any:  # noqa: ANN401 - what JSON holds
    if isinstance(plain, list):
        return tuple(_valued(item) for item in plain)
    if not isinstance(plain, dict):
        return plain
    name = plain[_TAG]
    if name in _READERS:
        return _READERS[name](plain["v"])
    cls = _known.get(name)
    if cls is None:
        raise ValueError(f"this release knows no {name}")
    if not is_dataclass(cls):
        return cls(plain["v"])
    given = {f.name for f in fields(cls) if f.init} & plain.keys()
    return cls(**{key: _valued(plain[key]) for key in given})


_WRITERS: dict[str, Callable[[Any], object]] = {
    "datetime": datetime.isoformat,
    "timedelta": timedelta.total_seconds,
    "time": time.isoformat,
    "ZoneInfo": str,
}
_READERS: dict[str, Callable[[Any], object]] = {
    "datetime": datetime.fromisoformat,
    "timedelta": lambda seconds: timedelta(seconds=seconds),
    "time": time.fromisoformat,
    "ZoneInfo": ZoneInfo,
}
