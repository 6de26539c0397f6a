"""Change: time, server, audience or wording in one step: the new slot or the old, never neither."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from core.model.people import Actor
from core.model.request import ChangeRequest, CredentialWish
from core.model.reservation import CredentialMode, Reservation, Status
from core.model.server import Server
from core.notices.notice import NoticeKind
from core.outbox.enqueue import tell_audience, tell_holder
from core.policy.instants import shifted
from core.policy.load import busy_interval
from core.policy.permit import reconfirm_deadline
from core.policy.reasons import Deny
from core.store.reservations import Secrets
from core.store.store import Store
from core.usecases.answers import (
    ChangeAnswer,
    Changed,
    Denied,
    Ended,
    NoSuchServer,
    Unchanged,
)
from core.usecases.audience_changes import AudienceChanges, audience_changes, set_audience
from core.usecases.authority import managed, reservable
from core.usecases.deciding import decide_slot
from core.usecases.locking import locked
from core.usecases.reserve import make_credentials
from core.usecases.revising import revise, send_late_key

T = TypeVar("T")


def change(store: Store, now: datetime, actor: Actor, request: ChangeRequest) -> ChangeAnswer:
    """Change what is asked, deciding anew where it must be, and tell those who know of it."""
    found = managed(store, actor, request.code)
    if not isinstance(found, Reservation):
        return found
    before, servers = locked(store, found.id, also=request.server_id)
    server = servers.get(request.server_id or before.server_id)
    if server is None or not (
        server.id == before.server_id or reservable(before.workspace_id, server)
    ):
        return NoSuchServer()
    if not before.status.live or before.slot.ends_at <= now:
        return Ended(before)
    changes = audience_changes(store, actor, before, request)
    if not isinstance(changes, AudienceChanges):
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

    A start that stays was in time when it was taken, so that a running slot can be made longer: it
    is judged as of the last moment at which it still was.
    """
    in_time = min(store.now, shifted(wanted.slot.starts_at, -server.rules.notice))
    decision = decide_slot(
        store,
        server,
        wanted.slot,
        viewers=wanted.viewers,
        holder_id=before.holder_id,
        but=before.id,
        judged_at=in_time if _stays(before, wanted) else store.now,
    )
    if not isinstance(decision, Deny):
        return None
    ahead = tuple(slot for slot in decision.alternatives if slot.starts_at >= store.now)
    return Denied(replace(decision, alternatives=ahead), server.name)


def _with_deadline(
    wanted: Reservation, before: Reservation, server: Server, now: datetime
) -> Reservation:
    """Give a new time its new deadline; one that lies ahead must be met, whatever went before."""
    if _stays(before, wanted):
        return wanted
    deadline = reconfirm_deadline(server.rules, wanted.slot, now)
    status = Status.PERMITTED if deadline else Status.CONFIRMED
    return replace(wanted, reconfirm_by=deadline, status=status)


def _stays(before: Reservation, wanted: Reservation) -> bool:
    """Tell whether it starts where and when it did, however long it is by now."""
    return (wanted.slot.starts_at, wanted.server_id) == (before.slot.starts_at, before.server_id)


def _carried_out(  # noqa: PLR0913, PLR0917 - one step with everything that it changes
    store: Store,
    actor: Actor,
    before: Reservation,
    wanted: Reservation,
    server: Server,
    wish: CredentialWish | None,
    changes: AudienceChanges,
    moved: bool,
) -> Changed | Unchanged:
    secrets = _new_secrets(store, before, wish)
    if wish is not None and secrets is not None:
        serial = before.access_serial + 1
        wanted = replace(wanted, credential_mode=wish.mode, access_serial=serial)
    if wanted == before and not changes.any:
        return Unchanged(before)
    wanted = replace(wanted, revision=before.revision + 1)
    busy = busy_interval(wanted.slot, server.rules) if moved else None
    facts = revise(store, wanted, server, actor, busy=busy)
    if not _stays(before, wanted):
        send_late_key(store, wanted, server)
    skipped = set_audience(store, wanted, changes, secrets)
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
