"""Discord's own description of its requests, where it is at hand.

It is looked for in the folder that CALLBOARD_TEST_INTERFACES names, and in `../shared/data` beside
the project; without it the hand-written rules stand alone. Unknown fields are refused, which the
description itself does not do.
"""

from __future__ import annotations

import json
import os
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from tests.discord.server.errors import Json

PROJECT = Path(__file__).resolve().parents[3]
FILE = "discord_openapi.json"
CREATE, EDIT = "MessageCreateRequest", "MessageEditRequestPartial"
INTERACTION, INTERACTION_EDIT = (
    "IncomingWebhookInteractionRequest",
    "IncomingWebhookUpdateRequestPartial",
)
MODAL = "ModalInteractionCallbackRequestData"
EVENT, EVENT_EDIT = (
    "ExternalScheduledEventCreateRequest",
    "ExternalScheduledEventPatchRequestPartial",
)
COMMAND = "ApplicationCommandUpdateRequest"
# what discord.py sends although the description does not name it; Discord takes it
_BESIDES: dict[str, dict[str, Any]] = {
    CREATE: {},
    EDIT: {"tts": {"type": "boolean"}},
    INTERACTION: {"nonce": {}, "enforce_nonce": {}, "thread_name": {}},
    INTERACTION_EDIT: {"tts": {"type": "boolean"}},
    COMMAND: {"nsfw": {"type": "boolean"}, "version": {}, "application_id": {}},
    "RichEmbed": {"flags": {}},
    "ComponentEmojiForRequest": {"animated": {"type": "boolean"}},
}
_SNOWFLAKE: Json = {"type": ["string", "integer"], "pattern": "^(0|[1-9][0-9]*)$"}


def interfaces() -> Path | None:
    """Give the description's file, None if there is none."""
    named = os.environ.get("CALLBOARD_TEST_INTERFACES")
    folder = Path(named) if named else PROJECT.parent / "shared" / "data"
    return folder / FILE if (folder / FILE).exists() else None


@lru_cache(maxsize=4096)
def complaints_of(name: str, content: str) -> tuple[tuple[str, str], ...]:
    """Say what the schema `name` has against this JSON: pairs of place and sentence."""
    validator = _validator(name)
    if validator is None:
        return ()
    errors = list(validator.iter_errors(json.loads(content)))
    return tuple((_place(error), str(error.message)[:200]) for error in errors)


def forget() -> None:
    """Look for the description anew."""
    _schemas.cache_clear()
    _validator.cache_clear()
    complaints_of.cache_clear()


@cache
def _validator(name: str) -> Draft202012Validator | None:
    schemas = _schemas()
    if schemas is None:
        return None
    reference = f"#/components/schemas/{name}"
    return Draft202012Validator({"$ref": reference, "components": {"schemas": schemas}})


@cache
def _schemas() -> Json | None:
    file = interfaces()
    if file is None:
        return None
    described = json.loads(file.read_text())["components"]["schemas"]
    told: Json = {name: _strict(name, one, described) for name, one in described.items()}
    return told | {"SnowflakeType": _SNOWFLAKE}


def _strict(name: str, schema: Json, described: Json) -> Json:
    """Refuse the fields that an object does not name."""
    changed = _by_type(schema, described)
    if schema.get("type") == "object" and "properties" in schema:
        changed["properties"] |= _BESIDES.get(name, {})
        changed["additionalProperties"] = False
    result: Json = changed
    return result


def _by_type(schema: Any, described: Json) -> Any:  # noqa: ANN401 - any JSON
    """Turn a choice of objects into one by their `type`: it complains at the right place."""
    if isinstance(schema, list):
        return [_by_type(one, described) for one in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: _by_type(value, described) for key, value in schema.items()}
    options = changed.get("oneOf") or changed.get("anyOf") or []
    real = [one for one in options if one != {"type": "null"}]
    if len(real) == 1 and len(options) == 2:
        changed.pop("oneOf", None)
        return changed | {"if": {"type": "null"}, "else": real[0]}
    kinds = _kinds(options, described)
    if not kinds:
        return changed
    changed.pop("oneOf", None)
    changed.pop("anyOf", None)
    changed |= {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": sorted(kinds)}},
        "allOf": [
            {"if": {"properties": {"type": {"const": kind}}}, "then": {"$ref": reference}}
            for kind, reference in kinds.items()
        ],
    }
    return changed


def _kinds(options: list[Json], described: Json) -> dict[int, str]:
    kinds: dict[int, str] = {}
    for option in options:
        reference = option.get("$ref", "")
        target = described.get(reference.rpartition("/")[2], {})
        values = target.get("properties", {}).get("type", {}).get("enum", [])
        if len(values) != 1 or values[0] in kinds:
            return {}
        kinds[values[0]] = reference
    return kinds


def _place(error: ValidationError) -> str:
    return ".".join(str(step) for step in error.absolute_path)
