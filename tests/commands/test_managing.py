"""Audience lists, servers and settings by command."""

from __future__ import annotations

import pytest

from bot.answers.audience import as_csv
from bot.answers.reply import Tone
from bot.commands.commands import AudienceImport
from bot.commands.run import handle
from bot.form.contacts import Contacts, parse_contacts_file
from core.model.recipient import Contact, RouteName
from core.usecases.look import servers_of
from core.usecases.settings import show_settings
from tests.commands.typing import Typist, count_rows


async def test_a_list_comes_and_goes(olga: Typist) -> None:
    added = await olga.read('audience add "Friday regulars" ann@x.org, ann@x.org, Bob <b@y.org>')
    again = await olga.read('audience add "friday regulars" b@y.org, c@z.org')
    shown = await olga.read("audience show Friday Regulars")
    removed = await olga.read('audience remove "Friday regulars" ann@x.org, who@x.org')
    dropped = await olga.read("audience drop Friday regulars")

    assert "Added: 2 addresses to Friday regulars (a new list)" in added
    assert "1 listed more than once" in added
    assert "1 of them was on it before" in again
    assert "b@y.org Bob" in shown
    assert "Removed: 1 address from Friday regulars; 2 on it now." in removed
    assert "1 of them was not on it" in removed
    assert "with 2 addresses" in dropped
    assert "There is no audience list yet" in await olga.read("audience")


@pytest.mark.parametrize("does", ["show", "export", "drop"])
async def test_an_unknown_list_is_said_to_be_one(olga: Typist, does: str) -> None:
    await olga.read("audience add regulars ann@x.org", Tone.OK)

    shown = await olga.read(f"audience {does} regulrs", Tone.MISTAKE)

    assert "Did you mean \u201cregulars\u201d?" in shown


async def test_one_bad_address_refuses_them_all_and_is_named(olga: Typist) -> None:
    before = await olga.desk.read(count_rows)

    shown = await olga.read("audience add regulars ann@x.org, foo, b@", Tone.MISTAKE)

    assert "\u201cfoo\u201d: it has no @" in shown
    assert "\u201cb@\u201d" in shown
    assert before == await olga.desk.read(count_rows)


async def test_an_export_can_be_imported_again(olga: Typist) -> None:
    await olga.read('audience add regulars ann@x.org, "Doe, Bob" <bob@y.org>', Tone.OK)

    exported = (await olga.type("audience export regulars")).attachment
    assert exported is not None
    command = AudienceImport("copy", exported.filename, exported.data)
    reply = await handle(olga.desk, olga.actor, command)

    assert Tone.OK is reply.tone
    shown = await olga.read("audience show copy")
    assert "bob@y.org Doe, Bob" in shown


def test_an_export_holds_nothing_that_a_spreadsheet_would_run() -> None:
    contacts = (
        Contact(RouteName.EMAIL, "=cmd@x.org", "+49 30"),
        Contact(RouteName.EMAIL, "-2@x.org", '=HYPERLINK("http://evil")'),
    )

    written = as_csv(contacts)
    read = parse_contacts_file(written, "a.csv")

    cells = [
        cell.strip('"') for row in written.decode().splitlines()[1:] for cell in row.split(",")
    ]
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@"}]
    assert isinstance(read, Contacts)
    assert [one.key for one in contacts] == [one.key for one in read.accepted]


async def test_an_import_without_its_file_asks_for_it(olga: Typist) -> None:
    assert "Which file?" in await olga.read("audience import regulars", Tone.MISTAKE)


async def test_lists_can_be_reserved_with(olga: Typist) -> None:
    await olga.read("audience add regulars ann@x.org, bob@x.org", Tone.OK)

    shown = await olga.read("reserve fri 20:00 2h title=x lists=regulars", Tone.OK)

    assert "2 recipients are told now" in shown


async def test_a_server_comes_and_changes(olga: Typist) -> None:
    added = await olga.read(
        "server add Main studio kind=mediamtx zone=New York watch_url=https://x.org/{path} "
        "ingest_url=rtmp://x.org/live/{path} quota=3 per week opening_hours=Mon-Fri 9-22",
        Tone.OK,
    )
    changed = await olga.read("server change main studio max_streams=3 name=Grand studio", Tone.OK)

    assert "Mon-Fri 09:00-22:00" in added
    assert "Streams at once: 3" in changed
    assert "3 per week" in await olga.read("server show Grand studio")
    assert "Grand studio" in await olga.read("server")


