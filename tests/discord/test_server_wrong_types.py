"""Whatever stands where something else belongs: it is taken or refused, and breaks nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.discord.scene import Scene
from tests.discord.server.complaints import Complaints
from tests.discord.server.errors import Json, Refusal
from tests.discord.server.rules_commands import check_command
from tests.discord.server.rules_events import check_new
from tests.discord.server.validation import Surface, check_choices, check_message, check_modal

INSTEAD: list[Any] = [None, True, -1, "x", [], ["x"], [{}], {"a": 1}]
CHOICES = [{"label": "a", "value": "a", "description": "d", "emoji": {"name": "🎬"}}]
BUTTON = {"type": 2, "style": 1, "label": "l", "custom_id": "b", "emoji": {"id": "1", "name": "x"}}
ENTITIES = {"type": 8, "custom_id": "c", "channel_types": [0], "max_values": 1}
MESSAGE: Json = {
    "content": "x",
    "embeds": [
        {
            "title": "t",
            "url": "https://x.example",
            "timestamp": "2030-01-01T00:00:00+00:00",
            "color": 1,
            "author": {"name": "a"},
            "footer": {"text": "f"},
            "image": {"url": "https://x.example"},
            "fields": [{"name": "n", "value": "v", "inline": True}],
        }
    ],
    "components": [
        {"type": 1, "components": [BUTTON]},
        {"type": 1, "components": [{"type": 3, "custom_id": "s", "options": CHOICES}]},
        {
            "type": 1,
            "components": [ENTITIES | {"default_values": [{"id": "1", "type": "channel"}]}],
        },
    ],
    "allowed_mentions": {"parse": ["users"], "roles": ["1"], "replied_user": False},
    "attachments": [{"id": 0, "filename": "a"}],
    "message_reference": {"message_id": "1"},
    "nonce": "n",
    "enforce_nonce": True,
    "flags": 0,
    "tts": False,
}
SECTION = {"type": 9, "components": [{"type": 10, "content": "x"}], "accessory": BUTTON}
GALLERY = {"type": 12, "items": [{"media": {"url": "https://x.example"}, "description": "d"}]}
LAYOUT: Json = {
    "flags": 1 << 15,
    "components": [
        {"type": 17, "components": [SECTION, GALLERY, {"type": 14, "spacing": 1}]},
        {"type": 13, "file": {"url": "attachment://x"}},
    ],
}
TEXT = {"type": 4, "custom_id": "t", "style": 1, "min_length": 1, "max_length": 5, "value": "v"}
GROUP = {"type": 22, "custom_id": "g", "options": [{"label": "a", "value": "a"}], "min_values": 1}
MODAL: Json = {
    "title": "t",
    "custom_id": "m",
    "components": [
        {"type": 18, "label": "l", "description": "d", "component": TEXT},
        {"type": 18, "label": "l", "component": GROUP},
        {"type": 1, "components": [TEXT | {"custom_id": "u", "label": "l"}]},
    ],
}
WHEN = {"type": 3, "name": "when", "description": "d", "choices": [{"name": "n", "value": "v"}]}
COMMAND: Json = {
    "name": "slot",
    "description": "d",
    "name_localizations": {"de": "platz"},
    "contexts": [0],
    "options": [
        {
            "type": 2,
            "name": "g",
            "description": "d",
            "options": [{"type": 1, "name": "s", "description": "d", "options": [WHEN]}],
        }
    ],
}
EVENT: Json = {
    "name": "n",
    "description": "d",
    "scheduled_start_time": "2030-01-01T00:00:00+00:00",
    "scheduled_end_time": "2030-01-01T01:00:00+00:00",
    "privacy_level": 2,
    "entity_type": 3,
    "entity_metadata": {"location": "l"},
}


def changed(whole: Json) -> Iterator[Any]:
    """Give copies of it, with something else at each place."""
    for path in _paths(whole):
        for other in INSTEAD:
            copied = json.loads(json.dumps(whole))
            inner = copied
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = other
            yield copied


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - any JSON
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else ()
    for step, inner in enumerate(value) if isinstance(value, list) else inside:
        yield from _paths(inner, (*path, step))


def _command(body: Json) -> None:
    found = Complaints()
    check_command(found, "", body)
    found.refuse()


def _event(body: Json) -> None:
    found = Complaints()
    check_new(found, body, 0)
    found.refuse()


@pytest.mark.parametrize(
    ("whole", "check"),
    [
        (MESSAGE, lambda body: check_message(body, Surface.CHANNEL)),
        (LAYOUT, lambda body: check_message(body, Surface.INTERACTION)),
        (MODAL, check_modal),
        ({"choices": [{"name": "n", "value": "v"}]}, lambda body: check_choices(body, 3)),
        (COMMAND, _command),
        (EVENT, _event),
    ],
)
def test_it_is_refused_or_taken(whole: Json, check: Callable[[Json], object]) -> None:
    refused = 0
    for body in changed(whole):
        try:
            check(body)
        except Refusal:
            refused += 1
    assert refused > 0


async def test_what_is_taken_can_be_carried_out(scene: Scene) -> None:
    left_out = {"attachments", "enforce_nonce"}  # or all after the first are the first again
    whole = {name: value for name, value in MESSAGE.items() if name not in left_out}
    written = scene.hanna.says("hello", scene.general)
    whole["message_reference"] = {"message_id": str(written.id)}
    small = whole | {"embeds": [{"title": "t", "footer": {"text": "f"}}], "components": []}
    for body in changed(small):
        await scene.call("POST", scene.messages, body)
    assert [] == scene.discord.protocol_errors
    assert len(scene.general.messages) > 10
