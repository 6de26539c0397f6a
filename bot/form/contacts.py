"""Contact addresses as people paste or upload them: what can be used, and why the rest cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.form.addresses import NotAnAddress, Recognise, clean_name, no_others, read_contact
from bot.form.answers import Mistake
from bot.form.characters import seen
from bot.form.files import decode
from bot.form.pasted import Piece, pieces
from bot.form.tabular import BadRow, find_table, read_table
from core.model.recipient import Contact

LONGEST_PASTE = 100_000  # characters
MOST_CONTACTS = 20_000  # in one paste or file
MOST_DETAILED = 20
LONGEST_QUOTE = 80


@dataclass(frozen=True, slots=True)
class BadContact:
    """A piece that is no contact address: what it says (cut), why not, and on which line."""

    text: str
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Contacts:
    """What a paste or a file gave: contacts, each once, and what is wrong with the rest.

    `bad` holds the first twenty, `bad_count` how many there are. `duplicates` were listed again.
    """

    accepted: tuple[Contact, ...] = ()
    bad: tuple[BadContact, ...] = ()
    duplicates: int = 0
    bad_count: int = 0


def parse_contacts(
    text: str, *, max_characters: int = LONGEST_PASTE, others: Recognise = no_others
) -> Contacts:
    """Read addresses pasted in any usual way, or a CSV table. Never raises, whatever the text.

    `others` recognises what a chat front end has beside e-mail addresses (`#general`, `<#C123>`)
    and is asked first.
    """
    if len(text) > max_characters:
        reason = f"more than {max_characters:,} characters: import a CSV file into a list instead"
        return Contacts(bad=(BadContact(_cut(text), reason, 1),), bad_count=1)
    return _gather(text, others, smallest_table=2)


def parse_contacts_file(
    data: bytes, filename: str, *, others: Recognise = no_others
) -> Contacts | Mistake:
    """Read an uploaded file of addresses, CSV or plain text, of at most 2 MB."""
    text = decode(data, filename)
    return text if isinstance(text, Mistake) else _gather(text, others, smallest_table=1)


def say_bad(contacts: Contacts) -> str:
    """Write what is wrong: each bad one on a line of its own, and how many more there are."""
    lines = [f"Line {each.line}, \u201c{each.text}\u201d: {each.reason}." for each in contacts.bad]
    if more := contacts.bad_count - len(contacts.bad):
        lines.append(f"And {more:,} more.")
    return "\n".join(lines)


def _gather(text: str, others: Recognise, *, smallest_table: int) -> Contacts:
    """Read every piece and keep each contact once, under the first name it was given."""
    accepted: dict[str, Contact] = {}
    bad: list[BadContact] = []
    bad_count = duplicates = 0
    for piece in _pieces(text.removeprefix("\ufeff"), others, smallest_table):
        found = _read(piece, others)
        if len(accepted) + duplicates + bad_count >= MOST_CONTACTS:
            return _too_many(piece.line)
        if isinstance(found, NotAnAddress):
            bad_count += 1
            if len(bad) < MOST_DETAILED:
                bad.append(BadContact(_cut(piece.text), found.reason, piece.line))
            continue
        known = accepted.get(found.key)
        duplicates += known is not None
        if known is None or not known.name:
            accepted[found.key] = Contact(found.route, (known or found).address, found.name)
    return Contacts(tuple(accepted.values()), tuple(bad), duplicates, bad_count)


def _pieces(text: str, others: Recognise, smallest_table: int) -> Iterator[Piece | BadRow]:
    """Cut the text up: as a table if it is one, else as it comes."""
    if table := find_table(text, smallest=smallest_table):
        return read_table(table, others)
    return pieces(text, others)


def _read(piece: Piece | BadRow, others: Recognise) -> Contact | NotAnAddress:
    """Read one piece: a chat's own kind of address, or an e-mail address."""
    if isinstance(piece, BadRow):
        return NotAnAddress(piece.reason)
    if found := others(piece.text):
        return Contact(found.route, found.address, found.name or clean_name(piece.name))
    return read_contact(piece.text, piece.name)


def _too_many(line: int) -> Contacts:
    """Refuse a list that goes on and on; nothing of it is taken."""
    reason = f"more than {MOST_CONTACTS:,} addresses at once: split the list"
    return Contacts(bad=(BadContact("\u2026", reason, line),), bad_count=1)


def _cut(text: str) -> str:
    """Shorten what is quoted, on one line and with nothing invisible in it."""
    short = text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "\u2026"
    return seen(short)
