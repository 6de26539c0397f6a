"""What discord.py reads and writes by REST, and what Discord says no to."""

from __future__ import annotations

import io

import discord as library
import pytest

from tests.discord.scene import Scene
from tests.discord.server.permissions import Permission
from tests.discord.server.places import VOICE
from tests.discord.server.rehearsal import plain_client


async def refused(call: object) -> tuple[int, int]:
    """Give status and code of a call that discord.py is refused."""
    with pytest.raises(library.HTTPException) as caught:
        await call  # type: ignore[misc]  # any awaitable
    return caught.value.status, caught.value.code


async def test_a_message_is_posted_edited_and_deleted(scene: Scene) -> None:
    embed = library.Embed(title="Friday", description="**Evening** show")
    sent = await scene.channel.send("hello", embed=embed)
    (message,) = scene.general.messages
    assert "hello\nFriday\nEvening show" == message.words
    await sent.edit(content="changed")
    assert ("changed\nFriday\nEvening show", "hello") == (
        message.words,
        message.versions[0].content,
    )
    await sent.delete()
    assert [] == scene.general.messages
    assert (404, 10008) == await refused(sent.edit(content="x"))
    assert [] == scene.discord.protocol_errors


async def test_only_the_right_token_logs_in(scene: Scene) -> None:
    async with plain_client() as client:
        with pytest.raises(library.LoginFailure):
            await client.login("another.token")
    scene.discord.application.token_good = False
    assert (401, 0) == await refused(scene.channel.send("x"))


async def test_json_comes_under_exactly_that_type(scene: Scene) -> None:
    async with scene.session.get(f"{scene.discord.api_url}/gateway") as reply:
        assert "application/json" == reply.headers["Content-Type"]
        assert {"url": scene.discord.gateway.url} == await reply.json()


async def test_paths_ids_and_bodies_that_are_none_are_refused(scene: Scene) -> None:
    assert (404, {"message": "404: Not Found", "code": 0}) == await scene.call("GET", "/nothing")
    assert {"channel_id": "NUMBER_TYPE_COERCE"} == await scene.refused("GET", "/channels/x", None)
    url = scene.discord.api_url + scene.messages
    headers = {
        "Authorization": f"Bot {scene.discord.application.token}",
        "Content-Type": "application/json",
    }
    async with scene.session.post(url, data="{", headers=headers) as reply:
        assert (400, 50109) == (reply.status, (await reply.json())["code"])
    assert {"": "DICT_TYPE_CONVERT"} == await scene.refused("POST", scene.messages, [])


async def test_the_same_nonce_makes_no_second_message(scene: Scene) -> None:
    first = await scene.channel.send("x", nonce="slot-1")
    again = await scene.channel.send("y", nonce="slot-1")
    assert (first.id, 1) == (again.id, len(scene.general.messages))
    other = scene.guild.add_channel("other")
    elsewhere = scene.client.get_partial_messageable(other.id)
    await elsewhere.send("x", nonce="slot-1")
    assert 1 == len(other.messages)
    await scene.call("POST", scene.messages, {"content": "z", "nonce": "slot-1"})
    assert 2 == len(scene.general.messages)  # it was not to be enforced
    scene.discord.clock.advance(600)
    await scene.channel.send("x", nonce="slot-1")
    assert 3 == len(scene.general.messages)


async def test_history_is_read_from_every_side(scene: Scene) -> None:
    ids = [(await scene.channel.send(str(number))).id for number in range(6)]

    async def page(query: str) -> list[int]:
        _, told = await scene.call("GET", f"{scene.messages}?{query}")
        return [ids.index(int(one["id"])) for one in told]

    assert [5, 4, 3, 2, 1, 0] == await page("")
    assert [5, 4] == await page("limit=2")
    assert [2, 1] == await page(f"limit=2&before={ids[3]}")
    assert [3, 2] == await page(f"limit=2&after={ids[1]}")
    assert [4, 3, 2] == await page(f"limit=3&around={ids[3]}")
    wrong = await scene.refused("GET", f"{scene.messages}?limit=101", None)
    assert {"limit": "NUMBER_TYPE_MAX"} == wrong


async def test_a_file_is_uploaded_and_can_be_fetched(scene: Scene) -> None:
    file = library.File(io.BytesIO(b"BEGIN:VCALENDAR"), "slot.ics", description="calendar")
    sent = await scene.channel.send(file=file)
    assert (b"BEGIN:VCALENDAR", "calendar") == (
        await sent.attachments[0].read(),
        sent.attachments[0].description,
    )
    kept = await sent.edit(attachments=[])
    assert [] == kept.attachments
    large = library.File(io.BytesIO(b"x" * (10 * 1024 * 1024 + 1)), "large.bin")
    assert (413, 40005) == await refused(scene.channel.send(file=large))


