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

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asking:
    """An actor who asks something of a desk.

    `submission_key` names what was handed in, so that a second copy of it gets the first one's
    answer; None where a front end cannot deliver twice. `others` recognises the contacts of the
    actor's own chat.
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
        return await self.desk.read(question, self.actor, *args, **kwargs)

    async def write(
        self,
        use_case: Callable[Concatenate[Store, datetime, Actor, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Carry out a use case, as the actor, and once per submission."""
        if self.submission_key is None:
            return await self.desk.run(use_case, self.actor, *args, **kwargs)
        return await self.desk.run_once(self.submission_key, use_case, self.actor, *args, **kwargs)
