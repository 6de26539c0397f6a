"""A chat's side of a desk for tests: a holder in Slack, a channel, and what is posted to them."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.memory import MemoryRoute
from core.model.people import Actor, Role, WorkspaceKind
from core.model.recipient import Contact, RouteName
from core.model.reservation import NotificationPolicy, Reservation
from core.outbox.dispatch import Dispatcher, Outlet
from core.usecases.answers import Permitted
from core.usecases.reserve import reserve
from core.usecases.settings import Account, enter
from tests.desks import Scene
from tests.life.bench import Bench
from tests.outbox.post import MAIL_DOMAIN, Read, compose, read

CHANNEL = Contact(RouteName.SLACK, "T0001/C0001", "#general")
ANN = Contact(RouteName.SLACK, "T0001/U0009", "@Ann")


@dataclass
class Chat:
    """A bench whose post goes to Slack as well."""

    bench: Bench
    slack: MemoryRoute = field(default_factory=lambda: MemoryRoute(RouteName.SLACK))

    @property
    def scene(self) -> Scene:
        """The scene."""
        return self.bench.scene

    async def member(self, user: str = "U0001", team: str = "T0001", **seen: str) -> Actor:
        """Have somebody enter a workspace."""
        account = Account(
            WorkspaceKind.SLACK, team, "Stage", user, f"Person {user}", Role.MEMBER, **seen
        )
        return await self.bench.desk.run(enter, account)

    async def reserved(self, holder: Actor, **given: object) -> Reservation:
        """Have somebody reserve a slot that the channel is told of at once."""
        wishes: dict[str, object] = {
            "audience": (CHANNEL,),
            "notification_policy": NotificationPolicy.ON_PERMIT,
        }
        request = self.scene.request(**(wishes | given))
        answer = await self.bench.desk.run(reserve, holder, request)
        assert isinstance(answer, Permitted), answer
        return answer.reservation

    async def deliver(self) -> None:
        """Send what can be sent now, by mail and to Slack."""
        outlets = {
            RouteName.EMAIL: Outlet(self.bench.post.mail, compose),
            RouteName.SLACK: Outlet(self.slack, compose),
        }
        await Dispatcher(self.bench.desk, outlets, MAIL_DOMAIN).deliver_due()

    def to(self, contact: Contact) -> list[Read]:
        """List what arrived at an address in Slack."""
        return [read(one) for one in self.slack.sent if one.recipient == contact.address]

    def kinds(self, contact: Contact) -> list[str]:
        """List what kinds of notice arrived at an address in Slack."""
        return [one.kind for one in self.to(contact)]
