"""Everything that somebody can do in Discord to reservations, lists, servers and settings.

Each is a few steps of a person's: a command typed, something typed into an option that completes,
a button pressed that may never have been theirs, or a modal handed in with another's code in it.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta

from bot.answers.acts import pick
from bot.answers.reply import Action
from bot.discord.acts import id_of
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
from tests.discord.quarters import Quarters
from tests.discord.server.heard import Heard
from tests.discord.server.modals import Modal
from tests.discord.server.person import Person
from tests.slack.operations import ANN, DAY, REGULARS, TITLE

_RESERVE = (
    "reserve when:2026-12-05 20:00 length:2h server:Studio title:Mine audience:x@y.org"
    " policy:when reconfirmed"
)
_numbers = itertools.count(1)


@dataclass
class Cell:
    """Somebody who is about to do something, and Hanna's reservation that it is about.

    `number` is another one each time; `blackout` is one that stands on `Hall`. Whatever is done is
    brought to the desk in so many `copies`.
    """

    quarters: Quarters
    role: str
    code: str
    number: int
    blackout: int
    copies: int = 1

    @property
    def person(self) -> Person:
        """Give whoever acts."""
        return self.quarters.people[self.role]

    async def type(self, text: str, **given: object) -> Heard:
        """Type a command."""
        where = self.quarters.channel_of(self.role)
        return await self.person.type(f"/slot {text}", where, given, copies=self.copies)

    async def completes(self, text: str, option: str) -> Heard:
        """Begin to type into an option; what is offered is among what is heard."""
        where = self.quarters.channel_of(self.role)
        heard = Heard(self.person)
        heard.choices = await self.person.completes(f"/slot {text}", option, "", channel=where)
        return heard

    async def press(self, custom_id: str) -> Heard:
        """Press a button, whose id begins with what it does."""
        shown = self.quarters.put_before(self.role, custom_id)
        return await self.person.click(shown, custom_id, copies=self.copies)

    async def press_act(self, act: str) -> Heard:
        """Press a button on Hanna's reservation."""
        return await self.press(f"slot:{act}:{self.code}")

    async def press_pick(self, code: str = "") -> Heard:
        """Press a button that offers a free slot, or to move a reservation there."""
        slot = Slot.of(self.quarters.clock.now + 5 * DAY, timedelta(hours=2))
        actor = await self.quarters.actor(self.role)
        return await self.press(id_of(pick(slot, "Studio", actor.zone, code)))

    async def press_draft(self, act: str) -> Heard:
        """Press a button of a form that Hanna has begun."""
        modal = await self._hannas("reserve when:2026-12-06 20:00 length:2h server:Studio")
        _, _, draft, *_ = modal.custom_id.split(":")
        about = {"form": f"{draft}:first", "confirm": f"{draft}:1", "take": f"{draft}:0:1"}[act]
        return await self.press(id_of(Action(act, ("Go on",), "", about)))

    async def fill_in(self, opened_by: str, **fields: object) -> Heard:
        """Open a form and hand it in, if one opens."""
        where = self.quarters.channel_of(self.role)
        heard = await self.person.type(f"/slot {opened_by}", where)
        if heard.modal is None:
            return heard
        return await self.person.submit(heard.modal, fields, copies=self.copies)

    async def hand_in(self, opened_by: str, **fields: object) -> Heard:
        """Hand in a modal just as Hanna is given it, her reservation's code in it and all."""
        return await self._hand_in(await self._hannas(opened_by), fields)

    async def hand_in_cancel(self) -> Heard:
        """Hand in the question before a cancellation, as Hanna is asked it."""
        button = self.quarters.put_before("holder", f"slot:cancel:{self.code}")
        heard = await self.quarters.people["holder"].click(button, "slot:cancel")
        return await self._hand_in(await heard.opened(), {"reason": "no reason"})

    async def _hannas(self, opened_by: str) -> Modal:
        self.quarters.clock.move(timedelta(seconds=1))
        hanna = self.quarters.people["holder"]
        return await (await hanna.type(f"/slot {opened_by}", self.quarters.general)).opened()

    async def _hand_in(self, theirs: Modal, fields: dict[str, object]) -> Heard:
        before = await self.person.type("/slot help", self.quarters.channel_of(self.role))
        assert before.interaction is not None
        mine = Modal(deepcopy(theirs.definition), before.interaction)
        self.person.modal = mine
        return await self.person.submit(mine, fields, copies=self.copies)

    @property
    def file(self) -> object:
        """Give a file with addresses that whoever acts has uploaded."""
        return self.person.upload("guests.csv", f"guest{self.number}@example.org\n".encode())


