"""People's words are shown without what could move, hide or break the rest."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.notices.said import cleaned, cleaned_lines, shortened

# every character there is, lone surrogates too
ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Autumn concert", "Autumn concert"),
        ("one\r\ntwo\tthree", "one  two three"),
        ("a\u2028b\u0085c", "a b c"),
        ("bell\a nul\0 escape\x1b[2J", "bell nul escape[2J"),
        ("abc\u202egpj.exe", "abcgpj.exe"),
        ("\u2066isolate\u2069 \ufeffmark\u200b", "isolate mark"),
        ("\U000e0041\U000e0042tags", "tags"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("private \ue000, none \uffff", "private , none "),
        ("نی\u200cستی", "نی\u200cستی"),
        ("👩\u200d🚀 🎻", "👩\u200d🚀 🎻"),
        ("e\u0301 and \u00e9", "e\u0301 and \u00e9"),
    ],
)
def test_cleans_one_line(typed: str, shown: str) -> None:
    assert shown == cleaned(typed)


@given(ANY_TEXT)
def test_what_is_cleaned_is_one_line_that_can_be_encoded(typed: str) -> None:
    shown = cleaned(typed)

    assert len(shown.splitlines()) <= 1
    assert shown == shown.encode().decode()
    assert shown == cleaned(shown)
    assert not {"Cc", "Cs", "Co", "Zl", "Zp"} & set(map(unicodedata.category, shown))


def test_keeps_the_lines_of_a_longer_text() -> None:
    assert ("a", "", "b") == cleaned_lines("\n \r\na  \r\n\nb\n\n")


@pytest.mark.parametrize(
    ("typed", "limit", "shown"),
    [
        ("short", 5, "short"),
        ("  much \n white   space ", 16, "much white space"),
        ("abcdef ghi", 8, "abcdef…"),
    ],
)
def test_shortens_with_an_ellipsis(typed: str, limit: int, shown: str) -> None:
    assert shown == shortened(typed, limit)
