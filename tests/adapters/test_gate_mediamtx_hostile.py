"""What clients, or anybody, may put into what MediaMTX asks."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.gate.hooks import Unreadable
from core.model.gate import Asked
from tests.gate.mediamtx_hooks import DIALECT, FIELDS, body, published, read
from tests.gate.written import NO_OBJECTS, VALUES, posted


@pytest.mark.parametrize("broken", NO_OBJECTS)
def test_what_is_no_object_is_unreadable(broken: bytes) -> None:
    assert isinstance(DIALECT.read(posted(broken)), Unreadable)


@pytest.mark.parametrize("odd", ["NaN", "-Infinity", "9" * 5_000, '"\t"', "[" * 5_000])
def test_what_is_no_json_spoils_all_of_it_wherever_it_stands(odd: str) -> None:
    sent = body(b=1).decode().replace('"b": 1', f'"b": {odd}')

    assert isinstance(DIALECT.read(posted(sent.encode())), Unreadable)


@pytest.mark.parametrize("field", [*FIELDS, "b", "protocol"])
def test_a_field_may_stand_in_it_once(field: str) -> None:
    once = body(b=1).decode()
    twice = once[:-1] + f', "{field}": "read"}}'

    assert isinstance(DIALECT.read(posted(once.encode())), Asked)
    assert isinstance(DIALECT.read(posted(twice.encode())), Unreadable)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [True, [], {}, ["publish"], "\ud800", "a\x00", "a\nb", "\x7f"])
def test_a_field_that_is_no_plain_text_is_unreadable(field: str, value: object) -> None:
    heard = read(**{field: value})

    assert isinstance(heard, Unreadable)
    assert "publish" not in heard.why


@pytest.mark.parametrize("field", sorted({*FIELDS} - {"id"}))
@pytest.mark.parametrize("value", [None, 1, 0, -1.5])
def test_numbers_and_nothing_are_no_text(field: str, value: object) -> None:
    assert isinstance(read(**{field: value}), Unreadable)


def test_a_connection_has_a_short_name_or_none() -> None:
    assert isinstance(read(id="a" * 129), Unreadable)
    assert published("publish", client="a" * 128) == read(id="a" * 128)
    assert published("publish", client="", again=True) == read(id=None)


@pytest.mark.parametrize("query", ["key=%ff", "key=%00", "key=a%0ab", "ticket=%ed%a0%80"])
def test_odd_secrets_are_unreadable(query: str) -> None:
    assert isinstance(read(query=query), Unreadable)


@settings(max_examples=500)
@given(
    st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode(errors="replace"))
)
def test_whatever_is_sent_reading_does_not_fail(sent: bytes) -> None:
    assert isinstance(DIALECT.read(posted(sent)), Unreadable)


@settings(max_examples=500)
@given(
    st.dictionaries(st.sampled_from([*FIELDS, "userAgent"]), VALUES | st.sampled_from(["publish"]))
)
def test_whatever_fields_there_are_what_is_read_is_plain(fields: dict[str, object]) -> None:
    heard = DIALECT.read(posted(json.dumps(fields).encode()))

    assert isinstance(heard, Asked | Unreadable)
    if isinstance(heard, Asked):
        for text in (heard.stream, heard.user, heard.secret, heard.ticket, heard.client):
            assert b"\x7f" not in text.encode()
            assert not any(one < " " for one in text)
        assert fields["action"] in {"publish", "read"}
