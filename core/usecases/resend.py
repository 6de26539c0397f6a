"""Send again, to those alone who could not be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.model.people import Actor
from core.model.reservation import Reservation
from core.outbox.enqueue import tell_some, with_told_facts
from core.outbox.tally import tally
from core.store.recipients import ANY_HOLDER
from core.store.store import Store
from core.usecases.answers import Ended, NotAllowed, NotFound, SentAgain
from core.usecases.authority import managed


def send_again(
    store: Store, now: datetime, actor: Actor, code: str
) -> SentAgain | Ended | NotFound | NotAllowed:
    """Queue the present state once more for every recipient whose delivery failed.

    Whoever asks for it says that a bounced address exists after all: that suppression is lifted. An
    unsubscribed one stays as it is.
    """
    found = managed(store, actor, code)
    if not isinstance(found, Reservation):
        return found
    if found.slot.ends_at <= now:
        return Ended(found)
    failed = [missed.recipient for missed in tally(store, found).failed]
    for recipient in failed:
        if recipient.suppressed:
            store.recipients.lift_suppression(recipient.contact, ANY_HOLDER)
            store.recipients.set_suppressed(found.id, [recipient.number], "")
    willing = tuple(replace(recipient, suppressed="") for recipient in failed)
    telling = tell_some(store, found, with_told_facts(store, found, willing)) if willing else 0
    store.records.audit("send_again", actor, found.id, telling=telling)
    return SentAgain(found, telling)
