"""What is offered while somebody types: times with what is free, and everything that has a name."""

from __future__ import annotations

import logging
import time

import pytest

from tests.discord.house import DiscordHouse
from tests.discord.server.errors import Json, NeverHappenedError
from tests.slack.hindrances import held

FRIDAY = "Fri 4 Dec 2026, 20:00 (Europe/Berlin, UTC+01:00)"


async def offered(
    house: DiscordHouse, command: str, option: str, typed: str, **others: object
) -> list[Json]:
    """Let Hanna type into an option."""
    return await house.hanna.completes(
        f"/slot {command}", option, typed, channel=house.general, others=others
    )


async def reserve(house: DiscordHouse, when: str = "fri 20:00 for 2h", title: str = "Late") -> str:
    words = f"/slot reserve when:{when} server:Studio title:{title} audience:ann@example.org"
    before = {one.code for one in await house.reservations()}
    assert "Permitted" in (await house.hanna.type(words, house.general)).words
    (code,) = {one.code for one in await house.reservations()} - before
    return code


async def test_a_time_shows_day_date_clock_and_zone_and_that_it_is_free(
    house: DiscordHouse,
) -> None:
    (choice,) = await offered(house, "reserve", "when", "fri 8pm")
    assert f"{FRIDAY}: free on Studio" == choice["name"]
    words = f"/slot reserve when:{choice['value']} length:2h title:Late"
    await house.hanna.type(words, house.general, {"audience": "ann@example.org"})
    (reservation,) = await house.reservations()
    assert "2026-12-04T19:00:00+00:00" == reservation.slot.starts_at.isoformat()


async def test_what_is_taken_comes_with_the_nearest_time_that_is_free(house: DiscordHouse) -> None:
    await reserve(house)
    taken, near = await offered(house, "reserve", "when", "fri 8pm", length="90 min")
    assert f"{FRIDAY}: not free on Studio" == taken["name"]
    assert near["name"].startswith("Fri 4 Dec 2026, 18:30 (Europe/Berlin")
    assert near["name"].endswith("nearest free, on Studio")
    words = f"/slot reserve when:{near['value']} title:Early"
    await house.hanna.type(words, house.general, {"length": "90 min", "audience": "a@b.org"})
    assert 2 == len(await house.reservations())


async def test_its_own_length_and_server_are_read_and_kept(house: DiscordHouse) -> None:
    (choice,) = await offered(house, "reserve", "when", "fri 8pm for 2h studio")
    assert "20:00 to 22:00 (Europe/Berlin" in choice["name"]
    assert choice["value"].endswith("for 2 h Studio")


async def test_what_has_several_meanings_offers_each(house: DiscordHouse) -> None:
    choices = await offered(house, "reserve", "when", "03/04 8")
    assert ["Thu 4 Mar 2027, 08:00", "Thu 4 Mar 2027, 20:00"] == [
        one["name"].partition(" (")[0] for one in choices[:2]
    ]
    assert 4 == len({one["value"] for one in choices})


async def test_a_day_alone_is_offered_with_hours(house: DiscordHouse) -> None:
    choices = await offered(house, "reserve", "when", "fri")
    assert any(one["name"].startswith(FRIDAY) for one in choices)
    assert 4 == len(choices)


async def test_what_is_no_time_is_said_and_can_be_sent_all_the_same(house: DiscordHouse) -> None:
    (choice,) = await offered(house, "reserve", "when", "quarter past")
    assert "not understood" in choice["name"]
    assert "quarter past" == choice["value"]


async def test_a_clock_change_offers_both_times(house: DiscordHouse) -> None:
    choices = await offered(house, "reserve", "when", "28 mar 2027 02:30")
    assert ["Sun 28 Mar 2027, 01:30", "Sun 28 Mar 2027, 03:30"] == [
        one["name"].partition(" (")[0] for one in choices
    ]


async def test_codes_complete_from_ones_own_by_code_and_by_title(house: DiscordHouse) -> None:
    late = await reserve(house)
    early = await reserve(house, "sat 10:00 for 1h", "Early")
    assert [late, early] == [one["value"] for one in await offered(house, "show", "code", "")]
    assert [early] == [one["value"] for one in await offered(house, "cancel", "code", "earl")]
    begun = early[:4].lower().replace("-", "")
    assert early in [one["value"] for one in await offered(house, "change", "code", begun)]
    others = await house.adam.completes("/slot show", "code", "", channel=house.general)
    assert [] == others


