"""Carrying out one delivery to Slack: the card, the word beneath it, and where else to try."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.chat_verdicts import GARBLED, Fate, Verdict
from adapters.slack_errors import SlackFailure, judge
from adapters.slack_search import Call, Sought, find, joined
from core.notices.as_slack import is_person
from core.outbox.route import Message

log = logging.getLogger(__name__)

_ADDRESS = re.compile(r"([TE][A-Z0-9]{1,20})/([A-Z][A-Z0-9]{1,20})")
# nothing in `text` is to be read as markup, and nothing that looks like an address linked;
# an edit would do so unless told not to
_TO_POST = {"parse": "none", "link_names": False, "mrkdwn": False}
_TO_EDIT = {"parse": "none", "link_names": False}
_ONLY_TO_POST = {"unfurl_links", "unfurl_media"}


@dataclass(frozen=True, slots=True)
class Task:
    """A message as it was composed (`core.notices.as_slack.SlackPost`), read again."""

    team: str
    place: str
    delivery: int
    since: int
    card: dict[str, Any] | None
    reply: dict[str, Any] | None
    posted: str
    broadcast: bool
    fallback: str

    @property
    def person(self) -> bool:
        """Tell whether it is for a person, not for a channel."""
        return is_person(self.place)

    @property
    def posts(self) -> bool:
        """Tell whether it adds something to the channel, and not only edits what is there."""
        return self.reply is not None or not self.posted


def read(message: Message) -> Task | None:
    """Read a message; None if its recipient is none of Slack's.

    Raises `ValueError` or `KeyError` for data that we did not compose.
    """
    address = _ADDRESS.fullmatch(message.recipient)
    if address is None:
        return None
    data = json.loads(message.data)
    return Task(
        team=address[1],
        place=address[2],
        delivery=message.delivery_id,
        since=data["since"],
        card=data["card"],
        reply=data["reply"],
        posted=data["posted"],
        broadcast=data["broadcast"],
        fallback=data["fallback"],
    )


@dataclass(slots=True)
class Posting:
    """A task on its way. `posting` tells whether the call that goes on may not be repeated."""

    task: Task
    call: Call
    found: dict[str, str] = field(default_factory=dict)
    posting: bool = False

    async def look(self) -> None:
        """Look for what an earlier attempt left; raises `SlackFailure`."""
        task = self.task
        sought = Sought(task.delivery, task.since, task.place, task.posted, task.person)
        self.found = await find(self.call, sought)

    async def carry_out(self) -> str:
        """Post and edit; gives the card as `C0456:1700000000.000100`, "" where there is none.

        Raises `SlackFailure`.
        """
        try:
            return await self._carried_out()
        except SlackFailure as failure:
            verdict = self.judged(failure)
            elsewhere = self.task.fallback and self.task.person
            if not elsewhere or verdict.fate not in {Fate.REFUSED, Fate.NOBODY}:
                raise
            await self._whisper(failure)
            return ""

    def judged(self, failure: SlackFailure) -> Verdict:
        """Say what a failure means for this task."""
        return judge(failure, person=self.task.person)

    async def _carried_out(self) -> str:
        task = self.task
        if task.card is None:
            await self._reply_alone()
            return task.posted
        card, edited = await self._card(task.card)
        if task.reply is not None and edited:
            await self._beneath(task.reply, card)
        return card

    async def _card(self, message: Mapping[str, Any]) -> tuple[str, bool]:
        """Edit the card, or post it; gives where it is, and whether it stood there before."""
        arrived = self.found.get("card", "")
        for place in (arrived, self.task.posted):
            if place and await self._edited(place, message):
                return place, place == self.task.posted
        return await self._post(message), False

    async def _edited(self, place: str, message: Mapping[str, Any]) -> bool:
        """Edit a post; gives False if it is there no more, or not ours."""
        channel, _, ts = place.partition(":")
        content = {key: value for key, value in message.items() if key not in _ONLY_TO_POST}
        try:
            await self.call("chat.update", {"channel": channel, "ts": ts, **content, **_TO_EDIT})
        except SlackFailure as failure:
            if self.judged(failure).fate is not Fate.ANEW:
                raise
            return False
        return True

    async def _beneath(self, message: Mapping[str, Any], card: str) -> None:
        """Say what is new in the thread; without it the card still says it all."""
        try:
            await self._reply(message, card)
        except SlackFailure as failure:
            verdict = self.judged(failure)
            if verdict.passing or verdict.fate is Fate.GONE:
                raise
            log.info(
                "slack.reply_refused",
                extra={"delivery": self.task.delivery, "error": failure.word},
            )

    async def _reply_alone(self) -> None:
        """Say what goes without a card: beneath the one there is, else by itself."""
        message = self.task.reply or {}
        if self.task.posted:
            try:
                await self._reply(message, self.task.posted)
            except SlackFailure as failure:
                if self.judged(failure).fate is not Fate.ANEW:
                    raise
            else:
                return
        arrived = self.found.get("reply", "")
        if not (arrived and await self._edited(arrived, message)):
            await self._post(message)

    async def _reply(self, message: Mapping[str, Any], card: str) -> None:
        arrived = self.found.get("reply", "")
        if arrived and await self._edited(arrived, message):
            return
        channel, _, ts = card.partition(":")
        thread = {"channel": channel, "thread_ts": ts}
        await self._post(message, {**thread, "reply_broadcast": self.task.broadcast})

    async def _post(
        self, message: Mapping[str, Any], where: Mapping[str, Any] | None = None
    ) -> str:
        place = where or {"channel": self.task.place}
        self.posting = True
        answer = await self.call("chat.postMessage", {**message, **_TO_POST, **place})
        channel, ts = answer.get("channel"), answer.get("ts")
        if not channel or not ts:
            raise SlackFailure(GARBLED)
        self.posting = False
        return f"{channel}:{ts}"

    async def _whisper(self, refusal: SlackFailure) -> None:
        """Show a holder, where they were met last, what direct messages would not carry.

        Raises the refusal where that is refused too.
        """
        task = self.task
        message = task.card or task.reply or {}
        shown = {key: message[key] for key in ("text", "blocks")}
        where = {"channel": task.fallback, "user": task.place}

        async def show() -> None:
            self.posting = True
            await self.call("chat.postEphemeral", {**shown, **where, **_TO_EDIT})

        try:
            await joined(self.call, task.fallback, show)
        except SlackFailure as failure:
            if self.judged(failure).passing:
                raise
            raise refusal from None
