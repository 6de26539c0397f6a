"""One notice → what is posted to Discord: a card that is edited, and short words beneath it.

The first notice to a recipient is a card. A later one edits it in place and replies to it with
what is new, so that people notice. What is not about the reservation's state (reminders, stream
keys, reports) stands on its own, and the card stays what it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from core.model.discord_address import read_address
from core.model.prose import Line, Literal, Said
from core.notices.as_discord_parts import (
    Part,
    button,
    card_embed,
    leads_somewhere,
    rows,
    short_embed,
)
from core.notices.as_slack_blocks import OFF
from core.notices.as_slack_calendar import calendar_link
from core.notices.notice import AUDIENCE_KINDS, POSTED_KINDS, Notice, NoticeKind, Personal
from core.notices.said import shortened
from core.notices.wording import wording
from core.notices.words import Wording

NOBODY = {"parse": [], "replied_user": False}  # nothing in a message pings anybody

_PARTS = ("card", "reply", "elsewhere")
_URGED = frozenset({"join", "reconfirm", "again"})
_CALENDAR_TITLE, _CALENDAR_LIMIT = 60, 512


@dataclass(frozen=True, slots=True)
class DiscordPost:
    """A notice as it is handed to the Discord route.

    `recipient` is the address (core.model.discord_address). `data` is a JSON object in UTF-8:
    `card`, `reply` and `elsewhere`, a message of Discord's or null each; `posted`, the card to
    edit and to reply to, as `channel:message`, or "": then each is a post of its own; `fallback`,
    the id of a channel where the holder may be met and told `elsewhere`, in sight of others;
    `delivery`, and `since`, Unix seconds before which it cannot have been posted. The time of a
    message's embed is its alone: by it a post is found again.
    """

    recipient: str
    data: bytes


def compose(notice: Notice) -> Callable[[int, Personal], DiscordPost]:
    """Make what fills a notice in for one recipient, given the number of the delivery."""

    def filled(delivery_id: int, personal: Personal) -> DiscordPost:
        # people have a button to stop notices; a channel is not theirs
        return _Posting(notice, replace(personal, unsubscribe_link=""), delivery_id).post()

    return filled


def time_of(composed_at: datetime, delivery_id: int, part: str) -> datetime:
    """Give the time that a part of a delivery bears: its milliseconds tell it from all others.

    Discord gives the nonce of a message to whoever sent it and to nobody later, and has no other
    place for a number of ours that people do not see. It keeps milliseconds, and shows minutes.
    """
    number = (len(_PARTS) * delivery_id + _PARTS.index(part)) % 1_000
    return composed_at.replace(microsecond=0) + timedelta(milliseconds=number)


@dataclass(frozen=True, slots=True)
class _Posting:
    """A notice on its way to one recipient."""

    notice: Notice
    personal: Personal
    delivery_id: int

    def post(self) -> DiscordPost:
        words = self._words()
        posted = self.personal.posted
        card: Part | None = None
        reply: Part | None = None
        if self.notice.kind in POSTED_KINDS:
            # what changed stands in the reply, and on the card only where there is none
            card = self._card(replace(words, changes=()) if posted else words, "card")
            reply = self._reply(words) if posted else None
        elif self.notice.kind is NoticeKind.REMINDER and posted:
            # no credentials: the card above has them, and is kept true when they change
            reply = self._reply(words, "join")
        else:
            reply, posted = self._card(words, "reply"), ""
        data = {
            "card": card,
            "reply": reply,
            "elsewhere": self._elsewhere(words) if self._may_be_met() else None,
            "posted": posted,
            "fallback": self.personal.fallback,
            "delivery": self.delivery_id,
            "since": int(self.personal.composed_at.timestamp()),
        }
        encoded = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
        return DiscordPost(self.personal.contact.address, encoded)

    def _words(self) -> Wording:
        return wording(self.notice, self.personal, stop=self._stop())

    def _stop(self) -> Line:
        if self._to_person():
            return ()
        return ("To stop these notices here, ask ", Said(self.notice.facts.holder_name), ".")

    def _card(self, words: Wording, part: str) -> Part:
        buttons = self._buttons(words, *(action.name for action in words.actions))
        if self._to_audience() and words.mark not in OFF:
            buttons += self._offers()
        link = self.personal.join_link if self._to_audience() else ""
        return _message(card_embed(words, self._zone(), self._at(part), link), buttons)

    def _reply(self, words: Wording, *names: str) -> Part:
        return _message(short_embed(words, self._at("reply")), self._buttons(words, *names))

    def _may_be_met(self) -> bool:
        return bool(self.personal.fallback) and not self._to_audience() and self._to_person()

    def _elsewhere(self, words: Wording) -> Part:
        """Say in sight of others what only the holder is meant to read: nothing that opens a door.

        No credentials, keys, links of their own, nor whose addresses are on the list.
        """
        told = replace(words, changes=(), intro=(*self._in_public(words), self._why()))
        buttons = self._buttons(words, *(action.name for action in words.actions))
        message = _message(short_embed(told, self._at("elsewhere")), buttons)
        address = read_address(self.personal.contact.address)
        if address is None:
            return message
        mention = {"parse": [], "users": [str(address.id)], "replied_user": False}
        return message | {"content": f"<@{address.id}>", "allowed_mentions": mention}

    def _in_public(self, words: Wording) -> tuple[Line, ...]:
        if self.notice.kind is not NoticeKind.STREAM_KEY:
            return words.intro
        show = Literal(f"/slot key {self.notice.code}")
        return (("Your stream key is ready. Only you see it when you type ", show, "."),)

    def _why(self) -> Line:
        allow = "allow direct messages from members of this server to get it there."
        return (f"Discord would not let me write this to you alone: {allow}",)

    def _buttons(self, words: Wording, *names: str) -> list[Part]:
        """Make the buttons of a notice's actions; only the audience's lead to a page."""
        made: list[Part] = []
        for action in words.actions:
            if action.name in names:
                url = action.url if self._to_audience() else ""
                primary = action.name in _URGED
                code = self.notice.code
                made += button(action.name, action.label, code=code, url=url, primary=primary)
        return made

    def _offers(self) -> list[Part]:
        """Offer the audience what goes with an invitation."""
        code = self.notice.code
        lasting = self.notice.kind in POSTED_KINDS
        calendar = self._calendar() if lasting else []
        if self._to_person():
            return [*calendar, *button("stop", "Stop these notices", code=code)]
        return [*calendar, *(button("remind", "Remind me", code=code) if lasting else ())]

    def _calendar(self) -> list[Part]:
        """Make a button with the calendar's entry, as much of it as Discord's links hold."""
        title = shortened(self.notice.facts.title, _CALENDAR_TITLE)
        entry = replace(self.notice, facts=replace(self.notice.facts, title=title, description=""))
        nowhere = replace(entry, facts=replace(entry.facts, watch_url=""))
        links = (
            calendar_link(entry, self.personal),
            calendar_link(nowhere, replace(self.personal, slot_link="")),
        )
        for url in links:
            if leads_somewhere(url, _CALENDAR_LIMIT):
                return button("calendar", "Add to calendar", url=url)
        return []

    def _at(self, part: str) -> datetime:
        return time_of(self.personal.composed_at, self.delivery_id, part)

    def _to_audience(self) -> bool:
        return self.notice.kind in AUDIENCE_KINDS

    def _to_person(self) -> bool:
        address = read_address(self.personal.contact.address)
        return address is not None and address.person

    def _zone(self) -> tzinfo:
        """Choose the zone for where Discord cannot use the reader's own."""
        own = "" if self._to_audience() else self.personal.zone
        return ZoneInfo(own or self.notice.facts.zone)


def _message(embed: Part, buttons: list[Part]) -> Part:
    return {"embeds": [embed], "components": rows(buttons), "allowed_mentions": NOBODY}