async def test_servers_lists_lengths_days_and_topics_complete(house: DiscordHouse) -> None:
    await house.hanna.type(
        "/slot audience add list:regulars addresses:ann@example.org", house.general
    )
    await house.hanna.type("/slot audience add list:press addresses:a@b.org", house.general)
    assert ["Studio"] == [one["value"] for one in await offered(house, "reserve", "server", "stu")]
    assert ["regulars"] == [
        one["value"] for one in await offered(house, "audience show", "list", "reg")
    ]
    (both,) = await offered(house, "reserve", "lists", "regulars, pr")
    assert "regulars, press" == both["value"]
    lengths = await offered(house, "reserve", "length", "2")
    assert ["2 h", "2 min"] == [one["value"] for one in lengths]
    days = await offered(house, "free", "day", "")
    assert "tomorrow: Tue 1 Dec 2026 (Europe/Berlin)" in [one["name"] for one in days]
    topics = await offered(house, "help", "topic", "audience a")
    assert ["audience add"] == [one["value"] for one in topics]


async def test_zones_complete_by_city_with_what_their_clocks_show(house: DiscordHouse) -> None:
    choices = await offered(house, "settings", "zone", "new yo")
    assert [{"name": "America/New_York, 04:00 now", "value": "America/New_York"}] == choices
    first, *_ = await offered(house, "settings", "zone", "")
    assert "Europe/Berlin" == first["value"]  # Hanna's client speaks German
    all_of_asia = await offered(house, "settings", "zone", "asia")
    assert 25 == len(all_of_asia)


async def test_blackouts_complete_for_those_who_may_lift_them(house: DiscordHouse) -> None:
    words = "/slot server blackout server:Studio when:fri 20:00-22:00 reason:Cleaning"
    closed = await house.adam.type(words, house.general)
    assert "admins" in closed.words  # Studio is the desk's own: nobody here may close it
    added = "/slot server add name:Hall kind:link watch_url:https://live.example.org/hall"
    await house.adam.type(added, house.general)
    await house.adam.type(words.replace("Studio", "Hall"), house.general)
    (choice,) = await house.adam.completes(
        "/slot server lift", "number", "", channel=house.general, others={"server": "Hall"}
    )
    assert choice["name"].endswith("2026-12-04 20:00 Cleaning")
    assert isinstance(choice["value"], int)
    assert [] == await offered(house, "server lift", "number", "", server="Hall")


@pytest.mark.parametrize("typed", ["x" * 6000, "\0", "fri " * 500, "\N{ZERO WIDTH JOINER}" * 300])
async def test_whatever_is_typed_there_is_no_error(house: DiscordHouse, typed: str) -> None:
    for command, option in (
        ("reserve", "when"),
        ("reserve", "lists"),
        ("reserve", "length"),
        ("free", "day"),
        ("show", "code"),
        ("settings", "zone"),
        ("help", "topic"),
    ):
        await offered(house, command, option, typed)


async def test_what_has_become_too_long_is_not_offered(house: DiscordHouse) -> None:
    await house.hanna.type(
        "/slot audience add list:regulars addresses:ann@example.org", house.general
    )
    assert [] == await offered(house, "reserve", "lists", f"{'x' * 200}, reg")


async def test_it_is_quick_also_while_the_database_is_held(house: DiscordHouse) -> None:
    await offered(house, "reserve", "when", "fri 8pm")
    with held(house.app.settings.database):
        began = time.monotonic()
        (choice,) = await offered(house, "reserve", "when", "fri 8pm")
        assert time.monotonic() - began < 1
    assert choice["name"].startswith(FRIDAY)


async def test_one_that_comes_too_late_is_no_error(
    house: DiscordHouse, caplog: pytest.LogCaptureFixture
) -> None:
    house.discord.patience = 0.0
    with pytest.raises(NeverHappenedError):
        await offered(house, "reserve", "when", "fri 8pm")
    await house.discord.until(lambda: house.discord.refusals)
    house.discord.patience = 3.0
    await house.hanna.type("/slot help", house.general)  # by then the refusal has been heard
    assert [] == [one for one in caplog.records if one.levelno >= logging.WARNING]
    (late,) = house.discord.refusals
    assert "10062" == late.outcome
    house.discord.calls.remove(late)
