"""Every sub-command of `/slot` in Discord, and the command that its options amount to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.commands import commands as c
from bot.commands.arguments import code_alone, code_and_rest
from bot.commands.catalogue import TOPICS
from bot.commands.grammar import parse
from bot.commands.line import quote
from bot.commands.names import SETTINGS_FIELDS
from bot.discord import options as o
from bot.discord.options import Completes, Kind, Option

Given = Mapping[str, str]
Understood = c.Command | c.Misunderstood


@dataclass(frozen=True, slots=True)
class SubCommand:
    """A sub-command: its path below `/slot`, its options, and the command they amount to.

    `times` are the options in which somebody writes a time of their own clock.
    """

    path: tuple[str, ...]
    about: str
    options: tuple[Option, ...]
    command: Callable[[Given], Understood]
    times: tuple[str, ...] = ()
    always_times: bool = False

    @property
    def name(self) -> str:
        """Its name, as it stands behind `/slot`."""
        return " ".join(self.path)


def _about(name: str) -> str:
    """Give what the catalogue of commands says that it does."""
    does = next(topic.does for topic in TOPICS if topic.name == name)
    return f"{does[:1].upper()}{does[1:]}"[: o.LONGEST_ABOUT]


def _reserve(given: Given) -> Understood:
    return c.Reserve(given.get("when", ""), _without(given, "when"))


def _change(given: Given) -> Understood:
    found = code_and_rest("change", given["code"])
    if isinstance(found, c.Misunderstood):
        return found
    return c.Change(found[0], given.get("when", ""), _without(given, "when", "code"))


def _cancel(given: Given) -> Understood:
    found = code_and_rest("cancel", given["code"])
    return found if isinstance(found, c.Misunderstood) else c.Cancel(found[0], _text(given))


def _text(given: Given) -> str:
    return given.get("reason", "")


def _free(given: Given) -> Understood:
    return c.Free(given.get("day", ""), _without(given, "day"))


def _blackout(given: Given) -> Understood:
    fields = {name: given[name] for name in ("when", "reason") if name in given}
    return c.ServerBlackout(given["server"], fields)


def _lift(given: Given) -> Understood:
    return c.ServerLift(given["server"], int(given["number"]))


def _settings(given: Given) -> Understood:
    fields = {name: given[name] for name in SETTINGS_FIELDS if name in given}
    if given.get("workspace") != "yes":
        return c.Settings(fields)
    pairs = " ".join(f"{name}={quote(value)}" for name, value in fields.items())
    return parse(f"settings workspace {pairs}")  # which says what a workspace does not have


def _link(given: Given) -> Understood:
    if given.get("off") == "yes":
        return c.Unlink()
    return c.Link(given.get("code", "").strip(), yes=given.get("yes") == "yes")


def _coded(verb: str, command: Callable[[str], c.Command]) -> Callable[[Given], Understood]:
    read = code_alone(verb, command)
    return lambda given: read(given["code"])


def _without(given: Given, *names: str) -> dict[str, str]:
    return {name: value for name, value in given.items() if name not in names}


_BOOKING = (
    SubCommand(
        ("reserve",), _about("reserve"), o.RESERVE, _reserve, times=("when",), always_times=True
    ),
    SubCommand(
        ("list",),
        _about("list"),
        (Option("whose", "Yours, unless you say", choices=("mine", "all")),),
        lambda given: c.ListSlots(everybody=given.get("whose") == "all"),
    ),
    SubCommand(("show",), _about("show"), (o.CODE,), _coded("show", c.Show)),
    SubCommand(
        ("free",),
        _about("free"),
        (
            Option("day", "fri, 4 Dec, next week", completes=Completes.DAY),
            *(o.LENGTH, o.SERVER, o.VIEWERS),
        ),
        _free,
        times=("day",),
    ),
    SubCommand(("reconfirm",), _about("reconfirm"), (o.CODE,), _coded("reconfirm", c.Reconfirm)),
    SubCommand(("change",), _about("change"), o.CHANGE, _change, times=("when",)),
    SubCommand(("cancel",), _about("cancel"), (o.CODE, o.REASON), _cancel),
    SubCommand(("again",), _about("again"), (o.CODE,), _coded("again", c.SendAgain)),
    SubCommand(("key",), _about("key"), (o.CODE,), _coded("key", c.StreamKey)),
)

_CONTACTS = Option("addresses", "ann@example.org, Bob <bob@example.org>, and so on")
_NAMED = o.needed(o.LIST)
_AUDIENCE = (
    SubCommand(
        ("audience", "show"),
        _about("audience show"),
        (o.LIST,),
        lambda given: c.AudienceShow(given.get("list", "")),
    ),
    SubCommand(
        ("audience", "add"),
        _about("audience add"),
        (_NAMED, _CONTACTS, o.CHANNEL, o.PERSON),
        lambda given: c.AudienceAdd(given["list"], given.get("addresses", "")),
    ),
    SubCommand(
        ("audience", "remove"),
        _about("audience remove"),
        (_NAMED, _CONTACTS, o.CHANNEL, o.PERSON),
        lambda given: c.AudienceRemove(given["list"], given.get("addresses", "")),
    ),
    SubCommand(
        ("audience", "import"),
        _about("audience import"),
        (_NAMED, o.FILE),
        lambda given: c.AudienceImport(given["list"]),  # the file is fetched, and put into it then
    ),
    SubCommand(
        ("audience", "export"),
        _about("audience export"),
        (_NAMED,),
        lambda given: c.AudienceExport(given["list"]),
    ),
    SubCommand(
        ("audience", "drop"),
        _about("audience drop"),
        (_NAMED,),
        lambda given: c.AudienceDrop(given["list"]),
    ),
)

_SERVER = o.needed(o.SERVER)
_NUMBER = Kind.NUMBER
_SERVERS = (
    SubCommand(("server", "list"), _about("server list"), (), lambda _: c.ServerList()),
    SubCommand(
        ("server", "show"),
        _about("server show"),
        (_SERVER,),
        lambda given: c.ServerShow(given["server"]),
    ),
    SubCommand(
        ("server", "lines"),
        _about("server lines"),
        (_SERVER,),
        lambda given: c.ServerLines(given["server"]),
    ),
    SubCommand(
        ("server", "add"),
        _about("server add"),
        o.SERVER_ADD,
        lambda given: c.ServerAdd(given["name"], _without(given, "name")),
    ),
    SubCommand(
        ("server", "change"),
        _about("server change"),
        o.SERVER_CHANGE,
        lambda given: c.ServerChange(given["server"], _without(given, "server")),
    ),
    SubCommand(
        ("server", "blackout"),
        _about("server blackout"),
        (
            _SERVER,
            Option(
                "when", "fri 20:00-22:00, 24 Dec 12:00 for 3 days, or whole days", required=True
            ),
            o.REASON,
        ),
        _blackout,
        times=("when",),
    ),
    SubCommand(
        ("server", "lift"),
        _about("server lift"),
        (
            _SERVER,
            o.needed(Option("number", "Of the blackout", _NUMBER, completes=Completes.BLACKOUT)),
        ),
        _lift,
    ),
)

_REST = (
    SubCommand(
        ("settings",),
        _about("settings"),
        (
            o.ZONE,
            Option("reminders", "How long before the start: 24h, 15 min; or none"),
            Option("email", "Where you are told things by mail; or none"),
            Option("workspace", "For admins: for all who have set nothing", Kind.FLAG),
        ),
        _settings,
    ),
    SubCommand(
        ("link",),
        _about("link"),
        (
            Option("code", "The code that the other chat gave you"),
            Option("yes", "You were shown who would be one person, and agree", Kind.FLAG),
            Option("off", "Be a person of your own again here", Kind.FLAG),
        ),
        _link,
    ),
    SubCommand(
        ("stop",),
        _about("stop"),
        (Option("address", "Such as ann@example.org", required=True),),
        lambda given: c.Stop(given["address"]),
    ),
    SubCommand(
        ("help",),
        _about("help"),
        (Option("topic", "A command's name", completes=Completes.TOPIC),),
        lambda given: c.Help(given.get("topic", "")),
    ),
)

SUB_COMMANDS: tuple[SubCommand, ...] = (*_BOOKING, *_AUDIENCE, *_SERVERS, *_REST)
GROUPS = {
    "audience": "Named audience lists",
    "server": "The servers that can be reserved, and their rules",
}
