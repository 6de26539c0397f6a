"""A hundred restarts: every button and every modal that was sent before still works."""

from __future__ import annotations

from pathlib import Path

from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.discord.filling import button_with, form_of, listed, open_from
from tests.discord.restarting import open_runs

RESTARTS = 100


async def test_whatever_was_sent_before_a_restart_works_after_it(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock
) -> None:
    """A form goes from sheet to sheet, and a reservation from press to press, each in a new run."""
    async with open_runs(sqlite_files.fresh(), tmp_path, clock) as runs:
        hanna, left = runs.stage.hanna, RESTARTS
        while left > 0:
            async with runs.running() as house:
                form = await form_of(house)
            async with runs.running() as house:
                given = {"title": "A", "audience": "ann@example.org", "More first": True}
                message = await (await hanna.submit(form, given)).message()
            async with runs.running() as house:
                about = await open_from(hanna, message, "About it")
            async with runs.running() as house:
                heard = await hanna.submit(about, {"description": f"Songs {left}"})
                message = await heard.message()
            async with runs.running() as house:
                done = await (await hanna.click(message, "Reserve")).message()
                assert "Permitted" in done.words
                (reservation,) = await house.reservations()
                assert ("A", f"Songs {left}") == (reservation.title, reservation.description)
                assert ["ann@example.org"] == await listed(house, reservation.code)
            async with runs.running() as house:
                change = await open_from(hanna, done, "Change")
            async with runs.running() as house:
                heard = await hanna.submit(change, {"title": "http://no.example", "add": "b@x.org"})
                message = await heard.message()
            async with runs.running() as house:
                again = await open_from(hanna, message, "Fill in again")
            async with runs.running() as house:
                assert "b@x.org" == again.value("add")
                heard = await hanna.submit(again, {"title": "B"})
                done = await heard.message()
                assert "Changed" in done.words
                cancel = await open_from(hanna, done, "Cancel")
            async with runs.running() as house:
                heard = await hanna.submit(cancel, {"reason": "No band"})
                assert "Cancelled" in (await heard.message()).words
                assert button_with(done, "Cancel")
            left -= 10
        assert [] == [one.outcome for one in runs.discord.refusals]
