"""What a person gets to see and hear after they did something."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.slack.server.errors import Json
from tests.slack.server.messages import Message
from tests.slack.server.views import View

if TYPE_CHECKING:
    from tests.slack.server.person import Person


@dataclass(eq=False, repr=False)
class Heard:
    """The answers to one thing a person did. It goes on filling while the app goes on answering.

    `acknowledged_in` is seconds, None if it was not acknowledged; `error` is what Slack's client
    shows instead (`operation_timeout`, `dispatch_failed`, or why Slack could not use the answer);
    `messages` are those to this person alone, from the acknowledgement and the response URL;
    `errors` stand beside the fields, by block_id; `view` was opened, pushed or updated last;
    `cleared` says that all modals were closed; `response` is the body of the acknowledgement.
    """

    person: Person
    kind: str
    payload: Json
    envelope_id: str
    acknowledged_in: float | None = None
    error: str | None = None
    response: Json | None = None
    messages: list[Message] = field(default_factory=list)
    posted: list[Message] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    view: View | None = None
    cleared: bool = False

    def __repr__(self) -> str:
        answer = self.error or f"acknowledged in {self.acknowledged_in}"
        return f"<Heard {answer}: {self.messages} errors {self.errors} view {self.view}>"

    @property
    def timed_out(self) -> bool:
        """Whether three seconds went by without an acknowledgement."""
        return self.error == "operation_timeout"

    @property
    def words(self) -> str:
        """All that the messages say."""
        return "\n".join(message.words for message in self.messages)

    async def message(self, *, within: float = 5) -> Message:
        """Wait for the first message to this person alone, and give the newest.

        Raises NeverHappenedError after `within` seconds.
        """
        await self.person.slack.until(lambda: self.messages, within=within)
        return self.messages[-1]

    async def opened(self, *, within: float = 5) -> View:
        """Wait for a view to be opened, pushed or updated, and give it.

        Raises NeverHappenedError after `within` seconds.
        """
        view = await self.person.slack.until(lambda: self.view, within=within)
        if view is None:
            raise AssertionError
        return view
