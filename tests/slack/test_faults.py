"""What goes wrong while posting, through the whole outbox: nothing twice, and all are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from core.model.delivery import DeliveryState
from core.outbox.claim import LEASE
from core.outbox.retry import DOUBT
from tests.databases import SqliteFiles
from tests.desks import Clock, RunningClock
from tests.slack.runs import Run, Town, open_town, posted_in, reserve
from tests.slack.server import (
    Channel,
    DropAfter,
    DropBefore,
    Error,
    Fault,
    Garbage,
    Message,
    Person,
    RateLimited,
    ServerError,
    Stall,
)

INVITATION = ":calendar: Invitation"
CHANGED = ":pencil2: Changed"
DOUBT_OVER = DOUBT + timedelta(seconds=1)
REPORT = timedelta(seconds=30)


@pytest.fixture
async def town(sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock) -> AsyncIterator[Town]:
    async with open_town(sqlite_files.fresh(), tmp_path, clock) as opened:
        yield opened


async def later(town: Town, run: Run, by: timedelta) -> None:
    """Let time pass, and do what is due then."""
    town.clock.move(by)
    town.slack.clock.advance(by.total_seconds())
    await run.deliver()


async def states(town: Town, run: Run) -> set[DeliveryState]:
    """Give the states that deliveries are in."""
    return {one.state for one in await town.deliveries(run)}


def report_to(who: Person) -> Message:
    """Give the report that somebody got by direct message."""
    return next(one for one in who.direct_messages if "Report" in one.words)


async def change(who: Person, code: str, **fields: str) -> None:
    """Change a reservation by command."""
    typed = " ".join(f'{name}="{value}"' for name, value in fields.items())
    heard = await who.type(f"/slot change {code} {typed}")
    assert "Changed" in (await heard.message()).words


async def test_a_channel_that_is_to_be_left_alone_holds_up_nobody_else(
    sqlite_files: SqliteFiles, tmp_path: Path
) -> None:
    async with (
        open_town(sqlite_files.fresh(), tmp_path, RunningClock()) as town,
        town.run() as run,
    ):
        other = town.team.add_channel("C0002", name="other")
        limit = town.slack.faults.add(
            "chat.postMessage", RateLimited(2), channel=town.general.id, times=1
        )
        run.work()
        await reserve(
            town.hanna,
            "mon 20:00",
            channels=[town.general, other],
            people=[town.adam],
            audience="ann@example.org",
        )
        await asyncio.wait_for(limit.reached.wait(), 5)
        asked_at = town.slack.clock.now()
        await town.slack.until(lambda: other.messages and town.adam.direct_messages)
        await town.slack.until(lambda: town.hanna.direct_messages)
        assert [] == town.general.messages
        await town.slack.until(lambda: town.general.messages, within=10)
        calls = [
            one
            for one in town.slack.calls_of("chat.postMessage")
            if one.arguments["channel"] == town.general.id
        ]
        assert ["RateLimited", "ok"] == [one.outcome for one in calls]
        assert calls[1].at >= asked_at + 1.9
        assert ["Live stream"] == town.subjects("ann@example.org")


FAULTS: list[Callable[[], Fault]] = [
    DropAfter,
    DropBefore,
    ServerError,
    lambda: ServerError(503),
    lambda: Error("fatal_error"),
    lambda: Error("internal_error"),
    Garbage,
]


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_post_whose_fate_is_unknown_stands_there_once(
    town: Town, fault: Callable[[], Fault]
) -> None:
    secret = town.team.add_channel("C0007", name="secret", private=True, bot_is_member=True)
    secret.members |= {town.hanna.id}
    async with town.run() as run:
        for place in (town.general.id, secret.id, town.adam.id):
            town.slack.faults.add("chat.postMessage", fault(), channel=place)
        await reserve(town.hanna, channels=[town.general, secret], people=[town.adam])
        await run.deliver()
        await later(town, run, DOUBT_OVER)
        await later(town, run, DOUBT_OVER)
        for channel in (town.general, secret, town.adam.dm):
            assert 1 == len([one for one in posted_in(channel) if one == INVITATION])
        assert {DeliveryState.SENT} == await states(town, run)


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_edit_whose_fate_is_unknown_is_made_once_with_one_word_beneath(
    town: Town, fault: Callable[[], Fault]
) -> None:
    async with town.run() as run:
        code = await reserve(town.hanna, channels=[town.general])
        await run.deliver()
        town.slack.faults.add("chat.update", fault(), channel=town.general.id)
        town.slack.faults.add("chat.postMessage", fault(), channel=town.general.id)
        await change(town.hanna, code, title="Late show")
        for _ in range(4):
            await later(town, run, DOUBT_OVER)
        (card,) = town.general.messages
        assert "Late show" in card.words
        assert 1 == len(card.replies)
        assert DeliveryState.FAILED not in await states(town, run)


def _secret(town: Town) -> Channel:
    channel = town.team.add_channel("C0007", name="secret", private=True, bot_is_member=True)
    channel.members |= {town.hanna.id}
    return channel


async def _archived(town: Town) -> None:
    await town.slack.archive(town.general)


async def _removed(town: Town) -> None:
    await town.slack.remove_bot(town.team.channels["C0007"])


async def _deactivated(town: Town) -> None:
    town.adam.deleted = True


async def _closed(town: Town) -> None:
    town.general.post_refused = "restricted_action"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_archived, "archived"),
        (_removed, "/invite @Callboard"),
        (_deactivated, "switched off"),
        (_closed, "ask an admin"),
    ],
)
async def test_what_cannot_be_told_is_reported_with_what_to_do_and_not_tried_for_ever(
    town: Town, spoil: Callable[[Town], Awaitable[None]], words: str
) -> None:
    places = [town.general, _secret(town)]
    async with town.run() as run:
        await reserve(town.hanna, channels=places, people=[town.adam], audience="ann@example.org")
        await spoil(town)
        await run.deliver()
        await later(town, run, REPORT)
        report = report_to(town.hanna)
        assert words in report.words
        assert "3 of 4 told" in report.words
        before = len(town.slack.refusals)
        for _ in range(5):
            await later(town, run, timedelta(hours=1))
        assert before == len(town.slack.refusals)
        assert 1 == len([one for one in await town.deliveries(run) if one.state.missed])
        assert [] == [one for one in await town.deliveries(run) if one.state.open]


async def test_send_again_reaches_those_who_failed_and_nobody_else(town: Town) -> None:
    secret = _secret(town)
    async with town.run() as run:
        code = await reserve(
            town.hanna, channels=[town.general, secret], audience="ann@example.org"
        )
        await town.slack.remove_bot(secret)
        await run.deliver()
        await later(town, run, REPORT)
        report = report_to(town.hanna)
        assert "/invite @Callboard" in report.words
        assert [] == secret.messages

        secret.bot_is_member = True
        heard = await town.hanna.click(report, "slot:again", code)
        assert heard.error is None
        assert code in (await heard.message()).words
        await run.deliver()
        assert [INVITATION] == posted_in(secret)
        assert [INVITATION] == posted_in(town.general)
        assert ["Live stream"] == town.subjects("ann@example.org")

        again = await town.hanna.click(report, "slot:again", code)
        await again.message()
        await run.deliver()
        assert [INVITATION] == posted_in(secret)


@pytest.mark.parametrize("refusal", ["cannot_dm_bot", "user_disabled", "messages_tab_disabled"])
async def test_a_holder_without_direct_messages_is_told_by_mail(town: Town, refusal: str) -> None:
    async with town.run() as run:
        await town.hanna.type("/slot settings email=hanna@example.org", town.general)
        town.hanna.dm_refused = refusal
        code = await reserve(town.hanna)
        await run.deliver()
        assert ["Reserved"] == town.subjects("hanna@example.org")
        await change(town.hanna, code, title="Late show")
        await run.deliver()
        assert ["Reserved", "Changed"] == town.subjects("hanna@example.org")[:2]
        assert [] == town.hanna.direct_messages


@pytest.mark.parametrize("member", [True, False])
async def test_a_holder_without_direct_messages_or_mail_is_told_where_they_last_spoke(
    town: Town, *, member: bool
) -> None:
    town.general.bot_is_member = member
    async with town.run() as run:
        await town.hanna.type("/slot list", town.general)
        town.hanna.dm_refused = "messages_tab_disabled"
        await reserve(town.hanna)
        before = len(town.hanna.ephemeral)
        await run.deliver()
        (whisper,) = town.hanna.ephemeral[before:]
        assert town.general.id == whisper.channel_id
        assert "To be reconfirmed" in whisper.words
        assert [] == town.general.messages
        heard = await town.hanna.click(whisper, "slot:reconfirm")
        assert "Reconfirmed" in (await heard.message()).words


async def test_the_edit_of_a_post_that_was_deleted_posts_anew(town: Town) -> None:
    async with town.run() as run:
        code = await reserve(town.hanna, channels=[town.general], people=[town.adam])
        await run.deliver()
        for place in (town.general, town.adam.dm):
            place.messages[0].deleted = True
        await change(town.hanna, code, title="Late show")
        await run.deliver()
        for place in (town.general, town.adam.dm):
            (card,) = place.messages
            assert "Late show" in card.words
        await change(town.hanna, code, title="Latest show")
        await run.deliver()
        (card,) = town.general.messages
        assert "Latest show" in card.words


@pytest.mark.parametrize("acting", [True, False])
async def test_a_dispatcher_that_dies_over_a_post_leaves_one_post(
    database_url: str, tmp_path: Path, clock: Clock, *, acting: bool
) -> None:
    async with open_town(database_url, tmp_path, clock) as town:
        posting = town.slack.faults.add(
            "chat.postMessage", Stall(acting=acting), channel=town.general.id
        )
        async with town.run() as run:
            run.work()
            await reserve(town.hanna, channels=[town.general])
            await asyncio.wait_for(posting.reached.wait(), 5)
            await run.die()
        town.slack.faults.clear()
        async with town.run() as run:
            await later(town, run, LEASE + timedelta(seconds=1))
            await later(town, run, DOUBT_OVER)
            assert [INVITATION] == posted_in(town.general)
            assert {DeliveryState.SENT} == await states(town, run)


@pytest.mark.parametrize(
    "fault", [DropAfter, DropBefore, ServerError, lambda: RateLimited(0), lambda: Error("no_text")]
)
async def test_a_change_never_comes_before_its_announcement(
    town: Town, fault: Callable[[], Fault]
) -> None:
    async with town.run() as run:
        town.slack.faults.add("chat.postMessage", fault(), channel=town.general.id)
        code = await reserve(town.hanna, channels=[town.general], audience="ann@example.org")
        await run.deliver()
        await change(town.hanna, code, title="Late show")
        for _ in range(4):
            await later(town, run, DOUBT_OVER)
        if not town.general.messages:  # refused for good: it is sent again
            await town.hanna.type(f"/slot again {code}")
            await run.deliver()
        first_said = [
            (one.versions or [one])[0].words.partition("\n")[0] for one in town.general.messages
        ]
        # one that may have arrived is taken for known: then the change comes in a post of its own
        assert first_said in ([INVITATION], [CHANGED], [INVITATION, CHANGED])
        assert "Late show" in town.general.messages[-1].words
        assert ["Live stream"] == town.subjects("ann@example.org")[:1]
