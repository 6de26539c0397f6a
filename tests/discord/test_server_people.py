"""What people can do in Discord's client, and what it keeps them from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal

import discord
import pytest
from discord import app_commands

from tests.discord.server.errors import NotSentError, NotThereError
from tests.discord.server.permissions import Permission
from tests.discord.server.places import VOICE
from tests.discord.server.rehearsal import Stage, set_stage

Length = app_commands.Range[str, 2, 5]
Hours = app_commands.Range[int, 1, 24]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Give a guild with a client connected to it."""
    async with set_stage() as stage:
        yield stage


async def with_options(stage: Stage) -> None:
    """Let `/desk program add` take an option of every kind, and note what came."""
    desk = app_commands.Group(name="desk", description="The desk")
    program = app_commands.Group(name="program", description="The program", parent=desk)

    @program.command(name="add", description="Add")
    async def add(  # noqa: PLR0913, PLR0917 - one option of each kind
        interaction: discord.Interaction,
        title: Length,
        hours: Hours = 1,
        share: float = 0.5,
        quick: bool = False,
        who: discord.Member | None = None,
        where: discord.TextChannel | None = None,
        role: discord.Role | None = None,
        anybody: discord.Member | discord.Role | None = None,
        file: discord.Attachment | None = None,
        mood: Literal["calm", "wild"] = "calm",
    ) -> None:
        content = await file.read() if file else None
        stage.seen.append([title, hours, share, quick, who, where, role, anybody, content, mood])
        await interaction.response.send_message("added", ephemeral=True)

    stage.tree.add_command(desk)
    await stage.sync()


def names(values: list[Any]) -> list[Any]:
    return [getattr(value, "name", value) for value in values]


async def test_typed_options_of_every_kind_arrive(stage: Stage) -> None:
    await with_options(stage)
    stage.guild.add_role("hosts")
    file = stage.hanna.upload("list.txt", b"a@b.example")
    text = (
        "/desk program add title:Gala hours:3 share:0.25 quick:True who:@Hanna Host "
        "where:#general role:@hosts anybody:@hosts mood:wild"
    )
    heard = await stage.hanna.type(text, stage.general, {"file": file})
    assert "added" == heard.words
    told = ["Gala", 3, 0.25, True, "hanna.host", "general", "hosts", "hosts", b"a@b.example"]
    assert [*told, "wild"] == names(stage.seen[0])
    assert isinstance(stage.seen[0][4], discord.Member)


@pytest.mark.parametrize(
    ("typed", "option"),
    [
        ("hours:2", "title"),
        ("title:x", "title"),
        ("title:longer", "title"),
        ("title:Gala hours:0", "hours"),
        ("title:Gala hours:soon", "hours"),
        ("title:Gala quick:perhaps", "quick"),
        ("title:Gala mood:sad", "mood"),
        ("title:Gala who:@nobody", "who"),
        ("title:Gala where:#stage door", "where"),
    ],
)
async def test_the_client_does_not_send_what_the_options_do_not_take(
    stage: Stage, typed: str, option: str
) -> None:
    stage.guild.add_channel("stage door", type=VOICE)
    await with_options(stage)
    with pytest.raises(NotSentError) as kept:
        await stage.hanna.type(f"/desk program add {typed}", stage.general)
    assert [option] == list(kept.value.complaints)
    assert {} == stage.server.interactions


@pytest.mark.parametrize(
    "text",
    [
        "/other program add title:Gala",
        "/desk other",
        "/desk program add loose words",
        "desk program add title:Gala",
    ],
)
async def test_only_commands_that_are_registered_can_be_typed(stage: Stage, text: str) -> None:
    await with_options(stage)
    with pytest.raises(NotThereError):
        await stage.hanna.type(text, stage.general)


async def with_rights(stage: Stage) -> None:
    """Register commands for everybody, for those who manage the server, for none, for guilds."""

    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("yes", ephemeral=True)

    commands: dict[str, app_commands.Command[Any, ..., None]] = {
        name: app_commands.Command(name=name, description="Do it", callback=answer)
        for name in ("all", "managers", "nobody", "here", "guilds")
    }
    commands["managers"].default_permissions = discord.Permissions(manage_guild=True)
    commands["nobody"].default_permissions = discord.Permissions.none()
    commands["here"].guild_only = True
    commands["guilds"].allowed_contexts = app_commands.AppCommandContext(guild=True)
    for command in commands.values():
        stage.tree.add_command(command)
    await stage.sync()


