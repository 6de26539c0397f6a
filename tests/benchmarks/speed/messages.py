"""The message that everybody is measured by: an announcement as the desk writes it."""

from __future__ import annotations

import re
import tempfile
from dataclasses import asdict, dataclass
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from bot.settings import Settings
from bot.wiring_mail import mail_outlet, mail_sender
from core.model.recipient import Contact, RouteName
from core.model.slot import Slot
from core.outbox.dispatch import Dispatcher
from core.usecases.reserve import reserve
from tests.databases import migrate
from tests.desks import RunningClock, open_desk, set_scene

SENDER = "desk@example.org"
_LINK = re.compile(r"https://callboard\.example\.org/[^\s>]+")


@dataclass(frozen=True, slots=True)
class Sample:
    """One recipient's message: its size as it travels, its parts, and the links of its own."""

    octets: int
    data: str
    subject: str
    text: str
    html: str
    calendar: str
    headers: dict[str, str]
    links: list[str]

    def known(self) -> dict[str, object]:
        """Give it as what is written in JSON."""
        return asdict(self)


async def sample() -> Sample:
    """Book a slot, and have the announcement of it written to a folder."""
    clock = RunningClock()
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as made:
        url = f"sqlite:///{made}/sample.db"
        migrate(url)
        settings = Settings(data=Path(made), mail_from=SENDER)
        with open_desk(url, clock) as desk:
            scene = await set_scene(desk, clock)
            slot = Slot.of(clock() + timedelta(days=3), timedelta(hours=1))
            audience = (Contact(RouteName.EMAIL, "person0@example.org", "Person 0"),)
            await desk.run(reserve, scene.actor, scene.request(slot=slot, audience=audience))
            outlets = {RouteName.EMAIL: mail_outlet(settings)}
            dispatcher = Dispatcher(desk, outlets, mail_sender(settings).domain)
            await dispatcher.deliver_due()
            await dispatcher.close()
        (written,) = (Path(made) / "mail").glob("*.eml")
        return _taken_apart(written.read_bytes())


def _taken_apart(data: bytes) -> Sample:
    message = message_from_bytes(data, _class=EmailMessage, policy=SMTP)
    parts = {
        part.get_content_type(): str(part.get_content())
        for part in message.walk()
        if not part.is_multipart()
    }
    text = parts["text/plain"]
    kept = ("List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted")
    return Sample(
        octets=len(data),
        data=data.decode(),
        subject=str(message["Subject"]),
        text=text,
        html=parts["text/html"],
        calendar=parts["text/calendar"],
        headers={name: str(message[name]) for name in kept if message[name]},
        links=sorted(set(_LINK.findall(text))),
    )
