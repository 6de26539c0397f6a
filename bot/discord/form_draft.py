"""A form on its way: what was typed so far, sheet by sheet, kept until it is handed in.

It is kept sealed in the database from the moment the first sheet opens, so that neither an error
nor a restart costs anything of it. Only the account that typed it can open it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from hashlib import sha256

from bot.discord.hall import Hall
from core.model.people import Actor
from core.model.recipient import Contact, RouteName
from core.store.database import BusyError
from core.store.drafts import Draft
from core.store.store import Store
from core.usecases.drafts import keep_draft, open_draft

KIND = "discord.form"
_TRIES = 4  # to keep it, where two sheets of one form are handed in at once


@dataclass(frozen=True, slots=True)
class FormDraft:
    """A form so far.

    `code` is the reservation to change, "" for a new one. `values` are what was typed and chosen,
    by field; `before` what the fields of a change held when it was opened. `picked` are channels
    (`#123`) and people (`123`) as they are now, `listed` those that were on the reservation,
    `hidden` those that a select cannot show; `names` say what all these are called. `contacts`
    came in the file `filename`. `offers` are sets of values that a press of a button puts in.
    `problems` are what was last wrong, by field. `done` is the code of the reservation that came
    of it. `first` are the fields of its first sheet, once that was shown: they stay there.
    """

    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    picked: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    filename: str = ""
    contacts: tuple[tuple[str, str, str], ...] = ()
    offers: tuple[Mapping[str, str], ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    done: str = ""
    first: tuple[str, ...] = ()

    def shown(self, name: str) -> str:
        """Give what stands in a field: typed, or for a change what holds."""
        typed = self.values.get(name)
        return self.before.get(name, "") if typed is None else typed

    def with_values(self, values: Mapping[str, str]) -> FormDraft:
        """Put values in."""
        return replace(self, values={**self.values, **values})

    def with_file(self, filename: str, contacts: tuple[Contact, ...]) -> FormDraft:
        """Put the addresses of a file in, in place of those of an earlier one."""
        kept = tuple((one.route.value, one.address, one.name) for one in contacts)
        return replace(self, filename=filename, contacts=kept)

    @property
    def file_contacts(self) -> tuple[Contact, ...]:
        """Give the addresses that came in a file."""
        return tuple(
            Contact(RouteName(route), address, name) for route, address, name in self.contacts
        )

    @property
    def digest(self) -> str:
        """Tell apart what is handed in: the same twice is one thing."""
        said = [self.code, self.values, self.picked, self.filename, self.contacts]
        return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:20]

    @property
    def text(self) -> str:
        """Write it down."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> FormDraft:
        """Read what `text` wrote; what an older version left out is empty."""
        said = json.loads(text)
        known = {one.name: said[one.name] for one in fields(cls) if one.name in said}
        for name in ("picked", "listed", "hidden", "offers", "first"):
            known[name] = tuple(known.get(name, ()))
        known["contacts"] = tuple(tuple(one) for one in known.get("contacts", ()))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Kept:
    """A form so far with the draft that it is kept as."""

    draft: Draft
    form: FormDraft

    @property
    def id(self) -> str:
        """Name it, as buttons and modals do."""
        return self.draft.id


_OVERTAKEN = Kept(Draft("", KIND, "", 0, datetime.min.replace(tzinfo=UTC)), FormDraft())


async def begin(hall: Hall, actor: Actor, form: FormDraft) -> Kept:
    """Keep a new form; raises `BusyError`."""
    made = await hall.desk.run(keep_draft, actor, KIND, form.text)
    if made is None:
        raise AssertionError("a new draft stands in nobody's place")
    return Kept(made, form)


async def found(hall: Hall, actor: Actor, draft_id: str) -> Kept | None:
    """Find a form again; None for somebody else's, and one that is forgotten by now."""
    draft = await hall.desk.read(open_draft, actor, KIND, draft_id)
    return None if draft is None else Kept(draft, FormDraft.read(draft.text))


async def keep(
    hall: Hall, actor: Actor, draft_id: str, change: Callable[[FormDraft], FormDraft]
) -> Kept | None:
    """Change a form that is kept; None where it is not kept any more. Raises `BusyError`."""
    for _ in range(_TRIES):
        kept = await hall.desk.run(_keep, actor, draft_id, change)
        if kept is not _OVERTAKEN:
            return kept
    raise BusyError("others kept the same form busy")


def _keep(
    store: Store,
    now: datetime,
    actor: Actor,
    draft_id: str,
    change: Callable[[FormDraft], FormDraft],
) -> Kept | None:
    draft = open_draft(store, now, actor, KIND, draft_id)
    if draft is None:
        return None
    form = change(FormDraft.read(draft.text))
    made = keep_draft(store, now, actor, KIND, form.text, draft=draft)
    return _OVERTAKEN if made is None else Kept(made, form)


def end_draft(store: Store, now: datetime, actor: Actor, draft_id: str, code: str) -> None:
    """Note what came of a form, in the transaction that it came of.

    It is kept a while: a second copy of the same form is to find what became of the first.
    """
    draft = open_draft(store, now, actor, KIND, draft_id)
    if draft is not None:
        form = FormDraft.read(draft.text)
        ended = replace(form, done=code)
        keep_draft(store, now, actor, KIND, ended.text, draft=draft)


def found_ended(store: Store, now: datetime, actor: Actor, draft_id: str) -> str:
    """Give the code of the reservation that came of a form, "" where none did yet."""
    draft = open_draft(store, now, actor, KIND, draft_id)
    return FormDraft.read(draft.text).done if draft is not None else ""
