"""What Discord refuses of a message: each limit once, with its place and code."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.discord.scene import Scene
from tests.discord.server import schemas
from tests.discord.server.errors import Json

LONG, SHORT = "BASE_TYPE_BAD_LENGTH", "BASE_TYPE_REQUIRED"
MAX = "BASE_TYPE_MAX_LENGTH"
LARGEST: Json = {
    "content": "x" * 2000,
    "embeds": [
        {
            "title": "t" * 256,
            "url": "https://x.example",
            "description": "d" * 3000,
            "timestamp": datetime.now(UTC).isoformat(),
            "color": 0xFFFFFF,
            "author": {"name": "a" * 256, "url": "https://x.example"},
            "footer": {"text": "f" * 1024},
            "fields": [{"name": "n", "value": "v", "inline": True}] * 25,
        }
    ],
}


def embed(**fields: object) -> Json:
    return {"embeds": [{"description": "d"} | fields]}


async def test_the_largest_message_is_taken(scene: Scene) -> None:
    status, told = await scene.call("POST", scene.messages, LARGEST)
    assert (200, []) == (status, scene.discord.refusals), told


@pytest.mark.parametrize(
    ("body", "place", "code"),
    [
        ({"content": "x" * 2001}, "content", MAX),
        ({"content": 1}, "content", "STRING_TYPE_CONVERT"),
        ({"content": "x", "contents": "y"}, "contents", "UNKNOWN_FIELD"),
        ({"content": "x", "flags": 64}, "flags", "MESSAGE_FLAGS_NOT_ALLOWED"),
        ({"content": "x", "nonce": "n" * 26}, "nonce", "NONCE_TYPE_TOO_LONG"),
        ({"content": "x", "enforce_nonce": True}, "enforce_nonce", "NONCE_REQUIRED"),
        ({"content": "x", "tts": "no"}, "tts", "BOOLEAN_TYPE_CONVERT"),
        ({"embeds": [{"description": "d"}] * 11}, "embeds", MAX),
        ({"embeds": ["d"]}, "embeds.0", "DICT_TYPE_CONVERT"),
        ({"embeds": [{}]}, "embeds.0.description", SHORT),
        (embed(title="t" * 257), "embeds.0.title", MAX),
        (embed(description="d" * 4097), "embeds.0.description", MAX),
        (embed(url="ftp://x.example"), "embeds.0.url", "URL_TYPE_INVALID_SCHEME"),
        (embed(url="https://"), "embeds.0.url", "URL_TYPE_INVALID_URL"),
        (embed(url="javascript:x"), "embeds.0.url", "URL_TYPE_INVALID_SCHEME"),
        (embed(color=0x1000000), "embeds.0.color", "NUMBER_TYPE_MAX"),
        (embed(timestamp="soon"), "embeds.0.timestamp", "DATE_TIME_TYPE_PARSE"),
        (
            embed(timestamp="2030-01-01T20:00:00"),
            "embeds.0.timestamp",
            "DATE_TIME_WITHOUT_ZONE",
        ),
        (embed(footer={"text": "f" * 2049}), "embeds.0.footer.text", LONG),
        (embed(author={"name": "a" * 257}), "embeds.0.author.name", LONG),
        (embed(image={"url": "data:x"}), "embeds.0.image.url", "URL_TYPE_INVALID_SCHEME"),
        (embed(colour=1), "embeds.0.colour", "UNKNOWN_FIELD"),
        (embed(fields=[{"name": "n", "value": "v"}] * 26), "embeds.0.fields", MAX),
        (embed(fields=[{"name": "n", "value": ""}]), "embeds.0.fields.0.value", SHORT),
        (embed(fields=[{"name": "n", "value": " "}]), "embeds.0.fields.0.value", SHORT),
        (embed(fields=[{"name": "n" * 257, "value": "v"}]), "embeds.0.fields.0.name", LONG),
        (embed(fields=[{"name": "n", "value": "v" * 1025}]), "embeds.0.fields.0.value", LONG),
        ({"embeds": [{"description": "d" * 3001}] * 2}, "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
        (
            {"content": "x", "allowed_mentions": {"parse": ["here"]}},
            "allowed_mentions.parse.0",
            "BASE_TYPE_CHOICES",
        ),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
            "allowed_mentions",
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
        (
            {"content": "x", "allowed_mentions": {"users": [str(one) for one in range(101)]}},
            "allowed_mentions.users",
            MAX,
        ),
        (
            {"content": "x", "attachments": [{"id": 0}]},
            "attachments.0.id",
            "ATTACHMENT_NOT_FOUND",
        ),
    ],
)
async def test_each_limit_is_kept(scene: Scene, body: Json, place: str, code: str) -> None:
    assert code == (await scene.refused("POST", scene.messages, body)).get(place)
    assert [] == scene.general.messages


async def test_nothing_is_no_message(scene: Scene) -> None:
    nothing: list[Json] = [{}, {"content": ""}, {"embeds": []}]
    for body in nothing:
        assert (400, 50006) == _code(await scene.call("POST", scene.messages, body))


async def test_an_edit_is_held_to_the_same(scene: Scene) -> None:
    sent = await scene.channel.send("x")
    path = f"{scene.messages}/{sent.id}"
    assert {"content": MAX} == await scene.refused("PATCH", path, {"content": "x" * 2001})
    unknown = await scene.refused("PATCH", path, {"nonce": "n"})
    assert {"nonce": "UNKNOWN_FIELD"} == unknown
    assert 200 == (await scene.call("PATCH", path, {"content": "y"}))[0]


async def test_discords_own_description_is_asked_where_it_is_at_hand(scene: Scene) -> None:
    if schemas.interfaces() is None:
        pytest.skip("Discord's description of its interface is not at hand")
    picture = {"url": "https://x.example/a.png", "width": "wide"}
    wrong = await scene.refused("POST", scene.messages, embed(image=picture))
    assert {"embeds.0.image.width": "SCHEMA"} == wrong


async def test_without_that_description_the_rules_stand_alone(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLBOARD_TEST_INTERFACES", "/nowhere")
    schemas.forget()
    try:
        status, _ = await scene.call("POST", scene.messages, LARGEST)
        wrong = await scene.refused("POST", scene.messages, embed(colour=1))
    finally:
        schemas.forget()
    assert (200, {"embeds.0.colour": "UNKNOWN_FIELD"}) == (status, wrong)


def _code(answer: tuple[int, Any]) -> tuple[int, int]:
    return answer[0], answer[1]["code"]
