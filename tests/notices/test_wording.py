"""The words of a notice say what the claims promise, to the right reader, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.model.prose import At, Said
from core.model.recipient import Told
from core.notices.as_console import render_line, render_wording
from core.notices.notice import NoticeKind
from core.notices.wording import wording
from core.notices.words import Mark, Wording
from tests.notices.samples import (
    FACTS,
    GUARDED,
    MOVED,
    READER,
    SAMPLES,
    a_notice,
)

_BERLIN = ZoneInfo("Europe/Berlin")
_IN_PLAYER = "rtmp://play.example.org/live/k7q2mf?user=guest-3&pass=7%26Q%3DMW%2BXT"


def _words(name: str) -> Wording:
    return wording(SAMPLES[name].notice, SAMPLES[name].personal)


def _text(name: str) -> str:
    return "\n".join(render_wording(_words(name), _BERLIN))


def _subject(name: str) -> str:
    return render_line(_words(name).subject, _BERLIN)


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("announcement", "Live stream: Autumn concert, Fri 4 Dec 2026, 20:00 CET"),
        ("announcement_provisional", "Provisional: Autumn concert, Fri 4 Dec 2026, 20:00 CET"),
        ("confirmation", "Confirmed: Autumn concert, Fri 4 Dec 2026, 20:00 CET"),
        ("change", "Changed: Winter concert, Fri 11 Dec 2026, 23:00 CET"),
        (
            "change_now_provisional",
            "Changed, provisional: Autumn concert, Fri 11 Dec 2026, 23:00 CET",
        ),
        ("cancellation", "Cancelled: Autumn concert, Fri 4 Dec 2026, 20:00 CET"),
        ("cancellation_of_one", "Taken off the list: Autumn concert, Fri 4 Dec 2026, 20:00 CET"),
        ("reminder", "Reminder: Autumn concert, Fri 4 Dec 2026, 20:00 CET"),
        ("permission", "Reserved: Autumn concert, reconfirm by Thu 3 Dec 2026, 20:00 CET"),
        ("permission_confirmed", "Reserved: Autumn concert, Fri 4 Dec 2026, 20:00 CET"),
        ("receipt_reconfirmed", "Reconfirmed: Autumn concert, Fri 4 Dec 2026, 20:00 CET"),
        ("receipt_changed", "Changed: Winter concert, reconfirm by Thu 10 Dec 2026, 20:00 CET"),
        ("receipt_cancelled", "Cancelled: Autumn concert, Fri 4 Dec 2026, 20:00 CET"),
        ("receipt_kept", "Confirmed: Autumn concert, Fri 4 Dec 2026, 20:00 CET"),
        ("deadline", "Please reconfirm by Thu 3 Dec 2026, 20:00 CET: Autumn concert"),
        ("lapse", "Lapsed: Autumn concert, Fri 4 Dec 2026, 20:00 CET"),
        ("lapse_of_a_no_show", "Lapsed: Autumn concert, Fri 4 Dec 2026, 20:00 CET"),
        ("no_show", "Nobody is publishing: Autumn concert, Fri 4 Dec 2026, 20:00 CET"),
        ("stream_key", "Stream key: Autumn concert, Fri 4 Dec 2026, 20:00 CET"),
        ("report", "214 of 214 told: Autumn concert"),
        ("report_with_failures", "212 of 214 told; 2 failed: Autumn concert"),
    ],
)
def test_the_subject_says_what_it_is_and_when(name: str, subject: str) -> None:
    assert subject == _subject(name)


@pytest.mark.parametrize(
    "name", ["announcement_provisional", "change_now_provisional", "reminder_provisional"]
)
def test_what_is_provisional_is_marked_with_its_deadline(name: str) -> None:
    sample = SAMPLES[name]
    deadline = sample.notice.facts.reconfirm_by
    assert deadline is not None
    text = _text(name)

    assert Mark.PROVISIONAL is wording(sample.notice, sample.personal).mark
    assert text.startswith("[Provisional] ")
    by = render_line((At(deadline),), _BERLIN)
    assert f"Provisional: it will be confirmed by {by}, or called off." in text
    assert "rovisional" in _subject(name)


@pytest.mark.parametrize(
    "name", ["announcement", "confirmation", "change_now_confirmed", "reminder"]
)
def test_what_is_certain_is_not_called_provisional_but_where_it_was(name: str) -> None:
    sample = SAMPLES[name]
    words = wording(sample.notice, sample.personal)
    shown = "\n".join(render_line(line, _BERLIN) for line in (words.subject, *words.intro))

    assert "rovisional" not in shown


def test_a_confirmation_says_that_it_is_now_certain() -> None:
    assert "This live stream is now confirmed: you can count on it." in _text("confirmation")


def test_a_change_shows_old_and_new_of_every_fact_that_differs() -> None:
    sample = SAMPLES["change"]
    changes = wording(sample.notice, sample.personal).changes
    shown = {
        change.label: (render_line(change.old, _BERLIN), render_line(change.new, _BERLIN))
        for change in changes
    }

    assert shown == {
        "Title": ("Autumn concert", "Winter concert"),
        "When": (
            "Fri 4 Dec 2026, 20:00–22:00 CET (Europe/Berlin)",
            "Fri 11 Dec 2026, 23:00 – Sat 12 Dec 2026, 01:30 CET (Europe/Berlin)",
        ),
        "Length": ("2 h", "2 h 30 min"),
        "Server": ("Main stage", "Small stage"),
        "Playback address": (FACTS.watch_url, MOVED.watch_url),
        "Description": (
            "Three string quartets, played live in the old hall. Doors open at 19:30.",
            "Three string quartets and an encore.",
        ),
        "Access": ("what you were sent before", "new credentials"),
    }


@pytest.mark.parametrize(
    ("change", "label", "new"),
    [
        ({"zone": "Asia/Tokyo"}, "Time zone", "Asia/Tokyo"),
        ({"reply_to": ""}, "Questions to", "none"),
        ({"holder_name": "Grace"}, "Host", "Grace"),
        ({"description": ""}, "Description", "none"),
        ({"access_serial": 9}, "Access", "no credentials needed"),
    ],
)
def test_a_change_of_one_thing_shows_that_thing_alone(
    change: dict[str, Any], label: str, new: str
) -> None:
    notice = a_notice(
        NoticeKind.CHANGE,
        facts=replace(FACTS, **change),
        before=FACTS,
        before_level=Told.CONFIRMED,
    )
    (shown,) = wording(notice, READER).changes

    assert (label, new) == (shown.label, render_line(shown.new, _BERLIN))


def test_a_long_description_that_differs_at_its_end_is_a_change() -> None:
    before = replace(FACTS, description="word " * 200)
    notice = a_notice(
        NoticeKind.CHANGE,
        facts=replace(FACTS, description="word " * 200 + "end"),
        before=before,
        before_level=Told.CONFIRMED,
    )

    assert ["Description"] == [change.label for change in wording(notice, READER).changes]


def test_a_change_says_that_it_became_provisional_or_certain() -> None:
    sample = SAMPLES["change_now_provisional"]
    status = wording(sample.notice, sample.personal).changes[0]

    assert ("Status", ("confirmed",)) == (status.label, status.old)
    assert "provisional, to be confirmed by Thu 10 Dec 2026, 20:00 CET" == render_line(
        status.new, _BERLIN
    )
    assert "It is now confirmed: you can count on it." in _text("change_now_confirmed")


def test_a_new_deadline_alone_is_a_change_to_those_for_whom_it_is_provisional() -> None:
    later = replace(FACTS, reconfirm_by=FACTS.slot.starts_at - timedelta(hours=1))
    changes = {
        level: wording(
            a_notice(NoticeKind.CHANGE, level, facts=later, before=FACTS, before_level=level),
            READER,
        ).changes
        for level in (Told.PROVISIONAL, Told.CONFIRMED)
    }

    assert ["Status"] == [change.label for change in changes[Told.PROVISIONAL]]
    assert () == changes[Told.CONFIRMED]


def test_a_cancellation_gives_the_reason_if_one_was_given() -> None:
    assert "The reason given: The first violin has a cold." in _text("cancellation_with_reason")
    assert "reason" not in _text("cancellation")


@pytest.mark.parametrize("kind", [NoticeKind.CANCELLATION, NoticeKind.LAPSE])
def test_what_is_off_shows_no_way_in(kind: NoticeKind) -> None:
    words = wording(a_notice(kind, Told.CANCELLED), GUARDED)
    shown = "\n".join(render_wording(words, _BERLIN))

    for way in (GUARDED.passcode, GUARDED.join_link, FACTS.watch_url):
        assert way not in shown


def test_one_who_is_taken_off_is_not_told_that_it_is_off() -> None:
    text = _text("cancellation_of_one")

    assert "[Taken off the list]" in text
    assert "it will not take place" not in text
    assert "ancelled" not in text


@pytest.mark.parametrize(
    "name", ["announcement_with_credentials", "confirmation", "change", "reminder"]
)
def test_the_audience_gets_link_address_and_credentials(name: str) -> None:
    text, notice = _text(name), SAMPLES[name].notice

    for way in (GUARDED.join_link, notice.facts.watch_url, GUARDED.watch_user, GUARDED.passcode):
        assert way in text


def test_without_a_web_the_playback_address_is_what_to_press() -> None:
    (action,) = wording(a_notice(NoticeKind.ANNOUNCEMENT), replace(READER, join_link="")).actions

    assert ("join", FACTS.watch_url) == (action.name, action.url)
    assert () == _words("announcement_without_web").actions


def test_whatever_a_person_typed_travels_as_their_words() -> None:
    facts = replace(FACTS, title="T<b>", holder_name="H<b>", server_name="S<b>", reason="R<b>")
    for sample in SAMPLES.values():
        words = wording(replace(sample.notice, facts=facts), sample.personal)
        lines = (words.subject, words.headline, *words.intro, *words.footer, *words.closing)
        rows = tuple(row.line for row in words.facts)
        for line in (*lines, *rows):
            assert not [span for span in line if isinstance(span, str) and "<b>" in span]
        assert (Said("T<b>"),) == words.headline


def test_a_subject_is_cut_and_a_headline_is_not() -> None:
    words = wording(
        a_notice(NoticeKind.ANNOUNCEMENT, facts=replace(FACTS, title="x" * 500)), READER
    )

    assert len(render_line(words.subject, _BERLIN)) < 180
    assert "x" * 500 == render_line(words.headline, _BERLIN)


def test_credentials_stand_once_more_in_the_address_for_a_player_that_asks_for_none() -> None:
    player, browser = _text("announcement_in_a_player"), _text("announcement_with_credentials")

    assert "  Passcode:     7&Q=MW+XT\n" in player
    assert f"  In a player:  {_IN_PLAYER}\n" in player
    assert "In a player" not in browser
    assert "They let you in from the start until the end." in player
    assert "They let you in from the start until the end." in browser
