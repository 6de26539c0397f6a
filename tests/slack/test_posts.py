"""What channels and people get to see in Slack, event by event."""

from __future__ import annotations

import re

import pytest

from tests.slack.evenings import (
    PASSCODE,
    PUBLIC_URL,
    START,
    at,
    dates,
    evening,
    first_dm,
    in_channel,
    later,
)
from tests.slack.house import SlackHouse
from tests.slack.speaking import FRIDAY, HOUR, acts, mention, nodes, typed


@pytest.fixture
def house(public_house: SlackHouse) -> SlackHouse:
    return public_house


async def test_an_announcement_says_all_that_is_needed_and_pings_nobody(house: SlackHouse) -> None:
    code = await evening(house, 'policy="at once" description="Songs of the sea"')

    post = in_channel(house)

    for line in (
        "Evening show",
        "Hanna invites you to a live stream.",
        "When: Fri 4 Dec 2026, 20:00 CET – 22:00",
        "Server: Studio",
        "Host: Hanna",
        "User name: guest",
        "Songs of the sea",
        f"because Hanna listed #general for this live stream, reservation {code}",
        "To stop these notices here, ask Hanna.",
    ):
        assert line in post.words
    assert PASSCODE.search(post.words)
    assert ["slot:join", "slot:calendar", "slot:remind"] == acts(post.blocks)
    assert [FRIDAY, FRIDAY + 2 * HOUR] == dates(post)
    assert set() == post.pings


async def test_posts_are_never_unfurled_nor_parsed(house: SlackHouse) -> None:
    code = await evening(house)
    await typed(house, f"reconfirm {code}")
    await later(house)

    posted = house.slack.calls_of("chat.postMessage")

    assert len(posted) >= 4
    for call in posted:
        assert (False, False) == (call.arguments["unfurl_links"], call.arguments["unfurl_media"])
    for call in [*posted, *house.slack.calls_of("chat.update")]:
        assert call.arguments.get("link_names") in (None, False)
        assert call.arguments.get("parse") in (None, "none")


async def test_the_link_to_a_calendar_holds_no_passcode_and_nobodys_own_link(
    house: SlackHouse,
) -> None:
    await evening(house)
    (passcode,) = PASSCODE.findall(in_channel(house).words)

    for message in (in_channel(house), first_dm(house.adam)):
        (calendar,) = [link for link in message.links if "calendar" in link.partition("?")[0]]
        (join,) = [link for link in message.links if link.startswith(f"{PUBLIC_URL}/join/")]
        assert "20261204T190000Z%2F20261204T210000Z" in calendar
        assert "Evening+show" in calendar
        assert passcode not in calendar
        assert join.rpartition("/")[2] not in calendar


async def test_everybody_has_a_join_link_of_their_own(house: SlackHouse) -> None:
    await evening(house)

    joins = [
        link
        for message in (in_channel(house), first_dm(house.adam))
        for link in message.links
        if link.startswith(f"{PUBLIC_URL}/join/")
    ]

    assert 2 == len(set(joins))


@pytest.mark.parametrize(
    ("policy", "first", "then"),
    [
        ("at once", "Invitation", None),
        ("both", "Provisional", "Confirmed"),
        ("when reconfirmed", None, "Invitation"),
    ],
)
async def test_the_channel_is_told_by_the_policy(
    house: SlackHouse, policy: str, first: str | None, then: str | None
) -> None:
    code = await evening(house, f'policy="{policy}"')
    before = [one.words.split("\n")[0] for one in house.general.messages]

    await typed(house, f"reconfirm {code}")
    await later(house)

    assert ([first] if first else []) == [
        words.partition(": ")[2] or named(words) for words in before
    ]
    post = in_channel(house)
    assert named(post.words.split("\n")[0]) == (then or first)
    replies = [one.words for one in post.thread]
    assert (1 if first and then else 0) == len(replies)


def named(line: str) -> str:
    """Give what a card's first line says it is, without the sign before it."""
    return line.rpartition(": ")[2].strip()


