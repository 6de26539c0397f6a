"""Every notice to Discord: what is posted, what is edited, and which buttons stand beneath it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from core.model.recipient import Contact, RouteName, Told
from core.notices.as_discord import compose, time_of
from core.notices.notice import AUDIENCE_KINDS, Failure, NoticeKind
from core.notices.to_audience import REMOVED
from tests.discord.server.markdown import parse, walk
from tests.discord.server.reading import links_of, nodes, words_of
from tests.notices.samples import FACTS, GUARDED, HOLDER, SAMPLES, STARTS_AT, Sample, a_notice

CHANNEL = Contact(RouteName.DISCORD, "10/#20", "#general")
PERSON = Contact(RouteName.DISCORD, "10/30", "@Ann")
POSTED = "20:40"
_PARTS = ("card", "reply", "elsewhere")
_START = int(STARTS_AT.timestamp())


def post(
    sample: Sample, contact: Contact = CHANNEL, posted: str = "", fallback: str = ""
) -> dict[str, Any]:
    """Compose a sample for a reader in Discord, and read what is handed over."""
    personal = replace(sample.personal, contact=contact, posted=posted, fallback=fallback)
    made = compose(sample.notice)(7, personal)
    assert contact.address == made.recipient
    data: dict[str, Any] = json.loads(made.data)
    assert made.data == json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return data


def words(message: dict[str, Any]) -> str:
    """Give all that a message shows, but for its buttons."""
    return words_of(message.get("content", ""), message["embeds"], [])


def buttons(message: dict[str, Any]) -> list[str]:
    """Name a message's buttons: what they do, or where they lead; the one to press with a star."""
    found = [one for one in nodes(message["components"]) if one["type"] == 2]
    return [
        one.get("url") or one["custom_id"] + ("*" if one["style"] == 1 else "") for one in found
    ]


def labels(message: dict[str, Any]) -> list[str]:
    """Give what stands on a message's buttons."""
    return [one["label"] for one in nodes(message["components"]) if one["type"] == 2]


def struck(message: dict[str, Any]) -> list[str]:
    """Give what is struck through in a message."""
    embed = message["embeds"][0]
    texts = [embed["title"], embed.get("description", "")]
    texts += [field["value"] for field in embed.get("fields", ())]
    pieces = [piece for text in texts for piece in walk(parse(text)) if piece.kind == "strike"]
    return [piece.read for piece in pieces]


def field(message: dict[str, Any], name: str) -> str:
    """Give a field of a message as it is written."""
    (found,) = (one for one in message["embeds"][0]["fields"] if one["name"] == name)
    return str(found["value"])


def _contact(name: str) -> Contact:
    return CHANNEL if SAMPLES[name].notice.kind in AUDIENCE_KINDS else PERSON


@pytest.mark.parametrize("name", SAMPLES)
def test_every_message_can_be_found_again_and_pings_nobody(name: str) -> None:
    data = post(SAMPLES[name], _contact(name), POSTED)
    parts = {part: data[part] for part in _PARTS if data[part]}

    assert parts
    for part, message in parts.items():
        (embed,) = message["embeds"]
        time = datetime.fromisoformat(embed["timestamp"])
        assert time_of(SAMPLES[name].personal.composed_at, 7, part) == time
        assert {"parse": [], "replied_user": False} == message["allowed_mentions"]
    assert (7, 1795169703) == (data["delivery"], data["since"])


def test_the_times_of_deliveries_and_their_parts_differ_and_keep_the_second() -> None:
    composed = datetime(2026, 12, 4, 19, 0, 3, 999_999, tzinfo=UTC)
    times = {time_of(composed, number, part) for number in range(50, 250) for part in _PARTS}

    assert 600 == len(times)
    assert {composed.replace(microsecond=0)} == {time.replace(microsecond=0) for time in times}
    assert {0} == {time.microsecond % 1_000 for time in times}


