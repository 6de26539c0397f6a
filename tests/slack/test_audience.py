"""Audience lists in Slack: typed, shown, exported, imported from a file."""

from __future__ import annotations

import pytest

from tests.slack.house import SlackHouse
from tests.slack.server import Error
from tests.slack.speaking import filled, mention, nodes, typed


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


async def test_an_export_counts_what_can_be_in_a_file_and_says_what_cannot(
    house: SlackHouse,
) -> None:
    targets = f"{mention(house.general)} {mention(house.adam)} ann@example.org"
    await house.hanna.type(f"/slot audience add crew {targets}", house.general)

    heard = await typed(house, "audience export crew")

    assert "crew: 1 address as CSV." in heard.words
    assert "2 channels or people of a chat can be in no such file." in heard.words


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
