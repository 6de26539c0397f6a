"""Two persons become one, or one of them leaves: reservations, settings and wishes go along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from core.model.people import Actor, WorkspaceKind
from core.store.linking import ChatAccount
from core.store.store import Store
from core.usecases.reserve import holder_contact


def join(store: Store, here: Sequence[ChatAccount], there: Sequence[ChatAccount]) -> int:
    """Give the person of the accounts `here` all that the one `there` has.

    What they have set themselves holds. Gives how many live slots came over.
    """
    kept, gone = here[0].person_id, there[0].person_id
    theirs, own = store.people.person(gone), store.people.person(kept)
    for one in here:
        store.linking.note(one, own.email)
    for one in there:
        store.linking.note(one, theirs.email)
        store.linking.move(one, kept)
    store.people.set_person(
        kept,
        zone=own.zone or theirs.zone,
        reminders=theirs.reminders if own.reminders is None else own.reminders,
        email=own.email or theirs.email,
    )
    moved = _hand_over(store, gone, kept)
    store.linking.share_suppressions(gone, kept)
    _tell_at_consoles(store, store.linking.accounts([kept]))
    return moved


def part(
    store: Store, account: ChatAccount, others: Sequence[ChatAccount]
) -> tuple[ChatAccount, int]:
    """Make an account a person of its own, with the reservations of its workspace.

    Gives it as it is then, and how many live slots went with it.
    """
    joint = account.person_id
    number = store.people.make_person(account.name, store.now)
    _part_settings(store, account, others, number)
    store.linking.move(account, number)
    moved = _hand_over(store, joint, number, account.workspace_id)
    store.linking.share_suppressions(joint, number)
    store.linking.forget([account.id])
    if len(others) == 1:
        store.people.rename_person(joint, others[0].name)
        store.linking.forget([others[0].id])
    left = replace(account, person_id=number)
    _tell_at_consoles(store, (*others, left))
    return left, moved


def _hand_over(store: Store, holder: int, to: int, workspace_id: int | None = None) -> int:
    """Make another person the holder, while nobody decides about any of the reservations.

    A decision writes down all of a reservation: one that was begun before would undo this. The
    servers are locked in the order of their numbers, so that nobody waits in a ring.
    """
    locked: set[int] = set()
    while missing := store.linking.servers_of(holder, workspace_id) - locked:
        for server_id in sorted(missing):
            store.servers.lock(server_id)
        locked |= missing
    return store.linking.hand_over(holder, to, workspace_id)


def _part_settings(
    store: Store, account: ChatAccount, others: Sequence[ChatAccount], number: int
) -> None:
    """Let somebody who leaves have their settings; a mail address goes to whoever brought it."""
    joint = store.people.person(account.person_id)
    brought = joint.email in store.linking.brought([account.id])
    theirs_too = joint.email in store.linking.brought(one.id for one in others)
    store.people.set_person(
        number,
        zone=joint.zone,
        reminders=joint.reminders,
        email=joint.email if brought else None,
    )
    if brought and not theirs_too:
        store.people.set_person(account.person_id, email="")


def _tell_at_consoles(store: Store, accounts: Sequence[ChatAccount]) -> None:
    """Write to holders at consoles under the number, or at the address, that they have now."""
    for one in accounts:
        if one.kind is WorkspaceKind.CONSOLE:
            actor = Actor(one.workspace_id, one.person_id, one.name, ZoneInfo("UTC"))
            contact = replace(holder_contact(store, actor), name=one.name)
            store.recipients.set_holder_contact(one.person_id, one.workspace_id, contact)
