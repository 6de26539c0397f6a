"""Audience lists: named sets of contact addresses, kept per workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.model.people import Actor
from core.model.recipient import Contact
from core.store.audiences import AudienceList
from core.store.codec import remembered
from core.store.store import Store
from core.usecases.answers import NoSuchList, TooManyRecipients


@dataclass(frozen=True, slots=True)
class ListShown:
    """A list with who is on it; `number` is what its calendar goes by."""

    name: str
    members: tuple[Contact, ...]
    number: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ListChanged:
    """How many came on a list, or off it, and how many are on it now."""

    name: str
    added: int = 0
    removed: int = 0
    size: int = 0
    made: bool = False


remembered(ListChanged)


def lists_of(store: Store, now: datetime, actor: Actor) -> tuple[AudienceList, ...]:
    """Name the workspace's audience lists with their sizes."""
    return store.audiences.all(actor.workspace_id)


def show_list(store: Store, now: datetime, actor: Actor, name: str) -> ListShown | NoSuchList:
    """Show who is on a list; also what an export holds."""
    found = store.audiences.named(actor.workspace_id, name)
    if found is None:
        return NoSuchList(name)
    return ListShown(found.name, store.audiences.members(found.id), found.id)


def add_to_list(
    store: Store, now: datetime, actor: Actor, name: str, contacts: Sequence[Contact]
) -> ListChanged | TooManyRecipients:
    """Put contacts on a list, which is made if there is none of that name."""
    found = store.audiences.named(actor.workspace_id, name)
    known = store.audiences.members(found.id) if found else ()
    size = len({contact.key for contact in (*known, *contacts)})
    if size > store.limits.recipients:
        return TooManyRecipients(size, store.limits.recipients)
    target = found or store.audiences.make(actor.workspace_id, name, now)
    added = store.audiences.add(target.id, contacts)
    store.records.audit("audience_add", actor, list=target.id, added=added)
    return ListChanged(target.name, added=added, size=size, made=found is None)


def take_from_list(
    store: Store, now: datetime, actor: Actor, name: str, contacts: Sequence[Contact]
) -> ListChanged | NoSuchList:
    """Take contacts off a list; reservations that were made with it keep theirs."""
    found = store.audiences.named(actor.workspace_id, name)
    if found is None:
        return NoSuchList(name)
    removed = store.audiences.remove(found.id, contacts)
    store.records.audit("audience_remove", actor, list=found.id, removed=removed)
    return ListChanged(found.name, removed=removed, size=found.size - removed)


def drop_list(store: Store, now: datetime, actor: Actor, name: str) -> ListChanged | NoSuchList:
    """Remove a list with all who are on it."""
    found = store.audiences.named(actor.workspace_id, name)
    if found is None:
        return NoSuchList(name)
    store.audiences.drop(found.id)
    store.records.audit("audience_drop", actor, list=found.id)
    return ListChanged(found.name, removed=found.size)
