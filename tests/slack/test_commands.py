"""Every sub-command typed in Slack: answered to the person alone, and within bounds."""

from __future__ import annotations

import json
import re

import pytest

from bot.commands.catalogue import TOPICS, Topic
from bot.configuration.of_server import lines_of
from tests.slack.house import SlackHouse
from tests.slack.server import Message
from tests.slack.speaking import acts, code_in, filled, nodes, reserved, typed

NGINX = "kind=nginx-rtmp watch_url=https://x.org/hls/{path}.m3u8 ingest_url=rtmp://x.org/live"
OWN = [topic for topic in TOPICS if not topic.for_admins]
FOR_ADMINS = [topic for topic in TOPICS if topic.for_admins]
A_LINK_CODE_OF_ANOTHER_DAY = "/slot link 2a-6a4f1c00-Ab3dE6gH9jK2mN5pQ8sT1v"
OPENS_A_FORM = {"/slot reserve fri 20:00 for 2h", "/slot reserve tomorrow 8pm 90 min Studio"}


async def code_for(house: SlackHouse, topic: Topic) -> str:
    """Give a code for the examples of a topic that name one."""
    if not any("K7Q-2MF" in one for one in topic.examples):
        return "K7Q-2MF"
    return await reserved(house, "audience=ann@example.org,bob@example.org")


@pytest.mark.parametrize("topic", OWN, ids=lambda topic: topic.name)
async def test_each_example_is_answered_to_the_person_alone(
    house: SlackHouse, topic: Topic
) -> None:
    await typed(house, "audience add regulars ann@example.org, bob@example.org")
    code = await code_for(house, topic)
    for example in topic.examples:
        line = example.removeprefix("/slot ").replace("K7Q-2MF", code)

        heard = await typed(house, line)

        assert heard.error is None
        assert [] == heard.posted
        if example in OPENS_A_FORM or topic.name == "audience import":
            assert [] == heard.messages
            assert (await heard.opened()).open
        else:
            assert house.hanna.id == (await heard.message()).ephemeral_for
            too_old = "older than 10 minutes" in heard.words
            assert too_old == (example == A_LINK_CODE_OF_ANOTHER_DAY)
            assert too_old or "pencil2" not in heard.words
            assert ":warning:" not in heard.words
    assert [] == house.general.messages


@pytest.mark.parametrize("topic", FOR_ADMINS, ids=lambda topic: topic.name)
async def test_what_is_for_admins_is_for_them_alone(house: SlackHouse, topic: Topic) -> None:
    await typed(house, "server add Attic kind=link watch_url=https://x.org/attic", house.adam)
    await typed(house, "server blackout Attic 2027-01-02 03:00 for 1h", house.adam)
    for example in topic.examples:
        # the Studio is the operator's; a workspace's admins have servers of their own
        name = "Loft" if topic.name == "server add" else "Attic"
        line = example.removeprefix("/slot ").replace("Studio", name).replace("Attic 3", "Attic 1")

        refused = await typed(house, line)
        heard = await typed(house, line, house.adam)

        assert refused.words.startswith(":no_entry: Only admins")
        assert [house.adam.id] == [one.ephemeral_for for one in heard.messages]
        assert "Only admins" not in heard.words
        sign = "Attic asks nobody" if topic.name == "server lines" else ":white_check_mark:"
        assert heard.words.startswith(sign), heard.words


async def test_what_a_server_s_configuration_needs_is_shown_as_code_to_whoever_added_it(
    house: SlackHouse,
) -> None:
    added = await typed(house, f"server add Loft {NGINX}", house.adam)
    again = await typed(house, "server lines Loft", house.adam)
    desk = house.app.desk
    loft = await desk.read(lambda store, _: store.servers.named("Loft"))

    assert loft is not None
    fragments = lines_of(loft, desk.links.hook_url(loft.id))
    assert len(fragments) > 1
    for heard in (added, again):
        message = await heard.message()
        assert house.adam.id == message.ephemeral_for
        code = [one for one in nodes(message.blocks) if one.get("type") == "rich_text_preformatted"]
        assert [one.text for one in fragments] == [
            "".join(span["text"] for span in one["elements"]) for one in code
        ]


async def test_slot_alone_names_the_commands_and_those_of_admins_to_admins(
    house: SlackHouse,
) -> None:
    hers, his = await typed(house, ""), await typed(house, "", house.adam)

    for topic in OWN:
        assert f"/slot {topic.usage} · {topic.does}" in hers.words
    for topic in FOR_ADMINS:
        assert f"/slot {topic.usage}" not in hers.words
        assert f"/slot {topic.usage} · {topic.does}" in his.words


@pytest.mark.parametrize("word", sorted({name for one in TOPICS for name in one.name.split()[:1]}))
async def test_help_says_more_about_each_command(house: SlackHouse, word: str) -> None:
    heard = await typed(house, f"help {word}")

    meant = [one for one in TOPICS if one.name == word] or [
        one for one in TOPICS if one.name.split()[0] == word
    ]
    for topic in meant:
        for example in topic.examples:
            assert example in heard.words
    assert len((await heard.message()).blocks) <= 50