@pytest.mark.parametrize("name", SAMPLES)
def test_only_news_of_the_reservation_s_state_is_a_card(name: str) -> None:
    alone, later = (post(SAMPLES[name], _contact(name), posted) for posted in ("", POSTED))
    given = [data[part] is not None for data in (alone, later) for part in ("card", "reply")]

    if name.startswith("reminder"):
        assert [False, True, False, True] == given
        assert ("", POSTED) == (alone["posted"], later["posted"])
    elif name.partition("_")[0] in {"deadline", "stream", "report", "no"}:
        assert [False, True, False, True] == given
        assert ("", "") == (alone["posted"], later["posted"])
    else:
        assert [True, False, True, True] == given
        assert ("", POSTED) == (alone["posted"], later["posted"])


def test_a_channel_s_card_says_all_and_offers_what_goes_with_it() -> None:
    sample = Sample(a_notice(NoticeKind.ANNOUNCEMENT, has_credentials=True), GUARDED)
    card = post(sample)["card"]

    join, calendar, remind = buttons(card)
    assert GUARDED.join_link == join == card["embeds"][0]["url"]
    assert calendar.startswith("https://calendar.google.com/calendar/render?")
    assert "slot:remind:K7Q-2MF" == remind
    assert ["Join the stream", "Add to calendar", "Remind me"] == labels(card)
    for said in (
        *("Invitation", "Autumn concert", "Ada Lovelace invites", "Main stage", "K7Q-2MF"),
        *("https://play.example.org/live/k7q2mf", "autumn", "7HQ2KMW9XT", "Three string"),
        *("#general", "To stop these notices here, ask Ada Lovelace."),
    ):
        assert said in words(card)
    assert [] == struck(card)
    assert f"<t:{_START}:F> – <t:{_START + 7200}:t> (<t:{_START}:R>)" == field(card, "When")
    assert "`7HQ2KMW9XT`" == field(card, "Passcode")


def test_a_person_s_card_offers_to_stop_instead_of_a_link() -> None:
    data = post(SAMPLES["announcement"], PERSON)

    assert "slot:stop:K7Q-2MF" == buttons(data["card"])[-1]
    assert "/stop/" not in json.dumps(data)
    assert "To stop" not in words(data["card"])


def test_without_a_web_the_playback_address_joins_if_a_browser_opens_it() -> None:
    bare = replace(GUARDED, join_link="", slot_link="")
    web = post(Sample(a_notice(NoticeKind.ANNOUNCEMENT), bare))["card"]
    none = post(SAMPLES["announcement_without_web"])["card"]

    assert FACTS.watch_url == buttons(web)[0]
    assert ["Add to calendar", "Remind me"] == labels(none)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("permission", ["reconfirm*", "change", "cancel"]),
        ("permission_confirmed", ["change", "cancel"]),
        ("receipt_reconfirmed", ["change", "cancel"]),
        ("receipt_changed", ["reconfirm*", "change", "cancel"]),
        ("receipt_cancelled", ["reserve"]),
        ("deadline", ["reconfirm*", "change", "cancel"]),
        ("lapse", ["reserve"]),
        ("lapse_of_a_no_show", ["reserve"]),
        ("no_show", ["cancel"]),
        ("stream_key", []),
        ("report", []),
        ("report_with_failures", ["again*"]),
    ],
)
def test_a_holder_gets_the_buttons_of_the_state(name: str, expected: list[str]) -> None:
    data = post(SAMPLES[name], PERSON)

    made = buttons(data["card"] or data["reply"])
    assert expected == [one.replace("slot:", "").replace(":K7Q-2MF", "") for one in made]


def test_a_change_is_on_the_card_and_what_changed_beneath_it() -> None:
    data = post(SAMPLES["change"], posted=POSTED)

    assert "Winter concert" in words(data["card"])
    assert "Autumn" not in words(data["card"])
    assert "Title: Autumn concert → Winter concert" in words(data["reply"])
    assert "Autumn concert" in struck(data["reply"])
    assert [] == buttons(data["reply"])
    assert [] == struck(data["card"])


