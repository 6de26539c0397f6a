"""The form in Slack: filled in from what was typed, handed in with every widget."""

from __future__ import annotations

import pytest

from bot.slack.manifest import SHORTCUT
from tests.slack.filling import form_of, hand_in, show
from tests.slack.house import SlackHouse
from tests.slack.speaking import FRIDAY, HOUR, filled, mention, typed


async def test_what_was_typed_is_filled_in(house: SlackHouse) -> None:
    await typed(house, "audience add regulars ann@example.org")
    await typed(house, "audience add crew bob@example.org")

    form = await form_of(
        house,
        'reserve fri 20:00 90 min Studio description="Songs & more" viewers=40'
        ' audience="Carol <carol@example.org>" lists="crew, regulars" credentials=each'
        " policy=both reminders=2h reply_to=hanna@example.org",
    )

    assert {
        "description": "Songs & more",
        "server": "Studio",
        "when": FRIDAY,
        "length": "1 h 30 min",
        "viewers": "40",
        "audience": "Carol <carol@example.org>",
        "lists": ["crew", "regulars"],
        "credentials": "each",
        "policy": "both",
        "reminders": "2h",
        "reply_to": "hanna@example.org",
    } == filled(form)


async def test_what_was_filled_in_before_holds_when_it_is_handed_in(house: SlackHouse) -> None:
    form = await form_of(
        house,
        "reserve fri 20:00 90 min Studio viewers=40 credentials=none policy=both reminders=2h"
        " reply_to=hanna@example.org",
    )

    await hand_in(house, form)

    shown = await show(house, form)
    assert "Length: 1 h 30 min" in shown
    assert "Viewers: 40" in shown
    assert "Credentials: none" in shown
    assert "Audience told: at once, as provisional, and when reconfirmed" in shown
    assert "Reminders: 2 h before" in shown
    assert "Replies to: hanna@example.org" in shown


async def test_channels_and_people_that_were_typed_are_picked_in_the_form(
    house: SlackHouse,
) -> None:
    targets = f"{mention(house.general)}, {mention(house.adam)}, ann@example.org"
    heard = await house.hanna.type(
        f'/slot reserve fri 20:00 for 2h Studio audience="{targets}"', house.general
    )
    form = await heard.opened()

    assert {
        "channels": ["C0001"],
        "people": ["U0002"],
        "audience": "ann@example.org",
    }.items() <= filled(form).items()
    await house.hanna.submit(form, {"title": "Evening show"})
    shown = await show(house, form)
    assert "#general" in shown
    assert "@Adam" in shown
    assert "ann@example.org" in shown


async def test_the_shortcut_opens_the_form(house: SlackHouse) -> None:
    form = await (await house.hanna.use_shortcut(SHORTCUT)).opened()
    await hand_in(house, form, when=FRIDAY, length="2h")

    assert "Fri 4 Dec 2026, 20:00 CET" in await show(house, form)


async def test_every_widget_is_taken_as_people_fill_it_in(house: SlackHouse) -> None:
    await typed(house, "server add Hall kind=link watch_url=https://x.org/hall", house.adam)
    await typed(house, "audience add regulars dora@example.org")
    secret = house.team.add_channel(
        "G0002", name="backstage", private=True, bot_is_member=True, members=[house.hanna]
    )
    form = await form_of(house, "reserve")
    upload = house.hanna.upload("guests.csv", b"email,name\ncarol@example.org,Carol\n")

    await house.hanna.submit(
        form,
        {
            "title": "Evening show",
            "description": "Songs\nand https://example.org/more",
            "server": "Hall",
            "when": FRIDAY + HOUR,
            "length": "1:30",
            "viewers": "120",
            "audience": 'Ann <ann@example.org>\n"Doe, Bob" <bob@example.org>',
            "channels": [house.general, secret],
            "people": [house.adam],
            "file": [upload],
            "lists": ["regulars"],
            "credentials": "shared",
            "user": "choir",
            "passcode": "open-sesame-1",
            "policy": "at once",
            "reminders": "48h, 30 min",
            "reply_to": "hanna@example.org",
        },
    )
    await house.slack.until(lambda: "One moment" not in form.title)

    shown = await show(house, form)
    for line in (
        "When: Fri 4 Dec 2026, 21:00 CET – 22:30",
        "Server: Hall",
        "Viewers: 120",
        "Reminders: 48 h and 30 min before",
        "Replies to: hanna@example.org",
        "User name: choir",
        "Passcode: open-sesame-1",
        "Songs\nand https://example.org/more",
        *("#general", "#backstage", "@Adam", "ann@example.org Ann", "bob@example.org Doe, Bob"),
        *("carol@example.org Carol", "dora@example.org"),
    ):
        assert line in shown
    await house.deliver()
    for channel in (house.general, secret, house.adam.dm):
        (post,) = channel.messages
        assert "Passcode: open-sesame-1" in post.words
    for name in ("ann", "bob", "carol", "dora"):
        assert ["Live stream"] == house.subjects(f"{name}@example.org")


