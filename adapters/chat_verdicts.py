"""What a chat's refusals come to, whichever chat it is: fates, verdicts, and delivery outcomes."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from enum import Enum

import aiohttp

from core.model.delivery import Deferred, Doubtful, Outcome, Refused, RouteDown

UNREACHABLE = "callboard_unreachable"  # no connection: nothing was sent
CUT = "callboard_cut"  # the connection broke, or time ran out, after the call had been sent
GARBLED = "callboard_garbled"  # an answer that is none of the chat's


class Fate(Enum):
    """What becomes of a delivery."""

    DOWN = "the route is broken for everybody"
    DOUBT = "it may have arrived"
    LATER = "not now"
    OPERATOR = "not before somebody has mended our side"
    GONE = "the app is not in that workspace any more"
    ANEW = "what was to be edited or answered is gone"
    REFUSED = "this recipient will not take it"
    NOBODY = "there is no such recipient"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A fate with what to tell people: what to do next, in one line."""

    fate: Fate
    reason: str
    retry_after: float | None = None

    @property
    def passing(self) -> bool:
        """Tell whether the same call may succeed another time."""
        return self.fate in {Fate.DOWN, Fate.DOUBT, Fate.LATER, Fate.OPERATOR}


def outcome(verdict: Verdict, *, repeatable: bool = False) -> Outcome:
    """Make the outcome of a delivery; `repeatable`: doing it again does no harm."""
    match verdict.fate:
        case Fate.DOWN:
            return RouteDown(verdict.reason)
        case Fate.DOUBT if not repeatable:
            return Doubtful(verdict.reason)
        case Fate.DOUBT | Fate.LATER | Fate.OPERATOR:
            return Deferred(verdict.reason, verdict.retry_after)
        case Fate.NOBODY:
            return Refused(verdict.reason, bad_address=True)
        case Fate.GONE | Fate.ANEW | Fate.REFUSED:
            return Refused(verdict.reason)


_CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "there is no host of that name"),
    (aiohttp.ClientConnectorCertificateError, "its certificate was not accepted"),
    (ssl.SSLCertVerificationError, "its certificate was not accepted"),
    (aiohttp.ClientSSLError, "TLS failed"),
    (aiohttp.ClientProxyConnectionError, "the proxy does not answer"),
    (aiohttp.ConnectionTimeoutError, "it did not answer in time"),
    (aiohttp.ClientConnectorError, "nothing listens there"),
    (aiohttp.InvalidURL, "that is no address"),
)


def broken(error: Exception) -> tuple[str, str]:
    """Tell a connection that never was (UNREACHABLE) from one that was lost (CUT), in words."""
    for kind, words in _CAUSES:
        if isinstance(error, kind):
            return UNREACHABLE, words
    return CUT, "it did not answer in time" if isinstance(error, TimeoutError) else ""
