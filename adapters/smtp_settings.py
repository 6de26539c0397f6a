"""Where mail is handed in and how: the SMTP URL, taken apart and checked."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from adapters.smtp_wire import envelope_address

_SHAPE = "smtp://user:password@host:port or smtps://user:password@host:port"
_ENCODE = "write / ? # @ : % in a user name or password as %2F %3F %23 %40 %3A %25"
_OPTIONS = frozenset({"connections", "starttls", "tls_verify"})
_FEW, _MOST = 4, 50  # connections, unless told otherwise, and at most
_HOST = re.compile(r"[\w.:-]+")


class Tls(StrEnum):
    """How the connection is made private."""

    IMPLICIT = "implicit"  # from the first byte: smtps (RFC 8314)
    STARTTLS = "starttls"  # asked for in clear and insisted upon (RFC 3207)
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server is waited for.

    `dot` is what RFC 5321 section 4.5.3.2.6 asks: whoever gives up earlier sends copies.
    """

    connect: timedelta = timedelta(seconds=20)
    command: timedelta = timedelta(seconds=60)
    dot: timedelta = timedelta(minutes=10)
    farewell: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Wear:
    """When a connection is replaced, and after what rest it is asked whether it still lives."""

    messages: int = 100
    age: timedelta = timedelta(minutes=5)
    rest: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """A mail server and how to use it; `sender` is the envelope's, where bounces go.

    Without a `user` nobody logs in. `ca_file` takes the place of the system's certificates. Each of
    the `connections` at most carries a message at a time, which a crash may leave in doubt.
    """

    host: str
    port: int
    tls: Tls
    sender: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    connections: int = _FEW
    patience: Patience = Patience()
    wear: Wear = Wear()

    @classmethod
    def from_url(cls, url: str, sender: str) -> SmtpSettings:
        """Read `smtp://…` (STARTTLS, port 587) or `smtps://…` (TLS from the start, port 465).

        On a loopback host `smtp://` means no TLS and port 25. `?starttls=required` and
        `?starttls=never` say otherwise, `?tls_verify=FILE` names the CA file to trust, and
        `?connections=10` how many there may be at once. `sender` is a bare ASCII address. Raises
        `ValueError` that says what to do, and never repeats the URL, since a password stands in it.
        """
        parts, options = _taken_apart(url)
        user, password = _credentials(parts)
        host = parts.hostname or ""
        tls = _tls(parts.scheme, options.get("starttls"), host, bool(user))
        return cls(
            host=host,
            port=_port(parts, tls),
            tls=tls,
            sender=_checked_sender(sender),
            user=user,
            password=password,
            ca_file=_ca_file(options.get("tls_verify"), tls),
            connections=_connections(options.get("connections", str(_FEW))),
        )

    @property
    def where(self) -> str:
        """The server as one says it to people: host and port, without credentials."""
        return f"{self.host}:{self.port}"

    @property
    def ehlo_name(self) -> str:
        """What we call ourselves: relays that go by a client's domain want the sender's."""
        return self.sender.rpartition("@")[2]


@lru_cache(maxsize=8)
def client_tls(ca_file: Path | None) -> ssl.SSLContext:
    """Make the TLS context for a client; kept, for reading the system's certificates takes long.

    Raises `OSError` (of which `ssl.SSLError` is one) for a file that holds no certificate.
    """
    return ssl.create_default_context(cafile=ca_file)


def _taken_apart(url: str) -> tuple[SplitResult, dict[str, str]]:
    if not url.isprintable() or " " in url:
        raise ValueError(f"the SMTP URL must hold no blanks or control characters; {_ENCODE}")
    if not url.lower().startswith(("smtp://", "smtps://")):
        raise ValueError(f"the SMTP URL must look like {_SHAPE}")
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        raise ValueError(f"the SMTP URL must look like {_SHAPE}") from None
    if parts.path not in {"", "/"} or parts.fragment or "#" in url:
        raise ValueError(f"nothing may follow the host and port of the SMTP URL; {_ENCODE}")
    if not _HOST.fullmatch(parts.hostname or ""):
        raise ValueError(f"the SMTP URL names no host: it must look like {_SHAPE}")
    options = dict(pairs)
    if len(options) < len(pairs) or not options.keys() <= _OPTIONS:
        raise ValueError(
            f"the SMTP URL takes the options {' and '.join(sorted(_OPTIONS))}, each once; {_ENCODE}"
        )
    return parts, options


def _credentials(parts: SplitResult) -> tuple[str, str]:
    try:
        user = unquote(parts.username or "", errors="strict")
        password = unquote(parts.password or "", errors="strict")
    except UnicodeDecodeError:
        raise ValueError(
            "the user name and password of the SMTP URL must be percent-encoded UTF-8"
        ) from None
    if bool(user) != bool(password):
        raise ValueError(
            f"the SMTP URL needs both a user name and a password, or neither: {_SHAPE}"
        )
    if not (user + password).isprintable():
        raise ValueError("the user name and password of the SMTP URL hold a control character")
    return user, password


def _tls(scheme: str, starttls: str | None, host: str, logs_in: bool) -> Tls:
    if scheme == "smtps":
        if starttls is not None:
            raise ValueError("smtps:// is TLS from the start: leave starttls out, or use smtp://")
        return Tls.IMPLICIT
    match starttls:
        case None if not _is_loopback(host):
            return Tls.STARTTLS
        case "required":
            return Tls.STARTTLS
        case "never" if logs_in and not _is_loopback(host):
            raise ValueError(
                "starttls=never would send the password in clear: leave it out, or use smtps://,"
                " or give no user name"
            )
        case None | "never":
            return Tls.NONE
        case _:
            raise ValueError("starttls in the SMTP URL is either required or never")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port(parts: SplitResult, tls: Tls) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError(f"the port of the SMTP URL must be a number from 1 to 65535; {_ENCODE}")
    usual = {Tls.IMPLICIT: 465, Tls.STARTTLS: 587, Tls.NONE: 25}
    return port or usual[tls]


def _checked_sender(sender: str) -> str:
    address = envelope_address(sender)
    if address is None or not address.isascii():
        raise ValueError("the sender must be one plain ASCII address, such as desk@example.org")
    return address


def _connections(text: str) -> int:
    if not text.isdecimal() or not text.isascii() or not 1 <= int(text) <= _MOST:
        raise ValueError(f"connections in the SMTP URL is a number from 1 to {_MOST}")
    return int(text)


def _ca_file(name: str | None, tls: Tls) -> Path | None:
    if name is None:
        return None
    if tls is Tls.NONE:
        raise ValueError("tls_verify needs TLS: use smtps://, or add starttls=required")
    path = Path(name)
    try:
        client_tls(path)
    except OSError:
        raise ValueError(
            f"tls_verify must name a readable file of certificates in PEM form: {name}"
        ) from None
    return path
