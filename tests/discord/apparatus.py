"""A running desk with a guild of people, and what its audience was told: time is real."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage

from tests.claims.house import read, text_of
from tests.desks import BERLIN
from tests.discord.audiences import ANN, BOB, card_in, hand_in
from tests.discord.house import GUILD_ID
from tests.discord.program import Mailboxes
from tests.discord.server.guild import Guild
from tests.discord.server.heard import Heard
from tests.discord.server.messages import Message
from tests.discord.server.permissions import Permission
from tests.discord.server.person import Person
from tests.discord.server.places import Channel
from tests.discord.server.server import DiscordServer
from tests.slack.program import SOON

EVENING = datetime.combine(datetime.now(UTC) + timedelta(days=3), time(19), UTC)
_STUDIO = (
    "/slot server add name:Studio kind:nginx-rtmp"
    " watch_url:https://live.example/hls/{path}.m3u8 ingest_url:rtmp://live.example/live/{path}"
)


@dataclass
class Apparatus:
    """A desk that runs, a guild with Hanna, an admin and Pia, and everybody's mail."""

    discord: DiscordServer
    mailboxes: Mailboxes
    guild: Guild
    general: Channel
    hanna: Person
    adam: Person
    pia: Person

    async def opened(self, when: datetime = EVENING) -> Heard:
        """Have Hanna ask for the form."""
        line = f"/slot reserve when:{typed(when)} server:Studio"
        return await self.hanna.type(line, self.general)

    async def form(self, when: datetime = EVENING, **fields: object) -> Message:
        """Have Hanna hand the form in; what she is told is given."""
        form = await (await self.opened(when)).opened(within=SOON)
        filled = {
            "title": "Premiere",
            "audience": f"{ANN}, {BOB}",
            "channels": [self.general],
            "people": [self.pia],
        }
        return await hand_in(self.hanna, form, {**filled, **fields}, SOON)

    async def reserve(self, **fields: object) -> Message:
        """Reserve; what Hanna is told is given, and she has her permission by then."""
        told = await self.form(**fields)  # type: ignore[arg-type]  # names of fields
        await self.until(lambda: self.hanna.direct_messages)
        return told

    async def press(self, act: str, **fields: object) -> Message:
        """Press a button under the permission, and hand in the modal if there is one."""
        heard = await self.hanna.click(self.hanna.direct_messages[0], f"slot:{act}")
        if act != "reconfirm":
            heard = await self.hanna.submit(await heard.opened(within=SOON), fields)
        return await heard.message(within=SOON)

    async def until(self, happened: Callable[[], object]) -> None:
        """Wait for something to happen."""
        await self.discord.until(happened, within=SOON)

    async def all_told(self, times: int = 1) -> None:
        """Wait until each of the audience was told so many times."""
        await self.until(lambda: [times] * 4 == self.figures)

    @property
    def figures(self) -> list[int]:
        """Count what each was told: Ann, Bob, the channel, Pia; replies too."""
        posted = (len(self.general.messages), len(self.pia.direct_messages))
        return [*(len(self.mailboxes.mailbox(address)) for address in (ANN, BOB)), *posted]

    @property
    def cards(self) -> tuple[Message, Message]:
        """Give the card in the channel, and Pia's."""
        return card_in(self.general.messages), card_in(self.pia.direct_messages)

    @property
    def everything(self) -> list[str]:
        """Give what each was told last, its white space made even."""
        mails = [text_of(self.mail(address)) for address in (ANN, BOB)]
        return [" ".join(words.split()) for words in (*mails, *(one.words for one in self.cards))]

    def mail(self, recipient: str, number: int = -1) -> EmailMessage:
        """Give a mail that somebody got, the last one unless said otherwise."""
        return read(self.mailboxes.mailbox(recipient)[number].data)

    def nothing_refused(self) -> None:
        """See that Discord had nothing to complain of."""
        assert [] == [(one.route, one.outcome, one.errors) for one in self.discord.refusals]
        assert [] == self.discord.protocol_errors


def typed(when: datetime) -> str:
    """Write a start, and two hours, as they are typed in Berlin."""
    return f"{when.astimezone(BERLIN):%Y-%m-%d %H:%M} for 2 h"


def peopled(discord: DiscordServer, mailboxes: Mailboxes, *, invited: bool = True) -> Apparatus:
    """Put people and a channel into a guild; the app is there unless it is not `invited`."""
    names = ("Olga", "Hanna", "Adam", "Pia")
    olga, hanna, adam, pia = (discord.add_person(name) for name in names)
    guild = discord.add_guild("Stage", owner=olga, guild_id=GUILD_ID, invited=invited)
    admins = guild.add_role("Admins", permissions=Permission.MANAGE_GUILD)
    for person in (hanna, pia):
        guild.add_member(person)
    guild.add_member(adam, [admins])
    general = guild.add_channel("general")
    return Apparatus(discord, mailboxes, guild, general, hanna, adam, pia)


async def settle(made: Apparatus) -> None:
    """Have an admin add the streaming server, and say which zone holds for all in the guild."""
    added = await made.adam.type(_STUDIO, made.general)
    assert "Studio" in (await added.message(within=SOON)).words
    zoned = await made.adam.type("/slot settings zone:Europe/Berlin workspace:True", made.general)
    assert "Europe/Berlin" in (await zoned.message(within=SOON)).words
