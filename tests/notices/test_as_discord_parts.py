"""The parts of a card in Discord: descriptions, calendar links, buttons, and what bounds them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core.model.recipient import Contact, RouteName, Told
from core.notices.as_discord_parts import button, leads_somewhere, rows, weight
from core.notices.contact_words import shown_address
from core.notices.notice import Failure, NoticeKind
from tests.discord.server.reading import nodes, read
from tests.notices.samples import FACTS, GUARDED, HOLDER, MOVED, Sample, a_notice
from tests.notices.test_as_discord import PERSON, post, words


def test_a_button_leads_to_the_web_or_is_left_out() -> None:
    (made,) = button("join", "Join", url="https://desk.example.org/x", primary=True)

    assert {"type": 2, "label": "Join", "style": 5, "url": "https://desk.example.org/x"} == made
    longest = "https://a/" + "x" * 502
    assert [longest] == [one["url"] for one in button("join", "Join", url=longest)]
    for url in ("javascript:alert(1)", "rtmp://a/b", "https://a b", "https://", f"{longest}x"):
        assert [] == button("join", "Join", url=url)


@pytest.mark.parametrize("url", ["https://[::1", "https://a.example/\u00a0", "https:///x", ""])
def test_what_discord_takes_for_no_link(url: str) -> None:
    assert not leads_somewhere(url)


def test_a_row_has_five_buttons_at_most() -> None:
    made = [one for number in range(7) for one in button(f"act{number}", "x" * 90, code="C")]

    assert [5, 2] == [len(row["components"]) for row in rows(made)]
    assert {80} == {len(one["label"]) for one in made}
    assert [] == rows([])


@pytest.mark.parametrize(
    ("join_link", "hint"),
    [
        (GUARDED.join_link, "The description goes on: read it all on the join page."),
        ("", "The description goes on; the rest is left out here."),
    ],
)
@pytest.mark.parametrize("text", ["word " * 1_400, "*\n" * 3_000, "1. " * 2_000])
def test_a_long_description_is_cut_with_a_hint(join_link: str, hint: str, text: str) -> None:
    notice = a_notice(NoticeKind.ANNOUNCEMENT, facts=replace(FACTS, description=text))

    card = post(Sample(notice, replace(GUARDED, join_link=join_link)))["card"]

    written = card["embeds"][0]["description"]
    assert hint == read(written).splitlines()[-1]
    assert 3_900 < len(written) <= 4_096


def test_a_description_that_fits_is_whole_and_quoted() -> None:
    lines = "\n".join(["x" * 1_800, "", "# y" * 10])
    notice = a_notice(NoticeKind.ANNOUNCEMENT, facts=replace(FACTS, description=lines))

    card = post(Sample(notice, GUARDED))["card"]

    assert lines in words(card)
    assert "goes on" not in words(card)
    quoted = card["embeds"][0]["description"].splitlines()[-3:]
    assert all(line.startswith("> ") for line in quoted)


def test_a_description_leaves_room_for_everything_else() -> None:
    long = "*" * 5_000
    facts = replace(FACTS, title=long, description=long, server_name=long, holder_name=long)
    before = replace(MOVED, title=f"a{long}", description=f"a{long}", watch_url=f"https://{long}")
    notice = a_notice(NoticeKind.CHANGE, facts=facts, before=before, before_level=Told.CONFIRMED)
    personal = replace(GUARDED, watch_user=long, passcode=long, player_url=long)

    card = post(Sample(notice, personal))["card"]

    assert weight(card["embeds"][0]) <= 6_000
    assert "The description goes on" in words(card)
    assert "Questions? Write to ada@example.org." in words(card)
    names = [field["name"] for field in card["embeds"][0]["fields"]]
    assert ["When", "Length", "Server", "Host", "Playback address", "To get in"] == names[:6]
    assert ["User name", "Passcode", "In a player"] == names[6:]


@pytest.mark.parametrize("reason", ["no room " * 30, "*" * 300])
def test_a_report_names_twenty_however_long_the_reasons(reason: str) -> None:
    failed = tuple(
        Failure(Contact(RouteName.EMAIL, f"reader{number}@example.net"), reason)
        for number in range(20)
    )
    notice = a_notice(NoticeKind.REPORT, failed=failed, failed_count=25)

    message = post(Sample(notice, HOLDER), PERSON)["reply"]

    assert all(
        f"reader{number}@example.net: {reason[:9]}" in words(message) for number in range(20)
    )
    assert "and 5 more" in words(message)
    assert weight(message["embeds"][0]) <= 6_000


def _calendar(facts: Any, slot_link: str = "") -> dict[str, str]:  # noqa: ANN401 - Facts
    notice = a_notice(NoticeKind.ANNOUNCEMENT, facts=facts, has_credentials=True)
    card = post(Sample(notice, replace(GUARDED, slot_link=slot_link)))["card"]
    (url,) = (one["url"] for one in nodes(card["components"]) if "calendar" in one.get("url", ""))
    assert len(url) <= 512
    assert "7HQ2KMW9XT" not in url
    return {key: value for key, (value,) in parse_qs(urlsplit(url).query).items()}


def test_the_calendar_link_carries_the_facts_and_no_way_in() -> None:
    link = GUARDED.slot_link

    assert {
        "action": "TEMPLATE",
        "text": "Autumn concert",
        "dates": "20261204T190000Z/20261204T210000Z",
        "details": link,
        "location": link,
    } == _calendar(FACTS, link)
    assert FACTS.watch_url == _calendar(FACTS)["location"]


def test_a_calendar_link_that_would_be_too_long_says_less_or_is_left_out() -> None:
    far = _calendar(replace(FACTS, watch_url=f"https://play.example.org/{'x' * 200}"))
    notice = a_notice(NoticeKind.ANNOUNCEMENT, facts=replace(FACTS, title="語" * 60))

    card = post(Sample(notice, GUARDED))["card"]

    assert "location" not in far
    assert "Add to calendar" not in [one.get("label") for one in nodes(card["components"])]


def test_a_contact_without_a_name_goes_by_its_id() -> None:
    assert "#20" == shown_address(Contact(RouteName.DISCORD, "10/#20"))
    assert "30" == shown_address(Contact(RouteName.DISCORD, "10/30", "\u200b"))
    assert "@Ann" == shown_address(PERSON)


def test_a_title_that_nobody_could_see_is_a_dash() -> None:
    notice = a_notice(
        NoticeKind.ANNOUNCEMENT, facts=replace(FACTS, title="\u200b", server_name=" ")
    )

    (embed,) = post(Sample(notice, GUARDED))["card"]["embeds"]

    assert "–" == embed["title"]
    assert {"name": "Server", "value": "–", "inline": True} in embed["fields"]
