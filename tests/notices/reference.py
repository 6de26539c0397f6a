"""A mail as the standard library builds it for one recipient: what the template is held against."""

from __future__ import annotations

import re
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from typing import Any

from icalendar import Calendar, Component

from core.notices.as_ics import Mailbox, calendar_link, calendar_name, mailto, method_of
from core.notices.mail_body import calendar_body, html_body, subject_of, text_body
from core.notices.mailbox import wire_address
from core.notices.notice import AUDIENCE_KINDS, Notice, Personal
from core.notices.said import cleaned, shortened
from core.notices.sender import MailSender, agent_address, agent_name


def reference_mail(notice: Notice, sender: MailSender, personal: Personal) -> EmailMessage:
    """Build a recipient's whole message anew, with nothing but the library's own means."""
    recipient = wire_address(personal.contact.address)
    message = EmailMessage(policy=SMTP if recipient.isascii() else SMTPUTF8)
    _add_headers(message, notice, sender, personal)
    shown = _as_shown(personal)
    message.set_content(text_body(notice, sender, shown), cte="quoted-printable")
    html = html_body(notice, sender, shown)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    method = method_of(notice)
    if method is not None:
        attendee = Mailbox(mailto(recipient), calendar_name(personal.contact.name))
        message.add_alternative(
            calendar_body(notice, sender, attendee, calendar_link(personal.slot_link)),
            subtype="calendar",
            params={"method": method.value},
            cte="quoted-printable",
        )
    return message


def _add_headers(
    message: EmailMessage, notice: Notice, sender: MailSender, personal: Personal
) -> None:
    name = agent_name(notice, sender)
    message["From"] = _address(shortened(name, 120), agent_address(notice, sender))
    recipient = wire_address(personal.contact.address)
    message["To"] = _address(shortened(personal.contact.name, 120), recipient)
    message["Subject"] = subject_of(notice, sender, personal)
    message["Date"] = personal.composed_at
    message["Message-ID"] = f"<{personal.message_id}>"
    if personal.first_message_id:
        message["In-Reply-To"] = f"<{personal.first_message_id}>"
        message["References"] = f"<{personal.first_message_id}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if notice.kind not in AUDIENCE_KINDS:
        return
    if notice.facts.reply_to.isascii() and notice.facts.reply_to:
        holder = shortened(notice.facts.holder_name, 120)
        message["Reply-To"] = _address(holder, notice.facts.reply_to)
    if personal.unsubscribe_link:
        message["List-Unsubscribe"] = f"<{personal.unsubscribe_link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _address(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


def _as_shown(personal: Personal) -> Personal:
    """Clean what is personal as the template does before it is written."""
    contact = replace(personal.contact, address=cleaned(personal.contact.address))
    return replace(
        personal,
        contact=contact,
        watch_user=cleaned(personal.watch_user),
        passcode=cleaned(personal.passcode),
        player_url=cleaned(personal.player_url),
        ingest_user=cleaned(personal.ingest_user),
        stream_key=cleaned(personal.stream_key),
    )


def calendar_lines(ics: str) -> list[tuple[str, dict[str, str], str]]:
    """Read a calendar's properties, whatever the folding and the quoting of parameters."""
    event = Calendar.from_ical(ics).walk("VEVENT")[0]
    return sorted(
        (name, {key: str(value) for key, value in value.params.items()}, _plain(value))
        for name, value in _properties(event)
        if name not in {"BEGIN", "END"}
    )


def _properties(event: Component) -> list[tuple[str, Any]]:
    return list(event.property_items(recursive=False))


def _plain(value: object) -> str:
    raw = value.to_ical() if hasattr(value, "to_ical") else str(value)
    return re.sub(r"\s+", " ", raw.decode() if isinstance(raw, bytes) else raw)
