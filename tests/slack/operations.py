"""Everything that somebody can do in Slack to reservations, lists, servers and settings.

Each is a few steps of a person's: a command typed, a button pressed that may never have been
theirs, or a modal handed in with another reservation's code in it.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta

from core.model.recipient import Contact, RouteName
from core.model.request import ReserveRequest
from core.model.reservation import NotificationPolicy
from core.model.server import Blackout
from core.model.slot import Slot
from core.usecases.answers import Permitted
from core.usecases.audience import add_to_list, drop_list
from core.usecases.look import servers_of
from core.usecases.reserve import reserve
from core.usecases.servers import BlackoutKept, black_out
from tests.slack.quarters import Quarters
from tests.slack.server import Heard, Person
from tests.slack.server.modals import open_view

TITLE, REGULARS, ANN = "Premiere", "patrons", "annabel@example.org"
DAY = timedelta(days=1)
_numbers = itertools.count(1)


@dataclass
class Cell:
    """Somebody who is about to do something, and Hanna's reservation that it is about.

    `number` is another one each time; `blackout` is one that stands on `Hall`.
    """

    quarters: Quarters
    role: str
    code: str
    number: int
    blackout: int

    @property
    def person(self) -> Person:
        """Give whoever acts."""
        return self.quarters.people[self.role]

    async def type(self, text: str) -> Heard:
        """Type a command."""
        return await self.person.type(f"/slot {text}", self.quarters.channel_of(self.role))

    async def press(self, act: str, value: str = "") -> Heard:
        """Press a button."""
        shown = self.quarters.put_before(self.role, (act, value or self.code))
        return await self.person.click(shown, f"slot:{act}")

    async def hand_in(self, opened_by: str, **fields: object) -> Heard:
        """Hand in a modal just as Hanna is given it, her reservation's code in it and all."""
        hanna = self.quarters.people["holder"]
        heard = await hanna.type(f"/slot {opened_by}", self.quarters.general)
        view = await heard.opened()
        return await self._hand_in(deepcopy(view.definition), fields)

    async def hand_in_cancel(self) -> Heard:
        """Hand in the question before a cancellation, as Hanna is asked it."""
        hanna = self.quarters.people["holder"]
        button = self.quarters.put_before("holder", ("cancel", self.code))
        view = await (await hanna.click(button, "slot:cancel")).opened()
        return await self._hand_in(deepcopy(view.definition), {"reason": "no reason"})

    async def _hand_in(self, definition: dict[str, object], fields: Mapping[str, object]) -> Heard:
        where = self.quarters.channel_of(self.role)
        mine = open_view(self.quarters.slack, self.person, definition, where.id)
        return await self.person.submit(mine, dict(fields))

    def picked(self, *, code: str = "") -> str:
        """Give the value of a button that offers a free slot."""
        start = (self.quarters.clock.now + 5 * DAY).strftime("%Y-%m-%d 20:00")
        slot = {"when": start, "length": "2h", "server": "Studio"}
        return json.dumps(slot | ({"code": code} if code else {}))

    @property
    def start(self) -> object:
        """Give a start that is free."""
        return self.quarters.clock.now + 4 * DAY

    @property
    def file(self) -> object:
        """Give a file with addresses that whoever acts has uploaded."""
        return self.person.upload("guests.csv", f"guest{self.number}@example.org\n".encode())


async def prepared(quarters: Quarters, role: str, operation: str = "") -> Cell:
    """Make a reservation of Hanna's, and for what needs one a list or a blackout of hers.

    For who wants to stop notices, everybody in her workspace is in its audience.
    """
    here = [one for one in quarters.people.values() if one.team is quarters.stage]
    code = await reserved(quarters, here if operation == "[stop]" else ())
    if "/server" not in operation:
        await _list(quarters)
    number = await _blackout(quarters) if operation == "/server lift" else 1
    return Cell(quarters, role, code, next(_numbers), number)


async def _list(quarters: Quarters) -> None:
    desk, hanna = quarters.app.desk, await quarters.actor("holder")
    ann = Contact(RouteName.EMAIL, ANN)
    await desk.run(add_to_list, hanna, REGULARS, [ann])
    await desk.run(drop_list, await quarters.actor("foreign"), REGULARS)


async def _blackout(quarters: Quarters) -> int:
    closed = Blackout(Slot.of(quarters.clock.now + 40 * DAY, DAY), "painting")
    kept = await quarters.app.desk.run(black_out, await quarters.olga(), "Hall", closed)
    assert isinstance(kept, BlackoutKept)
    return kept.number


async def reserved(
    quarters: Quarters,
    people: Sequence[Person] = (),
    *,
    policy: NotificationPolicy = NotificationPolicy.ON_RECONFIRM,
    ahead: timedelta = 4 * DAY,
) -> str:
    """Make a reservation of Hanna's for Ann, `#general` and some people; give its code."""
    team = quarters.stage.id
    hanna = await quarters.actor("holder")
    (studio,) = (
        one for one in await quarters.app.desk.read(servers_of, hanna) if one.name == "Studio"
    )
    audience = (
        Contact(RouteName.EMAIL, ANN),
        Contact(RouteName.SLACK, f"{team}/{quarters.general.id}", "#general"),
        *(Contact(RouteName.SLACK, f"{team}/{one.id}", f"@{one.name}") for one in people),
    )
    slot = Slot.of(quarters.clock.now + ahead, timedelta(hours=2))
    request = ReserveRequest(studio.id, slot, TITLE, audience=audience, notification_policy=policy)
    permitted = await quarters.app.desk.run(reserve, hanna, request)
    assert isinstance(permitted, Permitted)
    return permitted.reservation.code


