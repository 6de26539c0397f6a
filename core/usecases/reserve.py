"""Reserve: permit a slot and tell those who are to be told, or deny it and tell nobody."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.access.credentials import new_code, new_passcode, new_stream_key
from core.model.people import Actor, WorkspaceKind
from core.model.recipient import HOLDER, Contact, RouteName
from core.model.request import CredentialWish, ReserveRequest
from core.model.reservation import CredentialMode, Reservation, Status
from core.model.server import Server
from core.notices.notice import NoticeKind
from core.outbox.enqueue import tell_audience, tell_holder
from core.policy.load import busy_interval
from core.policy.reasons import Deny, Permit
from core.store.recipients import NewRecipient
from core.store.reservations import Secrets
from core.store.slices import sliced
from core.store.store import Store
from core.store.suppressions import anybody_in
from core.usecases.answers import (
    Denied,
    NobodyListed,
    NoSuchList,
    NoSuchServer,
    Permitted,
    ReserveAnswer,
    Skipped,
)
from core.usecases.authority import reservable
from core.usecases.deciding import decide_slot
from core.usecases.listing import listed_contacts, over_bounds
from core.usecases.revising import facts_of, send_late_key, write_down

CHATS = {WorkspaceKind.SLACK: RouteName.SLACK, WorkspaceKind.DISCORD: RouteName.DISCORD}
GUEST = "guest"  # the watchers' user name where none is given


def reserve(store: Store, now: datetime, actor: Actor, request: ReserveRequest) -> ReserveAnswer:
    """Take the slot for the actor and queue the notices, or say why not and what is free."""
    server = store.servers.lock(request.server_id)
    if server is None or not reservable(actor.workspace_id, server):
        return NoSuchServer()
    contacts = listed_contacts(store, actor, request.audience, request.audience_lists)
    if isinstance(contacts, NoSuchList):
        return contacts
    if not contacts:
        return NobodyListed()
    if over := over_bounds(store, actor, contacts, len(contacts)):
        return over
    decision = decide_slot(
        store, server, request.slot, viewers=request.viewers, holder_id=actor.person_id
    )
    if isinstance(decision, Deny):
        reasons = [type(reason).__name__ for reason in decision.reasons]
        store.records.audit("deny", actor, server=server.id, reasons=reasons)
        return Denied(decision, server.name)
    uid = f"{secrets.token_hex(16)}@callboard"
    reservation, kept = _kept(store, now, actor, request, server, decision, uid)
    skipped = _list_recipients(store, actor, reservation, contacts, uid)
    facts = facts_of(store, reservation, server)
    write_down(store, reservation, server, facts, actor)
    send_late_key(store, reservation, server)
    tell_holder(store, reservation, facts, NoticeKind.PERMISSION)
    telling = tell_audience(store, reservation)
    store.records.audit("permit", actor, reservation.id, recipients=len(contacts))
    return Permitted(
        reservation=reservation,
        server_name=server.name,
        recipients=len(contacts),
        telling=telling,
        skipped=skipped,
        watch_user=kept.watch_user,
        passcode=kept.passcode,
    )


def make_credentials(wish: CredentialWish) -> Secrets:
    """Make the shared credentials that a wish asks for; those given are kept as they are."""
    if wish.mode is CredentialMode.NONE:
        return Secrets()
    passcode = (wish.passcode or new_passcode()) if wish.mode is CredentialMode.SHARED else ""
    chosen = bool(passcode and wish.passcode)
    return Secrets(watch_user=wish.user or GUEST, passcode=passcode, chosen=chosen)


def whose(reservation: Reservation) -> tuple[int, int]:
    """Say whose suppressions hold for a reservation: its holder's, and its workspace's."""
    return reservation.holder_id, anybody_in(reservation.workspace_id)


def new_recipients(
    store: Store,
    reservation: Reservation,
    contacts: Sequence[Contact],
    first_number: int,
) -> tuple[list[NewRecipient], tuple[Skipped, ...]]:
    """Make recipients of contacts, each with a passcode where everybody has their own."""
    reasons = store.suppressions.reasons(contacts, *whose(reservation))
    each = reservation.credential_mode is CredentialMode.EACH
    limits = store.limits
    bounded = (limits.new_addresses_per_holder, limits.new_addresses_per_workspace) != (None, None)
    new_keys = store.addresses.never_told(contacts) if bounded else set()
    new = [
        NewRecipient(
            number=number,
            contact=contact,
            suppressed=reasons.get(contact.key, ""),
            passcode=new_passcode() if each else "",
            was_new=contact.key in new_keys,
        )
        for number, contact in enumerate(contacts, first_number)
    ]
    skipped = tuple(Skipped(one.contact, one.suppressed) for one in new if one.suppressed)
    return new, skipped


def _kept(  # noqa: PLR0913, PLR0917 - a reservation comes from all of these
    store: Store,
    now: datetime,
    actor: Actor,
    request: ReserveRequest,
    server: Server,
    permit: Permit,
    uid: str,
) -> tuple[Reservation, Secrets]:
    """Write the reservation's row; confirmed at once where nothing is to be reconfirmed."""
    kept = replace(make_credentials(request.credentials), stream_key=new_stream_key())
    wanted = Reservation(
        id=0,
        code=_free_code(store),
        workspace_id=actor.workspace_id,
        holder_id=actor.person_id,
        server_id=server.id,
        slot=request.slot,
        title=request.title,
        description=request.description,
        viewers=request.viewers,
        status=Status.PERMITTED if permit.reconfirm_by else Status.CONFIRMED,
        notification_policy=request.notification_policy or server.notification_policy,
        credential_mode=request.credentials.mode,
        reconfirm_by=permit.reconfirm_by,
        reminders=_reminders(store, actor, request),
        revision=1,
        access_serial=0,
        reply_to=request.reply_to,
        made_at=now,
    )
    busy = busy_interval(request.slot, server.rules)
    number = store.reservations.add(wanted, busy, uid, kept)
    return replace(wanted, id=number), kept


