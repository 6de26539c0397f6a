"""Which modals and completions Discord takes."""

from __future__ import annotations

import pytest

from tests.discord.scene import places
from tests.discord.server.errors import Json, Refusal
from tests.discord.server.validation import check_choices, check_modal

TEXT: Json = {"type": 4, "custom_id": "title", "style": 1}


def modal(*components: Json, **fields: object) -> Json:
    return {"title": "Reserve", "custom_id": "form", "components": list(components)} | fields


def label(component: Json, **fields: object) -> Json:
    return {"type": 18, "label": "Title", "component": component} | fields


def options(number: int) -> list[Json]:
    return [{"label": f"o{one}", "value": f"v{one}"} for one in range(number)]


def wrong(data: Json) -> dict[str, str]:
    with pytest.raises(Refusal) as caught:
        check_modal(data)
    return places(caught.value.errors or {})


def test_a_full_modal_is_taken() -> None:
    check_modal(
        modal(
            {"type": 10, "content": "Friday, 20:00"},
            label(TEXT | {"max_length": 80, "value": "v" * 80, "placeholder": "p" * 100}),
            label({"type": 19, "custom_id": "file", "required": False, "min_values": 0}),
            label({"type": 8, "custom_id": "channels", "max_values": 10}, description="d" * 100),
            label({"type": 21, "custom_id": "policy", "options": options(2)}, label="l" * 45),
            title="t" * 45,
            custom_id="c" * 100,
        )
    )
    check_modal(modal(label({"type": 22, "custom_id": "more", "options": options(10)})))
    check_modal(modal(label({"type": 23, "custom_id": "yes", "default": True})))


@pytest.mark.parametrize(
    ("data", "place", "code"),
    [
        (modal(label(TEXT), title="t" * 46), "title", "BASE_TYPE_BAD_LENGTH"),
        (modal(label(TEXT), title=""), "title", "BASE_TYPE_REQUIRED"),
        (modal(label(TEXT), custom_id="c" * 101), "custom_id", "BASE_TYPE_BAD_LENGTH"),
        (modal(label(TEXT), flags=64), "flags", "UNKNOWN_FIELD"),
        (modal(), "components", "BASE_TYPE_BAD_LENGTH"),
        (
            modal(*(label(TEXT | {"custom_id": str(one)}) for one in range(6))),
            "components",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (modal(TEXT), "components.0.type", "BASE_TYPE_CHOICES"),
        (modal(label(TEXT, label="l" * 46)), "components.0.label", "BASE_TYPE_BAD_LENGTH"),
        (
            modal(label(TEXT, description="d" * 101)),
            "components.0.description",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            modal(label(TEXT), label(TEXT)),
            "components.1.component.custom_id",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            modal(label({"type": 2, "style": 1, "custom_id": "b"})),
            "components.0.component.type",
            "BASE_TYPE_CHOICES",
        ),
        (
            modal(label(TEXT | {"value": "v" * 4001})),
            "components.0.component.value",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            modal(label(TEXT | {"value": "v" * 11, "max_length": 10})),
            "components.0.component.value",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            modal(label(TEXT | {"max_length": 4001})),
            "components.0.component.max_length",
            "NUMBER_TYPE_MAX",
        ),
        (
            modal(label(TEXT | {"min_length": 9, "max_length": 8})),
            "components.0.component.min_length",
            "NUMBER_TYPE_MAX",
        ),
        (
            modal(label(TEXT | {"placeholder": "p" * 101})),
            "components.0.component.placeholder",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            modal(label(TEXT | {"style": 3})),
            "components.0.component.style",
            "BASE_TYPE_CHOICES",
        ),
        (
            modal(label({"type": 5, "custom_id": "u", "min_values": 0})),
            "components.0.component.min_values",
            "SELECT_COMPONENT_REQUIRED_ZERO_MIN_VALUES",
        ),
        (
            modal(label({"type": 5, "custom_id": "u", "disabled": True})),
            "components.0.component.disabled",
            "SELECT_COMPONENT_DISABLED",
        ),
        (
            modal(label({"type": 21, "custom_id": "r", "options": options(1)})),
            "components.0.component.options",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            modal(label({"type": 22, "custom_id": "r", "options": options(11)})),
            "components.0.component.options",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            modal(label({"type": 19, "custom_id": "f", "max_values": 11})),
            "components.0.component.max_values",
            "NUMBER_TYPE_MAX",
        ),
        (
            modal(label({"type": 23, "custom_id": "y", "required": True})),
            "components.0.component.required",
            "UNKNOWN_FIELD",
        ),
    ],
)
def test_each_rule_is_kept(data: Json, place: str, code: str) -> None:
    assert code == wrong(data).get(f"data.{place}")


def choices(number: int, **fields: object) -> Json:
    return {"choices": [{"name": f"n{one}", "value": f"v{one}"} | fields for one in range(number)]}


def test_twenty_five_completions_are_taken() -> None:
    assert 25 == len(check_choices(choices(25, name="n" * 100, value="v" * 100), 3))
    assert [{"name": "n", "value": 7}] == check_choices(choices(1, name="n", value=7), 4)


@pytest.mark.parametrize(
    ("data", "kind", "place", "code"),
    [
        (choices(26), 3, "data.choices", "BASE_TYPE_MAX_LENGTH"),
        (choices(1, name="n" * 101), 3, "data.choices.0.name", "BASE_TYPE_BAD_LENGTH"),
        (choices(1, name=""), 3, "data.choices.0.name", "BASE_TYPE_REQUIRED"),
        (choices(1, value="v" * 101), 3, "data.choices.0.value", "BASE_TYPE_BAD_LENGTH"),
        (choices(1, value=2**53 + 1), 4, "data.choices.0.value", "NUMBER_TYPE_MAX"),
        (choices(1, value="7"), 4, "data.choices.0.value", "NUMBER_TYPE_COERCE"),
        (choices(1, value="7"), 10, "data.choices.0.value", "NUMBER_TYPE_COERCE"),
        (choices(1, hint="x"), 3, "data.choices.0.hint", "UNKNOWN_FIELD"),
    ],
)
def test_other_completions_are_not(data: Json, kind: int, place: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_choices(data, kind)
    assert code == places(caught.value.errors or {}).get(place)
