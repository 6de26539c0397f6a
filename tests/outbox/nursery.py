"""A process that forks dispatchers on request, so that a test can kill one after another.

Each line on standard input is an order in JSON: a fork (`Life`), answered by its process id, or a
wait for one, answered by what became of it. A dispatcher sends real mail by SMTP from a real
database until it is told to stop, or killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from adapters.email_smtp import EmailSmtp
from adapters.smtp_settings import SmtpSettings
from core.access.links import Links
from core.access.vault import Vault
from core.model.recipient import RouteName
from core.notices.as_email import MailSender, compose
from core.notices.notice import Notice
from core.outbox.dispatch import Dispatcher, Fill, Outlet
from core.outbox.route import Message, Route
from core.store.database import open_database
from core.store.desk import Desk
from core.store.store import Store
from core.store.together import Turn
from tests.desks import SECRET

SENDER = "desk@example.org"

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Life:
    """How a dispatcher is to live: its clock so many seconds `ahead`, over so many `lanes`.

    `name` is the domain of its envelope sender. `signal` is what it sends itself when it passes
    `point` for the `nth` time. `many` dispatchers share its desk.
    """

    ahead: float = 0.0
    lanes: int = 3
    name: str = "example.org"
    point: str = ""
    nth: int = 1
    signal: int = signal.SIGKILL
    many: int = 1

    def order(self) -> str:
        """Write it as an order."""
        return json.dumps(asdict(self))


@dataclass(slots=True)
class MortalDesk(Desk):
    """A desk whose dispatcher's transactions pass points: before, not yet committed, after.

    They are called `claim`, `mark` (a hand-over) and `record` (a result).
    """

    point: str = ""
    nth: int = 1
    signal: int = signal.SIGKILL
    passed: int = 0

    async def run_patiently(
        self,
        use_case: Callable[Concatenate[Store, datetime, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a use case, unless the end comes before, in the middle or after."""
        self._pass("before", use_case, kwargs)
        answer = await Desk.run_patiently(self, self._whole(use_case), *args, **kwargs)
        self._pass("after", use_case, kwargs)
        return answer

    async def run_in_turn(
        self,
        turn: Turn,
        use_case: Callable[Concatenate[Store, datetime, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run one of a row, unless the end comes before, in the middle or after."""
        self._pass("before", use_case, kwargs)
        answer = await Desk.run_in_turn(self, turn, self._whole(use_case), *args, **kwargs)
        self._pass("after", use_case, kwargs)
        return answer

    def _whole(
        self, use_case: Callable[Concatenate[Store, datetime, P], T]
    ) -> Callable[Concatenate[Store, datetime, P], T]:
        def whole(store: Store, now: datetime, /, *args: P.args, **kwargs: P.kwargs) -> T:
            answer = use_case(store, now, *args, **kwargs)
            self._pass("not committed", use_case, kwargs)
            return answer

        return whole

    def _pass(self, when: str, use_case: Callable[..., object], given: dict[str, Any]) -> None:
        names = _names(use_case.__name__, given)
        if self.point in {f"{when} {name}" for name in names}:
            self.passed += 1
            if self.passed == self.nth:
                os.kill(os.getpid(), self.signal)


def _names(use_case: str, given: dict[str, Any]) -> list[str]:
    if use_case != "record":
        return [use_case]
    parts = {"mark": given["page"].handed_over, "record": given["page"].results}
    return [name for name, part in parts.items() if part]


def mail_outlet(route: Route) -> Outlet:
    """Make the outlet that sends real mail, as the product wires it."""
    sender = MailSender(SENDER, "Callboard")

    def composed(notice: Notice) -> Fill:
        template = compose(notice, sender)

        def filled(delivery_id: int, personal: object) -> Message:
            mail = template.fill(personal)  # type: ignore[arg-type]
            return Message(
                delivery_id, mail.recipient, mail.data, mail.needs_smtputf8, wire_ready=True
            )

        return filled

    return Outlet(route, composed)


async def _live(database_url: str, smtp_url: str, life: Life) -> None:
    vault = Vault([SECRET])
    desk = MortalDesk(
        database=open_database(database_url),
        vault=vault,
        links=Links(vault, "https://callboard.example.org"),
        now=lambda: datetime.now(UTC) + timedelta(seconds=life.ahead),
        point=life.point,
        nth=life.nth,
        signal=life.signal,
    )
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)

    def dispatcher(number: int) -> Dispatcher:
        name = f"{number}.{life.name}" if life.many > 1 else life.name
        route = EmailSmtp(SmtpSettings.from_url(smtp_url, f"desk@{name}"), life.lanes)
        return Dispatcher(desk, {RouteName.EMAIL: mail_outlet(route)}, "example.org")

    await asyncio.gather(*(dispatcher(number).run(stop) for number in range(life.many)))
    desk.close()


def _fork(database_url: str, smtp_url: str, life: Life) -> int:
    child = os.fork()
    if child == 0:
        ended = 1
        try:
            asyncio.run(_live(database_url, smtp_url, life))
            ended = 0
        finally:
            os._exit(ended)
    return child


def main() -> None:
    """Carry out the orders; who is left in the end is killed."""
    database_url, smtp_url = sys.argv[1], sys.argv[2]
    children: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            child, status = os.waitpid(order["wait"], os.WUNTRACED)
            if not os.WIFSTOPPED(status):
                children.remove(child)
            answer = "stopped" if os.WIFSTOPPED(status) else str(os.waitstatus_to_exitcode(status))
        else:
            child = _fork(database_url, smtp_url, Life(**order))
            children.add(child)
            answer = str(child)
        print(answer, flush=True)  # noqa: T201 - the answer
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
