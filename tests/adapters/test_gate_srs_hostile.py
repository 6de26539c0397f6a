"""What clients, or anybody, may put into what SRS asks."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.gate.hooks import Noted, Unreadable
from core.model.gate import Asked, Gone
from tests.gate.srs_hooks import DIALECT, FIELDS, body, published, read
from tests.gate.written import NO_OBJECTS, VALUES, posted


@pytest.mark.parametrize("broken", NO_OBJECTS)
def test_what_is_no_object_is_unreadable(broken: bytes) -> None:
    assert isinstance(DIALECT.read(posted(broken)), Unreadable)


@pytest.mark.parametrize("field", [*FIELDS, "vhost", "b"])
def test_a_field_may_stand_in_it_once(field: str) -> None:
    once = body(b=1).decode()
    twice = once[:-1] + f', "{field}": "on_play"}}'

    assert isinstance(DIALECT.read(posted(once.encode())), Asked)
    assert isinstance(DIALECT.read(posted(twice.encode())), Unreadable)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "value", [None, True, 1.5, [], {}, ["a"], "\ud800", "a\x00", "a\nb", "\x7f"]
)
def test_a_field_that_is_no_plain_text_is_unreadable(field: str, value: object) -> None:
    fields = json.loads(body()) | {field: value}
    heard = DIALECT.read(posted(json.dumps(fields).encode()))

    if (field, value) == ("client_id", None):
        assert published(client="") == heard
    else:
        assert isinstance(heard, Unreadable)


@pytest.mark.parametrize("field", ["action", "app", "stream"])
def test_what_must_be_there_must_be_there(field: str) -> None:
    fields = json.loads(body())
    del fields[field]

    assert isinstance(DIALECT.read(posted(json.dumps(fields).encode())), Unreadable)


@pytest.mark.parametrize(
    ("client", "name"), [(7, "7"), (-7, "-7"), (10**100, f"{10**100}"), ("a b/c", "a b/c")]
)
def test_a_client_is_called_by_a_text_or_a_number(client: object, name: str) -> None:
    assert published(client=name) == read(client_id=client)


@pytest.mark.parametrize("client", ["a" * 129, 10**200])
def test_a_client_has_a_short_name(client: object) -> None:
    assert isinstance(read(client_id=client), Unreadable)


@settings(max_examples=500)
@given(
    st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode(errors="replace"))
)
def test_whatever_is_sent_reading_does_not_fail(sent: bytes) -> None:
    assert isinstance(DIALECT.read(posted(sent)), Unreadable)


@settings(max_examples=500)
@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "tcUrl"]), VALUES | st.sampled_from(["on_play", "on_stop"])
    )
)
def test_whatever_fields_there_are_what_is_read_is_plain(fields: dict[str, object]) -> None:
    heard = DIALECT.read(posted(json.dumps(fields).encode()))

    assert isinstance(heard, Asked | Gone | Noted | Unreadable)
    if isinstance(heard, Asked | Gone):
        for text in (heard.stream, heard.client, getattr(heard, "secret", "")):
            assert b"\x7f" not in text.encode()
            assert not any(one < " " for one in text)
