"""A post office for tests: the dispatchers of a desk, and what its readers were sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from adapters.memory import MemoryRoute
from core.model.delivery import Outcome
from core.model.recipient import RouteName
from core.notices.notice import Notice, Personal
from core.outbox.dispatch import Dispatcher, Fill, Outlet
from core.outbox.route import Message, Route
from core.store.deliveries import Delivery
from core.store.desk import Desk
from core.store.store import Store

MAIL_DOMAIN = "example.org"


@dataclass(frozen=True, slots=True)
class Read:
    """One message as its reader would remember it."""

    delivery_id: int
    address: str
    kind: str
    level: str
    revision: int
    title: str
    starts_at: datetime
    reason: str
    title_before: str | None
    done: str
    told: int
    waiting: int
    failed: tuple[tuple[str, str], ...]
    user: str
    passcode: str
    stream_key: str
    join_link: str
    unsubscribe_link: str
    thread: str
    message_id: str

    @property
    def gist(self) -> str:
        """What it says, in two words."""
        return f"{self.kind} {self.level}"


def compose(notice: Notice) -> Fill:
    """Render a notice so that all of it can be read back, and every difference shows."""
    said = {
        "kind": notice.kind.value,
        "level": notice.level.value,
        "revision": notice.revision,
        "title": notice.facts.title,
        "starts_at": notice.facts.slot.starts_at.isoformat(),
        "reason": notice.facts.reason,
        "title_before": notice.before.title if notice.before else None,
        "done": notice.done,
        "told": notice.told,
        "waiting": notice.waiting,
        "failed": [(failure.contact.address, failure.reason) for failure in notice.failed],
        "all": repr(notice),
    }

    def fill(delivery_id: int, personal: Personal) -> Message:
        own = {
            "user": personal.watch_user,
            "passcode": personal.passcode,
            "stream_key": personal.stream_key,
            "join_link": personal.join_link,
            "unsubscribe_link": personal.unsubscribe_link,
            "thread": personal.first_message_id,
            "message_id": personal.message_id,
            "personal": repr(personal),
        }
        return Message(delivery_id, personal.contact.address, json.dumps(said | own).encode())

    return fill


def read(message: Message) -> Read:
    """Read what `compose` rendered."""
    said = json.loads(message.data)
    del said["all"], said["personal"]
    said["starts_at"] = datetime.fromisoformat(said["starts_at"])
    said["failed"] = tuple(tuple(failure) for failure in said["failed"])
    return Read(delivery_id=message.delivery_id, address=message.recipient, **said)


class Post:
    """The routes of one desk, kept in memory, and what travelled over them."""

    def __init__(self, desk: Desk, lanes: int = 2) -> None:
        self.desk = desk
        self.mail = MemoryRoute(RouteName.EMAIL, lanes)
        self.console = MemoryRoute(RouteName.CONSOLE, 1)
        self._dispatcher = self.dispatcher()

    def dispatcher(self, mail: Route | None = None, desk: Desk | None = None) -> Dispatcher:
        """Make another dispatcher, over the same routes or with a mail route of its own."""
        return Dispatcher(
            desk or self.desk,
            {
                RouteName.EMAIL: Outlet(mail or self.mail, compose),
                RouteName.CONSOLE: Outlet(self.console, compose),
            },
            MAIL_DOMAIN,
        )

    async def deliver(self) -> int:
        """Send what can be sent now."""
        return await self._dispatcher.deliver_due()

    async def crash(self) -> None:
        """Go on with a dispatcher that knows nothing of the one before."""
        self._dispatcher = self.dispatcher()

    def answer(self, address: str, *outcomes: Outcome, arrives: bool = False) -> None:
        """Have the mail route give these outcomes for an address, one each; then it accepts."""
        self.mail.answer(address, *outcomes, arrives=arrives)

    def to(self, address: str) -> list[Read]:
        """List what arrived at a mail address."""
        return [read(message) for message in self.mail.sent if message.recipient == address]

    def gists(self, address: str) -> list[str]:
        """List what arrived at a mail address, in two words each."""
        return [one.gist for one in self.to(address)]

    def to_holder(self) -> list[Read]:
        """List what arrived at the holders' consoles."""
        return [read(message) for message in self.console.sent]

    def take(self) -> list[Read]:
        """Empty the mailboxes, giving what was in them."""
        taken = [read(message) for message in self.mail.sent]
        self.mail.sent.clear()
        return taken


def deliveries(store: Store, _: object, reservation_id: int) -> tuple[Delivery, ...]:
    """List a reservation's deliveries, in order."""
    return store.deliveries.of(reservation_id)
