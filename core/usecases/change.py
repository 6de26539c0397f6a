"""Change: time, server, audience or wording in one step: the new slot or the old, never neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from core.access.credentials import new_passcode
from core.model.people import Actor
from core.model.recipient import Contact, Recipient
from core.model.request import ChangeRequest, CredentialWish
from core.model.reservation import CredentialMode, Reservation, Status
from core.model.server import Server
from core.notices.notice import NoticeKind
from core.outbox.enqueue import tell_audience, tell_holder
from core.policy.load import busy_interval
from core.policy.permit import reconfirm_deadline
from core.policy.reasons import Deny
from core.store.recipients import HOLDER
from core.store.reservations import Secrets
from core.store.store import Store
from core.usecases.answers import (
    ChangeAnswer,
    Changed,
    Denied,
    Ended,
    NobodyListed,
    NoSuchList,
    NoSuchServer,
    Skipped,
    TooManyNewAddresses,
    TooManyRecipients,
    Unchanged,
)
from core.usecases.authority import managed, reservable
from core.usecases.deciding import decide_slot
from core.usecases.listing import listed_contacts, over_bounds
from core.usecases.reserve import make_credentials, new_recipients
from core.usecases.revising import revise

T = TypeVar("T")


def change(store: Store, now: datetime, actor: Actor, request: ChangeRequest) -> ChangeAnswer:
    """Change what is asked, deciding anew where it must be, and tell those who know of it."""
    found = managed(store, actor, request.code)
    if not isinstance(found, Reservation):
        return found
    servers = _locked(store, found.server_id, request.server_id)
    before = store.reservations.get(found.id)
    server = servers.get(request.server_id or before.server_id)
    if server is None or not (server.id == before.server_id or reservable(actor, server)):
        return NoSuchServer()
    if not before.status.live or before.slot.ends_at <= now:
        return Ended(before)
    changes = _changes(store, actor, before, request)
    if not isinstance(changes, _AudienceChanges):
        return changes
    wanted = _wanted(before, request, server)
    moved = (wanted.slot, wanted.server_id, wanted.viewers) != (
        before.slot,
        before.server_id,
        before.viewers,
    )
    if moved:
        denial = _denial(store, server, before, wanted)
        if denial:
            return denial
        wanted = _with_deadline(wanted, before, server, now)
    return _carried_out(store, actor, before, wanted, server, request.credentials, changes, moved)


@dataclass(frozen=True, slots=True)
class _AudienceChanges:
    """Who comes on the reservation, who comes back, and who goes."""

    present: tuple[Recipient, ...]
    new: tuple[Contact, ...]
    back: tuple[Recipient, ...]
    gone: tuple[Recipient, ...]

    @property
    def any(self) -> bool:
        """Tell whether the audience is another than before."""
        return bool(self.new or self.back or self.gone)


def _locked(store: Store, *server_ids: int | None) -> dict[int, Server]:
    """Lock the servers in the order of their numbers, so that two changes never wait in a ring."""
    wanted = sorted({number for number in server_ids if number is not None})
    locked = ((number, store.servers.lock(number)) for number in wanted)
    return {number: server for number, server in locked if server is not None}


def _changes(
    store: Store, actor: Actor, before: Reservation, request: ChangeRequest
) -> _AudienceChanges | NoSuchList | TooManyRecipients | TooManyNewAddresses | NobodyListed:
    added = listed_contacts(store, actor, request.add, request.audience_lists)
    if isinstance(added, NoSuchList):
        return added
    known = {one.contact.key: one for one in store.recipients.of(before.id) if one.number != HOLDER}
    unwanted = {contact.key for contact in request.remove}
    wanted = {contact.key for contact in added}
    gone = tuple(one for key, one in known.items() if key in unwanted - wanted and not one.removed)
    back = tuple(one for key, one in known.items() if key in wanted and one.removed)
    new = tuple(contact for contact in added if contact.key not in known)
    present = tuple(one for one in known.values() if not one.removed)
    total = len(present) - len(gone) + len(back) + len(new)
    if gone and total == 0:
        return NobodyListed()
    over = over_bounds(store, actor, new, total) if new else None
    return over or _AudienceChanges(present, new, back, gone)


def _wanted(before: Reservation, request: ChangeRequest, server: Server) -> Reservation:
    """Put what is asked in place of what was; None leaves a thing as it was."""

    def asked(wish: T | None, old: T) -> T:
        return old if wish is None else wish

    return replace(
        before,
        server_id=server.id,
        slot=asked(request.slot, before.slot),
        title=asked(request.title, before.title),
        description=asked(request.description, before.description),
        viewers=asked(request.viewers, before.viewers),
        notification_policy=asked(request.notification_policy, before.notification_policy),
        reminders=asked(request.reminders, before.reminders),
        reply_to=asked(request.reply_to, before.reply_to),
    )


def _denial(
    store: Store, server: Server, before: Reservation, wanted: Reservation
) -> Denied | None:
    """Decide on the new slot with the old one out of the way.

    A start that stays was in time when it was reserved: a running slot can be made longer.
    """
    stays = wanted.slot.starts_at == before.slot.starts_at and server.id == before.server_id
    decision = decide_slot(
        store,
        server,
        wanted.slot,
        viewers=wanted.viewers,
        holder_id=before.holder_id,
        but=before.id,
        judged_at=before.made_at if stays else store.now,
    )
    if not isinstance(decision, Deny):
        return None
    ahead = tuple(slot for slot in decision.alternatives if slot.starts_at >= store.now)
    return Denied(replace(decision, alternatives=ahead), server.name)


def _with_deadline(
    wanted: Reservation, before: Reservation, server: Server, now: datetime
) -> Reservation:
    """Give a new time its new deadline; one that lies ahead must be met, whatever went before."""
    if (wanted.slot.starts_at, wanted.server_id) == (before.slot.starts_at, before.server_id):
        return wanted
    deadline = reconfirm_deadline(server.rules, wanted.slot, now)
    status = Status.PERMITTED if deadline else Status.CONFIRMED
    return replace(wanted, reconfirm_by=deadline, status=status)


def _carried_out(  # noqa: PLR0913, PLR0917 - one step with everything that it changes
    store: Store,
    actor: Actor,
    before: Reservation,
    wanted: Reservation,
    server: Server,
    wish: CredentialWish | None,
    changes: _AudienceChanges,
    moved: bool,
) -> Changed | Unchanged:
    secrets = _new_secrets(store, before, wish)
    if wish is not None and secrets is not None:
        serial = before.access_serial + 1
        wanted = replace(wanted, credential_mode=wish.mode, access_serial=serial)
    if wanted == before and not changes.any:
        return Unchanged(before)
    wanted = replace(wanted, revision=before.revision + 1)
    busy = None
    if moved:
        busy = busy_interval(wanted.slot, server.rules)
        store.servers.note_busy(server.id, busy.length)
    facts = revise(store, wanted, server, actor, busy=busy)
    skipped = _set_audience(store, wanted, changes, secrets)
    tell_holder(
        store,
        wanted,
        facts,
        NoticeKind.RECEIPT,
        done="changed",
        unasked=actor.person_id != wanted.holder_id,
    )
    telling = tell_audience(store, wanted)
    store.records.audit("change", actor, wanted.id, telling=telling)
    return Changed(
        before=before,
        reservation=wanted,
        server_name=server.name,
        telling=telling,
        added=len(changes.new) + len(changes.back),
        removed=len(changes.gone),
        new_credentials=secrets is not None,
        skipped=skipped,
        watch_user=secrets.watch_user if secrets else "",
        passcode=secrets.passcode if secrets else "",
    )


def _new_secrets(store: Store, before: Reservation, wish: CredentialWish | None) -> Secrets | None:
    """Make other credentials where they are asked for; None where the old ones will do."""
    if wish is None:
        return None
    old = store.reservations.secrets(before.id)
    new = replace(make_credentials(wish), stream_key=old.stream_key)
    return new if new != old or wish.mode is CredentialMode.EACH else None


def _set_audience(
    store: Store, wanted: Reservation, changes: _AudienceChanges, secrets: Secrets | None
) -> tuple[Skipped, ...]:
    uid = store.reservations.uid(wanted.id)
    store.recipients.set_removed(wanted.id, [one.number for one in changes.gone], removed=True)
    store.recipients.set_removed(wanted.id, [one.number for one in changes.back], removed=False)
    if secrets is not None:
        store.reservations.set_secrets(wanted.id, uid, secrets)
        each = wanted.credential_mode is CredentialMode.EACH
        everybody: Sequence[Recipient] = store.recipients.of(wanted.id)
        numbers = [one.number for one in everybody if one.number != HOLDER]
        store.recipients.set_passcodes(
            wanted.id, uid, {number: new_passcode() if each else "" for number in numbers}
        )
    first = store.recipients.next_number(wanted.id)
    new, skipped = new_recipients(store, wanted, changes.new, first)
    store.recipients.add(wanted.id, uid, new, store.now)
    return skipped
