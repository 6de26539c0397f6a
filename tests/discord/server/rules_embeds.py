"""Which embeds Discord takes: its limits, in each and in all of a message together."""

from __future__ import annotations

from datetime import datetime

from tests.discord.server.complaints import Complaints, at, objects
from tests.discord.server.errors import Json

MOST, FIELDS, ALTOGETHER = 10, 25, 6000
TITLE, DESCRIPTION, FIELD_NAME, FIELD_VALUE, FOOTER, AUTHOR = 256, 4096, 256, 1024, 2048, 256
_KEYS = {
    "title",
    "type",
    "description",
    "url",
    "timestamp",
    "color",
    "footer",
    "image",
    "thumbnail",
    "author",
    "fields",
    # discord.py sends this of an embed that it read before
    "flags",
}
_PICTURE = {"url", "proxy_url", "width", "height", "flags"}


def check_embeds(found: Complaints, place: str, embeds: object) -> None:
    """Complain of embeds that Discord would refuse."""
    items = found.listed(place, embeds, MOST)
    for number, embed in enumerate(items):
        there = at(place, number)
        if (checked := found.mapping(there, embed)) is not None:
            _check(found, there, checked)
    if sum(characters(one) for one in items if isinstance(one, dict)) > ALTOGETHER:
        found.add(
            place, "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {ALTOGETHER}"
        )


def characters(embed: Json) -> int:
    """Count what counts: title, description, fields, footer's text, author's name."""
    texts = [embed.get("title"), embed.get("description")]
    texts += [one.get(name) for part, name in _TEXTS for one in objects([embed.get(part)])]
    for one in objects(embed.get("fields")):
        texts += [one.get("name"), one.get("value")]
    return sum(len(text) for text in texts if isinstance(text, str))


_TEXTS = (("footer", "text"), ("author", "name"))


def _check(found: Complaints, place: str, embed: Json) -> None:
    found.keys(place, embed, _KEYS)
    if embed.get("type") not in (None, "rich"):
        found.choice(at(place, "type"), embed["type"], ("rich",))
    if not any(embed.get(name) for name in _KEYS - {"type", "color", "url", "timestamp", "flags"}):
        found.required(at(place, "description"))
    found.optional(at(place, "title"), embed.get("title"), TITLE)
    found.optional(at(place, "description"), embed.get("description"), DESCRIPTION)
    if embed.get("url") is not None:
        found.url(at(place, "url"), embed["url"])
    if embed.get("color") is not None:
        found.number(at(place, "color"), embed["color"], 0, 0xFFFFFF)
    if embed.get("timestamp") is not None:
        check_time(found, at(place, "timestamp"), embed["timestamp"])
    _fields(found, at(place, "fields"), embed.get("fields"))
    for name in ("image", "thumbnail"):
        if embed.get(name) is not None:
            _picture(found, at(place, name), embed[name])
    if embed.get("footer") is not None:
        _named(found, at(place, "footer"), embed["footer"], "text", FOOTER)
    if embed.get("author") is not None:
        _named(found, at(place, "author"), embed["author"], "name", AUTHOR)


def check_time(found: Complaints, place: str, value: object) -> datetime | None:
    """Give a time with its zone, or complain that it is none."""
    try:
        read = datetime.fromisoformat(str(value))
    except ValueError:
        read = None
    if read is None or not isinstance(value, str):
        found.add(
            place,
            "DATE_TIME_TYPE_PARSE",
            f"Could not parse {str(value)[:40]}. Should be ISO8601.",
        )
        return None
    if read.tzinfo is None:
        # Discord takes it for UTC; ours must always say which zone it means
        found.add(place, "DATE_TIME_WITHOUT_ZONE", "The time has no zone.")
        return None
    return read


def _fields(found: Complaints, place: str, fields: object) -> None:
    for number, one in enumerate(found.listed(place, fields, FIELDS)):
        there = at(place, number)
        if (checked := found.mapping(there, one)) is None:
            continue
        found.keys(there, checked, {"name", "value", "inline"})
        found.text(at(there, "name"), checked.get("name"), FIELD_NAME)
        found.text(at(there, "value"), checked.get("value"), FIELD_VALUE)
        found.boolean(at(there, "inline"), checked.get("inline"))


def _picture(found: Complaints, place: str, picture: object) -> None:
    if (checked := found.mapping(place, picture)) is not None:
        found.keys(place, checked, _PICTURE)
        found.url(at(place, "url"), checked.get("url"), attachment=True)


def _named(found: Complaints, place: str, part: object, name: str, most: int) -> None:
    if (checked := found.mapping(place, part)) is None:
        return
    links = {"url"} if name == "name" else set()
    found.keys(place, checked, {name, "icon_url", "proxy_icon_url"} | links)
    found.text(at(place, name), checked.get(name), most)
    for link in links & set(checked):
        if checked[link] is not None:
            found.url(at(place, link), checked[link])
    if checked.get("icon_url") is not None:
        found.url(at(place, "icon_url"), checked["icon_url"], attachment=True)