async def test_a_change_edits_the_post_and_says_beneath_it_what_is_new(house: SlackHouse) -> None:
    code = await evening(house)

    await typed(house, f'change {code} sat 21:00 title="Late show"')
    await later(house)

    for post in (in_channel(house), first_dm(house.adam)):
        assert "Late show" in post.words
        assert "Evening show" not in post.words
        assert [FRIDAY + 25 * HOUR, FRIDAY + 27 * HOUR] == dates(post)
        assert 1 == len(post.versions)
        (reply,) = post.thread
        assert "Title: Evening show → Late show" in reply.words
        assert "Passcode" not in reply.words
        assert {FRIDAY, FRIDAY + 25 * HOUR} <= set(dates(reply))
        assert len(reply.words) < 500


async def test_new_credentials_stand_on_the_card(house: SlackHouse) -> None:
    code = await evening(house)

    await typed(house, f"change {code} passcode=open-sesame-1")
    await later(house)

    post = in_channel(house)
    assert "Passcode: open-sesame-1" in post.words
    assert "open-sesame-1" not in "".join(one.words for one in post.thread)


async def test_a_cancellation_edits_the_post_and_takes_the_ways_in_away(house: SlackHouse) -> None:
    code = await evening(house)

    await typed(house, f"cancel {code} The singer is ill")
    await later(house)

    for post in (in_channel(house), first_dm(house.adam)):
        assert "Cancelled\n" in post.words
        assert "The reason given: The singer is ill" in post.words
        assert "Passcode" not in post.words
        assert [] == acts(post.blocks)
        assert not [link for link in post.links if "/join/" in link]
        struck = [
            one for one in nodes(post.blocks) if one.get("style", {}) and "strike" in one["style"]
        ]
        assert {"Evening show"} <= {one.get("text") for one in struck}
        (reply,) = post.thread
        assert "The singer is ill" in reply.words


async def test_somebody_taken_off_the_list_is_told_so(house: SlackHouse) -> None:
    code = await evening(house)

    line = f"/slot change {code} remove={mention(house.general)}"
    await house.hanna.type(line, house.general)
    await later(house)

    assert "You have been taken off the list" in in_channel(house).words
    assert "taken off" not in first_dm(house.adam).words


async def test_reminders_stand_beneath_the_card_and_show_in_the_channel(house: SlackHouse) -> None:
    code = await evening(house, 'policy="at once" reminders="2h, 15 min"')
    await typed(house, f"reconfirm {code}")
    await at(house, START)

    post = in_channel(house)

    assert 2 == len(post.thread)
    for reply in post.thread:
        assert "Reminder: Evening show" in reply.words
        assert "Passcode" not in reply.words
        assert ["slot:join"] == acts(reply.blocks)
        assert reply.arguments["reply_broadcast"] in (True, "true", 1, "1")
        assert FRIDAY in dates(reply)
    assert 2 == len(first_dm(house.adam).thread)


async def test_each_reader_has_credentials_of_their_own_and_a_channel_has_its_own(
    house: SlackHouse,
) -> None:
    await evening(house, 'policy="at once" credentials=each')

    found = {
        tuple(re.findall(r"(?:User name|Passcode): (\S+)", message.words))
        for message in (in_channel(house), first_dm(house.adam))
    }

    assert 2 == len(found)
    assert all(2 == len(pair) for pair in found)
    assert "Passcode" not in first_dm(house.hanna).words


async def test_without_credentials_there_are_none_in_the_post(house: SlackHouse) -> None:
    await evening(house, 'policy="at once" credentials=none')

    assert "Passcode" not in in_channel(house).words


async def test_readers_of_other_zones_see_their_own_time_everywhere(house: SlackHouse) -> None:
    code = await evening(house, "policy=both")
    await typed(house, f"change {code} sat 21:00")
    await later(house)

    for message in (
        *house.general.everything,
        *house.adam.dm.everything,
        *house.hanna.dm.everything,
    ):
        plain = "".join(
            str(one["text"])
            for one in nodes(message.blocks)
            if one.get("type") == "text" and isinstance(one.get("text"), str)
        )
        assert not re.search(r"\d\d:\d\d|CET|Dec 2026", plain)
        assert dates(message)
