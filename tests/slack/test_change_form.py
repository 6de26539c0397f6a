"""The form of a change in Slack: filled in with what holds, handed in as it differs."""

from __future__ import annotations

import pytest

from tests.slack.changing import PASSCODE, changed, evening, form_for, shown
from tests.slack.house import SlackHouse
from tests.slack.speaking import FRIDAY, HOUR, acts, filled, typed


async def test_it_is_filled_in_with_everything_that_holds(house: SlackHouse) -> None:
    await typed(house, "settings reminders=3h")
    code = await evening(
        house,
        'description="Songs" viewers=40 credentials=each policy="when reconfirmed"'
        " reply_to=<mailto:hanna@example.org|hanna@example.org>",
    )

    form = await form_for(house, code)

    assert f"Change {code}" == form.title
    assert {
        "title": "Evening show",
        "description": "Songs",
        "server": "Studio",
        "when": FRIDAY,
        "length": "2 h",
        "viewers": "40",
        "channels": ["C0001"],
        "people": ["U0002"],
        "credentials": "each",
        "policy": "when reconfirmed",
        "reminders": "3 h",
        "reply_to": "hanna@example.org",
    } == filled(form)


async def test_unchanged_it_says_so_and_tells_nobody(house: SlackHouse) -> None:
    code = await evening(house)
    form = await form_for(house, code)
    (post,) = house.general.messages
    told = len(house.mails("ann@example.org"))

    heard = await house.hanna.submit(form)
    await house.deliver()

    assert {} == heard.errors
    assert "stands like that already: nothing was changed" in form.words
    assert "Nobody is told" in form.words
    assert told == len(house.mails("ann@example.org"))
    assert ([], []) == (post.versions, post.thread)


async def test_only_what_differs_is_changed(house: SlackHouse) -> None:
    code = await evening(house, "viewers=40 reminders=3h")
    before = await shown(house, code)
    form = await form_for(house, code)

    answer = await changed(house, form, title="Late show", when=FRIDAY + HOUR)

    assert "Title: Evening show → Late show" in answer
    assert "20:00 CET – 22:00 → Fri 4 Dec 2026, 21:00 CET – 23:00" in answer
    after = await shown(house, code)
    for line in ("Viewers: 40", "Reminders: 3 h before", "Credentials: shared", "Server: Studio"):
        assert line in after
    (old,), (new,) = PASSCODE.findall(before), PASSCODE.findall(after)
    assert old == new
    assert ["Live stream", "Changed"] == house.subjects("ann@example.org")


async def test_what_somebody_else_changed_in_between_is_not_undone(house: SlackHouse) -> None:
    code = await evening(house)
    form = await form_for(house, code)
    line = (
        f'change {code} title="Adam\'s title" description=New reminders=1h remove=bob@example.org'
    )
    await typed(house, line, house.adam)

    await changed(house, form, length="3h")

    after = await shown(house, code)
    for words in ("Adam's title", "Reminders: 1 h before", "Length: 3 h"):
        assert words in after
    assert "bob@example.org" not in after


async def test_channels_and_people_are_taken_off_and_added(house: SlackHouse) -> None:
    stage = house.team.add_channel("C0002", name="stage")
    zoe = house.team.add_user("U0005", name="Zoe")
    code = await evening(house)
    form = await form_for(house, code)

    answer = await changed(house, form, channels=[stage], people=[zoe], remove="bob@example.org")

    assert "Added: 2 recipients" in answer
    assert "Removed: 3 recipients" in answer
    (gone,) = house.general.messages
    assert "taken off the list" in gone.words
    assert "taken off the list" in house.adam.direct_messages[0].words
    assert "Evening show" in stage.messages[0].words
    assert "Evening show" in zoe.direct_messages[0].words
    assert ["Live stream", "Taken off the list"] == house.subjects("bob@example.org")
    assert ["Live stream"] == house.subjects("ann@example.org")


async def test_addresses_and_lists_are_added(house: SlackHouse) -> None:
    await typed(house, "audience add crew carol@example.org")
    code = await evening(house)
    form = await form_for(house, code)

    await changed(house, form, add="Dora <dora@example.org>", lists=["crew"])

    assert ["Live stream"] == house.subjects("dora@example.org")
    assert ["Live stream"] == house.subjects("carol@example.org")


@pytest.mark.parametrize(
    ("fields", "renewed"),
    [
        ({"title": "Late show"}, False),
        ({"passcode": "open-sesame-1"}, True),
        ({"user": "choir"}, True),
    ],
)
async def test_credentials_are_made_anew_only_when_asked_for(
    house: SlackHouse, fields: dict[str, object], renewed: bool
) -> None:
    code = await evening(house)
    (before,) = PASSCODE.findall(await shown(house, code))
    form = await form_for(house, code)

    await changed(house, form, **fields)

    after = await shown(house, code)
    (now,) = PASSCODE.findall(after)
    assert renewed == (before != now or "User name: choir" in after)
    (post,) = house.general.messages
    assert f"Passcode: {now}" in post.words


async def test_the_kind_of_credentials_can_be_changed(house: SlackHouse) -> None:
    code = await evening(house)
    form = await form_for(house, code)

    await changed(house, form, credentials="none")

    assert "Credentials: none" in await shown(house, code)
    assert "Passcode" not in house.general.messages[0].words


async def test_after_a_change_the_next_steps_are_at_hand(house: SlackHouse) -> None:
    code = await evening(house)
    form = await form_for(house, code)

    await changed(house, form, title="Late show")

    assert ["slot:reconfirm", "slot:change", "slot:cancel"] == acts(form.blocks)
    again = await (await house.hanna.click(form, "slot:change")).opened()
    assert "Late show" == filled(again)["title"]
