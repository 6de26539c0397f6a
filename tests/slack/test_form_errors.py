"""What the form in Slack asks back: errors in their places, and nothing typed is lost."""

from __future__ import annotations

import pytest

from tests.slack.filling import form_of, hand_in, nothing_reserved, show
from tests.slack.house import SlackHouse
from tests.slack.server import NotSentError
from tests.slack.speaking import FRIDAY, HOUR, code_in, field, filled, reserved, typed


async def test_errors_stand_beside_their_fields_all_at_once_and_nothing_typed_is_lost(
    house: SlackHouse,
) -> None:
    form = await form_of(house)
    written: dict[str, object] = {
        "title": "See http://evil.example",
        "description": "It is all there",
        "length": "nonsense",
        "viewers": "3",
        "audience": "nobody\nann@example.org",
        "channels": [house.general],
        "people": [house.adam],
        "credentials": "none",
        "user": "choir",
        "passcode": "short",
        "reminders": "sometimes",
        "policy": "both",
    }

    heard = await house.hanna.submit(form, written)

    expected = {"title", "length", "audience", "passcode", "user", "reminders"}
    assert expected == set(heard.errors)
    assert "web address" in heard.errors["title"]
    assert "nonsense" in heard.errors["length"]
    assert "nobody" in heard.errors["audience"]
    assert form.open
    kept = filled(form)
    assert {
        **{name: value for name, value in written.items() if isinstance(value, str)},
        "channels": ["C0001"],
        "people": ["U0002"],
    }.items() <= kept.items()
    assert await nothing_reserved(house)
    mended = {"title": "Evening show", "length": "2h", "audience": "ann@example.org"}
    await house.hanna.submit(form, {**mended, "passcode": None, "user": None, "reminders": "1h"})
    assert "It is all there" in await show(house, form)


async def test_a_passcode_is_not_repeated_beside_its_field(house: SlackHouse) -> None:
    form = await form_of(house)

    heard = await hand_in(house, form, passcode='secret"code')

    assert ["passcode"] == list(heard.errors)
    assert "secret" not in heard.errors["passcode"]


async def test_an_audience_of_nobody_is_said_beside_the_addresses(house: SlackHouse) -> None:
    form = await form_of(house)

    heard = await hand_in(house, form, audience=None)

    assert {"audience"} == set(heard.errors)
    assert "list an address" in heard.errors["audience"]


async def test_slack_itself_keeps_the_form_open_until_title_start_and_length_are_there(
    house: SlackHouse,
) -> None:
    form = await form_of(house, "reserve")

    with pytest.raises(NotSentError, match="title"):
        await house.hanna.submit(form, {"when": FRIDAY})
    with pytest.raises(NotSentError, match="when"):
        await house.hanna.submit(form, {"title": "Evening show", "when": None})
    with pytest.raises(NotSentError, match="length"):
        await house.hanna.submit(form, {"when": FRIDAY, "length": None})


async def test_a_slot_that_was_taken_meanwhile_is_said_at_the_time_with_what_is_free(
    house: SlackHouse,
) -> None:
    form = await form_of(house)
    await reserved(house, "audience=bob@example.org", house.adam)

    heard = await hand_in(house, form, description="My own words")

    assert ["when"] == list(heard.errors)
    said = heard.errors["when"]
    assert said.startswith("It is taken Fri 4 Dec 2026, 20:00–22:00 CET")
    assert "Free instead:\nFri 4 Dec 2026, 18:00–20:00 CET" in said
    assert 3 == said.count("Europe/Berlin") - 1
    assert "Adam" not in said
    assert "My own words" == filled(form)["description"]
    await house.hanna.submit(form, {"when": FRIDAY - 2 * HOUR})
    assert "18:00 CET – 20:00" in await show(house, form)


