"""What Slack sends of what people typed: escapes undone, and only Slack's own tokens addresses."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.slack.typed import (
    address,
    contact_of,
    read_typed,
    readable,
    recogniser,
    target_of,
)
from core.model.recipient import Contact, RouteName
from core.notices.as_slack import is_person
from tests.slack.hostile import HOSTILE
from tests.slack.speaking import as_slack_sends, escaped


@pytest.mark.parametrize(
    ("sent", "text", "names"),
    [
        ("reserve fri 20:00", "reserve fri 20:00", {}),
        ("audience=<#C0001|general>", "audience=slack:C0001", {"C0001": "#general"}),
        ("audience=<#C0001>", "audience=slack:C0001", {"C0001": "C0001"}),
        ("audience=<#C0001|>", "audience=slack:C0001", {"C0001": "C0001"}),
        ("<#G0001|old-private>", "slack:G0001", {"G0001": "#old-private"}),
        ("<@U0001|ann>", "slack:U0001", {"U0001": "@ann"}),
        ("<@W0001|ann>", "slack:W0001", {"W0001": "@ann"}),
        ("<@U0001>", "slack:U0001", {"U0001": "U0001"}),
        ("<#C1|a&amp;b>", "slack:C1", {"C1": "#a&b"}),
        ("<mailto:a@b.org|a@b.org>", "a@b.org", {}),
        ("Ann &lt;<mailto:a@b.org|a@b.org>&gt;", "Ann <a@b.org>", {}),
        ("<https://x.org/?a=1&amp;b=2>", "https://x.org/?a=1&b=2", {}),
        ("<http://x.org|x.org>", "http://x.org", {}),
        ("&lt;&amp;&gt;", "<&>", {}),
        ("&amp;lt;", "&lt;", {}),
        ("<!channel>", "@channel", {}),
        ("<!here|here>", "here", {}),
        ("<!everyone>", "@everyone", {}),
        ("<!subteam^S0001|@staff>", "@staff", {}),
        ("<!subteam^S0001>", "@subteam", {}),
        ("<!subteam^S0001|@a&amp;lt;b>", "@a&lt;b", {}),
        ("<!date^0^{date}|x>", "x", {}),
        ("<@U0001|ann> and <#C0001|general>", "slack:U0001 and slack:C0001", None),
        ("", "", {}),
    ],
)
def test_reads_what_slack_writes(sent: str, text: str, names: dict[str, str] | None) -> None:
    shown, found = read_typed(sent)

    assert text == shown
    assert names in (None, found)


@given(st.text())
@example("&lt;!channel&gt;")
@example("<#C0001|general>")
@example("&amp;amp;copy")
def test_what_was_typed_comes_back_as_it_was_and_names_nobody(text: str) -> None:
    assert (text, {}) == read_typed(escaped(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_come_back_as_they_were(text: str) -> None:
    assert (text, {}) == read_typed(escaped(text))


@given(st.text(alphabet="<>#@!|&;CUWD01amp:slack^ \n"))
def test_never_raises_whatever_arrives(text: str) -> None:
    _, names = read_typed(text)

    assert all(re.fullmatch(r"[CGDUW][A-Z0-9]+", target) for target in names)


@pytest.mark.parametrize(
    "typed",
    [
        "slack:C9",
        "slack:U9",
        "slack:c0001",
        "C0001",
        "<#C9|secret>",
        "&lt;#C9|secret&gt;",
        "#secret",
        "T0001/C9",
        "slack:T0001/C9",
        "slack:C0001\n",
    ],
)
def test_an_id_that_was_merely_typed_is_nobody(typed: str) -> None:
    text, names = read_typed(escaped(typed))

    assert recogniser("T0001", names)(text) is None
    known = {"C0001": "#general"}
    if "C0001" not in typed:
        assert recogniser("T0001", known)(text) is None


def test_what_slack_wrote_is_a_contact_of_that_workspace() -> None:
    text, names = read_typed("<#C0001|general>")

    found = recogniser("T0001", names)(text)

    assert Contact(RouteName.SLACK, "T0001/C0001", "#general") == found


@pytest.mark.parametrize("target", ["C0001", "G0001", "U0001", "W0001"])
def test_addresses_are_read_back(target: str) -> None:
    contact = contact_of("T0001", target, "x")

    assert target == target_of(contact)
    assert (target[0] in "UW") == is_person(target)
    assert contact == recogniser("T0001", {target: "x"})(address(target))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_no_database_keeps_is_replaced_and_nothing_else(text: str) -> None:
    kept = readable(text)

    kept.encode()  # a surrogate would raise
    assert "\x00" not in kept
    assert len(text) == len(kept)
    assert all(other in (one, "\ufffd") for one, other in zip(text, kept, strict=True))
    assert (text == kept) == (not re.search("[\x00\ud800-\udfff]", text))


def test_the_helper_writes_as_slack_does() -> None:
    typed = 'Ann <ann@example.org>, see https://x.org/a "<!channel>"'

    sent = as_slack_sends(typed)

    assert "<mailto:ann@example.org|ann@example.org>" in sent
    assert "<https://x.org/a>" in sent
    assert "<!" not in sent
    assert typed == read_typed(sent)[0]
