"""One notice of every kind with a reader for it: what golden files and readers' tests share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.model.recipient import Contact, RouteName, Told
from core.model.reservation import Facts
from core.model.slot import Slot
from core.notices.notice import KEPT, NO_SHOW, Failure, Notice, NoticeKind, Personal
from core.notices.sender import MailSender
from core.notices.to_audience import REMOVED

WEB = "https://desk.example.org"
SENDER = MailSender("desk@example.org")
STARTS_AT = datetime(2026, 12, 4, 19, 0, tzinfo=UTC)
MADE_AT = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)

FACTS = Facts(
    title="Autumn concert",
    description="Three string quartets, played live in the old hall.\nDoors open at 19:30.",
    server_name="Main stage",
    slot=Slot.of(STARTS_AT, timedelta(hours=2)),
    zone="Europe/Berlin",
    watch_url="https://play.example.org/live/k7q2mf",
    holder_name="Ada Lovelace",
    reply_to="ada@example.org",
    access_serial=1,
    reconfirm_by=STARTS_AT - timedelta(days=1),
)
MOVED = replace(
    FACTS,
    title="Winter concert",
    description="Three string quartets and an encore.",
    server_name="Small stage",
    slot=Slot.of(STARTS_AT + timedelta(days=7, hours=3), timedelta(hours=2, minutes=30)),
    watch_url="https://play.example.org/small/k7q2mf",
    access_serial=2,
    reconfirm_by=STARTS_AT + timedelta(days=6),
)
READER = Personal(
    contact=Contact(RouteName.EMAIL, "anna@example.net", "Anna Virtanen"),
    message_id="k7q2mf.2.1@example.org",
    composed_at=MADE_AT + timedelta(seconds=3),
    first_message_id="k7q2mf.1.1@example.org",
    join_link=f"{WEB}/join/2a-1-QmVsbG8gd29ybGQhISE",
    slot_link=f"{WEB}/slot/2a-1-c29tZSBvdGhlciBsaW5r",
    unsubscribe_link=f"{WEB}/stop/2a-1-dW5zdWJzY3JpYmUgbWU",
)
GUARDED = replace(READER, watch_user="autumn", passcode="7HQ2KMW9XT")
HOLDER = Personal(
    contact=Contact(RouteName.EMAIL, "ada@example.org", "Ada Lovelace"),
    message_id="k7q2mf.3.0@example.org",
    composed_at=MADE_AT + timedelta(seconds=3),
    slot_link=f"{WEB}/slot/2a-0-aG9sZGVyIGxpbmsgISEh",
    holder_link=f"{WEB}/holder/2a-0-aG9sZGVyIHBhZ2UgISEh",
    zone="America/New_York",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A notice and the reader it is for."""

    notice: Notice
    personal: Personal


def a_notice(kind: NoticeKind, level: Told = Told.CONFIRMED, **other: Any) -> Notice:  # noqa: ANN401 - as many types as fields
    """Make a notice of that kind about the autumn concert."""
    made = Notice(
        kind=kind,
        code="K7Q-2MF",
        uid="k7q-2mf.2a@example.org",
        revision=3,
        made_at=MADE_AT,
        level=level,
        facts=FACTS,
    )
    return replace(made, **other)


def _failures(count: int) -> tuple[Failure, ...]:
    words = "550 5.1.1 <{}>: Recipient address rejected: User unknown in virtual mailbox table"
    addresses = [f"reader{number}@example.net" for number in range(1, count + 1)]
    return tuple(
        Failure(Contact(RouteName.EMAIL, address), words.format(address)) for address in addresses
    )


_KIND = NoticeKind
_ELSEWHERE = replace(
    FACTS,
    title="Zażółć gęślą jaźń: חגיגת חורף 🎻",
    description="上映は二時間です。\nÜber die Brücke.",
    server_name="Bühne 1",
    holder_name="Zoë Åström",
    reply_to="zoë@example.org",
    zone="Asia/Kathmandu",
)

