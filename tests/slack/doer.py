"""Somebody in a chat who does one thing after the other, as chance will have it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from core.store.desk import Desk
from tests.slack.ledger import Ledger, code_of

GUEST = "ann@example.org"
ROOMY, NARROW = "Roomy", "Narrow"
SERVERS = (
    f"server add {ROOMY} kind=link watch_url=https://roomy.example/live max_streams=500",
    f"server add {NARROW} kind=link watch_url=https://narrow.example/live",
)
_HOURS = {ROOMY: 700, NARROW: 12}  # so that most who want the narrow one are denied
_FIRST, _DAY = datetime(2026, 12, 5, 20), timedelta(days=1)  # noqa: DTZ001 - in whose zone it is typed
_ADDRESSES = 30
_LOOKS = ("list", "free", "help")


@dataclass(kw_only=True)
class Doer(ABC):
    """One person with their own reservations; what they do is noted in the ledger."""

    name: str
    account: str
    admin: bool
    ledger: Ledger
    chance: Random = field(init=False)
    _number: int = 0
    _codes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Give each their own chances, whoever else is at it."""
        self.chance = Random(self.name)  # noqa: S311 - no secret

    async def begin(self) -> None:
        """Have a list of one's own: who has none is told which there are by then."""
        address = f"{self.name}@example.org"
        await self.add(address)
        self.ledger.lists[self.name].add(address)

    async def do_something(self) -> None:
        """Do one thing."""
        self._number += 1
        deeds: list[Callable[[], Awaitable[None]]] = [
            self._reserve,
            self._reserve_by_form,
            self._add,
            self._remove,
            self._set_reminders,
            lambda: self.look(self.chance.choice(_LOOKS)),
        ]
        live = [code for code in self._codes if self.ledger.reservations[code].status.live]
        if live:
            code = self.chance.choice(live)
            deeds += [
                lambda: self._retitle(code, self.retitle),
                lambda: self._retitle(code, self.retitle_by_form),
                lambda: self._cancel(code, self.cancel),
                lambda: self._cancel(code, self.cancel_by_form),
                lambda: self._reconfirm(code),
                lambda: self.show(code),
            ]
        if self.admin:
            deeds.append(self._change_limit)
        await self.chance.choice(deeds)()

    @property
    @abstractmethod
    def desk(self) -> Desk:
        """The desk as it runs now."""

    @abstractmethod
    async def reserve(self, server: str, when: str, title: str) -> None:
        """Reserve an hour, for `GUEST`, by typing."""

    @abstractmethod
    async def reserve_by_form(self, server: str, when: datetime, title: str) -> None:
        """Reserve by the form."""

    @abstractmethod
    async def retitle(self, code: str, title: str) -> None:
        """Change a title by typing."""

    @abstractmethod
    async def retitle_by_form(self, code: str, title: str) -> None:
        """Change a title by the form."""

    @abstractmethod
    async def cancel(self, code: str) -> None:
        """Cancel by typing."""

    @abstractmethod
    async def cancel_by_form(self, code: str) -> None:
        """Cancel by the button, and the question after it."""

    @abstractmethod
    async def reconfirm(self, code: str) -> None:
        """Reconfirm by the button."""

    @abstractmethod
    async def add(self, address: str) -> None:
        """Put an address on one's list."""

    @abstractmethod
    async def remove(self, address: str) -> None:
        """Take an address off one's list."""

    @abstractmethod
    async def set_reminders(self, minutes: int) -> None:
        """Set one's own reminders."""

    @abstractmethod
    async def change_limit(self, viewers: int) -> None:
        """Change how many viewers `Hall` may have."""

    @abstractmethod
    async def show(self, code: str) -> None:
        """Look at a reservation."""

    @abstractmethod
    async def look(self, at: str) -> None:
        """Look around."""

    async def _reserve(self) -> None:
        server, title = self.chance.choice([ROOMY, NARROW]), self._title()
        day, hour = divmod(self.chance.randrange(_HOURS[server]), 24)
        await self.reserve(server, f"2026-12-{10 + day % 20} {hour:02}:00", title)
        await self._reserved(title)

    async def _reserve_by_form(self) -> None:
        title = self._title()
        await self.reserve_by_form(ROOMY, _FIRST + self.chance.randrange(60) * _DAY, title)
        await self._reserved(title)

    async def _reserved(self, title: str) -> None:
        code = await self.desk.read(code_of, title)
        self.ledger.reserved(title, code)
        if code:
            self._codes.append(code)

    async def _retitle(self, code: str, way: Callable[[str, str], Awaitable[None]]) -> None:
        title = self._title()
        await way(code, title)
        self.ledger.retitled(code, title)

    async def _cancel(self, code: str, way: Callable[[str], Awaitable[None]]) -> None:
        await way(code)
        self.ledger.ended(code)

    async def _reconfirm(self, code: str) -> None:
        await self.reconfirm(code)
        self.ledger.reconfirmed(code)

    async def _add(self) -> None:
        address = self._address()
        await self.add(address)
        self.ledger.lists[self.name].add(address)

    async def _remove(self) -> None:
        address = self._address()
        await self.remove(address)
        self.ledger.lists[self.name].discard(address)

    async def _set_reminders(self) -> None:
        minutes = self.chance.randint(1, 90)
        await self.set_reminders(minutes)
        self.ledger.reminders[self.account] = minutes

    async def _change_limit(self) -> None:
        viewers = self.chance.randint(100, 900)
        await self.change_limit(viewers)
        self.ledger.viewers = viewers

    def _title(self) -> str:
        return f"Title {self.name} {self._number}"

    def _address(self) -> str:
        return f"guest{self.chance.randrange(_ADDRESSES)}@example.org"
