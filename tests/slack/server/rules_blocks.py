"""What Slack takes as a list of blocks."""

from __future__ import annotations

from tests.slack.server.complaints import EITHER, Complaints
from tests.slack.server.elements import INTERACTIVE, elements_of
from tests.slack.server.errors import Json
from tests.slack.server.rules_elements import check_element
from tests.slack.server.rules_rich_text import check_rich_text

COMMON = {
    "actions",
    "alert",
    "card",
    "carousel",
    "container",
    "context",
    "context_actions",
    "divider",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "table",
    "data_table",
    "video",
}
KINDS = {
    "message": COMMON | {"file", "markdown", "plan", "task_card"},
    "modal": COMMON,
    "home": COMMON,
}
MOST = {"message": 50, "modal": 100, "home": 100}
NOT_IN_ACTIONS = {
    "email_text_input",
    "file_input",
    "number_input",
    "plain_text_input",
    "url_text_input",
}
NOT_IN_INPUT = {"button", "overflow", "workflow_button"}
ACCESSORY = INTERACTIVE - NOT_IN_ACTIONS - {"rich_text_input", "datetimepicker"}


def check_blocks(found: Complaints, pointer: str, blocks: object, surface: str) -> None:
    """Complain of what is wrong with blocks on a surface: `message`, `modal` or `home`."""
    seen: set[str] = set()
    focused = 0
    least = 1 if surface == "modal" else 0
    for place, block in enumerate(found.count(pointer, blocks, MOST[surface], least)):
        at = f"{pointer}/{place}"
        if not isinstance(block, dict):
            found.add(at, "must provide an object")
            continue
        if block.get("type") not in KINDS[surface]:
            found.add(f"{at}/type", f"unsupported type: {block.get('type')}")
            continue
        block_id = block.get("block_id")
        found.optional(f"{at}/block_id", block_id, 255)
        if block_id is not None and block_id in seen:
            found.add(f"{at}/block_id", f"`block_id` {block_id} already exists")
        seen.add(str(block_id))
        _block(found, at, block, surface)
        focused += sum(bool(one.get("focus_on_load")) for _, one in elements_of(block))
    if focused > 1:
        found.add(pointer, "focus_on_load can be set on one element only")


def _block(found: Complaints, at: str, block: Json, surface: str) -> None:
    match block["type"]:
        case "section":
            _section(found, at, block)
        case "header":
            found.text(f"{at}/text", block.get("text"), 150)
        case "context":
            _context(found, at, block)
        case "actions":
            _actions(found, at, block)
        case "input":
            _input(found, at, block, surface)
        case "image":
            _image(found, at, block)
        case "rich_text":
            check_rich_text(found, at, block)
        case "markdown":
            found.length(f"{at}/text", block.get("text"), 12_000)
    _elements(found, at, block)


def _section(found: Complaints, at: str, block: Json) -> None:
    if "text" in block:
        found.text(f"{at}/text", block["text"], 3000, EITHER)
    elif "fields" not in block:
        found.add(at, "must define either `text` or `fields`")
    if "fields" in block:
        for place, field in enumerate(found.count(f"{at}/fields", block["fields"], 10)):
            found.text(f"{at}/fields/{place}", field, 2000, EITHER)
    accessory = block.get("accessory")
    if accessory is None:
        return
    if not isinstance(accessory, dict) or accessory.get("type") not in ACCESSORY | {"image"}:
        found.add(f"{at}/accessory", "unsupported type")
    elif accessory["type"] == "image":
        _image(found, f"{at}/accessory", accessory)


def _context(found: Complaints, at: str, block: Json) -> None:
    for place, element in enumerate(found.count(f"{at}/elements", block.get("elements"), 10)):
        if isinstance(element, dict) and element.get("type") == "image":
            _image(found, f"{at}/elements/{place}", element)
        else:
            found.text(f"{at}/elements/{place}", element, 3000, EITHER)


def _actions(found: Complaints, at: str, block: Json) -> None:
    for place, element in enumerate(found.count(f"{at}/elements", block.get("elements"), 25)):
        kind = element.get("type") if isinstance(element, dict) else None
        if kind not in INTERACTIVE - NOT_IN_ACTIONS:
            found.add(f"{at}/elements/{place}/type", f"unsupported type: {kind}")


def _input(found: Complaints, at: str, block: Json, surface: str) -> None:
    found.text(f"{at}/label", block.get("label"), 2000)
    if "hint" in block:
        found.text(f"{at}/hint", block["hint"], 2000)
    element = block.get("element")
    kind = element.get("type") if isinstance(element, dict) else None
    allowed = INTERACTIVE - NOT_IN_INPUT
    if kind not in (allowed if surface == "modal" else allowed - {"file_input"}):
        found.add(f"{at}/element/type", f"unsupported type: {kind}")


def _image(found: Complaints, at: str, image: Json) -> None:
    found.length(f"{at}/alt_text", image.get("alt_text"), 2000)
    if "slack_file" not in image:
        found.url(f"{at}/image_url", image.get("image_url"))
    if "title" in image:
        found.text(f"{at}/title", image["title"], 2000)


def _elements(found: Complaints, at: str, block: Json) -> None:
    seen: set[str] = set()
    for inner, element in elements_of(block):
        check_element(found, at + inner, element)
        action_id = element.get("action_id")
        if action_id is not None and action_id in seen:
            found.add(f"{at}{inner}/action_id", f"`action_id` {action_id} already exists")
        seen.add(str(action_id))
