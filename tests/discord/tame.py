"""Whether what the desk shows in Discord is tame: a person's words are read as they were typed."""

from __future__ import annotations

from unicodedata import normalize

from core.notices.said import cleaned
from tests.discord.server.heard import Heard
from tests.discord.server.markdown import parse, walk
from tests.discord.server.messages import Message

MARK = "\u017bq\u017b"  # behind a hostile string; found nowhere in words of ours
_HARMLESS = {"text", "escape", "bold", "code", "code block", "list", "time"}
_LINKS = {"link", "url"}
_OURS = ("https://callboard.example/", "https://live.example/", "http://127.0.0.1")
_UNSEEN = set("\x00\x1b\u202e\u202d\u200b\ufeff\u2060")
_ENOUGH = 12  # last signs of what somebody typed, to be found again


def answered(heard: Heard, words: str = "") -> Heard:
    """See that there was an answer, in time, that it is tame, and not that of a breakdown."""
    assert heard.failed is None, heard
    assert heard.messages or heard.modal, heard
    for message in heard.messages:
        assert message.ephemeral
        assert "Something went wrong" not in message.words, message
        look_at(message, words)
    return heard


def look_at(message: Message, words: str = "") -> None:
    """Raise AssertionError where Discord could read markup of a person's in a message.

    `words` are what they typed: where they are shown with the mark, their end is read as it was.
    """
    assert not message.pings, message
    assert not message.mentions, message
    assert "@everyone" not in message.content
    for embed in message.embeds:
        for text in _texts(embed):
            _text(text, words)


def _texts(embed: dict[str, object]) -> list[str]:
    parts = [str(embed.get(name) or "") for name in ("title", "description")]
    fields = embed.get("fields")
    for one in fields if isinstance(fields, list) else ():
        parts += [str(one["name"]), str(one["value"])]
    return parts


def _text(text: str, words: str) -> None:
    pieces = parse(text)
    for piece in walk(pieces):
        assert piece.kind in _HARMLESS | _LINKS, (piece, text)
        if piece.kind in _LINKS:
            assert MARK not in piece.target, piece
            assert _is_tame_link(piece.kind, piece.target, words), (piece, text)
    shown = "".join(piece.read for piece in pieces)
    assert not _UNSEEN & set(shown), shown
    before, *_ = shown.split(MARK)
    if words and before != shown:
        assert _bare(before).endswith(_bare(cleaned(words))[-_ENOUGH:]), (before[-80:], words)


def _is_tame_link(kind: str, target: str, words: str) -> bool:
    """Tell whether a link is ours, or a bare address that somebody typed to be seen as one."""
    return target.startswith(_OURS) or (kind == "url" and target.rstrip("/") in words)


def _bare(text: str) -> str:
    """Give what of a text is plain ASCII and no blank: that is never tidied away."""
    return "".join(one for one in normalize("NFC", text) if "!" <= one <= "~")
