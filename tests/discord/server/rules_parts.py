"""Which buttons, selects and texts Discord takes.

Source: "Component Reference" in Discord's documentation, and its OpenAPI description.
"""

from __future__ import annotations

from tests.discord.server.complaints import Complaints, at
from tests.discord.server.controls import (
    CHANNEL_SELECT,
    LINK,
    MENTIONABLE_SELECT,
    PREMIUM,
    ROLE_SELECT,
    STRING_SELECT,
    USER_SELECT,
)
from tests.discord.server.errors import Json
from tests.discord.server.rules_recurring import (
    COMMON,
    CUSTOM_ID,
    check_emoji,
    check_options,
    check_range,
)

LABEL, OPTIONS, PLACEHOLDER, BUTTON_URL, TEXT = 80, 25, 150, 512, 4000
_CHANNEL_TYPES = (0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 15, 16)
_SELECT = {"custom_id", "placeholder", "min_values", "max_values", "disabled", "required"}


def check_button(found: Complaints, place: str, button: Json) -> None:
    """Complain of a button whose fields do not go together."""
    known = {"style", "label", "emoji", "custom_id", "sku_id", "url", "disabled"}
    found.keys(place, button, known | COMMON)
    style = button.get("style")
    found.choice(at(place, "style"), style, range(1, 7))
    found.optional(at(place, "label"), button.get("label"), LABEL)
    found.boolean(at(place, "disabled"), button.get("disabled"))
    if style != PREMIUM and not button.get("label") and not button.get("emoji"):
        found.add(
            place, "BUTTON_COMPONENT_INVALID", "A button must have a label or an emoji to be shown"
        )
    check_emoji(found, at(place, "emoji"), button.get("emoji"))
    needed = {LINK: "url", PREMIUM: "sku_id"}.get(style if isinstance(style, int) else 0)
    for name in ("url", "sku_id", "custom_id"):
        if name != (needed or "custom_id") and button.get(name) is not None:
            code = f"BUTTON_COMPONENT_{name.upper()}_NOT_ALLOWED"
            found.add(at(place, name), code, f"A button of this style cannot have a {name}")
    if needed == "url":
        found.url(at(place, "url"), button.get("url"), BUTTON_URL)
    elif needed == "sku_id":
        found.snowflake(at(place, "sku_id"), button.get("sku_id"))
    else:
        found.text(at(place, "custom_id"), button.get("custom_id"), CUSTOM_ID)


def check_select(found: Complaints, place: str, select: Json, *, modal: bool) -> None:
    """Complain of a select that cannot be used, or has too much or too little to choose from."""
    extra = {STRING_SELECT: {"options"}, CHANNEL_SELECT: {"channel_types", "default_values"}}
    kind = int(select["type"])
    found.keys(place, select, _SELECT | COMMON | extra.get(kind, {"default_values"}))
    found.text(at(place, "custom_id"), select.get("custom_id"), CUSTOM_ID)
    found.optional(at(place, "placeholder"), select.get("placeholder"), PLACEHOLDER)
    for name in ("disabled", "required"):
        found.boolean(at(place, name), select.get(name))
    if modal and select.get("disabled"):
        found.add(
            at(place, "disabled"), "SELECT_COMPONENT_DISABLED", "Cannot be disabled in modals"
        )
    check_range(found, place, select, OPTIONS, modal=modal)
    if kind == STRING_SELECT:
        options = found.listed(at(place, "options"), select.get("options"), OPTIONS, 1)
        check_options(found, place, options, {"emoji"})
        if isinstance(least := select.get("min_values"), int) and least > len(options):
            found.add(
                at(place, "options"),
                "BASE_TYPE_BAD_LENGTH",
                f"Must be between {least} and {OPTIONS} in length.",
            )
    else:
        _defaults(found, place, select, kind)


def check_text_display(found: Complaints, place: str, display: Json) -> None:
    """Complain of a text that is empty or too long."""
    found.keys(place, display, COMMON | {"content"})
    found.text(at(place, "content"), display.get("content"), TEXT)


def _defaults(found: Complaints, place: str, select: Json, kind: int) -> None:
    wanted = {
        USER_SELECT: {"user"},
        ROLE_SELECT: {"role"},
        CHANNEL_SELECT: {"channel"},
        MENTIONABLE_SELECT: {"user", "role"},
    }[kind]
    most = select.get("max_values") if isinstance(select.get("max_values"), int) else 1
    there = at(place, "default_values")
    for number, one in enumerate(found.listed(there, select.get("default_values"), int(most or 1))):
        if (default := found.mapping(at(there, number), one)) is not None:
            found.keys(at(there, number), default, {"id", "type"})
            found.choice(at(at(there, number), "type"), default.get("type"), wanted)
            found.snowflake(at(at(there, number), "id"), default.get("id"))
    for number, one in enumerate(
        found.listed(at(place, "channel_types"), select.get("channel_types"), 25)
    ):
        found.choice(at(at(place, "channel_types"), number), one, _CHANNEL_TYPES)
