"""Addresses as people paste them: commas, semicolons, tabs, lines, bullets, quoted names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.form.addresses import Recognise
from bot.form.characters import EDGES

_SPECIAL = re.compile('[",;\t<>\uff0c\uff1b\u3001]')
_SOMETHING = re.compile(r"[\w@]")  # a row of dashes is none
_SENTENCE_END = re.compile(r"\A[.)\]!?]+\s+")  # of what came before
_BULLET = re.compile(r"\A\s*(?:[-*+\u2022\u00b7\u2023\u25aa\u2013\u2014]\s+|\(?\d{1,5}[.)]\s+)")
_MAIL_HEADER = re.compile(r"\A\s*(?:to|cc|bcc|from|reply-to)\s*:", re.IGNORECASE)
# The first half of an unquoted "Doe, Jane <...>": letters, and no dot that a domain would have.
_HALF_A_NAME = re.compile(r"[^\W\d_][^\W\d_'\u2019 -]{0,40}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a paste that should be one contact; `name` where a table's column says it."""

    text: str
    line: int
    name: str = ""


def pieces(text: str, others: Recognise, *, first_line: int = 1) -> Iterator[Piece]:
    """Cut a paste into pieces, each with its line; takes time in proportion to the text."""
    for number, line in enumerate(text.splitlines(), start=first_line):
        content = _MAIL_HEADER.sub("", _BULLET.sub("", line))
        for chunk in _join_names(_cut(content)):
            for part in _apart(chunk, others):
                yield Piece(part, number)


def _cut(line: str) -> list[str]:
    """Cut a line at its separators outside quotes; an unclosed quote counts as any character."""
    chunks, unclosed = _cut_once(line, respect_quotes=True)
    return _cut_once(line, respect_quotes=False)[0] if unclosed else chunks


def _cut_once(line: str, *, respect_quotes: bool) -> tuple[list[str], bool]:
    """Cut in one pass; also behind a closing `>`. A comma stays at the end of what it follows."""
    chunks: list[str] = []
    start, in_quotes, opened = 0, False, False
    for found in _SPECIAL.finditer(line):
        sign = found[0]
        if sign == '"':
            in_quotes = respect_quotes and not in_quotes
        elif in_quotes:
            continue
        elif sign == "<":
            opened = True
        elif sign == ">" and not opened:
            continue
        else:
            chunks.append(line[start : found.end()])
            start, opened = found.end(), False
    chunks.append(line[start:])
    return chunks, in_quotes


def _join_names(chunks: list[str]) -> Iterator[str]:
    """Put `Doe,` and `Jane <j@x>` together again; drop what only separates."""
    half = ""
    for chunk in chunks:
        words = _SENTENCE_END.sub("", chunk.strip(EDGES + ",;\uff0c\uff1b\u3001"))
        if half:
            name, angle, _ = words.partition("<")
            if angle and _HALF_A_NAME.fullmatch(name.strip()):
                yield f"{half}, {words}"
                half = ""
                continue
            yield half
            half = ""
        if chunk.endswith(",") and _HALF_A_NAME.fullmatch(words):
            half = words
        elif _SOMETHING.search(words):
            yield words
    if half:
        yield half


def _apart(chunk: str, others: Recognise) -> list[str]:
    """Part several addresses between which there are only blanks."""
    words = chunk.split()
    if len(words) > 1 and "<" not in chunk and all("@" in word or others(word) for word in words):
        return words
    return [chunk]
