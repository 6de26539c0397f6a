"""The picture of the schedule: things are where their time is, and no words are interpreted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.schedule import _hours
from bot.web.time_line import Block, Closed, Lane, Mark, stacked, time_line
from core.model.slot import Slot
from core.usecases.schedule import ServerWeek, Week
from tests.desks import BERLIN, make_server

HOUR = timedelta(hours=1)
START = datetime(2026, 11, 30, tzinfo=UTC)
DAY = Slot.of(START, 24 * HOUR)
HOSTILE = '"><script>alert(1)</script> &amp; \u202e\n'
_SVG = "{http://www.w3.org/2000/svg}"
_GUTTER, _PLOT = 120, 990


def drawn(*lanes: Lane, now: datetime = START - HOUR) -> ET.Element:
    """Draw lanes; gives what a strict reader makes of the picture."""
    return ET.fromstring(time_line("A week", "About it", lanes, now))  # noqa: S314 - our own


def rects(picture: ET.Element, kind: str) -> list[tuple[float, float]]:
    """Give where the rectangles of a class begin and how wide they are, in hours of a day."""
    hour = _PLOT / 24
    return [
        (
            round((float(one.attrib["x"]) - _GUTTER) / hour, 1),
            round(float(one.attrib["width"]) / hour, 1),
        )
        for one in picture.iter(f"{_SVG}rect")
        if one.get("class") == kind
    ]


def block(starts: int, ends: int, *, row: int = 0, certain: bool = True) -> Block:
    """Make a block by the hours of the day, with an hour's set-up and half an hour's tear-down."""
    slot = Slot(START + starts * HOUR, START + ends * HOUR)
    return Block(slot, slot.padded(HOUR, HOUR / 2), certain, "Busy", "words", row)


def texts(picture: ET.Element, kind: str) -> list[str]:
    """Give the texts of a class."""
    found = [one for one in picture.iter(f"{_SVG}text") if one.get("class") == kind]
    return [one.text or "" for one in found]


def hours_of_day(day: date) -> list[tuple[float, str]]:
    """Give a day's hours in Berlin, and how long after its midnight they come."""
    week = Week(day - timedelta(days=day.weekday()))
    server = ServerWeek(make_server(), week.days(BERLIN), (), ())
    span = server.days[day.weekday()]
    return [((at - span.starts_at) / HOUR, f"{hour:02d}") for at, hour in _hours(span, server)]


def test_it_is_one_picture_with_a_name_and_a_description() -> None:
    picture = drawn(Lane("Mon", DAY))

    assert "img" == picture.get("role")
    labelled = (picture.get("aria-labelledby") or "").split()
    by_id = {one.get("id"): one.text for one in picture.iter()}
    assert ["A week", "About it"] == [by_id[one] for one in labelled]


def test_a_slot_lies_where_its_time_is_with_what_is_around_it() -> None:
    picture = drawn(Lane("Mon", DAY, blocks=(block(10, 12),)))

    assert [(10, 2)] == rects(picture, "taken")
    assert [(9, 3.5)] == rects(picture, "around")
    assert ["Busy"] == texts(picture, "label")


def test_what_reaches_beyond_a_lane_is_cut_off_there() -> None:
    before, after = block(-2, 1), block(22, 26)
    elsewhere, only_around = block(30, 31), block(-3, 0)

    picture = drawn(Lane("Mon", DAY, blocks=(before, after, elsewhere, only_around)))

    assert [(0, 1), (22, 2)] == rects(picture, "taken")
    assert [(0, 1.5), (21, 3), (0, 0.5)] == rects(picture, "around")


def test_certain_and_provisional_are_told_apart() -> None:
    picture = drawn(Lane("Mon", DAY, blocks=(block(1, 3), block(5, 8, certain=False))))

    groups = [one.get("class") for one in picture.iter(f"{_SVG}g")]
    assert ["certain", "provisional"] == groups


def test_a_blackout_is_hatched_and_lies_beneath() -> None:
    closed = Closed(Slot(START + 6 * HOUR, START + 40 * HOUR), "closed for works")
    picture = drawn(Lane("Mon", DAY, blocks=(block(1, 3),), closed=(closed,)))

    assert [(6, 18)] == rects(picture, "closed")
    assert ["blackout", "certain"] == [one.get("class") for one in picture.iter(f"{_SVG}g")]
    (shape,) = [one for one in picture.iter(f"{_SVG}rect") if one.get("class") == "closed"]
    assert "url(#hatch)" == shape.get("fill")


