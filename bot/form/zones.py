"""Time zones as people name them: "Europe/Berlin", "berlin", "new york", "UTC", "CET", "UTC+2"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from unicodedata import normalize
from zoneinfo import ZoneInfo

from bot.form.answers import AskBack, Choice, Mistake, either, suggest
from bot.form.characters import quoted, tidy

LONGEST_NAME = 60
EXAMPLES = "Write for example Europe/Berlin, New York or UTC"

_AREAS = frozenset({"Africa", "America", "Antarctica", "Arctic", "Asia"}) | frozenset(
    {"Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)
_NO_CITIES = frozenset({"center", "north", "south", "west"})  # last words that name no place
_UTC_NAMES = frozenset({"utc", "z", "zulu", "uct", "etc/utc", "universal"})

# What an abbreviation may stand for: its hours from UTC, and a zone whose clocks show it. Where
# there are several, people are asked.
_ABBREVIATIONS: dict[str, tuple[tuple[float, str], ...]] = {
    "GMT": ((0, "UTC"),),
    "WET": ((0, "Europe/Lisbon"),),
    "WEST": ((1, "Europe/Lisbon"),),
    "BST": ((1, "Europe/London"), (6, "Asia/Dhaka")),
    "CET": ((1, "Europe/Berlin"),),
    "CEST": ((2, "Europe/Berlin"),),
    "EET": ((2, "Europe/Helsinki"),),
    "EEST": ((3, "Europe/Helsinki"),),
    "MSK": ((3, "Europe/Moscow"),),
    "IST": ((5.5, "Asia/Kolkata"), (1, "Europe/Dublin"), (2, "Asia/Jerusalem")),
    "SGT": ((8, "Asia/Singapore"),),
    "HKT": ((8, "Asia/Hong_Kong"),),
    "JST": ((9, "Asia/Tokyo"),),
    "KST": ((9, "Asia/Seoul"),),
    "AWST": ((8, "Australia/Perth"),),
    "ACST": ((9.5, "Australia/Adelaide"),),
    "ACDT": ((10.5, "Australia/Adelaide"),),
    "AEST": ((10, "Australia/Sydney"),),
    "AEDT": ((11, "Australia/Sydney"),),
    "NZST": ((12, "Pacific/Auckland"),),
    "NZDT": ((13, "Pacific/Auckland"),),
    "AST": ((-4, "America/Halifax"), (3, "Asia/Riyadh")),
    "EST": ((-5, "America/New_York"),),
    "EDT": ((-4, "America/New_York"),),
    "CST": ((-6, "America/Chicago"), (8, "Asia/Shanghai"), (-5, "America/Havana")),
    "CDT": ((-5, "America/Chicago"), (-4, "America/Havana")),
    "MST": ((-7, "America/Denver"),),
    "MDT": ((-6, "America/Denver"),),
    "PST": ((-8, "America/Los_Angeles"), (8, "Asia/Manila")),
    "PDT": ((-7, "America/Los_Angeles"),),
    "AKST": ((-9, "America/Anchorage"),),
    "AKDT": ((-8, "America/Anchorage"),),
    "HST": ((-10, "Pacific/Honolulu"),),
}
# Short names of a zone with both its times.
_BOTH_TIMES = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+-])(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE | re.ASCII)
_WIDEST_OFFSET = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Place:
    """By which clocks a time is to be read.

    `zone` is the zone to show times in. `offset` is set where the hours from UTC were given, which
    then decide; `abbreviation` where they were given by a name such as CET.
    """

    zone: ZoneInfo
    offset: timedelta | None = None
    abbreviation: str = ""

    def local(self, instant: datetime) -> datetime:
        """Show an instant as these clocks do, without a zone."""
        if self.offset is None:
            return instant.astimezone(self.zone).replace(tzinfo=None)
        return instant.astimezone(UTC).replace(tzinfo=None) + self.offset


def parse_zone(text: str) -> ZoneInfo | AskBack | Mistake:
    """Read a time zone that a person wants to live by; for an abbreviation the place is asked."""
    words = tidy(normalize("NFKC", text[: LONGEST_NAME + 1]))
    if not words:
        return Mistake(f"Which time zone? {EXAMPLES}.")
    if len(text) > LONGEST_NAME:
        return Mistake(f"That is too long for a time zone. {EXAMPLES}.")
    if words.upper() in _ABBREVIATIONS:
        return _ask_for_place(words.upper())
    if found := find_zone(words):
        return found
    if _OFFSET.fullmatch(words):
        return Mistake(f"{quoted(words)} does not say when clocks change. {EXAMPLES}.")
    return Mistake(f"There is no time zone {quoted(words)}.{suggest_zone(words)} {EXAMPLES}.")


def find_zone(name: str) -> ZoneInfo | None:
    """Find a zone by its name or its city, in any case, with blanks or underscores."""
    folded = name.casefold().replace(" ", "_")
    if folded in _UTC_NAMES:
        return ZoneInfo("UTC")
    if name.upper() in _BOTH_TIMES:
        return ZoneInfo(_BOTH_TIMES[name.upper()])
    key = _names().get(folded) or _cities().get(folded)
    return ZoneInfo(key) if key else None


def find_places(words: str, zone: ZoneInfo) -> tuple[Place, ...]:
    """Find what a suffix behind a time may mean: none, one, or several places to ask about.

    `zone` is the person's own, in which times with a bare offset are shown.
    """
    if words in {"z", "Z"}:  # RFC 3339: an offset, which names no place
        return (Place(zone, timedelta(0)),)
    if meanings := _ABBREVIATIONS.get(words.upper()):
        return tuple(
            Place(ZoneInfo(key), timedelta(hours=hours), words.upper()) for hours, key in meanings
        )
    if found := find_zone(words):
        return (Place(found),)
    if signed := _OFFSET.fullmatch(words):
        size = timedelta(hours=int(signed[2]), minutes=int(signed[3] or 0))
        if size <= _WIDEST_OFFSET:
            return (Place(zone, -size if signed[1] == "-" else size),)
    return ()


def say_offset(offset: timedelta) -> str:
    """Write how far clocks are from UTC: `UTC+01:00`."""
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    return f"UTC{'-' if offset < timedelta(0) else '+'}{hours:02}:{minutes:02}"


def suggest_zone(words: str) -> str:
    """Say which zone may have been meant by a misspelt one, or nothing."""
    known = {key.rsplit("/", 1)[-1].replace("_", " ") for key in _cities().values()}
    return suggest(words.replace("_", " "), known, cutoff=0.75) or suggest(
        words, _names().values(), cutoff=0.8
    )


def _ask_for_place(abbreviation: str) -> AskBack:
    """Ask which place's clocks are meant: an abbreviation holds for half a year, if at all."""
    keys = list(dict.fromkeys(key for _, key in _ABBREVIATIONS[abbreviation]))
    if abbreviation == "GMT":
        keys.append("Europe/London")
    question = (
        f"{abbreviation} is a time, not a place whose clocks can be followed all year. "
        f"Do you mean {either(keys)}? Or name another place, such as Europe/Madrid."
    )
    return AskBack(question, tuple(Choice(key, key) for key in keys))


@cache
def _names() -> dict[str, str]:
    """Every zone's name by its folded form; abbreviations and internal names are left out."""
    keys = files("tzdata").joinpath("zones").read_text("utf-8").split()
    left_out = {"Factory", *_ABBREVIATIONS}
    return {key.casefold(): key for key in keys if key not in left_out}


@cache
def _cities() -> dict[str, str]:
    """Every zone by its city; of two names for the same clocks, the longer, which is the newer."""
    found: dict[str, str] = {}
    for key in _names().values():
        area, _, place = key.partition("/")
        city = place.rsplit("/", 1)[-1].casefold()
        if area in _AREAS and city not in _NO_CITIES and len(found.get(city, "")) < len(key):
            found[city] = key
    return found
