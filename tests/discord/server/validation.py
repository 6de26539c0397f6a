"""Whether Discord would take a message, a modal or completions: by rules and by its own schemas."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from enum import Enum
from typing import TYPE_CHECKING

from tests.discord.server import schemas
from tests.discord.server.complaints import Complaints, at
from tests.discord.server.errors import EMPTY, Json, refusal
from tests.discord.server.mentions import check_allowed
from tests.discord.server.messages import (
    COMPONENTS_V2,
    EPHEMERAL,
    SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
)
from tests.discord.server.rules_components import check_components
from tests.discord.server.rules_embeds import check_embeds
from tests.discord.server.rules_modals import choice_complaints, modal_complaints

if TYPE_CHECKING:
    from tests.discord.server.rest import Upload

CONTENT, NONCE, ATTACHMENTS = 2000, 25, 10
_COMMON = {"content", "embeds", "allowed_mentions", "components", "attachments", "flags", "tts"}
_SHOWN = ("content", "embeds", "components", "attachments")


class Surface(Enum):
    """How a message comes: what it may have, which flags, and which schema describes it."""

    CHANNEL = ({"nonce", "enforce_nonce", "message_reference"}, 0, schemas.CREATE)
    CHANNEL_EDIT = (set[str](), 0, schemas.EDIT)
    INTERACTION = (set[str](), EPHEMERAL, schemas.INTERACTION)
    INTERACTION_EDIT = (set[str](), 0, schemas.INTERACTION_EDIT)

    def __init__(self, more: set[str], flags: int, schema: str) -> None:
        self.known = _COMMON | more
        self.flags = flags | SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
        self.schema = schema

    @property
    def editing(self) -> bool:
        """Whether there is a message already."""
        return self in (Surface.CHANNEL_EDIT, Surface.INTERACTION_EDIT)


def check_message(  # noqa: PLR0913 - what a message is checked against
    payload: Json,
    surface: Surface,
    *,
    uploads: Mapping[int, Upload] | None = None,
    attached: Collection[int] = (),
    flags: int = 0,
    place: str = "",
) -> None:
    """Refuse a message that Discord would refuse. Raises Refusal.

    `attached` and `flags` are those of the message that is edited; `place` is where in the body
    the message stands, such as `data`.
    """
    found = Complaints()
    found.keys(place, payload, surface.known)
    found.optional(at(place, "content"), payload.get("content"), CONTENT)
    found.boolean(at(place, "tts"), payload.get("tts"))
    _flags(found, at(place, "flags"), payload.get("flags"), surface)
    given = payload.get("flags")
    v2 = bool(((given if isinstance(given, int) else 0) | flags) & COMPONENTS_V2)
    if v2:
        _with_v2(found, place, payload)
    check_embeds(found, at(place, "embeds"), payload.get("embeds"))
    check_allowed(found, at(place, "allowed_mentions"), payload.get("allowed_mentions"))
    check_components(found, at(place, "components"), payload.get("components"), v2=v2)
    _attachments(found, at(place, "attachments"), payload, uploads or {}, set(attached))
    _nonce(found, place, payload)
    _by_schema(found, place, surface.schema, _without_noise(payload))
    found.refuse()
    if not surface.editing and not uploads and not any(payload.get(name) for name in _SHOWN):
        raise refusal(EMPTY)


def check_modal(data: object, *, place: str = "data") -> Json:
    """Give a modal. Raises Refusal if Discord would refuse it."""
    found = Complaints()
    checked = found.mapping(place, data)
    if checked is not None:
        modal_complaints(found, place, checked)
        _by_schema(found, place, schemas.MODAL, checked)
    found.refuse()
    return checked or {}


def check_choices(data: object, kind: int, *, place: str = "data") -> list[Json]:
    """Give the completions for an option of type `kind` (3, 4 or 10). Raises Refusal."""
    found = Complaints()
    checked = found.mapping(place, data)
    if checked is not None:
        choice_complaints(found, place, checked, kind)
    found.refuse()
    return (checked or {}).get("choices") or []


def by_schema(found: Complaints, schema: str, body: Json) -> None:
    """Complain of what Discord's own description has against a body."""
    _by_schema(found, "", schema, body)


def _by_schema(found: Complaints, place: str, schema: str, body: Json) -> None:
    told = {complaint[0] for complaint in found.all}
    for inner, sentence in schemas.complaints_of(schema, json.dumps(body, sort_keys=True)):
        there = f"{place}.{inner}" if place and inner else place or inner
        # what the rules complained of already is said in Discord's words
        if not any(one.startswith(there) for one in told):
            found.add(there, "SCHEMA", sentence)


def _without_noise(payload: Json) -> Json:
    """Leave out what the description forbids although Discord takes it: null in `tts`."""
    return {name: value for name, value in payload.items() if name != "tts" or value is not None}


def _flags(found: Complaints, place: str, flags: object, surface: Surface) -> None:
    if flags is None:
        return
    found.number(place, flags, 0, 2**31)
    # what may not be set is passed over by Discord, and meant something to whoever set it
    if isinstance(flags, int) and flags & ~surface.flags:
        found.add(place, "MESSAGE_FLAGS_NOT_ALLOWED", "Some of these flags cannot be set here")


def _with_v2(found: Complaints, place: str, payload: Json) -> None:
    for name in ("content", "embeds"):
        if payload.get(name):
            found.add(
                at(place, name),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )


def _attachments(
    found: Complaints,
    place: str,
    payload: Json,
    uploads: Mapping[int, Upload],
    attached: set[int],
) -> None:
    named: set[int] = set()
    for number, one in enumerate(found.listed(place, payload.get("attachments"), ATTACHMENTS)):
        there = at(place, number)
        if (checked := found.mapping(there, one)) is None:
            continue
        if (key := found.snowflake(at(there, "id"), checked.get("id"))) is None:
            continue
        named.add(key)
        if key not in uploads and key not in attached:
            found.add(at(there, "id"), "ATTACHMENT_NOT_FOUND", "Attachment could not be found.")
        if key in uploads:
            found.keys(there, checked, {"id", "filename", "description", "title", "is_spoiler"})
        found.optional(at(there, "filename"), checked.get("filename"), 1024, 1)
        found.optional(at(there, "description"), checked.get("description"), 1024)
    if len(uploads) > ATTACHMENTS:
        found.add(place, "BASE_TYPE_MAX_LENGTH", f"Must be {ATTACHMENTS} or fewer in length.")
    if payload.get("attachments") is not None and set(uploads) - named:
        found.add(place, "ATTACHMENT_NOT_NAMED", "A file is not among the attachments")


def _nonce(found: Complaints, place: str, payload: Json) -> None:
    nonce = payload.get("nonce")
    found.boolean(at(place, "enforce_nonce"), payload.get("enforce_nonce"))
    if isinstance(nonce, str) and len(nonce) > NONCE:
        found.add(
            at(place, "nonce"), "NONCE_TYPE_TOO_LONG", f"Nonce must be {NONCE} or fewer in length."
        )
    elif nonce is not None and not isinstance(nonce, str | int):
        found.add(at(place, "nonce"), "NONCE_TYPE_CONVERT", "Nonce must be a string or number.")
    if payload.get("enforce_nonce") and nonce is None:
        found.add(at(place, "enforce_nonce"), "NONCE_REQUIRED", "There is no nonce to enforce.")