def test_a_change_told_without_a_card_says_on_the_new_one_what_changed() -> None:
    assert "Title: Autumn concert → Winter concert" in words(post(SAMPLES["change"])["card"])


@pytest.mark.parametrize("done", ["", REMOVED])
def test_what_is_off_is_struck_through_and_opens_nothing(done: str) -> None:
    facts = replace(FACTS, reason="The first violin has a cold.")
    notice = a_notice(NoticeKind.CANCELLATION, Told.CANCELLED, facts=facts, done=done)

    data = post(Sample(notice, GUARDED), posted=POSTED)

    assert "Autumn concert" == struck(data["card"])[0] == struck(data["reply"])[0]
    assert 3 == len(struck(data["card"]))  # and both of its times
    assert ":R>" not in json.dumps(data)
    for part in ("card", "reply"):
        assert [] == data[part]["components"]
        assert "The first violin has a cold." in words(data[part])
    for secret in ("7HQ2KMW9XT", "/join/", "play.example.org"):
        assert secret not in json.dumps(data)


def test_a_reminder_beneath_joins_and_leaves_credentials_to_the_card() -> None:
    reminder = post(SAMPLES["reminder"], posted=POSTED)["reply"]
    alone = post(SAMPLES["reminder"])["reply"]

    assert [GUARDED.join_link] == buttons(reminder) == buttons(alone)
    assert f"<t:{_START}:F> (<t:{_START}:R>)" in reminder["embeds"][0]["description"]
    assert "7HQ2KMW9XT" not in words(reminder)
    assert "7HQ2KMW9XT" in words(alone)
    assert "slot:stop:K7Q-2MF" == buttons(post(SAMPLES["reminder"], PERSON)["reply"])[-1]


def test_a_stream_key_can_be_copied() -> None:
    message = post(SAMPLES["stream_key"], PERSON)["reply"]

    assert "`rtmp://live.example.org/ingest`" == field(message, "Ingest address")
    assert "`k7q2mf?key=8sT-1Yb_0oR4mWq7zXc2vKd9LhPf3uEa`" == field(message, "Stream key")


def test_a_report_names_all_it_can_and_chats_by_their_names() -> None:
    many = post(SAMPLES["report_with_many_failures"], PERSON)["reply"]
    failed = (Failure(CHANNEL, "channel was deleted"), Failure(PERSON, ""))
    notice = a_notice(NoticeKind.REPORT, told=1, failed=failed, failed_count=2)
    chats = post(Sample(notice, HOLDER), PERSON)["reply"]

    assert all(f"reader{number}@example.net: 550" in words(many) for number in range(1, 21))
    assert "and 5 more" in words(many)
    assert "#general: channel was deleted@Ann: no reason given" in words(chats).replace("\n", "")


def test_what_is_said_elsewhere_names_the_holder_and_how_to_get_it_alone() -> None:
    key = post(SAMPLES["stream_key"], PERSON, fallback="50")["elsewhere"]
    deadline = post(SAMPLES["deadline"], PERSON, fallback="50")["elsewhere"]

    assert "<@30>" == key["content"]
    assert {"parse": [], "users": ["30"], "replied_user": False} == key["allowed_mentions"]
    assert "Only you see it when you type /slot key K7Q-2MF." in words(key)
    assert "allow direct messages from members of this server" in words(deadline)
    assert ["Reconfirm", "Change", "Cancel"] == labels(deadline)
    assert set() == links_of("", deadline["embeds"], deadline["components"])


def test_only_a_holder_who_can_be_met_is_told_elsewhere() -> None:
    assert post(SAMPLES["deadline"], PERSON)["elsewhere"] is None
    assert post(SAMPLES["announcement"], PERSON, fallback="50")["elsewhere"] is None
    assert "50" == post(SAMPLES["deadline"], PERSON, fallback="50")["fallback"]
