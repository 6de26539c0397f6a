"""Whom a message pings: what it names, as far as `allowed_mentions` and permissions go."""

from __future__ import annotations

import discord as library
import pytest

from tests.discord.scene import Scene
from tests.discord.server.errors import Json
from tests.discord.server.permissions import Permission


async def pings(scene: Scene, **body: object) -> set[int | str]:
    """Post a message, and give whom it pinged."""
    status, _ = await scene.call("POST", scene.messages, body)
    assert 200 == status
    return scene.general.messages[-1].pings


async def test_without_saying_otherwise_everybody_named_is_pinged(scene: Scene) -> None:
    role = scene.guild.add_role("Crew", mentionable=True)
    text = f"{scene.hanna.mention} {role.mention} <@!{scene.olga.id}> <@1>"
    assert {scene.hanna.id, scene.olga.id, role.id} == await pings(scene, content=text)


async def test_everyone_and_other_roles_need_the_permission(scene: Scene) -> None:
    role = scene.guild.add_role("Crew")
    text = f"@everyone @here {role.mention}"
    assert set() == await pings(scene, content=text)
    scene.guild.change_role(
        scene.guild.bot_role, scene.guild.bot_role.permissions | Permission.MENTION_EVERYONE
    )
    assert {"everyone", "here", role.id} == await pings(scene, content=text)


@pytest.mark.parametrize(
    ("allowed", "hanna", "role"),
    [
        ({}, False, False),
        ({"parse": []}, False, False),
        ({"parse": ["users"]}, True, False),
        ({"parse": ["roles", "everyone"]}, False, True),
        ({"roles": ["ROLE"], "users": []}, False, True),
        ({"users": ["HANNA"]}, True, False),
        ({"users": ["1"]}, False, False),
    ],
)
async def test_allowed_mentions_are_honoured(
    scene: Scene, allowed: Json, *, hanna: bool, role: bool
) -> None:
    crew = scene.guild.add_role("Crew", mentionable=True)
    ids = {"HANNA": str(scene.hanna.id), "ROLE": str(crew.id)}
    meant = {
        name: [ids.get(one, one) for one in listed] if name != "parse" else listed
        for name, listed in allowed.items()
    }
    expected = ({scene.hanna.id} if hanna else set()) | ({crew.id} if role else set())
    text = f"{scene.hanna.mention} {crew.mention}"
    assert expected == await pings(scene, content=text, allowed_mentions=meant)


async def test_embeds_never_ping_but_texts_in_components_do(scene: Scene) -> None:
    assert set() == await pings(scene, embeds=[{"description": scene.hanna.mention}])
    shown = [{"type": 17, "components": [{"type": 10, "content": scene.hanna.mention}]}]
    assert {scene.hanna.id} == await pings(scene, flags=1 << 15, components=shown)


async def test_an_edit_pings_nobody(scene: Scene) -> None:
    sent = await scene.channel.send("x")
    body = {"content": scene.hanna.mention}
    await scene.call("PATCH", f"{scene.messages}/{sent.id}", body)
    (message,) = scene.general.messages
    assert (set(), {scene.hanna.id}) == (message.pings, message.mentions)


async def test_who_is_replied_to_is_pinged_unless_told_not_to(scene: Scene) -> None:
    written = scene.hanna.says("hello", scene.general)
    reference = {"message_id": str(written.id)}
    assert {scene.hanna.id} == await pings(scene, content="x", message_reference=reference)
    quiet: Json = {"parse": []}
    assert set() == await pings(
        scene, content="x", message_reference=reference, allowed_mentions=quiet
    )


async def test_a_client_that_allows_none_pings_nobody(scene: Scene) -> None:
    await scene.channel.send(f"@everyone {scene.hanna.mention}")
    assert set() == scene.general.messages[-1].pings
    allowed = library.AllowedMentions(users=True)
    await scene.channel.send(scene.hanna.mention, allowed_mentions=allowed)
    assert {scene.hanna.id} == scene.general.messages[-1].pings
