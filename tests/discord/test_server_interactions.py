"""An interaction's life with the real discord.py: answered once, in time, and then gone on with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import discord
import pytest

from tests.discord.server.errors import NeverHappenedError
from tests.discord.server.heard import Heard
from tests.discord.server.rehearsal import Stage, set_stage

Acts = Callable[[discord.Interaction], Awaitable[object]]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Give a guild with a client connected to it."""
    async with set_stage() as stage:
        yield stage


async def typed(stage: Stage, acts: Acts, *, copies: int = 1) -> Heard:
    """Let `/do` act so, and Hanna type it."""

    async def do(interaction: discord.Interaction) -> None:
        stage.seen.append(interaction)
        await acts(interaction)

    stage.tree.clear_commands(guild=None)
    stage.tree.command(name="do", description="Do it")(do)
    await stage.sync()
    return await stage.hanna.type("/do", stage.general, copies=copies)


async def codes(stage: Stage) -> list[int]:
    """Wait until discord.py was refused something, and list the codes."""
    await stage.server.until(lambda: stage.errors)
    return [one.code for one in stage.errors if isinstance(one, discord.HTTPException)]


async def test_an_answer_to_one_person_is_shown_to_nobody_else(stage: Stage) -> None:
    heard = await typed(stage, lambda i: i.response.send_message("hush", ephemeral=True))
    message = await heard.message()
    assert ("hush", True, stage.hanna) == (message.words, message.ephemeral, message.ephemeral_for)
    assert [] == stage.general.messages
    assert [message] == stage.hanna.ephemeral


async def test_an_answer_to_all_stands_in_the_channel(stage: Stage) -> None:
    heard = await typed(stage, lambda i: i.response.send_message("hear, hear"))
    (message,) = stage.general.messages
    assert message is await heard.message()
    assert message.interaction is not None
    assert str(stage.hanna.id) == message.interaction["user"]["id"]


async def test_the_client_is_told_who_where_and_when(stage: Stage) -> None:
    await typed(stage, lambda i: i.response.send_message("yes"))
    interaction: discord.Interaction = stage.seen[0]
    assert isinstance(interaction.user, discord.Member)
    assert (stage.hanna.id, stage.general.id) == (interaction.user.id, interaction.channel_id)
    assert interaction.permissions.send_messages
    assert interaction.app_permissions.create_events
    assert not interaction.app_permissions.manage_guild
    assert abs((datetime.now(UTC) - interaction.created_at).total_seconds()) < 5
    assert interaction.is_guild_integration()
    assert "en-US" == str(interaction.guild_locale)


async def test_in_direct_messages_there_is_no_member(stage: Stage) -> None:
    async def do(interaction: discord.Interaction) -> None:
        stage.seen.append(interaction)
        await interaction.response.send_message("in private")

    stage.tree.command(name="do", description="Do it")(do)
    await stage.sync()
    heard = await stage.hanna.type("/do")
    assert "in private" == heard.words
    assert ["in private"] == [one.words for one in stage.hanna.direct_messages]
    interaction = stage.seen[0]
    assert isinstance(interaction.user, discord.User)
    assert isinstance(interaction.channel, discord.DMChannel)
    assert interaction.guild is None
    assert interaction.context.dm_channel


async def test_nobody_answers_in_time(stage: Stage) -> None:
    stage.server.patience = 0.1
    heard = await typed(stage, lambda _: asyncio.sleep(0))
    assert (None, "The application did not respond") == (heard.answered_in, heard.failed)
    with pytest.raises(NeverHappenedError, match="did not respond"):
        await heard.message()


async def test_an_answer_that_comes_too_late_is_refused(stage: Stage) -> None:
    stage.server.patience = 0.1
    failed = asyncio.Event()

    async def late(interaction: discord.Interaction) -> None:
        await failed.wait()
        await interaction.response.send_message("too late")

    heard = await typed(stage, late)
    failed.set()
    await stage.server.until(lambda: stage.server.refusals)
    assert ["10062"] == [call.outcome for call in stage.server.refusals]
    assert [] == heard.messages == stage.general.messages


async def test_time_that_a_test_lets_pass_makes_late_as_well(stage: Stage) -> None:
    async def late(interaction: discord.Interaction) -> None:
        stage.server.clock.advance(3.1)
        await interaction.response.defer()

    heard = await typed(stage, late)
    assert "The application did not respond" == heard.failed
    assert [10062] == await codes(stage)


