"""A desk at work: commands, the clock's sweeps and the post, as a process would run them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import SQLModel

from core.model.due import DueKind
from core.model.people import Actor, Role, WorkspaceKind
from core.model.recipient import Contact, RouteName
from core.model.request import ChangeRequest
from core.model.reservation import Reservation
from core.model.slot import Slot
from core.store.desk import Desk
from core.store.store import Store
from core.store.tables import AuditRow
from core.usecases.answers import Changed, Permitted, Reconfirmed
from core.usecases.cancel import cancel
from core.usecases.change import change
from core.usecases.look import Shown, show
from core.usecases.reconfirm import reconfirm
from core.usecases.reserve import reserve
from core.usecases.settings import Account, enter
from core.usecases.tick import beat, carry_out, due_now, note_outage
from tests.desks import Clock, Scene
from tests.outbox.post import Post

ANN = Contact(RouteName.EMAIL, "ann@example.org", "Ann")
BEN = Contact(RouteName.EMAIL, "ben@example.org", "Ben")
CLEO = Contact(RouteName.EMAIL, "cleo@example.org", "Cleo")
DAN = Contact(RouteName.EMAIL, "dan@example.org", "Dan")


async def sweep(desk: Desk) -> int:
    """Do one round of the clock's, as a process does every second; gives what was carried out."""
    await desk.run(note_outage)
    carried = 0
    while dues := await desk.read(due_now):
        for due in dues:
            carried += await desk.run(carry_out, due)
    await desk.run(beat)
    return carried


async def member_of(
    desk: Desk, workspace: str, user: str, role: Role = Role.MEMBER, email: str = ""
) -> Actor:
    """Have somebody enter a workspace."""
    account = Account(WorkspaceKind.SLACK, workspace, workspace.title(), user, user.title(), role)
    actor = await desk.run(enter, account)
    if email:
        await desk.run(_give_address, actor, email)
    return actor


@dataclass
class Bench:
    """A scene with its post and its sweeps."""

    scene: Scene
    post: Post = field(init=False)

    def __post_init__(self) -> None:
        """Open the post office."""
        self.post = Post(self.scene.desk)

    @property
    def desk(self) -> Desk:
        """The desk."""
        return self.scene.desk

    @property
    def clock(self) -> Clock:
        """Its clock."""
        return self.scene.clock

    async def reserve(self, **given: object) -> Reservation:
        """Have a request permitted."""
        answer = await self.desk.run(reserve, self.scene.actor, self.scene.request(**given))
        assert isinstance(answer, Permitted), answer
        return answer.reservation

    async def change(self, code: str, **given: Any) -> Changed:  # noqa: ANN401 - a request's fields
        """Have a change carried out."""
        answer = await self.desk.run(change, self.scene.actor, ChangeRequest(code, **given))
        assert isinstance(answer, Changed), answer
        return answer

    async def reconfirm(self, code: str) -> Reservation:
        """Reconfirm."""
        answer = await self.desk.run(reconfirm, self.scene.actor, code)
        assert isinstance(answer, Reconfirmed), answer
        return answer.reservation

    async def cancel(self, code: str, reason: str = "") -> None:
        """Cancel."""
        await self.desk.run(cancel, self.scene.actor, code, reason)

    async def show(self, code: str) -> Shown:
        """Look at a reservation."""
        shown = await self.desk.read(show, self.scene.actor, code)
        assert isinstance(shown, Shown), shown
        return shown

    async def awake_until(self, until: datetime, *, delivers: bool = True) -> None:
        """Let time pass on a desk that never sleeps: everything is carried out when it is due."""
        while (due_at := await self.desk.read(_next_due)) is not None and due_at <= until:
            self.clock.now = max(due_at, self.clock.now)
            await self.desk.run(beat)  # a process would have swept a second ago
            await sweep(self.desk)
            if delivers:
                await self.post.deliver()
        self.clock.now = until
        await self.desk.run(beat)

    async def awake_for(self, length: timedelta) -> None:
        """Let so much time pass on a desk that never sleeps."""
        await self.awake_until(self.clock.now + length)

    async def asleep_until(self, until: datetime) -> None:
        """Let time pass on a desk that is down until then, and start it again."""
        await self.desk.run(beat)
        await self.restart_at(until)

    async def restart_at(self, at: datetime) -> None:
        """Start a desk that was down since its last beat."""
        self.clock.now = at
        await sweep(self.desk)

    def slot(self, after: timedelta, length: timedelta = timedelta(hours=2)) -> Slot:
        """Make a slot that starts so long after now."""
        return Slot.of(self.clock.now + after, length)


async def dues_of(desk: Desk, reservation_id: int) -> dict[tuple[DueKind, timedelta], datetime]:
    """Give what is still to fall due for a reservation."""
    far = datetime.max.replace(tzinfo=desk.now().tzinfo)
    dues = await desk.read(lambda store, _: store.dues.up_to(far, 10_000))
    return {
        (due.kind, due.lead): due.due_at for due in dues if due.reservation_id == reservation_id
    }


def everything(store: Store, _: object) -> dict[str, list[tuple[object, ...]]]:
    """Read every row of every table but the audit."""
    return {
        name: sorted((tuple(row) for row in store.connection.execute(table.select())), key=repr)
        for name, table in SQLModel.metadata.tables.items()
        if name != AuditRow.__tablename__
    }


def _next_due(store: Store, _: datetime) -> datetime | None:
    return store.dues.next_at()


def _give_address(store: Store, _: datetime, actor: Actor, email: str) -> None:
    store.people.set_person(actor.person_id, email=email)
