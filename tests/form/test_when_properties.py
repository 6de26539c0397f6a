"""Whatever is typed: no exception, one answer, and every choice offered means what it says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.form.answers import AskBack, Mistake
from bot.form.characters import UNSEEN
from bot.form.day import parse_day
from bot.form.when import When, parse_when
from core.model.slot import Slot
from tests.form.moments import BERLIN, LORD_HOWE, NEW_YORK

ZONES = st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE, ZoneInfo("UTC"), ZoneInfo("Asia/Kathmandu")])
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
NOWS = st.integers(0, 400 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
DAYS = "|today|tomorrow|yesterday|fri|next fri|this sun|fri next week|12/4|4.12|4 Dec 2026|29 feb"
DATES = "25 Oct|29.3.2026|2026-10-25|2026-11-01|5.4.2026|next week|the weekend|in 2 days|sat 4/12"
TIMES = (
    "|8|12|20|8pm|8:00|20:00|24:00|2:30|2.15|noon|midnight|1am|tonight 2|in 2 hours|now|morning 9"
)
ENDS = (
    "|-10|- 22:00|to 2:30|until midnight|until sat 2|for 2h|90 min|until 5 Dec 3:00|-10pm|for 1:30"
)
PLACES = "|UTC|CET|CEST|CST|GMT|Europe/Berlin|new york|Z|+02:00|UTC-5|banana"
PARTS = [st.sampled_from(each.split("|")) for each in (f"{DAYS}|{DATES}", TIMES, ENDS, PLACES)]
SENTENCES = st.tuples(*PARTS).map(" ".join)
MIXED = st.tuples(*PARTS).flatmap(st.permutations).map(" ".join)
TEXTS = st.text() | SENTENCES | MIXED


@given(text=TEXTS, zone=ZONES, now=NOWS)
def test_answers_any_text_and_every_choice_means_exactly_one_thing(
    text: str, zone: ZoneInfo, now: datetime
) -> None:
    answer = parse_when(text, zone=zone, now=now)

    assert isinstance(answer, When | AskBack | Mistake)
    if isinstance(answer, When):
        assert timedelta(0) == answer.starts_at.utcoffset()
        assert answer.length is None or timedelta(0) < answer.length <= timedelta(days=7)
    if isinstance(answer, AskBack):
        meant = [parse_when(each.text, zone=zone, now=now) for each in answer.choices]
        understood = [each for each in meant if isinstance(each, When)]
        assert 1 < len(meant) == len(set(meant))
        assert [each.starts_at for each in answer.choices] == [
            each.starts_at for each in understood
        ]
        assert len(meant) == len({each.label for each in answer.choices})
    if isinstance(answer, Mistake):
        assert not UNSEEN.search(answer.message)


STYLES = (
    "{0:%Y-%m-%d %H:%M}",
    "{0:%Y-%m-%dT%H:%M}",
    "{0:%Y/%m/%d %H:%M}",
    "{0.day}.{0.month}.{0.year} {0:%H:%M}",
    "{0.day}.{0.month}.{0.year} {0:%H.%M}",
    "{0.day} {0:%b %Y %H:%M}",
    "{0:%a}, {0.day} {0:%B %Y at %I:%M %p}",
    "{0:%B} {0.day}, {0.year} {0:%I:%M}{0:%p}",
    "{0:%H:%M} on the {0.day}th of {0:%B %Y}",
)


@given(
    style=st.sampled_from(STYLES),
    zone=ZONES,
    now=NOWS,
    ahead=st.integers(0, 700 * 24 * 60),
    length=st.none() | st.integers(1, 7 * 24 * 60),
)
def test_reads_back_what_it_would_have_been_written_from(
    style: str, zone: ZoneInfo, now: datetime, ahead: int, length: int | None
) -> None:
    instant = now + timedelta(minutes=ahead)
    lasts = None if length is None else timedelta(minutes=length)
    text = style.format(instant.astimezone(zone)) + (f" for {length} min" if length else "")

    answer = parse_when(text, zone=zone, now=now)

    if isinstance(answer, AskBack):  # the clocks change just then
        assert instant in {each.starts_at for each in answer.choices}
        assert 2 == len({f"{instant.astimezone(zone):%z}", _other_offset(answer, zone, instant)})
    else:
        assert When(instant, lasts, zone) == answer


def _other_offset(answer: AskBack, zone: ZoneInfo, instant: datetime) -> str:
    """Give the offset from UTC of the choice that was not meant."""
    other = next(each.starts_at for each in answer.choices if each.starts_at != instant)
    assert other
    return f"{other.astimezone(zone):%z}"


@given(text=TEXTS, zone=ZONES, now=NOWS)
def test_answers_any_text_about_a_day(text: str, zone: ZoneInfo, now: datetime) -> None:
    answer = parse_day(text, zone, now)

    assert isinstance(answer, Slot | AskBack | Mistake)
    if isinstance(answer, Slot):
        assert answer.ends_at > now - timedelta(days=1)
    if isinstance(answer, AskBack):
        assert all(isinstance(parse_day(each.text, zone, now), Slot) for each in answer.choices)
