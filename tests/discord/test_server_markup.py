"""What a person reads of a text, and what of it Discord takes for markup."""

from __future__ import annotations

import discord as library
import pytest

from tests.discord.server.reading import links_of, markup_in, read, words_of


@pytest.mark.parametrize(
    ("text", "reading", "kinds"),
    [
        ("plain words, 20:00 – 21:30", "plain words, 20:00 – 21:30", set()),
        ("**a**", "a", {"bold"}),
        ("*a* _b_", "a b", {"italic"}),
        ("***a***", "a", {"bold", "italic"}),
        ("__a__", "a", {"underline"}),
        ("~~a~~ ||b||", "a b", {"strike", "spoiler"}),
        ("`a*b*`", "a*b*", {"code"}),
        ("``a`b``", "a`b", {"code"}),
        ("```py\na\n```", "a", {"code block"}),
        ("```a```", "a", {"code block"}),
        ("> a", "a", {"quote"}),
        (">>> a\nb", "a\nb", {"quote"}),
        ("# a", "a", {"heading"}),
        ("-# a", "a", {"subtext"}),
        ("- a\n* b\n1. c", "a\nb\nc", {"list"}),
        ("[a](https://x.example)", "a", {"link"}),
        ("[a](<https://x.example> 'hint')", "a", {"link"}),
        ("[**a**](https://x.example)", "a", {"link", "bold"}),
        ("see https://x.example/a_b_c.", "see https://x.example/a_b_c.", {"url"}),
        ("<https://x.example>", "https://x.example", {"url"}),
        ("<@1> <@!2> <@&3> <#4> </slot:5>", "@1 @!2 @&3 #4 /slot:5", {"mention"}),
        ("<id:guide>", "id:guide", {"mention"}),
        ("@everyone @here", "@everyone @here", {"everyone"}),
        ("<a:wave:123> <:x_y:1>", ":wave: :x_y:", {"emoji"}),
        ("<t:1700000000:F>", "2023-11-14T22:13:20Z", {"time"}),
        ("<t:1700000000>", "2023-11-14T22:13:20Z", {"time"}),
        ("<t:99999999999999999:R>", "Invalid Date", {"time"}),
        # and what only looks like it
        ("snake_case_name", "snake_case_name", set()),
        ("2 * 3 * 4", "2 * 3 * 4", set()),
        ("a # b > c - d", "a # b > c - d", set()),
        ("#a -b 1.c", "#a -b 1.c", set()),
        (r"\*a\* \`b\` \<@1> \@everyone \[a\](x)", "*a* `b` <@1> @everyone [a](x)", set()),
        ("\\# a\n\\> b\n\\- c\n1\\. d", "# a\n> b\n- c\n1. d", set()),
        ("@\u200beveryone", "@\u200beveryone", set()),
        ("[a](x) a@b.example", "[a](x) a@b.example", set()),
        ("**", "**", set()),
        ("<@> <#x> <t:x>", "<@> <#x> <t:x>", set()),
    ],
)
def test_a_text_is_read_as_people_see_it(text: str, reading: str, kinds: set[str]) -> None:
    assert (reading, kinds) == (read(text), markup_in(text))


def test_line_starts_do_not_count_within_a_line() -> None:
    assert {"quote"} == markup_in("> a")
    assert set() == markup_in("> a", line_start=False)
    assert {"list"} == markup_in("a\n- b", line_start=False)


@pytest.mark.parametrize("text", ["**a**", "*a*", "~~a~~", "||a||", "`a`", "__a__", "> a", "[a]"])
def test_what_discord_py_escapes_is_no_markup(text: str) -> None:
    escaped = library.utils.escape_markdown(text)
    assert (text, set()) == (read(escaped), markup_in(escaped))


def test_a_message_is_read_from_top_to_bottom() -> None:
    embed = {
        "author": {"name": "*Desk*"},
        "title": "**Friday**",
        "url": "https://title.example",
        "description": "at <t:0:t>",
        "fields": [{"name": "Join", "value": "[here](https://join.example)"}],
        "footer": {"text": "_K7Q_"},
    }
    row = {"type": 1, "components": [{"type": 2, "label": "*Change*", "url": "https://b.example"}]}
    expected = [
        "hello",
        "*Desk*",
        "Friday",
        "at 1970-01-01T00:00:00Z",
        "Join",
        "here",
        "_K7Q_",
        "*Change*",
    ]
    assert expected == words_of("hello", [embed], [row]).splitlines()
    assert {
        "https://title.example",
        "https://join.example",
        "https://b.example",
        "https://plain.example",
    } == links_of("https://plain.example", [embed], [row])
