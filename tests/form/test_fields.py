"""The fields fit every front end, and the form reads all of them."""

from __future__ import annotations

import pytest

from bot.form.fields import CHANGE_FIELDS, FIELDS, Field, FieldKind
from bot.form.reserve_form import FormErrors, parse_change, parse_reserve
from tests.form.forms import CONTEXT, FILLED


@pytest.mark.parametrize("field", [*FIELDS, *CHANGE_FIELDS], ids=lambda field: field.name)
def test_a_field_fits_the_narrowest_front_end(field: Field) -> None:
    assert len(field.label) <= 45
    assert len(field.hint) <= 100
    assert field.max_length > 0
    assert not field.choices or field.kind is FieldKind.CHOICE


def test_a_field_has_one_name() -> None:
    for fields in (FIELDS, CHANGE_FIELDS):
        assert len(fields) == len({each.name for each in fields})


def test_a_change_requires_nothing_and_asks_what_to_add_and_remove() -> None:
    names = [each.name for each in FIELDS]
    place = names.index("audience")

    assert not any(each.required for each in CHANGE_FIELDS)
    assert [*names[:place], "add", "remove", *names[place + 1 :]] == [
        each.name for each in CHANGE_FIELDS
    ]


@pytest.mark.parametrize("name", [each.name for each in FIELDS])
def test_the_form_reads_every_field(name: str) -> None:
    hostile = "\x00\u202e<>@@//" * 20

    answer = parse_reserve({**FILLED, name: hostile}, context=CONTEXT)

    assert isinstance(answer, FormErrors)
    assert name in answer.errors


@pytest.mark.parametrize("name", [each.name for each in CHANGE_FIELDS])
def test_the_change_reads_every_field(name: str) -> None:
    answer = parse_change("K7Q-2MF", {name: "\x00\u202e<>@@//" * 20}, context=CONTEXT)

    assert isinstance(answer, FormErrors)
    assert name in answer.errors


@pytest.mark.parametrize("field", [each for each in FIELDS if each.choices], ids=str)
def test_every_choice_is_understood(field: Field) -> None:
    for choice in field.choices:
        assert not isinstance(
            parse_reserve({**FILLED, field.name: choice}, context=CONTEXT), FormErrors
        )
