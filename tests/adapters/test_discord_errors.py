"""What Discord refuses a delivery with, row by row."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from core.model.delivery import Accepted, Deferred, Doubtful, Outcome, Refused, RouteDown
from tests.adapters.discord_harness import (
    CHANGE,
    DEADLINE,
    EDIT,
    OPEN_DIRECT,
    POST,
    DiscordHarness,
    discord_harness,
)
from tests.adapters.route_contract import HandedOver
from tests.discord.server import (
    Banned,
    DropAfter,
    DropBefore,
    Fault,
    Garbage,
    Permission,
    RateLimited,
    ServerError,
    Stall,
)
from tests.discord.server.errors import Refusal
from tests.discord.server.replies import json_reply


class Says(Fault):
    """Any of Discord's codes, those too that this Discord has no reason to give."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__()
        self._status, self._code = status, code

    async def strike(self, request: object, act: object) -> object:  # type: ignore[override]  # noqa: ARG002 - it looks at neither
        """Refuse without doing anything."""
        return json_reply(Refusal(self._status, self._code, "No").as_json(), self._status)


@pytest.fixture
async def house() -> AsyncIterator[DiscordHarness]:
    """Give a route to a guild."""
    async with discord_harness() as harness:
        yield harness


@dataclass(frozen=True)
class Row:
    """What Discord says, and what is made of it: a kind, a piece of the words, a wait."""

    status: int
    code: int
    kind: type[Outcome]
    words: str
    wait: float | None = None


ROWS = (
    Row(401, 0, RouteDown, "run `callboard doctor`"),
    Row(401, 50014, RouteDown, "run `callboard doctor`"),
    Row(403, 20026, Deferred, "spam", 600),
    Row(401, 40001, RouteDown, "run `callboard doctor`"),
    Row(403, 40002, Deferred, "verified", 600),
    Row(429, 20016, Deferred, "go slower", 30),
    Row(429, 20028, Deferred, "go slower", 30),
    Row(429, 20029, Deferred, "go slower", 30),
    Row(429, 30046, Deferred, "edits of older posts", 30),
    Row(400, 40003, Deferred, "new direct messages", 30),
    Row(400, 40004, Deferred, "no messages for a moment", 30),
    Row(400, 40006, Deferred, "switched that off", 30),
    Row(400, 130000, Deferred, "more to do than it can", 30),
    Row(404, 10004, Refused, "invite it to the server again"),
    Row(403, 50001, Refused, "let it in there"),
    Row(403, 50013, Refused, "allow it View Channel, Send Messages, Embed Links"),
    Row(400, 50008, Refused, "takes no messages"),
    Row(400, 50024, Refused, "takes no messages"),
    Row(400, 40067, Refused, "takes no messages"),
    Row(403, 50007, Refused, "no direct messages: they can allow them"),
    Row(403, 50278, Refused, "no direct messages: they can allow them"),
    Row(400, 160005, Refused, "locked"),
    Row(400, 200000, Refused, "AutoMod"),
    Row(400, 200001, Refused, "AutoMod"),
    Row(400, 240000, Refused, "harmful"),
    Row(403, 20009, Refused, "explicit"),
    Row(400, 50006, Refused, "its operator finds out why"),
    Row(400, 50035, Refused, "its operator finds out why"),
    Row(400, 50109, Refused, "its operator finds out why"),
    Row(404, 10003, Refused, "was deleted, or never was"),
    Row(404, 10013, Refused, "no such person"),
    Row(400, 50033, Refused, "no such person"),
    Row(400, 999_999, Refused, "Discord refused it (999999)"),
    Row(404, 0, RouteDown, "HTTP 404 instead of Discord: is that it?"),
)
_BAD_ADDRESS = {10003, 10013, 50033}


def _check(row: Row, outcome: Outcome) -> None:
    assert row.kind is type(outcome)
    assert isinstance(outcome, Deferred | Refused | RouteDown)
    assert row.words in outcome.reason
    if row.status != 401 and row.code:
        assert f"({row.code})" in outcome.reason
    if isinstance(outcome, Deferred):
        assert row.wait == outcome.retry_after
    if isinstance(outcome, Refused):
        assert (row.code in _BAD_ADDRESS) is outcome.bad_address


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.status}-{row.code}")
async def test_what_a_refused_post_comes_to(house: DiscordHarness, row: Row) -> None:
    house.discord.faults.add(POST, Says(row.status, row.code))
    lane, hand_over = await house.route.open(), HandedOver()

    outcome = await lane.send(house.message(1), hand_over)
    await lane.close()

    _check(row, outcome)
    assert hand_over.times == 1
    assert 1 == house.calls(POST)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.status}-{row.code}")