async def prepared(quarters: Quarters, role: str, operation: str = "") -> Cell:
    """Make a reservation of Hanna's, and for what needs one a list or a blackout of hers.

    For who wants to stop notices, everybody in her guild is in its audience.
    """
    quarters.clock.move(timedelta(seconds=1))  # so that it is known which form is the oldest
    told = operation == "[stop]"
    if told or not quarters.code:
        people = {one.id: one for one in quarters.people.values()}.values()
        here = [one for one in people if one.id in quarters.stage.members]
        quarters.code = await _reserved(quarters, here if told else ())
    if "audience" in operation or "list" in operation:
        await _list(quarters)
    number = await _blackout(quarters) if operation == "/server lift" else 1
    return Cell(quarters, role, quarters.code, next(_numbers), number)


async def _list(quarters: Quarters) -> None:
    desk, hanna = quarters.app.desk, await quarters.actor("holder")
    await desk.run(add_to_list, hanna, REGULARS, [Contact(RouteName.EMAIL, ANN)])
    await desk.run(drop_list, await quarters.actor("foreign"), REGULARS)


async def _blackout(quarters: Quarters) -> int:
    closed = Blackout(Slot.of(quarters.clock.now + 40 * DAY, DAY), "painting")
    kept = await quarters.app.desk.run(black_out, await quarters.olga(), "Hall", closed)
    assert isinstance(kept, BlackoutKept)
    return kept.number


async def _reserved(quarters: Quarters, people: Sequence[Person]) -> str:
    """Make a reservation of Hanna's for Ann, the channel and some people; give its code."""
    guild, hanna, desk = quarters.stage.id, await quarters.actor("holder"), quarters.app.desk
    servers = await desk.read(servers_of, hanna)
    studio = next(one for one in servers if one.name == "Studio")
    audience = (
        Contact(RouteName.EMAIL, ANN),
        Contact(RouteName.DISCORD, f"{guild}/#{quarters.general.id}", "#general"),
        *(Contact(RouteName.DISCORD, f"{guild}/{one.id}", f"@{one.name}") for one in people),
    )
    slot, policy = (
        Slot.of(quarters.clock.now + 4 * DAY, timedelta(hours=2)),
        NotificationPolicy.ON_RECONFIRM,
    )
    request = ReserveRequest(studio.id, slot, TITLE, audience=audience, notification_policy=policy)
    permitted = await desk.run(reserve, hanna, request)
    assert isinstance(permitted, Permitted)
    return permitted.reservation.code


Act = Callable[[Cell], Awaitable[Heard]]

