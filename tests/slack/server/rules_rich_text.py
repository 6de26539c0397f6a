"""What Slack takes as rich text."""

from __future__ import annotations

import re

from tests.slack.server.complaints import Complaints
from tests.slack.server.errors import Json

CONTAINERS = {
    "rich_text_section",
    "rich_text_list",
    "rich_text_quote",
    "rich_text_preformatted",
}
STYLES = {
    "bold",
    "italic",
    "strike",
    "code",
    "underline",
    "highlight",
    "client_highlight",
    "unlink",
}
SCHEMES = ("http://", "https://", "mailto:", "tel:", "slack:")
IDS = {
    "user": ("user_id", re.compile(r"[UW][A-Z0-9]{3,}")),
    "usergroup": ("usergroup_id", re.compile(r"S[A-Z0-9]{3,}")),
    "channel": ("channel_id", re.compile(r"[CDG][A-Z0-9]{3,}")),
    "team": ("team_id", re.compile(r"[TE][A-Z0-9]{3,}")),
}
DATE_PARTS = re.compile(
    r"\{(date|date_num|date_slash|date_long|date_long_full|date_full|date_short|date_pretty|"
    r"date_short_pretty|date_long_pretty|time|time_secs|ago|day_divider_pretty)\}"
)


def check_rich_text(found: Complaints, pointer: str, block: Json) -> None:
    """Complain of what is wrong inside a rich_text block."""
    for place, container in enumerate(
        found.count(f"{pointer}/elements", block.get("elements"), 1000)
    ):
        _container(found, f"{pointer}/elements/{place}", container)


def _container(found: Complaints, pointer: str, container: object) -> None:
    if not isinstance(container, dict) or container.get("type") not in CONTAINERS:
        found.add(f"{pointer}/type", "unsupported type")
        return
    is_list = container["type"] == "rich_text_list"
    if is_list and container.get("style") not in ("bullet", "ordered"):
        found.add(f"{pointer}/style", "must be bullet or ordered")
    for place, element in enumerate(
        found.count(f"{pointer}/elements", container.get("elements"), 1000, 0)
    ):
        at = f"{pointer}/elements/{place}"
        if not is_list:
            _element(found, at, element)
        elif isinstance(element, dict) and element.get("type") == "rich_text_section":
            _container(found, at, element)
        else:
            found.add(f"{at}/type", "unsupported type")


def _element(found: Complaints, pointer: str, element: object) -> None:
    if not isinstance(element, dict):
        found.add(pointer, "must provide an object")
        return
    style = element.get("style", {})
    if not isinstance(style, dict) or set(style) - STYLES:
        found.add(f"{pointer}/style", "unsupported style")
    kind = str(element.get("type"))
    if kind in IDS:
        key, pattern = IDS[kind]
        if not pattern.fullmatch(str(element.get(key))):
            found.add(f"{pointer}/{key}", f"invalid {key}")
    elif kind in CHECKS:
        CHECKS[kind](found, pointer, element)
    else:
        found.add(f"{pointer}/type", "unsupported type")


def _text(found: Complaints, pointer: str, element: Json) -> None:
    found.length(f"{pointer}/text", element.get("text"), 40_000)


def _broadcast(found: Complaints, pointer: str, element: Json) -> None:
    if element.get("range") not in ("here", "channel", "everyone"):
        found.add(f"{pointer}/range", "must be here, channel or everyone")


def _emoji(found: Complaints, pointer: str, element: Json) -> None:
    found.length(f"{pointer}/name", element.get("name"), 100)


def _color(found: Complaints, pointer: str, element: Json) -> None:
    found.length(f"{pointer}/value", element.get("value"), 30)


def _link(found: Complaints, pointer: str, element: Json) -> None:
    url = element.get("url")
    found.length(f"{pointer}/url", url, 3000)
    if isinstance(url, str) and not url.startswith(SCHEMES):
        found.add(f"{pointer}/url", "invalid url")
    found.optional(f"{pointer}/text", element.get("text"), 40_000)


def _date(found: Complaints, pointer: str, element: Json) -> None:
    stamp = element.get("timestamp")
    if not isinstance(stamp, int) or isinstance(stamp, bool) or not 0 <= stamp < 10**11:
        found.add(f"{pointer}/timestamp", "must be Unix seconds")
    form = element.get("format")
    if not isinstance(form, str) or not DATE_PARTS.search(form):
        found.add(f"{pointer}/format", "must contain a date or time")
    elif "{" in DATE_PARTS.sub("", form):
        found.add(f"{pointer}/format", "unknown part in format")
    found.optional(f"{pointer}/fallback", element.get("fallback"), 3000)
    if element.get("url") is not None:
        _link(found, pointer, {"url": element["url"]})


CHECKS = {
    "text": _text,
    "link": _link,
    "date": _date,
    "emoji": _emoji,
    "broadcast": _broadcast,
    "color": _color,
}
