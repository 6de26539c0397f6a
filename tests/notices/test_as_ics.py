"""The calendar part makes an entry appear, move and disappear, and gives nothing away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from core.model.recipient import Contact, RouteName, Told
from core.notices.as_email import compose
from core.notices.as_ics import Mailbox, calendar_name, calendar_part, mailto, method_of
from core.notices.notice import NoticeKind
from core.notices.sender import MailSender
from tests.notices.reading import Read, property_names, read_mail
from tests.notices.samples import FACTS, GUARDED, MOVED, READER, SAMPLES, SENDER, a_notice

_CARRIERS = [name for name, sample in SAMPLES.items() if method_of(sample.notice) is not None]
_HELD = {
    *("ATTENDEE", "DESCRIPTION", "DTEND", "DTSTAMP", "DTSTART", "LOCATION", "ORGANIZER"),
    *("SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "UID"),
}


def _read(name: str, sender: MailSender = SENDER) -> Read:
    sample = SAMPLES[name]
    return read_mail(compose(sample.notice, sender).fill(sample.personal).data)


def test_those_that_change_an_entry_carry_one_and_no_others() -> None:
    without = {sample.notice.kind for name, sample in SAMPLES.items() if name not in _CARRIERS}

    assert without == {
        NoticeKind.REMINDER,
        NoticeKind.DEADLINE,
        NoticeKind.STREAM_KEY,
        NoticeKind.REPORT,
        NoticeKind.NO_SHOW,
    }
    assert without.isdisjoint(SAMPLES[name].notice.kind for name in _CARRIERS)


@pytest.mark.parametrize("name", _CARRIERS)
def test_the_method_stands_in_the_body_and_beside_the_content_type(name: str) -> None:
    mail = _read(name)
    part = list(mail.message.iter_parts())[-1]
    method = Calendar.from_ical(mail.ics)["METHOD"]

    assert part["Content-Type"].params["method"] == method
    assert {True: "REQUEST", False: "CANCEL"}[SAMPLES[name].notice.level.expects] == method


@pytest.mark.parametrize("name", _CARRIERS)
def test_an_entry_holds_what_rfc_5546_asks_for_and_nothing_twice(name: str) -> None:
    names = property_names(_read(name).ics)
    inner = names[names.index("BEGIN", 1) + 1 : names.index("END")]

    assert len(set(inner)) == len(inner)
    assert _HELD | {"URL"} == set(inner) | {"URL"}
    assert names[:1] == ["BEGIN"]
    assert "VALARM" not in _read(name).ics


@pytest.mark.parametrize("name", _CARRIERS)
def test_the_entry_is_the_same_for_life_and_counts_its_revisions(name: str) -> None:
    event, notice = _read(name).event, SAMPLES[name].notice

    assert notice.uid == event["uid"][0].value
    assert str(notice.revision) == event["sequence"][0].value
    assert notice.made_at == event["dtstamp"][0].value


@pytest.mark.parametrize("name", _CARRIERS)
def test_times_are_utc_and_the_slot_s(name: str) -> None:
    event, slot = _read(name).event, SAMPLES[name].notice.facts.slot

    assert (slot.starts_at, slot.ends_at) == (event["dtstart"][0].value, event["dtend"][0].value)
    for line in _read(name).ics.splitlines():
        if line.startswith(("DTSTART", "DTEND", "DTSTAMP")):
            assert line.endswith("Z")


@pytest.mark.parametrize("name", _CARRIERS)
def test_there_is_one_attendee_who_is_the_recipient_and_need_not_answer(name: str) -> None:
    (attendee,) = _read(name).event["attendee"]
    contact = SAMPLES[name].personal.contact

    if contact.address.isascii():
        assert f"mailto:{contact.address}" == attendee.value
    assert [contact.name] == attendee.params["CN"]
    assert ["FALSE"] == attendee.params["RSVP"]


@pytest.mark.parametrize("name", _CARRIERS)
def test_the_organizer_is_the_mailbox_that_the_mail_is_from(name: str) -> None:
    mail = _read(name)
    (organizer,) = mail.event["organizer"]

    assert f"mailto:{mail.message['From'].addresses[0].addr_spec}" == organizer.value
    assert mail.message["Reply-To"] != organizer.value


def test_a_subaddress_makes_an_agent_for_each_reservation() -> None:
    mail = _read("announcement", replace(SENDER, subaddress=True))

    assert "desk+k7q2mf@example.org" == mail.message["From"].addresses[0].addr_spec
    assert "mailto:desk+k7q2mf@example.org" == mail.event["organizer"][0].value


@pytest.mark.parametrize(
    ("name", "status", "summary"),
    [
        ("announcement", "CONFIRMED", "Autumn concert"),
        ("announcement_provisional", "TENTATIVE", "Provisional: Autumn concert"),
        ("confirmation", "CONFIRMED", "Autumn concert"),
        ("change", "CONFIRMED", "Winter concert"),
        ("change_now_provisional", "TENTATIVE", "Provisional: Autumn concert"),
        ("cancellation", "CANCELLED", "Autumn concert"),
        ("cancellation_of_one", "CANCELLED", "Autumn concert"),
        ("permission", "TENTATIVE", "Provisional: Autumn concert"),
        ("receipt_reconfirmed", "CONFIRMED", "Autumn concert"),
        ("receipt_cancelled", "CANCELLED", "Autumn concert"),
        ("lapse", "CANCELLED", "Autumn concert"),
    ],
)
def test_the_status_follows_what_the_reader_is_told(name: str, status: str, summary: str) -> None:
    event = _read(name).event

    assert (status, summary) == (event["status"][0].value, event["summary"][0].value)


def test_the_holder_has_accepted_and_the_audience_is_asked() -> None:
    (holder,), (reader,) = (
        _read(name).event["attendee"] for name in ("permission", "announcement")
    )

    assert (["ACCEPTED"], ["NEEDS-ACTION"]) == (
        holder.params["PARTSTAT"],
        reader.params["PARTSTAT"],
    )


@pytest.mark.parametrize("name", _CARRIERS)
def test_nothing_that_opens_the_stream_is_in_a_calendar(name: str) -> None:
    personal = SAMPLES[name].personal
    secrets = (
        personal.passcode,
        personal.join_link,
        personal.unsubscribe_link,
        personal.holder_link,
        personal.stream_key,
        personal.player_url,
    )
    ics = _read(name).ics.replace("\n ", "")

    assert not [secret for secret in secrets if secret and secret in ics]


def test_the_slot_link_stands_in_the_entry_or_else_the_playback_address() -> None:
    with_web, without = _read("announcement").event, _read("announcement_without_web").event
    address = SAMPLES["announcement_without_web"].notice.facts.watch_url

    assert READER.slot_link == with_web["url"][0].value
    assert READER.slot_link in with_web["description"][0].value
    assert address in without["description"][0].value
    assert "url" not in without


def test_a_cancelled_entry_names_no_way_in() -> None:
    event = _read("cancellation").event

    assert "url" not in event
    assert "http" not in event["description"][0].value


def test_an_international_mailbox_becomes_a_uri() -> None:
    personal = replace(READER, contact=Contact(RouteName.EMAIL, "jürgen@bücher.example"))
    mail = read_mail(compose(a_notice(NoticeKind.ANNOUNCEMENT), SENDER).fill(personal).data)
    (attendee,) = mail.event["attendee"]

    assert "mailto:j%C3%BCrgen@xn--bcher-kva.example" == attendee.value
    assert "CN" not in attendee.params


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("anna+list@example.org", "mailto:anna+list@example.org"),
        ("a?b&c=d;e%f@example.org", "mailto:a%3Fb%26c%3Dd%3Be%25f@example.org"),
    ],
)
def test_writes_a_mailbox_as_a_uri(address: str, uri: str) -> None:
    assert uri == mailto(address)


def test_a_name_in_a_calendar_has_no_quotation_mark_and_no_escape() -> None:
    assert "Anna 'A' \u02c6n /" == calendar_name('Anna "A"\r\n ^n \\')


def test_no_line_is_longer_than_75_octets() -> None:
    facts = replace(FACTS, title="ä" * 110, description="😀 and words " * 200, server_name="b" * 90)
    notice = a_notice(NoticeKind.ANNOUNCEMENT, Told.PROVISIONAL, facts=facts)
    long_name = replace(GUARDED, contact=Contact(RouteName.EMAIL, "a@b.example", "Ñ" * 110))
    mail = read_mail(compose(notice, SENDER).fill(long_name).data)

    assert max(len(line.encode()) for line in mail.ics.splitlines()) <= 75
    assert ["Ñ" * 110] == mail.event["attendee"][0].params["CN"]
    assert "Provisional: " + "ä" * 110 == mail.event["summary"][0].value


def test_a_moved_entry_has_its_new_time_in_the_server_s_words_too() -> None:
    ends_at = datetime(2026, 12, 12, 0, 30, tzinfo=UTC)

    assert MOVED.slot.ends_at == ends_at == _read("change").event["dtend"][0].value
    assert timedelta(hours=2, minutes=30) == MOVED.slot.length


def test_a_notice_without_an_entry_makes_none() -> None:
    box = Mailbox("mailto:a@example.org", "")
    with pytest.raises(ValueError, match="carries no calendar entry"):
        calendar_part(a_notice(NoticeKind.REMINDER), organizer=box, attendee=box, link="")
