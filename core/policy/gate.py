"""The gate's decision: whether a client may publish, or watch, now, and a running one may stay.

The holder publishes from set-up before the slot until tear-down after it. The audience watches
while the slot is on, not before: so the holder can rehearse unseen. Whoever has the stream key may
also watch whenever it may be published with, to see what goes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import NamedTuple

from core.model.gate import Access, Admit, Decision, Reason, Refuse
from core.model.recipient import HOLDER
from core.model.reservation import CredentialMode, Status
from core.model.slot import Slot


@dataclass(frozen=True, slots=True)
class Opening:
    """When, and to whom, a reservation's stream is open.

    `busy` is the slot with its set-up and tear-down. Keys and passcodes stand here as the keyed
    digests they are kept by: `own` gives the recipient of each passcode where everybody has their
    own. `numbers` are the recipients on the list. `passcode_chosen`: a person made the passcode up,
    so that it may be guessed.
    """

    reservation_id: int
    server_id: int
    path: str
    status: Status
    slot: Slot
    busy: Slot
    access_serial: int
    credential_mode: CredentialMode
    watch_user: str
    key_digest: str = field(repr=False)
    passcode_digest: str = field(default="", repr=False)
    passcode_chosen: bool = False
    own: Mapping[str, int] = field(default_factory=dict, repr=False)
    numbers: frozenset[int] = field(default=frozenset(), repr=False)


class Given(NamedTuple):
    """What a client gave to get in: digests of its secret under each live key, or a ticket.

    `ticket` is the reservation, the recipient (0: whoever has the shared credentials) and the
    serial that a ticket was signed for. `nothing`: it gave nothing at all.
    """

    access: Access
    user: str = ""
    digests: tuple[str, ...] = ()
    ticket: tuple[int, int, int] | None = None
    nothing: bool = False

    def __repr__(self) -> str:
        """Show what kind of thing was given, and not what."""
        kinds = [name for name in ("user", "digests", "ticket") if getattr(self, name)]
        return f"<Given to {self.access.value}: {kinds}>"


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection that was admitted, as far as it matters whether it may stay.

    `listed`: its recipient is still on the reservation's list.
    """

    access: Access
    number: int | None
    access_serial: int
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Publishing:
    """Somebody who publishes there already."""

    client: str
    address_digest: str


def decide(given: Given, opening: Opening | None, now: datetime) -> Decision:
    """Admit a client, or refuse it and say why: whoever may not come in learns no more than that.

    The credentials are looked at first. So a reason that speaks of the time is only ever given to
    who would be let in at another.
    """
    if opening is None:
        return Refuse(Reason.NOTHING_GIVEN if given.nothing else Reason.UNKNOWN)
    watches = given.access is Access.WATCH
    free = watches and opening.credential_mode is CredentialMode.NONE
    if given.nothing and not free:
        return Refuse(Reason.NOTHING_GIVEN)
    if _is_one_of(opening.key_digest, given.digests):
        return _in_time(opening, opening.busy, HOLDER, now)
    if not watches:
        return Refuse(Reason.WRONG)
    number = None if free else _watcher(given, opening)
    if isinstance(number, Refuse):
        return number
    return _in_time(opening, opening.slot, number, now)


def why_not_stay(
    connection: Connection | None, running: Access, opening: Opening, now: datetime
) -> Reason | None:
    """Say why a running connection must end; None: it may stay.

    `connection` of None: it was admitted without a record (the database was away), so that only the
    time speaks against it.
    """
    holder = running is Access.PUBLISH or (connection is not None and connection.number == HOLDER)
    timely = _in_time(opening, opening.busy if holder else opening.slot, None, now)
    if isinstance(timely, Refuse):
        return timely.reason
    if holder or connection is None or opening.credential_mode is CredentialMode.NONE:
        return None
    if connection.access_serial != opening.access_serial or not connection.listed:
        return Reason.WRONG
    return None


def contend(
    others: Sequence[Publishing], address_digest: str, *, can_kick: bool
) -> tuple[Publishing, ...] | Refuse:
    """Decide between a new publisher with the right key and those who publish there already.

    From the same address it is the same encoder, back after a break that the server has not noticed
    yet: it takes the others' place. From elsewhere it is a second one, and refused while the first
    is there. Where the desk cannot end connections, it is the server that keeps to one at a time.
    """
    if can_kick and any(one.address_digest != address_digest for one in others):
        return Refuse(Reason.PUBLISHING)
    return tuple(others)


def _in_time(opening: Opening, window: Slot, number: int | None, now: datetime) -> Admit | Refuse:
    if opening.status is Status.CANCELLED:
        return Refuse(Reason.CANCELLED)
    if opening.status is Status.LAPSED:
        return Refuse(Reason.LAPSED)
    if now < window.starts_at:
        return Refuse(Reason.EARLY)
    if now >= window.ends_at:
        return Refuse(Reason.OVER)
    return Admit(window.ends_at, opening.reservation_id, opening.access_serial, number)


def _watcher(given: Given, opening: Opening) -> int | Refuse | None:
    """Find whose credentials a watcher has; None where everybody has the same."""
    if given.ticket is not None:
        return _ticket_holder(given.ticket, opening)
    if opening.credential_mode is CredentialMode.SHARED:
        right = given.user in {"", opening.watch_user}
        right &= _is_one_of(opening.passcode_digest, given.digests)
        return None if right else Refuse(Reason.WRONG)
    number = next((opening.own[one] for one in given.digests if one in opening.own), None)
    if number is None or given.user not in {"", f"{opening.watch_user}-{number}"}:
        return Refuse(Reason.WRONG)
    return number


def _ticket_holder(ticket: tuple[int, int, int], opening: Opening) -> int | Refuse | None:
    reservation_id, number, access_serial = ticket
    fits = (reservation_id, access_serial) == (opening.reservation_id, opening.access_serial)
    if not fits or not (number == HOLDER or number in opening.numbers):
        return Refuse(Reason.WRONG)
    shared = number == HOLDER
    if shared and opening.credential_mode is CredentialMode.EACH:
        return Refuse(Reason.WRONG)
    return None if shared else number


def _is_one_of(kept: str, digests: Sequence[str]) -> bool:
    """Tell, in constant time, whether a secret's digest is the one that is kept."""
    return bool(kept) and True in [compare_digest(kept, one) for one in digests]
