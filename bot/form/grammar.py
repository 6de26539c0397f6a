"""The grammar of times put to work: phrase by phrase, and no word is passed over."""

from __future__ import annotations

import re
from unicodedata import normalize
from zoneinfo import ZoneInfo

from bot.form.answers import Unreadable, suggest
from bot.form.characters import LINE_BREAKS, UNSEEN, name_character, quoted, tidy
from bot.form.instants import MONTHS, WEEKDAYS
from bot.form.phrases import PHRASES
from bot.form.sentence import EXAMPLE, Sentence
from bot.form.zones import Place, find_places, suggest_zone

LONGEST_TEXT = 200
_MOST_ZONE_WORDS = 4

_KNOWN_WORDS = [
    *("today", "tonight", "tomorrow", "yesterday", "noon", "midnight", "next", "this", "week"),
    *("morning", "afternoon", "evening", "night", "weekend", "until", "from", "hours", "minutes"),
    *WEEKDAYS,
    *MONTHS,
]


def scan(text: str, zone: ZoneInfo) -> Sentence:
    """Read a text phrase by phrase; raises `Unreadable` naming the first word that fits nowhere.

    `zone` is the person's own: the one that times with a bare offset from UTC are shown in.
    """
    words = plain(text)
    sentence, position = Sentence(zone), 0
    while position < len(words):
        if words[position] in " ,":
            position += 1
        else:
            position = _read_phrase(words, position, sentence) or _read_zone(
                words, position, sentence
            )
    sentence.finish()
    return sentence


def plain(text: str) -> str:
    """Put a text on one line, with plain dashes, quotes, blanks and figures."""
    if len(text) > LONGEST_TEXT:
        raise Unreadable(f"That is too long for a time. {EXAMPLE}")
    one_line = re.sub(f"[\t{LINE_BREAKS}]", " ", text)
    if found := UNSEEN.search(one_line):
        raise Unreadable(f"There is {name_character(found[0])} in it: type it anew. {EXAMPLE}")
    signs = re.sub("[\u2010-\u2015\u2212]", "-", one_line.replace("\u2019", "'"))
    return tidy(normalize("NFKC", signs))


def _read_phrase(words: str, position: int, sentence: Sentence) -> int:
    """Take in the first phrase that fits here; give the position behind it, or 0 for none."""
    for pattern, take_in in PHRASES:
        if found := pattern.match(words, position):
            take_in(sentence, found)
            return found.end()
    return 0


def _read_zone(words: str, position: int, sentence: Sentence) -> int:
    """Take in a zone of several words ("New York time"), or refuse the word that is none."""
    upcoming = list(re.finditer(r"[^\s,]+", words[position:]))[:_MOST_ZONE_WORDS]
    for last in reversed(upcoming):
        name = words[position : position + last.end()].strip("()")
        name = re.sub(r"\stime$", "", name, flags=re.IGNORECASE)
        places = find_places(name, sentence.zone)
        if name.casefold() == "local":
            places = (Place(sentence.zone),)
        if places:
            sentence.add_places(places)
            return position + last.end()
    word = upcoming[0][0]
    hint = suggest(word, _KNOWN_WORDS) or suggest_zone(word)
    raise Unreadable(f"{quoted(word)} is not understood here.{hint} {EXAMPLE}")