_RESERVE = 'reserve when="2026-12-05 20:00" length=2h server=Studio title="Mine" audience=x@y.org'

Act = Callable[[Cell], Awaitable[Heard]]

TYPED: dict[str, Act] = {
    "reserve": lambda cell: cell.type("reserve"),
    "reserve in full": lambda cell: cell.type(_RESERVE),
    "list": lambda cell: cell.type("list"),
    "list all": lambda cell: cell.type("list all"),
    "show": lambda cell: cell.type(f"show {cell.code}"),
    "free": lambda cell: cell.type("free"),
    "reconfirm": lambda cell: cell.type(f"reconfirm {cell.code}"),
    "change": lambda cell: cell.type(f"change {cell.code}"),
    "change in full": lambda cell: cell.type(f'change {cell.code} title="Taken over"'),
    "cancel": lambda cell: cell.type(f"cancel {cell.code} out of spite"),
    "again": lambda cell: cell.type(f"again {cell.code}"),
    "key": lambda cell: cell.type(f"key {cell.code}"),
    "audience": lambda cell: cell.type("audience"),
    "audience show": lambda cell: cell.type("audience show patrons"),
    "audience add": lambda cell: cell.type(f"audience add patrons new{cell.number}@example.org"),
    "audience remove": lambda cell: cell.type(f"audience remove patrons {ANN}"),
    "audience import": lambda cell: cell.type("audience import patrons"),
    "audience export": lambda cell: cell.type("audience export patrons"),
    "audience drop": lambda cell: cell.type("audience drop patrons"),
    "server list": lambda cell: cell.type("server list"),
    "server show": lambda cell: cell.type("server show Hall"),
    "server add": lambda cell: cell.type(
        f"server add New{cell.number} kind=link watch_url=https://new.example/live"
    ),
    "server change": lambda cell: cell.type(f"server change Hall max_viewers={cell.number + 100}"),
    "server change, of all": lambda cell: cell.type("server change Studio max_viewers=9000"),
    "server blackout": lambda cell: cell.type("server blackout Hall 2026-12-24 12:00 for 3 days"),
    "server blackout, of all": lambda cell: cell.type("server blackout Studio 24 Dec"),
    "server lines": lambda cell: cell.type("server lines Studio"),
    "server lift": lambda cell: cell.type(f"server lift Hall {cell.blackout}"),
    "settings": lambda cell: cell.type("settings"),
    "settings, own": lambda cell: cell.type(f'settings reminders="{cell.number} min"'),
    "settings workspace": lambda cell: cell.type(
        f'settings workspace reminders="{cell.number} min"'
    ),
    "stop": lambda cell: cell.type(f"stop somebody{cell.number}@example.org"),
    "link": lambda cell: cell.type("link"),
    "help": lambda cell: cell.type("help"),
}
PRESSED: dict[str, Act] = {
    "reconfirm": lambda cell: cell.press("reconfirm"),
    "change": lambda cell: cell.press("change"),
    "cancel": lambda cell: cell.press("cancel"),
    "again": lambda cell: cell.press("again"),
    "show": lambda cell: cell.press("show"),
    "remind": lambda cell: cell.press("remind"),
    "stop": lambda cell: cell.press("stop"),
    "pick": lambda cell: cell.press("pick:0", cell.picked()),
    "pick instead": lambda cell: cell.press("pick:0", cell.picked(code=cell.code)),
    "reserve": lambda cell: cell.press("reserve"),
}
HANDED_IN: dict[str, Act] = {
    "reserve": lambda cell: cell.hand_in(
        "reserve", title="Mine", when=cell.start, server="Studio", audience="x@y.org"
    ),
    "change": lambda cell: cell.hand_in(f"change {cell.code}", title="Taken over"),
    "cancel": lambda cell: cell.hand_in_cancel(),
    "import": lambda cell: cell.hand_in("audience import patrons", file=cell.file),
}
OPERATIONS: dict[str, Act] = {
    **{f"/{name}": act for name, act in TYPED.items()},
    **{f"[{name}]": act for name, act in PRESSED.items()},
    **{f"form {name}": act for name, act in HANDED_IN.items()},
}

# by what an answer is known to show what it is about, where that is not the reservation
MARKS = {
    "/audience": REGULARS,
    "/audience show": ANN,
    "/audience export": ANN,
    "/server list": "Hall",
    "/server show": "Hall",
    "/settings": "Europe/Berlin",
    "/link": "/slot link",
    "/help": "/slot reserve",
    "/key": "rtmp://",
}


async def said(heard: Heard) -> str:
    """Wait for the answer, wherever it is shown, and give its words."""
    await heard.person.slack.until(lambda: _answered(heard))
    view = heard.view.words if heard.view else ""
    return "\n".join([heard.words, *heard.errors.values(), view])


def _answered(heard: Heard) -> object:
    waits = heard.view is not None and heard.view.callback_id == "slot_wait"
    return heard.messages or heard.errors or (heard.view and not waits)


def shown_to_others(quarters: Quarters, but: Person) -> list[object]:
    """Give what others than one person have been shown by the desk: alone, or all together."""
    alone = [len(one.ephemeral) for one in quarters.people.values() if one is not but]
    posted = [call for call in quarters.slack.calls if call.method.startswith("chat.")]
    return [alone, posted]
