"""What people type and see in Slack: text as Slack sends it, codes, fields, and usual bookings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from tests.slack.house import SlackHouse
from tests.slack.server import Channel, Heard, Person, View

FRIDAY = int(datetime(2026, 12, 4, 19, 0, tzinfo=UTC).timestamp())  # 20:00 in Berlin
HOUR = 3600
_CODE = re.compile(r"\b[0-9A-Z]{3}-[0-9A-Z]{3}\b")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WEB = re.compile(r"https?://[^\s&\"]+")


def escaped(text: str) -> str:
    """Escape the three characters that Slack escapes in what somebody typed."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_slack_sends(text: str) -> str:
    """Write typed text as Slack hands it over: escaped, addresses of mail and web marked up."""
    marked = _WEB.sub(lambda found: f"<{found[0]}>", escaped(text))
    return _MAIL.sub(lambda found: f"<mailto:{found[0]}|{found[0]}>", marked)


async def typed(house: SlackHouse, text: str, who: Person | None = None) -> Heard:
    """Type a command in the general channel, as plain text."""
    return await (who or house.hanna).type(f"/slot {as_slack_sends(text)}".strip(), house.general)


async def reserved(house: SlackHouse, more: str = "", who: Person | None = None) -> str:
    """Reserve Friday evening with a line that is complete, and give the code.

    `more` goes to Slack as it stands, so that channels and people can be in it.
    """
    fields = "" if "title=" in more else 'title="Evening show" '
    start = "" if "when=" in more else "fri 20:00 for 2h Studio "
    text = f"/slot reserve {start}{fields}{more}".strip()
    heard = await (who or house.hanna).type(text, house.general)
    assert "Permitted" in heard.words, (heard.words, heard.view)
    return code_in(heard.words)


def code_in(words: str) -> str:
    """Give the first code in some words."""
    found = _CODE.search(words)
    assert found is not None, words
    return found[0]


def mention(place: Channel | Person) -> str:
    """Write a channel or person as Slack does when somebody picks it while typing."""
    sign = "#" if isinstance(place, Channel) else "@"
    return f"<{sign}{place.id}|{place.name}>"


def filled(view: View) -> dict[str, Any]:
    """Give what stands in a form, by field: options by their value, empty fields left out."""
    shown: dict[str, Any] = {}
    for block in view.blocks:
        if block["type"] == "input":
            value = _plain(view.value(block["block_id"]))
            if value not in (None, [], ""):
                shown[block["block_id"].partition("#")[0]] = value
    return shown


def field(view: View, name: str) -> str:
    """Give the block_id of a field, which differs where a form is shown anew."""
    for block in view.blocks:
        if block["type"] == "input" and block["block_id"].partition("#")[0] == name:
            return str(block["block_id"])
    raise AssertionError(f"no field {name} in {view!r}")


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value["value"] if isinstance(value, dict) else value


def nodes(content: object) -> Iterator[dict[str, Any]]:
    """Walk through every object in blocks."""
    if isinstance(content, dict):
        yield content
        for inner in content.values():
            yield from nodes(inner)
    elif isinstance(content, list):
        for inner in content:
            yield from nodes(inner)


def acts(content: object) -> list[str]:
    """Name the buttons in blocks, in order."""
    return [str(one["action_id"]) for one in nodes(content) if one.get("type") == "button"]
