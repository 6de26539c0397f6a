"""A running desk with a workspace of people, and what its audience was told: time is real."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage

from tests.claims.house import STUDIO, read, text_of
from tests.slack.audiences import ANN, BOB
from tests.slack.program import SOON, Mailboxes
from tests.slack.server import Channel, Heard, Message, Person, SlackServer, Team, View

EVENING = datetime.combine(datetime.now(UTC) + timedelta(days=3), time(19), UTC)


@dataclass
class Apparatus:
    """A desk that runs, a workspace with Hanna, an admin and Pia, and everybody's mail."""

    slack: SlackServer
    mailboxes: Mailboxes
    general: Channel
    hanna: Person
    adam: Person
    pia: Person

    async def form(self, **fields: object) -> Heard:
        """Have Hanna hand the form in."""
        heard = await self.hanna.type("/slot reserve for 2h Studio", self.general)
        filled = {
            "title": "Premiere",
            "when": EVENING,
            "audience": f"{ANN}, {BOB}",
            "channels": [self.general.id],
            "people": [self.pia.id],
        }
        return await self.hanna.submit(await heard.opened(within=SOON), {**filled, **fields})

    async def reserve(self, **fields: object) -> View:
        """Reserve; what Hanna is told is given, and she has her permission by then."""
        told = await (await self.form(**fields)).opened(within=SOON)
        await self.until(lambda: self.hanna.direct_messages)
        return told

    async def press(self, act: str, **fields: object) -> None:
        """Press a button under the permission, and hand in the modal if there is one."""
        heard = await self.hanna.click(self.hanna.direct_messages[0], f"slot:{act}")
        if act != "reconfirm":
            await self.hanna.submit(await heard.opened(within=SOON), fields)

    async def until(self, happened: Callable[[], object]) -> None:
        """Wait for something to happen."""
        await self.slack.until(happened, within=SOON)

    async def all_told(self, times: int = 1) -> None:
        """Wait until each of the audience was told so many times."""
        await self.until(lambda: [times] * 4 == self.figures)

    @property
    def figures(self) -> list[int]:
        """Count what each was told: Ann, Bob, the channel, Pia."""
        cards = (self.general.messages, self.pia.direct_messages)
        posted = [sum(1 + len(one.thread) for one in found) for found in cards]
        return [*(len(self.mailboxes.mailbox(address)) for address in (ANN, BOB)), *posted]

    @property
    def cards(self) -> tuple[Message, Message]:
        """Give the card in the channel, and Pia's."""
        (post,), (message,) = self.general.messages, self.pia.direct_messages
        return post, message

    @property
    def everything(self) -> list[str]:
        """Give what each was told last, its white space made even."""
        mails = [text_of(self.mail(address)) for address in (ANN, BOB)]
        return [" ".join(words.split()) for words in (*mails, *(one.words for one in self.cards))]

    def mail(self, recipient: str, number: int = -1) -> EmailMessage:
        """Give a mail that somebody got, the last one unless said otherwise."""
        return read(self.mailboxes.mailbox(recipient)[number].data)

    def nothing_refused(self) -> None:
        """See that Slack had nothing to complain of."""
        assert [] == self.slack.refusals
        assert [] == self.slack.protocol_errors


async def settled(slack: SlackServer, team: Team, mailboxes: Mailboxes) -> Apparatus:
    """Put people and a channel into a workspace; an admin adds the streaming server."""
    general = team.add_channel("C0001", name="general")
    people = [
        team.add_user(f"U000{number}", name=name) for number, name in ((1, "Hanna"), (3, "Pia"))
    ]
    adam = team.add_user("U0002", name="Adam", is_admin=True)
    made = Apparatus(slack, mailboxes, general, people[0], adam, people[1])
    heard = await adam.type(f"/slot {STUDIO}", general)
    assert "Studio" in (await heard.message(within=SOON)).words
    return made
