"""The form of a change in Slack: filled in with what holds, and only what differs is handed in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.slack.house import SlackHouse, open_slack_house
from tests.slack.server import Person, View
from tests.slack.speaking import FRIDAY, HOUR, acts, field, filled, mention, reserved, typed

PASSCODE = re.compile(r"Passcode: (\S+)")


@pytest.fixture
async def house(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock
) -> AsyncIterator[SlackHouse]:
    async with open_slack_house(sqlite_files.fresh(), tmp_path, clock) as opened:
        yield opened
        opened.nothing_refused()


async def evening(house: SlackHouse, more: str = 'policy="at once"') -> str:
    """Reserve for a channel, a person and two addresses, and tell them; give the code."""
    targets = f"{mention(house.general)}, {mention(house.adam)}, ann@example.org, bob@example.org"
    code = await reserved(house, f'audience="{targets}" {more}')
    await house.deliver()
    return code


async def form_for(house: SlackHouse, line: str, who: Person | None = None) -> View:
    """Open the form of a change by a line."""
    return await (await typed(house, f"change {line}", who)).opened()


async def shown(house: SlackHouse, code: str) -> str:
    """Give what the desk shows of a reservation."""
    return (await typed(house, f"show {code}")).words


async def changed(house: SlackHouse, form: View, **fields: object) -> str:
    """Hand in a change and give the answer."""
    heard = await house.hanna.submit(form, fields)
    assert {} == heard.errors
    assert "Changed" in form.words
    await house.deliver()
    return form.words


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


@pytest.mark.parametrize(
    ("emptied", "gone"),
    [
        ("description", "Songs"),
        ("viewers", "Viewers"),
        ("reply_to", "Replies to"),
        ("reminders", "Reminders: 3 h"),
    ],
)
async def test_what_is_emptied_is_taken_away(house: SlackHouse, emptied: str, gone: str) -> None:
    code = await evening(
        house, "description=Songs viewers=40 reminders=3h reply_to=hanna@example.org"
    )
    assert gone in await shown(house, code)
    form = await form_for(house, code)

    await changed(house, form, **{emptied: None})

    assert gone not in await shown(house, code)


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


async def test_what_was_typed_beside_a_mistake_is_changed_with_the_rest(
    house: SlackHouse,
) -> None:
    stage = house.team.add_channel("C0002", name="stage")
    code = await evening(house)
    heard = await house.hanna.type(
        f'/slot change {code} title="Late show" length=nonsense add={mention(stage)}'
        f" remove={mention(house.general)}",
        house.general,
    )
    form = await heard.opened()
    assert {"title": "Late show", "channels": ["C0002"], "people": ["U0002"]}.items() <= (
        filled(form).items()
    )
    assert "nonsense" in form.words

    answer = await changed(house, form, length="3h")

    assert "Title: Evening show → Late show" in answer
    assert "Length: 2 h → 3 h" in answer
    assert "Evening show" not in stage.messages[0].words
    assert "Late show" in stage.messages[0].words
    assert "taken off the list" in house.general.messages[0].words


async def test_a_bad_file_costs_nothing_that_was_changed(house: SlackHouse) -> None:
    stage = house.team.add_channel("C0002", name="stage")
    code = await evening(house)
    form = await form_for(house, code)
    bad = house.hanna.upload("guests.csv", b"email\nnobody\nann@example.org\n")
    await house.hanna.submit(
        form,
        {"title": "Late show", "description": "New", "channels": [stage], "file": [bad]},
    )
    await house.slack.until(lambda: "nobody" in form.words)
    good = house.hanna.upload("guests.csv", b"carol@example.org\n")

    await house.hanna.submit(form, {field(form, "file"): [good]})
    await house.slack.until(lambda: "Changed" in form.words)
    await house.deliver()

    after = await shown(house, code)
    for line in ("Late show", "Description\nNew", "#stage", "carol@example.org"):
        assert line in after
    assert "#general" not in after
    assert "@Adam" in after


async def test_a_slot_that_is_taken_is_said_at_the_time_and_the_old_one_stays(
    house: SlackHouse,
) -> None:
    code = await evening(house)
    line = 'when="sat 20:00 for 2h" server=Studio audience=carol@example.org'
    await reserved(house, line, house.adam)
    form = await form_for(house, code)

    heard = await house.hanna.submit(form, {"when": FRIDAY + 24 * HOUR, "title": "Late show"})

    assert ["when"] == list(heard.errors)
    assert "It is taken" in heard.errors["when"]
    assert "Free instead:" in heard.errors["when"]
    assert "Evening show" in await shown(house, code)
    assert "Fri 4 Dec 2026, 20:00 CET" in await shown(house, code)


async def test_several_errors_stand_beside_their_fields(house: SlackHouse) -> None:
    code = await evening(house)
    form = await form_for(house, code)

    heard = await house.hanna.submit(
        form, {"title": "", "when": None, "add": "nobody", "remove": "nor me"}
    )

    assert {"title", "when", "add", "remove"} == set(heard.errors)


async def test_an_address_to_be_added_and_removed_is_asked_back(house: SlackHouse) -> None:
    code = await evening(house)
    form = await form_for(house, code)

    heard = await house.hanna.submit(form, {"add": "bob@example.org", "remove": "bob@example.org"})

    assert ["remove"] == list(heard.errors)


async def test_nobody_left_to_tell_is_said_and_nothing_is_changed(house: SlackHouse) -> None:
    code = await reserved(house, "audience=ann@example.org")
    form = await form_for(house, code)

    heard = await house.hanna.submit(form, {"remove": "ann@example.org"})

    assert 1 == len(heard.errors)
    assert "Nobody would be left to tell" in "".join(heard.errors.values())


async def test_the_form_of_a_reservation_that_ended_meanwhile_says_so(house: SlackHouse) -> None:
    code = await evening(house)
    form = await form_for(house, code)
    await typed(house, f"cancel {code}")

    heard = await house.hanna.submit(form, {"title": "Late show"})

    said = "".join(heard.errors.values()) or form.words
    assert "was cancelled" in said


async def test_an_admin_gets_the_same_form_and_others_none(house: SlackHouse) -> None:
    zoe = house.team.add_user("U0005", name="Zoe")
    code = await evening(house)

    form = await form_for(house, code, house.adam)
    refused = await typed(house, f"change {code}", zoe)

    assert "Evening show" == filled(form)["title"]
    assert refused.view is None
    assert "Evening show" not in refused.words
    assert refused.words.startswith(":no_entry:")


async def cancelling(house: SlackHouse, code: str) -> View:
    """Press Cancel under the permission, and give the question."""
    (permission,) = house.hanna.direct_messages
    assert code in permission.words
    return await (await house.hanna.click(permission, "slot:cancel")).opened()


async def test_cancelling_asks_back_and_passes_the_reason_on(house: SlackHouse) -> None:
    code = await evening(house)
    question = await cancelling(house, code)
    assert f"Cancel {code}" == question.title
    assert "Cancel Evening show" in question.words

    await house.hanna.submit(question, {"reason": "The singer\u202e is ill"})
    assert ["reason"] == list(question.errors)
    assert "The singer\u202e is ill" == question.value("reason")
    await house.hanna.submit(question, {"reason": "The singer\nis ill\n"})
    await house.deliver()

    assert "Cancelled: Evening show" in question.words
    (post,) = house.general.messages
    assert "The reason given: The singer is ill" in post.words
    assert "The reason given: The singer is ill" in post.thread[-1].words
    assert "Cancelled" == house.subjects("ann@example.org")[-1]


async def test_cancelling_needs_no_reason_and_can_be_left(house: SlackHouse) -> None:
    code = await evening(house)
    question = await cancelling(house, code)

    await house.hanna.close(question)
    assert "to be reconfirmed" in await shown(house, code)
    question = await cancelling(house, code)
    await house.hanna.submit(question)
    await house.deliver()

    assert "Cancelled: Evening show" in question.words
    assert "reason" not in house.general.messages[0].words


async def test_after_a_change_the_next_steps_are_at_hand(house: SlackHouse) -> None:
    code = await evening(house)
    form = await form_for(house, code)

    await changed(house, form, title="Late show")

    assert ["slot:reconfirm", "slot:change", "slot:cancel"] == acts(form.blocks)
    again = await (await house.hanna.click(form, "slot:change")).opened()
    assert "Late show" == filled(again)["title"]
