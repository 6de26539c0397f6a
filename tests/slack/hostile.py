"""Five hundred strings with which somebody may try to ping, format, link, hide or break."""

from __future__ import annotations

from itertools import product

MENTIONS = (
    *("<!channel>", "<!here>", "<!everyone>", "<!here|here>", "<!channel|channel>"),
    *("<@U0002>", "<@U0002|adam>", "<#C0001>", "<#C0001|general>", "<!subteam^S1>"),
    *("<!subteam^S1|@staff>", "<!date^0^{date}|x>", "<!date^1^{time}^http://evil.example|x>"),
    *("@channel", "@here", "@everyone", "@adam", "#general", "slack:C0001", "slack:U0002"),
)
LINKS = (
    *("<http://evil.example|x>", "<https://evil.example>", "<mailto:a@evil.example|a>"),
    *("[x](http://evil.example)", "![x](http://evil.example/x.png)", "<javascript:alert(1)|x>"),
    *("http://evil.example", "https://evil.example/?a=1&b=2", "slack://user?team=T1&id=U1"),
    *("<a href='http://evil.example'>x</a>", "evil.example/x", "tel:+49123", "<tel:+49123|x>"),
)
ESCAPES = (
    *("&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;", "&#60;!channel&#62;", "&lt;", "&amp;"),
    *("&", "<", ">", "<>", "&&&", "<<!channel>>", "<!channel", "!channel>", "\\<!channel\\>"),
    *("%3C!channel%3E", "\\u003c!channel\\u003e", "\uff1c!channel\uff1e", "\u2039!here\u203a"),
)
FORMATS = (
    *("`code`", "``", "```fence```", "```", "*bold*", "_it_", "~no~", "*_~`", "***", "> quote"),
    *(">>> quote", "- item", "1. item", "# head", "| a | b |", "---", "***bold***", "*`_~x~_`*"),
)
EMOJI = (
    *(":smile:", ":no_entry:", ":white_check_mark:", "::", ":a:b:", "\U0001f3bb"),
    *("\U0001f469\u200d\U0001f680", "\U0001f1e9\U0001f1ea", "\u2764\ufe0f", "1\ufe0f\u20e3"),
    *("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e007f", "\U0001f44d\U0001f3fd" * 40),
)
UNSEEN = (
    *("\u202egnp.exe", "\u202d", "\u2066iso\u2069", "\u2067x", "\u200b", "\u200c", "\u200d"),
    *("\u200e\u200f", "\u2060", "\ufeff", "\u3164", "\u2800", "\u00ad", "\u034f", "\u061c"),
    *("\x00", "a\x00b", "\x1b[2J", "\x08", "\x7f", "\x9b", "\x07", "\ufffe", "\ufdd0", "\ue000"),
    *("\ud800", "\udfff", "a\udc00b", "\U000e0041", "\U0010ffff", "\ufff9a\ufffab\ufffb"),
)
BREAKS = (
    *("a\nb", "a\r\nBcc: eve@evil.example", "a\rb", "a\u2028b", "a\u2029b", "a\x85b", "a\x0bb"),
    *("\n", "\r\n\r\n", "\t", "a\tb", " ", "   ", "\u00a0", "\u3000", "\u2003", ""),
    *("Subject: x\r\nTo: y@evil.example", "%0d%0aBcc: x@evil.example", "a\\nb", "=?utf-8?q?x?="),
)
LONG = (
    *("x" * 80, "x" * 3000, "\u8a9e" * 200, "\U0001f3bb" * 200, "\U0001d400" * 80, "e\u0301" * 99),
    *("Z\u0335\u0320\u0310" * 60, "a" + "\u0301" * 300, "<" * 300, "&" * 300, "a " * 400),
    *("\ufdfa" * 60, "\u0e33" * 80, "W" * 25, "-" * 150, "\n" * 100, "\u2014" * 76),
)
SCRIPTS = (
    *("\u05d7\u05d2\u05d9\u05d2\u05ea", "\u0645\u0631\u062d\u0628\u0627 <!here>", "\u0627" * 40),
    *("\u6f22\u5b57", "\u0e20\u0e32\u0e29\u0e32", "\u0928\u092e\u0938\u094d\u0924\u0947", "\u212a"),
    *("\u0130\u0131", "\u00df\u1e9e", "\u03a3\u03c2", "\ufb01", "\u00c5\u212b", "\U0001d54f"),
)
DATA = (
    *('"}],"blocks":[{"type":"divider"}]}', '{"type":"mrkdwn","text":"<!here>"}', "null", "true"),
    *('{"type":"broadcast","range":"here"}', '[{"type":"user","user_id":"U0002"}]', "[]", "{}"),
    *("'; DROP TABLE reservations; --", "' OR 1=1 --", "{0}", "{date}", "{time}", "{path}", "%s"),
    *("%n%d", "${jndi:ldap://evil.example}", "$(reboot)", "`reboot`", "{{7*7}}", "{x.__class__}"),
    *("slot:cancel", "slot:pick:0", "K7Q-2MF", "U0002", "C0001", "T0001/C0001", "as set", "none"),
    *("=1+1", "@SUM(A1)", "+1", "-1", "0", "../../etc/passwd", "</script>", "<b>x</b>", "\\", '"'),
    *("'", '"quoted"', "\u201cquoted\u201d", "title=x", "a=b c=d", "<<END", "/slot cancel", "--"),
)

_CORE = (
    *MENTIONS,
    *LINKS,
    *ESCAPES,
    *FORMATS,
    *EMOJI,
    *UNSEEN,
    *BREAKS,
    *LONG,
    *SCRIPTS,
    *DATA,
)
_FRAMES = ("{}", "a {} b", "*{}*", "\u202e{}")
_MANY = 500


def _generated() -> tuple[str, ...]:
    """Frame what there is until there are enough; each once."""
    framed = (frame.replace("{}", core, 1) for frame, core in product(_FRAMES, _CORE))
    return tuple(dict.fromkeys(framed))[:_MANY]


HOSTILE = _generated()
