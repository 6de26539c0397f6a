"""Somebody in Slack who does one thing after the other, by what they type, press and hand in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core.store.desk import Desk
from tests.desks import BERLIN
from tests.slack.doer import GUEST, Doer
from tests.slack.quarters import Quarters
from tests.slack.server import Heard, Person


@dataclass(kw_only=True)
class SlackDoer(Doer):
    """A person in `#general`; `looks` are questions, answered anew each time, `acts` all else."""

    quarters: Quarters
    person: Person
    acts: list[Heard] = field(default_factory=list)
    looks: list[Heard] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        """The desk as it runs now."""
        return self.quarters.app.desk

    async def reserve(self, server: str, when: str, title: str) -> None:
        """Reserve by typing."""
        line = f'reserve when="{when}" length=1h server={server} title="{title}" audience={GUEST}'
        await self._act(line)

    async def reserve_by_form(self, server: str, when: datetime, title: str) -> None:
        """Reserve by the form."""
        heard = await self._act("reserve")
        at = when.replace(tzinfo=BERLIN)
        fields = {"title": title, "when": at, "server": server, "audience": GUEST}
        await self._hand_in(heard, fields)

    async def retitle(self, code: str, title: str) -> None:
        """Change a title by typing."""
        await self._act(f'change {code} title="{title}"')

    async def retitle_by_form(self, code: str, title: str) -> None:
        """Change a title by the form."""
        await self._hand_in(await self._press("change", code), {"title": title})

    async def cancel(self, code: str) -> None:
        """Cancel by typing."""
        await self._act(f"cancel {code} no reason")

    async def cancel_by_form(self, code: str) -> None:
        """Cancel by the button."""
        await self._hand_in(await self._press("cancel", code), {"reason": "no reason"})

    async def reconfirm(self, code: str) -> None:
        """Reconfirm by the button."""
        await self._press("reconfirm", code)

    async def add(self, address: str) -> None:
        """Put an address on one's list."""
        await self._act(f"audience add {self.name} {address}")

    async def remove(self, address: str) -> None:
        """Take an address off one's list."""
        await self._act(f"audience remove {self.name} {address}")

    async def set_reminders(self, minutes: int) -> None:
        """Set one's own reminders."""
        await self._act(f'settings reminders="{minutes} min"')

    async def change_limit(self, viewers: int) -> None:
        """Change how many viewers `Hall` may have."""
        await self._act(f"server change Hall max_viewers={viewers}")

    async def show(self, code: str) -> None:
        """Look at a reservation."""
        await self.look(f"show {code}")

    async def look(self, at: str) -> None:
        """Look around."""
        self.looks.append(await self._type(at))

    async def _act(self, text: str) -> Heard:
        heard = await self._type(text)
        self.acts.append(heard)
        return heard

    async def _type(self, text: str) -> Heard:
        return await self.person.type(f"/slot {text}", self.quarters.general)

    async def _press(self, act: str, code: str) -> Heard:
        shown = self.quarters.put_before(self.name, (act, code))
        heard = await self.person.click(shown, f"slot:{act}")
        self.acts.append(heard)
        return heard

    async def _hand_in(self, opener: Heard, fields: dict[str, object]) -> None:
        self.acts.append(await self.person.submit(await opener.opened(), fields))
