"""Addresses as people paste them: taken, or named with the reason."""

from __future__ import annotations

import time

import pytest

from bot.form.contacts import (
    BadContact,
    Contacts,
    parse_contacts,
    say_bad,
)
from core.model.recipient import Contact, RouteName


def mail(address: str, name: str = "") -> Contact:
    """Make an e-mail contact."""
    return Contact(RouteName.EMAIL, address, name)


PASTES = {
    "a@x.org, b@x.org": [mail("a@x.org"), mail("b@x.org")],
    "a@x.org;b@x.org": [mail("a@x.org"), mail("b@x.org")],
    "a@x.org\r\nb@x.org\n\n": [mail("a@x.org"), mail("b@x.org")],
    "a@x.org b@x.org\tc@x.org": [mail("a@x.org"), mail("b@x.org"), mail("c@x.org")],
    "a@x.org\u2028b@x.org": [mail("a@x.org"), mail("b@x.org")],
    "a@x.org\uff0cb@x.org": [mail("a@x.org"), mail("b@x.org")],
    "Jane <j@x.org>": [mail("j@x.org", "Jane")],
    "Jane <j@x.org> Rick <r@x.org>": [mail("j@x.org", "Jane"), mail("r@x.org", "Rick")],
    '"Doe, Jane" <j@x.org>, b@x.org': [mail("j@x.org", "Doe, Jane"), mail("b@x.org")],
    "Doe, Jane <j@x.org>\nRoe, Rick <r@x.org>": [
        mail("j@x.org", "Doe, Jane"),
        mail("r@x.org", "Roe, Rick"),
    ],
    "Doe, Jane <j@x.org>; Roe, Rick <r@x.org>": [
        mail("j@x.org", "Doe, Jane"),
        mail("r@x.org", "Roe, Rick"),
    ],
    r'"Jane \"JD\" Doe" <j@x.org>': [mail("j@x.org", 'Jane "JD" Doe')],
    "'Jane' <j@x.org>; 'Rick' <r@x.org>;": [mail("j@x.org", "Jane"), mail("r@x.org", "Rick")],
    "\u201cJane\u201d <j@x.org>": [mail("j@x.org", "Jane")],
    "j@x.org (Jane Doe)": [mail("j@x.org", "Jane Doe")],
    "mailto:j@x.org": [mail("j@x.org")],
    "MAILTO:j%2Bs@x.org?subject=Hi": [mail("j+s@x.org")],
    "<mailto:a@x.org|a@x.org> <mailto:b@x.org|b>": [mail("a@x.org"), mail("b@x.org")],
    "[Jane](mailto:j@x.org)": [mail("j@x.org", "Jane")],
    "To: Jane <j@x.org>, r@x.org\nCc: b@x.org": [
        mail("j@x.org", "Jane"),
        mail("r@x.org"),
        mail("b@x.org"),
    ],
    "- a@x.org\n* b@x.org\n\u2022 c@x.org\n1. d@x.org\n2) e@x.org": [
        mail(f"{each}@x.org") for each in "abcde"
    ],
    "(a@x.org) [b@x.org], <c@x.org>. 'd@x.org'!": [mail(f"{each}@x.org") for each in "abcd"],
    "> a@x.org": [mail("a@x.org")],
    "-----\na@x.org\n=====": [mail("a@x.org")],
    "o'brien@x.org": [mail("o'brien@x.org")],
    "\u200ba@x.org\u2069": [mail("a@x.org")],
    "J.Doe@X.ORG": [mail("J.Doe@x.org")],
    "jos\u00e9@b\u00fccher.de": [mail("jos\u00e9@b\u00fccher.de")],
    "jose\u0301@xn--bcher-kva.de": [mail("jos\u00e9@b\u00fccher.de")],
    "j@x.org <j@x.org>": [mail("j@x.org")],
    '"boss@bank.example" <e@x.org>': [mail("e@x.org")],
    "Jane\x07 \u202eDoe\u200b <j@x.org>": [mail("j@x.org", "Jane Doe")],
    "J" * 100 + " <j@x.org>": [mail("j@x.org", "J" * 80)],
    "\ufeffa@x.org": [mail("a@x.org")],
    " ,;\n\t ,": [],
    "": [],
}


@pytest.mark.parametrize(
    ("text", "contacts"), PASTES.items(), ids=[repr(each[:40]) for each in PASTES]
)
def test_takes_addresses_pasted_in_any_usual_way(text: str, contacts: list[Contact]) -> None:
    assert Contacts(accepted=tuple(contacts)) == parse_contacts(text)


