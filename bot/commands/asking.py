"""One command being carried out: whose it is, on which desk, and how it reads and writes there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from bot.form.addresses import Recognise, no_others
from core.model.people import Actor
from core.store.desk import Desk
from core.store.store import Store
from core.usecases.linking import present

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asking:
    """An actor who asks something of a desk.

    `submission_key` names what was handed in, so that a second copy of it gets the first one's
    answer; None where a front end cannot deliver twice. `others` recognises the contacts of the
    actor's own chat. Whoever was linked or unlinked since the front end recognised them acts as the
    person they are by now.
    """

    desk: Desk
    actor: Actor
    submission_key: str | None = None
    others: Recognise = no_others

    async def read(
        self,
        question: Callable[Concatenate[Store, datetime, Actor, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Ask a question that changes nothing, as the actor."""

        def asked(store: Store, now: datetime) -> T:
            return question(store, now, present(store, now, self.actor), *args, **kwargs)

        return await self.desk.read(asked)

    async def write(
        self,
        use_case: Callable[Concatenate[Store, datetime, Actor, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Carry out a use case, as the actor, and once per submission."""

        def carried_out(store: Store, now: datetime) -> T:
            actor = present(store, now, self.actor, hold=True)
            return use_case(store, now, actor, *args, **kwargs)

        if self.submission_key is None:
            return await self.desk.run(carried_out)
        return await self.desk.run_once(self.submission_key, carried_out)
