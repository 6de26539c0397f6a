"""Every notice to Slack: what is posted, what is edited, and which buttons stand beneath it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from core.model.recipient import Contact, RouteName, Told
from core.notices.as_slack import compose
from core.notices.notice import Failure, NoticeKind
from core.notices.to_audience import REMOVED
from tests.notices.samples import FACTS, GUARDED, HOLDER, SAMPLES, Sample, a_notice

CHANNEL = Contact(RouteName.SLACK, "T0/C1", "#general")
PERSON = Contact(RouteName.SLACK, "T0/U1", "@Ann")
POSTED = "C1:1700000000.000100"
_TO_HOLDER = {"permission", "receipt", "deadline", "lapse", "stream", "report", "no"}


def post(sample: Sample, contact: Contact = CHANNEL, posted: str = "") -> dict[str, Any]:
    """Compose a sample for a reader in Slack, and read what is handed over."""
    personal = replace(sample.personal, contact=contact, posted=posted)
    made = compose(sample.notice)(7, personal)
    assert contact.address == made.recipient
    data: dict[str, Any] = json.loads(made.data)
    assert made.data == json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return data


def nodes(content: object) -> Iterator[dict[str, Any]]:
    """Walk through all objects of a message."""
    if isinstance(content, dict):
        yield content
        content = list(content.values())
    if isinstance(content, list):
        for inner in content:
            yield from nodes(inner)


def words(message: dict[str, Any]) -> str:
    """Give all that a message shows, but for its buttons."""
    blocks = [block for block in message["blocks"] if block["type"] != "actions"]
    shown = (node.get("text") or node.get("fallback") or "" for node in nodes(blocks))
    return "".join(text for text in shown if isinstance(text, str))


def buttons(message: dict[str, Any]) -> list[str]:
    """Name a message's buttons; the one to press first with a star."""
    found = [node for node in nodes(message["blocks"]) if node.get("type") == "button"]
    return [one["action_id"] + ("*" if one.get("style") else "") for one in found]


def struck(message: dict[str, Any]) -> str:
    """Give what is struck through in a message."""
    dead = [node for node in nodes(message["blocks"]) if _styled(node, "strike")]
    return "".join(node.get("text") or node["fallback"] for node in dead)


def _contact(name: str) -> Contact:
    return PERSON if name.partition("_")[0] in _TO_HOLDER else CHANNEL


@pytest.mark.parametrize("name", SAMPLES)
def test_every_message_can_be_found_again_and_unfurls_nothing(name: str) -> None:
    data = post(SAMPLES[name], _contact(name), POSTED)
    parts = {part: data[part] for part in ("card", "reply") if data[part]}

    assert parts
    for part, message in parts.items():
        payload = {"delivery": 7, "part": part}
        assert {"event_type": "callboard_notice", "event_payload": payload} == message["metadata"]
        assert (False, False) == (message["unfurl_links"], message["unfurl_media"])
        assert message["text"]
    assert (7, 1795169703) == (data["delivery"], data["since"])


@pytest.mark.parametrize("name", SAMPLES)
def test_only_news_of_the_reservation_s_state_is_a_card(name: str) -> None:
    alone, later = (post(SAMPLES[name], _contact(name), posted) for posted in ("", POSTED))
    given = [(part in data and data[part] is not None) for data in (alone, later) for part in _P]

    apart = {"deadline", "stream", "report", "no"}
    if name.startswith("reminder"):
        assert [False, True, False, True] == given
        assert ("", POSTED, True) == (alone["posted"], later["posted"], later["broadcast"])
    elif name.partition("_")[0] in apart:
        assert [False, True, False, True] == given
        assert ("", "") == (alone["posted"], later["posted"])
    else:
        assert [True, False, True, True] == given
        assert ("", POSTED, False) == (alone["posted"], later["posted"], later["broadcast"])


_P = ("card", "reply")


def test_a_channel_s_card_says_all_and_offers_what_goes_with_it() -> None:
    card = post(Sample(a_notice(NoticeKind.ANNOUNCEMENT, has_credentials=True), GUARDED))["card"]

    assert ["slot:join*", "slot:calendar", "slot:remind"] == buttons(card)
    for said in (
        *("Invitation", "Autumn concert", "Ada Lovelace invites", "Main stage", "K7Q-2MF"),
        *("https://play.example.org/live/k7q2mf", "autumn", "7HQ2KMW9XT", "Three string"),
        *("#general", "To stop these notices here, ask Ada Lovelace."),
    ):
        assert said in words(card)
    assert "Live stream: Autumn concert, Fri 4 Dec 2026, 20:00 CET" == card["text"]
    assert "" == struck(card)
    codes = [node["text"] for node in nodes(card["blocks"]) if _styled(node, "code")]
    assert ["autumn", "7HQ2KMW9XT", "K7Q-2MF"] == codes


def _styled(node: dict[str, Any], style: str) -> bool:
    return isinstance(node.get("style"), dict) and bool(node["style"].get(style))


def test_a_person_s_card_offers_to_stop_instead_of_a_link() -> None:
    data = post(SAMPLES["announcement"], PERSON)

    assert ["slot:join*", "slot:calendar", "slot:stop"] == buttons(data["card"])
    assert "/stop/" not in json.dumps(data)
    assert "To stop" not in words(data["card"])


@pytest.mark.parametrize("level", [Told.PROVISIONAL, Told.CONFIRMED])
def test_without_a_web_the_playback_address_joins_if_a_browser_opens_it(level: Told) -> None:
    bare = replace(GUARDED, join_link="", slot_link="")
    web = post(Sample(a_notice(NoticeKind.ANNOUNCEMENT, level), bare))["card"]
    none = post(SAMPLES["announcement_without_web"])["card"]

    assert ["slot:join*", "slot:calendar", "slot:remind"] == buttons(web)
    assert ["slot:calendar", "slot:remind"] == buttons(none)


