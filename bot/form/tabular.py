"""Addresses in a table (CSV): which column holds them and which the names, header or none."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.form.addresses import Recognise
from bot.form.pasted import Piece, pieces

DELIMITERS = ",;\t"
_SMALLEST_PASTED = 2  # rows: one line "hello, a@b" is no table, but a word too much

# Headers as they are spelt once everything but letters and figures is cut; best first.
_ADDRESS = (
    *("email", "emailaddress", "mail", "mailaddress", "primaryemail", "email1value", "email1"),
    *("emailadresse", "mailadresse", "address"),
)
_NAME = ("name", "fullname", "displayname", "contact", "contactname")
_FIRST = ("firstname", "givenname", "first", "forename", "vorname")
_LAST = ("lastname", "surname", "familyname", "last", "nachname")
_DOMAIN_LIKE = re.compile(r"\S+\.[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table by their place: the address, and what makes up the name."""

    address: int
    names: tuple[int, ...] = ()


Rows = tuple[tuple[int, list[str]], ...]  # each with the line it begins on


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table below its header."""

    columns: Columns
    rows: Rows


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that gives no piece to read, and why."""

    text: str
    line: int
    reason: str


def find_table(text: str, *, smallest: int = _SMALLEST_PASTED) -> Table | None:
    """See a text as a table, if it is one: by its header, or because all rows are alike.

    `smallest` is how many rows a table without a header has at least.
    """
    hint = re.match(r"sep=([,;\t|])\r?\n", text)  # Excel's own
    lines = text.splitlines(keepends=True)
    cut = [
        (delimiter, _rows(lines, delimiter, skip=1 if hint else 0))
        for delimiter in (hint[1] if hint else DELIMITERS)
    ]
    for _, rows in cut:
        if rows and (columns := _by_header(rows[0][1])):
            return _below_header(columns, rows, lines)
    for delimiter, rows in cut:
        enough = 1 if delimiter == "\t" else smallest  # nobody types a tab: that is a copied row
        if len(rows) >= enough and (columns := _by_content([cells for _, cells in rows])):
            return Table(columns, rows)
    return None


def read_table(table: Table, others: Recognise) -> Iterator[Piece | BadRow]:
    """Give the piece, or pieces, of each row; a cell may hold several addresses."""
    for line, cells in table.rows:
        swallowed = [
            cell
            for place, cell in enumerate(cells)
            if place != table.columns.address and "\n" in cell and "@" in cell
        ]
        if swallowed:
            reason = "a quotation mark is opened here and closed on a later line, if at all"
            yield BadRow(swallowed[0], line, f"{reason}: what lies between was not read")
        address = cells[table.columns.address] if table.columns.address < len(cells) else ""
        found = list(pieces(address, others, first_line=line))
        if not found and not swallowed:
            yield BadRow(" ".join(cells), line, "there is no address in this row")
        name = " ".join(cells[place].strip() for place in table.columns.names if place < len(cells))
        for piece in found:
            yield Piece(piece.text, line, name if len(found) == 1 else "")


def _below_header(columns: Columns, rows: Rows, lines: Sequence[str]) -> Table:
    """Give the table below its header.

    Below the one word "E-mail" lies no table but a list, of which a line may hold several.
    """
    header, cells = rows[0]
    if len(cells) > 1:
        return Table(columns, rows[1:])
    below = ((line, [row]) for line, row in enumerate(lines, start=1) if row.strip())
    return Table(columns, tuple(each for each in below if each[0] > header))


def _rows(lines: Sequence[str], delimiter: str, skip: int) -> Rows:
    """Read the rows that hold anything, each with its first line; none where it is no CSV."""
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    rows, line = [], 1
    try:
        for cells in reader:
            if line > skip and any(cell.strip() for cell in cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error:  # a field beyond the module's limit: one quote, opened and never closed
        return ()
    return tuple(rows)


def _by_header(cells: Sequence[str]) -> Columns | None:
    """Find the columns by their headers; None if no header names an address."""
    plain = [re.sub(r"[\W_]", "", cell.casefold()) for cell in cells]
    address = _place(plain, _ADDRESS)
    if address is None or any("@" in cell for cell in cells):
        return None
    whole = _place(plain, _NAME)
    names = [whole]
    if whole is None:
        names = [_place(plain, _FIRST), _place(plain, _LAST)]
    return Columns(address, tuple(place for place in names if place is not None))


def _place(headers: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Give the place of the first header that is wanted, the best spelling first."""
    return next((headers.index(each) for each in wanted if each in headers), None)


def _by_content(rows: Sequence[Sequence[str]]) -> Columns | None:
    """Find the columns of a table without header: one alone holds addresses, in every row."""
    width = len(rows[0])
    if width == 1 or any(len(cells) != width for cells in rows):
        return None
    with_addresses = [place for place in range(width) if any("@" in cells[place] for cells in rows)]
    if len(with_addresses) != 1:
        return None
    address = with_addresses[0]
    others = tuple(place for place in range(width) if place != address)
    if any("@" not in cells[address] or "<" in cells[address] for cells in rows):
        return None
    if any(_DOMAIN_LIKE.fullmatch(cells[place].strip()) for cells in rows for place in others):
        return None  # rather an address that lacks its @ than a name
    return Columns(address, others if len(others) <= len(("first", "last")) else ())