def test_now_is_a_line_on_the_lane_that_it_is_in() -> None:
    lanes = [Lane("Mon", DAY), Lane("Tue", Slot.of(DAY.ends_at, 24 * HOUR))]
    picture = drawn(*lanes, now=DAY.ends_at + 6 * HOUR)

    (line,) = [one for one in picture.iter(f"{_SVG}path") if one.get("class") == "now"]
    x, _, rest = (line.get("d") or "").removeprefix("M").partition(" ")
    assert _GUTTER + _PLOT / 4 == pytest.approx(float(x), abs=0.1)
    top = rects_of_ground(picture)[1]
    assert f"{top:g}V" in rest
    nowhere = drawn(*lanes, now=START - HOUR)
    assert "now" not in {one.get("class") for one in nowhere.iter(f"{_SVG}path")}


def rects_of_ground(picture: ET.Element) -> list[float]:
    """Give where the lanes begin, from above."""
    return [
        float(one.attrib["y"])
        for one in picture.iter(f"{_SVG}rect")
        if one.get("class") == "ground"
    ]


def test_parallel_streams_lie_beneath_each_other() -> None:
    blocks = (block(1, 5), block(3, 8, row=1))
    picture = drawn(Lane("Mon", DAY, blocks=blocks, rows=2), Lane("Tue", DAY))

    ys = [
        float(one.attrib["y"]) for one in picture.iter(f"{_SVG}rect") if one.get("class") == "taken"
    ]
    first, second = rects_of_ground(picture)
    assert first < ys[0] < ys[1] < second
    assert ys[1] - ys[0] >= 20


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=25))
def test_no_two_share_a_row_at_a_time_and_no_row_is_wasted(
    given_slots: list[tuple[int, int]],
) -> None:
    slots = [Slot.of(START + at * HOUR, length * HOUR) for at, length in given_slots]
    rows = stacked(slots)

    for index, one in enumerate(slots):
        for other in range(index):
            assert rows[index] != rows[other] or not one.overlaps(slots[other])
    peak = max(
        (sum(o.starts_at <= s.starts_at < o.ends_at for o in slots) for s in slots), default=0
    )
    assert peak == len(set(rows))


def test_a_shorter_day_is_a_shorter_lane_with_hours_of_its_own() -> None:
    marks = tuple(Mark(START + hour * HOUR, f"{hour:02d}:00") for hour in (0, 3, 6))
    late = tuple(Mark(mark.at - HOUR if mark.at > START else mark.at, mark.label) for mark in marks)
    lanes = [
        Lane("Sat", DAY, marks=marks),
        Lane("Fri", DAY, marks=marks),
        Lane("Sun", Slot.of(START, 23 * HOUR), marks=late),
    ]
    picture = drawn(*lanes)

    assert [(0, 24), (0, 24), (0, 23)] == rects(picture, "ground")
    xs = [
        round((float(one.attrib["x"]) - 3 - _GUTTER) / _PLOT * 24)
        for one in picture.iter(f"{_SVG}text")
        if one.get("class") == "hour"
    ]
    assert [0, 3, 6, 0, 2, 5] == xs


@pytest.mark.parametrize(
    ("day", "length", "three", "twice"),
    [
        (date(2026, 10, 25), 25, 4, ["02"]),
        (date(2026, 3, 29), 23, 2, []),
        (date(2026, 11, 30), 24, 3, []),
    ],
)
def test_hours_stand_where_the_clock_shows_them(
    day: date, length: int, three: int, twice: list[str]
) -> None:
    hours = hours_of_day(day)

    assert length == len(hours)
    assert [float(number) for number in range(length)] == [after for after, _ in hours]
    assert [three] == [after for after, label in hours if label == "03"]
    labels = [label for _, label in hours]
    assert twice == sorted({label for label in labels if labels.count(label) > 1})


def test_nothing_that_a_person_typed_is_interpreted() -> None:
    slot = Slot(START, START + 5 * HOUR)
    hostile = Block(slot, slot, certain=True, label=HOSTILE, words=HOSTILE)
    lane = Lane(
        HOSTILE, DAY, HOSTILE, (Mark(START, HOSTILE),), (hostile,), (Closed(slot, HOSTILE),)
    )
    made = time_line(HOSTILE, HOSTILE, [lane], START)

    assert "<script" not in made
    assert {HOSTILE} == {
        "".join(one.itertext())
        for one in ET.fromstring(made).iter()  # noqa: S314 - our own
        if one.tag in {f"{_SVG}title", f"{_SVG}desc", f"{_SVG}text"}
    }


def test_there_is_no_style_and_no_script_in_it() -> None:
    picture = drawn(Lane("Mon", DAY, blocks=(block(1, 5),), closed=(Closed(DAY, "x"),)))

    for one in picture.iter():
        assert one.tag not in {f"{_SVG}style", f"{_SVG}script"}
        assert not [name for name in one.attrib if name == "style" or name.startswith("on")]


def test_without_lanes_there_is_still_a_picture() -> None:
    assert "img" == drawn().get("role")
