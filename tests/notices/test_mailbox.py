"""Mailboxes reach headers and envelopes in the right form, or not at all."""

from __future__ import annotations

from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.notices.mailbox import UnfitAddressError, mailbox_line, phrase, wire_address
from core.notices.said import shortened
from tests.notices.test_said import ANY_TEXT


@pytest.mark.parametrize(
    ("listed", "wired"),
    [
        ("anna@example.org", "anna@example.org"),
        ("o'neil+tag@sub.example.org", "o'neil+tag@sub.example.org"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("anna@straße.example", "anna@xn--strae-oqa.example"),
        ("anna@例え.テスト", "anna@xn--r8jz45g.xn--zckzah"),
        ("jürgen@example.org", "jürgen@example.org"),
        ("用户@bücher.example", "用户@xn--bcher-kva.example"),
    ],
)
def test_writes_the_domain_in_ascii_and_leaves_the_local_part(listed: str, wired: str) -> None:
    assert wired == wire_address(listed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "anna",
        "anna@",
        "@example.org",
        "anna@exa mple.org",
        "anna b@example.org",
        "anna@example.org> SIZE=1",
        "anna@example.org\r\nBcc: eve@example.org",
        "anna\0@example.org",
        "anna@example.org,eve@example.org",
        "<anna@example.org>",
        '"anna b"@example.org',
        "anna@[127.0.0.1]",
        "anna\u202e@example.org",
        "anna\u200b@example.org",
        "ünna\r@example.org",
        "ünna@exa<mple.org",
        "ünna@example..org",
        "ünna\ud800@example.org",
        "anna@" + "a" * 300 + ".org",
        "ü" * 200 + "@example.org",
        "anna..b@example.org",
        "anna@ex_ample.örg",
    ],
)
def test_refuses_what_is_no_address(typed: str) -> None:
    with pytest.raises(UnfitAddressError):
        wire_address(typed)


@given(ANY_TEXT)
def test_what_is_wired_holds_nothing_that_could_end_it(typed: str) -> None:
    try:
        wired = wire_address(typed)
    except UnfitAddressError:
        return
    assert wired.isprintable()
    assert not set(' \r\n<>,;:"()[]\\') & set(wired)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("", ""),
        ("Anna Virtanen", "Anna Virtanen"),
        ("Virtanen, Anna", '"Virtanen, Anna"'),
        ("Dr. Anna (press)", '"Dr. Anna (press)"'),
        ("Änna", "=?utf-8?b?w4RubmE=?="),
        ('Anna "A" V', "=?utf-8?b?QW5uYSAiQSIgVg==?="),
        ("=?utf-8?q?Ada?=", "=?utf-8?b?PT91dGYtOD9xP0FkYT89?="),
    ],
)
def test_writes_a_name_as_headers_need_it(name: str, written: str) -> None:
    assert written == phrase(name)


@given(ANY_TEXT | st.text(st.sampled_from('Aa1 "<>@,\r\n\0=?_\\äあ😀\u202e'), max_size=200))
@example("x" * 500)
@example("😀" * 119)
@example("a b " * 40)
def test_any_name_comes_back_as_it_is_shown(name: str) -> None:
    line = mailbox_line("To", "anna@example.org", name)
    ((shown, address),) = getaddresses([line.removeprefix("To: ").replace("\r\n", "")])

    assert "anna@example.org" == address
    # not by email.policy.default: it puts a space between encoded words in a name (RFC 2047, 6.2)
    assert shortened(name, 120) == str(make_header(decode_header(shown)))
    assert max(map(len, line.split("\r\n"))) <= 76
    assert line.isascii()
