"""An audience of mail addresses, a channel and a person; and what each of them was told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from tests.claims.house import text_of
from tests.slack.house import SlackHouse
from tests.slack.server import Message, Person, View
from tests.slack.server.errors import Json

ANN, BOB = "ann@example.org", "bob@example.org"


@dataclass
class Audience:
    """Those whom Hanna invites in a house: Ann and Bob by mail, `#general`, and Pia in person."""

    house: SlackHouse
    pia: Person

    @property
    def all(self) -> dict[str, object]:
        """Give what is to be put into the form."""
        return {
            "audience": f"{ANN}, {BOB}",
            "channels": [self.house.general.id],
            "people": [self.pia.id],
        }

    async def reserve(self, typed: str = "fri 20:00 for 2h Studio", **fields: object) -> View:
        """Have Hanna hand the form in for all of them; what she is told is given."""
        self.house.clock.move(timedelta(seconds=1))
        heard = await self.house.hanna.type(f"/slot reserve {typed}", self.house.general)
        form = await heard.opened()
        heard = await self.house.hanna.submit(form, {"title": "Premiere", **self.all, **fields})
        assert {} == heard.errors
        told = await heard.opened()
        await self.house.deliver()
        return told

    async def press(self, act: str, **fields: object) -> View:
        """Have Hanna press a button under the permission, and hand in the modal it opens."""
        self.house.clock.move(timedelta(seconds=1))
        heard = await self.house.hanna.click(self.permission, f"slot:{act}")
        heard = await self.house.hanna.submit(await heard.opened(), fields)
        assert {} == heard.errors
        told = await heard.opened()
        await self.house.deliver()
        return told

    @property
    def permission(self) -> Message:
        """Give the one card that Hanna has of her reservation."""
        (card,) = self.house.hanna.direct_messages
        return card

    @property
    def cards(self) -> tuple[Message, Message]:
        """Give the one card in the channel, and Pia's."""
        (post,), (message,) = self.house.general.messages, self.pia.direct_messages
        return post, message

    @property
    def everything(self) -> list[str]:
        """Give what each of them has been told last, in words: Ann, Bob, the channel, Pia."""
        mails = [text_of(self.house.mails(address)[-1]) for address in (ANN, BOB)]
        return [*mails, *(card.words for card in self.cards)]

    @property
    def figures(self) -> list[int]:
        """Count what each of them has been told: Ann, Bob, the channel, Pia; replies too."""
        posts = (self.house.general.messages, self.pia.direct_messages)
        in_slack = [sum(1 + len(card.thread) for card in cards) for cards in posts]
        return [*(len(self.house.mails(address)) for address in (ANN, BOB)), *in_slack]


def struck(message: Message) -> str:
    """Give the words of a message that are struck through."""
    return " ".join(str(one.get("text") or one.get("fallback")) for one in _struck(message.blocks))


def _struck(content: object) -> Iterator[Json]:
    if isinstance(content, dict):
        style = content.get("style")
        if isinstance(style, dict) and style.get("strike"):
            yield content
        content = list(content.values())
    for inner in content if isinstance(content, list) else ():
        yield from _struck(inner)
