"""Which events a client gets: of its guilds, by its intents, from channels that it sees."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import discord
import pytest

from tests.discord.server import dispatch, intents
from tests.discord.server.permissions import Permission
from tests.discord.server.rehearsal import (
    GUILDS,
    Stage,
    plain_client,
    pointed_at,
    running,
    set_stage,
)
from tests.discord.server.server import open_discord


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Give a guild with a client connected to it."""
    async with set_stage() as stage:
        yield stage


def seen_by(stage: Stage) -> discord.Guild:
    (guild,) = stage.client.guilds
    return guild


async def test_a_client_gets_to_know_the_guild(stage: Stage) -> None:
    stage.guild.add_role("admins", permissions=Permission.MANAGE_GUILD)
    await stage.client.wait_for("guild_role_create", timeout=5)
    guild = seen_by(stage)
    assert ("Stage", ["general"]) == (guild.name, [one.name for one in guild.text_channels])
    assert {"@everyone", "Callboard", "admins"} == {role.name for role in guild.roles}
    assert guild.me.guild_permissions.send_messages
    assert stage.client.application_id == stage.server.application.id


async def test_a_granted_intent_brings_the_members() -> None:
    async with open_discord() as server:
        server.gateway.privileged_intents = intents.GUILD_MEMBERS
        guild = server.add_guild("Stage", owner=server.add_person("Olga"))
        guild.add_member(server.add_person("Hanna"))
        client = plain_client(discord.Intents(guilds=True, members=True))
        with pointed_at(server):
            async with running(server, client):
                known = client.guilds[0].members
                assert {"Olga", "Hanna", "callboard"} == {one.display_name for one in known}


async def test_a_guild_that_removes_the_bot_is_gone(stage: Stage) -> None:
    coming = stage.client.wait_for("guild_remove", timeout=5)
    stage.guild.remove_bot()
    assert stage.guild.id == (await coming).id
    assert [] == list(stage.client.guilds)


async def test_a_guild_can_be_out_of_order_for_a_while(stage: Stage) -> None:
    coming = stage.client.wait_for("guild_unavailable", timeout=5)
    dispatch.break_down(stage.server.gateway, stage.guild)
    assert (await coming).unavailable
    coming = stage.client.wait_for("guild_available", timeout=5)
    dispatch.recover(stage.server.gateway, stage.guild)
    assert "Stage" == (await coming).name


async def test_a_deleted_channel_and_role_are_gone(stage: Stage) -> None:
    role = stage.guild.add_role("hosts")
    await stage.client.wait_for("guild_role_create", timeout=5)
    coming = stage.client.wait_for("guild_channel_delete", timeout=5)
    stage.guild.delete_channel(stage.general)
    assert "general" == (await coming).name
    without = stage.client.wait_for("guild_role_delete", timeout=5)
    stage.guild.delete_role(role)
    assert "hosts" == (await without).name


async def messages_read(granted: int, wanted: discord.Intents) -> list[str]:
    """Let a client read until a channel is made, and give what it read."""
    async with open_discord() as server:
        server.gateway.privileged_intents = granted
        hanna = server.add_person("Hanna")
        guild = server.add_guild("Stage", owner=server.add_person("Olga"))
        guild.add_member(hanna)
        general, secret = guild.add_channel("general"), guild.add_channel("secret")
        secret.overwrite(guild.bot_role, deny=Permission.VIEW_CHANNEL)
        client, read = plain_client(wanted), list[str]()

        async def on_message(message: discord.Message) -> None:
            read.append(f"{message.channel}: {message.content}")

        client.event(on_message)
        with pointed_at(server):
            async with running(server, client):
                coming = client.wait_for("guild_channel_create", timeout=5)
                hanna.says("hello", general)
                hanna.says("hush", secret)
                guild.add_channel("the end")
                await coming
        return read


async def test_messages_come_with_the_intents_for_them_and_from_channels_seen() -> None:
    with_messages = discord.Intents(guilds=True, guild_messages=True)
    with_contents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
    assert [] == await messages_read(0, GUILDS)
    assert ["general: "] == await messages_read(0, with_messages)
    assert ["general: hello"] == await messages_read(intents.MESSAGE_CONTENT, with_contents)


async def test_events_of_the_guild_come_with_the_intent_for_them() -> None:
    wanted = discord.Intents(guilds=True, guild_scheduled_events=True)
    async with set_stage(plain_client(wanted)) as stage:
        coming = stage.client.wait_for("scheduled_event_create", timeout=5)
        start = discord.utils.utcnow() + timedelta(days=1)
        made = await seen_by(stage).create_scheduled_event(
            name="Gala",
            start_time=start,
            end_time=start + timedelta(hours=2),
            entity_type=discord.EntityType.external,
            privacy_level=discord.PrivacyLevel.guild_only,
            location="the stage",
        )
        assert made.id == (await coming).id


async def test_what_is_shown_to_one_person_comes_as_a_direct_message_does() -> None:
    wanted = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
    async with set_stage(plain_client(wanted)) as stage:

        async def do(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("hush", ephemeral=True)

        stage.tree.command(name="do", description="Do it")(do)
        await stage.sync()
        coming = stage.client.wait_for("message", timeout=5)
        await stage.hanna.type("/do", stage.general)
        message = await coming
        assert ("hush", None) == (message.content, message.guild)
