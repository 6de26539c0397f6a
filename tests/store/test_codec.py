"""Whatever the desk keeps as JSON is read again as what it was, also by a later release."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from types import UnionType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.recipient import Contact, RouteName
from core.model.reservation import Facts
from core.model.server import OpeningHours, Rules
from core.model.slot import Slot
from core.store import codec
from core.store.codec import decode, encode, remembered
from core.usecases import answers

LONG = timedelta(days=36500)

since, until = datetime(1900, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 - as hypothesis wants them
instants = st.datetimes(since, until).map(lambda at: at.replace(tzinfo=UTC, fold=0))
lengths = st.timedeltas(-LONG, LONG)
slots = st.builds(Slot.of, instants, st.timedeltas(timedelta(microseconds=1), LONG))

st.register_type_strategy(datetime, instants)
st.register_type_strategy(timedelta, lengths)
st.register_type_strategy(time, st.times().map(lambda at: at.replace(fold=0)))
st.register_type_strategy(ZoneInfo, st.timezones())
st.register_type_strategy(Slot, slots)


def kept_classes() -> list[type]:
    """List what the desk keeps: revisions' facts, servers' rules, and every answer."""
    unions = [value for value in vars(answers).values() if isinstance(value, UnionType)]
    return sorted({Facts, Rules, *(one for u in unions for one in u.__args__)}, key=str)


@pytest.mark.parametrize("kept", kept_classes())
@given(data=st.data())
def test_gives_back_what_it_was_given(kept: type, data: st.DataObject) -> None:
    value = data.draw(st.from_type(kept))

    read = decode(encode(value))

    assert read == value
    assert repr(read) == repr(value)  # a word is equal to its enumeration's member


@pytest.mark.parametrize("answer", ["ReserveAnswer", "ReconfirmAnswer", "ChangeAnswer"])
def test_every_answer_can_be_kept(answer: str) -> None:
    assert set(getattr(answers, answer).__args__) <= set(codec._known.values())  # noqa: SLF001 - what it knows


@given(st.datetimes(timezones=st.timezones(), allow_imaginary=False))
def test_an_instant_stays_the_same_instant_whatever_its_zone(instant: datetime) -> None:
    try:
        expected = instant.astimezone(UTC)
    except OverflowError:
        return  # the first and last day there are

    assert decode(encode(instant)).astimezone(UTC) == expected


@pytest.mark.parametrize(
    "text", ["", "line\nbreak", '"}{~', "Ä€😀", "\x00\x1b[0m", "\u202e", "\ud800"]
)
def test_text_is_only_text(text: str) -> None:
    contact = Contact(RouteName.EMAIL, "ann@example.org", text)

    assert decode(encode(contact)) == contact


def test_a_class_that_nobody_announced_is_not_written() -> None:
    with pytest.raises(TypeError, match="timezone is not among"):
        encode((UTC,))


def test_a_class_that_this_release_has_not_is_an_error() -> None:
    with pytest.raises(ValueError, match="this release knows no Hologram"):
        decode('{"~":"Hologram","v":1}')


def test_a_field_that_was_not_there_yet_takes_its_default() -> None:
    old = json.loads(encode(Rules(max_streams=3)))
    del old["horizon"]

    assert decode(json.dumps(old)) == Rules(max_streams=3)


def test_a_field_that_is_no_more_is_passed_over() -> None:
    old = json.loads(encode(Rules(max_streams=3))) | {"colour": "red"}

    assert decode(json.dumps(old)) == Rules(max_streams=3)


def test_two_classes_of_one_name_cannot_both_be_kept() -> None:
    namesake: Any = type("OpeningHours", (), {})

    remembered(OpeningHours)
    with pytest.raises(ValueError, match="two classes are called OpeningHours"):
        remembered(namesake)
