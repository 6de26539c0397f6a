"""A reservation as its holder knows it: how each command was answered, and who is told of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

SLACK, DISCORD, LINKS, NOBODY = "slack", "discord", "links", "nobody"
_ALL = ("Permitted", "Changed", "Cancelled")
ANSWERS = {
    SLACK: _ALL,
    DISCORD: _ALL,
    LINKS: ("Permitted", "Reconfirmed", "Changed", "Cancelled"),
    NOBODY: ("Permitted", "Lapsed"),
}
_TOLD_OF = {"Permitted": "Live stream", "Changed": "Changed", "Cancelled": "Cancelled"}
_TOLD_OF["Lapsed"] = "Cancelled"
NOTHING_DONE = "nothing was written: try again in a moment"
_POSTED_EVERY = 4  # of a post each takes a second in a channel, which few commands can wait for


@dataclass
class Life:
    """One reservation as its holder knows it.

    `answered` counts the commands that were, `given_up` says why there were no more of them, if it
    did not come to its end. Some are posted in a channel, too.
    """

    number: int
    where: str
    begun: float = field(default_factory=time.monotonic)
    code: str = ""
    answered: int = 0
    given_up: str = ""

    @property
    def title(self) -> str:
        """What it is called when it is booked."""
        return f"{self.where}-{self.number}"

    @property
    def address(self) -> str:
        """Who is told of it by mail."""
        return f"{self.title}@example.org"

    @property
    def later(self) -> str:
        """What it is called once it was changed."""
        return f"later-{self.title}"

    @property
    def posted(self) -> bool:
        """Tell whether a channel is told of it as well."""
        return self.where in {SLACK, DISCORD} and not self.number % _POSTED_EVERY

    @property
    def ended(self) -> bool:
        """Tell whether it came to its end."""
        return self.answered == len(ANSWERS[self.where])

    @property
    def unanswered(self) -> bool:
        """Tell whether its holder was left without an answer."""
        return bool(self.given_up) and NOTHING_DONE not in self.given_up

    def told(self, answered: int) -> list[str]:
        """Say what its recipient is to be told by mail after so many answers, in order."""
        return [_TOLD_OF[one] for one in ANSWERS[self.where][:answered] if one in _TOLD_OF]
