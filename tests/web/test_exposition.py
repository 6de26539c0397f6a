"""Prometheus' text format, read back by a reader that knows only its description."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.exposition import Family, Kind, Sample, exposition
from tests.web.scrape import scrape

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def test_a_page_of_it() -> None:
    families = [
        Family("desk_up", Kind.GAUGE, "Whether it is up.", (Sample(1),)),
        Family(
            "desk_asked_total",
            Kind.COUNTER,
            "How often\nit was asked, \\ and by whom.",
            (Sample(3, {"who": 'a "b" \\ c\nd', "how": "so"}), Sample(0.25, {"who": "e"})),
        ),
        Family("desk_none", Kind.GAUGE, "Nothing is known.", ()),
    ]
    assert (
        "# HELP desk_up Whether it is up.\n"
        "# TYPE desk_up gauge\n"
        "desk_up 1\n"
        "# HELP desk_asked_total How often\\nit was asked, \\\\ and by whom.\n"
        "# TYPE desk_asked_total counter\n"
        'desk_asked_total{how="so",who="a \\"b\\" \\\\ c\\nd"} 3\n'
        'desk_asked_total{who="e"} 0.25\n'
        "# HELP desk_none Nothing is known.\n"
        "# TYPE desk_none gauge\n"
    ) == exposition(families)


@given(about=ANY_TEXT.filter(bool), values=st.lists(ANY_TEXT, min_size=1, unique=True))
def test_whatever_a_label_says_comes_back(about: str, values: list[str]) -> None:
    samples = tuple(Sample(number, {"said": said}) for number, said in enumerate(values))

    read = scrape(exposition([Family("said", Kind.GAUGE, about, samples)]))["said"]

    assert about == read.about
    assert list(range(len(values))) == [read.of(said=said) for said in values]


@given(st.floats(min_value=0))
def test_whatever_the_figure_it_comes_back(value: float) -> None:
    text = exposition([Family("figure", Kind.GAUGE, "One.", (Sample(value),))])

    assert value == scrape(text)["figure"].of()


def test_figures_that_are_none_are_written_as_scrapers_write_them() -> None:
    figures = (math.inf, -math.inf, math.nan)
    samples = tuple(Sample(value, {"n": str(n)}) for n, value in enumerate(figures))
    lines = exposition([Family("figure", Kind.GAUGE, "Three.", samples)]).splitlines()

    assert ["+Inf", "-Inf", "NaN"] == [line.split()[-1] for line in lines[2:]]


@pytest.mark.parametrize(
    "families",
    [
        [Family("2nd", Kind.GAUGE, "x", ())],
        [Family("a-b", Kind.GAUGE, "x", ())],
        [Family("a", Kind.GAUGE, "x", ()), Family("a", Kind.GAUGE, "x", ())],
        [Family("a", Kind.GAUGE, "x", (Sample(1), Sample(2)))],
        [Family("a", Kind.GAUGE, "x", (Sample(1, {"b": "c"}), Sample(2, {"b": "c"})))],
        [Family("a", Kind.GAUGE, "x", (Sample(1, {"__b": "c"}),))],
        [Family("a", Kind.GAUGE, "x", (Sample(1, {"b c": "d"}),))],
    ],
)
def test_what_a_scraper_would_refuse_is_not_written(families: list[Family]) -> None:
    with pytest.raises(ValueError, match=r"no name|there already|not the first"):
        exposition(families)
