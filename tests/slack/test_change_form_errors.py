"""A change in Slack that cannot be: said in its place, and nothing else is lost."""

from __future__ import annotations

import pytest

from tests.slack.changing import changed, evening, form_for, shown
from tests.slack.house import SlackHouse
from tests.slack.speaking import FRIDAY, HOUR, field, filled, mention, reserved, typed


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