SAMPLES: dict[str, Sample] = {
    "announcement": Sample(a_notice(_KIND.ANNOUNCEMENT), READER),
    "announcement_with_credentials": Sample(
        a_notice(_KIND.ANNOUNCEMENT, has_credentials=True),
        replace(GUARDED, first_message_id=""),
    ),
    "announcement_provisional": Sample(
        a_notice(_KIND.ANNOUNCEMENT, Told.PROVISIONAL, has_credentials=True), GUARDED
    ),
    "announcement_without_web": Sample(
        a_notice(
            _KIND.ANNOUNCEMENT,
            facts=replace(FACTS, watch_url="rtmp://play.example.org/live/k7q2mf", reply_to=""),
        ),
        replace(READER, join_link="", slot_link="", unsubscribe_link=""),
    ),
    "announcement_not_ascii": Sample(
        a_notice(_KIND.ANNOUNCEMENT, facts=_ELSEWHERE, has_credentials=True),
        replace(
            GUARDED,
            contact=Contact(RouteName.EMAIL, "jürgen@bücher.example", "Jürgen „Jim“ Groß"),
            watch_user="zoë",
            passcode="pass=wört & <b>",
        ),
    ),
    "announcement_in_a_player": Sample(
        a_notice(
            _KIND.ANNOUNCEMENT,
            facts=replace(FACTS, watch_url="rtmp://play.example.org/live/k7q2mf"),
            has_credentials=True,
        ),
        replace(
            GUARDED,
            watch_user="guest-3",
            passcode="7&Q=MW+XT",
            player_url="rtmp://play.example.org/live/k7q2mf?user=guest-3&pass=7%26Q%3DMW%2BXT",
        ),
    ),
    "confirmation": Sample(
        a_notice(
            _KIND.CONFIRMATION,
            before=FACTS,
            before_level=Told.PROVISIONAL,
            has_credentials=True,
        ),
        GUARDED,
    ),
    "change": Sample(
        a_notice(
            _KIND.CHANGE,
            facts=MOVED,
            before=FACTS,
            before_level=Told.CONFIRMED,
            has_credentials=True,
        ),
        GUARDED,
    ),
    "change_now_provisional": Sample(
        a_notice(
            _KIND.CHANGE,
            Told.PROVISIONAL,
            facts=replace(FACTS, slot=MOVED.slot, reconfirm_by=MOVED.reconfirm_by),
            before=FACTS,
            before_level=Told.CONFIRMED,
        ),
        READER,
    ),
    "change_now_confirmed": Sample(
        a_notice(
            _KIND.CHANGE,
            facts=replace(FACTS, title="Winter concert"),
            before=FACTS,
            before_level=Told.PROVISIONAL,
        ),
        READER,
    ),
    "cancellation": Sample(a_notice(_KIND.CANCELLATION, Told.CANCELLED), READER),
    "cancellation_with_reason": Sample(
        a_notice(
            _KIND.CANCELLATION,
            Told.CANCELLED,
            facts=replace(FACTS, reason="The first violin has a cold."),
        ),
        READER,
    ),
    "cancellation_of_one": Sample(
        a_notice(_KIND.CANCELLATION, Told.CANCELLED, done=REMOVED), READER
    ),
    "reminder": Sample(a_notice(_KIND.REMINDER, has_credentials=True), GUARDED),
    "reminder_provisional": Sample(a_notice(_KIND.REMINDER, Told.PROVISIONAL), READER),
    "permission": Sample(a_notice(_KIND.PERMISSION, Told.PROVISIONAL, waiting=214), HOLDER),
    "permission_confirmed": Sample(
        a_notice(_KIND.PERMISSION, facts=replace(FACTS, reconfirm_by=None), has_credentials=True),
        replace(HOLDER, watch_user="autumn", passcode="7HQ2KMW9XT"),
    ),
    "receipt_reconfirmed": Sample(a_notice(_KIND.RECEIPT, done="reconfirmed", waiting=214), HOLDER),
    "receipt_changed": Sample(
        a_notice(
            _KIND.RECEIPT,
            Told.PROVISIONAL,
            done="changed",
            facts=MOVED,
            before=FACTS,
            before_level=Told.CONFIRMED,
            waiting=1,
        ),
        HOLDER,
    ),
    "receipt_cancelled": Sample(
        a_notice(
            _KIND.RECEIPT,
            Told.CANCELLED,
            done="cancelled",
            facts=replace(FACTS, reason="The first violin has a cold."),
        ),
        HOLDER,
    ),
    "receipt_kept": Sample(a_notice(_KIND.RECEIPT, done="kept"), HOLDER),
    "deadline": Sample(a_notice(_KIND.DEADLINE, Told.PROVISIONAL), HOLDER),
    "deadline_without_web": Sample(
        a_notice(_KIND.DEADLINE, Told.PROVISIONAL),
        replace(HOLDER, slot_link="", holder_link=""),
    ),
    "lapse": Sample(a_notice(_KIND.LAPSE, Told.CANCELLED), HOLDER),
    "lapse_of_a_no_show": Sample(
        a_notice(
            _KIND.LAPSE,
            Told.CANCELLED,
            done=NO_SHOW,
            made_at=STARTS_AT + timedelta(minutes=30),
            waiting=214,
        ),
        HOLDER,
    ),
    "no_show": Sample(a_notice(_KIND.NO_SHOW), HOLDER),
    "no_show_to_be_freed": Sample(
        a_notice(_KIND.NO_SHOW, done=(STARTS_AT + timedelta(minutes=30)).isoformat()), HOLDER
    ),
    "no_show_kept": Sample(a_notice(_KIND.NO_SHOW, done=KEPT), HOLDER),
    "stream_key_in_the_address": Sample(
        a_notice(_KIND.STREAM_KEY),
        replace(
            HOLDER,
            ingest_url="srt://live.example.org:8890?streamid=publish:live/k7q2mf"
            ":publish:8sT-1Yb_0oR4mWq7zXc2vKd9LhPf3uEa",
        ),
    ),
    "stream_key_with_a_user_name": Sample(
        a_notice(_KIND.STREAM_KEY),
        replace(
            HOLDER,
            ingest_url="icecast://live.example.org:8000/k7q2mf.ogg",
            ingest_user="source",
            stream_key="8sT-1Yb_0oR4mWq7zXc2vKd9LhPf3uEa",
        ),
    ),
    "stream_key": Sample(
        a_notice(
            _KIND.STREAM_KEY,
            publishing=Slot(
                FACTS.slot.starts_at - timedelta(minutes=15),
                FACTS.slot.ends_at + timedelta(minutes=10),
            ),
        ),
        replace(
            HOLDER,
            ingest_url="rtmp://live.example.org/ingest",
            stream_key="k7q2mf?key=8sT-1Yb_0oR4mWq7zXc2vKd9LhPf3uEa",
        ),
    ),
    "report": Sample(a_notice(_KIND.REPORT, told=214), HOLDER),
    "report_with_failures": Sample(
        a_notice(_KIND.REPORT, told=212, failed=_failures(2), failed_count=2), HOLDER
    ),
    "report_with_many_failures": Sample(
        a_notice(_KIND.REPORT, told=180, waiting=9, failed=_failures(25), failed_count=25), HOLDER
    ),
}
