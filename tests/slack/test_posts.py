"""What channels, people and the holder get to see in Slack, event by event."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.slack.house import SlackHouse, open_slack_house
from tests.slack.server import Channel, Message, Person
from tests.slack.speaking import FRIDAY, HOUR, acts, mention, nodes, reserved, typed

PUBLIC_URL = "https://callboard.example.org"
START = datetime.fromtimestamp(FRIDAY, UTC)
DEADLINE = START - timedelta(days=1)
SECOND = timedelta(seconds=1)
MINUTES = timedelta(minutes=1)
PASSCODE = re.compile(r"Passcode: (\S+)")


@pytest.fixture
async def house(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock
) -> AsyncIterator[SlackHouse]:
    url = sqlite_files.fresh()
    async with open_slack_house(url, tmp_path, clock, public_url=PUBLIC_URL) as opened:
        yield opened
        opened.nothing_refused()


async def evening(house: SlackHouse, more: str = 'policy="at once"') -> str:
    """Reserve for a channel and a person, and tell them; give the code."""
    targets = f"{mention(house.general)}, {mention(house.adam)}"
    code = await reserved(house, f'audience="{targets}" {more}')
    await later(house)
    return code


async def later(house: SlackHouse, by: timedelta = SECOND) -> None:
    """Let a little time pass, and deliver what is due."""
    house.clock.move(by)
    await house.deliver()


async def at(house: SlackHouse, moment: datetime) -> None:
    """Go to a moment, with the desk awake each hour and around it."""
    while house.clock.now < moment:
        house.clock.now = min(house.clock.now + timedelta(minutes=50), moment)
        await house.deliver()


def in_channel(house: SlackHouse) -> Message:
    """Give the one post in the channel."""
    (post,) = house.general.messages
    return post


def first_dm(who: Person) -> Message:
    """Give the first direct message to somebody: their card, or the permission."""
    return who.direct_messages[0]


def dates(message: Message) -> list[int]:
    """Give the instants in a message that every reader sees by their own clock."""
    return [one["timestamp"] for one in nodes(message.blocks) if one.get("type") == "date"]


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


async def remind(house: SlackHouse, who: Person, where: Channel | None = None) -> str:
    """Press Remind me under the post, and give the answer."""
    (post,) = (where or house.general).messages
    heard = await who.click(post, "slot:remind")
    return (await heard.message()).words


async def test_remind_me_leads_to_a_direct_message_a_quarter_of_an_hour_before(
    house: SlackHouse,
) -> None:
    zoe = house.team.add_user("U0005", name="Zoe", tz="America/New_York")
    code = await evening(house, 'policy="at once" reminders=none')
    await typed(house, f"reconfirm {code}")

    said, again = await remind(house, zoe), await remind(house, zoe)
    await at(house, START - 16 * MINUTES)

    assert "Noted: you will be reminded of Evening show Fri 4 Dec 2026, 13:45 EST" in said
    assert "already" in again
    assert [] == zoe.dm.everything
    await at(house, START - 15 * MINUTES)
    await at(house, START)
    (reminder,) = zoe.dm.everything
    assert "Reminder" in reminder.words
    assert FRIDAY in dates(reminder)
    assert PASSCODE.search(reminder.words)
    assert [] == [one for one in house.adam.dm.everything if "Reminder" in one.words]


async def test_whoever_asked_to_be_reminded_hears_of_changes_and_of_the_end(
    house: SlackHouse,
) -> None:
    zoe = house.team.add_user("U0005", name="Zoe")
    code = await evening(house)
    await remind(house, zoe)

    await typed(house, f"change {code} sat 21:00")
    await later(house)
    await typed(house, f"cancel {code} Storm")
    await later(house)

    assert "Storm" in zoe.direct_messages[-1].words
    assert 1 == len(zoe.direct_messages)
    assert "Changed" in zoe.direct_messages[0].versions[0].words


async def test_whoever_is_told_already_is_reminded_as_the_rest(house: SlackHouse) -> None:
    await evening(house)

    assert "already" in await remind(house, house.adam)


async def test_remind_me_is_too_late_once_it_is_off(house: SlackHouse) -> None:
    zoe = house.team.add_user("U0005", name="Zoe")
    code = await evening(house)
    (post,) = house.general.messages
    await typed(house, f"cancel {code}")

    heard = await zoe.click(post, "slot:remind")

    assert "was cancelled" in (await heard.message()).words
    await later(house)
    assert [] == zoe.direct_messages


async def test_in_the_last_minutes_a_reminder_comes_at_once(house: SlackHouse) -> None:
    zoe = house.team.add_user("U0005", name="Zoe")
    code = await evening(house)
    await typed(house, f"reconfirm {code}")
    await at(house, START - 5 * MINUTES)

    await remind(house, zoe)
    await later(house)

    (reminder,) = zoe.direct_messages
    assert "Reminder" in reminder.words


async def test_stop_under_a_direct_message_stops(house: SlackHouse) -> None:
    await evening(house)
    heard = await house.adam.click(first_dm(house.adam), "slot:stop")

    said = (await heard.message()).words
    again = await house.adam.click(first_dm(house.adam), "slot:stop")
    targets = f"{mention(house.adam)}, {mention(house.general)}"
    answer = await house.hanna.type(
        f'/slot reserve sat 20:00 for 2h Studio title=Next audience="{targets}"', house.general
    )
    await later(house)

    assert "Stopped: nothing more about live streams of Hanna is written to you." in said
    assert "Stopped" in (await again.message()).words
    assert "@Adam: has asked not to be written to" in answer.words
    assert 1 == len(house.adam.direct_messages)
    assert 2 == len(house.general.messages)


async def test_whoever_stopped_still_hears_that_it_is_off_once(house: SlackHouse) -> None:
    code = await evening(house)
    await house.adam.click(first_dm(house.adam), "slot:stop")

    await typed(house, f"change {code} sat 21:00")
    await later(house)
    await typed(house, f"cancel {code}")
    await later(house)

    (card,) = house.adam.direct_messages
    assert "Cancelled" in card.words
    assert 1 == len(card.versions)


async def test_asking_for_a_reminder_outweighs_an_earlier_stop(house: SlackHouse) -> None:
    await evening(house)
    await house.adam.click(first_dm(house.adam), "slot:stop")

    assert "Noted" in await remind(house, house.adam)


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


async def test_the_permission_has_the_deadline_and_the_buttons(house: SlackHouse) -> None:
    code = await evening(house)

    permission = first_dm(house.hanna)

    assert "Please reconfirm it by Thu 3 Dec 2026, 20:00 CET" in permission.words
    assert "2 recipients are being told now" in permission.words
    assert f"Your reservation {code}." in permission.words
    assert FRIDAY - 24 * HOUR in dates(permission)
    assert ["slot:reconfirm", "slot:change", "slot:cancel"] == acts(permission.blocks)


async def test_the_deadline_is_reminded_of_with_buttons_that_work(house: SlackHouse) -> None:
    await evening(house)
    await at(house, DEADLINE - timedelta(hours=3))

    (reminder,) = [one for one in house.hanna.direct_messages if "still waits" in one.words]

    assert ["slot:reconfirm", "slot:change", "slot:cancel"] == acts(reminder.blocks)
    heard = await house.hanna.click(reminder, "slot:reconfirm")
    assert "Reconfirmed" in (await heard.message()).words
    await later(house)
    assert "The slot is now certain" in first_dm(house.hanna).words


async def test_silence_lets_it_lapse_and_everybody_hears_so(house: SlackHouse) -> None:
    await evening(house)
    await at(house, DEADLINE - 12 * 60 * MINUTES)
    await house.until(DEADLINE + 10 * MINUTES)

    card = first_dm(house.hanna)

    assert "so it has lapsed and the slot is free again" in card.words
    assert ["slot:reserve"] == acts(card.blocks)
    assert "lapsed" in card.thread[-1].words.lower()
    assert "off: it will not take place" in in_channel(house).words
    form = await (await house.hanna.click(card, "slot:reserve")).opened()
    assert "Reserve a slot" == form.title


async def test_the_stream_key_comes_to_the_holder_alone(house: SlackHouse) -> None:
    code = await evening(house)
    await typed(house, f"reconfirm {code}")
    await at(house, START - 10 * MINUTES)

    (keyed,) = [one for one in house.hanna.dm.everything if "Stream key: " in one.words]

    assert "Ingest address: rtmp://live.example/live/" in keyed.words
    (key,) = re.findall(r"Stream key: (\S+)", keyed.words)
    everything = [*house.general.everything, *house.adam.dm.everything]
    assert not [one for one in everything if key in one.words or key in str(one.blocks)]


async def test_a_report_names_who_could_not_be_told_with_send_again(house: SlackHouse) -> None:
    gone = house.team.add_user("U0009", name="Gone", deleted=True)
    archived = house.team.add_channel("C0009", name="old", archived=True)
    targets = f"{mention(gone)}, {mention(archived)}, {mention(house.general)}"
    await reserved(house, f'audience="{targets}" policy="at once"')
    await at(house, house.clock.now + timedelta(hours=1))

    (report,) = [one for one in house.hanna.direct_messages if "Report" in one.words]

    assert "1 of 3 told; 2 failed" in report.words
    assert "#old: that channel is archived: unarchive it, or list another" in report.words
    assert "@Gone: that person's account is switched off" in report.words
    assert ["slot:again"] == acts(report.blocks)
    archived.archived = False
    posts = len(house.general.everything)
    heard = await house.hanna.click(report, "slot:again")
    await later(house)
    assert "2 recipients of Evening show" in (await heard.message()).words
    assert "Evening show" in archived.messages[0].words
    assert posts == len(house.general.everything)
    house.slack.calls[:] = [
        one for one in house.slack.calls if one.outcome not in {"user_disabled", "is_archived"}
    ]


async def test_old_buttons_answer_with_the_present_state(house: SlackHouse) -> None:
    code = await evening(house)
    permission = first_dm(house.hanna)
    await typed(house, f"reconfirm {code}")
    await later(house)
    (old,) = permission.versions

    heard = await house.hanna.click(old, "slot:reconfirm")

    assert "was reconfirmed before: nothing is left to do" in (await heard.message()).words


async def test_somebody_elses_button_says_that_it_is_not_theirs(house: SlackHouse) -> None:
    zoe = house.team.add_user("U0005", name="Zoe")
    await evening(house)
    permission = first_dm(house.hanna)

    for button in ("slot:reconfirm", "slot:change", "slot:cancel"):
        heard = await zoe.click(permission, button)
        assert (await heard.message()).words.startswith(":no_entry:")
        assert heard.view is None


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
