"""The holder is told what stands, what is asked of them, and who could not be told."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from core.model.prose import At
from core.notices.as_console import render_line, render_wording
from core.notices.notice import NoticeKind
from core.notices.wording import wording
from core.notices.words import Wording
from tests.notices.samples import HOLDER, SAMPLES, a_notice

_BERLIN = ZoneInfo("Europe/Berlin")


def _words(name: str) -> Wording:
    return wording(SAMPLES[name].notice, SAMPLES[name].personal)


def _text(name: str) -> str:
    return "\n".join(render_wording(_words(name), _BERLIN))


@pytest.mark.parametrize("name", ["permission", "deadline", "receipt_changed"])
def test_the_holder_is_told_the_deadline_and_what_to_press_or_type(name: str) -> None:
    sample = SAMPLES[name]
    deadline = sample.notice.facts.reconfirm_by
    assert deadline is not None
    first = wording(sample.notice, sample.personal).actions[0]

    assert f"reconfirm it by {render_line((At(deadline),), _BERLIN)}" in _text(name)
    assert ("reconfirm", HOLDER.holder_link) == (first.name, first.url)
    assert "/slot reconfirm K7Q-2MF" == first.command
    assert "lapses" in _text(name)


@pytest.mark.parametrize("name", ["permission_confirmed", "receipt_reconfirmed", "receipt_kept"])
def test_a_holder_with_nothing_to_reconfirm_is_not_asked_to(name: str) -> None:
    sample = SAMPLES[name]
    names = [action.name for action in wording(sample.notice, sample.personal).actions]

    assert ["change", "cancel"] == names
    assert "econfirm it" not in _text(name)


def test_a_lapse_names_the_deadline_and_a_way_on() -> None:
    assert "was not reconfirmed by Thu 3 Dec 2026, 20:00 CET" in _text("lapse")
    assert "/slot reserve" in _text("lapse")


def test_a_lapse_of_a_slot_nobody_used_says_so_and_no_deadline() -> None:
    text = _text("lapse_of_a_no_show")

    assert "nobody had published by Fri 4 Dec 2026, 20:30 CET, so it has lapsed" in text
    assert "reconfirmed" not in text
    assert "/slot reserve" in text


@pytest.mark.parametrize("name", ["no_show", "no_show_to_be_freed", "no_show_kept"])
def test_a_holder_who_does_not_publish_is_told_what_to_do(name: str) -> None:
    text = _text(name)
    names = [action.name for action in _words(name).actions]

    assert "Your slot has begun, and nobody is publishing." in text
    assert "/slot key K7Q-2MF" in text
    assert "/slot cancel K7Q-2MF" in text
    assert ["cancel"] == names
    assert (name == "no_show_to_be_freed") == (
        "Unless somebody publishes by Fri 4 Dec 2026, 20:30 CET, the reservation lapses" in text
    )
    assert (name == "no_show_kept") == ("the slot stays yours" in text)


def test_the_stream_key_goes_to_the_holder_with_the_ingest_address() -> None:
    text = _text("stream_key")

    assert "Ingest address:  rtmp://live.example.org/ingest" in text
    assert "k7q2mf?key=8sT-1Yb_0oR4mWq7zXc2vKd9LhPf3uEa" in text


def test_the_holder_is_told_when_the_server_takes_the_stream() -> None:
    early, punctual = _text("stream_key"), _text("stream_key_with_a_user_name")

    assert "You can connect from Fri 4 Dec 2026, 19:45 CET, to try things out: " in early
    assert "your watchers are let in at Fri 4 Dec 2026, 20:00 CET." in early
    assert "The server disconnects you at Fri 4 Dec 2026, 22:10 CET." in early
    assert "You can connect from the start, Fri 4 Dec 2026, 20:00 CET." in punctual
    assert "The server disconnects you at Fri 4 Dec 2026, 22:00 CET." in punctual


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("stream_key", ["Ingest address", "Stream key"]),
        ("stream_key_with_a_user_name", ["Ingest address", "User name", "Password"]),
        ("stream_key_in_the_address", ["Ingest address"]),
    ],
)
def test_the_holder_enters_what_the_server_asks_for_and_no_more(
    name: str, labels: list[str]
) -> None:
    assert labels == [row.label for row in _words(name).access]


def test_a_report_counts_and_names_those_not_told_with_the_reason() -> None:
    text = _text("report_with_failures")

    assert "212 of 214 told; 2 failed." in text
    assert "- reader2@example.net: 550 5.1.1 <reader2@example.net>: Recipient address" in text
    assert "/slot again K7Q-2MF" in text
    assert "again" not in _text("report")


def test_a_report_names_twenty_and_counts_the_rest() -> None:
    details = _words("report_with_many_failures").details

    assert 21 == len(details)
    assert ("and 5 more",) == details[-1]


def test_a_report_whose_failures_were_cut_before_counts_them_all() -> None:
    failed = SAMPLES["report_with_many_failures"].notice.failed[:20]
    notice = a_notice(NoticeKind.REPORT, told=1, failed=failed, failed_count=53)

    assert ("and 33 more",) == wording(notice, HOLDER).details[-1]
