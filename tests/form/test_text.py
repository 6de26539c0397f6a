"""Titles, descriptions, reasons, names and passcodes: cleaned where harmless, else refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.form.answers import Mistake
from bot.form.characters import HARMFUL
from bot.form.text import (
    parse_description,
    parse_list_name,
    parse_passcode,
    parse_reason,
    parse_title,
    parse_watch_user,
)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("Choir rehearsal", "Choir rehearsal"),
        ("  Choir\u00a0\u2009 rehearsal\r\n", "Choir rehearsal"),
        ("soft\u00adly", "softly"),
        ("\ufeffChoir", "Choir"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("e\u0301" * 80, "\u00e9" * 80),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467 evening", None),
        ("Node.js night", None),
        ("AC/DC live @ the Roxy, vol.2 & 3.0", None),
        ("Q&A <with> everyone *now*", None),
        ("\u05e9\u05dc\u05d5\u05dd", None),
    ],
)
def test_cleans_a_title(typed: str, title: str | None) -> None:
    assert (typed if title is None else title) == parse_title(typed)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "A title is needed"),
        (" \u00a0\u200d", "A title is needed"),
        ("\u0301", "A title is needed"),
        ("Choir\nrehearsal", "a line break"),
        ("Choir\u2028rehearsal", "a line break"),
        ("Choir\trehearsal", None),
        ("a\x00b", "a control character (U+0000)"),
        ("a\x1b[31mb", "a control character (U+001B)"),
        ("a\u202eb", "an invisible character (U+202E)"),
        ("a\u2066b", "an invisible character (U+2066)"),
        ("a\u061cb", "an invisible character (U+061C)"),
        ("a\u200bb", "an invisible character (U+200B)"),
        ("a\u3164b", "an invisible character (U+3164)"),
        ("a\U000e0041b", "an invisible character (U+E0041)"),
        ("a\ud800", "an invisible character (U+D800)"),
        ("x" * 81, "81 characters: shorten it to 80"),
        ("x" * 100_000, "100,000 characters"),
        ("see https://evil.example/x", "no web address"),
        ("HTTPS://X", "no web address"),
        ("www.x", "no web address"),
        ("visit evil.com now", "\u201cevil.com\u201d"),
        ("discord.gg/abc", "no web address"),
        ("evil.zip/a", "no web address"),
        ("mail a@x.org", "no web address"),
        ("\uff45vil\uff0ecom", "no web address"),
        ("javascript://x", "no web address"),
    ],
)
def test_refuses_a_title_that_cannot_be(typed: str, says: str | None) -> None:
    answer = parse_title(typed)

    if says is None:
        assert "Choir rehearsal" == answer
        return
    assert isinstance(answer, Mistake), answer
    assert says in answer.message


def test_keeps_the_lines_of_a_description() -> None:
    typed = "\r\n  One \u2013\u00a0two  \r\n\r\nsee\thttps://x.org\n"

    assert "One \u2013 two\n\nsee https://x.org" == parse_description(typed)
    assert "a\nb\nc" == parse_description("a\rb\u2028c")
    assert "" == parse_description(" \n\t\n")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("a\u202eb", "U+202E"),
        ("a\x00b", "U+0000"),
        ("x" * 2001, "2,001 characters: shorten it to 2,000"),
        ("x" * 100_000, "100,000 characters"),
    ],
)
def test_refuses_a_description_that_cannot_be(typed: str, says: str) -> None:
    answer = parse_description(typed)

    assert isinstance(answer, Mistake), answer
    assert says in answer.message


def test_cleans_a_reason() -> None:
    assert "The singer is ill, see x.org" == parse_reason(" The singer is ill,  see x.org\n")
    assert "" == parse_reason("  ")
    assert isinstance(parse_reason("a\nb"), Mistake)
    assert isinstance(parse_reason("x" * 301), Mistake)


def test_cleans_a_lists_name() -> None:
    assert "Friends of the_choir-2" == parse_list_name("  Friends of  the_choir-2 ")
    assert "\u010c\u0395\u0924\u093f" == parse_list_name("\u010c\u0395\u0924\u093f")


@pytest.mark.parametrize("typed", ["", "--", "a/b", "a,b", "a@b", "a\nb", "a\u200db", "x" * 41])
def test_refuses_a_lists_name_that_cannot_be(typed: str) -> None:
    assert isinstance(parse_list_name(typed), Mistake)


@pytest.mark.parametrize("typed", ["", "choir", "c-2_3.4!$*", "x" * 40])
def test_takes_a_user_name_for_watchers(typed: str) -> None:
    assert typed == parse_watch_user(typed)


@pytest.mark.parametrize(
    "typed", ["a b", "a:b", "a@b", "a/b", "a?b", "a&b", "a#b", "a%b", "\u00e9", "a\n", "x" * 41]
)
def test_refuses_a_user_name_that_cannot_stand_in_an_address(typed: str) -> None:
    assert isinstance(parse_watch_user(typed), Mistake)


@pytest.mark.parametrize("typed", ["", "abcdefgh", "a:b@c/d?e&f#", "x" * 64])
def test_takes_a_passcode(typed: str) -> None:
    assert typed == parse_passcode(typed)


@pytest.mark.parametrize(
    "typed",
    [
        *("secret7", "secret" * 11, "secret 78", " secret78", "secret78\n", "secret\x0078"),
        *('secret"78', "secret<78", "secret>78", "secret`78", "secret\\78", "secr\u00e9t78"),
    ],
)
def test_refuses_a_passcode_without_repeating_it(typed: str) -> None:
    answer = parse_passcode(typed)

    assert isinstance(answer, Mistake)
    assert "secr" not in answer.message


PARSERS: list[Callable[[str], str | Mistake]] = [
    parse_title,
    parse_description,
    parse_reason,
    parse_list_name,
    parse_watch_user,
    parse_passcode,
]


@pytest.mark.parametrize("parse", PARSERS)
@given(typed=st.text())
def test_takes_nothing_harmful_and_the_same_again(
    parse: Callable[[str], str | Mistake], typed: str
) -> None:
    answer = parse(typed)

    if isinstance(answer, Mistake):
        assert not HARMFUL.search(answer.message)
        return
    assert not HARMFUL.search(answer.replace("\n", ""))
    assert answer == parse(answer)
    answer.encode("utf-8")
