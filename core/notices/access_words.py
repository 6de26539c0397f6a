"""How to get in, in words: what a holder enters to publish, and a reader to watch; and when."""

from __future__ import annotations

from core.model.prose import At, Line, Literal
from core.model.slot import Slot
from core.notices.words import Row

WATCHING: Line = ("They let you in from the start until the end.",)


def ingest_rows(address: str, user: str, key: str) -> tuple[Row, ...]:
    """Say what the holder enters; an address may hold the key, so that there is none beside it."""
    where = (Row("Ingest address", (Literal(address),)),) if address else ()
    if user:
        name = Row("User name", (Literal(user),))
        return (*where, name, Row("Password", (Literal(key),)))
    return (*where, Row("Stream key", (Literal(key),))) if key else where


def credential_rows(user: str, passcode: str, player_url: str = "") -> tuple[Row, ...]:
    """Say the user name and passcode, where there are any.

    `player_url` is the address that has them in it, for a player without a place for them.
    """
    if not passcode:
        return ()
    name = (Row("User name", (Literal(user),)),) if user else ()
    in_player = (Row("In a player", (Literal(player_url),)),) if player_url else ()
    return (*name, Row("Passcode", (Literal(passcode),)), *in_player)


def publishing_line(slot: Slot, publishing: Slot) -> Line:
    """Say from when until when the server takes the holder's stream.

    `publishing` is the slot with its set-up and tear-down; the audience is let in to the slot.
    """
    end: Line = (". The server disconnects you at ", At(publishing.ends_at), ".")
    if publishing.starts_at < slot.starts_at:
        early: Line = ("You can connect from ", At(publishing.starts_at), ", to try things out: ")
        return (*early, "your watchers are let in at ", At(slot.starts_at), *end)
    return ("You can connect from the start, ", At(slot.starts_at), *end)
