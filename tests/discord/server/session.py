"""A session at the gateway: whom it is for, and all it was told, so that a RESUME can repeat it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.discord.server.connection import Connection
from tests.discord.server.intents import MESSAGE_CONTENT, intents_for
from tests.discord.server.opcodes import DISPATCH


@dataclass(eq=False, repr=False)
class Session:
    """What one IDENTIFY began. It outlives its connections, until it is ended.

    `told` are all events in order; `again` are those that the next RESUME repeats although the
    client has had them, as happens where the network lost what the client said of its state.
    """

    id: str
    intents: int
    shard: tuple[int, int]
    connection: Connection | None = None
    told: list[dict[str, Any]] = field(default_factory=list)
    again: list[dict[str, Any]] = field(default_factory=list)
    heartbeats: int = 0

    def __repr__(self) -> str:
        return f"<Session {self.id} shard {self.shard} at {self.sequence}>"

    @property
    def sequence(self) -> int:
        """The number of the last event."""
        return len(self.told)

    def serves(self, guild_id: int | None) -> bool:
        """Tell whether the events of a guild, or with None those of no guild, come here."""
        shard_id, shards = self.shard
        return shard_id == (0 if guild_id is None else (guild_id >> 22) % shards)

    def wants(self, event: str, guild_id: int | None) -> bool:
        """Tell whether the session asked for such events."""
        needed = intents_for(event, in_guild=guild_id is not None)
        return needed == 0 or bool(self.intents & needed)

    @property
    def reads_messages(self) -> bool:
        """Whether it may read what people write in guilds."""
        return bool(self.intents & MESSAGE_CONTENT)

    def tell(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        """Note an event, send it if there is a connection, and give the frame."""
        frame = {"op": DISPATCH, "t": event, "s": self.sequence + 1, "d": data}
        self.told.append(frame)
        if self.connection is not None:
            self.connection.send(frame)
        return frame

    def resume(self, connection: Connection, sequence: int) -> None:
        """Go on over another connection with what came after `sequence`, then say so."""
        self.connection = connection
        for frame in [*self.again, *self.told[sequence:]]:
            connection.send(frame)
        self.again.clear()
        self.tell("RESUMED", {"_trace": []})
