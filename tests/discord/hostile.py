"""Five hundred strings with which somebody may try to ping, format, link, hide or break here.

Those of Discord's own first, alone and framed, then as many of the others as make five hundred.
"""

from __future__ import annotations

from itertools import product

from tests.slack.hostile import HOSTILE as ELSEWHERE

_MENTIONS = (
    *("@everyone", "@here", "@\u200beveryone", "@every\u200bone", "@\u2060here", "@\ufeffeveryone"),
    *("<@1>", "<@!1>", "<@&1>", "<#1>", "<@7000000000000001>", "<@&7000000000000001>"),
    *("<id:customize>", "<id:browse>", "</slot:1>", "</slot list:1>", "<@\u200b1>", "\\<@&1>"),
    *("\uff20everyone", "<@&1", "@&1>", "<<@&1>>", "<@&1>@everyone<#1>", "discord:1", "discord:#1"),
)
_SHOWN = (
    *("<t:0:R>", "<t:1>", "<t:99999999999999999:F>", "<:x:1>", "<a:x:1>", ":smile:", "<:a:b:1>"),
    *("||spoiler||", "||", "|||x|||", "-# small", "# big", "### big", ">>> all of it", "> a line"),
    *("**bold**", "__under__", "_it_", "*it*", "***x***", "~~gone~~", "~~", "`c`", "``c``", "``"),
    *("```py\nx\n```", "```", "```ansi\n\u001b[31mx```", "\\`", "\\", "\\\\", "\\*x\\*", "\\||x||"),
    *("1. one", "- one", "* one", "  - one", "10) one", "\n# big", "a\n> b", "a\n-# b"),
)
_LINKS = (
    *(
        "[x](http://evil.example)",
        "[x](<http://evil.example>)",
        "[https://a.b](http://evil.example)",
    ),
    *("[x](discord://-/channels/1)", "[x](http://evil.example 'y')", "<http://evil.example>"),
    *("discord.gg/evil", "https://discord.gg/evil", "discord://-/x", "[[x]](http://evil.example)"),
)
_OURS = (
    *("slot:cancel:K7Q-2MF", "slot:confirm:x:1", "7000000000000001/#1", "7000000000000001/1"),
    *("\U0001f3bb" * 40, "\U0001f469\u200d\U0001f680" * 30, "W" * 300, "\u2068x", "x\u2069"),
    *("\u202eenoyreve@", "\u2066@here\u2069", "attachment://x.png", '{"parse":["everyone"]}'),
)
_CORE = (*_MENTIONS, *_SHOWN, *_LINKS, *_OURS)
_FRAMES = ("{}", "a {} b")
_MANY = 500


def _all() -> tuple[str, ...]:
    own = (frame.replace("{}", core, 1) for frame, core in product(_FRAMES, _CORE))
    return tuple(dict.fromkeys([*own, *ELSEWHERE]))[:_MANY]


HOSTILE = _all()