TABLES = {
    "header, commas": "E-mail,Name\na@x.org,Ann\nb@x.org,Bob\n",
    "header, semicolons": "Name;E-Mail-Adresse\r\nAnn;a@x.org\r\nBob;b@x.org\r\n",
    "header, tabs": "EMAIL\tphone\tFull Name\na@x.org\t1\tAnn\nb@x.org\t2\tBob",
    "header, quotes": '"name","mail"\n"Ann","a@x.org"\n"Bob","b@x.org"\n',
    "header, byte order mark": "\ufeffemail,name\na@x.org,Ann\nb@x.org,Bob\n",
    "header, empty rows": "\nemail,name\n\na@x.org,Ann\n,\nb@x.org,Bob\n,,,\n",
    "header, named cells": "name,email\n,Ann <a@x.org>\nX,Bob <b@x.org>\n",
    "two address columns": "address,name,e-mail\nMain Street 1,Ann,a@x.org\n,Bob,b@x.org\n",
    "Excel's hint": "sep=;\nname;email\nAnn;a@x.org\nBob;b@x.org\n",
    "no header": "Ann,a@x.org\nBob,b@x.org\n",
    "no header, address first": "a@x.org;Ann\nb@x.org;Bob\n",
    "no header, tab": "Ann\ta@x.org\nBob\tb@x.org\n",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_takes_a_table(text: str) -> None:
    assert Contacts(accepted=(mail("a@x.org", "Ann"), mail("b@x.org", "Bob"))) == parse_contacts(
        text
    )


def test_joins_first_and_last_names() -> None:
    headed = "First Name,Surname,E-mail Address\nJane,Doe,j@x.org\nRick,,r@x.org\n"
    bare = "Jane,Doe,j@x.org\nRick,,r@x.org\n"
    expected = Contacts(accepted=(mail("j@x.org", "Jane Doe"), mail("r@x.org", "Rick")))

    assert expected == parse_contacts(headed)
    assert expected == parse_contacts(bare)


def test_takes_a_cell_over_several_lines_and_several_addresses_in_one() -> None:
    text = 'name,email\n"Jane\nDoe",j@x.org\nBoth,"a@x.org; b@x.org"\nBad,nobody\n'

    found = parse_contacts(text)

    assert (mail("j@x.org", "Jane Doe"), mail("a@x.org"), mail("b@x.org")) == found.accepted
    assert (BadContact("nobody", "it has no @", 5),) == found.bad


def test_takes_a_list_below_one_header() -> None:
    found = parse_contacts("E-mail\na@x.org, b@x.org\nc@x.org")

    assert Contacts(accepted=tuple(mail(f"{each}@x.org") for each in "abc")) == found


def test_names_a_row_without_an_address() -> None:
    found = parse_contacts("name,email\nAnn,a@x.org\nBob,\n")

    assert (BadContact("Bob ", "there is no address in this row", 3),) == found.bad


def test_loses_nothing_silently_behind_an_unclosed_quote() -> None:
    found = parse_contacts('name,email\nAnn,a@x.org\n"Bob,b@x.org\nCarl,c@x.org\n')

    assert (mail("a@x.org", "Ann"),) == found.accepted
    assert 1 == found.bad_count
    assert 3 == found.bad[0].line
    assert "quotation mark is opened here" in found.bad[0].reason


BAD = {
    "jane": "it has no @",
    "jane.example.org": "it has no @",
    "jane@": "there is nothing behind the @",
    "@x.org": "there is nothing before the @",
    "a@@x.org": "it has more than one @",
    "a@b@x.org": "it has more than one @",
    "a@x": "there is no dot behind the @",
    "a@localhost": "there is no dot behind the @",
    "a..b@x.org": "it cannot have two periods in a row",
    "a@x_y.org": "the part after the @-sign contains invalid characters: '_'",
    "<a@[127.0.0.1]>": "a bracketed IP address after the @-sign is not allowed here",
    "<.a@x.org>": "it cannot start with a period",
    ".a@x.org": "it cannot start with a period",
    "a" * 65 + "@x.org": "it is too long before the @-sign (1 character too many)",
    "a@" + "x." * 150 + "org": "it is too long for an address",
    "Jane Doe j@x.org": "there is more than an address in it",
    "Jane <j@x.org": "there is more than an address in it",
    "a@x.org> SIZE=1": "there is more than an address in it",
    "<a@x.org> SIZE=1 <": "it has no @",
    "RCPT TO:<a@x.org>": "\u201cRCPT TO:\u201d is no name",
    "mailto:a@x.org%0D%0ARCPT%20TO:b": "there is a line break in it",
    "a\x00@x.org": "there is a control character (U+0000) in it",
    "a\u200b@x.org": "there is an invisible character (U+200B) in it",
    "\u202eorg.x@a.org": "there is an invisible character (U+202E) in it",
    "a\u115f@x.org": "there is an invisible character (U+115F) in it",
    "\ud800@x.org": "there is an invisible character (U+D800) in it",
}


@pytest.mark.parametrize(("text", "reason"), BAD.items(), ids=[repr(each[:30]) for each in BAD])
def test_names_what_is_no_address_with_the_reason(text: str, reason: str) -> None:
    found = parse_contacts(text)

    assert reason in {each.reason for each in found.bad}
    assert "SIZE" not in "".join(each.address for each in found.accepted)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c"])
def test_a_line_end_never_gets_into_an_address(end: str) -> None:
    found = parse_contacts(f"a@x{end}RCPT TO:<b@y>{end}DATA")

    assert () == found.accepted
    assert [1, 2, 3] == [each.line for each in found.bad]


def test_merges_duplicates_under_the_first_name() -> None:
    found = parse_contacts("a@X.org, Ann <A@x.org>, Anna <a@x.org>, b@x.org, \uff41@x.org")

    assert (mail("a@x.org", "Ann"), mail("b@x.org")) == found.accepted
    assert 3 == found.duplicates


def test_details_the_first_bad_ones_and_counts_the_rest() -> None:
    found = parse_contacts("\n".join(["nobody"] * 30 + ["a@x.org"]))

    assert 20 == len(found.bad)
    assert 30 == found.bad_count
    assert "Line 1, \u201cnobody\u201d: it has no @." == say_bad(found).splitlines()[0]
    assert "And 10 more." == say_bad(found).splitlines()[-1]


def test_shows_nothing_invisible_when_it_names_a_bad_one() -> None:
    found = parse_contacts("x\x1b[31m\u202e" + "y" * 500)

    assert "x\ufffd[31m\ufffd" + "y" * 72 + "\u2026" == found.bad[0].text


def test_leaves_a_chats_own_addresses_to_the_chat() -> None:
    def channels(text: str) -> Contact | None:
        return Contact(RouteName.SLACK, text[1:]) if text.startswith("#") else None

    found = parse_contacts("#choir, a@x.org #band #choir\nnobody", others=channels)

    choir, band = Contact(RouteName.SLACK, "choir"), Contact(RouteName.SLACK, "band")
    assert (choir, mail("a@x.org"), band) == found.accepted
    assert (1, 1) == (found.duplicates, found.bad_count)


def test_refuses_a_paste_that_is_too_long_as_a_whole() -> None:
    found = parse_contacts("a@x.org," * 20, max_characters=100)

    assert () == found.accepted
    assert "more than 100 characters" in found.bad[0].reason


LONG = {
    "addresses": "".join(f"p{each}@e{each}.org, " for each in range(6000)),
    "names": "".join(f'"Doe, J{each}" <p{each}@e{each}.org>; ' for each in range(3000)),
    "half names": "Doe, " * 20_000,
    "opening": "<" * 100_000,
    "quotes": '"a,' * 33_333,
    "at signs": "@" * 100_000,
    "commas": "a," * 50_000,
    "lines": "\n" * 100_000,
    "bad lines": "a@b\n" * 25_000,
    "words": "a " * 50_000,
    "angles": "a <" * 33_333,
    "parentheses": "a@b (" * 20_000,
    "brackets": "[a](" * 25_000,
    "rows of quotes": "name,email\n" + '"a@x.org\n' * 11_000,
    "a wide table": "email" + ",email" * 8_000 + "\n" + "a@x.org," * 5_000,
    "mailto": "mailto:" * 14_000,
    "percent": "mailto:" + "%41" * 33_000,
    "digits": "1" * 100_000,
    "accents": "e\u0301" * 50_000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_reads_a_hundred_thousand_characters_within_a_second(text: str) -> None:
    began = time.process_time()

    parse_contacts(text[:100_000])

    assert time.process_time() - began < 1
