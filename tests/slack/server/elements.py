"""Finding one's way in blocks: every interactive element, every piece of text."""

from __future__ import annotations

from collections.abc import Iterator

from tests.slack.server.errors import Json

INTERACTIVE = {
    "button",
    "channels_select",
    "checkboxes",
    "conversations_select",
    "datepicker",
    "datetimepicker",
    "email_text_input",
    "external_select",
    "file_input",
    "multi_channels_select",
    "multi_conversations_select",
    "multi_external_select",
    "multi_static_select",
    "multi_users_select",
    "number_input",
    "overflow",
    "plain_text_input",
    "radio_buttons",
    "rich_text_input",
    "static_select",
    "timepicker",
    "url_text_input",
    "users_select",
    "workflow_button",
}


def elements_of(block: Json) -> list[tuple[str, Json]]:
    """List the interactive elements of a block, each with its JSON pointer inside the block."""
    found: list[tuple[str, Json]] = []
    if isinstance(block.get("element"), dict):
        found.append(("/element", block["element"]))
    if isinstance(block.get("accessory"), dict):
        found.append(("/accessory", block["accessory"]))
    if block.get("type") in ("actions", "context_actions"):
        many = block.get("elements")
        for place, one in enumerate(many if isinstance(many, list) else []):
            if isinstance(one, dict):
                found.append((f"/elements/{place}", one))
    return [(pointer, one) for pointer, one in found if one.get("type") in INTERACTIVE]


def all_elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Walk through all interactive elements, each with the block that it is in."""
    for block in blocks:
        for _, element in elements_of(block):
            yield block, element


def options_of(element: Json) -> list[Json]:
    """List an element's options, those in groups too."""
    options: list[Json] = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options += group.get("options") or []
    return options


class Naming:
    """Give block and action ids to what came without, and say of text what Slack says of it."""

    def __init__(self) -> None:
        self._given = 0

    def name(self, blocks: list[Json]) -> list[Json]:
        """Copy blocks as Slack keeps them: ids everywhere, `emoji` and `verbatim` spelt out."""
        named = []
        for block in blocks:
            kept = _spelt_out(block)
            kept.setdefault("block_id", self._next())
            for _, element in elements_of(kept):
                element.setdefault("action_id", self._next())
            named.append(kept)
        return named

    def _next(self) -> str:
        self._given += 1
        return f"b{self._given:05x}"


def _spelt_out(block: Json) -> Json:
    kept: Json = {key: _spelt(value) for key, value in block.items()}
    return kept


def _spelt(value: object) -> object:
    if isinstance(value, list):
        return [_spelt(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _spelt(one) for key, one in value.items()}
    if kept.get("type") == "plain_text":
        kept.setdefault("emoji", True)
    if kept.get("type") == "mrkdwn":
        kept.setdefault("verbatim", False)
    return kept