async def test_a_second_answer_is_refused_and_noted(stage: Stage) -> None:
    async def twice(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("once")
        await discord.InteractionResponse(interaction).send_message("twice")

    heard = await typed(stage, twice)
    assert ([40060], "once") == (await codes(stage), heard.words)
    assert 1 == len(stage.server.protocol_errors)


async def test_a_refused_answer_leaves_room_for_a_better_one(stage: Stage) -> None:
    async def corrected(interaction: discord.Interaction) -> None:
        try:
            await interaction.response.send_message("x" * 2001)
        except discord.HTTPException as error:
            await discord.InteractionResponse(interaction).send_message(str(error.code))

    assert "50035" == (await typed(stage, corrected)).words


async def test_what_is_deferred_is_filled_in_later(stage: Stage) -> None:
    go_on = asyncio.Event()

    async def slowly(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await go_on.wait()
        await interaction.edit_original_response(content="done")

    heard = await typed(stage, slowly)
    assert ([], True) == (heard.messages, heard.thinking)
    go_on.set()
    message = await heard.message()
    assert ("done", True, False) == (message.words, message.ephemeral, heard.thinking)
    assert [] == stage.general.messages


async def test_the_first_message_after_a_deferral_fills_it_in(stage: Stage) -> None:
    async def slowly(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send("first")
        await interaction.followup.send("second", ephemeral=True)

    heard = await typed(stage, slowly)
    await stage.server.until(lambda: len(heard.messages) == 2)
    assert "first\nsecond" == heard.words
    assert all(one.ephemeral for one in heard.messages)
    assert 2 == len(stage.hanna.ephemeral)


async def test_messages_in_answer_can_be_read_changed_and_taken_away(stage: Stage) -> None:
    done = asyncio.Event()

    async def at_length(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("one")
        more = await interaction.followup.send("two", wait=True)
        await more.edit(content="three")
        stage.seen.append((await interaction.original_response()).content)
        await interaction.delete_original_response()
        done.set()

    heard = await typed(stage, at_length)
    await asyncio.wait_for(done.wait(), 5)
    assert "one" == stage.seen[1]
    assert ["three"] == [one.words for one in stage.general.messages] == [heard.words]
    assert ["two"] == [one.words for one in heard.messages[0].versions]


async def test_the_token_is_good_for_a_quarter_of_an_hour(stage: Stage) -> None:
    heard = await typed(stage, lambda i: i.response.send_message("yes"))
    interaction: discord.Interaction = stage.seen[0]
    stage.server.clock.advance(14 * 60)
    await interaction.followup.send("still", ephemeral=True)
    assert "yes\nstill" == heard.words
    stage.server.clock.advance(60)
    with pytest.raises(discord.HTTPException) as refused:
        await interaction.followup.send("no longer")
    assert (401, 50027) == (refused.value.status, refused.value.code)


async def test_before_the_first_answer_the_token_is_good_for_nothing_else(stage: Stage) -> None:
    async def hasty(interaction: discord.Interaction) -> None:
        for call in (interaction.followup.send("early"), interaction.original_response()):
            with pytest.raises(discord.NotFound) as refused:
                await call
            stage.seen.append(refused.value.code)
        await interaction.response.send_message("now")

    assert "now" == (await typed(stage, hasty)).words
    assert [10015, 10015] == stage.seen[1:]


@pytest.mark.parametrize("kind", [1, 6, 7, 8, 99])
async def test_a_command_takes_no_other_kinds_of_answer(stage: Stage, kind: int) -> None:
    async def wrongly(interaction: discord.Interaction) -> None:
        body: dict[str, Any] = {"type": kind, "data": {}}
        path = f"/interactions/{interaction.id}/{interaction.token}/callback"
        with pytest.raises(discord.HTTPException):
            await stage.client.http.request(discord.http.Route("POST", path), json=body)
        await interaction.response.send_message("right")

    assert "right" == (await typed(stage, wrongly)).words
    (refused,) = stage.server.refusals
    assert "50035" == refused.outcome
    assert refused.errors is not None
    assert "BASE_TYPE_CHOICES" == refused.errors["type"]["_errors"][0]["code"]


async def test_what_came_while_the_connection_was_broken_is_answered(stage: Stage) -> None:
    await typed(stage, lambda i: i.response.send_message("yes", ephemeral=True))
    with stage.server.gateway.holding():
        stage.server.gateway.drop()
        typing = asyncio.create_task(stage.hanna.type("/do", stage.general))
        await stage.server.until(lambda: len(stage.server.interactions) == 2)
    assert "yes" == (await typing).words
    assert (2, 1) == (len(stage.seen), stage.server.gateway.resumed)


async def test_the_same_interaction_may_come_twice(stage: Stage) -> None:
    heard = await typed(stage, lambda i: i.response.send_message("yes"), copies=2)
    assert ("yes", [40060]) == (heard.words, await codes(stage))
    assert [stage.seen[0].id] * 2 == [one.id for one in stage.seen]
    assert [] == stage.server.protocol_errors


async def test_where_no_client_is_connected_nothing_answers(stage: Stage) -> None:
    await typed(stage, lambda i: i.response.send_message("yes"))
    stage.server.patience = 0.1
    with stage.server.gateway.holding():
        stage.server.gateway.drop()
        heard = await stage.hanna.type("/do", stage.general)
    assert "The application did not respond" == heard.failed
