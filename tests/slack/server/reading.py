"""What a reader gets out of a message or a view: its words, whom it pings, where it links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from tests.slack.server.errors import Json

_ANGLED = re.compile(r"<([^<>\n]+)>")
_SHOWN = {"text", "label", "hint", "title", "description", "placeholder", "submit", "close"}


def words_of(content: object) -> str:
    """Give all visible text, one piece of rich text or one text object per line."""
    return "\n".join(piece for piece in _pieces(content) if piece)


def pings_of(text: str, blocks: list[Json]) -> set[str]:
    """Tell who would be notified: user ids, group ids, and `channel`, `here`, `everyone`."""
    found: set[str] = set()
    for target in _mrkdwn_targets(text, blocks):
        if target.startswith("@"):
            found.add(target[1:].split("|")[0])
        elif target.startswith("!subteam^"):
            found.add(target.removeprefix("!subteam^").split("|")[0])
        elif target.startswith("!") and not target.startswith("!date"):
            found.add(target[1:].split("|")[0])
    for node in _nodes(blocks):
        match node:
            case {"type": "user", "user_id": str(who)} | {"type": "usergroup", "usergroup_id": who}:
                found.add(who)
            case {"type": "broadcast", "range": str(who)}:
                found.add(who)
    return found


def links_of(text: str, blocks: list[Json]) -> set[str]:
    """List the addresses that can be followed, links of buttons included."""
    found = {
        target.split("|")[0]
        for target in _mrkdwn_targets(text, blocks)
        if not target.startswith(("@", "!", "#"))
    }
    for node in _nodes(blocks):
        if node.get("type") in ("link", "button", "date") and node.get("url"):
            found.add(node["url"])
    return found


def _mrkdwn_targets(text: str, blocks: list[Json]) -> Iterator[str]:
    yield from _ANGLED.findall(text)
    for node in _nodes(blocks):
        if node.get("type") == "mrkdwn":
            yield from _ANGLED.findall(node.get("text", ""))


def _nodes(content: object) -> Iterator[Json]:
    if isinstance(content, dict):
        yield content
        for inner in content.values():
            yield from _nodes(inner)
    elif isinstance(content, list):
        for inner in content:
            yield from _nodes(inner)


def _pieces(content: object) -> Iterator[str]:
    match content:
        case {"type": "plain_text", "text": str(text)}:
            yield text
        case {"type": "mrkdwn", "text": str(text)}:
            yield unescape(text)
        case {
            "type": "rich_text_section" | "rich_text_quote" | "rich_text_preformatted",
            "elements": list(elements),
        }:
            yield "".join(_rich(one) for one in elements)
        case dict():
            for key, inner in content.items():
                if key in _SHOWN or isinstance(inner, list | dict):
                    yield from _pieces(inner)
        case list():
            for inner in content:
                yield from _pieces(inner)


def _rich(element: Json) -> str:
    match element:
        case {"type": "text", "text": str(text)}:
            return text
        case {"type": "link", "url": str(url)}:
            return str(element.get("text") or url)
        case {"type": "date"}:
            return str(element.get("fallback") or element["timestamp"])
        case {"type": "emoji", "name": str(name)}:
            return f":{name}:"
        case {"type": "user", "user_id": str(who)} | {"type": "usergroup", "usergroup_id": who}:
            return f"@{who}"
        case {"type": "channel", "channel_id": str(where)}:
            return f"#{where}"
        case {"type": "broadcast", "range": str(who)}:
            return f"@{who}"
    return ""
