"""Wiring of mail: its route and its sender. Imported by whoever sends, or tries it."""

from __future__ import annotations

from pathlib import Path

from adapters.email_folder import EmailFolder
from adapters.email_smtp import EmailSmtp, try_login
from adapters.smtp_settings import SmtpSettings
from bot.settings import Settings, SettingsError
from core.notices.as_email import MailSender, compose
from core.notices.notice import Notice, Personal
from core.outbox.outlet import Fill, Outlet
from core.outbox.route import Message, Route


def mail_sender(settings: Settings) -> MailSender:
    """Make the mailbox that mail comes from; raises `SettingsError` for one that is none."""
    try:
        return MailSender(settings.sender, settings.mail_name)
    except ValueError as error:
        raise SettingsError([f"CALLBOARD_MAIL_FROM: {settings.sender}: {error}"]) from None


def smtp_settings(settings: Settings) -> SmtpSettings:
    """Read the SMTP address; raises `SettingsError` saying what is wrong with it."""
    try:
        return SmtpSettings.from_url(settings.smtp_url, settings.sender)
    except ValueError as error:
        raise SettingsError([f"CALLBOARD_SMTP_URL: {error}"]) from None


async def mail_works(settings: Settings) -> str | None:
    """Really connect and log in to the mail server; gives what is wrong, or None."""
    return await try_login(smtp_settings(settings))


def mail_outlet(settings: Settings) -> Outlet:
    """Make the mail route: SMTP where it is set, a folder of .eml files where it is not."""
    route: Route
    if settings.smtp_url:
        route = EmailSmtp(smtp_settings(settings))
    else:
        route = EmailFolder(mail_folder(settings))
    sender = mail_sender(settings)

    def composed(notice: Notice) -> Fill:
        template = compose(notice, sender)

        def filled(delivery_id: int, personal: Personal) -> Message:
            mail = template.fill(personal)
            return Message(
                delivery_id, mail.recipient, mail.data, mail.needs_smtputf8, wire_ready=True
            )

        return filled

    return Outlet(route, composed)


def mail_folder(settings: Settings) -> Path:
    """Say where mail is written while no mail server is set."""
    return settings.data / "mail"
