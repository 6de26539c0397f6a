"""Completions, buttons and selects, with the real discord.py."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any, Self

import discord
import pytest
from discord import app_commands, ui

from tests.discord.server.errors import NeverHappenedError, NotSentError, NotThereError
from tests.discord.server.messages import Message
from tests.discord.server.places import VOICE
from tests.discord.server.rehearsal import Stage, plain_client, running, set_stage

SIZES = [discord.SelectOption(label="Small", value="s"), discord.SelectOption(label="Large")]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Give a guild with a client connected to it."""
    async with set_stage() as stage:
        yield stage


class Form(ui.Modal, title="More"):
    """What a select may lead to."""

    field: ui.TextInput[Any] = ui.TextInput(label="Title", custom_id="title")

    def __init__(self, stage: Stage) -> None:
        super().__init__(custom_id="more:1")
        self._stage = stage

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Note what came."""
        self._stage.seen.append(interaction)
        await interaction.response.edit_message(content=self.field.value, view=None)


async def test_choices_are_offered_while_one_types(stage: Stage) -> None:
    async def when(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        stage.seen.append((current, interaction.namespace.length))
        return [app_commands.Choice(name=f"{current}!", value=f"{current}?".upper())]

    @app_commands.autocomplete(when=when)
    async def do(interaction: discord.Interaction, when: str, length: str = "1h") -> None:
        await interaction.response.send_message(f"{when} for {length}", ephemeral=True)

    slot = app_commands.Group(name="slot", description="Slots")
    slot.command(name="reserve", description="Reserve")(do)
    stage.tree.add_command(slot)
    await stage.sync()
    others = {"length": "2h"}
    for typed in ("", "fri"):
        choices = await stage.hanna.completes(
            "/slot reserve", "when", typed, channel=stage.general, others=others
        )
    assert [{"name": "fri!", "value": "FRI?"}] == choices
    assert [("", "2h"), ("fri", "2h")] == stage.seen
    text = f"/slot reserve when:{choices[0]['value']} length:2h"
    assert "FRI? for 2h" == (await stage.hanna.type(text, stage.general)).words
    with pytest.raises(NotThereError):
        await stage.hanna.completes("/slot reserve", "length", "2", channel=stage.general)


async def test_choices_that_discord_does_not_take_are_not_offered(stage: Stage) -> None:
    stage.server.patience = 0.5

    async def when(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=current * 101, value="x")]

    @app_commands.autocomplete(when=when)
    async def do(interaction: discord.Interaction, when: str) -> None:
        await interaction.response.send_message(when)

    stage.tree.command(name="do", description="Do it")(do)
    await stage.sync()
    with pytest.raises(NeverHappenedError, match="Loading options failed"):
        await stage.hanna.completes("/do", "when", "f", channel=stage.general)
    assert ["50035"] == [call.outcome for call in stage.server.refusals]


class Reconfirm(ui.DynamicItem[ui.Button[Any]], template=re.compile(r"slot:reconfirm:(?P<id>\d+)")):
    """A button that works after a restart."""

    def __init__(self, number: int) -> None:
        custom_id = f"slot:reconfirm:{number}"
        super().__init__(ui.Button(label="Reconfirm", custom_id=custom_id))
        self.number = number

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Make it anew from what is clicked."""
        return cls(int(match["id"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Change the message that it is in, then say so to whoever clicked."""
        await interaction.response.edit_message(content=f"reconfirmed {self.number}", view=None)
        await interaction.followup.send("thank you", ephemeral=True)


async def with_button(stage: Stage) -> Message:
    """Let the bot post a message with a dynamic button."""
    stage.client.add_dynamic_items(Reconfirm)
    view = ui.View(timeout=None)
    view.add_item(Reconfirm(17))
    channel = stage.client.get_channel(stage.general.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("your slot", view=view)
    return stage.general.messages[-1]


async def test_a_dynamic_button_changes_its_message(stage: Stage) -> None:
    message = await with_button(stage)
    heard = await stage.hanna.click(message, "slot:reconfirm")
    await stage.server.until(lambda: heard.messages)
    assert ("reconfirmed 17", "thank you") == (message.words, heard.words)
    assert message is heard.updated
    assert ["your slot\nReconfirm"] == [one.words for one in message.versions]


async def test_a_dynamic_button_works_after_a_restart(stage: Stage) -> None:
    message = await with_button(stage)
    await stage.client.close()
    after = plain_client()
    after.add_dynamic_items(Reconfirm)
    async with running(stage.server, after):
        assert message is await (await stage.hanna.click(message, "Reconfirm")).message()
    assert "reconfirmed 17" == message.words


async def with_selects(stage: Stage) -> tuple[Message, list[Any]]:
    """Let the bot show selects and buttons, and note what is chosen."""
    seen: list[Any] = []

    class Panel(ui.View):
        @ui.select(options=SIZES, custom_id="size", max_values=2)
        async def size(self, interaction: discord.Interaction, select: ui.Select[Self]) -> None:
            seen.append(select.values)
            await interaction.response.defer()
            await interaction.edit_original_response(content="size noted")

        @ui.select(
            cls=ui.ChannelSelect, custom_id="place", channel_types=[discord.ChannelType.text]
        )
        async def place(
            self, interaction: discord.Interaction, select: ui.ChannelSelect[Self]
        ) -> None:
            seen.append([one.name for one in select.values])
            await interaction.response.send_modal(Form(stage))

        @ui.button(label="Grey", custom_id="grey", disabled=True)
        async def grey(self, _: discord.Interaction, __: ui.Button[Self]) -> None: ...

    async def panel(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("panel", view=Panel(), ephemeral=True)

    stage.tree.command(name="panel", description="Show it")(panel)
    await stage.sync()
    return await (await stage.hanna.type("/panel", stage.general)).message(), seen


async def test_what_is_chosen_in_a_select_arrives(stage: Stage) -> None:
    message, seen = await with_selects(stage)
    heard = await stage.hanna.choose(message, "size", ["Small", "Large"])
    await stage.server.until(lambda: heard.updated)
    assert ([["s", "Large"]], True) == (seen, message.words.startswith("size noted"))
    assert [message] == stage.hanna.ephemeral


async def test_the_client_checks_what_is_chosen(stage: Stage) -> None:
    stage_door = stage.guild.add_channel("stage door", type=VOICE)
    message, seen = await with_selects(stage)
    for name, values in (("size", []), ("place", stage_door)):
        with pytest.raises(NotSentError):
            await stage.hanna.choose(message, name, values)
    for name in ("Grey", "grey"):
        with pytest.raises(NotThereError):
            await stage.hanna.click(message, name)
    assert [] == seen


async def test_a_modal_opened_from_a_message_can_change_it(stage: Stage) -> None:
    message, seen = await with_selects(stage)
    heard = await stage.hanna.choose(message, "place", stage.general)
    heard = await stage.hanna.submit(await heard.opened(), {"title": "Gala"})
    assert [["general"]] == seen
    interaction: discord.Interaction = stage.seen[0]
    assert interaction.message is not None
    assert message.id == interaction.message.id
    assert ("Gala", message) == (message.words, heard.updated)