async def test_what_a_refused_edit_comes_to(house: DiscordHarness, row: Row) -> None:
    house.discord.faults.add(EDIT, Says(row.status, row.code))

    outcome = await house.send(house.notice(CHANGE, 2, posted="1:1"))

    _check(row, outcome)
    assert 0 == house.calls(POST)


async def test_a_person_whom_discord_does_not_know_is_a_bad_address(house: DiscordHarness) -> None:
    outcome = await house.send(house.notice(DEADLINE, 2, f"{house.guild.id}/404"))

    assert Refused("there is no such person in Discord (50033)", bad_address=True) == outcome


async def test_a_deleted_channel_is_a_bad_address_and_a_hidden_one_is_not(
    house: DiscordHarness,
) -> None:
    house.guild.delete_channel(house.general)
    house.stage.overwrite(house.guild.everyone, deny=Permission.VIEW_CHANNEL)

    deleted = await house.send(house.message(1))
    hidden = await house.send(house.message(2, house.to(house.stage)))

    assert isinstance(deleted, Refused)
    assert isinstance(hidden, Refused)
    assert (True, False) == (deleted.bad_address, hidden.bad_address)
    assert "(50001)" in hidden.reason


async def test_without_the_permission_for_embeds_it_says_what_to_allow(
    house: DiscordHarness,
) -> None:
    house.guild.change_role(house.guild.bot_role, Permission.NONE)
    house.general.overwrite(house.guild.everyone, deny=Permission.EMBED_LINKS)

    outcome = await house.send(house.message(1))

    assert isinstance(outcome, Refused)
    assert "Embed Links" in outcome.reason


async def test_a_guild_that_removed_the_bot_is_refused_in_words(house: DiscordHarness) -> None:
    house.guild.remove_bot()

    outcome = await house.send(house.message(1))

    assert isinstance(outcome, Refused)
    assert "invite it to the server again" in outcome.reason
    assert not outcome.bad_address


async def test_a_429_says_itself_how_long_to_wait(house: DiscordHarness) -> None:
    house.discord.faults.add(POST, RateLimited(7.25))

    outcome = await house.send(house.message(1))

    assert Deferred("Discord asks to go slower (429)", 7.25) == outcome


async def test_an_address_that_is_shut_out_breaks_the_route(house: DiscordHarness) -> None:
    house.discord.faults.add(POST, Banned())

    outcome = await house.send(house.message(1))

    assert RouteDown("Discord shuts this machine's address out for a while") == outcome


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (DropBefore(), "broke before it answered"),
        (DropAfter(), "broke before it answered"),
        (ServerError(500), "broke before it answered (HTTP 500)"),
        (ServerError(503), "broke before it answered (HTTP 503)"),
        (Garbage(), "could not be read"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_a_post_without_an_answer_is_in_doubt_and_an_edit_done_again(
    house: DiscordHarness, fault: Fault, words: str
) -> None:
    house.discord.faults.add(POST, fault)
    house.discord.faults.add(EDIT, fault)

    post = await house.send(house.message(1))
    edit = await house.send(house.notice(CHANGE, 2, posted="1:1"))

    assert isinstance(post, Doubtful)
    assert words in post.reason
    assert isinstance(edit, Deferred)
    assert words in edit.reason
    assert (1, 1) == (house.calls(POST), house.calls(EDIT))  # nothing is repeated by itself


async def test_direct_messages_that_could_not_be_opened_leave_no_doubt(
    house: DiscordHarness,
) -> None:
    house.discord.faults.add(OPEN_DIRECT, DropAfter())
    message = house.message(1, house.to(house.ann))

    first = await house.send(message)
    second = await house.send(message)

    assert isinstance(first, Deferred)
    assert isinstance(second, Accepted)


async def test_a_discord_that_does_not_answer_is_waited_for_and_then_in_doubt(
    house: DiscordHarness,
) -> None:
    house.discord.faults.add(POST, Stall())
    house.route = house.route_to(house.discord.api_url, seconds=0.2)

    outcome = await house.send(house.message(1))

    assert (
        Doubtful("the connection to Discord broke before it answered (it did not answer in time)")
        == outcome
    )