async def test_a_slip_of_the_finger_is_answered_with_what_was_meant(house: SlackHouse) -> None:
    heard = await typed(house, "resrve fri 20:00")

    assert "reserve" in heard.words
    assert heard.words.startswith(":pencil2:")


async def test_the_direct_messages_with_the_desk_are_a_place_to_type_as_well(
    house: SlackHouse,
) -> None:
    heard = await house.hanna.type("/slot list")

    assert "You have nothing reserved." in heard.words


def left_out(message: Message) -> int:
    """Count what a list says it leaves out."""
    said = re.findall(r"and ([\d,]+) more", message.words)
    return sum(int(one.replace(",", "")) for one in said)


async def reserve_many(house: SlackHouse, how_many: int) -> None:
    """Reserve slots of half an hour, one after the other, with titles as long as may be."""
    for number in range(how_many):
        day, half_hour = divmod(number, 24)
        at = f"2026-12-{day + 10:02} {half_hour // 2:02}:{half_hour % 2 * 30:02}"
        title = f"Number {number:02} {'long ' * 14}".strip()
        heard = await typed(
            house, f'reserve {at} for 30min Studio title="{title}" audience=a@b.org'
        )
        assert "Permitted" in heard.words


async def test_fifty_reservations_are_listed_with_a_hint_at_the_rest(house: SlackHouse) -> None:
    await reserve_many(house, 50)

    for line in ("list", "list all"):
        message = await (await typed(house, line)).message()

        shown = [number for number in range(50) if f"Number {number:02}" in message.words]
        assert list(range(len(shown))) == shown
        assert len(shown) >= 30
        assert 50 == len(shown) + left_out(message)
        assert len(message.blocks) <= 50
        # no row is cut in two
        assert message.words.count("· Studio ·") == len(shown)


async def test_a_long_list_is_shown_as_far_as_it_fits_and_says_how_to_get_it_all(
    house: SlackHouse,
) -> None:
    addresses = ",".join(
        f"someone.with.a.long.name.{n:03}@department.example.org" for n in range(300)
    )
    await typed(house, f"audience add regulars {addresses}")

    message = await (await typed(house, "audience show regulars")).message()

    shown = message.words.count("@department.example.org")
    assert "regulars: 300 addresses." in message.words
    assert shown >= 100
    assert 300 == shown + left_out(message)
    assert "/slot audience export regulars" in message.words
    assert len(message.blocks) <= 50


async def test_a_server_with_many_rules_is_shown_within_bounds(house: SlackHouse) -> None:
    await typed(house, "server add Attic kind=link watch_url=https://x.org/attic", house.adam)
    for number in range(60):
        day = number % 28 + 1
        heard = await typed(
            house,
            f"server blackout Attic 2027-0{number // 28 + 1}-{day:02} 0{number % 9}:00 for 30min"
            f' reason="{"Maintenance of the lights " * 10}{number}"',
            house.adam,
        )
        assert not heard.words.startswith(":pencil2:"), heard.words

    message = await (await typed(house, "server show Attic", house.adam)).message()

    shown = len(re.findall(r"lights \d+", message.words))
    assert shown >= 15
    assert 60 == shown + left_out(message)
    assert len(message.blocks) <= 50


async def test_the_settings_are_the_person_s_own(house: SlackHouse) -> None:
    before = await typed(house, "settings")
    await typed(house, "settings zone=America/New_York")
    after = await typed(house, "settings")
    his = await typed(house, "settings", house.adam)

    assert "Europe/Berlin (as your chat has it)" in before.words
    assert "Time zone: America/New_York" in after.words
    assert "Europe/Berlin (as your chat has it)" in his.words


async def test_the_workspaces_zone_does_not_outdo_a_person_s_own_clock(house: SlackHouse) -> None:
    await typed(house, "settings workspace zone=UTC", house.adam)

    shown = await typed(house, "settings", house.adam)

    assert "Time zone: Europe/Berlin (as your chat has it)" in shown.words


async def test_a_question_about_a_slot_offers_what_is_free_as_buttons(house: SlackHouse) -> None:
    heard = await typed(house, "free fri 2h")
    message = await heard.message()

    assert ["slot:pick:0"] == acts(message.blocks)
    (button,) = [one for one in nodes(message.blocks) if one.get("type") == "button"]
    assert "Studio" == json.loads(button["value"])["server"]
    form = await (await house.hanna.click(message, "slot:pick:0")).opened()
    assert {"server": "Studio", "length": "2 h"}.items() <= filled(form).items()


async def test_a_line_that_is_complete_is_carried_out_at_once(house: SlackHouse) -> None:
    heard = await typed(
        house, 'reserve fri 20:00 for 2h Studio title="Evening show" audience=ann@example.org'
    )

    assert heard.view is None
    assert "Permitted: Evening show" in heard.words
    assert code_in(heard.words) in (await typed(house, "list")).words
