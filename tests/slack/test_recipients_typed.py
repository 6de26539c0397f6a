"""Channels and people typed in Slack become recipients; what was merely typed does not."""

from __future__ import annotations

import pytest

from tests.slack.house import SlackHouse
from tests.slack.speaking import field, mention, reserved, typed


async def test_escaped_text_is_understood(house: SlackHouse) -> None:
    description = (
        "Tickets & more at <https://x.org/?a=1&amp;b=2> &lt;now&gt; for <!subteam^S1|@crew>"
    )
    people = "Ann &lt;<mailto:ann@example.org|ann@example.org>&gt;"
    code = await reserved(house, f'audience="{people}" description="{description}"')

    shown = await typed(house, f"show {code}")

    assert "ann@example.org Ann" in shown.words
    assert "https://x.org/?a=1&b=2 <now> for @crew" in shown.words


async def test_channels_and_people_typed_as_audience_become_recipients(house: SlackHouse) -> None:
    targets = f"{mention(house.general)}, {mention(house.adam)} ann@example.org"
    code = await reserved(house, f'audience="{targets}" policy="at once"')
    await house.deliver()

    assert "#general" in (await typed(house, f"show {code}")).words
    (post,) = house.general.messages
    assert "Evening show" in post.words
    (told,) = house.adam.direct_messages
    assert "Evening show" in told.words
    assert ["Live stream"] == house.subjects("ann@example.org")


async def test_a_channel_without_its_name_is_looked_up(house: SlackHouse) -> None:
    code = await reserved(house, f"audience=<#{house.general.id}>,<@{house.adam.id}>")

    shown = await typed(house, f"show {code}")

    assert "#general" in shown.words
    assert "@Adam" in shown.words


@pytest.mark.parametrize("written", ["slack:C0009", "C0009", "&lt;#C0009|secret&gt;", "#secret"])
async def test_a_private_channel_is_not_reached_by_typing_its_id(
    house: SlackHouse, written: str
) -> None:
    secret = house.team.add_channel("C0009", name="secret", private=True, bot_is_member=True)
    heard = await house.hanna.type(
        f'/slot reserve fri 20:00 for 2h Studio title=Show audience="{written}"', house.general
    )
    form = await heard.opened()
    again = await house.hanna.submit(form)

    assert [field(form, "audience")] == list(again.errors)
    await house.deliver()
    assert [] == secret.messages
    assert "You have nothing reserved." in (await typed(house, "list")).words


async def test_a_picked_channel_does_not_open_the_door_to_a_typed_one(house: SlackHouse) -> None:
    secret = house.team.add_channel("C0009", name="secret", private=True, bot_is_member=True)
    form = await (await typed(house, "reserve fri 20:00 for 2h Studio title=Show")).opened()

    heard = await house.hanna.submit(form, {"channels": [house.general], "audience": "slack:C0009"})

    assert [field(form, "audience")] == list(heard.errors)
    await house.deliver()
    assert [] == secret.messages
