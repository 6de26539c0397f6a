"""Whether what the desk sends to Slack is tame: a person's words are shown, and never read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from core.notices.said import cleaned
from tests.slack.house import SlackHouse
from tests.slack.server import Heard, Person, View, payloads
from tests.slack.server.answers import to_submission
from tests.slack.server.grants import grant_trigger

MARK = "\u017bq\u017b"  # behind a hostile string; found nowhere in words of ours
_ESCAPE = re.compile(r"&(?!amp;|lt;|gt;)")
_PINGS = {"user", "usergroup", "broadcast", "channel", "team", "mrkdwn", "image", "video"}
_OURS = (
    *("https://callboard.example.org/", "https://live.example/", "http://127.0.0.1"),
    *("https://calendar.google.com/calendar/render?action=TEMPLATE&",),
)
_EMOJI = re.compile(r"[a-z0-9_]{1,30}")
# where a marked string may stand: the type of the object (None: it has none), and the key
_MAY_STAND = {("text", "text"), ("plain_text", "text"), (None, "value")}


class Watch:
    """Looks at all that the desk answers and calls, and complains of what is not tame."""

    def __init__(self, house: SlackHouse) -> None:
        self._house = house
        self._looked_at = 0

    def answered(self, heard: Heard) -> Heard:
        """See that there was an answer, in time, that it is tame, and not that of a breakdown."""
        assert heard.error is None, heard
        assert heard.messages or heard.view or heard.errors or heard.response, heard
        look_at(heard.response or {})
        for said in (*(one.words for one in heard.messages), *heard.errors.values()):
            assert "Something went wrong" not in said
        if heard.view is not None:
            assert "Something went wrong" not in heard.view.words
        self.calls()
        return heard

    def calls(self) -> None:
        """Look at the calls since the last time."""
        calls = self._house.slack.calls
        for call in calls[self._looked_at :]:
            if call.method.startswith(("chat.", "views.", "response_url")):
                look_at(call.arguments)
        self._looked_at = len(calls)


def look_at(content: dict[str, Any]) -> None:
    """Raise AssertionError where Slack could read markup in a message or a view."""
    if "text" in content and isinstance(content["text"], str):
        assert not set("<>*_~`\n\r") & set(content["text"]), content["text"]
        assert not _ESCAPE.search(content["text"]), content["text"]
    assert content.get("parse") in (None, "none")
    for node in _nodes(content.get("blocks", [])):
        _element(node)
    if isinstance(content.get("view"), dict):
        view = content["view"]
        assert MARK not in str(view.get("private_metadata", ""))
        for node in _nodes(view):
            _element(node)
    for said in content.get("errors", {}).values():
        assert [cleaned(line) for line in said.splitlines()] == said.splitlines()


def _element(node: dict[str, Any]) -> None:
    kind = node.get("type")
    assert kind not in _PINGS, node
    if kind == "emoji":
        assert _EMOJI.fullmatch(node["name"]), node
    if "url" in node:
        assert node["url"].startswith((*_OURS, "mailto:")), node
        assert MARK not in node["url"], node
    for key, value in node.items():
        if isinstance(value, str) and MARK in value:
            may = (kind, key) in _MAY_STAND or key == "initial_value"
            assert may or (kind == "button" and key == "value"), (kind, key, value)
            assert not set("\x00\x1b\u202e\u2066\u200b") & set(value), node


def _nodes(content: object) -> Iterator[dict[str, Any]]:
    if isinstance(content, dict):
        yield content
        for inner in content.values():
            yield from _nodes(inner)
    elif isinstance(content, list):
        for inner in content:
            yield from _nodes(inner)


async def forge(person: Person, view: View, fields: dict[str, object]) -> Heard:
    """Hand a form in past all that Slack's client checks, as a hostile client could."""
    person.fill(view, fields)
    heard = Heard(person, "interactive", payloads.submission(person.slack, person, view), "forged")
    heard.payload["trigger_id"] = grant_trigger(person.slack, heard, view)
    await person._send(heard)  # noqa: SLF001 - there is no other way past the checks
    to_submission(person.slack, heard, view)
    return heard
