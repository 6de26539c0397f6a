"""What a person gets to see after they did something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.server.errors import Json, NeverHappenedError
from tests.discord.server.messages import LOADING, Message

if TYPE_CHECKING:
    from tests.discord.server.interactions import Interaction
    from tests.discord.server.modals import Modal
    from tests.discord.server.person import Person


@dataclass(eq=False, repr=False)
class Heard:
    """The answers to one thing a person did. It goes on filling while the app goes on answering.

    `answered_in` is seconds, None if nothing came in time; then `failed` is what Discord's client
    shows instead. `everything` are the messages that came in answer, whether this person alone
    sees them or all; `updated` is the message they clicked in, if that was changed; `modal` was
    opened; `choices` were offered.
    """

    person: Person
    interaction: Interaction | None = None
    answered_in: float | None = None
    failed: str | None = None
    everything: list[Message] = field(default_factory=list)
    updated: Message | None = None
    modal: Modal | None = None
    choices: list[Json] | None = None

    def __repr__(self) -> str:
        answer = self.failed or f"answered in {self.answered_in}"
        return f"<Heard {answer}: {self.messages} updated {self.updated} modal {self.modal}>"

    @property
    def messages(self) -> list[Message]:
        """The messages in answer that are still there and no longer loading, oldest first."""
        there = [one for one in self.everything if not one.deleted]
        return [one for one in there if not one.flags & LOADING]

    @property
    def thinking(self) -> bool:
        """Whether the person reads that the app is thinking."""
        return any(one.flags & LOADING and not one.deleted for one in self.everything)

    @property
    def words(self) -> str:
        """All that the messages say."""
        return "\n".join(message.words for message in self.messages)

    async def message(self, *, within: float = 5) -> Message:
        """Wait for a message in answer, or the clicked one to be changed, and give the newest.

        Raises NeverHappenedError after `within` seconds, and at once if the answer failed.
        """
        await self._until_there(within, lambda: bool(self.messages or self.updated))
        found = self.messages[-1] if self.messages else self.updated
        if found is None:
            raise AssertionError
        return found

    async def opened(self, *, within: float = 5) -> Modal:
        """Wait for a modal to be opened, and give it. Raises as `message` does."""
        await self._until_there(within, lambda: self.modal is not None)
        if self.modal is None:
            raise AssertionError
        return self.modal

    async def _until_there(self, within: float, there: Callable[[], bool]) -> None:
        world = self.person.world
        await world.until(lambda: there() or self.failed, within=within)
        if not there():
            raise NeverHappenedError(f"{self.person.name} reads: {self.failed}")