@pytest.mark.parametrize(
    "typed",
    [
        "server add Hall watch_url=https://x.org/hall",
        "server add Hall watch_url=https://x.org/hall control=http://x.org",
        "server lines Studio",
        "server change Studio max_streams=2",
        "server blackout Studio fri 20:00-22:00",
        "server lift Studio 1",
        "settings workspace zone=UTC",
        "stop ann@example.org",
    ],
)
async def test_members_may_not(olga: Typist, bruno: Typist, typed: str) -> None:
    before = await olga.desk.read(count_rows)

    assert "Only admins may do that." == await bruno.read(typed, Tone.DENIED)
    assert before == await olga.desk.read(count_rows)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("server show Stadium", "There is no server Stadium."),
        ("server lines Stadium", "There is no server Stadium."),
        ("server change Stadium max_streams=2", "There is no server Stadium."),
        ("server change Studio", "What shall be different?"),
        ("server change Studio shortest=-2h zone=Nowhere", "zone: There is no time zone"),
        ("server add Studio watch_url=https://x.org/", "There is a server Studio already"),
        ("server add Hall ingest_url=rtmp://x.org/", "What kind of server?"),
        ("server add Hall", "watch_url:"),
        ("server blackout Stadium fri 20:00-22:00", "There is no server Stadium."),
        ("server blackout Studio", "when:"),
        ("server blackout Studio fri 20:00", "Until when?"),
        ("server blackout Studio someday", "someday"),
        ("server lift Studio 7", "has no blackout 7"),
    ],
)
async def test_what_cannot_be_done_to_a_server_is_said(olga: Typist, typed: str, says: str) -> None:
    before = await olga.desk.read(servers_of, olga.actor)

    assert says in await olga.read(typed, Tone.MISTAKE)
    assert before == await olga.desk.read(servers_of, olga.actor)


async def test_a_blackout_closes_a_server_until_it_is_lifted(olga: Typist) -> None:
    await olga.reserve()

    closed = await olga.read("server blackout Studio 4 Dec - 6 Dec reason=Works", Tone.OK)
    denied = await olga.read("reserve 2026-12-05 20:00 2h title=x audience=a@x.org", Tone.DENIED)
    shown = await olga.read("server show Studio")
    number = shown.rpartition("- ")[2].partition(":")[0]
    await olga.read(f"server lift Studio {number}", Tone.OK)

    assert "1 reservation in it stays" in closed
    assert "It is closed" in denied
    assert "Works" in denied
    assert "Permitted" in await olga.read(
        "reserve 2026-12-05 20:00 2h title=x audience=a@x.org", Tone.OK
    )


async def test_whole_days_are_those_of_the_server(olga: Typist) -> None:
    closed = await olga.read("server blackout Studio 24 Dec", Tone.OK)

    assert "Wed 23 Dec 2026, 23:00 \u2013 Thu 24 Dec 2026, 23:00 UTC" in closed


async def test_a_retired_server_takes_no_reservations(olga: Typist) -> None:
    await olga.read("server change Studio retired=yes", Tone.OK)

    assert "There is no server yet" in await olga.read("reserve fri 20:00 2h title=x")
    assert "Next" not in await olga.read("server change Studio retired=no", Tone.OK)


async def test_settings_are_kept(olga: Typist) -> None:
    shown = await olga.read(
        'settings zone="new york" reminders="2h, 10 min" email=Olga@Example.org', Tone.OK
    )

    kept = (await olga.desk.read(show_settings, olga.actor)).person
    assert ("America/New_York", "Olga@example.org") == (kept.zone, kept.email)
    assert "2 h and 10 min before" in shown


async def test_settings_can_be_taken_back(olga: Typist) -> None:
    await olga.read("settings email=olga@example.org", Tone.OK)
    await olga.read("settings email=none reminders=none", Tone.OK)

    kept = (await olga.desk.read(show_settings, olga.actor)).person
    assert ("", ()) == (kept.email, kept.reminders)


@pytest.mark.parametrize(
    "typed",
    ["zone=Europe/Atlantis", "zone=CET", "zone=+2", "reminders=soon", "email=olga", "zone="],
)
async def test_a_wrong_setting_leaves_all_as_they_were(olga: Typist, typed: str) -> None:
    before = await olga.desk.read(show_settings, olga.actor)

    await olga.read(f"settings {typed}", Tone.MISTAKE)

    assert before == await olga.desk.read(show_settings, olga.actor)


async def test_admins_set_what_holds_for_all(olga: Typist, bruno: Typist) -> None:
    await olga.read("settings workspace zone=Asia/Tokyo", Tone.OK)

    assert "Asia/Tokyo (as all)" in await bruno.read("settings")
