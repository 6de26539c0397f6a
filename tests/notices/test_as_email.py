"""A mail is addressed to one, holds its thread together, and says who wrote and how to stop it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from core.model.recipient import Contact, RouteName, Told
from core.notices.as_email import Mail, compose
from core.notices.mailbox import UnfitAddressError
from core.notices.notice import AUDIENCE_KINDS, NoticeKind
from core.notices.sender import MailSender
from core.notices.times import clock_words, day_words, slot_words
from tests.notices.reading import read_mail
from tests.notices.samples import FACTS, GUARDED, READER, SAMPLES, SENDER, a_notice

_AUDIENCE = [name for name, sample in SAMPLES.items() if sample.notice.kind in AUDIENCE_KINDS]
_HOLDERS = [name for name in SAMPLES if name not in _AUDIENCE]


def _mail(name: str, sender: MailSender = SENDER) -> Mail:
    return compose(SAMPLES[name].notice, sender).fill(SAMPLES[name].personal)


def _to(address: str, name: str = "") -> Mail:
    personal = replace(READER, contact=Contact(RouteName.EMAIL, address, name))
    return compose(a_notice(NoticeKind.ANNOUNCEMENT), SENDER).fill(personal)


@pytest.mark.parametrize("name", SAMPLES)
def test_parts_are_text_then_html_then_calendar_and_none_is_an_attachment(name: str) -> None:
    mail = read_mail(_mail(name).data)
    parts = list(mail.message.iter_parts())
    kinds = ["text/plain", "text/html"] + (["text/calendar"] if mail.ics else [])

    assert "multipart/alternative" == mail.message.get_content_type()
    assert kinds == [part.get_content_type() for part in parts]
    for part in parts:
        assert part["Content-Disposition"] is None
        assert "utf-8" == part["Content-Type"].params["charset"]


@pytest.mark.parametrize("name", SAMPLES)
def test_is_addressed_to_its_recipient_alone(name: str) -> None:
    mail = read_mail(_mail(name).data).message

    assert 1 == len(mail.get_all("To", []))
    assert 1 == len(mail["To"].addresses)
    assert mail["Cc"] is None
    assert mail["Bcc"] is None


@pytest.mark.parametrize("name", SAMPLES)
def test_says_that_a_machine_wrote_it(name: str) -> None:
    mail = read_mail(_mail(name).data).message

    assert "auto-generated" == mail["Auto-Submitted"]
    assert "All" == mail["X-Auto-Response-Suppress"]


@pytest.mark.parametrize("name", SAMPLES)
def test_text_html_and_calendar_agree(name: str) -> None:
    notice = SAMPLES[name].notice
    mail = read_mail(_mail(name).data)
    text, html = (re.sub(r"<[^>]+>", "", part) for part in (mail.text, mail.html))

    assert notice.facts.title in text
    assert notice.facts.title in html
    assert notice.facts.title in mail.message["Subject"]
    mark = re.match(r"\[(.+?)\]", mail.text)
    assert mark is not None
    assert f">{mark[1]}</span>" in mail.html
    holders = notice.kind not in AUDIENCE_KINDS
    zone = ZoneInfo(SAMPLES[name].personal.zone if holders else notice.facts.zone)
    assert slot_words(notice.facts.slot, zone).span in text
    assert slot_words(notice.facts.slot, zone).span in html
    if mail.ics:
        starts_at = mail.event["dtstart"][0].value
        assert f"{day_words(starts_at, zone)}, {clock_words(starts_at, zone)}" in text
        tentative = "TENTATIVE" == mail.event["status"][0].value
        assert tentative == (mark[1] in {"Provisional", "To be reconfirmed"})
        off = "CANCELLED" == mail.event["status"][0].value
        assert off == (mark[1] in {"Cancelled", "Taken off the list", "Lapsed"})


@pytest.mark.parametrize("name", _AUDIENCE)
def test_tells_the_audience_in_utc_too(name: str) -> None:
    assert " UTC\n" in read_mail(_mail(name).data).text


@pytest.mark.parametrize("name", _AUDIENCE)
def test_tells_the_audience_who_listed_them_and_how_to_stop_it(name: str) -> None:
    sample = SAMPLES[name]
    mail = read_mail(_mail(name).data)
    listed = f"because {sample.notice.facts.holder_name} listed {sample.personal.contact.address}"
    way = sample.personal.unsubscribe_link or "write to desk@example.org with the subject"

    for part in (mail.text, re.sub(r"<(?!a )[^>]+>", "", mail.html)):
        assert listed in part
        assert way in part


def test_a_link_to_unsubscribe_is_one_click_and_on_one_line() -> None:
    personal = replace(READER, unsubscribe_link="https://desk.example.org/stop/" + "x" * 200)
    data = compose(a_notice(NoticeKind.ANNOUNCEMENT), SENDER).fill(personal).data

    assert f"List-Unsubscribe: <{personal.unsubscribe_link}>\r\n".encode() in data
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in data


def test_without_a_web_one_unsubscribes_by_mail() -> None:
    data = _mail("announcement_without_web").data

    assert b"List-Unsubscribe: <mailto:desk@example.org?subject=unsubscribe%20K7Q-2MF>\r\n" in data
    assert b"List-Unsubscribe-Post" not in data


@pytest.mark.parametrize("name", _HOLDERS)
def test_the_holder_is_on_no_list(name: str) -> None:
    mail = read_mail(_mail(name).data).message

    assert mail["List-Id"] is None
    assert mail["List-Unsubscribe"] is None
    assert mail["Reply-To"] is None
    assert "Callboard <desk@example.org>" == mail["From"]


def test_hangs_on_the_thread_of_the_first_notice() -> None:
    mail = read_mail(_mail("change").data).message

    assert f"<{READER.message_id}>" == mail["Message-ID"]
    assert f"<{READER.first_message_id}>" == mail["In-Reply-To"] == mail["References"]


@pytest.mark.parametrize("first", ["", READER.message_id])
def test_the_first_notice_answers_none(first: str) -> None:
    personal = replace(READER, first_message_id=first)
    mail = compose(a_notice(NoticeKind.ANNOUNCEMENT), SENDER).fill(personal)

    assert read_mail(mail.data).message["In-Reply-To"] is None


def test_the_date_is_when_it_was_composed() -> None:
    assert READER.composed_at == read_mail(_mail("change").data).message["Date"].datetime


def test_is_from_the_holder_by_way_of_the_desk_and_replies_reach_the_holder() -> None:
    mail = read_mail(_mail("announcement").data).message

    assert "Ada Lovelace via Callboard <desk@example.org>" == mail["From"]
    assert "Ada Lovelace <ada@example.org>" == mail["Reply-To"]


@pytest.mark.parametrize("reply_to", ["", "zoë@example.org", "no address"])
def test_replies_go_to_the_desk_where_they_cannot_reach_the_holder(reply_to: str) -> None:
    notice = a_notice(NoticeKind.ANNOUNCEMENT, facts=replace(FACTS, reply_to=reply_to))
    mail = compose(notice, SENDER).fill(READER)

    assert read_mail(mail.data).message["Reply-To"] is None
    assert not mail.needs_smtputf8


def test_each_server_is_a_list_of_its_own() -> None:
    names = ["Main stage", "main-stage", "Bühne", "Bahne", "", "x" * 200]
    lists = [
        read_mail(
            compose(
                a_notice(NoticeKind.ANNOUNCEMENT, facts=replace(FACTS, server_name=name)),
                replace(SENDER, list_domain="lists.example.org"),
            )
            .fill(READER)
            .data
        ).message["List-Id"]
        for name in names
    ]

    assert len(names) == len(set(lists))
    assert all(re.search(r"<[a-z0-9-]+\.lists\.example\.org>$", listed) for listed in lists)


@pytest.mark.parametrize(
    ("address", "recipient", "smtputf8"),
    [
        ("anna@example.org", "anna@example.org", False),
        ("anna@bücher.example", "anna@xn--bcher-kva.example", False),
        ("jürgen@bücher.example", "jürgen@xn--bcher-kva.example", True),
    ],
)
def test_only_a_local_part_needs_smtputf8(address: str, recipient: str, smtputf8: bool) -> None:
    mail = _to(address, "Änna")
    header = mail.data.partition(b"\r\nTo: ")[2].partition(b"\r\n")[0].decode()

    assert (recipient, smtputf8) == (mail.recipient, mail.needs_smtputf8)
    assert header.endswith(f"<{recipient}>")
    assert smtputf8 != mail.data.isascii()
    # people see their address as they write it
    assert f"listed {address} for" in read_mail(mail.data).text


@pytest.mark.parametrize(
    "address", ["", "a b@example.org", "a@example.org\r\nBcc: eve@example.org"]
)
def test_refuses_a_recipient_that_is_no_address(address: str) -> None:
    with pytest.raises(UnfitAddressError):
        _to(address)


@pytest.mark.parametrize("address", ["", "desk", "desk@example.org\r\nX: y"])
def test_refuses_a_sender_that_is_no_address(address: str) -> None:
    with pytest.raises(UnfitAddressError):
        MailSender(address)


def test_the_holder_reads_times_in_their_own_zone() -> None:
    text = read_mail(_mail("permission").data).text

    assert "14:00–16:00 EST (America/New_York)" in text
    assert "by Thu 3 Dec 2026, 14:00 EST" in text


def test_the_audience_reads_times_in_the_server_s_zone_whatever_theirs() -> None:
    notice = a_notice(NoticeKind.ANNOUNCEMENT, Told.PROVISIONAL)
    told = compose(notice, SENDER).fill(replace(GUARDED, zone="Asia/Tokyo"))

    assert "20:00–22:00 CET (Europe/Berlin, UTC+1)" in read_mail(told.data).text


def test_the_sender_s_domain_is_ascii() -> None:
    assert "xn--bcher-kva.example" == MailSender("desk@bücher.example").domain
    assert timedelta(0) == READER.composed_at.utcoffset()
