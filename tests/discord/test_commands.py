"""`/slot` in a guild: who is answered what, and that nobody else reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.model.recipient import RouteName
from core.store.store import Store
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.discord.house import DiscordHouse, open_discord_house
from tests.discord.server.errors import Json
from tests.discord.server.permissions import Permission

LATE_SHOW = (
    "/slot reserve when:fri 20:00 for 2h server:Studio title:Late show"
    " audience:ann@example.org policy:at once"
)


async def test_a_first_list_is_answered_to_the_person_alone(house: DiscordHouse) -> None:
    heard = await house.hanna.type("/slot list", house.general)
    assert "You have nothing reserved" in heard.words
    (message,) = heard.messages
    assert message.ephemeral
    assert [] == house.general.messages


async def test_a_slot_is_reserved_shown_changed_reconfirmed_and_cancelled(
    house: DiscordHouse,
) -> None:
    hanna, general = house.hanna, house.general
    assert "Permitted" in (await hanna.type(LATE_SHOW, general)).words
    (reservation,) = await house.reservations()
    assert "Late show" == reservation.title
    code = reservation.code
    assert code in (await hanna.type("/slot list", general)).words
    assert "Playback" in (await hanna.type(f"/slot show code:{code}", general)).words
    assert "Stream key" in (await hanna.type(f"/slot key code:{code}", general)).words
    changed = await hanna.type(f"/slot change code:{code} when:sat 21:00", general)
    assert "Changed" in changed.words
    assert "Reconfirmed" in (await hanna.type(f"/slot reconfirm code:{code}", general)).words
    await house.deliver()
    assert ["Live stream: Late show"] == [
        str(one["Subject"]).partition(",")[0] for one in house.mails("ann@example.org")
    ]
    assert "Cancelled" in (await hanna.type(f"/slot cancel code:{code} reason:ill", general)).words
    assert [] == await house.reservations()


async def test_channels_and_people_are_put_on_the_audience(house: DiscordHouse) -> None:
    heard = await house.hanna.type(
        f"{LATE_SHOW} title:Late show",
        house.general,
        {"channel": house.general, "person": house.adam},
    )
    assert "3 recipients are told now" in heard.words
    (reservation,) = await house.reservations()
    contacts = await house.desk.read(_contacts, reservation.id)
    assert {
        "email:ann@example.org",
        f"discord:{house.guild.id}/#{house.general.id}",
        f"discord:{house.guild.id}/{house.adam.id}",
    } == contacts


def _contacts(store: Store, _: object, reservation_id: int) -> set[str]:
    found = store.recipients.of(reservation_id)
    return {f"{one.contact.route}:{one.contact.address}" for one in found if one.number}


async def test_mentions_that_were_typed_are_taken_if_they_can_be_seen(house: DiscordHouse) -> None:
    secret = house.guild.add_channel("secret")
    secret.overwrite(house.guild.everyone, deny=Permission.VIEW_CHANNEL)
    stranger = house.discord.add_person("Stranger")
    await house.hanna.type(LATE_SHOW, house.general)
    (reservation,) = await house.reservations()
    before = await house.desk.read(_contacts, reservation.id)

    typed = f"{house.general.mention}, <@{house.adam.id}>"
    words = f"/slot change code:{reservation.code}"
    told = await house.hanna.type(words, house.general, {"add": typed})
    assert "Changed" in told.words
    after = await house.desk.read(_contacts, reservation.id)
    chats = {one for one in after - before if one.startswith(RouteName.DISCORD)}
    assert 2 == len(chats)

    for unseen in (secret.mention, f"<@{stranger.id}>", f"discord:{house.adam.id}"):
        await house.hanna.type(words, house.general, {"add": unseen})
        assert after == await house.desk.read(_contacts, reservation.id)
    unknown = [one for one in house.discord.refusals if one.outcome == "10007"]
    house.discord.calls[:] = [one for one in house.discord.calls if one not in unknown]


async def test_a_channel_not_for_all_stays_off_the_lists_of_all(house: DiscordHouse) -> None:
    secret = house.guild.add_channel("secret")
    secret.overwrite(house.guild.everyone, deny=Permission.VIEW_CHANNEL)
    secret.overwrite(house.hanna, allow=Permission.VIEW_CHANNEL)
    secret.overwrite(house.discord.bot, allow=Permission.VIEW_CHANNEL)
    words = "/slot audience add list:regulars"
    heard = await house.hanna.type(words, house.general, {"channel": secret})
    assert "#secret is private" in heard.words
    assert (
        "no audience list" in (await house.hanna.type("/slot audience show", house.general)).words
    )


async def test_a_list_is_imported_from_a_file_and_exported_as_one(house: DiscordHouse) -> None:
    file = house.hanna.upload("guests.csv", b"email,name\nann@example.org,Ann\nbob@example.org,\n")
    words = "/slot audience import list:guests"
    told = await house.hanna.type(words, house.general, {"file": file})
    assert "Added: 2 addresses to guests" in told.words
    (message,) = (await house.hanna.type("/slot audience export list:guests")).messages
    (attachment,) = message.attachments
    assert "guests.csv" == attachment.filename
    assert b"ann@example.org" in attachment.content


async def test_a_file_that_is_too_large_is_not_fetched(house: DiscordHouse) -> None:
    file = house.hanna.upload("guests.csv", b"a" * 2_000_001)
    words = "/slot audience import list:guests"
    told = await house.hanna.type(words, house.general, {"file": file})
    assert "larger than 2 MB" in told.words


async def test_admins_are_those_who_may_manage_the_server(house: DiscordHouse) -> None:
    words = "/slot server add name:Hall kind:link watch_url:https://live.example.org/hall"
    assert "Only admins" in (await house.hanna.type(words, house.general)).words
    assert "Added: Hall" in (await house.adam.type(words, house.general)).words
    assert "Added: Loft" in (await house.adam.type(words.replace("Hall", "Loft"))).words


@pytest.mark.parametrize("by", ["name", "id"])
async def test_a_role_named_in_the_settings_makes_admins(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock, by: str
) -> None:
    role_id = 7_000_000_000_000_777
    wanted = "Stage Crew" if by == "name" else str(role_id)
    url = sqlite_files.fresh()
    async with open_discord_house(url, tmp_path, clock, discord_admin_role=wanted) as house:
        words = "/slot server add name:Hall kind:link watch_url:https://live.example.org/hall"
        role = house.guild.add_role("stage crew", role_id=role_id)
        assert "Only admins" in (await house.hanna.type(words, house.general)).words
        house.guild.give(house.hanna, role)
        assert "Added: Hall" in (await house.hanna.type(words, house.general)).words
        house.nothing_refused()


async def test_in_direct_messages_one_acts_where_one_was_met(house: DiscordHouse) -> None:
    assert "Which server do you mean" in (await house.hanna.type("/slot list")).words
    await house.hanna.type(LATE_SHOW, house.general)
    assert "Late show" in (await house.hanna.type("/slot list")).words
    house.guild.remove_member(house.hanna)
    assert "Which server do you mean" in (await house.hanna.type("/slot list")).words
    unknown = [one for one in house.discord.refusals if one.outcome == "10007"]
    assert 1 == len(unknown)
    house.discord.calls.remove(unknown[0])


async def test_one_guild_never_sees_another(house: DiscordHouse) -> None:
    await house.hanna.type(LATE_SHOW, house.general)
    (reservation,) = await house.reservations()
    await house.hanna.type(
        "/slot audience add list:regulars addresses:ann@example.org", house.general
    )
    nora = house.discord.add_person("Nora")
    other = house.discord.add_guild("Elsewhere", owner=nora)
    lobby = other.add_channel("lobby")
    code = reservation.code
    for words in (f"show code:{code}", f"cancel code:{code}", f"key code:{code}"):
        assert "no reservation" in (await nora.type(f"/slot {words}", lobby)).words
    assert "no audience list" in (await nora.type("/slot audience show", lobby)).words
    assert "Late show" not in (await nora.type("/slot list whose:all", lobby)).words
    assert [] == await nora.completes("/slot show", "code", "", channel=lobby)
    assert [] == await nora.completes("/slot audience show", "list", "", channel=lobby)


async def test_what_somebody_types_pings_nobody_and_is_no_markup(house: DiscordHouse) -> None:
    title = "@everyone <@&1> **bold** `code` [x](y) <t:1:R> ||s|| # head"
    heard = await house.hanna.type(LATE_SHOW, house.general, {"title": title})
    (message,) = heard.messages
    assert not message.pings
    assert title in message.words


async def test_a_command_of_an_older_form_is_answered_in_words(house: DiscordHouse) -> None:
    command = next(iter(house.discord.commands.values()))
    options: list[Json] = command.definition["options"]
    options.append({"type": 1, "name": "gone", "description": "Gone", "options": []})
    heard = await house.hanna.type("/slot gone", house.general)
    assert "another form by now" in heard.words


async def test_a_guild_that_removes_the_desk_ends_nothing(house: DiscordHouse) -> None:
    await house.hanna.type(LATE_SHOW, house.general)
    other = house.discord.add_guild("Elsewhere", owner=house.hanna)
    lobby = other.add_channel("lobby")
    house.guild.remove_bot()
    assert "nothing reserved" in (await house.hanna.type("/slot list", lobby)).words


async def test_nobody_waits_for_a_guild_to_arrive(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock
) -> None:
    url = sqlite_files.fresh()
    async with open_discord_house(url, tmp_path, clock, discord_admin_role="crew") as house:
        crew = house.guild.add_role("Crew")
        house.guild.give(house.hanna, crew)
        house.guild.available = False
        await house.restart()
        words = "/slot server add name:Hall kind:link watch_url:https://live.example.org/hall"
        assert "Added: Hall" in (await house.hanna.type(words, house.general)).words
        assert (
            "Added: Loft"
            in (await house.adam.type(words.replace("Hall", "Loft"), house.general)).words
        )
        told = await house.hanna.type(LATE_SHOW, house.general, {"channel": house.general})
        assert "2 recipients are told now" in told.words
        house.nothing_refused()
