"""Who carries payloads to the app, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tests.slack.server.errors import Json


@dataclass(frozen=True)
class Reply:
    """An acknowledgement after `seconds`, or the `error` that Slack shows in its place."""

    seconds: float | None = None
    body: Json | None = None
    error: str | None = None


@dataclass(frozen=True)
class Parcel:
    """A payload on its way: `kind` is `slash_commands`, `interactive` or `events_api`."""

    kind: str
    payload: Json
    envelope_id: str
    retry_attempt: int | None = None
    retry_reason: str | None = None


class Carrier(Protocol):
    """A transport."""

    @property
    def ready(self) -> bool:
        """Whether an app can be reached over it."""
        ...

    async def carry(self, parcel: Parcel) -> Reply:
        """Hand over a payload and wait for its acknowledgement."""
        ...


class Courier:
    """Hands payloads to the first carrier that reaches the app."""

    def __init__(self, *carriers: Carrier) -> None:
        self._carriers = carriers

    async def carry(self, parcel: Parcel) -> Reply:
        """Hand over a payload and wait for its acknowledgement; without a carrier, say so."""
        for carrier in self._carriers:
            if carrier.ready:
                return await carrier.carry(parcel)
        return Reply(error="dispatch_failed")
