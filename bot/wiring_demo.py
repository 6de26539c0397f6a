"""Wiring of the demo: a mail server of its own, to be looked into."""

from adapters.mailbox_server import MailboxServer, Received

__all__ = ["MailboxServer", "Received"]
