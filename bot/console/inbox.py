"""Notices to whoever sits at this console: composed as text, kept until they can be shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from zoneinfo import ZoneInfo

from core.notices.as_console import render_wording
from core.notices.notice import Notice, Personal
from core.notices.wording import wording
from core.outbox.dispatch import Fill
from core.outbox.route import Message

_MOST_KEPT = 200


def compose_notice(notice: Notice) -> Fill:
    """Render a notice for a terminal, its times in the holder's own zone."""

    def filled(delivery_id: int, personal: Personal) -> Message:
        zone = ZoneInfo(personal.zone or notice.facts.zone)
        text = "\n".join(render_wording(wording(notice, personal), zone))
        return Message(delivery_id, personal.contact.address, text.encode())

    return filled


class Inbox:
    """What has arrived for the person at this console.

    Until somebody is named by `belongs_to`, it takes nothing. `on_arrival`, where there is a prompt
    to show notices above, is called with each; otherwise they wait for `take`.
    """

    def __init__(self) -> None:
        self._person_id: int | None = None
        self._waiting: deque[str] = deque(maxlen=_MOST_KEPT)
        self.on_arrival: Callable[[str], None] | None = None

    def belongs_to(self, person_id: int) -> None:
        """Say who sits here."""
        self._person_id = person_id

    def takes(self, recipient: str) -> bool:
        """Tell whether a notice to this address would be read here."""
        return self._person_id is not None and recipient == str(self._person_id)

    def show(self, text: str) -> None:
        """Show a notice, or keep it."""
        if self.on_arrival is not None:
            self.on_arrival(text)
        else:
            self._waiting.append(text)

    def take(self) -> tuple[str, ...]:
        """Take out what has arrived."""
        taken = tuple(self._waiting)
        self._waiting.clear()
        return taken
