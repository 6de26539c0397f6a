"""The load: streams and viewers count at their peak, with set-up and tear-down, never by lanes."""

from __future__ import annotations

import pytest

from core.model.server import Rules
from core.policy.reasons import Full, Taken, TooManyViewers
from tests.policy.builders import MINUTE, a_slot, ask, busy, reasons_of

EVENING = a_slot("20:00", "21:00")


@pytest.mark.parametrize(
    ("taken", "rules", "expected"),
    [
        pytest.param((busy("19:00", "20:00"),), Rules(), None, id="touches before"),
        pytest.param((busy("21:00", "22:00"),), Rules(), None, id="touches after"),
        pytest.param((busy("19:00", "20:01"),), Rules(), ("19:00", "20:01"), id="a minute"),
        pytest.param(
            (busy("19:00", "20:30"), busy("20:30", "23:00"), busy("23:00", "23:30")),
            Rules(),
            ("19:00", "23:00"),
            id="the stretch is as long as what meets the slot",
        ),
        pytest.param(
            (busy("19:00", "20:20"), busy("20:20", "20:40"), busy("20:40", "22:00")),
            Rules(max_streams=2),
            None,
            id="three in a row are never two at once",
        ),
        pytest.param(
            (busy("20:40", "22:00"), busy("20:20", "20:40"), busy("19:00", "20:20")),
            Rules(max_streams=2),
            None,
            id="nor the other way round",
        ),
        pytest.param(
            (busy("19:00", "20:30"), busy("20:00", "22:00")),
            Rules(max_streams=2),
            ("20:00", "20:30"),
            id="two at once",
        ),
        pytest.param(
            (busy("18:00", "20:30"), busy("18:00", "19:00"), busy("20:15", "20:20")),
            Rules(max_streams=2),
            ("20:15", "20:20"),
            id="a full hour before the slot does not count",
        ),
        pytest.param(
            (busy("18:00", "19:55"),), Rules(set_up=5 * MINUTE), None, id="set-up just fits"
        ),
        pytest.param(
            (busy("18:00", "19:56"),), Rules(set_up=5 * MINUTE), ("18:00", "19:56"), id="set-up"
        ),
        pytest.param(
            (busy("21:05", "22:00"),), Rules(tear_down=5 * MINUTE), None, id="tear-down just fits"
        ),
        pytest.param(
            (busy("21:04", "22:00"),),
            Rules(tear_down=5 * MINUTE),
            ("21:04", "22:00"),
            id="tear-down",
        ),
        pytest.param((), Rules(max_streams=0), ("20:00", "21:00"), id="a server without streams"),
    ],
)
def test_counts_the_peak_of_streams(
    taken: tuple[Taken, ...], rules: Rules, expected: tuple[str, str] | None
) -> None:
    full = (Full(rules.max_streams, a_slot(*expected)),) if expected else ()

    assert full == reasons_of(ask(EVENING, rules, taken=taken))


@pytest.mark.parametrize(
    ("taken", "viewers", "left"),
    [
        pytest.param((), 100, None, id="all of them"),
        pytest.param((), 101, 100, id="more than there are"),
        pytest.param((busy("20:00", "20:30", 60), busy("20:30", "21:00", 60)), 40, None, id="peak"),
        pytest.param((busy("20:00", "20:31", 60), busy("20:30", "21:00", 30)), 11, 10, id="sum"),
        pytest.param(
            (busy("19:00", "20:00", 90), busy("21:00", "22:00", 90)), 99, None, id="touch"
        ),
        pytest.param((busy("19:00", "22:00", 130),), 1, 0, id="the server was made smaller"),
        pytest.param((busy("19:00", "22:00", 130),), 0, None, id="no viewers need no room"),
        pytest.param(
            (busy("18:00", "20:30", 50), busy("18:00", "19:00", 50)), 50, None, id="peak elsewhere"
        ),
    ],
)
def test_counts_the_peak_of_viewers(
    taken: tuple[Taken, ...], viewers: int, left: int | None
) -> None:
    rules = Rules(max_streams=9, max_viewers=100)

    expected = () if left is None else (TooManyViewers(100, left),)
    assert expected == reasons_of(ask(EVENING, rules, taken=taken, viewers=viewers))


def test_adds_what_others_need_for_set_up_to_its_own() -> None:
    rules = Rules(set_up=10 * MINUTE)
    other = Taken(EVENING.padded(rules.set_up, rules.tear_down))

    touching = ask(a_slot("19:00", "19:50"), rules, taken=[other])
    too_near = ask(a_slot("21:09", "22:00"), rules, taken=[other])
    near = ask(a_slot("21:10", "22:00"), rules, taken=[other])

    assert reasons_of(touching) == ()
    assert reasons_of(near) == ()
    assert (Full(1, other.busy),) == reasons_of(too_near)
