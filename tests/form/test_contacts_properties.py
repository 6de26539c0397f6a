"""Whatever is pasted: no exception, and nothing accepted that could do harm."""

from __future__ import annotations

from email.headerregistry import Address

from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from bot.form.answers import Mistake
from bot.form.characters import UNSEEN
from bot.form.contacts import Contacts, parse_contacts, parse_contacts_file
from core.model.recipient import Contact

PIECES = st.sampled_from(
    [
        *("a@x.org", "B@X.org", "Jane", "Doe", "jos\u00e9@b\u00fccher.de", "email", "name", "."),
        *("<", ">", "(", ")", '"', "'", ",", ";", "\t", "\n", "\r", "\u2028", " ", "@", ":", "|"),
        *("mailto:", "%0a", "%22", "\\", "\x00", "\u202e", "\u200d", "\ufeff", "[", "]("),
        *("SIZE=1", "RCPT TO:", "<mailto:", "\uff0c", "\ud800", "\u115f", "- "),
    ]
)
PASTES = st.text() | st.lists(PIECES, max_size=25).map("".join)


def check(contacts: tuple[Contact, ...]) -> None:
    """See that each contact is one address that a mail can be sent to, and each is there once."""
    assert len(contacts) == len({each.key for each in contacts})
    for each in contacts:
        checked = validate_email(each.address, check_deliverability=False, strict=True)
        assert each.address == checked.normalized
        assert not UNSEEN.search(each.address + each.name)
        assert len(each.address.split()) == 1
        assert len(each.name) <= 80
        assert "@" not in each.name
        # The standard library refuses CR and LF, and anything that is not one address.
        name, _, domain = each.address.rpartition("@")
        assert Address(each.name, name, domain).domain == domain


@given(PASTES)
def test_accepts_only_what_is_one_sound_address(text: str) -> None:
    found = parse_contacts(text)

    check(found.accepted)
    assert len(found.bad) == min(20, found.bad_count)
    assert not UNSEEN.search("".join(each.text + each.reason for each in found.bad))
    assert all(1 <= each.line <= len(text.splitlines()) for each in found.bad)


@given(PASTES)
def test_reads_the_same_when_what_it_accepted_is_pasted_again(text: str) -> None:
    once = parse_contacts(text)

    again = parse_contacts("\n".join(each.address for each in once.accepted))

    assert [each.key for each in once.accepted] == [each.key for each in again.accepted]
    assert 0 == again.bad_count + again.duplicates


@given(st.binary() | PASTES.map(lambda text: text.encode("utf-8", "replace")), st.text())
def test_answers_any_file(data: bytes, filename: str) -> None:
    found = parse_contacts_file(data, filename)

    assert isinstance(found, Contacts | Mistake)
    if isinstance(found, Contacts):
        check(found.accepted)
