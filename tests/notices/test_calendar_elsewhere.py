"""A calendar library of another language, strict where it can be, reads the entries the same."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.model.recipient import Contact, RouteName, Told
from core.notices.as_email import compose
from core.notices.as_feed import BusyEntry, FeedEntry, busy_feed, feed, single_entry
from core.notices.as_ics import calendar_name, method_of
from core.notices.mailbox import wire_address
from core.notices.notice import NoticeKind
from tests.notices.reading import read_mail
from tests.notices.samples import FACTS, READER, SAMPLES, SENDER, Sample, a_notice
from tests.requirements import require

_HERE = Path(__file__).parent
_AWKWARD = Sample(
    a_notice(
        NoticeKind.ANNOUNCEMENT,
        facts=replace(
            FACTS,
            title='A; B, C \\ "D": E\r\nATTENDEE:mailto:eve@example.org',
            description="tab\tcomma, semicolon; backslash \\n\nSTATUS:CANCELLED\n" + "😀ä" * 90,
            server_name="x" * 100,
        ),
    ),
    replace(READER, contact=Contact(RouteName.EMAIL, "o'neil+a@bücher.example", 'J, "K"; L:ä^n')),
)


def _read_by_ical_js(calendars: list[str]) -> list[list[dict[str, object]]]:
    node = shutil.which("node")
    require("node", node is not None, "install Node.js")
    installed = (_HERE.parent / "node_modules" / "ical.js").is_dir()
    require("ical.js", installed, "npm install --prefix tests --no-package-lock")
    answer = subprocess.run(  # noqa: S603 - our own script, on our own text
        [str(node), str(_HERE / "read_calendars.mjs")],
        input=json.dumps(calendars),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    read: list[list[dict[str, object]]] = json.loads(answer.stdout)
    return read


def test_ical_js_reads_every_entry_as_it_was_meant() -> None:
    samples = [sample for sample in SAMPLES.values() if method_of(sample.notice)] + [_AWKWARD]
    mails = [
        read_mail(compose(sample.notice, SENDER).fill(sample.personal).data) for sample in samples
    ]

    read = _read_by_ical_js([mail.ics for mail in mails])

    for sample, mail, (entry,) in zip(samples, mails, read, strict=True):
        slot, contact = sample.notice.facts.slot, sample.personal.contact
        assert (1, 1) == (entry["events"], entry["attendees"])
        assert method_of(sample.notice) == entry["method"]
        assert (sample.notice.uid, sample.notice.revision) == (entry["uid"], entry["sequence"])
        assert slot.starts_at == datetime.fromisoformat(str(entry["starts_at"])).astimezone(UTC)
        assert slot.ends_at == datetime.fromisoformat(str(entry["ends_at"])).astimezone(UTC)
        assert "UTC" == entry["zone"]
        assert mail.event["summary"][0].value == entry["summary"]
        assert mail.event["description"][0].value == entry["description"]
        assert mail.event["location"][0].value == entry["location"]
        assert mail.event["status"][0].value == entry["status"]
        if contact.address.isascii():
            assert f"mailto:{wire_address(contact.address)}" == entry["attendee"]
        assert calendar_name(contact.name) == entry["attendee_name"]


def test_ical_js_reads_feeds_as_they_were_meant() -> None:
    made = FACTS.slot.starts_at - timedelta(days=3)
    link = "https://callboard.example.org/slot/1-0-x"
    entries = [
        FeedEntry(f"{level}@callboard", number, made, level, _AWKWARD.notice.facts, "K7Q-2MF", link)
        for number, level in enumerate((Told.PROVISIONAL, Told.CONFIRMED, Told.CANCELLED), 1)
    ]
    busy = BusyEntry("busy@callboard", 2, made, FACTS.slot, Told.CONFIRMED)

    read = _read_by_ical_js(
        [
            feed("Crew", entries).decode(),
            busy_feed("Studio", [busy]).decode(),
            single_entry(entries[1]).decode(),
        ]
    )

    subscribed, (taken,), (single,) = read
    assert ["TENTATIVE", "CONFIRMED", "CANCELLED"] == [one["status"] for one in subscribed]
    assert [1, 2, 3] == [one["sequence"] for one in subscribed]
    assert [link, link, ""] == [one["url"] for one in subscribed]
    assert {"Crew"} == {one["name"] for one in subscribed}
    for one in (*subscribed, taken, single):
        assert ("PUBLISH", 0, "UTC") == (one["method"], one["attendees"], one["zone"])
        starts_at = datetime.fromisoformat(str(one["starts_at"])).astimezone(UTC)
        assert FACTS.slot.starts_at == starts_at
    assert str(subscribed[1]["summary"]) == single["summary"]
    assert 'A; B, C \\ "D": E' in str(single["summary"])
    assert ("Busy", "busy@callboard") == (taken["summary"], taken["uid"])
