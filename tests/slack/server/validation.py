"""Whether Slack would take a message or a view, by hand-written rules and by its own schemas."""

from __future__ import annotations

import json

from tests.slack.server.complaints import Complaints
from tests.slack.server.errors import Json, Refusal, invalid
from tests.slack.server.rules_blocks import check_blocks
from tests.slack.server.schemas import BLOCK, HOME, MODAL, complaints_of

TEXT = 40_000
ALL_BLOCKS = 11_000  # Slack states no limit; more than this was seen to be refused
METADATA = 8_000
VIEW = 250_000
ALWAYS = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
SHELL = {
    "modal": ALWAYS | {"title", "submit", "close", "clear_on_close", "notify_on_close"},
    "home": ALWAYS,
}


def check_message(content: Json, *, posted: bool = False) -> None:
    """Refuse a message that Slack would refuse; those `posted` by the Web API are shorter."""
    text, blocks = content.get("text"), content.get("blocks")
    if not text and not blocks and not content.get("attachments"):
        raise Refusal("no_text")
    if text is not None and not isinstance(text, str):
        raise invalid("invalid_arguments", [("/text", "must be a string")])
    if len(text or "") > TEXT:
        raise Refusal("msg_too_long")
    if blocks is None:
        return
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    found = Complaints()
    check_blocks(found, "/blocks", blocks, "message")
    _by_schema(found, "/blocks", blocks)
    if found.all:
        raise invalid("invalid_blocks", found.all)
    if posted and _characters(blocks) > ALL_BLOCKS:
        raise Refusal("msg_blocks_too_long")


def check_view(view: object, surface: str) -> Json:
    """Give a `modal` or `home`. Raises Refusal if Slack would refuse it."""
    found = Complaints()
    if not isinstance(view, dict):
        raise invalid("invalid_arguments", [("/view", "must provide an object")])
    if view.get("type") != surface:
        raise invalid("invalid_arguments", [("/view/type", f"must be {surface}")])
    if len(json.dumps(view)) > VIEW:
        raise Refusal("view_too_large")
    for name in sorted(set(view) - SHELL[surface]):
        found.add("/view", f"invalid additional property: {name}")
    _shell(found, view)
    check_blocks(found, "/view/blocks", view.get("blocks"), surface)
    _by_schema(found, "/view/blocks", view.get("blocks"))
    shell = json.dumps({**view, "blocks": []})
    for pointer, sentence in complaints_of(MODAL if surface == "modal" else HOME, shell):
        found.add(f"/view{pointer}", sentence)
    if found.all:
        raise invalid("invalid_arguments", found.all)
    return view


def check_metadata(metadata: object) -> None:
    """Refuse metadata of a message that Slack would refuse; nothing and `{}` take it away."""
    if not metadata:
        return
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload"}:
        raise Refusal("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str) or not metadata["event_type"]:
        raise Refusal("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict):
        raise Refusal("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA:
        raise Refusal("metadata_too_large")


def check_options(body: Json) -> list[Json]:
    """Give the options in an answer for an external select. Raises Refusal for bad ones."""
    found = Complaints()
    name = "option_groups" if "option_groups" in body else "options"
    element = {"type": "static_select", "action_id": "a", name: body.get(name)}
    block = {"type": "actions", "elements": [element]}
    if body.get(name) != []:
        check_blocks(found, "/blocks", [block], "message")
    if found.all:
        raise invalid("invalid_options", found.all)
    groups = body.get("option_groups") or [body]
    return [option for group in groups for option in group["options"]]


def _shell(found: Complaints, view: Json) -> None:
    if view["type"] == "modal":
        found.text("/view/title", view.get("title"), 24)
        blocks = view.get("blocks")
        kinds = {one.get("type") for one in blocks or [] if isinstance(one, dict)}
        if "input" in kinds and not view.get("submit"):
            found.add("/view", "missing required field: submit")
    for name in ("submit", "close"):
        if view.get(name) is not None:
            found.text(f"/view/{name}", view[name], 24)
    found.optional("/view/private_metadata", view.get("private_metadata"), 3000, 0)
    found.optional("/view/callback_id", view.get("callback_id"), 255, 0)
    found.optional("/view/external_id", view.get("external_id"), 255, 0)


def _by_schema(found: Complaints, pointer: str, blocks: object) -> None:
    for place, block in enumerate(blocks if isinstance(blocks, list) else []):
        for inner, sentence in complaints_of(BLOCK, json.dumps(block)):
            found.add(f"{pointer}/{place}{inner}", sentence)


def _characters(content: object) -> int:
    """Count the characters of all `text` in blocks."""
    if isinstance(content, list):
        return sum(_characters(one) for one in content)
    if not isinstance(content, dict):
        return 0
    return sum(
        len(value) if key == "text" and isinstance(value, str) else _characters(value)
        for key, value in content.items()
    )