def test_a_button_says_which_reservation_and_nothing_else() -> None:
    card = post(SAMPLES["permission"], PERSON)["card"]
    found = [node for node in nodes(card["blocks"]) if node.get("type") == "button"]

    assert ["slot:reconfirm*", "slot:change", "slot:cancel"] == buttons(card)
    assert [{"value": "K7Q-2MF"}] * 3 == [
        {key: one[key] for key in ("value", "url") if key in one} for one in found
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("permission_confirmed", ["slot:change", "slot:cancel"]),
        ("receipt_reconfirmed", ["slot:change", "slot:cancel"]),
        ("receipt_changed", ["slot:reconfirm*", "slot:change", "slot:cancel"]),
        ("receipt_cancelled", ["slot:reserve"]),
        ("deadline", ["slot:reconfirm*", "slot:change", "slot:cancel"]),
        ("lapse", ["slot:reserve"]),
        ("lapse_of_a_no_show", ["slot:reserve"]),
        ("no_show", ["slot:cancel"]),
        ("stream_key", []),
        ("report", []),
        ("report_with_failures", ["slot:again*"]),
    ],
)
def test_a_holder_gets_the_buttons_of_the_state(name: str, expected: list[str]) -> None:
    data = post(SAMPLES[name], PERSON)

    assert expected == buttons(data["card"] or data["reply"])


def test_a_change_is_on_the_card_and_what_changed_beneath_it() -> None:
    data = post(SAMPLES["change"], posted=POSTED)

    assert "Winter concert" in words(data["card"])
    assert "Autumn" not in words(data["card"])
    assert "Title: Autumn concert → Winter concert" in words(data["reply"])
    assert "Autumn concertFri 4 Dec 2026, 20:00 CET – 22:002 h" in struck(data["reply"])
    assert [] == buttons(data["reply"])
    assert "" == struck(data["card"])


def test_a_change_told_without_a_card_says_on_the_new_one_what_changed() -> None:
    card = post(SAMPLES["change"])["card"]

    assert "Title: Autumn concert → Winter concert" in words(card)


@pytest.mark.parametrize("done", ["", REMOVED])
def test_what_is_off_is_struck_through_and_opens_nothing(done: str) -> None:
    facts = replace(FACTS, reason="The first violin has a cold.")
    notice = a_notice(NoticeKind.CANCELLATION, Told.CANCELLED, facts=facts, done=done)

    data = post(Sample(notice, GUARDED), posted=POSTED)

    assert "Autumn concertFri 4 Dec 2026, 20:00 CET – 22:002 h" == struck(data["card"])
    for part in _P:
        assert [] == buttons(data[part])
        assert "The first violin has a cold." in words(data[part])
    for secret in ("7HQ2KMW9XT", "/join/", "play.example.org"):
        assert secret not in json.dumps(data)


def test_a_reminder_in_the_thread_joins_and_leaves_credentials_to_the_card() -> None:
    reminder = post(SAMPLES["reminder"], posted=POSTED)["reply"]
    alone = post(SAMPLES["reminder"])["reply"]

    assert ["slot:join*"] == buttons(reminder) == buttons(alone)
    assert "7HQ2KMW9XT" not in words(reminder)
    assert "7HQ2KMW9XT" in words(alone)
    assert ["slot:join*", "slot:stop"] == buttons(post(SAMPLES["reminder"], PERSON)["reply"])


def test_a_stream_key_can_be_copied() -> None:
    message = post(SAMPLES["stream_key"], PERSON)["reply"]
    codes = [node["text"] for node in nodes(message["blocks"]) if _styled(node, "code")]

    key = "k7q2mf?key=8sT-1Yb_0oR4mWq7zXc2vKd9LhPf3uEa"
    assert ["rtmp://live.example.org/ingest", key, "K7Q-2MF"] == codes


def test_a_report_names_all_it_can_and_chats_by_their_names() -> None:
    many = post(SAMPLES["report_with_many_failures"], PERSON)["reply"]
    failed = (Failure(CHANNEL, "channel was archived"), Failure(PERSON, ""))
    notice = a_notice(NoticeKind.REPORT, told=1, failed=failed, failed_count=2)
    chats = post(Sample(notice, HOLDER), PERSON)["reply"]

    assert all(f"reader{number}@example.net: 550" in words(many) for number in range(1, 21))
    assert "and 5 more" in words(many)
    assert "#general: channel was archived@Ann: no reason given" in words(chats)


def test_a_report_names_twenty_however_long_the_reasons() -> None:
    failed = tuple(
        Failure(Contact(RouteName.EMAIL, f"reader{number}@example.net"), "no room " * 30)
        for number in range(20)
    )
    notice = a_notice(NoticeKind.REPORT, failed=failed, failed_count=20)

    message = post(Sample(notice, HOLDER), PERSON)["reply"]

    assert all(f"reader{number}@example.net: no room" in words(message) for number in range(20))


def test_times_without_a_reader_s_zone_are_in_the_holder_s_or_the_server_s() -> None:
    holder = post(SAMPLES["permission"], PERSON)["card"]

    assert "14:00 EST" in holder["text"]
    assert "20:00 CET" in post(SAMPLES["announcement"])["card"]["text"]


def test_says_where_else_a_holder_may_be_met() -> None:
    personal = replace(HOLDER, contact=PERSON, fallback="C9")

    data = json.loads(compose(SAMPLES["deadline"].notice)(1, personal).data)

    assert "C9" == data["fallback"]
