"""Two workspaces on one desk: neither sees the other's reservations, audiences or codes.

Fred in `Other` has Hanna's user id, and `Other` a channel with the id of hers: nothing may tell
the two apart but the workspace.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.desks import Clock
from tests.slack.house import HTTP, SOCKET
from tests.slack.operations import ANN, REGULARS, TITLE, Cell, prepared, said
from tests.slack.quarters import Quarters, open_quarters
from tests.slack.server import Heard, View

THEIRS = ("foreign", "f-admin")
LINE = 'reserve when="2026-12-05 20:00" length=2h server=Studio title="Fredshow"'
LOOKING = (
    *("list", "list mine", "list all", "free", "audience", "server", "server list", "settings"),
    *("audience show patrns", "server show Hal", "audience export patrons", "help", "show"),
)
SECRETS = (TITLE, REGULARS, ANN, "Hanna", "Hall", "hall.example", "Stage", "#general")


@pytest.fixture
async def quarters(
    database_url: str, tmp_path: Path, clock: Clock, request: pytest.FixtureRequest
) -> AsyncIterator[Quarters]:
    transport = getattr(request, "param", SOCKET)
    async with open_quarters(database_url, tmp_path, clock, transport) as opened:
        yield opened
        opened.nothing_refused()


@pytest.mark.parametrize("role", THEIRS)
async def test_whatever_one_looks_at_shows_nothing_of_the_other(
    quarters: Quarters, role: str
) -> None:
    cell = await prepared(quarters, role)
    words = [await said(await cell.type(text)) for text in (*LOOKING, f"show {cell.code}")]
    words.append((await cell.person.open_home()).words)
    words.append((await _form(cell)).words)

    everything = "\n".join(words).replace(cell.code, "", 1)  # the one that was typed
    assert [] == [secret for secret in (*SECRETS, cell.code) if secret in everything]
    assert "busy" in everything  # the shared server's slot, and no more of it


@pytest.mark.parametrize("role", THEIRS)
@pytest.mark.parametrize("command", ["show", "reconfirm", "change", "cancel", "again", "key"])
async def test_a_code_of_the_other_is_answered_like_one_that_never_was(
    quarters: Quarters, role: str, command: str
) -> None:
    cell = await prepared(quarters, role)
    never = "ZZZ-ZZZ"
    theirs = await said(await cell.type(f"{command} {cell.code}"))
    none = await said(await cell.type(f"{command} {never}"))

    assert none.replace(never, "CODE") == theirs.replace(cell.code, "CODE")


async def test_only_ones_own_codes_are_meant(quarters: Quarters) -> None:
    cell = await prepared(quarters, "foreign")
    mistyped = cell.code[:-1] + ("X" if cell.code[-1] != "X" else "Y")
    hanna = Cell(quarters, "holder", cell.code, 1, 1)
    fred = await said(await cell.type(f"show {mistyped}"))
    hers = await said(await hanna.type(f"show {mistyped}"))

    assert f"Did you mean “{cell.code}”" in hers
    assert cell.code not in fred
    assert "mean" not in fred


async def test_the_form_offers_ones_own_lists_and_servers(quarters: Quarters) -> None:
    cell = await prepared(quarters, "foreign")
    admin = Cell(quarters, "f-admin", cell.code, 1, 1)
    await said(await cell.type(f"audience add friends {ANN}"))
    await said(await admin.type("server add Attic kind=link watch_url=https://attic.example"))
    form = await _form(cell)
    hers = await _form(Cell(quarters, "holder", cell.code, 1, 1))

    assert (["friends"], ["Attic", "Studio"]) == (_options(form, "lists"), _options(form, "server"))
    assert ([REGULARS], ["Hall", "Studio"]) == (_options(hers, "lists"), _options(hers, "server"))


@pytest.mark.parametrize(("field", "name"), [("lists", REGULARS), ("server", "Hall")])
async def test_a_form_that_names_the_others_is_refused(
    quarters: Quarters, field: str, name: str
) -> None:
    cell = await prepared(quarters, "foreign")
    await said(await cell.type(f"audience add friends {ANN}"))
    form = await _form(cell)
    chosen = {"text": {"type": "plain_text", "text": name}, "value": name}
    values = {"title": "Mine", "when": cell.start, "server": "Studio", "audience": "x@y.org"}
    form.find(field)[1]["options"].append(chosen)  # what Slack's client would not offer
    heard = await cell.person.submit(form, {**values, field: name})
    mine = await said(await cell.type("list"))

    assert [field] == list(heard.errors)
    assert "There is no" in heard.errors[field]
    assert "You have nothing reserved" in mine


@pytest.mark.parametrize("quarters", [SOCKET, HTTP], indirect=True)
async def test_each_is_told_in_their_own_workspace_by_its_own_token(quarters: Quarters) -> None:
    fred, hanna = quarters.people["foreign"], quarters.people["holder"]
    assert fred.id == hanna.id
    assert quarters.elsewhere.id == quarters.general.id
    form = await _form(Cell(quarters, "foreign", "", 1, 1))
    heard = await fred.submit(
        form,
        {
            "title": "Fredshow",
            "when": quarters.clock.now.replace(day=5, month=12, hour=20),
            "server": "Studio",
            "channels": [quarters.elsewhere.id],
            "people": [quarters.people["f-admin"].id],
            "policy": "at once",
        },
    )
    words = await said(heard)
    await quarters.deliver()

    assert "Permitted: Fredshow" in words
    assert ["Fredshow" in one.words for one in quarters.elsewhere.messages] == [True]
    assert ["Fredshow" in one.words for one in fred.direct_messages] == [True]
    assert 1 == len(quarters.people["f-admin"].direct_messages)
    for nobody in (hanna.dm, quarters.people["admin"].dm, quarters.general):
        assert [] == nobody.messages
    posted = quarters.slack.calls_of("chat.postMessage")
    assert {quarters.other} == {call.team for call in posted}


async def test_settings_of_one_workspace_and_person_are_not_the_others(
    quarters: Quarters,
) -> None:
    hanna = Cell(quarters, "holder", "", 1, 1)
    fred = Cell(quarters, "foreign", "", 1, 1)
    before = await said(await hanna.type("settings"))
    await said(await fred.type("settings zone=Asia/Tokyo reminders=3h email=fred@example.org"))
    fiona = Cell(quarters, "f-admin", "", 1, 1)
    await said(await fiona.type("settings workspace zone=Asia/Tokyo reminders=4h"))

    assert before == await said(await hanna.type("settings"))
    assert "Asia/Tokyo" in await said(await fred.type("settings"))


async def test_the_others_reminder_button_reminds_nobody(quarters: Quarters) -> None:
    cell = await prepared(quarters, "foreign")
    words = await said(await cell.press("remind"))  # in a channel of the same id, as Hanna's id
    hanna = Cell(quarters, "holder", cell.code, 1, 1)
    shown = await said(await hanna.type(f"show {cell.code}"))

    assert "There is no reservation" in words
    assert "Fred" not in shown


async def _form(cell: Cell) -> View:
    heard: Heard = await cell.type("reserve")
    return await heard.opened()


def _options(view: View, field: str) -> list[str]:
    return [str(one["value"]) for one in view.find(field)[1]["options"]]
