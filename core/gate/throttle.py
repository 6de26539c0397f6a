"""Slowing down, and then shutting out, whoever guesses: by address, and in memory alone.

What cannot be guessed is not held against an address: a stream key, a ticket or a passcode of the
desk's making is looked at wherever it comes from. So the holder comes in from behind an address
that somebody else has spoilt, and so does whoever watches from there already.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

from core.model.gate import Access, Asked

FREE = 3  # wrong guesses that are answered without delay
MOST = 10  # wrong guesses until an address is shut out
FAR_TOO_MANY = 100  # until even those who watch from there are held for guessers
SHUT_OUT = 900.0  # seconds
LONGEST_DELAY = 4.0  # seconds; the most impatient streaming server waits for ten
_REMEMBERED = 10_000  # addresses


@dataclass(slots=True)
class _Guesses:
    count: int
    until: float  # when they are forgotten


class Throttle:
    """Counts wrong guesses by address; instants are monotonic seconds."""

    def __init__(self) -> None:
        self._guesses: OrderedDict[str, _Guesses] = OrderedDict()

    def count(self, address: str, now: float) -> int:
        """Give how many wrong guesses an address has made of late."""
        if not self._guesses:
            return 0
        guesses = self._guesses.get(neighbourhood(address))
        return guesses.count if guesses and now < guesses.until else 0

    def guessed(self, address: str, now: float) -> float:
        """Note a wrong guess; gives for how many seconds its answer is held back."""
        key = neighbourhood(address)
        count = self.count(address, now) + 1
        self._guesses[key] = _Guesses(count, now + SHUT_OUT)
        self._guesses.move_to_end(key)
        if len(self._guesses) > _REMEMBERED:
            self._guesses.popitem(last=False)
        if count <= FREE:
            return 0.0
        return min(LONGEST_DELAY, 0.25 * 2.0 ** (count - FREE - 1))

    def forgive(self, address: str) -> None:
        """Take back what was noted as a guess and was none."""
        guesses = self._guesses.get(neighbourhood(address))
        if guesses:
            guesses.count -= 1


@lru_cache(_REMEMBERED)
def neighbourhood(address: str) -> str:
    """Say whom an address belongs to: of IPv6 everybody has 64 bits of their own to try from."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, 64), strict=False))


def can_be_guessed(asked: Asked) -> bool:
    """Tell whether it may have been a passcode that was given: keys and tickets are too long."""
    return asked.access is Access.WATCH and not asked.ticket and bool(asked.secret)
