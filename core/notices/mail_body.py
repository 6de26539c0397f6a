"""What a mail says, the same for all its recipients but for places for what is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from email.message import EmailMessage
from email.policy import SMTP
from zoneinfo import ZoneInfo

from core.model.prose import Line, Literal
from core.model.recipient import Contact, RouteName
from core.notices.as_console import render_line, render_wording
from core.notices.as_html import render_html
from core.notices.as_ics import Mailbox, calendar_part, mailto, method_of
from core.notices.notice import AUDIENCE_KINDS, Notice, Personal
from core.notices.sender import (
    MailSender,
    agent_address,
    agent_name,
    unsubscribe_subject,
)
from core.notices.template import Context, Layout, Marks, Place
from core.notices.wording import wording
from core.notices.words import Wording

# the values that may differ from recipient to recipient; a place goes by their number here
VALUES = (
    "address",
    "name",
    "join_link",
    "slot_link",
    "unsubscribe_link",
    "holder_link",
    "watch_user",
    "passcode",
    "ingest_url",
    "stream_key",
    "player_url",
    "ingest_user",
)


def text_body(notice: Notice, sender: MailSender, personal: Personal) -> str:
    """Make the plain text of one recipient's mail."""
    to_many = notice.kind in AUDIENCE_KINDS
    words = _words(notice, sender, personal)
    lines = render_wording(words, _zone(notice, personal), for_elsewhere=to_many)
    return "".join(f"{line}\n" for line in lines)


def html_body(notice: Notice, sender: MailSender, personal: Personal) -> str:
    """Make the HTML of one recipient's mail."""
    words = _words(notice, sender, personal)
    return render_html(words, _zone(notice, personal), sender.name)


def calendar_body(notice: Notice, sender: MailSender, attendee: Mailbox, link: str) -> str:
    """Make the calendar object of one recipient's mail; `link` is their slot link, if any."""
    organizer = Mailbox(mailto(agent_address(notice, sender)), agent_name(notice, sender))
    return calendar_part(notice, organizer=organizer, attendee=attendee, link=link).decode()


def subject_of(notice: Notice, sender: MailSender, personal: Personal) -> str:
    """Make the subject of one recipient's mail."""
    return render_line(_words(notice, sender, personal).subject, _zone(notice, personal))


def constant_part(notice: Notice, sender: MailSender, given: tuple[bool, ...], zone: str) -> Layout:
    """Make a message without the headers around From and To, cut at its places.

    `given` tells which of `VALUES` its recipients have; `zone` is a holder's own.
    """
    marks = Marks.for_content(repr((notice, sender, given, zone)))
    making = _Making(notice, sender, given, zone, marks)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject_of(notice, sender, making.stand_in(Context.TEXT))
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["MIME-Version"] = "1.0"
    # no line of quoted-printable can hold "=_": whatever is filled in, it is no boundary
    message.make_alternative(boundary=f"=_{marks.stem}")
    for part in making.parts():
        message.attach(part)
    return marks.cut(message.as_bytes())


@dataclass(frozen=True, slots=True)
class _Making:
    """A message being made with stand-ins for what its recipients have."""

    notice: Notice
    sender: MailSender
    given: tuple[bool, ...]
    zone: str
    marks: Marks

    def parts(self) -> list[EmailMessage]:
        """Make its parts, the one that a reader prefers last (RFC 2046 section 5.1.4)."""
        text = text_body(self.notice, self.sender, self.stand_in(Context.TEXT))
        html = html_body(self.notice, self.sender, self.stand_in(Context.HTML))
        parts = [
            _part("text/plain; charset=utf-8", self.marks.encoded(text)),
            _part("text/html; charset=utf-8", self.marks.encoded(html)),
        ]
        method = method_of(self.notice)
        if method is not None:
            calendar = self.marks.encoded(self.marks.folded(self.calendar()))
            parts.append(_part(f"text/calendar; charset=utf-8; method={method}", calendar))
        return parts

    def calendar(self) -> str:
        uri = f"mailto:{self.mark('address', Context.CALENDAR_MAILBOX)}"
        attendee = Mailbox(uri, self.mark("name", Context.CALENDAR_NAME))
        link = self.mark("slot_link", Context.CALENDAR_LINK)
        return calendar_body(self.notice, self.sender, attendee, link)

    def stand_in(self, context: Context) -> Personal:
        """Make a recipient whose values are marks of that context."""
        contact = Contact(RouteName.EMAIL, self.mark("address", context))
        return Personal(
            contact,
            message_id="",
            composed_at=self.notice.made_at,
            zone=self.zone,
            asked=False,
            **{value: self.mark(value, context) for value in VALUES[2:]},
        )

    def mark(self, value: str, context: Context) -> str:
        """Make the stand-in for a value, or "" where the recipients have none."""
        number = VALUES.index(value)
        if not self.given[number]:
            return ""
        return self.marks.stand_in(Place(number, context), link=value.endswith("_link"))


def _part(content_type: str, encoded: str) -> EmailMessage:
    part = EmailMessage(policy=SMTP)
    part["Content-Type"] = content_type
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(encoded)
    return part


def _words(notice: Notice, sender: MailSender, personal: Personal) -> Wording:
    subject = Literal(unsubscribe_subject(notice))
    stop: Line = ("To stop them, write to ", Literal(sender.address), " with the subject ", subject)
    return wording(notice, personal, stop=(*stop, "."))


def _zone(notice: Notice, personal: Personal) -> tzinfo:
    """Choose the zone that times are shown in: a holder's own, for the audience the server's."""
    own = "" if notice.kind in AUDIENCE_KINDS else personal.zone
    return ZoneInfo(own or notice.facts.zone)