@pytest.mark.parametrize(
    ("chosen", "said"), [("shared", "shared"), ("each", "each"), ("none", "none")]
)
async def test_credentials_are_as_they_were_chosen(
    house: SlackHouse, chosen: str, said: str
) -> None:
    form = await form_of(house)

    await hand_in(house, form, credentials=chosen)

    shown = await show(house, form)
    assert f"Credentials: {said}" in shown
    assert ("Passcode: " in shown) == (chosen == "shared")


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ("as set", ["Live stream"]),
        ("at once", ["Live stream"]),
        ("when reconfirmed", []),
        ("both", ["Provisional"]),
    ],
)
async def test_the_audience_is_told_as_it_was_chosen(
    house: SlackHouse, chosen: str, told: list[str]
) -> None:
    form = await form_of(house)

    await hand_in(house, form, policy=chosen)
    await house.deliver()

    assert told == house.subjects("ann@example.org")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (None, "none"),
        ("none", "none"),
        ("2h", "2 h before"),
        ("24 h and 15 min", "24 h and 15 min"),
    ],
)
async def test_reminders_are_as_they_were_written(
    house: SlackHouse, written: str | None, shown: str
) -> None:
    form = await form_of(house)

    await hand_in(house, form, reminders=written)

    assert f"Reminders: {shown}" in await show(house, form)


async def test_reminders_that_nobody_touched_follow_the_settings(house: SlackHouse) -> None:
    await typed(house, "settings reminders=3h")
    form = await form_of(house)
    assert "3 h" == filled(form)["reminders"]

    await hand_in(house, form)

    assert "Reminders: 3 h before" in await show(house, form)


async def test_an_uploaded_file_goes_with_what_is_pasted_and_each_is_told_once(
    house: SlackHouse,
) -> None:
    form = await form_of(house)
    upload = house.hanna.upload("guests.txt", b"ann@example.org\nbob@example.org\n")

    await hand_in(house, form, file=[upload])
    await house.slack.until(lambda: "Permitted" in form.words)
    await house.deliver()

    assert "2 recipients are told now" in form.words
    assert ["Live stream"] == house.subjects("ann@example.org")
    assert ["Live stream"] == house.subjects("bob@example.org")


async def test_the_holder_sees_that_everybody_in_a_channel_will_read_the_credentials(
    house: SlackHouse,
) -> None:
    form = await form_of(house)

    block, _ = form.find("channels")

    assert "Everybody in a channel can read its post" in block["hint"]["text"]
    assert "the credentials" in block["hint"]["text"]


async def test_the_answer_stands_in_the_forms_place_with_what_can_be_done_next(
    house: SlackHouse,
) -> None:
    form = await form_of(house)

    heard = await hand_in(house, form)

    assert heard.error is None
    assert "Done" == form.title
    assert form.open
    pressed = await house.hanna.click(form, "slot:reconfirm")
    assert "Reconfirmed" in (await pressed.opened()).words


async def test_a_person_of_another_zone_reads_and_picks_their_own_time(house: SlackHouse) -> None:
    nia = house.team.add_user("U0004", name="Nia", tz="America/New_York")
    line = 'reserve fri 14:00 for 2h Studio title="Matinee" audience=ann@example.org'

    heard = await typed(house, line, nia)

    assert "Fri 4 Dec 2026, 14:00 EST – 16:00" in heard.words
    assert "There: Fri 4 Dec 2026, 20:00–22:00 CET" in heard.words
