"""What a reader is said to see, be pinged by and be able to follow."""

from __future__ import annotations

import pytest

from tests.slack.server.errors import Json
from tests.slack.server.reading import links_of, pings_of, words_of


def rich(*elements: Json) -> list[Json]:
    section = {"type": "rich_text_section", "elements": list(elements)}
    return [{"type": "rich_text", "elements": [section]}]


def mrkdwn(text: str) -> list[Json]:
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]


@pytest.mark.parametrize(
    ("text", "blocks", "who"),
    [
        ("<!channel> and <!here|here>", [], {"channel", "here"}),
        ("<@U0001|ann> <!subteam^S0001|@admins>", [], {"U0001", "S0001"}),
        ("<!date^1800000000^{date}|soon> <#C0001> <https://example.com>", [], set()),
        ("&lt;!channel&gt;", [], set()),
        ("", mrkdwn("<!everyone>"), {"everyone"}),
        ("", [{"type": "header", "text": {"type": "plain_text", "text": "<!channel>"}}], set()),
        ("", rich({"type": "text", "text": "<!channel> @here"}), set()),
        ("", rich({"type": "user", "user_id": "U0001"}), {"U0001"}),
        ("", rich({"type": "usergroup", "usergroup_id": "S0001"}), {"S0001"}),
        ("", rich({"type": "broadcast", "range": "channel"}), {"channel"}),
    ],
)
def test_pings_are_what_slack_would_notify(text: str, blocks: list[Json], who: set[str]) -> None:
    assert who == pings_of(text, blocks)


@pytest.mark.parametrize(
    ("text", "blocks", "links"),
    [
        ("<https://a.example|click>", [], {"https://a.example"}),
        ("https://a.example", [], set()),
        ("", mrkdwn("<mailto:a@example.com|a> <!here> <@U1>"), {"mailto:a@example.com"}),
        ("", rich({"type": "link", "url": "https://b.example"}), {"https://b.example"}),
        ("", rich({"type": "text", "text": "<https://c.example>"}), set()),
        (
            "",
            [{"type": "actions", "elements": [{"type": "button", "url": "https://d.example"}]}],
            {"https://d.example"},
        ),
    ],
)
def test_links_are_what_can_be_followed(text: str, blocks: list[Json], links: set[str]) -> None:
    assert links == links_of(text, blocks)


def test_words_are_all_that_is_seen() -> None:
    blocks = [
        *rich(
            {"type": "text", "text": "at "},
            {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "noon"},
            {"type": "link", "url": "https://example.com"},
            {"type": "emoji", "name": "tada"},
            {"type": "channel", "channel_id": "C0001"},
            {"type": "user", "user_id": "U0001"},
            {"type": "broadcast", "range": "here"},
        ),
        *mrkdwn("a &amp; b"),
        {
            "type": "input",
            "label": {"type": "plain_text", "text": "Title"},
            "hint": {"type": "plain_text", "text": "short"},
            "element": {
                "type": "static_select",
                "options": [{"text": {"type": "plain_text", "text": "one"}, "value": "hidden"}],
            },
        },
    ]
    lines = words_of(blocks).split("\n")
    assert "at noonhttps://example.com:tada:#C0001@U0001@here" == lines[0]
    assert ["a & b", "Title", "short", "one"] == lines[1:]
