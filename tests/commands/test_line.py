"""A line taken apart: quotations come out as they went in, here-documents find their place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.commands import Misunderstood, Reserve
from bot.commands.documents import documents, with_documents
from bot.commands.grammar import parse
from bot.commands.line import Quotation, first_word, quote, read_quotation, unquoted


@given(st.text(max_size=200))
def test_what_is_quoted_comes_out_as_it_went_in(text: str) -> None:
    quoted = quote(text)

    assert Quotation(text, len(quoted)) == read_quotation(quoted, 0)


@given(st.text(max_size=200))
def test_a_quoted_value_is_read_whole_wherever_it_stands(text: str) -> None:
    command = parse(f"reserve title={quote(text)} description={quote(text)}")

    assert Reserve("", {"title": text, "description": text}) == command


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("", "", ""),
        ("regulars a@x.org", "regulars", "a@x.org"),
        ('"Friday regulars" a@x.org', "Friday regulars", "a@x.org"),
        ("\u201cFriday regulars\u201d a@x.org", "Friday regulars", "a@x.org"),
        ('"open a@x.org', '"open', "a@x.org"),
        ('"a"b c', '"a"b', "c"),
    ],
)
def test_the_first_word_may_be_a_quotation(text: str, word: str, rest: str) -> None:
    assert (word, rest) == first_word(text)


def test_quotation_marks_within_a_text_are_left_alone() -> None:
    assert '"Doe, Jane" <j@x.org>, "B"' == unquoted('"Doe, Jane" <j@x.org>, "B"')


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ("reserve fri audience=<<END title=x", ("END",)),
        ("audience add regulars <<A", ("A",)),
        ("reserve audience=<<A description=<<B", ("A", "B")),
        ('reserve title="see <<END here"', ()),
        ("reserve title=a<<END", ()),
        ("reserve title=<<", ()),
    ],
)
def test_here_documents_are_found_outside_of_quotes(line: str, ends: tuple[str, ...]) -> None:
    assert ends == documents(line)


def test_here_documents_become_the_values_of_their_fields() -> None:
    body = 'a@x.org\n"Doe, Jane" <j@x.org>\ntitle=\\no field'

    line = with_documents("reserve fri audience=<<END title=Show", [body])

    assert Reserve("fri", {"audience": body, "title": "Show"}) == parse(line)


def test_an_unclosed_quotation_is_no_value() -> None:
    assert isinstance(read_quotation('"open', 0), Misunderstood)