async def test_a_line_for_a_taken_slot_opens_the_form_and_says_so_at_the_time(
    house: SlackHouse,
) -> None:
    await reserved(house, "audience=bob@example.org", house.adam)

    form = await form_of(
        house, 'reserve fri 20:00 for 2h Studio title="My show" audience=ann@example.org'
    )

    words = form.words
    at, start = words.index("It is taken"), words.index("\nStart\n")
    assert words.index("Server") < at < words.index("Free instead:") < start
    assert {"title": "My show", "when": FRIDAY, "audience": "ann@example.org"}.items() <= (
        filled(form).items()
    )


@pytest.mark.parametrize(
    ("when", "choices"),
    [
        ("2027-10-31 02:30", ["02:30 to 02:30 UTC+01:00", "02:30 to 03:30"]),
        ("2027-03-28 02:30", ["01:30 to 03:30", "03:30 to 04:30"]),
    ],
    ids=["twice", "never"],
)
async def test_a_time_that_the_clock_change_makes_unclear_is_asked_back(
    house: SlackHouse, when: str, choices: list[str]
) -> None:
    form = await form_of(house, f"reserve {when} for 1h Studio title=Show audience=ann@example.org")

    assert "when" not in filled(form)
    assert "Which do you mean?" in form.words
    assert all(choice in form.words for choice in choices)
    assert form.words.index("Which do you mean?") < form.words.index("\nStart\n")
    assert await nothing_reserved(house)


async def test_a_moment_that_was_picked_in_the_clock_change_is_taken_as_it_is(
    house: SlackHouse,
) -> None:
    sydney = house.team.add_user("U0003", name="Syd", tz="Australia/Sydney")
    # on 4 April 2027 Sydney's clocks show 02:30 twice; this is the second time
    second = 1806769800
    form = await (await typed(house, "reserve", sydney)).opened()
    fields = {"title": "Night", "when": second, "length": "1h", "audience": "ann@example.org"}

    await sydney.submit(form, fields)

    code = code_in(form.words)
    heard = await typed(house, f"show {code}", sydney)
    stamps = [
        element["timestamp"]
        for block in (await heard.message()).blocks
        for part in block.get("elements", [])
        for element in part.get("elements", [])
        if element.get("type") == "date"
    ]
    assert [second, second + HOUR] == stamps[:2]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"email\nann@example.org\nnot an address\n", "not an address"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "Please look"),
        (b"", "Please look"),
    ],
    ids=["a bad row", "an image", "nothing"],
)
async def test_a_file_that_cannot_be_used_is_said_there_and_nothing_typed_is_lost(
    house: SlackHouse, data: bytes, said: str
) -> None:
    for name in ("regulars", "crew"):
        await typed(house, f"audience add {name} {name}@example.org")
    form = await form_of(house)
    written = {
        "title": "Evening show",
        "description": "Songs\nand more",
        "viewers": "7",
        "audience": "Ann <ann@example.org>",
        "lists": ["crew", "regulars"],
        "credentials": "each",
        "policy": "both",
        "reminders": "3h",
        "reply_to": "hanna@example.org",
    }
    picked = {"channels": [house.general], "people": [house.adam]}

    await house.hanna.submit(
        form, {**written, **picked, "file": [house.hanna.upload("guests.csv", data)]}
    )
    await house.slack.until(lambda: said in form.words)

    assert {
        **written,
        "when": FRIDAY,
        "length": "2 h",
        "server": "Studio",
        "channels": ["C0001"],
        "people": ["U0002"],
    } == filled(form)
    assert await nothing_reserved(house)
    good = house.hanna.upload("guests.csv", b"carol@example.org\n")
    await house.hanna.submit(form, {field(form, "file"): [good]})
    await house.slack.until(lambda: "Permitted" in form.words)
    shown = await show(house, form)
    for line in (
        "Reminders: 3 h before",
        "Credentials: each",
        *("#general", "@Adam", "ann@example.org Ann", "carol@example.org"),
        *("crew@example.org", "regulars@example.org"),
    ):
        assert line in shown
