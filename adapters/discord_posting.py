"""Carrying out one delivery to Discord: the card, the word beneath it, and where else to try."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.chat_verdicts import GARBLED, Fate
from adapters.discord_call import DiscordCalls, message_parameters
from adapters.discord_errors import ARCHIVED, DiscordFailure, judge
from adapters.discord_search import Sought, find
from core.model.discord_address import DiscordAddress, read_address
from core.outbox.route import Message

log = logging.getLogger(__name__)

_PARTS = ("card", "reply", "elsewhere")


@dataclass(frozen=True, slots=True)
class Task:
    """A message as it was composed (`core.notices.as_discord.DiscordPost`), read again."""

    address: DiscordAddress
    delivery: int
    since: int
    card: dict[str, Any] | None
    reply: dict[str, Any] | None
    elsewhere: dict[str, Any] | None
    posted: str
    fallback: str

    @property
    def posts(self) -> bool:
        """Tell whether it adds something to the channel, and not only edits what is there."""
        return self.reply is not None or not self.posted


def read(message: Message) -> Task | None:
    """Read a message; None if its recipient is none of Discord's.

    Raises `ValueError` or `KeyError` for data that we did not compose.
    """
    address = read_address(message.recipient)
    if address is None:
        return None
    data = json.loads(message.data)
    return Task(
        address=address,
        delivery=message.delivery_id,
        since=data["since"],
        card=data["card"],
        reply=data["reply"],
        elsewhere=data["elsewhere"],
        posted=data["posted"],
        fallback=data["fallback"].rpartition("/")[2].lstrip("#"),
    )


@dataclass(slots=True)
class Posting:
    """A task on its way. `posting` tells whether the call that goes on may not be repeated.

    `channel_of` gives the channel of the direct messages with somebody, by their id.
    """

    task: Task
    calls: DiscordCalls
    channel_of: Callable[[DiscordCalls, int], Awaitable[str]]
    found: dict[str, str] = field(default_factory=dict)
    posting: bool = False
    said: bool = False

    async def look(self, bot: int) -> None:
        """Look for what an earlier attempt of this bot's left; raises `DiscordFailure`."""
        task = self.task
        messages = {part: getattr(task, part) for part in _PARTS}
        sought = Sought({part: one for part, one in messages.items() if one}, task.since, bot)
        self.found = await find(self.calls, await self._channel(), sought)
        if task.elsewhere and task.fallback and not self.found:
            self.found = await find(self.calls, task.fallback, sought)

    async def carry_out(self) -> str:
        """Post and edit; gives the card as `channel:message`, "" where there is none.

        Raises `DiscordFailure`.
        """
        try:
            return await self._carried_out()
        except DiscordFailure as failure:
            met = self.task.elsewhere and self.task.fallback
            if not met or judge(failure).fate not in {Fate.REFUSED, Fate.NOBODY}:
                raise
            await self._tell_elsewhere(failure)
            return ""

    async def _carried_out(self) -> str:
        task = self.task
        if task.card is None:
            await self._reply_alone()
            return task.posted
        card, edited = await self._card(task.card)
        if task.reply is not None and edited and not self.said:
            await self._beneath(task.reply, card)
        return card

    async def _card(self, message: Mapping[str, Any]) -> tuple[str, bool]:
        """Edit the card, or post it; gives where it is, and whether it stood there before."""
        arrived = self.found.get("card", "")
        for place in (arrived, self.task.posted):
            if place and await self._edited(place, message):
                return place, place == self.task.posted
        return await self._post(message, "card"), False

    async def _edited(self, place: str, message: Mapping[str, Any]) -> bool:
        """Edit a post; gives False if it is there no more, or not ours."""
        try:
            await self._edit(place, message)
        except DiscordFailure as failure:
            if failure.word == ARCHIVED and await self._reopened(place):
                await self._edit(place, message)
                return True
            if judge(failure).fate is not Fate.ANEW:
                raise
            return False
        return True

    async def _edit(self, place: str, message: Mapping[str, Any]) -> None:
        channel, _, number = place.partition(":")
        await self.calls.edit_message(channel, number, params=message_parameters(message))

    async def _reopened(self, card: str) -> bool:
        """Say first what is new: that opens a thread which Discord archived meanwhile."""
        if self.task.reply is None or self.said or card != self.task.posted:
            return False
        await self._reply(self.task.reply, card)
        return True

    async def _beneath(self, message: Mapping[str, Any], card: str) -> None:
        """Say what is new beneath the card; without it the card still says it all."""
        try:
            await self._reply(message, card)
        except DiscordFailure as failure:
            if judge(failure).passing:
                raise
            log.info(
                "discord.reply_refused",
                extra={"delivery": self.task.delivery, "error": failure.word},
            )

    async def _reply_alone(self) -> None:
        """Say what goes without a card: beneath the one there is, else by itself."""
        message = self.task.reply or {}
        if self.task.posted:
            await self._reply(message, self.task.posted)
            return
        arrived = self.found.get("reply", "")
        if not (arrived and await self._edited(arrived, message)):
            await self._post(message, "reply")

    async def _reply(self, message: Mapping[str, Any], card: str) -> None:
        """Answer the card; where that is gone, Discord shows the answer by itself."""
        arrived = self.found.get("reply", "")
        if not (arrived and await self._edited(arrived, message)):
            channel, _, number = card.partition(":")
            beneath = {"message_id": number, "channel_id": channel, "fail_if_not_exists": False}
            await self._post({**message, "message_reference": beneath}, "reply", channel)
        self.said = True

    async def _post(self, message: Mapping[str, Any], part: str, channel: str = "") -> str:
        place = channel or await self._channel()
        # by this Discord knows a post that it has already, for some minutes
        nonce = {"nonce": f"cb{self.task.delivery}.{part[0]}", "enforce_nonce": True}
        self.posting = True
        try:
            answer = await self.calls.send_message(
                place, params=message_parameters({**message, **nonce})
            )
            posted = f"{answer['channel_id']}:{answer['id']}"
        except (LookupError, TypeError):
            raise DiscordFailure(GARBLED) from None
        self.posting = False
        return posted

    async def _channel(self) -> str:
        """Give the channel of the recipient: for a person that of the direct messages with them."""
        address = self.task.address
        return await self.channel_of(self.calls, address.id) if address.person else str(address.id)

    async def _tell_elsewhere(self, refusal: DiscordFailure) -> None:
        """Tell a holder, where they were met last, what direct messages would not carry.

        Raises the refusal where that is refused too.
        """
        message, arrived = self.task.elsewhere or {}, self.found.get("elsewhere", "")
        try:
            if not (arrived and await self._edited(arrived, message)):
                await self._post(message, "elsewhere", self.task.fallback)
        except DiscordFailure as failure:
            if judge(failure).passing:
                raise
            raise refusal from None
