"""What the bot and the people may do where: roles, overwrites, administrators, owners."""

from __future__ import annotations

import discord as library
import pytest

from tests.discord.scene import Scene
from tests.discord.server.permissions import ALL, Permission

VIEW, SEND, EMBED = Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES, Permission.EMBED_LINKS


async def answer(scene: Scene, **body: object) -> int:
    """Post a message, and give the code of the answer, 0 if it was taken."""
    status, told = await scene.call("POST", scene.messages, {"content": "x"} | body)
    return 0 if status == 200 else int(told["code"])


async def test_a_channel_that_is_not_seen_is_no_access(scene: Scene) -> None:
    scene.general.overwrite(scene.guild.everyone, deny=VIEW)
    assert 50001 == await answer(scene)
    status, told = await scene.call("GET", f"/channels/{scene.general.id}")
    assert (403, 50001) == (status, told["code"])
    scene.general.overwrite(scene.guild.bot_role, allow=VIEW)
    assert 0 == await answer(scene)


@pytest.mark.parametrize(
    ("denied", "body"),
    [
        (SEND, {}),
        (EMBED, {"embeds": [{"title": "t"}]}),
        (Permission.READ_MESSAGE_HISTORY, {"message_reference": {"message_id": "1"}}),
    ],
)
async def test_what_is_denied_in_a_channel_is_refused(
    scene: Scene, denied: Permission, body: dict[str, object]
) -> None:
    scene.general.overwrite(scene.guild.bot_role, deny=denied)
    assert 50013 == await answer(scene, **body)


async def test_the_history_that_may_not_be_read_is_empty(scene: Scene) -> None:
    await scene.channel.send("x")
    scene.general.overwrite(scene.guild.bot_role, deny=Permission.READ_MESSAGE_HISTORY)
    assert (200, []) == await scene.call("GET", scene.messages)


async def test_a_file_needs_its_own_permission(scene: Scene) -> None:
    scene.general.overwrite(scene.guild.bot_role, deny=Permission.ATTACH_FILES)
    with pytest.raises(library.Forbidden) as caught:
        await scene.channel.send(file=library.File(__file__))
    assert 50013 == caught.value.code


def test_overwrites_count_in_their_order(scene: Scene) -> None:
    guild, hanna = scene.guild, scene.hanna
    one, two = guild.add_role("one"), guild.add_role("two")
    guild.give(hanna, one, two)
    scene.general.overwrite(guild.everyone, deny=SEND)
    assert not scene.general.permissions_of(hanna) & SEND
    scene.general.overwrite(one, deny=SEND)
    scene.general.overwrite(two, allow=SEND)  # among roles what is allowed prevails
    assert scene.general.permissions_of(hanna) & SEND
    scene.general.overwrite(hanna, deny=SEND)  # and over them the member's own
    assert not scene.general.permissions_of(hanna) & SEND
    assert not scene.general.permissions_of(hanna) & EMBED  # which is nothing without sending
    guild.give(hanna, guild.add_role("admin", permissions=Permission.ADMINISTRATOR))
    assert ALL == scene.general.permissions_of(hanna)


def test_owners_may_everything_and_strangers_nothing(scene: Scene) -> None:
    scene.general.overwrite(scene.guild.everyone, deny=VIEW)
    assert ALL == scene.guild.members[scene.olga.id].permissions
    assert ALL == scene.general.permissions_of(scene.olga)
    assert Permission.NONE == scene.general.permissions_of(scene.discord.add_person("Nobody"))
    assert Permission.NONE == scene.general.permissions_of(scene.hanna)


def test_a_thread_takes_its_permissions_from_its_channel(scene: Scene) -> None:
    thread = scene.guild.add_thread(scene.general, "talk", by=scene.hanna)
    scene.general.overwrite(scene.guild.everyone, deny=SEND)
    assert thread.permissions_of(scene.hanna) & EMBED
    scene.general.overwrite(scene.guild.everyone, deny=Permission.SEND_MESSAGES_IN_THREADS)
    assert not thread.permissions_of(scene.hanna) & EMBED


def test_a_role_that_is_gone_gives_nothing(scene: Scene) -> None:
    role = scene.guild.add_role("Admins", permissions=Permission.MANAGE_GUILD)
    scene.guild.give(scene.hanna, role)
    assert scene.guild.members[scene.hanna.id].permissions & Permission.MANAGE_GUILD
    scene.guild.delete_role(role)
    assert not scene.guild.members[scene.hanna.id].permissions & Permission.MANAGE_GUILD
