"""Drafts: a form of several steps keeps what was typed, for whoever typed it and nobody else.

A draft belongs to an account, not to a person: it is found again where it was typed, whatever is
linked with that account meanwhile. It is kept for a day after it was kept last.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model.people import Actor
from core.store.codec import remembered
from core.store.drafts import Draft
from core.store.store import Store
from core.usecases.linking import present

KEEP_DRAFTS = timedelta(hours=24)
MOST_DRAFTS = 20  # of one account: of more, the oldest are forgotten

remembered(Draft)


def keep_draft(  # noqa: PLR0913 - whose, of which form, what, and in place of which
    store: Store,
    now: datetime,
    actor: Actor,
    kind: str,
    text: str,
    *,
    draft: Draft | None = None,
) -> Draft | None:
    """Keep what the actor typed: as a new draft, or in place of `draft` as they opened it.

    Gives the draft as it is now. None where `draft` is not there any more, or is another one by
    now: an older view of the same form does not undo a newer one.
    """
    account_id = _account(store, actor)
    if draft is not None:
        known = store.drafts.get(draft.id, account_id, now - KEEP_DRAFTS)
        return store.drafts.put(draft, account_id, text, now) if known else None
    made = store.drafts.add(account_id, kind, text, now)
    store.drafts.keep_newest(account_id, MOST_DRAFTS, made.id)
    return made


def open_draft(store: Store, now: datetime, actor: Actor, kind: str, draft_id: str) -> Draft | None:
    """Open a draft of the actor's; None for any other, one of another form, and one too old."""
    found = store.drafts.get(draft_id, _account(store, actor), now - KEEP_DRAFTS)
    return found if found is not None and found.kind == kind else None


def drop_draft(store: Store, now: datetime, actor: Actor, draft_id: str) -> bool:
    """Forget a draft of the actor's that was handed in, or given up; False where there is none."""
    return store.drafts.drop(draft_id, _account(store, actor))


def forget_drafts(store: Store, now: datetime) -> None:
    """Forget every draft that nobody came back to."""
    store.drafts.forget(now - KEEP_DRAFTS)


def _account(store: Store, actor: Actor) -> int:
    found = store.linking.account_of(actor.workspace_id, present(store, store.now, actor).person_id)
    if found is None:
        raise LookupError(f"person {actor.person_id} has no account in their own workspace")
    return found
