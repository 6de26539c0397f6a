"""Application commands: how they are kept, and what Discord refuses of them."""

from __future__ import annotations

import discord as library
import pytest
from discord import app_commands

from tests.discord.scene import Scene
from tests.discord.server.errors import Json


def command(**fields: object) -> Json:
    return {"name": "slot", "description": "Reserve a slot", "type": 1} | fields


def option(kind: int = 3, name: str = "when", **fields: object) -> Json:
    return {"type": kind, "name": name, "description": "d"} | fields


def choice(number: int) -> Json:
    return {"name": f"n{number}", "value": f"v{number}"}


async def test_discord_py_syncs_a_tree(scene: Scene) -> None:
    tree = app_commands.CommandTree(scene.client)
    slot = app_commands.Group(
        name="slot",
        description="Slots",
        guild_only=True,
        default_permissions=library.Permissions(manage_guild=True),
    )

    @slot.command(name="reserve", description="Reserve a slot")
    @app_commands.choices(policy=[app_commands.Choice(name="lapse", value="lapse")])
    async def reserve(
        interaction: library.Interaction,
        when: app_commands.Range[str, 1, 100],
        policy: app_commands.Choice[str] | None = None,
        channel: library.TextChannel | None = None,
        seats: app_commands.Range[int, 1, 5] = 1,
    ) -> None:
        del interaction, when, policy, channel, seats

    @reserve.autocomplete("when")
    async def complete(
        interaction: library.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        del interaction, typed
        return []

    tree.add_command(slot)
    (first,) = await tree.sync()
    (again,) = await tree.sync()
    (kept,) = scene.discord.commands.values()
    assert (first.id, "slot", 1) == (again.id, kept.name, len(scene.discord.command_creates))
    assert [] == scene.discord.refusals


async def test_a_list_replaces_all_and_names_keep_their_ids(scene: Scene) -> None:
    _, (one, _) = await scene.call("PUT", scene.commands, [command(), command(name="admin")])
    _, (same, new) = await scene.call("PUT", scene.commands, [command(), command(name="help")])
    assert (one["id"], ["slot", "help"]) == (same["id"], [same["name"], new["name"]])
    assert (200, []) == await scene.call("PUT", scene.commands, [])
    assert {} == scene.discord.commands


async def test_one_is_made_changed_and_deleted(scene: Scene) -> None:
    status, made = await scene.call("POST", scene.commands, command())
    again, _ = await scene.call("POST", scene.commands, command(description="other"))
    assert (201, 200) == (status, again)
    path = f"{scene.commands}/{made['id']}"
    await scene.call("PATCH", path, {"description": "newest"})
    assert "newest" == (await scene.call("GET", path))[1]["description"]
    wrong = await scene.refused("PATCH", path, {"name": "A b"})
    assert {"name": "APPLICATION_COMMAND_INVALID_NAME"} == wrong
    assert 204 == (await scene.call("DELETE", path))[0]
    assert 10063 == (await scene.call("GET", path))[1]["code"]


async def test_a_guild_has_its_own_if_it_let_the_app_have_them(scene: Scene) -> None:
    app = scene.discord.application.id
    path = f"/applications/{app}/guilds/{scene.guild.id}/commands"
    await scene.call("PUT", path, [command()])
    assert (["slot"], {}) == (
        [one.name for one in scene.guild.commands.values()],
        scene.discord.commands,
    )
    scene.guild.commands_allowed = False
    assert 50001 == (await scene.call("PUT", path, [command()]))[1]["code"]
    assert 10002 == (await scene.call("GET", "/applications/1/commands"))[1]["code"]


async def test_there_are_limits_to_their_number_and_to_new_ones_a_day(scene: Scene) -> None:
    many = [command(name=f"c{number}") for number in range(101)]
    assert 30032 == (await scene.call("PUT", scene.commands, many))[1]["code"]
    for start in (0, 1000):
        names = [command(name=f"c{start + number}") for number in range(100)]
        assert 200 == (await scene.call("PUT", scene.commands, names))[0]
    assert 30034 == (await scene.call("PUT", scene.commands, [command()]))[1]["code"]
    scene.discord.clock.advance(86_401)
    assert 200 == (await scene.call("PUT", scene.commands, [command()]))[0]


@pytest.mark.parametrize(
    ("fields", "place", "code"),
    [
        ({"name": "n" * 33}, "name", "BASE_TYPE_BAD_LENGTH"),
        ({"name": "Slot"}, "name", "APPLICATION_COMMAND_INVALID_NAME"),
        ({"name": "my slot"}, "name", "APPLICATION_COMMAND_INVALID_NAME"),
        ({"name": "slot!"}, "name", "APPLICATION_COMMAND_INVALID_NAME"),
        ({"description": ""}, "description", "BASE_TYPE_REQUIRED"),
        ({"description": "d" * 101}, "description", "BASE_TYPE_BAD_LENGTH"),
        ({"type": 9}, "type", "BASE_TYPE_CHOICES"),
        ({"type": 2}, "description", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION"),
        ({"cooldown": 1}, "cooldown", "UNKNOWN_FIELD"),
        ({"contexts": [3]}, "contexts.0", "BASE_TYPE_CHOICES"),
        (
            {"default_member_permissions": "all"},
            "default_member_permissions",
            "BITFIELD_TYPE_CONVERT",
        ),
        (
            {"options": [option(name=f"o{number}") for number in range(26)]},
            "options",
            "BASE_TYPE_MAX_LENGTH",
        ),
        ({"options": [option(12)]}, "options.0.type", "BASE_TYPE_CHOICES"),
        ({"options": [option(description="")]}, "options.0.description", "BASE_TYPE_REQUIRED"),
        ({"options": [option(max_length=6001)]}, "options.0.max_length", "NUMBER_TYPE_MAX"),
        ({"options": [option(5, autocomplete=True)]}, "options.0.autocomplete", "UNKNOWN_FIELD"),
        (
            {"options": [option(), option()]},
            "options.1",
            "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
        ),
        (
            {"options": [option(), option(name="b", required=True)]},
            "options.1",
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        ),
        (
            {"options": [option(choices=[choice(number) for number in range(26)])]},
            "options.0.choices",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            {"options": [option(choices=[choice(1)], autocomplete=True)]},
            "options.0.autocomplete",
            "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE",
        ),
        (
            {"options": [option(choices=[choice(1), choice(1)])]},
            "options.0.choices.1",
            "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS",
        ),
        (
            {"options": [option(1), option(3, name="b")]},
            "options",
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
        ),
        (
            {"options": [option(2, options=[option(2, options=[])])]},
            "options.0.options.0.type",
            "BASE_TYPE_CHOICES",
        ),
        (
            {
                "options": [
                    option(
                        name=f"o{one}",
                        choices=[
                            {"name": f"n{number}", "value": "v" * 100} for number in range(25)
                        ],
                    )
                    for one in range(4)
                ]
            },
            "",
            "APPLICATION_COMMAND_TOO_LARGE",
        ),
    ],
)
async def test_each_rule_is_kept(scene: Scene, fields: Json, place: str, code: str) -> None:
    wrong = await scene.refused("POST", scene.commands, command(**fields))
    assert code == wrong.get(place)
    listed = await scene.refused("PUT", scene.commands, [command(**fields)])
    assert code == listed.get(f"0.{place}".rstrip("."))


async def test_two_of_a_name_are_refused(scene: Scene) -> None:
    wrong = await scene.refused("PUT", scene.commands, [command(), command()])
    assert {"1": "APPLICATION_COMMANDS_DUPLICATE_NAME"} == wrong
