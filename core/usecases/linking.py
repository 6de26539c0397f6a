"""One person in two chats: a code from the one, a look and a yes in the other.

Codes are signed claims, as links are: an account and the moment it asked, good for ten minutes and
once. What is said yes to is a code of its own, which only the question gives: it is bound to every
account that the question named. So whoever is told to type something is shown first who they would
become, and what was shown is what they agree to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from core.model.people import Actor, WorkspaceKind
from core.store.codec import remembered
from core.store.linking import ChatAccount
from core.store.store import Store
from core.usecases.joining import join, part

CODE_LASTS = timedelta(minutes=10)

_CODE = re.compile(r"(([0-9a-f]{1,16})-([0-9a-f]{1,10}))-([A-Za-z0-9_-]{22})", re.ASCII)


class WhyNot(StrEnum):
    """Why two accounts are not linked, or one is not unlinked."""

    NO_CODE = "no code of ours, or not of this question"
    TOO_OLD = "older than ten minutes"
    USED = "used already"
    OWN = "made by the account it was typed in"
    ALREADY = "one person already"
    SAME_WORKSPACE = "both have an account in one workspace"
    NOT_LINKED = "it has its person to itself"


@dataclass(frozen=True, slots=True)
class LinkOffered:
    """A code to be typed in the other chat until then, and the accounts of the actor by now."""

    code: str
    until: datetime
    accounts: tuple[ChatAccount, ...]


@dataclass(frozen=True, slots=True)
class WouldLink:
    """Who would be one person, those of the other chat first; `code` is what a yes is said to."""

    code: str
    accounts: tuple[ChatAccount, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """All these are one person now; `moved` live reservations have the one holder since."""

    accounts: tuple[ChatAccount, ...]
    moved: int


@dataclass(frozen=True, slots=True)
class Unlinked:
    """The account is a person of its own again, with `moved` live reservations made there."""

    account: ChatAccount
    moved: int


@dataclass(frozen=True, slots=True)
class NotLinked:
    """Nothing was linked or unlinked, and why; `accounts` are those that stand in the way."""

    why: WhyNot
    accounts: tuple[ChatAccount, ...] = ()


remembered(ChatAccount, LinkOffered, Linked, NotLinked, Unlinked, WhyNot, WorkspaceKind, WouldLink)


def present(store: Store, now: datetime, actor: Actor, *, hold: bool = False) -> Actor:
    """Give an actor as the person they are by now: a front end may remember them from before.

    With `hold` they stay that person until the transaction ends: linking waits for it, and so finds
    what it wrote.
    """
    number = store.linking.person_now(actor.workspace_id, actor.person_id, hold=hold)
    return actor if number == actor.person_id else replace(actor, person_id=number)


def offer_link(store: Store, now: datetime, actor: Actor) -> LinkOffered:
    """Make the code by which another account can become the same person."""
    account = _own(store, present(store, now, actor))
    subject = f"{account.id:x}-{int(now.timestamp()):x}"
    return LinkOffered(
        code=f"{subject}-{store.vault.sign(f'link:{subject}')}",
        until=now + CODE_LASTS,
        accounts=store.linking.accounts([account.person_id]),
    )


def ask_link(store: Store, now: datetime, actor: Actor, code: str) -> WouldLink | NotLinked:
    """Show who would be one person by that code. Nothing is changed."""
    claim = _read(store, now, code)
    if isinstance(claim, NotLinked):
        return claim
    parties = _parties(store, claim, present(store, now, actor))
    if isinstance(parties, NotLinked):
        return parties
    signed = store.vault.sign(_agreement(claim, parties))
    return WouldLink(f"{claim.subject}-{signed}", parties.accounts)


def link(store: Store, now: datetime, actor: Actor, code: str) -> Linked | WouldLink | NotLinked:
    """Make one person of two accounts, by the code that the question gave.

    The code that was offered, which shows nobody anything, gets the question. What the actor's own
    person has set holds; what they have not set comes from the other.
    """
    claim = _read(store, now, code)
    if isinstance(claim, NotLinked):
        return claim
    _hold(store, (claim.account_id, _own(store, present(store, now, actor)).id))
    actor = present(store, now, actor)
    parties = _parties(store, claim, actor)
    if isinstance(parties, NotLinked):
        return parties
    if not _agreed(store, claim, parties):
        return ask_link(store, now, actor, code)
    store.records.keep_answer(claim.key, "used")
    moved = join(store, parties.here, parties.there)
    one = store.linking.accounts([actor.person_id])
    numbers = [account.id for account in one]
    store.records.audit("link", actor, accounts=numbers, was=parties.there[0].person_id)
    return Linked(one, moved)


def unlink(store: Store, now: datetime, actor: Actor) -> Unlinked | NotLinked:
    """Make the actor's account a person of its own, with the reservations of its workspace.

    Zone and reminders go with it; the mail address only where it was this account that brought it.
    """
    own = _own(store, present(store, now, actor))
    _hold(store, (own.id,))
    account = _own(store, present(store, now, actor))
    together = store.linking.accounts([account.person_id])
    others = tuple(one for one in together if one.id != account.id)
    if not others:
        return NotLinked(WhyNot.NOT_LINKED)
    left, moved = part(store, account, others)
    store.records.audit("unlink", actor, account=account.id, person=left.person_id)
    return Unlinked(left, moved)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a code says: an account asked at a moment; the rest of it is not looked at yet."""

    subject: str
    account_id: int
    signature: str

    @property
    def key(self) -> str:
        """By which it is known whether the code was used."""
        return f"link:{self.subject}"


