"""One notice → what is posted to Slack: a card that is edited, and short words in its thread.

The first notice to a recipient is a card. A later one edits it in place and says beneath it what
is new, so that people notice. What is not about the reservation's state (reminders, stream keys,
reports) stands on its own, and the card stays what it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from core.model.prose import Line, Said
from core.notices.as_rich_text import Block, Element, notification_text
from core.notices.as_slack_blocks import OFF, button, card_blocks, short_blocks
from core.notices.as_slack_calendar import calendar_link
from core.notices.notice import AUDIENCE_KINDS, POSTED_KINDS, Notice, NoticeKind, Personal
from core.notices.wording import wording
from core.notices.words import Wording

EVENT_TYPE = "callboard_notice"  # by which a post is found again

_URGED = frozenset({"join", "reconfirm", "again"})
_PERSON = frozenset("UWD")

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SlackPost:
    """A notice as it is handed to the Slack route.

    `recipient` is the address, `T0123/C0456`. `data` is a JSON object in UTF-8: `card` and
    `reply`, a message of Slack's or null each; `posted`, the card to edit and to reply to, as
    `C0456:1700000000.000100`, or "": then each is a post of its own; `broadcast`, whether the reply
    shows in the channel too; `fallback`, a channel where the holder may be met; `delivery`, and
    `since`, Unix seconds before which it cannot have been posted.
    """

    recipient: str
    data: bytes


def compose(notice: Notice) -> Callable[[int, Personal], SlackPost]:
    """Make what fills a notice in for one recipient, given the number of the delivery."""

    def filled(delivery_id: int, personal: Personal) -> SlackPost:
        return _Posting(notice, _without_link(personal), delivery_id).post()

    return filled


def is_person(address: str) -> bool:
    """Tell whether an address, `T0123/U0456`, or an id alone is of a person; else of a channel."""
    return address.rpartition("/")[2][:1] in _PERSON


def _without_link(personal: Personal) -> Personal:
    """Leave out the link that stops notices: people have a button, a channel is not theirs."""
    return replace(personal, unsubscribe_link="")


@dataclass(frozen=True, slots=True)
class _Posting:
    """A notice on its way to one recipient."""

    notice: Notice
    personal: Personal
    delivery_id: int

    def post(self) -> SlackPost:
        words = self._words()
        posted = self.personal.posted
        card: list[Block] | None = None
        reply: list[Block] | None = None
        if self.notice.kind in POSTED_KINDS:
            # what changed stands in the reply, and on the card only where there is none
            shown = replace(words, changes=()) if posted else words
            card = self._card(shown)
            reply = short_blocks(words, self._zone()) if posted else None
        elif self.notice.kind is NoticeKind.REMINDER and posted:
            # no credentials: the card above has them, and is kept true when they change
            reply = short_blocks(words, self._zone(), self._buttons(words, "join"))
        else:
            reply, posted = self._card(words), ""
        return self._post(words, card, reply, posted)

    def _post(
        self, words: Wording, card: list[Block] | None, reply: list[Block] | None, posted: str
    ) -> SlackPost:
        data = {
            "card": self._message(words, "card", card),
            "reply": self._message(words, "reply", reply),
            "broadcast": self.notice.kind is NoticeKind.REMINDER,
            "posted": posted,
            "fallback": self.personal.fallback,
            "delivery": self.delivery_id,
            "since": int(self.personal.composed_at.timestamp()),
        }
        encoded = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
        return SlackPost(self.personal.contact.address, encoded)

    def _message(self, words: Wording, part: str, blocks: list[Block] | None) -> Message | None:
        if blocks is None:
            return None
        payload = {"delivery": self.delivery_id, "part": part}
        return {
            "text": notification_text(words.subject, self._zone()),
            "blocks": blocks,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": payload},
        }

    def _words(self) -> Wording:
        return wording(self.notice, self.personal, stop=self._stop())

    def _stop(self) -> Line:
        if self._to_person():
            return ()
        return ("To stop these notices here, ask ", Said(self.notice.facts.holder_name), ".")

    def _card(self, words: Wording) -> list[Block]:
        buttons = self._buttons(words, *(action.name for action in words.actions))
        if self._to_audience() and words.mark not in OFF:
            buttons += self._offers()
        return card_blocks(words, self._zone(), buttons, self.personal.join_link)

    def _buttons(self, words: Wording, *names: str) -> list[Element]:
        """Make the buttons of a notice's actions; only the audience's lead to a page."""
        made: list[Element] = []
        for action in words.actions:
            if action.name in names:
                url = action.url if self._to_audience() else ""
                primary = action.name in _URGED
                code = self.notice.code
                made += button(action.name, action.label, code=code, url=url, primary=primary)
        return made

    def _offers(self) -> list[Element]:
        """Offer the audience what goes with an invitation."""
        code = self.notice.code
        lasting = self.notice.kind in POSTED_KINDS
        link = calendar_link(self.notice, self.personal)
        calendar = button("calendar", "Add to calendar", url=link) if lasting else []
        if self._to_person():
            return [*calendar, *button("stop", "Stop these notices", code=code)]
        return [*calendar, *(button("remind", "Remind me", code=code) if lasting else ())]

    def _to_audience(self) -> bool:
        return self.notice.kind in AUDIENCE_KINDS

    def _to_person(self) -> bool:
        return is_person(self.personal.contact.address)

    def _zone(self) -> tzinfo:
        """Choose the zone for where Slack cannot use the reader's own."""
        own = "" if self._to_audience() else self.personal.zone
        return ZoneInfo(own or self.notice.facts.zone)