def _list_recipients(
    store: Store, actor: Actor, reservation: Reservation, contacts: Sequence[Contact], uid: str
) -> tuple[Skipped, ...]:
    """Write the recipients down some at a time, so that a long list fits like a short one."""
    waiting = [NewRecipient(HOLDER, holder_contact(store, actor))]
    skipped: list[Skipped] = []
    first = HOLDER + 1
    for some in sliced(contacts):
        new, passed_over = new_recipients(store, reservation, some, first)
        store.recipients.add(reservation.id, uid, [*waiting, *new], store.now)
        waiting.clear()
        skipped += passed_over
        first += len(some)
    return tuple(skipped)


def holder_contact(store: Store, actor: Actor) -> Contact:
    """Say where a holder is told things: in their chat; at a console by mail, given an address.

    A chat's holder who gave an address is told by mail what the chat refuses to pass on.
    """
    person = store.people.person(actor.person_id)
    name = store.people.called(person, actor.workspace_id)
    workspace = store.people.workspace(actor.workspace_id)
    if workspace.kind in CHATS:
        account = store.people.account(actor.workspace_id, actor.person_id)
        address = f"{workspace.external_id}/{account.user if account else ''}"
        return Contact(CHATS[workspace.kind], address, f"@{name}")
    if person.email:
        return Contact(RouteName.EMAIL, person.email, name)
    return Contact(RouteName.CONSOLE, str(person.id), name)


def _reminders(store: Store, actor: Actor, request: ReserveRequest) -> tuple[timedelta, ...]:
    if request.reminders is not None:
        return request.reminders
    own = store.people.person(actor.person_id).reminders
    return own if own is not None else store.people.workspace(actor.workspace_id).reminders


def _free_code(store: Store) -> str:
    while store.reservations.has_code(code := new_code()):
        pass
    return code
