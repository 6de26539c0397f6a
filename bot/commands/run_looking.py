"""Commands on what is reserved (list, show, reconfirm, cancel, send again) and on what is free."""

from __future__ import annotations

from datetime import timedelta

from bot.answers import lists, mistakes, shown, standing
from bot.answers.refusals import own_codes, refused
from bot.answers.reply import Problem, Reply
from bot.commands.asking import Asking
from bot.commands.commands import Cancel, Free, ListSlots, Reconfirm, SendAgain, Show, StreamKey
from bot.commands.context import Known, load_known
from bot.commands.words import without_length, without_server
from bot.form.answers import AskBack, Mistake
from bot.form.choosing import parse_server
from bot.form.day import parse_day
from bot.form.length import parse_length
from bot.form.parts import parse_viewers
from bot.form.text import parse_reason
from core.model.reservation import Reservation
from core.model.server import Server
from core.model.slot import Slot
from core.usecases.answers import Cancelled, Ended, NotFound, Reconfirmed, Refusal, SentAgain
from core.usecases.cancel import cancel
from core.usecases.look import Free as FreeThere
from core.usecases.look import Shown, find_free, list_all, list_mine, my_codes
from core.usecases.look import show as show_reservation
from core.usecases.reconfirm import reconfirm
from core.usecases.resend import send_again

_LENGTH_UNLESS_SAID = timedelta(hours=1)
_MOST_SERVERS = 10


async def run_list(asking: Asking, command: ListSlots) -> Reply:
    """List the actor's own, or all."""
    if command.everybody:
        return lists.everybody(await asking.read(list_all))
    return lists.mine(await asking.read(list_mine))


async def run_show(asking: Asking, command: Show | StreamKey) -> Reply:
    """Show one reservation, or its stream key."""
    found = await asking.read(show_reservation, command.code)
    if not isinstance(found, Shown):
        return await not_found(asking, found)
    if isinstance(command, StreamKey):
        return shown.stream_key(found)
    return shown.shown(found, asking.actor.zone)


async def run_reconfirm(asking: Asking, command: Reconfirm) -> Reply:
    """Reconfirm."""
    answer = await asking.write(reconfirm, command.code)
    match answer:
        case Reconfirmed():
            server = await _server_of(asking, answer.reservation)
            return standing.reconfirmed(answer, asking.actor.zone, server)
        case Ended():
            return standing.ended(answer)
        case refusal:
            return await not_found(asking, refusal)


async def run_cancel(asking: Asking, command: Cancel) -> Reply:
    """Cancel, with the reason if one was given."""
    reason = parse_reason(command.reason)
    if isinstance(reason, Mistake):
        return mistakes.mistaken("Nothing was cancelled:", {"reason": reason})
    answer = await asking.write(cancel, command.code, reason)
    match answer:
        case Cancelled():
            server = await _server_of(asking, answer.reservation)
            return standing.cancelled(answer, asking.actor.zone, server)
        case Ended():
            return standing.ended(answer)
        case refusal:
            return await not_found(asking, refusal)


async def run_again(asking: Asking, command: SendAgain) -> Reply:
    """Send again to those who could not be told."""
    answer = await asking.write(send_again, command.code)
    match answer:
        case SentAgain():
            return standing.sent_again(answer)
        case Ended():
            return standing.ended(answer)
        case refusal:
            return await not_found(asking, refusal)


async def not_found(asking: Asking, refusal: Refusal) -> Reply:
    """Refuse; for an unknown code, with those of the actor's own that are much like it."""
    codes: tuple[str, ...] = ()
    if isinstance(refusal, NotFound):
        codes = own_codes(await asking.read(my_codes))
    return refused(refusal, codes)


async def _server_of(asking: Asking, reservation: Reservation) -> Server | None:
    known = await load_known(asking)
    return known.servers.get(reservation.server_id)


async def run_free(asking: Asking, command: Free) -> Reply:
    """Find what is free on one server, or on all."""
    known = await load_known(asking)
    wish = _wish(command, known)
    if isinstance(wish, dict):
        return mistakes.mistaken("That cannot be looked for:", wish)
    window, length, servers, viewers = wish
    if not servers:
        return mistakes.mistaken("", {"server": Mistake("There is no server yet")})
    found = []
    for server in servers[:_MOST_SERVERS]:
        there = await asking.read(
            find_free,
            server_id=server.id,
            window=window,
            length=length or _usual_length(server),
            viewers=viewers,
        )
        if isinstance(there, FreeThere):
            found.append(there)
    return lists.free(found, window, asking.actor.zone)


def _usual_length(server: Server) -> timedelta:
    return max(server.rules.shortest, min(_LENGTH_UNLESS_SAID, server.rules.longest))


_Wish = tuple[Slot, timedelta | None, tuple[Server, ...], int]


def _wish(command: Free, known: Known) -> _Wish | dict[str, Problem]:
    """Read day, length, server and viewers; or what is wrong with each."""
    zone, now = known.context.zone, known.context.now
    words, named = without_server(command.words, known.server_names)
    words, length = without_length(words, zone, now)
    day = parse_day(command.fields.get("day", words), zone, now)
    lasts: timedelta | Mistake | None = length
    if command.fields.get("length"):
        lasts = parse_length(command.fields["length"])
    viewers = parse_viewers(command.fields.get("viewers", ""))
    wanted = command.fields.get("server", named)
    server = parse_server(wanted, known.context) if wanted else None
    read = {"day": day, "length": lasts, "viewers": viewers, "server": server}
    problems = {name: one for name, one in read.items() if isinstance(one, Mistake | AskBack)}
    if (
        problems
        or isinstance(day, Mistake | AskBack)
        or isinstance(lasts, Mistake)
        or isinstance(viewers, Mistake)
        or isinstance(server, Mistake | AskBack)
    ):
        return problems
    return day, lasts, (server,) if server else known.context.servers, viewers
