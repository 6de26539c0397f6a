"""Who a mail is from: the mailbox, the names around it, and what replies and lists go by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from urllib.parse import quote

from core.notices.mailbox import UnfitAddressError, mailbox_line, wire_address
from core.notices.notice import AUDIENCE_KINDS, Notice
from core.notices.said import shortened

_NAME_LIMIT = 60
_LABEL_LIMIT = 40


@dataclass(frozen=True, slots=True)
class MailSender:
    """The mailbox that the desk writes from.

    `address` is in From and is the organizer in calendars; `name` is the desk's own. With
    `subaddress` each reservation gets a mailbox of its own, `desk+k7q2mf@…`: only for a mail
    server that sends from such addresses and delivers them. `list_domain` names the lists in
    List-Id; "" takes the address's domain.
    """

    address: str
    name: str = "Callboard"
    subaddress: bool = False
    list_domain: str = ""

    def __post_init__(self) -> None:
        """Refuse an address that nothing could be sent from (`UnfitAddressError`)."""
        wire_address(self.address)

    @property
    def domain(self) -> str:
        """The domain for message ids and lists, in ASCII."""
        return self.list_domain or wire_address(self.address).rpartition("@")[2]


def agent_address(notice: Notice, sender: MailSender) -> str:
    """Make the address that a reservation's mails come from and its calendar entry belongs to."""
    local, _, domain = wire_address(sender.address).rpartition("@")
    if not sender.subaddress:
        return f"{local}@{domain}"
    return f"{local}+{notice.code.replace('-', '').lower()}@{domain}"


def agent_name(notice: Notice, sender: MailSender) -> str:
    """Make the name beside it: the audience knows the holder, the holder knows the desk."""
    if notice.kind not in AUDIENCE_KINDS:
        return sender.name
    return f"{shortened(notice.facts.holder_name, _NAME_LIMIT)} via {sender.name}"


def sender_lines(notice: Notice, sender: MailSender) -> list[str]:
    """Write the headers that say who a mail is from, where replies go, and which list it is of."""
    lines = [mailbox_line("From", agent_address(notice, sender), agent_name(notice, sender))]
    if notice.kind in AUDIENCE_KINDS:
        reply_to = _reply_address(notice)
        if reply_to:
            lines.append(mailbox_line("Reply-To", reply_to, notice.facts.holder_name))
        lines.append(list_line(notice, sender))
    return lines


def _reply_address(notice: Notice) -> str:
    """Give the holder's reply address; what would need SMTPUTF8 stands in the text alone."""
    try:
        address = wire_address(notice.facts.reply_to)
    except UnfitAddressError:
        return ""
    return address if address.isascii() else ""


def list_line(notice: Notice, sender: MailSender) -> str:
    """Make the List-Id of a server's mails (RFC 2919)."""
    name = shortened(notice.facts.server_name, _NAME_LIMIT)
    label = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_LABEL_LIMIT].strip("-")
    if not label or label != name.lower():
        # two names may not share a list only because their letters do not fit a label
        digest = blake2b(name.encode(), digest_size=4).hexdigest()
        label = f"{label}-{digest}" if label else digest
    return mailbox_line("List-Id", f"{label}.{sender.domain}", name or label)


def unsubscribe_subject(notice: Notice) -> str:
    """Say what a mail that stops the mails of a reservation has for its subject."""
    return f"unsubscribe {notice.code}"


def unsubscribe_by_mail(notice: Notice, sender: MailSender) -> str:
    """Make the `mailto:` by which a reader stops the mails where there is no web (RFC 2369)."""
    subject = quote(unsubscribe_subject(notice))
    return f"mailto:{quote(wire_address(sender.address), safe='@+.-_')}?subject={subject}"
