"""Calendars to subscribe to: read back by a parser that had no part in writing them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import vobject

from core.access.links import Links, Purpose
from core.access.vault import Vault
from core.model.recipient import Told
from core.notices.as_feed import BusyEntry, FeedEntry, busy_feed, feed, single_entry
from core.notices.as_ics import Mailbox, calendar_part
from core.notices.notice import NoticeKind
from tests.notices.reading import property_names
from tests.notices.samples import FACTS, a_notice

HOSTILE = 'x\r\nATTENDEE:mailto:a@b.example\r\n<script>"\u202e\u2028, ; \\n'
LINK = Links(Vault(["k" * 32]), "https://callboard.example.org").make(Purpose.SLOT, 7)
ENTRY = FeedEntry(
    uid="ab12@callboard",
    revision=3,
    made_at=FACTS.slot.starts_at - timedelta(days=4),
    level=Told.CONFIRMED,
    facts=FACTS,
    code="K7Q-2MF",
    link=LINK,
)
BUSY = BusyEntry("cd34@callboard", 2, ENTRY.made_at, FACTS.slot, Told.PROVISIONAL)


def contents(data: bytes) -> dict[str, list[vobject.base.ContentLine]]:
    """Read the one entry of a calendar."""
    calendar = vobject.readOne(data.decode())
    assert ["VEVENT"] == [component.name for component in calendar.components()]
    read: dict[str, list[vobject.base.ContentLine]] = calendar.vevent.contents
    return read


def values(data: bytes) -> dict[str, object]:
    """Give the values of the one entry of a calendar."""
    return {name: lines[0].value for name, lines in contents(data).items()}


def test_a_feed_says_what_it_is_and_how_often_to_ask() -> None:
    lines = feed("Crew, of; all", [ENTRY]).decode().split("\r\n")

    assert "METHOD:PUBLISH" in lines
    assert "NAME:Crew\\, of\\; all" in lines
    assert "X-WR-CALNAME:Crew\\, of\\; all" in lines
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
    assert "X-PUBLISHED-TTL:PT1H" in lines


def test_an_entry_holds_what_people_need() -> None:
    assert {
        "uid": ENTRY.uid,
        "sequence": "3",
        "dtstamp": ENTRY.made_at,
        "dtstart": FACTS.slot.starts_at,
        "dtend": FACTS.slot.ends_at,
        "status": "CONFIRMED",
        "transp": "OPAQUE",
        "summary": FACTS.title,
        "location": FACTS.server_name,
        "url": LINK,
    } == {
        name: value for name, value in values(feed("x", [ENTRY])).items() if name != "description"
    }


@pytest.mark.parametrize("level", [Told.PROVISIONAL, Told.CONFIRMED])
def test_it_says_the_same_as_the_mail_does(level: Told) -> None:
    notice = replace(a_notice(NoticeKind.ANNOUNCEMENT, level), uid=ENTRY.uid, revision=3)
    box = Mailbox("mailto:desk@example.org", "")
    mailed = values(calendar_part(notice, organizer=box, attendee=box, link=LINK))
    entry = replace(ENTRY, level=level, code=notice.code, made_at=notice.made_at)

    fed = values(feed("x", [replace(entry, facts=notice.facts)]))

    assert fed == {key: value for key, value in mailed.items() if key in fed}
    assert {"organizer", "attendee"} == mailed.keys() - fed.keys()


@pytest.mark.parametrize(
    ("level", "status", "summary", "blocks"),
    [
        (Told.PROVISIONAL, "TENTATIVE", "Provisional: Autumn concert", "OPAQUE"),
        (Told.CONFIRMED, "CONFIRMED", "Autumn concert", "OPAQUE"),
        (Told.CANCELLED, "CANCELLED", "Cancelled: Autumn concert", "TRANSPARENT"),
    ],
)
def test_the_status_stands_in_the_summary_too(
    level: Told, status: str, summary: str, blocks: str
) -> None:
    read = values(feed("x", [replace(ENTRY, level=level)]))

    assert (status, summary, blocks) == (read["status"], read["summary"], read["transp"])
    assert level.expects == ("url" in read)
    assert level.expects == (LINK in str(read["description"]))


def test_what_is_busy_says_nothing_else() -> None:
    assert {
        "uid": BUSY.uid,
        "sequence": "2",
        "dtstamp": BUSY.made_at,
        "dtstart": BUSY.slot.starts_at,
        "dtend": BUSY.slot.ends_at,
        "status": "TENTATIVE",
        "transp": "OPAQUE",
        "summary": "Busy",
    } == values(busy_feed("Studio", [BUSY]))


def test_a_single_entry_is_the_same_without_a_calendar_of_its_own() -> None:
    single, names = single_entry(ENTRY), property_names(single_entry(ENTRY).decode())

    assert values(feed("x", [ENTRY])) == values(single)
    assert "METHOD:PUBLISH" in single.decode().split("\r\n")
    assert set() == {"NAME", "X-WR-CALNAME", "REFRESH-INTERVAL"} & set(names)


def test_the_playback_address_is_in_none() -> None:
    ics = feed("x", [replace(ENTRY, link="")]).decode().replace("\r\n ", "")

    assert FACTS.watch_url
    assert FACTS.watch_url not in ics
    assert "http" not in ics


def test_hostile_words_stay_words() -> None:
    facts = replace(
        FACTS, title=HOSTILE, description=HOSTILE, server_name=HOSTILE, holder_name=HOSTILE
    )
    data = feed(HOSTILE, [replace(ENTRY, facts=facts)])
    read = values(data)

    assert 'x ATTENDEE:mailto:a@b.example <script>" , ; \\n' == read["summary"]
    assert "attendee" not in read
    assert "\u202e" not in data.decode()
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_what_nobody_was_told_of_is_off_as_in_mails() -> None:
    assert "CANCELLED" == values(feed("x", [replace(ENTRY, level=Told.NOTHING)]))["status"]
