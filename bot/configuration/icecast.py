"""What makes Icecast ask the desk: the pieces of icecast.xml to paste, with their reasons.

The real Icecast of the tests runs on exactly this text.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from bot.configuration.fragment import Fragment
from core.model.addresses import stream_of
from core.model.server import Server

_PLACE = "{path}"
_ANY_PATH = "??????"  # as Icecast matches mounts: each stands for one character
_PLAIN = re.compile(r"[A-Za-z0-9._/-]*")  # what means nothing else in a mount's name, or in XML
_VIEWERS = 1_000  # where the server's rules name no number
_OTHERS = 20  # connections that are neither: the desk's own, and people who look at the status
_PORT = 8000  # Icecast's own, unless told


def lines(server: Server, hook_url: str) -> tuple[Fragment, ...]:
    """Give the pieces for icecast.xml.

    Where the server's own addresses do not allow for any, there is one piece that says why.
    """
    if not _PLAIN.fullmatch(stream_of(server, "")):
        wrong = "The ingest address may have only letters, digits and . _ - / in its path"
        return (Fragment("nowhere yet", f"<!-- {wrong} -->"),)
    return (_limits(server), _mount(server, hook_url), _logging())


def _limits(server: Server) -> Fragment:
    # a slot's source may come while that of the slot before is still being ended
    sources = server.rules.max_streams + 1
    viewers = _VIEWERS if server.rules.max_viewers is None else server.rules.max_viewers
    return Fragment(
        "icecast.xml, within <limits>, in place of the lines of these names",
        f"<sources>{sources}</sources>\n<clients>{viewers + sources + _OTHERS}</clients>",
    )


def _mount(server: Server, hook_url: str) -> Fragment:
    """Give the mount for all reservations' streams.

    A mount of the type "default" may have a pattern for its name, though 2.4's documentation says
    otherwise (and 2.4.4 a warning): one of the type "normal" has a pattern in 2.4 alone. Without a
    name, the desk would be asked about every page that Icecast has.
    """
    return Fragment(
        'icecast.xml, within <icecast>, before any other <mount type="default">',
        "\n".join(
            [
                "<!-- The streams of reservations, whichever they are: the desk is asked who may",
                "publish and listen. What is pasted here holds the secret by which Icecast asks:",
                "let icecast.xml be readable by Icecast alone.",
                "mount-name: Icecast 2.4 warns that a default mount has one, and goes by it.",
                "hidden: the status pages must not tell which streams there are.",
                "headers, header_prefix: what a listener really gets; a mount can be forged.",
                "allow_duplicate_users: many listen with the same user name.",
                "username, password: else Icecast sends each listener's own along, as a header.",
                "Give out addresses with the credentials before the host (user:passcode@) rather",
                "than behind a question mark (?user=&pass=), though both are understood.",
                f"{_control(server)} -->",
                '<mount type="default">',
                f"    <mount-name>/{stream_of(server, _ANY_PATH)}</mount-name>",
                "    <hidden>1</hidden>",
                "    <public>0</public>",
                '    <authentication type="url">',
                *(f"        {_option(name, value)}" for name, value in _options(hook_url)),
                "    </authentication>",
                "</mount>",
            ]
        ),
    )


def _options(hook_url: str) -> list[tuple[str, str]]:
    # one address for all: 2.5.0-rc2 takes mount_add's for the end of a stream, too
    asked = ["stream_auth", "listener_add", "listener_remove", "mount_add", "mount_remove"]
    return [
        *((name, hook_url) for name in asked),
        ("headers", "__uri"),
        ("header_prefix", "asked."),
        ("allow_duplicate_users", "1"),
        ("username", "icecast"),
        ("password", ""),
    ]


def _control(server: Server) -> str:
    if server.control_url:
        return "The desk ends connections with the admin-user and admin-password that stand here."
    port = urlsplit(server.ingest_url).port or _PORT
    return (
        "So that the desk can end connections, tell it the admin-user and admin-password that\n"
        f"stand here, and where: control=http://127.0.0.1:{port}, adapted"
    )


def _logging() -> Fragment:
    return Fragment(
        "icecast.xml, within <logging>, in place of the line of this name",
        "<!-- Not more: warnings hold the secret by which Icecast asks, and credentials that it\n"
        "could not read. Why somebody was refused stands in the desk's log. -->\n"
        "<loglevel>1</loglevel>",
    )


def _option(name: str, value: str) -> str:
    return f'<option name="{name}" value="{escape(value, {chr(34): "&quot;"})}"/>'
