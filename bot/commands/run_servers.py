"""Commands on servers: list, show, add, change, black out, lift; what their configuration needs."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.answers import configuration, mistakes, servers
from bot.answers.refusals import admins_only, no_server, refused
from bot.answers.reply import Problem, Reply, Tone
from bot.commands.asking import Asking
from bot.commands.commands import (
    ServerAdd,
    ServerBlackout,
    ServerChange,
    ServerLift,
    ServerLines,
    ServerList,
    ServerShow,
)
from bot.commands.context import Known, load_known
from bot.commands.server_form import given_control, parse_server
from bot.commands.words import leading_server
from bot.form.answers import AskBack, Mistake
from bot.form.day import parse_day
from bot.form.text import parse_reason
from bot.form.when import When, parse_when
from core.model.server import Blackout, Server, ServerKind
from core.model.slot import Slot
from core.usecases.answers import NoSuchServer, NotAllowed
from core.usecases.look import servers_of
from core.usecases.servers import (
    BlackoutKept,
    BlackoutLifted,
    NameTaken,
    OperatorsOnly,
    ServerKept,
    ServerShown,
    add_server,
    black_out,
    change_server,
    lift_blackout,
    show_server,
)

_NOT_KEPT = "The server was not kept:"


async def run_list(asking: Asking, _: ServerList) -> Reply:
    """Name the servers."""
    return servers.server_list(await asking.read(servers_of))


async def run_show(asking: Asking, command: ServerShow) -> Reply:
    """Show one server."""
    answer = await asking.read(show_server, command.name)
    if isinstance(answer, ServerShown):
        return servers.server_shown(answer)
    return await _no_such(asking, command.name)


async def run_lines(asking: Asking, command: ServerLines) -> Reply:
    """Show what to put into one server's configuration, to those who may change the server."""
    answer = await asking.read(show_server, command.name)
    if not isinstance(answer, ServerShown):
        return await _no_such(asking, command.name)
    return configuration.configuration(answer) if answer.manageable else admins_only()


async def run_add(asking: Asking, command: ServerAdd) -> Reply:
    """Add a server; what is not said has its default."""
    if not asking.actor.is_admin:
        return admins_only()
    blank = Server(
        id=0,
        name=command.name,
        kind=ServerKind(ServerKind.LINK),
        zone=asking.actor.zone,
        watch_url="",
    )
    if "kind" not in command.fields and "ingest_url" in command.fields:
        problem = Mistake("What kind of server? Write for example kind=nginx-rtmp")
        return mistakes.mistaken(_NOT_KEPT, {"kind": problem})
    server = parse_server(command.name, command.fields, blank)
    if isinstance(server, dict):
        return mistakes.mistaken(_NOT_KEPT, server)
    answer = await asking.write(add_server, server, given_control(command.fields))
    return _kept(answer)


async def run_change(asking: Asking, command: ServerChange) -> Reply:
    """Change what the fields say about a server."""
    found = await asking.read(show_server, command.name)
    if not isinstance(found, ServerShown):
        return await _no_such(asking, command.name)
    if not command.fields:
        return mistakes.mistaken(
            "What shall be different?", {"field": Mistake("Write for example max_streams=2")}
        )
    fields = {name: value for name, value in command.fields.items() if name != "name"}
    server = parse_server(command.fields.get("name", found.server.name), fields, found.server)
    if isinstance(server, dict):
        return mistakes.mistaken(_NOT_KEPT, server)
    answer = await asking.write(change_server, server, given_control(command.fields))
    return _kept(answer, found.server)


def _kept(
    answer: ServerKept | NameTaken | NotAllowed | NoSuchServer | OperatorsOnly,
    before: Server | None = None,
) -> Reply:
    match answer:
        case ServerKept():
            return servers.server_kept(answer, before)
        case OperatorsOnly():
            return servers.operators_only()
        case NameTaken():
            return servers.name_taken(answer)
        case NotAllowed():
            return admins_only()
        case NoSuchServer():
            return refused(answer)


async def run_blackout(asking: Asking, command: ServerBlackout) -> Reply:
    """Close a server for a while: for a time with an end, or for whole days of its own."""
    known = await load_known(asking)
    name, words = leading_server(command.words, known.server_names)
    if not name:
        return Reply(Tone.MISTAKE, (no_server(known.server_names, command.words.split()[0]),))
    zone = next(one.zone for one in known.context.servers if one.name == name)
    slot = _closed(command.fields.get("when", words), known, zone)
    reason = parse_reason(command.fields.get("reason", ""))
    problems: dict[str, Problem] = {}
    if isinstance(slot, Mistake | AskBack):
        problems["when"] = slot
    if isinstance(reason, Mistake):
        problems["reason"] = reason
    if isinstance(slot, Mistake | AskBack) or isinstance(reason, Mistake):
        return mistakes.mistaken("Nothing was closed:", problems)
    answer = await asking.write(black_out, name, Blackout(slot, reason))
    match answer:
        case BlackoutKept():
            return servers.blackout_kept(answer)
        case NotAllowed():
            return admins_only()
        case NoSuchServer():
            return await _no_such(asking, name)


def _closed(text: str, known: Known, zone: ZoneInfo) -> Slot | Mistake | AskBack:
    """Read for how long a server is closed."""
    now: datetime = known.context.now
    when = parse_when(text, zone=known.context.zone, now=now)
    if isinstance(when, When) and when.length is not None:
        return Slot.of(when.starts_at, when.length)
    days = parse_day(text, zone, now) if text.strip() else Mistake("")
    if isinstance(days, Slot):
        return days
    if isinstance(when, When):
        return Mistake("Until when? Write for example fri 20:00-22:00, or whole days: 24 Dec")
    return when


async def run_lift(asking: Asking, command: ServerLift) -> Reply:
    """Open a server again."""
    answer = await asking.write(lift_blackout, command.name, command.number)
    match answer:
        case BlackoutLifted():
            return servers.blackout_lifted(answer)
        case NotAllowed():
            return admins_only()
        case NoSuchServer():
            return await _no_such(asking, command.name)


async def _no_such(asking: Asking, typed: str) -> Reply:
    names = tuple(one.name for one in await asking.read(servers_of))
    return Reply(Tone.MISTAKE, (no_server(names, typed),))
