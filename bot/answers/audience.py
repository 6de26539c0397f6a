"""Answers about audience lists; an export is a CSV file that any spreadsheet opens harmlessly."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from bot.answers.reply import Attachment, Reply, Section, Table, Tone, told
from bot.answers.wording import contact_line, counted
from bot.form.contacts import Contacts, say_bad
from core.model.prose import Line, Literal, Said, Strong
from core.model.recipient import Contact, RouteName
from core.notices.words import Row
from core.store.audiences import AudienceList
from core.usecases.audience import ListChanged, ListShown

_MOST_SHOWN = 200
_FORMULA = frozenset("=+-@\t\r")  # what makes a spreadsheet see a formula at the start of a cell


def lists(found: Sequence[AudienceList]) -> Reply:
    """Name the lists and how many are on each."""
    if not found:
        add = Literal("/slot audience add regulars ann@example.org, bob@example.org")
        return Reply(Tone.INFO, (("There is no audience list yet. To make one, type:",), (add,)))
    rows = tuple(((Said(one.name),), (f"{one.size:,}",)) for one in found)
    headline: Line = (f"{counted(len(rows), 'audience list')}:",)
    return Reply(Tone.INFO, (headline,), (Section(table=Table(("Name", "Addresses"), rows)),))


def list_shown(answer: ListShown, feed: str = "") -> Reply:
    """Show who is on a list; `feed` is the calendar of what they are told, or "" without a web."""
    members = answer.members
    headline: Line = (Said(answer.name), f": {counted(len(members), 'address', 'addresses')}.")
    items: list[Line] = [contact_line(one) for one in members[:_MOST_SHOWN]]
    if more := len(members) - len(items):
        all_of_it = Literal(f"/slot audience export {answer.name}")
        items.append((f"and {more:,} more: ", all_of_it, " gives them all"))
    sections = [Section(items=tuple(items))] if items else []
    if feed:
        calendar = Row("Calendar of what they are told", (Literal(feed),))
        sections.append(Section(rows=(calendar,)))
    return Reply(Tone.INFO, (headline,), tuple(sections))


def added(answer: ListChanged, found: Contacts) -> Reply:
    """Say how many came on a list, and which could not be read."""
    new = " (a new list)" if answer.made else ""
    headline: Line = (
        Strong("Added: "),
        f"{counted(answer.added, 'address', 'addresses')} to ",
        Said(answer.name),
        f"{new}; {answer.size:,} on it now.",
    )
    known = len(found.accepted) - answer.added
    lines: list[Line] = [headline]
    if known:
        lines.append((f"{known:,} of them {'was' if known == 1 else 'were'} on it before.",))
    if found.duplicates:
        lines.append((f"{found.duplicates:,} listed more than once counted once.",))
    return Reply(Tone.OK, tuple(lines))


def taken_off(answer: ListChanged, asked: int) -> Reply:
    """Say how many came off a list."""
    if not answer.removed:
        none: Line = ("None of them is on ", Said(answer.name), ": nothing was changed.")
        return Reply(Tone.INFO, (none,))
    headline: Line = (
        Strong("Removed: "),
        f"{counted(answer.removed, 'address', 'addresses')} from ",
        Said(answer.name),
        f"; {answer.size:,} on it now.",
    )
    lines = [headline]
    if missing := asked - answer.removed:
        lines.append((f"{missing:,} of them {'was' if missing == 1 else 'were'} not on it.",))
    lines.append(("Reservations made with the list keep their recipients.",))
    return Reply(Tone.OK, tuple(lines))


def dropped(answer: ListChanged) -> Reply:
    """Say that a list is gone."""
    headline: Line = (
        Strong("Dropped: "),
        "the list ",
        Said(answer.name),
        f" with {counted(answer.removed, 'address', 'addresses')}.",
    )
    return Reply(Tone.OK, (headline, ("Reservations made with it keep their recipients.",)))


def unreadable(found: Contacts) -> Reply:
    """Name every address that cannot be used; nothing was written."""
    what = counted(found.bad_count, "piece is no address", "pieces are no addresses")
    headline: Line = (f"{what}: nothing was changed. Mend or leave out:",)
    return Reply(Tone.MISTAKE, (headline,), (Section(items=told(say_bad(found))),))


def no_address() -> Reply:
    """Say that there is no address in it."""
    line: Line = ("There is no address in it. Write for example ", Literal("ann@example.org"))
    return Reply(Tone.MISTAKE, (line,))


def no_file() -> Reply:
    """Ask for the file."""
    line: Line = ("Which file? ", Literal("/slot audience import regulars guests.csv"))
    return Reply(Tone.MISTAKE, (line,))


def exported(answer: ListShown, wanted: str) -> Reply:
    """Give a list as a file."""
    filename = re.sub(r"[^\w-]+", "-", answer.name).strip("-") or "audience"
    mails = [one for one in answer.members if one.route is RouteName.EMAIL]
    headline: Line = (
        Said(answer.name),
        f": {counted(len(mails), 'address', 'addresses')} as CSV.",
    )
    lines = [headline]
    if more := len(answer.members) - len(mails):
        what = counted(more, "channel or person", "channels or people")
        lines.append((f"{what} of a chat can be in no such file.",))
    file = Attachment(f"{filename}.csv", as_csv(mails), wanted)
    return Reply(Tone.OK, tuple(lines), attachment=file)


def as_csv(contacts: Sequence[Contact]) -> bytes:
    """Write mail addresses as CSV (RFC 4180, UTF-8), so that an import gives them back.

    A cell that a spreadsheet would take for a formula begins with a space, which an import drops.
    """
    file = io.StringIO(newline="")
    rows = csv.writer(file)
    rows.writerow(["email", "name"])
    for one in contacts:
        rows.writerow([_harmless(one.address), _harmless(one.name)])
    return file.getvalue().encode()


def _harmless(cell: str) -> str:
    return f" {cell}" if cell[:1] in _FORMULA else cell
