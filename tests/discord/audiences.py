"""An audience of mail addresses, a channel and a person; and what each of them was told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.claims.house import text_of
from tests.discord.house import DiscordHouse
from tests.discord.server.controls import label_of, usable
from tests.discord.server.markdown import parse, walk
from tests.discord.server.messages import Message
from tests.discord.server.modals import Modal
from tests.discord.server.person import Person

ANN, BOB = "ann@example.org", "bob@example.org"
SOON = 5
_SHEETS = {
    "About it": ("description", "policy", "reminders"),
    "Watching": ("viewers", "credentials", "user", "passcode"),
}


async def hand_in(
    who: Person, form: Modal, fields: dict[str, object], within: int = SOON
) -> Message:
    """Hand a form in, with the sheets of its second step that fields are on; give the answer."""
    first = {name: value for name, value in fields.items() if name in form.labels}
    if first == fields:
        return await (await who.submit(form, fields)).message(within=within)
    message = await (await who.submit(form, {**first, "More first": True})).message(within=within)
    for sheet, names in _SHEETS.items():
        given = {name: fields[name] for name in names if name in fields and name not in first}
        if given:
            opened = await (await who.click(message, sheet)).opened(within=within)
            message = await (await who.submit(opened, given)).message(within=within)
    return await (await who.click(message, "Reserve")).message(within=within)


@dataclass
class Audience:
    """Those whom Hanna invites in a house: Ann and Bob by mail, `#general`, and Pia in person."""

    house: DiscordHouse
    pia: Person

    @property
    def all(self) -> dict[str, object]:
        """Give what is to be put into the form."""
        return {
            "audience": f"{ANN}, {BOB}",
            "channels": [self.house.general],
            "people": [self.pia],
        }

    async def reserve(
        self, typed: str = "when:fri 20:00 for 2h server:Studio", **fields: object
    ) -> Message:
        """Have Hanna hand the form in for all of them; what she is told is given."""
        self.house.clock.move(timedelta(seconds=1))
        heard = await self.house.hanna.type(f"/slot reserve {typed}", self.house.general)
        filled = {"title": "Premiere", **self.all, **fields}
        told = await hand_in(self.house.hanna, await heard.opened(), filled)
        await self.house.deliver()
        return told

    async def press(self, act: str, **fields: object) -> Message:
        """Have Hanna press a button under the permission, and hand in the modal it opens."""
        self.house.clock.move(timedelta(seconds=1))
        heard = await self.house.hanna.click(self.permission, f"slot:{act}")
        told = await self.house.hanna.submit(await heard.opened(), fields)
        await self.house.deliver()
        return await told.message()

    async def reconfirm(self) -> Message:
        """Have Hanna press the one button that asks for nothing."""
        self.house.clock.move(timedelta(seconds=1))
        heard = await self.house.hanna.click(self.permission, "slot:reconfirm")
        await self.house.deliver()
        return await heard.message()

    @property
    def permission(self) -> Message:
        """Give the card that Hanna has of her reservation."""
        return self.house.hanna.direct_messages[0]

    @property
    def cards(self) -> tuple[Message, Message]:
        """Give the one card in the channel, and Pia's."""
        return card_in(self.house.general.messages), card_in(self.pia.direct_messages)

    @property
    def everything(self) -> list[str]:
        """Give what each of them has been told last, in words: Ann, Bob, the channel, Pia.

        With single spaces, for mail lines its columns up.
        """
        mails = [text_of(self.house.mails(address)[-1]) for address in (ANN, BOB)]
        return [" ".join(words.split()) for words in (*mails, *(one.words for one in self.cards))]

    @property
    def figures(self) -> list[int]:
        """Count what each of them has been told: Ann, Bob, the channel, Pia; replies too."""
        posts = (self.house.general.messages, self.pia.direct_messages)
        mails = [len(self.house.mails(address)) for address in (ANN, BOB)]
        return [*mails, *(len(messages) for messages in posts)]


def card_in(messages: list[Message]) -> Message:
    """Give the one message there that answers no other."""
    (card,) = [one for one in messages if one.reference is None]
    return card


def beneath(card: Message) -> list[Message]:
    """Give what was said beneath a card, oldest first."""
    return [one for one in card.channel.messages if one.reference is card]


def buttons(message: Message) -> list[str]:
    """List the labels of a message's buttons."""
    return [label_of(one) for one in usable(message.components)]


def struck(message: Message) -> str:
    """Give the words of a message that are struck through."""
    texts = (text for embed in message.embeds for text in _texts(embed))
    pieces = (one for text in texts for one in walk(parse(text)))
    return " ".join(one.read for one in pieces if one.kind == "strike")


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    if isinstance(content, dict):
        content = list(content.values())
    for inner in content if isinstance(content, list) else ():
        yield from _texts(inner)


async def until(house: DiscordHouse, moment: datetime) -> None:
    """Let time pass with the desk awake."""
    while house.clock.now < moment:
        house.clock.now = min(house.clock.now + timedelta(minutes=10), moment)
        await house.deliver()
