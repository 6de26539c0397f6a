"""App Home: one's own reservations with what can be done about them, and what is free."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.slack.house import SlackHouse
from tests.slack.server import Person, View
from tests.slack.speaking import FRIDAY, HOUR, acts, code_in, filled, nodes, reserved, typed


async def redrawn(house: SlackHouse, who: Person, times: int) -> View:
    """Wait until a home has been drawn so often, and give it."""
    await house.slack.until(lambda: who.homes_published >= times)
    assert who.home is not None
    return who.home


async def test_somebody_new_is_told_how_to_begin(house: SlackHouse) -> None:
    home = await house.hanna.open_home()

    assert "You have nothing reserved." in home.words
    assert "Europe/Berlin" in home.words
    assert "slot:reserve" == acts(home.blocks)[0]
    assert "What is free\nFree" in home.words
    assert "Studio, 1 h or longer" in home.words


async def test_the_button_opens_the_form(house: SlackHouse) -> None:
    home = await house.hanna.open_home()

    form = await (await house.hanna.click(home, "slot:reserve")).opened()
    await house.hanna.submit(
        form,
        {"title": "Show", "when": FRIDAY, "length": "1h", "audience": "ann@example.org"},
    )

    assert "Permitted" in form.words
    assert "Show" in (await redrawn(house, house.hanna, 2)).words


async def test_what_is_free_can_be_taken_from_there(house: SlackHouse) -> None:
    await reserved(house, "audience=ann@example.org")
    home = await house.hanna.open_home()

    form = await (await house.hanna.click(home, "slot:pick:1")).opened()

    assert {"server": "Studio", "when": FRIDAY + 2 * HOUR, "length": "1 h"}.items() <= (
        filled(form).items()
    )


async def test_ones_own_are_shown_with_status_deadline_and_buttons(house: SlackHouse) -> None:
    code = await reserved(house, "audience=ann@example.org")

    home = await house.hanna.open_home()

    assert f"{code}  Evening show" in home.words
    assert "Fri 4 Dec 2026, 20:00 CET – 22:00 on Studio" in home.words
    assert "to be reconfirmed by Thu 3 Dec 2026, 20:00 CET" in home.words
    own = ["slot:reconfirm", "slot:change", "slot:cancel", "slot:show"]
    assert ["slot:reserve", *own] == acts(home.blocks)[:5]
    stamps = [one["timestamp"] for one in nodes(home.blocks) if one.get("type") == "date"]
    assert [FRIDAY, FRIDAY + 2 * HOUR, FRIDAY - 24 * HOUR] == stamps[:3]


async def test_what_is_over_or_cancelled_is_not_shown_any_more(house: SlackHouse) -> None:
    cancelled = await reserved(house, "audience=ann@example.org")
    await typed(house, f"cancel {cancelled}")
    kept = await reserved(house, "audience=ann@example.org")

    home = await house.hanna.open_home()

    assert cancelled not in home.words
    assert kept in home.words
    await house.until(house.clock.now + timedelta(days=3, hours=12))  # it lapses on Thursday
    assert kept not in (await house.hanna.open_home()).words


async def test_nothing_of_others_is_shown(house: SlackHouse) -> None:
    code = await reserved(house, 'title="Secret show" audience=ann@example.org')

    home = await house.adam.open_home()

    assert "You have nothing reserved." in home.words
    for word in ("Secret", code, "ann@example.org", "Hanna"):
        assert word not in home.words


async def test_reconfirming_there_answers_and_draws_the_page_anew(house: SlackHouse) -> None:
    await reserved(house, "audience=ann@example.org")
    home = await house.hanna.open_home()

    told = await (await house.hanna.click(home, "slot:reconfirm")).opened()

    assert "Reconfirmed: Evening show" in told.words
    home = await redrawn(house, house.hanna, 2)
    assert "confirmed\n" in home.words
    assert "to be reconfirmed" not in home.words
    assert "slot:reconfirm" not in acts(home.blocks)


async def test_cancelling_there_asks_back_and_draws_the_page_anew(house: SlackHouse) -> None:
    code = await reserved(house, "audience=ann@example.org")
    home = await house.hanna.open_home()

    question = await (await house.hanna.click(home, "slot:cancel")).opened()
    await house.hanna.submit(question, {"reason": "Ill"})

    assert "Cancelled: Evening show" in question.words
    home = await redrawn(house, house.hanna, 2)
    assert code not in home.words
    assert "You have nothing reserved." in home.words


async def test_changing_there_draws_the_page_anew(house: SlackHouse) -> None:
    await reserved(house, "audience=ann@example.org")
    home = await house.hanna.open_home()

    form = await (await house.hanna.click(home, "slot:change")).opened()
    await house.hanna.submit(form, {"title": "Late show"})

    assert "Late show" in (await redrawn(house, house.hanna, 2)).words


async def test_the_details_can_be_acted_on_and_the_page_follows(house: SlackHouse) -> None:
    code = await reserved(house, "audience=ann@example.org")
    home = await house.hanna.open_home()

    details = await (await house.hanna.click(home, "slot:show")).opened()
    assert f"{code} Evening show" in details.words
    assert "ann@example.org" in details.words
    told = await (await house.hanna.click(details, "slot:reconfirm")).opened()

    assert "Reconfirmed" in told.words
    await house.slack.until(
        lambda: house.hanna.home is not None and "to be reconfirmed" not in house.hanna.home.words
    )


async def test_one_thing_after_the_other_can_be_done_in_modals(house: SlackHouse) -> None:
    await reserved(house, "audience=ann@example.org")
    home = await house.hanna.open_home()
    shown = await (await house.hanna.click(home, "slot:show")).opened()

    for turn in range(4):
        shown = await (await house.hanna.click(shown, "slot:change")).opened()
        await house.hanna.submit(shown, {"title": f"Show {turn}"})
        assert "Changed" in shown.words

    await house.slack.until(
        lambda: house.hanna.home is not None and "Show 3" in house.hanna.home.words
    )
    refused = {"push_limit_reached"}
    house.slack.calls[:] = [one for one in house.slack.calls if one.outcome not in refused]


async def test_an_old_button_answers_with_the_present_state(house: SlackHouse) -> None:
    code = await reserved(house, "audience=ann@example.org")
    home = await house.hanna.open_home()
    await typed(house, f"cancel {code}")

    told = await (await house.hanna.click(home, "slot:reconfirm")).opened()

    assert "was cancelled" in told.words
    assert code not in (await redrawn(house, house.hanna, 2)).words


@pytest.mark.parametrize("count", [21, 60])
async def test_many_reservations_stay_within_what_a_page_holds(
    house: SlackHouse, count: int
) -> None:
    for number in range(count):
        day, half_hour = divmod(number, 24)
        at = f"2026-12-{day + 10:02} {half_hour // 2:02}:{half_hour % 2 * 30:02}"
        title = f"Number {number:02} {'long ' * 14}".strip()
        heard = await typed(
            house, f'reserve {at} for 30min Studio title="{title}" audience=a@example.org'
        )
        code_in(heard.words)

    home = await house.hanna.open_home()

    assert len(home.blocks) <= 100
    assert "Number 19" in home.words
    assert "Number 20" not in home.words
    assert ("and 1 more: /slot list" if count == 21 else "and more: /slot list") in home.words
    assert "What is free" in home.words


async def test_the_page_follows_the_persons_own_clock(house: SlackHouse) -> None:
    nia = house.team.add_user("U0004", name="Nia", tz="America/New_York")

    home = await nia.open_home()

    assert "Times are shown in your zone, America/New_York." in home.words
