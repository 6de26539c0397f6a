"""Times as people write them, where they have one meaning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.form.when import When, parse_when
from tests.form.moments import BERLIN, NEW_YORK, NOW, local

HOUR = timedelta(hours=1)

STARTS = {
    "tomorrow 20:00": "2026-11-26 20:00",
    "Tomorrow, 20:00": "2026-11-26 20:00",
    "tomorrow at 8 pm": "2026-11-26 20:00",
    "tmrw 8pm": "2026-11-26 20:00",
    "day after tomorrow 8pm": "2026-11-27 20:00",
    "yesterday 20:00": "2026-11-24 20:00",
    "fri 8pm": "2026-11-27 20:00",
    "on Friday at 20:00": "2026-11-27 20:00",
    "8pm on fri": "2026-11-27 20:00",
    "this fri 8pm": "2026-11-27 20:00",
    "Fri. 20.00": "2026-11-27 20:00",
    "wed 16:00": "2026-11-25 16:00",
    "wed 14:00": "2026-12-02 14:00",
    "wed 15:00": "2026-11-25 15:00",
    "this wed 14:00": "2026-11-25 14:00",
    "tue 8pm": "2026-12-01 20:00",
    "fri next week 8pm": "2026-12-04 20:00",
    "next wed 8pm": "2026-12-02 20:00",
    "today at noon": "2026-11-25 12:00",
    "tonight 9": "2026-11-25 21:00",
    "tonight 9:30": "2026-11-25 21:30",
    "tonight at midnight": "2026-11-26 00:00",
    "tonight 1am": "2026-11-26 01:00",
    "tomorrow morning 9": "2026-11-26 09:00",
    "8 in the evening tomorrow": "2026-11-26 20:00",
    "this evening 8": "2026-11-25 20:00",
    "in 2 hours": "2026-11-25 17:00",
    "in 90 min": "2026-11-25 16:30",
    "in an hour": "2026-11-25 16:00",
    "2 hours from now": "2026-11-25 17:00",
    "now": "2026-11-25 15:00",
    "in 2 days 20:00": "2026-11-27 20:00",
    "in a week 8pm": "2026-12-02 20:00",
    "2026-12-04 19:30": "2026-12-04 19:30",
    "2026-12-04 at 7:30pm": "2026-12-04 19:30",
    "2026/12/04 19:30": "2026-12-04 19:30",
    "2026-12-04T19:30": "2026-12-04 19:30",
    "4 Dec 19:30": "2026-12-04 19:30",
    "4. December 19:30": "2026-12-04 19:30",
    "Dec 4 7:30pm": "2026-12-04 19:30",
    "Dec 4th, 2026 at 7:30 p.m.": "2026-12-04 19:30",
    "the 4th of December 2026 19:30": "2026-12-04 19:30",
    "Fri 4 Dec 2026 19:30": "2026-12-04 19:30",
    "Fri 4 Dec - 19:30": "2026-12-04 19:30",
    "4.12. 19:30": "2026-12-04 19:30",
    "4.12 19:30": "2026-12-04 19:30",
    "4.12.26 19:30": "2026-12-04 19:30",
    "4.12.2026 19:30": "2026-12-04 19:30",
    "4.12. 20": "2026-12-04 20:00",
    "12/25 7pm": "2026-12-25 19:00",
    "25/12 7pm": "2026-12-25 19:00",
    "4/4 8pm": "2027-04-04 20:00",
    "fri 12/4 7pm": "2026-12-04 19:00",
    "24 Nov 19:30": "2027-11-24 19:30",
    "25 Nov 14:00": "2026-11-25 14:00",
    "29 feb 20:00": "2028-02-29 20:00",
    "8pm": "2026-11-25 20:00",
    "2pm": "2026-11-26 14:00",
    "@ 8pm": "2026-11-25 20:00",
    "12am": "2026-11-26 00:00",
    "fri 12pm": "2026-11-27 12:00",
    "midnight": "2026-11-26 00:00",
    "today 24:00": "2026-11-26 00:00",
    "fri 20": "2026-11-27 20:00",
    "fri 08:00": "2026-11-27 08:00",
    "fri 8:00": "2026-11-27 08:00",
    "\uff18pm": "2026-11-25 20:00",
    "fri\u00a08pm": "2026-11-27 20:00",
}

SPANS = {
    "fri 8pm for 2h": ("2026-11-27 20:00", 2 * HOUR),
    "fri 8pm 2h": ("2026-11-27 20:00", 2 * HOUR),
    "fri 8pm for 90 min": ("2026-11-27 20:00", 1.5 * HOUR),
    "fri 8pm for 1:30": ("2026-11-27 20:00", 1.5 * HOUR),
    "fri 8pm 1.5 hours": ("2026-11-27 20:00", 1.5 * HOUR),
    "for two hours on friday 8pm": ("2026-11-27 20:00", 2 * HOUR),
    "20:00-22:00": ("2026-11-25 20:00", 2 * HOUR),
    "20:00 \u2013 22:00": ("2026-11-25 20:00", 2 * HOUR),
    "fri 20.10-22.30": ("2026-11-27 20:10", timedelta(hours=2, minutes=20)),
    "2026-12-04 20:00-22:00": ("2026-12-04 20:00", 2 * HOUR),
    "8-10pm": ("2026-11-25 20:00", 2 * HOUR),
    "8-10pm fri": ("2026-11-27 20:00", 2 * HOUR),
    "Fri 4 Dec \u2013 8\u201310pm": ("2026-12-04 20:00", 2 * HOUR),
    "11-1pm": ("2026-11-26 11:00", 2 * HOUR),
    "10-2am": ("2026-11-25 22:00", 4 * HOUR),
    "8pm-10:30": ("2026-11-25 20:00", 2.5 * HOUR),
    "8pm-08:00": ("2026-11-25 20:00", 12 * HOUR),
    "08:30-9:30pm": ("2026-11-26 08:30", 13 * HOUR),
    "8pm-10": ("2026-11-25 20:00", 2 * HOUR),
    "noon-2": ("2026-11-26 12:00", 2 * HOUR),
    "from 8pm to 10pm": ("2026-11-25 20:00", 2 * HOUR),
    "from 9 to 17 fri": ("2026-11-27 09:00", 8 * HOUR),
    "tonight 8-10": ("2026-11-25 20:00", 2 * HOUR),
    "fri 20:00 until 2:00": ("2026-11-27 20:00", 6 * HOUR),
    "fri 20:00 until sat 2am": ("2026-11-27 20:00", 6 * HOUR),
    "8pm until tomorrow 2am": ("2026-11-25 20:00", 6 * HOUR),
    "fri 8pm till midnight": ("2026-11-27 20:00", 4 * HOUR),
    "fri 00:00-24:00": ("2026-11-27 00:00", 24 * HOUR),
    "now until 22:00": ("2026-11-25 15:00", 7 * HOUR),
    "now until 10": ("2026-11-25 15:00", 7 * HOUR),
    "in 2 hours for 90 min": ("2026-11-25 17:00", 1.5 * HOUR),
    "fri 8pm for 2h until 22:00": ("2026-11-27 20:00", 2 * HOUR),
}


@pytest.mark.parametrize(("text", "start"), STARTS.items(), ids=STARTS)
def test_understands_a_start(text: str, start: str) -> None:
    assert When(local(start), None, BERLIN) == parse_when(text, zone=BERLIN, now=NOW)


@pytest.mark.parametrize(("text", "span"), SPANS.items(), ids=SPANS)
def test_understands_a_start_with_a_length(text: str, span: tuple[str, timedelta]) -> None:
    start, length = span

    assert When(local(start), length, BERLIN) == parse_when(text, zone=BERLIN, now=NOW)


@pytest.mark.parametrize(
    ("text", "start", "zone"),
    [
        ("fri 8pm Europe/London", "2026-11-27 20:00+00:00", "Europe/London"),
        ("fri 8pm new york", "2026-11-27 20:00-05:00", "America/New_York"),
        ("fri 8pm (New York time)", "2026-11-27 20:00-05:00", "America/New_York"),
        ("fri 8pm ET", "2026-11-27 20:00-05:00", "America/New_York"),
        ("fri 8pm UTC", "2026-11-27 20:00+00:00", "UTC"),
        ("fri 8pm local time", "2026-11-27 20:00+01:00", "Europe/Berlin"),
        ("fri 8pm CET", "2026-11-27 20:00+01:00", "Europe/Berlin"),
        ("fri 8pm EST", "2026-11-27 20:00-05:00", "America/New_York"),
        ("fri 8pm UTC+2", "2026-11-27 20:00+02:00", "Europe/Berlin"),
        ("fri 8pm UTC-3", "2026-11-27 20:00-03:00", "Europe/Berlin"),
        ("fri 8pm +05:30", "2026-11-27 20:00+05:30", "Europe/Berlin"),
        ("2026-12-04T19:30Z", "2026-12-04 19:30+00:00", "Europe/Berlin"),
        ("2026-12-04T19:30:00.000Z", "2026-12-04 19:30+00:00", "Europe/Berlin"),
        ("2026-12-04T19:30+09:00", "2026-12-04 19:30+09:00", "Europe/Berlin"),
        ("2026-12-04 19:30:00-05:00", "2026-12-04 19:30-05:00", "Europe/Berlin"),
        ("2026-12-04T19:30+09:00 Asia/Tokyo", "2026-12-04 19:30+09:00", "Asia/Tokyo"),
        ("2027-10-31 02:30 CEST", "2027-10-31 02:30+02:00", "Europe/Berlin"),
        ("2027-10-31 02:30 CET", "2027-10-31 02:30+01:00", "Europe/Berlin"),
        ("20:00Z", "2026-11-25 20:00+00:00", "Europe/Berlin"),
    ],
)
def test_reads_a_time_by_the_clocks_it_names(text: str, start: str, zone: str) -> None:
    expected = datetime.fromisoformat(start).astimezone(UTC)

    assert When(expected, None, ZoneInfo(zone)) == parse_when(text, zone=BERLIN, now=NOW)


def test_takes_today_from_the_zone_that_is_named() -> None:
    late = local("2026-11-25 23:30")

    found = parse_when("tomorrow 8pm Asia/Tokyo", zone=BERLIN, now=late)

    tokyo = ZoneInfo("Asia/Tokyo")
    assert When(local("2026-11-27 20:00", tokyo), None, tokyo) == found


def test_counts_the_coming_minute_as_now() -> None:
    now = NOW + timedelta(seconds=17, microseconds=5)

    assert When(NOW + timedelta(minutes=1), None, NEW_YORK) == parse_when(
        "now", zone=NEW_YORK, now=now
    )
