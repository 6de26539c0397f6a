"""Somebody in Discord who does one thing after the other, by what they type, press and hand in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core.store.desk import Desk
from tests.discord.quarters import Quarters
from tests.discord.server.heard import Heard
from tests.discord.server.person import Person
from tests.slack.doer import GUEST, Doer


@dataclass(kw_only=True)
class DiscordDoer(Doer):
    """A person in `#general`.

    `looks` are questions, answered anew each time; `forms` what opens one or is handed in with one;
    `acts` all else.
    """

    quarters: Quarters
    person: Person
    acts: list[Heard] = field(default_factory=list)
    forms: list[Heard] = field(default_factory=list)
    looks: list[Heard] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        """The desk as it runs now."""
        return self.quarters.app.desk

    async def reserve(self, server: str, when: str, title: str) -> None:
        """Reserve by typing."""
        slot = f"when:{when} length:1h server:{server}"
        await self._act(f"reserve {slot} title:{title} audience:{GUEST} policy:when reconfirmed")

    async def reserve_by_form(self, server: str, when: datetime, title: str) -> None:
        """Reserve by the form."""
        heard = await self._type(f"reserve when:{when:%Y-%m-%d %H:%M} length:1h server:{server}")
        await self._hand_in(heard, title=title, audience=GUEST)

    async def retitle(self, code: str, title: str) -> None:
        """Change a title by typing."""
        await self._act(f"change code:{code} title:{title}")

    async def retitle_by_form(self, code: str, title: str) -> None:
        """Change a title by the form."""
        await self._hand_in(await self._type(f"change code:{code}"), title=title)

    async def cancel(self, code: str) -> None:
        """Cancel by typing."""
        await self._act(f"cancel code:{code} reason:no reason")

    async def cancel_by_form(self, code: str) -> None:
        """Cancel by the button."""
        await self._hand_in(await self._press("cancel", code), reason="no reason")

    async def reconfirm(self, code: str) -> None:
        """Reconfirm by the button."""
        self.acts.append(await self._press("reconfirm", code))

    async def add(self, address: str) -> None:
        """Put an address on one's list."""
        await self._act(f"audience add list:{self.name} addresses:{address}")

    async def remove(self, address: str) -> None:
        """Take an address off one's list."""
        await self._act(f"audience remove list:{self.name} addresses:{address}")

    async def set_reminders(self, minutes: int) -> None:
        """Set one's own reminders."""
        await self._act(f"settings reminders:{minutes} min")

    async def change_limit(self, viewers: int) -> None:
        """Change how many viewers `Hall` may have."""
        await self._act(f"server change server:Hall max_viewers:{viewers}")

    async def show(self, code: str) -> None:
        """Look at a reservation."""
        await self.look(f"show code:{code}")

    async def look(self, at: str) -> None:
        """Look around."""
        self.looks.append(await self._type(at))

    async def _act(self, text: str) -> None:
        self.acts.append(await self._type(text))

    async def _type(self, text: str) -> Heard:
        return await self.person.type(f"/slot {text}", self.quarters.general)

    async def _press(self, act: str, code: str) -> Heard:
        shown = self.quarters.put_before(self.name, f"slot:{act}:{code}")
        return await self.person.click(shown, f"slot:{act}")

    async def _hand_in(self, opener: Heard, **fields: object) -> None:
        modal = await opener.opened()
        self.forms += [opener, await self.person.submit(modal, fields)]