@dataclass(frozen=True, slots=True)
class _Parties:
    """Two persons with their accounts: `there` the code was made, `here` it was typed."""

    there: tuple[ChatAccount, ...]
    here: tuple[ChatAccount, ...]

    @property
    def accounts(self) -> tuple[ChatAccount, ...]:
        """All of them."""
        return (*self.there, *self.here)


def _read(store: Store, now: datetime, code: str) -> _Claim | NotLinked:
    """Take a code apart; whose signature it carries is seen when it is known what was signed."""
    parts = _CODE.fullmatch(code.strip())
    if parts is None:
        return NotLinked(WhyNot.NO_CODE)
    age = now - datetime.fromtimestamp(int(parts[3], 16), UTC)
    if not timedelta(0) <= age <= CODE_LASTS:
        return NotLinked(WhyNot.TOO_OLD)
    return _Claim(parts[1], int(parts[2], 16), parts[4])


def _parties(store: Store, claim: _Claim, actor: Actor) -> _Parties | NotLinked:
    """See whom a code is about; whoever has no code of ours learns of nobody but themselves."""
    asked = _own(store, actor)
    if claim.account_id == asked.id:
        return NotLinked(WhyNot.OWN, (asked,))
    person = store.linking.person_behind(claim.account_id)
    here = store.linking.accounts([asked.person_id])
    if person == asked.person_id:
        return NotLinked(WhyNot.ALREADY, here)
    there = () if person is None else store.linking.accounts([person])
    parties = _Parties(there, here)
    offered = store.vault.verify(f"link:{claim.subject}", claim.signature)
    if not there or not (offered or _agreed(store, claim, parties)):
        return NotLinked(WhyNot.NO_CODE)
    taken = {one.workspace_id for one in there}
    if both := tuple(one for one in here if one.workspace_id in taken):
        return NotLinked(WhyNot.SAME_WORKSPACE, both)
    return NotLinked(WhyNot.USED) if store.records.answer_to(claim.key) else parties


def _agreement(claim: _Claim, parties: _Parties) -> str:
    numbers = ",".join(f"{one.id:x}" for one in parties.accounts)
    return f"link:{claim.subject}:{numbers}"


def _agreed(store: Store, claim: _Claim, parties: _Parties) -> bool:
    return store.vault.verify(_agreement(claim, parties), claim.signature)


def _own(store: Store, actor: Actor) -> ChatAccount:
    accounts = store.linking.accounts([actor.person_id])
    for one in accounts:
        if one.workspace_id == actor.workspace_id:
            return one
    raise LookupError(f"person {actor.person_id} has no account in their own workspace")


def _hold(store: Store, account_ids: Sequence[int]) -> None:
    """Keep the persons behind some accounts, with all of their accounts, as they are.

    Whoever waited finds them as they are by then: with another account, or another person.
    """

    def seen() -> tuple[ChatAccount, ...]:
        persons = {store.linking.person_behind(number) for number in account_ids}
        return store.linking.accounts([number for number in persons if number is not None])

    before: tuple[ChatAccount, ...] = ()
    while (now := seen()) != before:
        store.linking.hold({one.person_id for one in now})
        before = now
