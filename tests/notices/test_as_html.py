"""The HTML is safe, loads nothing, can be read in light and dark, and says what it shows."""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from core.model.prose import At, Link, Literal, Said, Strong
from core.notices.as_html import render_html
from core.notices.notice import NoticeKind
from core.notices.wording import wording
from core.notices.words import Mark, Wording
from tests.notices.reading import read_markup
from tests.notices.samples import FACTS, READER, SAMPLES, STARTS_AT, a_notice

_BERLIN = ZoneInfo("Europe/Berlin")
_LIGHT_CARD, _DARK_CARD, _DARK_GROUND = "#ffffff", "#1a1f26", "#0f1318"


def _page(name: str) -> str:
    sample = SAMPLES[name]
    return render_html(wording(sample.notice, sample.personal), _BERLIN, "Callboard")


def _brightness(colour: str) -> float:
    """Work out the relative luminance of `#rrggbb` (WCAG 2.2)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_brightness(one), _brightness(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_loads_nothing_and_runs_nothing(name: str) -> None:
    page = _page(name)
    markup = read_markup(page)

    assert markup.elements.isdisjoint({"script", "img", "link", "iframe", "form", "object", "svg"})
    assert markup.schemes <= {"https", "mailto"}
    assert not [attribute for attribute in markup.attributes if " on" in attribute]
    assert "url(" not in page
    assert "@import" not in page


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_is_told_to_whoever_cannot_see_it(name: str) -> None:
    page = _page(name)

    assert '<html lang="en"' in page
    assert re.search(r"<title>[^<]+</title>", page)
    assert 1 == page.count("<h1 ")


@pytest.mark.parametrize("mark", Mark)
def test_every_badge_can_be_read(mark: Mark) -> None:
    page = render_html(Wording(mark, ("s",), ("h",)), _BERLIN, "Callboard")
    light = re.search(
        r'class="badge" style="[^"]*background-color:(#\w{6});[^"]*;color:(#\w{6})"', page
    )
    dark = re.search(r"\.badge \{ background-color: (#\w{6}) !important; color: (#\w{6})", page)
    assert light is not None
    assert dark is not None

    assert _contrast(light[1], light[2]) >= 4.5
    assert _contrast(dark[1], dark[2]) >= 4.5


def test_all_letters_can_be_read_in_light_and_dark() -> None:
    pages = [_page(name) for name in SAMPLES]
    boxes = {"#f3f5f7", "#eceff3", _LIGHT_CARD}
    light = {match for page in pages for match in re.findall(r"[;\"]color:(#\w{6})", page)}
    sheet = re.search(r"prefers-color-scheme: dark\) \{(.*?)\n\}", pages[0], re.DOTALL)
    assert sheet is not None
    dark = re.findall(r"\.(?:ink|soft|link) \{ color: (#\w{6})", sheet[1])

    for colour in light - {"#ffffff"}:
        assert _contrast(colour, "#ffffff") >= 4.5
    for colour in ("#1c2128", "#57606a", "#1857b8"):
        assert all(_contrast(colour, box) >= 4.5 for box in boxes)
    assert 3 == len(dark)
    for colour in dark:
        assert all(_contrast(colour, box) >= 4.5 for box in (_DARK_CARD, _DARK_GROUND, "#242b34"))
    assert _contrast("#1d5fc4", "#ffffff") >= 4.5


@pytest.mark.parametrize("name", SAMPLES)
def test_every_letter_has_a_colour_for_the_dark(name: str) -> None:
    body = _page(name).partition("<body")[2]
    dyed = re.findall(r'<(?!a\b)\w+(?: class="([^"]*)")?[^>]*style="(?:[^"]*[;])?color:#', body)
    bare = [classes for classes in dyed if not {"ink", "soft", "badge"} & set(classes.split())]

    assert [] == bare


def test_marks_up_each_span() -> None:
    line = (
        "by ",
        At(STARTS_AT),
        Said("<i>\u202e&"),
        Strong("now & here"),
        Literal('a"b'),
        Link("https://a.example/?a=1&b=2", "go <on>"),
        Link("javascript:alert(1)", "no"),
    )
    page = render_html(Wording(Mark.REPORT, ("s",), line), _BERLIN, "Call & board")
    head = re.search(r"<h1[^>]*>(.*)</h1>", page)
    assert head is not None
    shown = re.sub(r' (?:class|style)="[^"]*"', "", head[1])

    assert shown == (
        "by <span>Fri 4 Dec 2026, 20:00 CET</span><bdi>&lt;i&gt;&amp;</bdi>"
        "<strong>now &amp; here</strong><code>a&#34;b</code>"
        '<a href="https://a.example/?a=1&amp;b=2">go &lt;on&gt;</a>'
        "no <code>javascript:alert(1)</code>"
    )
    assert "Call &amp; board" in page


def test_a_change_strikes_the_old_through_and_links_only_the_new() -> None:
    page = _page("change")

    assert re.search(r"<del [^>]*line-through[^>]*><bdi>Autumn concert</bdi></del>", page)
    assert re.search(r"<ins [^>]*><bdi>Winter concert</bdi></ins>", page)
    assert FACTS.watch_url in page
    assert f'href="{FACTS.watch_url}"' not in page


def test_only_what_is_off_has_its_title_struck_through() -> None:
    struck = {name for name in SAMPLES if re.search(r"<h1 [^>]*line-through", _page(name))}

    assert struck == {
        *("cancellation", "cancellation_with_reason", "receipt_cancelled"),
        *("lapse", "lapse_of_a_no_show"),
    }


def test_the_list_of_mails_previews_when_and_what() -> None:
    preview = re.search(r'<div style="display:none[^>]*>([^<]*)</div>', _page("announcement"))

    assert preview is not None
    assert preview[1] == (
        "Fri 4 Dec 2026, 20:00–22:00 CET (Europe/Berlin)"
        " · Ada Lovelace invites you to a live stream."
    )


def test_a_button_leads_only_to_the_web() -> None:
    notice = a_notice(
        NoticeKind.ANNOUNCEMENT, facts=replace(FACTS, watch_url="rtmp://play.example.org/live/x")
    )
    page = render_html(wording(notice, replace(READER, join_link="")), _BERLIN, "Callboard")

    assert "Join the stream" not in page
    assert ">rtmp://play.example.org/live/x</code>" in page