async def test_commands_are_offered_by_permission_and_place(stage: Stage) -> None:
    await with_rights(stage)
    offered = stage.hanna.offered
    assert {"all", "guilds", "here"} == set(offered(stage.general))
    assert {"all", "managers", "nobody"} == set(offered(stage.hanna.dm))
    managers = stage.guild.add_role("managers", permissions=Permission.MANAGE_GUILD)
    stage.guild.give(stage.hanna, managers)
    assert {"all", "guilds", "here", "managers"} == set(offered(stage.general))
    stage.guild.change_role(managers, Permission.ADMINISTRATOR)
    assert {"all", "guilds", "here", "managers", "nobody"} == set(offered(stage.general))


async def test_commands_are_not_offered_where_one_cannot_write(stage: Stage) -> None:
    await with_rights(stage)
    stage.general.overwrite(stage.guild.everyone, deny=Permission.SEND_MESSAGES)
    assert [] == stage.hanna.offered(stage.general)
    with pytest.raises(NotThereError):
        await stage.hanna.type("/all", stage.general)


async def test_commands_go_with_the_bot(stage: Stage) -> None:
    await with_rights(stage)
    stage.guild.remove_bot()
    assert [] == stage.hanna.offered(stage.general)


async def test_commands_of_a_guild_are_offered_only_there(stage: Stage) -> None:
    other = stage.server.add_guild("Other", owner=stage.hanna)
    elsewhere = other.add_channel("elsewhere")

    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("local", ephemeral=True)

    here = discord.Object(stage.guild.id)
    stage.tree.command(name="local", description="Here", guild=here)(answer)
    await stage.tree.sync(guild=here)
    assert "local" == (await stage.hanna.type("/local", stage.general)).words
    assert [] == stage.hanna.offered(elsewhere) == stage.hanna.offered(stage.hanna.dm)


async def with_button(stage: Stage, *, ephemeral: bool = False) -> None:
    """Let `/panel` show a button that answers."""

    class Panel(discord.ui.View):
        @discord.ui.button(label="Press", custom_id="panel:press:17")
        async def press(
            self, interaction: discord.Interaction, _: discord.ui.Button[discord.ui.View]
        ) -> None:
            await interaction.response.send_message(f"by {interaction.user.name}")

    async def panel(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("here", view=Panel(), ephemeral=ephemeral)

    stage.tree.command(name="panel", description="Show it")(panel)
    await stage.sync()


async def test_a_button_is_found_by_its_id_its_start_or_its_label(stage: Stage) -> None:
    await with_button(stage)
    message = await (await stage.hanna.type("/panel", stage.general)).message()
    for name in ("panel:press:17", "panel:press", "Press"):
        assert "by hanna.host" == (await stage.hanna.click(message, name)).words
    with pytest.raises(NotThereError):
        await stage.hanna.click(message, "Pull")


async def test_what_is_shown_to_one_person_only_they_can_use(stage: Stage) -> None:
    await with_button(stage, ephemeral=True)
    ann = stage.server.add_person("Ann")
    stage.guild.add_member(ann)
    message = await (await stage.hanna.type("/panel", stage.general)).message()
    with pytest.raises(NotThereError):
        await ann.click(message, "Press")
    assert "by hanna.host" == (await stage.hanna.click(message, "Press")).words
    stage.hanna.restarts_client()
    with pytest.raises(NotThereError):
        await stage.hanna.click(message, "Press")


async def test_what_is_in_a_channel_unseen_or_deleted_cannot_be_used(stage: Stage) -> None:
    await with_button(stage)
    message = await (await stage.hanna.type("/panel", stage.general)).message()
    stage.general.overwrite(stage.guild.everyone, deny=Permission.VIEW_CHANNEL)
    with pytest.raises(NotThereError):
        await stage.hanna.click(message, "Press")
    stage.general.overwrite(stage.guild.everyone)
    assert "by hanna.host" == (await stage.hanna.click(message, "Press")).words
    channel = stage.client.get_channel(stage.general.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.get_partial_message(message.id).delete()
    with pytest.raises(NotThereError):
        await stage.hanna.click(message, "Press")


async def test_a_button_that_an_edit_took_away_fails_unheard(stage: Stage) -> None:
    await with_button(stage)
    message = await (await stage.hanna.type("/panel", stage.general)).message()
    channel = stage.client.get_channel(stage.general.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.get_partial_message(message.id).edit(view=None)
    before = len(stage.server.interactions)
    heard = await stage.hanna.click(message.versions[-1], "Press")
    assert "This interaction failed" == heard.failed
    assert before == len(stage.server.interactions)


async def test_direct_messages_can_be_closed(stage: Stage) -> None:
    user = await stage.client.fetch_user(stage.hanna.id)
    await user.send("first")
    stage.hanna.closes_dms()
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("second")
    assert 50007 == refused.value.code
    stage.hanna.opens_dms()
    await user.send("third")
    assert ["first", "third"] == [one.words for one in stage.hanna.direct_messages]
