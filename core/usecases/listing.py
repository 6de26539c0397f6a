"""Whom a request lists: contacts named one by one, lists, and the bounds on both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from core.model.people import Actor
from core.model.recipient import Contact
from core.store.store import Store
from core.usecases.answers import NoSuchList, TooManyNewAddresses, TooManyRecipients

A_DAY = timedelta(hours=24)


def listed_contacts(
    store: Store, actor: Actor, contacts: Sequence[Contact], lists: Sequence[str]
) -> tuple[Contact, ...] | NoSuchList:
    """Merge named contacts and the members of audience lists, each address once."""
    ordered: dict[str, Contact] = {}
    for contact in contacts:
        ordered.setdefault(contact.key, contact)
    for name in lists:
        found = store.audiences.named(actor.workspace_id, name)
        if found is None:
            return NoSuchList(name)
        for contact in store.audiences.members(found.id):
            ordered.setdefault(contact.key, contact)
    return tuple(ordered.values())


def over_bounds(
    store: Store, actor: Actor, added: Sequence[Contact], total: int
) -> TooManyRecipients | TooManyNewAddresses | None:
    """Hold a reservation's contacts against the operator's bounds, so far as any are set."""
    limits = store.limits
    if total > limits.recipients:
        return TooManyRecipients(total, limits.recipients)
    per_holder, per_workspace = limits.new_addresses_per_holder, limits.new_addresses_per_workspace
    if per_holder is None and per_workspace is None:
        return None
    new = len(store.addresses.never_told(added))
    since = store.now - A_DAY
    if new and per_holder is not None:
        today = store.addresses.new_since(since, holder_id=actor.person_id)
        if today + new > per_holder:
            return TooManyNewAddresses(per_holder, "holder")
    if new and per_workspace is not None:
        today = store.addresses.new_since(since, workspace_id=actor.workspace_id)
        if today + new > per_workspace:
            return TooManyNewAddresses(per_workspace, "workspace")
    return None
