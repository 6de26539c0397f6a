"""Which fields of the form stand on which sheet: a modal of Discord's holds five.

The first sheet has what most bookings need, so that it can be handed in by itself; the other
three are the second step, each about one thing (docs/decisions/0014-two-steps.md).
"""

from __future__ import annotations

from datetime import timedelta

from bot.discord.form_draft import FormDraft
from bot.form.filling import FormContext
from bot.form.length import parse_length
from bot.form.when import When, parse_when
from core.model.server import Server

# Of a modal, by Discord's documentation of components.
MOST_ON_A_SHEET = 5

FIRST, WHO, ABOUT, WATCHING = "first", "who", "about", "watching"
SECOND = (WHO, ABOUT, WATCHING)
SAID = {FIRST: "The form", WHO: "Who is told", ABOUT: "About it", WATCHING: "Watching"}

# Fields of this front end alone: start and length in one, channels and people, a file, a choice.
START, CHANNELS, PEOPLE, FILE, MORE = "start", "channels", "people", "file", "more"
_BESIDE_MORE = 4


def sheets(form: FormDraft, context: FormContext, *, in_guild: bool) -> dict[str, list[str]]:
    """Say which fields each sheet has, in the order in which they are shown."""
    told = ["add" if form.code else "audience", *([CHANNELS, PEOPLE] if in_guild else ())]
    first = _first(form, context, told)
    if form.first and {START, "server"}.intersection(first) <= set(form.first):
        first = list(form.first)  # what is no longer asked for leaves its place to nothing else
    later = [one for one in told if one not in first]
    return {
        FIRST: [*first, MORE],
        WHO: [*later, *(["remove"] if form.code else ()), FILE, *_lists(context), "reply_to"],
        ABOUT: [
            *([START] if START not in first else ()),
            *(["server"] if "server" not in first and len(open_servers(context)) > 1 else ()),
            *("description", "policy", "reminders"),
        ],
        WATCHING: ["viewers", "credentials", "user", "passcode"],
    }


def _first(form: FormDraft, context: FormContext, told: list[str]) -> list[str]:
    first = ["title"]
    if form.code or needs_start(form, context):
        first.append(START)
    if not form.code and needs_server(form, context):
        first.append("server")
    return [*first, *told][:_BESIDE_MORE]


def sheet_of(name: str, on_sheets: dict[str, list[str]]) -> str:
    """Find the sheet on which a field stands; what stands on none belongs to the first."""
    name = START if name in {"when", "length"} else name
    return next((sheet for sheet, names in on_sheets.items() if name in names), FIRST)


def needs_start(form: FormDraft, context: FormContext) -> bool:
    """Tell whether it is still to be said when it starts, or for how long."""
    if form.problems.keys() & {"when", "length"}:
        return True
    found = parse_when(form.shown("when"), zone=context.zone, now=context.now)
    if not isinstance(found, When):
        return True
    return found.length is None and not _is_length(form.shown("length"))


def _is_length(text: str) -> bool:
    return bool(text.strip()) and isinstance(parse_length(text), timedelta)


def needs_server(form: FormDraft, context: FormContext) -> bool:
    """Tell whether it is still to be said on which server."""
    servers = open_servers(context)
    named = form.shown("server").strip()
    if len(servers) <= 1 and not named:
        return False
    return "server" in form.problems or named not in {one.name for one in servers}


def open_servers(context: FormContext) -> list[Server]:
    """List the servers that can be reserved."""
    return [one for one in context.servers if not one.retired]


def _lists(context: FormContext) -> list[str]:
    return ["lists"] if context.list_names else []
