"""Which components a message may have, with and without the flag for components of version 2.

Source: "Component Reference" in Discord's documentation.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.discord.server.complaints import Complaints, at, kind_of, objects
from tests.discord.server.controls import ACTION_ROW, BUTTON, SELECTS, TEXT_DISPLAY
from tests.discord.server.errors import Json
from tests.discord.server.rules_parts import check_button, check_select, check_text_display
from tests.discord.server.rules_recurring import check_unique

SECTION, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 11, 12, 13, 14, 17
ROWS, IN_A_ROW, ALTOGETHER, CHARACTERS = 5, 5, 40, 4000
_COMMON = {"type", "id"}
_IN_CONTAINER = {ACTION_ROW, TEXT_DISPLAY, SECTION, GALLERY, FILE, SEPARATOR}
_TOP = _IN_CONTAINER | {CONTAINER}


class _Walk:
    """Checks the components of one message, and keeps all it met."""

    def __init__(self, found: Complaints) -> None:
        self.found = found
        self.met: list[tuple[str, Json]] = []
        self._checks: dict[int, Callable[[str, Json], None]] = {
            ACTION_ROW: self._row,
            SECTION: self._section,
            THUMBNAIL: self._media_with_words,
            GALLERY: self._gallery,
            FILE: self._file,
            SEPARATOR: self._separator,
            CONTAINER: self._container,
        }

    def several(self, place: str, parts: list[object], allowed: set[int]) -> None:
        """Check parts of which each has to be of an allowed type."""
        for number, part in enumerate(parts):
            self.one(at(place, number), part, allowed)

    def one(self, place: str, part: object, allowed: set[int] | frozenset[int]) -> None:
        """Check one part, and what is in it."""
        if (checked := self.found.mapping(place, part)) is None:
            return
        kind = kind_of(checked)
        if kind not in allowed:
            self.found.choice(at(place, "type"), checked.get("type"), allowed)
            return
        self.met.append((place, checked))
        if checked.get("id") is not None:
            self.found.number(at(place, "id"), checked["id"], 0, 2**31 - 1)
        if kind == BUTTON:
            check_button(self.found, place, checked)
        elif kind in SELECTS:
            check_select(self.found, place, checked, modal=False)
        elif kind == TEXT_DISPLAY:
            check_text_display(self.found, place, checked)
        else:
            self._checks[kind](place, checked)

    def _row(self, place: str, row: Json) -> None:
        self.found.keys(place, row, _COMMON | {"components"})
        inside = at(place, "components")
        parts = self.found.listed(inside, row.get("components"), IN_A_ROW, 1)
        self.several(inside, parts, {BUTTON, *SELECTS})
        selects = [one for one in objects(parts) if kind_of(one) in SELECTS]
        if selects and len(parts) > 1:
            self.found.add(
                inside,
                "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                "The specified component exceeds the maximum width",
            )

    def _section(self, place: str, section: Json) -> None:
        self.found.keys(place, section, _COMMON | {"components", "accessory"})
        inside = at(place, "components")
        parts = self.found.listed(inside, section.get("components"), 3, 1)
        self.several(inside, parts, {TEXT_DISPLAY})
        self.one(at(place, "accessory"), section.get("accessory"), {BUTTON, THUMBNAIL})

    def _container(self, place: str, container: Json) -> None:
        self.found.keys(place, container, _COMMON | {"components", "accent_color", "spoiler"})
        if container.get("accent_color") is not None:
            self.found.number(at(place, "accent_color"), container["accent_color"], 0, 0xFFFFFF)
        self.found.boolean(at(place, "spoiler"), container.get("spoiler"))
        inside = at(place, "components")
        parts = self.found.listed(inside, container.get("components"), ALTOGETHER, 1)
        self.several(inside, parts, _IN_CONTAINER)

    def _gallery(self, place: str, gallery: Json) -> None:
        self.found.keys(place, gallery, _COMMON | {"items"})
        for number, item in enumerate(
            self.found.listed(at(place, "items"), gallery.get("items"), 10, 1)
        ):
            if (checked := self.found.mapping(at(at(place, "items"), number), item)) is not None:
                self._media_with_words(at(at(place, "items"), number), checked)

    def _media_with_words(self, place: str, part: Json) -> None:
        self.found.keys(place, part, _COMMON | {"media", "description", "spoiler"})
        self.found.optional(at(place, "description"), part.get("description"), 1024, 1)
        self.found.boolean(at(place, "spoiler"), part.get("spoiler"))
        media = self.found.mapping(at(place, "media"), part.get("media"))
        if media is not None:
            self.found.url(at(at(place, "media"), "url"), media.get("url"), attachment=True)

    def _file(self, place: str, part: Json) -> None:
        self.found.keys(place, part, _COMMON | {"file", "spoiler"})
        file = self.found.mapping(at(place, "file"), part.get("file"))
        url = file.get("url") if file else None
        if file is not None and not str(url).startswith("attachment://"):
            self.found.add(
                at(at(place, "file"), "url"),
                "UNFURLED_MEDIA_ITEM_REFERENCE",
                "Only attachment references are supported",
            )

    def _separator(self, place: str, separator: Json) -> None:
        self.found.keys(place, separator, _COMMON | {"divider", "spacing"})
        self.found.boolean(at(place, "divider"), separator.get("divider"))
        if separator.get("spacing") is not None:
            self.found.choice(at(place, "spacing"), separator["spacing"], (1, 2))


def check_components(found: Complaints, place: str, components: object, *, v2: bool) -> None:
    """Complain of components that Discord would refuse; `v2`: the message has the flag for them."""
    walk = _Walk(found)
    parts = found.listed(place, components, ALTOGETHER if v2 else ROWS)
    walk.several(place, parts, _TOP if v2 else {ACTION_ROW})
    check_unique(found, walk.met)
    if len(walk.met) > ALTOGETHER:
        found.add(
            place, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"No more than {ALTOGETHER} in all"
        )
    words = sum(len(str(part.get("content") or "")) for _, part in walk.met)
    if words > CHARACTERS:
        found.add(
            place,
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"Displayable text exceeds the maximum size of {CHARACTERS}",
        )
