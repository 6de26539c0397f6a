"""Slack's own description of blocks and views, where it is at hand.

It is looked for in the folder that CALLBOARD_TEST_INTERFACES names, and in `../shared/data` beside
the project; without it the hand-written rules stand alone.
"""

from __future__ import annotations

import json
import os
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from tests.slack.server.errors import Json

PROJECT = Path(__file__).resolve().parents[3]
BLOCK, MODAL, HOME = "KnownBlock", "ModalView", "HomeView"


def interfaces() -> Path | None:
    """Give the folder that the descriptions are in, None if there is none."""
    named = os.environ.get("CALLBOARD_TEST_INTERFACES")
    folder = Path(named) if named else PROJECT.parent / "shared" / "data"
    return folder if (folder / f"slack_{BLOCK}.json").exists() else None


@lru_cache(maxsize=4096)
def complaints_of(name: str, content: str) -> tuple[tuple[str, str], ...]:
    """Say what the schema `name` has against this JSON: pairs of JSON pointer and sentence."""
    validator = _validator(name)
    if validator is None:
        return ()
    errors = list(validator.iter_errors(json.loads(content)))
    return tuple((_pointer(error), _sentence(error)) for error in errors)


def forget() -> None:
    """Look for the descriptions anew."""
    _validator.cache_clear()
    complaints_of.cache_clear()


@cache
def _validator(name: str) -> Draft7Validator | None:
    folder = interfaces()
    if folder is None:
        return None
    schema = json.loads((folder / f"slack_{name}.json").read_text())
    definitions = schema["definitions"]
    schema["definitions"] = {
        key: _by_type(definition, definitions) for key, definition in definitions.items()
    }
    return Draft7Validator(schema)


def _by_type(schema: Any, definitions: Json) -> Any:  # noqa: ANN401 - any JSON
    """Turn `anyOf` into a choice by `type`: quicker, and it complains at the right place."""
    if isinstance(schema, list):
        return [_by_type(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: _by_type(value, definitions) for key, value in schema.items()}
    kinds = _kinds(schema, definitions)
    if "anyOf" not in schema or kinds is None:
        return changed
    del changed["anyOf"]
    changed["type"] = "object"
    changed["required"] = ["type"]
    changed["properties"] = {"type": {"enum": sorted(kinds)}}
    changed["allOf"] = [
        {"if": {"properties": {"type": {"const": kind}}}, "then": {"$ref": reference}}
        for kind, reference in kinds.items()
    ]
    return changed


def _kinds(schema: Json, definitions: Json) -> dict[str, str] | None:
    """Say which definition each `type` leads to, None if the type alone does not decide."""
    kinds: dict[str, str] = {}
    for option in schema.get("anyOf", []):
        reference = option.get("$ref")
        if reference is None:
            return None
        target = definitions[reference.rpartition("/")[2]]
        constant = target.get("properties", {}).get("type", {}).get("const")
        inner = {constant: reference} if constant else _kinds(target, definitions)
        inner = inner or _shared_kind(target, reference)
        if not inner or set(inner) & set(kinds):
            return None
        kinds |= inner
    return kinds or None


def _shared_kind(target: Json, reference: str) -> dict[str, str] | None:
    """Give the one type that all of a definition's variants have, such as `image`."""
    variants = target.get("anyOf", [])
    types = {one.get("properties", {}).get("type", {}).get("const") for one in variants}
    return {types.pop(): reference} if len(types) == 1 and None not in types else None


def _pointer(error: ValidationError) -> str:
    return "".join(f"/{step}" for step in error.absolute_path)


def _sentence(error: ValidationError) -> str:
    match error.validator:
        case "maxLength":
            return f"must be less than {error.validator_value + 1} characters"
        case "maxItems":
            return f"no more than {error.validator_value} items allowed"
    return str(error.message)[:200]
