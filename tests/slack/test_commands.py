"""Every sub-command typed in Slack: answered to the person alone, and as Slack writes it."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commands.catalogue import TOPICS, Topic
from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.slack.house import SlackHouse, open_slack_house
from tests.slack.server import Error, Message
from tests.slack.speaking import acts, code_in, field, filled, mention, nodes, reserved, typed

OWN = [topic for topic in TOPICS if not topic.for_admins]
FOR_ADMINS = [topic for topic in TOPICS if topic.for_admins]
OPENS_A_FORM = {"/slot reserve fri 20:00 for 2h", "/slot reserve tomorrow 8pm 90 min Studio"}


@pytest.fixture
async def house(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock
) -> AsyncIterator[SlackHouse]:
    async with open_slack_house(sqlite_files.fresh(), tmp_path, clock) as opened:
        yield opened
        opened.nothing_refused()


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
            assert "pencil2" not in heard.words
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
        assert heard.words.startswith(":white_check_mark:"), heard.words


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


async def test_audience_lists_are_made_shown_and_changed(house: SlackHouse) -> None:
    added = await typed(
        house, 'audience add regulars "Doe, Bob" <bob@example.org>, ann@example.org'
    )
    shown = await typed(house, "audience show regulars")
    removed = await typed(house, "audience remove regulars bob@example.org")
    named = await typed(house, "audience")
    dropped = await typed(house, "audience drop regulars")

    assert "2 addresses to regulars (a new list)" in added.words
    assert "bob@example.org Doe, Bob" in shown.words
    assert "1 address from regulars" in removed.words
    assert "regulars · 1" in named.words
    assert "Dropped: the list regulars with 1 address." in dropped.words


async def test_channels_and_people_can_be_on_a_list(house: SlackHouse) -> None:
    targets = f"{mention(house.general)} {mention(house.adam)} ann@example.org"
    added = await house.hanna.type(f"/slot audience add crew {targets}", house.general)
    shown = await typed(house, "audience show crew")
    taken = await house.hanna.type(
        f"/slot audience remove crew {mention(house.general)}", house.general
    )

    assert "3 addresses to crew" in added.words
    assert "#general" in shown.words
    assert "@Adam" in shown.words
    assert "1 address from crew" in taken.words


async def test_a_short_list_is_exported_in_the_answer(house: SlackHouse) -> None:
    await typed(house, 'audience add regulars "Doe, Bob" <bob@example.org>')

    message = await (await typed(house, "audience export regulars")).message()

    (pre,) = [one for one in nodes(message.blocks) if one.get("type") == "rich_text_preformatted"]
    assert 'email,name\nbob@example.org,"Doe, Bob"' == pre["elements"][0]["text"].strip()


async def test_a_long_list_comes_as_a_file_in_the_direct_messages(house: SlackHouse) -> None:
    addresses = ",".join(f"member{n}@example.org" for n in range(300))
    await typed(house, f"audience add regulars {addresses}")

    heard = await typed(house, "audience export regulars")
    posted = await house.slack.until(lambda: house.hanna.direct_messages)

    assert "direct messages" in heard.words
    (file,) = posted[-1].files
    assert "regulars.csv" == file.name
    assert 301 == len(file.content.splitlines())
    assert b"member299@example.org" in file.content
    assert [] == house.general.messages


async def test_a_file_that_slack_does_not_take_is_said(house: SlackHouse) -> None:
    addresses = ",".join(f"member{n}@example.org" for n in range(300))
    await typed(house, f"audience add regulars {addresses}")
    house.slack.faults.add("files.getUploadURLExternal", Error("missing_scope"))

    heard = await typed(house, "audience export regulars")
    await house.slack.until(lambda: len(heard.messages) > 1)

    (said,) = [one.words for one in heard.messages if one.words.startswith(":warning:")]
    assert "Slack did not take the file" in said
    house.slack.calls[:] = [one for one in house.slack.calls if one.outcome != "missing_scope"]


@pytest.mark.parametrize("name", ["guests.csv", "guests.txt", "guests.tsv"])
async def test_a_list_is_imported_from_a_file(house: SlackHouse, name: str) -> None:
    form = await (await typed(house, "audience import regulars guests.csv")).opened()
    assert {"name": "regulars"} == filled(form)
    comma = "\t" if name.endswith("tsv") else ","
    data = f"email{comma}name\nann@example.org{comma}Ann\nbob@example.org{comma}\n".encode()

    heard = await house.hanna.submit(form, {"file": [house.hanna.upload(name, data)]})
    await house.slack.until(lambda: "Added" in form.words)

    assert heard.error is None
    assert "2 addresses to regulars (a new list)" in form.words
    shown = await typed(house, "audience show regulars")
    assert "ann@example.org Ann" in shown.words


async def test_a_file_that_is_no_list_is_said_in_its_place(house: SlackHouse) -> None:
    form = await (await typed(house, "audience import regulars")).opened()
    upload = house.hanna.upload("guests.csv", b"email\nnot an address\n")

    await house.hanna.submit(form, {"file": [upload]})
    await house.slack.until(lambda: "no address" in form.words)

    assert "There is no audience list yet" in (await typed(house, "audience")).words


async def test_a_name_that_no_list_can_have_is_said_in_its_place(house: SlackHouse) -> None:
    form = await (await typed(house, "audience import regulars")).opened()
    upload = house.hanna.upload("guests.csv", b"ann@example.org\n")

    await house.hanna.submit(form, {"file": [upload], "name": "<!channel>"})
    await house.slack.until(lambda: "A list's name" in form.words)

    assert set() == form.pings


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
