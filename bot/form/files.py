"""An uploaded file as text: in the usual encodings, and a clear word where it is no text at all."""

from __future__ import annotations

import re

from bot.form.answers import Mistake

MOST_BYTES = 2_000_000
_SAVE_AS_CSV = "save it as CSV (in Excel: File, Save as, CSV UTF-8) and send that"

# The first bytes of what people upload by mistake.
_KINDS = (
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF87a", "an image"),
    (b"GIF89a", "an image"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook or Word document of the old kind"),
    (b"\x1f\x8b", "a compressed file"),
    (b"{\\rtf", "a formatted text (RTF)"),
)
_KINDS_IN_WORDS = (
    (b"begin:vcard", "an address card (vCard)"),
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
)
_IN_ZIP = (
    (b"xl/", "an Excel workbook"),
    (b"word/", "a Word document"),
    (b"spreadsheet", "a LibreOffice spreadsheet"),
)
_ZIP = b"PK\x03\x04"
_PROBE = 4096  # bytes looked at to tell what a file is
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1b]")


def decode(data: bytes, filename: str) -> str | Mistake:
    """Read a file as text: UTF-8 or UTF-16 by their mark, UTF-8, else Windows-1252.

    `filename` only helps to name the kind of a file that is no text.
    """
    if len(data) > MOST_BYTES:
        return Mistake(f"The file has more than {MOST_BYTES // 1_000_000} MB: split it.")
    if not data.strip():
        return Mistake("The file is empty: send one with an address on each line.")
    if kind := _kind(data, filename):
        return Mistake(f"That is {kind}: {_SAVE_AS_CSV}.")
    text = _decode(data)
    if text is None or _NO_TEXT.search(text):
        return Mistake(f"That is no text file, or in an unusual encoding: {_SAVE_AS_CSV}.")
    return text


def _kind(data: bytes, filename: str) -> str:
    """Name the kind of a file that is known not to be text, or ""."""
    start = data[:_PROBE]
    if start.startswith(_ZIP):
        excel = filename.casefold().endswith((".xlsx", ".xlsm"))
        inside = next((kind for mark, kind in _IN_ZIP if mark in start), "a compressed file")
        return "an Excel workbook" if excel else inside
    words = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    found = [kind for mark, kind in _KINDS if start.startswith(mark)]
    found += [kind for mark, kind in _KINDS_IN_WORDS if words.startswith(mark)]
    return found[0] if found else ""


def _decode(data: bytes) -> str | None:
    """Try the encodings that people's programs write; None if none fits."""
    by_mark = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    for encoding in (by_mark, "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            if by_mark == "utf-16":
                return None
    return None
