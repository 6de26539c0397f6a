"""Answers about servers: what there is, their rules, and when they are closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.answers.configuration import configuration_sections
from bot.answers.reasons import quota_words
from bot.answers.reply import Reply, Section, Table, Tone
from bot.answers.wording import POLICY_SAID, counted
from bot.commands.hours import say_hours
from core.model.prose import During, Line, Literal, Said, Strong
from core.model.server import Rules, Server, ServerKind
from core.notices.times import length_words
from core.notices.words import Row, address_span
from core.usecases.servers import (
    BlackoutKept,
    BlackoutLifted,
    NameTaken,
    ServerKept,
    ServerShown,
)


def server_list(servers: Sequence[Server]) -> Reply:
    """Name the servers that may be reserved."""
    if not servers:
        example = Literal(
            "/slot server add Studio kind=link watch_url=https://live.example.org/studio"
        )
        return Reply(Tone.INFO, (("There is no server yet. An admin adds one:",), (example,)))
    rows = tuple(
        (
            (Said(one.name),),
            (one.kind.value,),
            (str(one.zone),),
            (say_hours(one.rules.opening_hours),),
        )
        for one in servers
    )
    headline: Line = (f"{counted(len(rows), 'server')}:",)
    table = Table(("Name", "Kind", "Zone", "Open"), rows)
    return Reply(Tone.INFO, (headline,), (Section(table=table),))


def server_shown(answer: ServerShown) -> Reply:
    """Show a server's rules and blackouts."""
    server = answer.server
    numbered = tuple(
        (
            *((f"{one.id}: ",) if answer.manageable else ()),
            During(one.blackout.slot),
            *((": ", Said(one.blackout.reason)) if one.blackout.reason else ()),
        )
        for one in answer.blackouts
    )
    blackouts = (Section("Closed", items=numbered),) if numbered else ()
    return Reply(
        Tone.INFO,
        ((Strong("Server "), Said(server.name), " (retired)" if server.retired else ""),),
        (Section(rows=tuple(_rows(server, manageable=answer.manageable))), *blackouts),
    )


def server_kept(answer: ServerKept, before: Server | None = None) -> Reply:
    """Say that a server is kept, and how; `before` is what it was before it was changed."""
    server = answer.server
    rows = Section(rows=tuple(_rows(server, manageable=True)))
    asks = configuration_sections(server, answer.hook_url)
    if before is None:
        return Reply(Tone.OK, ((Strong("Added: "), Said(server.name), "."),), (rows, *asks))
    lines: list[Line] = [
        (Strong("Changed: "), Said(server.name), "."),
        ("What is reserved already stays as it is.",),
    ]
    if asks != configuration_sections(before, answer.hook_url):
        again = Literal(f"/slot server lines {server.name}")
        lines.append(("What its own configuration needs has changed, too: ", again, " shows it."))
    return Reply(Tone.OK, tuple(lines), (rows,))


def operators_only() -> Reply:
    """Say that not every admin may say where the desk ends connections."""
    words = (
        "Only whoever runs this desk may say where it ends connections, as the desk calls that "
        "address by itself, each second. Ask them, and leave control out."
    )
    return Reply(Tone.DENIED, ((words,),))


def _rows(server: Server, *, manageable: bool) -> Iterator[Row]:
    rules, gated = server.rules, server.kind is not ServerKind.LINK
    yield Row("Kind", (server.kind.value,))
    yield Row("Zone", (str(server.zone),))
    yield Row("Playback", (address_span(server.watch_url),))
    if manageable and gated:
        yield Row("Ingest", (Literal(server.ingest_url),))
        yield Row("Connections", _ended(server))
    yield Row("Streams at once", (f"{rules.max_streams:,}",))
    viewers = "any number" if rules.max_viewers is None else f"{rules.max_viewers:,}"
    yield Row("Viewers at once", (viewers,))
    yield Row("Open", (say_hours(rules.opening_hours),))
    yield Row("Slots", (f"{length_words(rules.shortest)} to {length_words(rules.longest)}",))
    ahead = f"at most {length_words(rules.horizon)} ahead"
    if rules.notice:
        ahead = f"at least {length_words(rules.notice)} and {ahead}"
    yield Row("Reserved", (ahead,))
    if rules.set_up or rules.tear_down:
        kept = f"{length_words(rules.set_up)} before, {length_words(rules.tear_down)} after"
        yield Row("Kept free", (kept,))
    if rules.quotas:
        yield Row("Quota", (", ".join(quota_words(quota) for quota in rules.quotas),))
    yield Row("Reconfirmed", (_reconfirmed(rules.reconfirm_lead, rules.reconfirm_reminder),))
    if gated:
        yield Row("No publisher", (_no_show(rules),))
    yield Row("Audience told", (POLICY_SAID[server.notification_policy],))


def _ended(server: Server) -> Line:
    if server.control_url:
        return ("ended by the desk at ", Literal(server.control_url))
    return (
        "the desk cannot end them: ",
        Literal("control="),
        " says where it could",
    )


def _no_show(rules: Rules) -> str:
    asked, freed = length_words(rules.no_show_after), length_words(rules.no_show_release)
    if not rules.no_show_after and not rules.no_show_release:
        return "nobody is asked, and the slot is kept"
    if not rules.no_show_after:
        return f"the slot is freed {freed} after the start"
    kept = (
        f"and the slot is freed after {freed}" if rules.no_show_release else "and the slot is kept"
    )
    return f"the holder is asked {asked} after the start, {kept}"


def _reconfirmed(lead: timedelta, reminder: timedelta) -> str:
    if not lead:
        return "never: a permitted slot is certain"
    reminded = f"reminded {length_words(reminder)} before that" if reminder else "no reminder"
    return f"{length_words(lead)} before the start, {reminded}"


def name_taken(answer: NameTaken) -> Reply:
    """Say that another server is called so."""
    line: Line = ("There is a server ", Said(answer.name), " already: choose another name.")
    return Reply(Tone.MISTAKE, (line,))


def blackout_kept(answer: BlackoutKept) -> Reply:
    """Say that a server is closed for a while, and what stands in it."""
    server, blackout = answer.server, answer.blackout
    why: Line = (": ", Said(blackout.reason)) if blackout.reason else (".",)
    headline: Line = (Strong("Closed: "), Said(server.name), ", ", During(blackout.slot), *why)
    stands: tuple[Line, ...] = ()
    if answer.standing:
        one = answer.standing == 1
        words = counted(answer.standing, "reservation")
        stands = ((f"{words} in it {'stays' if one else 'stay'} until somebody cancels.",),)
    lift: Line = (
        "It opens again with ",
        Literal(f"/slot server lift {server.name} {answer.number}"),
    )
    return Reply(Tone.OK, (headline, *stands, lift))


def blackout_lifted(answer: BlackoutLifted) -> Reply:
    """Say that a server is open again."""
    if not answer.found:
        line: Line = (Said(answer.server.name), f" has no blackout {answer.number}.")
        show = Literal(f"/slot server show {answer.server.name}")
        return Reply(Tone.MISTAKE, (line, (show, " names them.")))
    return Reply(Tone.OK, ((Strong("Open again: "), Said(answer.server.name), "."),))
