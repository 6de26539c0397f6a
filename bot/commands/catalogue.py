"""The catalogue of commands: how each is typed, what it does, and examples that work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands.server_form import CHANGE_ONLY, ServerField
from bot.commands.server_form import FIELDS as SERVER_FIELDS
from bot.form.fields import CHANGE_FIELDS, FIELDS


@dataclass(frozen=True, slots=True)
class Topic:
    """One command: its name, its usage without `/slot`, what it does, examples, more about it.

    `fields` are those that may stand on its line, each with what it is for.
    """

    name: str
    usage: str
    does: str
    examples: tuple[str, ...]
    more: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    for_admins: bool = False


def topics_of(word: str) -> tuple[Topic, ...]:
    """Find the topics a word names: one by its whole name, or those that begin with the word."""
    folded = " ".join(word.removeprefix("/slot ").split()).casefold()
    whole = tuple(topic for topic in TOPICS if topic.name == folded)
    return whole or tuple(topic for topic in TOPICS if topic.name.split()[0] == folded)


def _server_fields(fields: Sequence[ServerField]) -> tuple[tuple[str, str], ...]:
    return tuple((one.name, f"{one.about}: {one.example}") for one in fields)


_FIELDS_ON_A_LINE = (
    "Fields stand behind the words as name=value; quotes keep a value together, and at the console "
    "name=<<END takes the lines that follow, up to END."
)

_RESERVE_AT_ONCE = (
    '/slot reserve 2026-12-04 19:30 for 2h Studio title="Evening show" '
    'audience="Ann <ann@example.org>, bob@example.org" policy=both'
)
_SERVER_THAT_ASKS = (
    "/slot server add Studio kind=nginx-rtmp zone=Europe/Berlin "
    "watch_url=https://live.example.org/hls/{path}.m3u8 "
    "ingest_url=rtmp://live.example.org/live/{path}"
)

TOPICS: tuple[Topic, ...] = (
    Topic(
        "reserve",
        "reserve [when] [length] [server] [field=value \u2026]",
        "reserve a slot; what is missing is asked",
        (
            "/slot reserve fri 20:00 for 2h",
            "/slot reserve tomorrow 8pm 90 min Studio",
            _RESERVE_AT_ONCE,
        ),
        (_FIELDS_ON_A_LINE,),
        tuple((one.name, one.hint) for one in FIELDS),
    ),
    Topic(
        "list",
        "list [mine|all]",
        "what you have reserved, or everything that is reserved",
        ("/slot list", "/slot list all"),
    ),
    Topic(
        "show",
        "show CODE",
        "one reservation in full: who was told, who was not and why",
        ("/slot show K7Q-2MF",),
    ),
    Topic(
        "free",
        "free [day] [length] [server]",
        "what can still be reserved, over the next seven days unless you say",
        ("/slot free", "/slot free fri 2h", "/slot free next week 90 min Studio"),
    ),
    Topic(
        "reconfirm",
        "reconfirm CODE",
        "say your second yes, so that the slot does not lapse",
        ("/slot reconfirm K7Q-2MF",),
    ),
    Topic(
        "change",
        "change CODE [when] [field=value \u2026]",
        "change time, server, title, audience: the new slot is taken or the old one stays",
        (
            "/slot change K7Q-2MF sat 21:00",
            '/slot change K7Q-2MF title="Late show" length=3h',
            "/slot change K7Q-2MF add=carol@example.org remove=bob@example.org",
        ),
        (_FIELDS_ON_A_LINE,),
        tuple((one.name, one.hint) for one in CHANGE_FIELDS),
    ),
    Topic(
        "cancel",
        "cancel CODE [reason]",
        "give the slot back; those who were told hear so, with the reason if you give one",
        ("/slot cancel K7Q-2MF", "/slot cancel K7Q-2MF The band is ill"),
    ),
    Topic(
        "again",
        "again CODE",
        "send once more to those who could not be told, and to them alone",
        ("/slot again K7Q-2MF",),
    ),
    Topic(
        "key",
        "key CODE",
        "what to enter in your streaming software: ingest address and stream key",
        ("/slot key K7Q-2MF",),
    ),
    Topic(
        "audience show",
        "audience [show NAME]",
        "your workspace's audience lists, or who is on one",
        ("/slot audience", "/slot audience show regulars"),
    ),
    Topic(
        "audience add",
        "audience add NAME addresses",
        "put addresses on a list, which is made if there is none",
        ('/slot audience add regulars ann@example.org, "Doe, Bob" <bob@example.org>',),
        ("Addresses as you have them: commas, semicolons, lines, Name <a@b.org>, a table.",),
    ),
    Topic(
        "audience remove",
        "audience remove NAME addresses",
        "take addresses off a list; reservations keep theirs",
        ("/slot audience remove regulars bob@example.org",),
    ),
    Topic(
        "audience import",
        "audience import NAME FILE",
        "put the addresses of a CSV file on a list",
        ("/slot audience import regulars guests.csv",),
        ("At the console FILE is a file's path; in a chat, upload the file.",),
    ),
    Topic(
        "audience export",
        "audience export NAME [FILE]",
        "give a list as a CSV file",
        ("/slot audience export regulars", "/slot audience export regulars guests.csv"),
        ("At the console, FILE is written, unless it is there already.",),
    ),
    Topic(
        "audience drop",
        "audience drop NAME",
        "remove a list; reservations made with it keep their recipients",
        ("/slot audience drop regulars",),
    ),
    Topic(
        "server list",
        "server [list]",
        "the servers that you may reserve",
        ("/slot server list",),
    ),
    Topic(
        "server show",
        "server show NAME",
        "a server's rules, and when it is closed",
        ("/slot server show Studio",),
    ),
    Topic(
        "settings",
        "settings [zone=\u2026] [reminders=\u2026] [email=\u2026]",
        "your time zone, your reminders, and where you are told things",
        (
            "/slot settings",
            "/slot settings zone=Europe/Berlin",
            '/slot settings reminders="24h, 15 min" email=me@example.org',
        ),
        ("Admins set what holds for all: /slot settings workspace zone=Europe/Berlin",),
    ),
    Topic(
        "link",
        "link [CODE [yes]|off]",
        "be one person in two chats: what you reserved in the one you manage from the other, too",
        (
            "/slot link",
            "/slot link 2a-6a4f1c00-Ab3dE6gH9jK2mN5pQ8sT1v",
            "/slot link off",
        ),
        (
            "Without a code it gives you one, to be typed in the other chat within ten minutes.",
            "Before anything is linked you are shown who would be one person.",
            "off makes you a person of your own again, with what was reserved where you type it.",
        ),
    ),
    Topic(
        "help",
        "help [command]",
        "all of this, or more about one command",
        ("/slot help", "/slot help reserve"),
    ),
    Topic(
        "server lines",
        "server lines NAME",
        "what to put into a streaming server's configuration, so that it asks this desk",
        ("/slot server lines Studio",),
        for_admins=True,
    ),
    Topic(
        "server add",
        "server add NAME field=value \u2026",
        "add a server; what to put into its configuration is answered, ready to paste",
        (
            _SERVER_THAT_ASKS,
            "/slot server add Hall kind=link watch_url=https://live.example.org/hall",
        ),
        fields=_server_fields(SERVER_FIELDS),
        for_admins=True,
    ),
    Topic(
        "server change",
        "server change NAME field=value \u2026",
        "change a server's rules; what is reserved stays",
        (
            "/slot server change Studio max_streams=2",
            '/slot server change Studio opening_hours="Mon-Fri 09:00-22:00, Sat 10-14"',
        ),
        fields=_server_fields((*SERVER_FIELDS, *CHANGE_ONLY)),
        for_admins=True,
    ),
    Topic(
        "server blackout",
        "server blackout NAME when [reason=\u2026]",
        "close a server for a while",
        (
            "/slot server blackout Studio fri 20:00-22:00 reason=Maintenance",
            "/slot server blackout Studio 2026-12-24 12:00 for 3 days",
        ),
        for_admins=True,
    ),
    Topic(
        "server lift",
        "server lift NAME NUMBER",
        "open a server again: server show gives the numbers",
        ("/slot server lift Studio 3",),
        for_admins=True,
    ),
    Topic(
        "settings workspace",
        "settings workspace [zone=\u2026] [reminders=\u2026]",
        "what holds for all who have set nothing themselves",
        ("/slot settings workspace zone=Europe/Berlin",),
        for_admins=True,
    ),
    Topic(
        "stop",
        "stop ADDRESS",
        "enter that somebody wants to hear no more from anybody in your workspace",
        ("/slot stop ann@example.org",),
        for_admins=True,
    ),
)
