"""Time zones: Discord does not say them, so they are asked once, in passing, and kept.

The question is a select with what a person's language suggests. What they had typed stands in its
custom_id where it fits, so that their choice goes on with it, after a restart of ours as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo, available_timezones

import discord

from core.model.people import Actor
from core.store.store import Store
from core.usecases.settings import show_settings

PREFIX = "slot_zone:"
_LONGEST_ID = 100  # characters of a custom_id, by "Component Reference" in Discord's documentation
MOST = 25
_UNSET = "UTC"

# Where the languages of Discord's clients are mostly spoken; anybody can name another zone.
_SPOKEN: dict[str, tuple[str, ...]] = {
    "de": ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich"),
    "en-GB": ("Europe/London", "Europe/Dublin"),
    "en-US": (
        *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
        *("Europe/London", "Australia/Sydney"),
    ),
    "es-ES": ("Europe/Madrid", "Atlantic/Canary"),
    "es-419": ("America/Mexico_City", "America/Bogota", "America/Argentina/Buenos_Aires"),
    "fr": ("Europe/Paris", "Europe/Brussels", "America/Toronto"),
    "it": ("Europe/Rome",),
    "nl": ("Europe/Amsterdam", "Europe/Brussels"),
    "pl": ("Europe/Warsaw",),
    "pt-BR": ("America/Sao_Paulo", "America/Manaus"),
    "ru": ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk"),
    "uk": ("Europe/Kyiv",),
    "tr": ("Europe/Istanbul",),
    "sv-SE": ("Europe/Stockholm",),
    "da": ("Europe/Copenhagen",),
    "no": ("Europe/Oslo",),
    "fi": ("Europe/Helsinki",),
    "cs": ("Europe/Prague",),
    "hu": ("Europe/Budapest",),
    "ro": ("Europe/Bucharest",),
    "bg": ("Europe/Sofia",),
    "el": ("Europe/Athens",),
    "hr": ("Europe/Zagreb",),
    "lt": ("Europe/Vilnius",),
    "hi": ("Asia/Kolkata",),
    "th": ("Asia/Bangkok",),
    "vi": ("Asia/Ho_Chi_Minh",),
    "id": ("Asia/Jakarta", "Asia/Makassar"),
    "ja": ("Asia/Tokyo",),
    "ko": ("Asia/Seoul",),
    "zh-CN": ("Asia/Shanghai",),
    "zh-TW": ("Asia/Taipei",),
}
_COMMON = (
    *("Europe/Berlin", "Europe/London", "Europe/Paris", "Europe/Madrid", "Europe/Rome"),
    *("Europe/Warsaw", "Europe/Athens", "Europe/Moscow", "America/New_York", "America/Chicago"),
    *("America/Denver", "America/Los_Angeles", "America/Sao_Paulo", "Africa/Lagos"),
    *("Africa/Johannesburg", "Asia/Dubai", "Asia/Kolkata", "Asia/Bangkok", "Asia/Shanghai"),
    *("Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland", "UTC"),
)


def zone_is_known(store: Store, now: datetime, actor: Actor) -> bool:
    """Tell whether somebody's zone was ever said: by them, their other chat, or for all here."""
    settings = show_settings(store, now, actor)
    if settings.person.zone or settings.workspace.zone != _UNSET:
        return True
    account = store.people.account(actor.workspace_id, actor.person_id)
    return account is not None and bool(account.chat_zone)


def likely(locale: str) -> tuple[str, ...]:
    """Give the zones to offer to somebody whose client speaks a language, likely ones first."""
    return tuple(dict.fromkeys((*_SPOKEN.get(locale, ()), *_COMMON)))[:MOST]


def matching(typed: str, locale: str) -> list[str]:
    """Give the zones that what was typed may begin: by city first, then by any part of a name."""
    wanted = typed.strip().casefold().replace(" ", "_")
    if not wanted:
        return list(likely(locale))
    by_city, by_part = list[str](), list[str]()
    for name in _all():
        folded = name.casefold()
        if folded.rpartition("/")[2].startswith(wanted) or folded.startswith(wanted):
            by_city.append(name)
        elif wanted in folded:
            by_part.append(name)
    return [*by_city, *by_part][:MOST]


def say_zone(name: str, now: datetime) -> str:
    """Write a zone with what its clocks show: `Europe/Berlin, 20:15 now`."""
    return f"{name}, {now.astimezone(ZoneInfo(name)):%H:%M} now"


@cache
def _all() -> tuple[str, ...]:
    named = (name for name in available_timezones() if "/" in name or name == _UNSET)
    left_out = ("Etc/", "SystemV/", "posix/", "right/")
    return tuple(sorted(name for name in named if not name.startswith(left_out)))


def pending_id(name: str, given: Mapping[str, str], otherwise: str) -> str:
    """Write what somebody had typed into a custom_id; `otherwise` where that is too long."""
    made = f"{PREFIX}{name}?{urlencode(given)}"
    return made if len(made) <= _LONGEST_ID else f"{PREFIX}{otherwise}"


def read_pending(custom_id: str) -> tuple[str, dict[str, str]]:
    """Read what `pending_id` wrote: the command's name, and what was given."""
    name, _, query = custom_id.removeprefix(PREFIX).partition("?")
    return name, dict(parse_qsl(query, keep_blank_values=True))


def zone_select(custom_id: str, locale: str, now: datetime | None = None) -> discord.ui.View:
    """Make the question's select."""
    at = now or datetime.now(UTC)
    options = [
        discord.SelectOption(label=say_zone(name, at), value=name) for name in likely(locale)
    ]
    select: discord.ui.Select[discord.ui.View] = discord.ui.Select(
        custom_id=custom_id, placeholder="Your time zone", options=options
    )
    view = discord.ui.View(timeout=None)
    view.add_item(select)
    view.stop()  # else discord.py keeps every one of them in mind
    return view
