"""The parts of a card in Slack: descriptions, calendar links, buttons, names of contacts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core.model.recipient import Contact, RouteName, Told
from core.notices.as_rich_text import weight
from core.notices.as_slack import is_person
from core.notices.as_slack_blocks import button
from core.notices.contact_words import shown_address
from core.notices.notice import NoticeKind
from tests.notices.samples import FACTS, GUARDED, MOVED, Sample, a_notice
from tests.notices.test_as_slack import CHANNEL, nodes, post, words


def test_a_button_leads_to_the_web_or_is_left_out() -> None:
    (made,) = button("join", "Join", url="https://desk.example.org/x", primary=True)

    assert ("slot:join", "https://desk.example.org/x") == (made["action_id"], made["url"])
    for url in ("javascript:alert(1)", "rtmp://a/b", "https://a b", "https://a/" + "x" * 3_000):
        assert [] == button("join", "Join", url=url)


@pytest.mark.parametrize(
    ("join_link", "hint"),
    [
        (GUARDED.join_link, "The description goes on: read it all on the join page."),
        ("", "The description goes on; the rest is left out here."),
    ],
)
def test_a_long_description_is_cut_with_a_hint(join_link: str, hint: str) -> None:
    notice = a_notice(NoticeKind.ANNOUNCEMENT, facts=replace(FACTS, description="word " * 800))

    card = post(Sample(notice, replace(GUARDED, join_link=join_link)))["card"]

    assert hint in words(card)
    (quoted,) = (node for node in nodes(card["blocks"]) if node.get("type") == "rich_text_quote")
    text = "".join(one["text"] for one in quoted["elements"])
    assert 2_490 < len(text) <= 2_500
    assert text.endswith("…")


def test_a_description_leaves_room_for_everything_else() -> None:
    long = "x" * 5_000
    facts = replace(FACTS, title=long, description=long, server_name=long, holder_name=long)
    before = replace(MOVED, title=f"a{long}", description=f"a{long}", watch_url=f"https://{long}")
    notice = a_notice(NoticeKind.CHANGE, facts=facts, before=before, before_level=Told.CONFIRMED)

    card = post(Sample(notice, replace(GUARDED, watch_user=long, passcode=long)))["card"]

    assert weight([one for one in card["blocks"] if one["type"] == "rich_text"]) <= 10_200
    assert "The description goes on" in words(card)
    assert "reservation K7Q-2MF" in words(card)


def test_a_description_of_the_longest_length_is_whole() -> None:
    notice = a_notice(NoticeKind.ANNOUNCEMENT, facts=replace(FACTS, description="x" * 2_490))

    card = post(Sample(notice, GUARDED))["card"]

    assert "x" * 2_490 in words(card)
    assert "goes on" not in words(card)


def _calendar(facts: Any, level: Told = Told.CONFIRMED, slot_link: str = "") -> dict[str, str]:  # noqa: ANN401
    notice = a_notice(NoticeKind.ANNOUNCEMENT, level, facts=facts, has_credentials=True)
    personal = replace(GUARDED, slot_link=slot_link)
    card = post(Sample(notice, personal))["card"]
    (url,) = (node["url"] for node in nodes(card) if node.get("action_id") == "slot:calendar")
    assert "https://calendar.google.com/calendar/render" == url.partition("?")[0]
    assert len(url) <= 3_000
    assert not {"7HQ2KMW9XT", "join"} & set(url.replace("%2F", "/").split("/"))
    return {key: value for key, (value,) in parse_qs(urlsplit(url).query).items()}


def test_the_calendar_link_carries_the_facts_and_no_way_in() -> None:
    link = GUARDED.slot_link

    assert {
        "action": "TEMPLATE",
        "text": "Provisional: Autumn concert",
        "dates": "20261204T190000Z/20261204T210000Z",
        "details": f"{link}\n\n{FACTS.description}",
        "location": link,
    } == _calendar(FACTS, Told.PROVISIONAL, link)
    assert FACTS.watch_url == _calendar(FACTS)["location"]


@pytest.mark.parametrize("letter", ["x", "ß", "語", "🎻"])
def test_the_calendar_link_is_never_too_long(letter: str) -> None:
    long = replace(MOVED, title=letter * 300, description=letter * 4_000)

    entry = _calendar(long)

    assert entry["text"].startswith(letter * 50)
    assert letter * 150 in entry["details"]
    assert timedelta(hours=2, minutes=30) == long.slot.length


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        (Contact(RouteName.EMAIL, "a@example.org", "Ann"), "a@example.org"),
        (Contact(RouteName.CONSOLE, "ann", "Ann"), "ann"),
        (CHANNEL, "#general"),
        (Contact(RouteName.SLACK, "T0/C1"), "C1"),
        (Contact(RouteName.SLACK, "T0/C1", "\u202e\u200b"), "C1"),
        (Contact(RouteName.DISCORD, "1/2", "a\nb"), "a b"),
    ],
)
def test_a_contact_goes_by_the_name_that_people_know(contact: Contact, shown: str) -> None:
    assert shown == shown_address(contact)


@pytest.mark.parametrize(
    ("address", "person"),
    [("T0/C1", False), ("T0/G1", False), ("T0/U1", True), ("T0/W1", True), ("T0/D1", True)],
)
def test_the_address_tells_people_from_channels(address: str, person: bool) -> None:
    assert person is is_person(address)