async def test_direct_messages_reach_those_who_take_them(scene: Scene) -> None:
    person = await scene.client.fetch_user(scene.hanna.id)
    await person.send("hello")
    assert ["hello"] == [one.content for one in scene.hanna.direct_messages]
    scene.hanna.dms_closed = True
    assert (403, 50007) == await refused(person.send("again"))
    stranger = scene.discord.add_person("Stranger")
    unmet = await scene.client.fetch_user(stranger.id)
    assert (403, 50007) == await refused(unmet.send("hello"))
    assert (400, 50033) == await refused(scene.client.http.start_private_message(1))


async def test_only_own_messages_can_be_edited(scene: Scene) -> None:
    written = scene.hanna.says("hello", scene.general)
    foreign = scene.channel.get_partial_message(written.id)
    assert (403, 50005) == await refused(foreign.edit(content="x"))
    assert (403, 50013) == await refused(foreign.delete())
    scene.guild.change_role(
        scene.guild.bot_role, scene.guild.bot_role.permissions | Permission.MANAGE_MESSAGES
    )
    await foreign.delete()
    assert [] == scene.general.messages


async def test_a_reply_needs_its_message_unless_it_may_fail(scene: Scene) -> None:
    first = await scene.channel.send("card")
    await first.reply("changed")
    assert scene.general.messages[0] is scene.general.messages[1].reference
    await first.delete()
    assert (400, 50035) == await refused(first.reply("again"))
    reference = library.MessageReference.from_message(first, fail_if_not_exists=False)
    await scene.channel.send("again", reference=reference)
    assert scene.general.messages[-1].reference is None


async def test_a_thread_can_be_opened_once_and_is_no_longer_written_to_when_locked(
    scene: Scene,
) -> None:
    sent = await scene.channel.send("card")
    path = f"{scene.messages}/{sent.id}/threads"
    assert (201, "talk") == await _name(scene, path)
    status, told = await scene.call("POST", path, {"name": "talk"})
    assert (400, 160004) == (status, told["code"])
    thread = scene.guild.channels[sent.id]
    inside = scene.client.get_partial_messageable(thread.id)
    posted = await inside.send("hello")
    thread.archived = True
    assert (400, 50083) == await refused(posted.edit(content="x"))
    thread.locked = True
    assert (403, 50013) == await refused(inside.send("again"))


async def _name(scene: Scene, path: str) -> tuple[int, str]:
    status, told = await scene.call("POST", path, {"name": "talk"})
    return status, told["name"]


async def test_deleted_channels_unseen_ones_and_those_without_text_are_refused(
    scene: Scene,
) -> None:
    voice = scene.guild.add_channel("studio", type=VOICE)
    category = scene.guild.add_channel("all", type=4)
    await scene.client.get_partial_messageable(voice.id).send("x")
    elsewhere = scene.client.get_partial_messageable(category.id)
    assert (400, 50008) == await refused(elsewhere.send("x"))
    scene.guild.delete_channel(scene.general)
    assert (404, 10003) == await refused(scene.channel.send("x"))


async def test_guilds_roles_and_members_are_read(scene: Scene) -> None:
    role = scene.guild.add_role("Admins", permissions=Permission.MANAGE_GUILD)
    scene.guild.give(scene.hanna, role)
    guild = await scene.client.fetch_guild(scene.guild.id)
    member = await guild.fetch_member(scene.hanna.id)
    assert [role.id] == [int(one) for one in member._roles]  # noqa: SLF001 - no cache here
    assert {"@everyone", "Callboard", "Admins"} == {one.name for one in await guild.fetch_roles()}
    assert ["general"] == [one.name for one in await guild.fetch_channels()]
    assert (404, 10007) == await refused(guild.fetch_member(1))
    path = f"/guilds/{scene.guild.id}/members?limit=10"
    assert 50001 == (await scene.call("GET", path))[1]["code"]
    scene.discord.application.lists_members = True
    assert 3 == len((await scene.call("GET", path))[1])
    scene.guild.remove_bot()
    assert (404, 10004) == await refused(scene.client.fetch_guild(scene.guild.id))


async def test_refusals_are_kept_with_what_was_wrong(scene: Scene) -> None:
    await scene.call("POST", scene.messages, {"content": "x", "contents": "y"})
    (call,) = scene.discord.refusals
    assert ("POST /channels/{channel}/messages", "50035", ["contents"]) == (
        call.route,
        call.outcome,
        list(call.errors or {}),
    )