TYPED: dict[str, Act] = {
    "reserve": lambda cell: cell.type("reserve"),
    "reserve in full": lambda cell: cell.type(_RESERVE),
    "list": lambda cell: cell.type("list"),
    "list all": lambda cell: cell.type("list whose:all"),
    "show": lambda cell: cell.type(f"show code:{cell.code}"),
    "free": lambda cell: cell.type("free"),
    "reconfirm": lambda cell: cell.type(f"reconfirm code:{cell.code}"),
    "change": lambda cell: cell.type(f"change code:{cell.code}"),
    "change in full": lambda cell: cell.type(f"change code:{cell.code} title:Taken over"),
    "cancel": lambda cell: cell.type(f"cancel code:{cell.code} reason:out of spite"),
    "again": lambda cell: cell.type(f"again code:{cell.code}"),
    "key": lambda cell: cell.type(f"key code:{cell.code}"),
    "audience show": lambda cell: cell.type("audience show"),
    "audience show one": lambda cell: cell.type(f"audience show list:{REGULARS}"),
    "audience add": lambda cell: cell.type(
        f"audience add list:{REGULARS} addresses:new{cell.number}@example.org"
    ),
    "audience remove": lambda cell: cell.type(f"audience remove list:{REGULARS} addresses:{ANN}"),
    "audience import": lambda cell: cell.type(f"audience import list:{REGULARS}", file=cell.file),
    "audience export": lambda cell: cell.type(f"audience export list:{REGULARS}"),
    "audience drop": lambda cell: cell.type(f"audience drop list:{REGULARS}"),
    "server list": lambda cell: cell.type("server list"),
    "server show": lambda cell: cell.type("server show server:Hall"),
    "server lines": lambda cell: cell.type("server lines server:Studio"),
    "server add": lambda cell: cell.type(
        f"server add name:New{cell.number} kind:link watch_url:https://new.example/live"
    ),
    "server change": lambda cell: cell.type(
        f"server change server:Hall max_viewers:{cell.number + 100}"
    ),
    "server change, of all": lambda cell: cell.type("server change server:Studio max_viewers:9000"),
    "server blackout": lambda cell: cell.type(
        "server blackout server:Hall when:2026-12-24 12:00 for 3 days"
    ),
    "server blackout, of all": lambda cell: cell.type("server blackout server:Studio when:24 Dec"),
    "server lift": lambda cell: cell.type(f"server lift server:Hall number:{cell.blackout}"),
    "settings": lambda cell: cell.type("settings"),
    "settings, own": lambda cell: cell.type(f"settings reminders:{cell.number} min"),
    "settings workspace": lambda cell: cell.type(
        f"settings reminders:{cell.number} min workspace:True"
    ),
    "link": lambda cell: cell.type("link"),
    "stop": lambda cell: cell.type(f"stop address:somebody{cell.number}@example.org"),
    "help": lambda cell: cell.type("help"),
}
COMPLETED: dict[str, Act] = {
    "code": lambda cell: cell.completes("show", "code"),
    "list": lambda cell: cell.completes("audience show", "list"),
    "lists": lambda cell: cell.completes("reserve", "lists"),
    "server": lambda cell: cell.completes("server show", "server"),
}
PRESSED: dict[str, Act] = {
    "reconfirm": lambda cell: cell.press_act("reconfirm"),
    "change": lambda cell: cell.press_act("change"),
    "cancel": lambda cell: cell.press_act("cancel"),
    "again": lambda cell: cell.press_act("again"),
    "show": lambda cell: cell.press_act("show"),
    "remind": lambda cell: cell.press_act("remind"),
    "stop": lambda cell: cell.press_act("stop"),
    "pick": lambda cell: cell.press_pick(),
    "pick instead": lambda cell: cell.press_pick(cell.code),
    "reserve": lambda cell: cell.press("slot:reserve"),
    "form": lambda cell: cell.press_draft("form"),
    "confirm": lambda cell: cell.press_draft("confirm"),
    "take": lambda cell: cell.press_draft("take"),
}
_WHEN = "when:2026-12-05 20:00 length:2h server:Studio"
HANDED_IN: dict[str, Act] = {
    "reserve": lambda cell: cell.fill_in(f"reserve {_WHEN}", title="Mine", audience="x@y.org"),
    "change": lambda cell: cell.fill_in(f"change code:{cell.code}", title="Taken over"),
    "reserve, hers": lambda cell: cell.hand_in(
        f"reserve {_WHEN}", title="Mine", audience="x@y.org"
    ),
    "change, hers": lambda cell: cell.hand_in(
        f"change code:{cell.code}", title="Taken over", channels=None
    ),
    "cancel": lambda cell: cell.hand_in_cancel(),
}
OPERATIONS: dict[str, Act] = {
    **{f"/{name}": act for name, act in TYPED.items()},
    **{f"? {name}": act for name, act in COMPLETED.items()},
    **{f"[{name}]": act for name, act in PRESSED.items()},
    **{f"form {name}": act for name, act in HANDED_IN.items()},
}

# by what an answer is known to show what it is about, where that is not the reservation
MARKS = {
    "/audience show": REGULARS,
    "/audience show one": ANN,
    "/audience export": ANN,
    "/server list": "Hall",
    "/server show": "Hall",
    "/server lines": "rtmp",
    "/settings": "Europe/Berlin",
    "/help": "/slot reserve",
    "/link": "/slot link",
    "/key": "rtmp://",
    "? list": REGULARS,
    "? lists": REGULARS,
    "? server": "Hall",
}


async def said(heard: Heard) -> str:
    """Wait for the answer, wherever it is shown, and give its words, with those of files."""
    await heard.person.world.until(lambda: _answered(heard))
    files = [file.content.decode() for one in heard.messages for file in one.attachments]
    choices = [str(one) for one in heard.choices or ()]
    modal = heard.modal.words if heard.modal else ""
    return "\n".join([heard.words, *files, *choices, modal])


def _answered(heard: Heard) -> bool:
    return bool(heard.failed or heard.messages or heard.modal) or heard.choices is not None


def shown_to_others(quarters: Quarters, but: Person) -> list[object]:
    """Give what others than one person have been shown by the desk: alone, or all together."""
    users = [one for one in quarters.discord.users.values() if one is not but]
    alone = [[message.id for message in one.ephemeral] for one in users]
    return [alone, quarters.discord.calls_of("POST /channels/{channel}/messages")]
