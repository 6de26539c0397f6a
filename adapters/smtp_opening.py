"""The opening of an SMTP connection: greeted, made private and logged in, step by step."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException

from adapters.smtp_session import Session, abandon
from adapters.smtp_settings import SmtpSettings, Tls, client_tls
from adapters.smtp_trouble import explain, secrets_in
from core.outbox.route import RouteUnavailable

_UNKNOWN_LOGIN = 504  # the server does not know this kind of AUTH after all


async def open_session(settings: SmtpSettings) -> Session:
    """Connect, say EHLO, insist on TLS where it is asked for, log in.

    Raises `RouteUnavailable` that says which step failed, why, and what to look at.
    """
    client: SMTP | None = None
    problem = "the certificates to trust could not be read: {why} (look at tls_verify)"
    try:
        client = await _client(settings)
        for step, problem in _STEPS:  # noqa: B007 - names the step that failed, below
            await step(client, settings)
        return Session(client, settings)
    except (SMTPException, OSError) as error:
        abandon(client)
        why = explain(error, hide=secrets_in(settings.user, settings.password))
        raise RouteUnavailable(
            f"mail server {settings.where}: {problem.format(why=why)}"
        ) from None  # the error itself may hold what the server echoed of a login
    except BaseException:
        abandon(client)
        raise


async def _client(settings: SmtpSettings) -> SMTP:
    context = None
    if settings.tls is not Tls.NONE:
        context = await asyncio.to_thread(client_tls, settings.ca_file)
    return SMTP(
        hostname=settings.host,
        port=settings.port,
        local_hostname=settings.ehlo_name,
        timeout=settings.patience.command.total_seconds(),
        use_tls=settings.tls is Tls.IMPLICIT,
        start_tls=False,  # asked for below: the library would go on in clear without it
        tls_context=context,
    )


async def _connect(client: SMTP, settings: SmtpSettings) -> None:
    await client.connect(timeout=settings.patience.connect.total_seconds())


async def _greet(client: SMTP, _settings: SmtpSettings) -> None:
    await client.ehlo()


async def _secure(client: SMTP, settings: SmtpSettings) -> None:
    if settings.tls is not Tls.STARTTLS:
        return
    if not client.supports_extension("starttls"):
        raise SMTPException("it does not offer STARTTLS, and nothing is sent in clear")
    await client.starttls()
    await client.ehlo()  # what was offered in clear does not count (RFC 3207 section 4.2)


async def _log_in(client: SMTP, settings: SmtpSettings) -> None:
    """Log in by the first way that both sides know, once: wrong passwords lock accounts."""
    if not settings.user:
        return
    ways = {"plain": client.auth_plain, "login": client.auth_login, "cram-md5": client.auth_crammd5}
    known = [ways[name] for name in ways if name in client.server_auth_methods]
    if not known:
        raise SMTPException("it offers no login that we know (AUTH PLAIN, LOGIN, CRAM-MD5)")
    for way in known:
        try:
            await way(settings.user, settings.password)
        except SMTPAuthenticationError as error:
            if error.code != _UNKNOWN_LOGIN or way is known[-1]:
                raise
        else:
            return


_STEPS: tuple[tuple[Callable[[SMTP, SmtpSettings], Awaitable[None]], str], ...] = (
    (_connect, "no connection: {why} (look at the host and port of the SMTP URL)"),
    (_greet, "it did not accept our EHLO: {why}"),
    (_secure, "no private connection: {why} (look at smtps:// and tls_verify in the SMTP URL)"),
    (_log_in, "the login failed: {why} (look at the user name and password of the SMTP URL)"),
)
