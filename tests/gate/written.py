"""Bodies of hooks as they were written down from the servers' sources, and hostile ones."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from core.gate.hooks import Hook

EXCHANGES = Path(__file__).parent / "exchanges"
KEY = "qZ7d0m3xWcT1vB9nKfJ2sLr8YhUo4EpA"
PASSCODE = "4KQ7M2RD9X"
TICKET = "2a-3-7-Wq3vS0xkLmT9bYc2dEfGhI"

# whatever a body may be that is no JSON object as these servers write them
NO_OBJECTS = [
    b"",
    b" ",
    b"null",
    b"0",
    b'"on_publish"',
    b"[]",
    b"{",
    b"{}}",
    b"{'action':'publish'}",
    b'{"action":publish}',
    b"action=publish&path=live/k7q2mf",
    b"\xff\xfe{\x00}\x00",
    b'\xef\xbb\xbf{"action":"publish"}',
    b'{"action":"\xff"}',
    b'{"a":NaN}',
    b'{"a":-Infinity}',
    b'{"a":' + b"9" * 5_000 + b"}",
    b"[" * 16_000,
    b'{"a":' * 3_000,
    b'{"action":"publish"}{"action":"read"}',
]

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
)


def written(name: str) -> Hook:
    """Make the hook of an exchange."""
    return posted((EXCHANGES / f"{name}.json").read_bytes())


def exchanges_of(server: str) -> set[str]:
    """List the names of a server's exchanges."""
    return {one.stem for one in EXCHANGES.glob(f"{server}-*.json")}


def posted(body: bytes, word: str = "") -> Hook:
    """Make the hook of a body."""
    return Hook(word, "", {"content-type": "application/json"}, body)
