"""Every page behind a real TLS proxy under a path prefix, set up as the README tells operators."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from core.access.links import Purpose
from core.model.reservation import Status
from core.usecases.look import Shown, show
from tests.databases import SqliteFiles
from tests.gate.studio import ANN, BEN, OLGA
from tests.web.browser import open_browser, reader_in
from tests.web.proxied import Proxied, links_on, open_proxied
from tests.web.proxy import PREFIX

ANY_CERTIFICATE = "--ignore-certificate-errors"
SECOND = timedelta(seconds=1)


@pytest.fixture(params=[False, True], ids=["leaves-the-prefix", "takes-it-off"])
async def house(
    request: pytest.FixtureRequest, sqlite_files: SqliteFiles, tmp_path: Path
) -> AsyncIterator[Proxied]:
    async with open_proxied(sqlite_files.fresh(), tmp_path, takes_off=request.param) as opened:
        yield opened


async def status_of(house: Proxied, code: str) -> Status:
    """Say what has become of a reservation."""
    shown = await house.studio.app.desk.read(show, house.studio.olga, code)
    assert isinstance(shown, Shown)
    return shown.reservation.status


async def test_every_page_of_every_kind_answers_and_leads_nowhere_else(house: Proxied) -> None:
    made = await house.reserve()
    workspace = house.studio.olga.workspace_id
    to_see = {
        await house.mailed(ANN, "join"),
        await house.mailed(ANN, "stop"),
        await house.mailed(OLGA, "holder"),
        house.link(Purpose.SLOT, made.id),
        house.link(Purpose.OPERATORS),
        house.link(Purpose.SCHEDULE, workspace),
        f"{house.link(Purpose.FEED, workspace)}.ics",
        f"{house.proxy.public_url}/schedule/1",
    }
    seen: set[str] = set()
    while to_see - seen:
        url = min(to_see - seen)
        seen.add(url)
        answer = await house.get(url)
        assert 200 == answer.status, url
        assert (await house.get(url, "HEAD")).status == answer.status
        assert f"127.0.0.1:{house.proxy.desk_port}" not in answer.text
        if "html" in answer.headers["Content-Type"]:
            found = links_on(answer, url)
            strays = {one for one in found if not one.startswith(f"{house.proxy.public_url}/")}
            assert set() == strays, url
            weeks = {one for one in found if "week=" in one}
            to_see |= found - weeks if "week=" in url else found
    kinds = {one.removeprefix(f"{house.proxy.public_url}/").partition("/")[0] for one in seen}
    every = {"join", "slot", "holder", "stop", "operators", "schedule", "feed", "static"}
    assert every <= {re.sub(r"\?.*", "", kind) for kind in kinds}
    assert any(one.endswith("/key") for one in seen)
    assert Status.PERMITTED is await status_of(house, made.code)  # looking did nothing


async def test_a_form_that_is_handed_in_really_acts(house: Proxied) -> None:
    made = await house.reserve()
    page = await house.mailed(OLGA, "holder")
    asked = await house.get(page)
    done = await house.post(f"{page}/reconfirm", once=asked.field("once"))
    assert "Reconfirmed" in done.words
    assert Status.CONFIRMED is await status_of(house, made.code)

    asked = await house.get(f"{page}/cancel")
    assert f'action="{page.removeprefix(house.proxy.origin)}/cancel"' in asked.text
    done = await house.post(f"{page}/cancel", once=asked.field("once"), reason="The singer is ill")
    assert "Cancelled" in done.words
    assert Status.CANCELLED is await status_of(house, made.code)
    await house.studio.mailboxes.newest(BEN, "Cancelled")

    stop = await house.mailed(ANN, "stop")
    one_click = await house.post(stop, **{"List-Unsubscribe": "One-Click"})
    assert "You will hear no more of" in one_click.words


async def test_calendars_are_fetched_and_lead_back_through_the_proxy(house: Proxied) -> None:
    made = await house.reserve()
    workspace = house.studio.olga.workspace_id
    entry = await house.get(f"{await house.mailed(ANN, 'join')}/slot.ics")
    assert 'attachment; filename="slot.ics"' == entry.headers["Content-Disposition"]
    feed = await house.get(f"{house.link(Purpose.FEED, workspace)}.ics")
    for answer in (entry, feed):
        (event,) = Calendar.from_ical(answer.text).walk("VEVENT")
        assert made.slot.starts_at == event.decoded("DTSTART")
        assert str(event["URL"]).startswith(f"{house.proxy.public_url}/slot/")
    again = await house.get(
        f"{house.link(Purpose.FEED, workspace)}.ics", If_None_Match=feed.headers["ETag"]
    )
    assert 304 == again.status
    busy = await house.get(f"{house.proxy.public_url}/feed/server/1.ics")
    (event,) = Calendar.from_ical(busy.text).walk("VEVENT")
    assert "Premiere" not in busy.text


async def test_whoever_comes_without_a_link_is_led_to_the_schedule(house: Proxied) -> None:
    url, way = f"{house.proxy.origin}{PREFIX}", []
    while (answer := await house.get(url)).status in {301, 302}:
        url = str(answer.headers["Location"])
        url = url if "://" in url else f"{house.proxy.origin}{url}"
        way.append(url)
    assert [f"{house.proxy.public_url}/", f"{house.proxy.public_url}/schedule"] == way
    assert 200 == answer.status


async def test_slack_reaches_its_door(house: Proxied) -> None:
    answer = await house.post(f"{house.proxy.public_url}/slack/events", payload="{}")

    assert 401 == answer.status


async def test_a_page_with_scripts_runs_as_it_should(house: Proxied) -> None:
    made = await house.reserve()
    await house.studio.type(f"reconfirm {made.code}")
    house.studio.clock.jump_to(made.slot.starts_at - 3 * SECOND)
    async with open_browser(ANY_CERTIFICATE) as browser, reader_in(browser) as reader:
        words = await reader.open(await house.mailed(ANN, "join"))
        assert "until it starts" in words
        assert "Premiere · Callboard" == await reader.page.title()
        await reader.page.get_by_text("On now").wait_for(timeout=20_000)
        assert 1 == await reader.page.locator("video").count()
        # nobody streams here: that the player finds nothing is all there is to complain of
        assert [] == [one for one in reader.complaints if "ERR_CONNECTION_REFUSED" not in one]
        await reader.open(f"{house.proxy.public_url}/schedule")
        assert await reader.page.locator("svg").count()
        assert {"https"} == {
            one.partition(":")[0]
            for one in await reader.page.evaluate(
                "performance.getEntriesByType('resource').map(one => one.name)"
            )
        }
