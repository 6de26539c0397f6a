"""What goes over the wire for a message, and what never does."""

from __future__ import annotations

import re
from smtplib import quotedata

from hypothesis import example, given
from hypothesis import strategies as st

from adapters.smtp_wire import Envelope, compose, envelope_address
from core.outbox.route import Message

OFFERS = {"size": "0", "8bitmime": "", "smtputf8": "", "dsn": ""}
UNSAFE = re.compile(r'[\x00-\x20\x7f-\xa0<>"()\\,;:\u2028\u2029\u200b-\u200f\u202a-\u202e]')

addresses = st.one_of(
    st.text(),
    st.emails(),
    st.builds(
        "{}@{}".format, st.text(max_size=70), st.sampled_from(["example.org", "bücher.example"])
    ),
    st.builds("ada@{}".format, st.text(max_size=20)),
)


def _composed(message: Message) -> Envelope:
    address = envelope_address(message.recipient)
    assert address is not None
    envelope = compose(message, address, "desk@example.org", OFFERS)
    assert isinstance(envelope, Envelope)
    return envelope


@given(addresses)
@example("ada@example.org> SIZE=1")
@example("ada\r\nDATA@example.org")
@example("ädä >@example.org")
@example("ä\u202e@example.org")
def test_nothing_but_one_plain_address_gets_between_the_brackets(text: str) -> None:
    address = envelope_address(text)

    if address is not None:
        local_part, _, domain = address.rpartition("@")
        assert UNSAFE.search(address) is None
        assert domain.isascii()
        assert 0 < len(local_part.encode()) <= 64
        assert len(address.encode()) <= 254
        assert address == envelope_address(address)


@given(st.emails(domains=st.sampled_from(["example.org", "a-b.example.co", "localhost"])))
def test_takes_every_plain_ascii_address_as_it_is(text: str) -> None:
    expected = text if len(text.rpartition("@")[0]) <= 64 else None

    assert expected == envelope_address(text)


@given(st.binary())
@example(b".")
@example(b"a\n.\nb")
@example(b"a\r.\r\n.\n\r\n.")
@example(b"..\r\n.\r\n")
def test_content_is_framed_as_the_standard_library_would_frame_it(data: bytes) -> None:
    framed = _composed(Message(1, "ada@example.org", data)).content

    ended = re.sub(rb"\r\n|\r|\n", b"\r\n", data)
    ended += b"" if ended.endswith(b"\r\n") else b"\r\n"
    text = quotedata(ended.decode("latin-1")).encode("latin-1")
    assert text + b".\r\n" == framed
    # The dot alone on a line, which ends the message, stands at its end and nowhere else.
    assert framed.startswith(b".\r\n") is False
    assert framed.find(b"\r\n.\r\n") == len(framed) - 5
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", framed)


def test_says_the_size_that_counts() -> None:
    message = Message(1, "ada@example.org", b".one\n.two\n")

    # RFC 1870: with line ends of two octets, without the doubled dots and the final one.
    assert b"SIZE=12 " in _composed(message).mail


def test_says_what_the_content_is() -> None:
    plain = Message(1, "ada@example.org", b"plain\r\n")
    eight_bit = Message(1, "ada@example.org", "ü\r\n".encode())
    utf8 = Message(1, "ada@example.org", "To: ü\r\n".encode(), needs_smtputf8=True)

    lines = [_composed(message).mail for message in (plain, eight_bit, utf8)]

    options = [b"BODY=8BITMIME", b"SMTPUTF8"]
    assert [[False, False], [True, False], [True, True]] == [
        [option in line.split() for option in options] for line in lines
    ]


def test_asks_for_nothing_that_is_not_offered() -> None:
    envelope = compose(
        Message(1, "ada@example.org", b"plain\r\n"), "ada@example.org", "desk@example.org", {}
    )

    assert isinstance(envelope, Envelope)
    assert envelope.mail == b"MAIL FROM:<desk@example.org>"
    assert envelope.rcpt == b"RCPT TO:<ada@example.org>"
