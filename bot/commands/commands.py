"""What people ask of the desk, as typed values: one class per command, whatever the front end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.model.recipient import Contact


@dataclass(frozen=True, slots=True)
class Reserve:
    """Reserve a slot: `words` as typed (when, length, server), `fields` by the form's names.

    `contacts` came in a file, and were read already.
    """

    words: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class ListSlots:
    """List one's own reservations, or everything that is booked."""

    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Show:
    """Show one reservation in full."""

    code: str


@dataclass(frozen=True, slots=True)
class Free:
    """Find what is free: `words` as typed (day, length, server), `fields` by their names."""

    words: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reconfirm:
    """Say the second yes."""

    code: str


@dataclass(frozen=True, slots=True)
class Change:
    """Change a reservation; `words` are a new time, `fields` what is to be different.

    `contacts` came in a file, were read already, and are to be added.
    """

    code: str
    words: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Cancel:
    """Give a slot back, with a reason or none."""

    code: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SendAgain:
    """Send once more to those who could not be told."""

    code: str


@dataclass(frozen=True, slots=True)
class StreamKey:
    """Show what the holder's streaming software needs."""

    code: str


@dataclass(frozen=True, slots=True)
class AudienceShow:
    """Show one audience list, or the names of all."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class AudienceAdd:
    """Put contacts, as pasted, on a list."""

    name: str
    contacts: str


@dataclass(frozen=True, slots=True)
class AudienceRemove:
    """Take contacts, as pasted, off a list."""

    name: str
    contacts: str


@dataclass(frozen=True, slots=True)
class AudienceImport:
    """Put the contacts of a file on a list; the front end reads the file into `data`.

    `data` of None: no file came along.
    """

    name: str
    filename: str = ""
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class AudienceExport:
    """Give a list as a CSV file; `filename` is where the person wants it, where they may say so."""

    name: str
    filename: str = ""


@dataclass(frozen=True, slots=True)
class AudienceDrop:
    """Remove a list."""

    name: str


@dataclass(frozen=True, slots=True)
class ServerList:
    """Name the servers."""


@dataclass(frozen=True, slots=True)
class ServerShow:
    """Show one server's rules and blackouts."""

    name: str


@dataclass(frozen=True, slots=True)
class ServerLines:
    """Show what to put into a server's configuration, so that it asks the desk."""

    name: str


@dataclass(frozen=True, slots=True)
class ServerAdd:
    """Add a server with what its fields say; there may be a password among them."""

    name: str
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ServerChange:
    """Change what the fields say about a server; there may be a password among them."""

    name: str
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ServerBlackout:
    """Close a server for a while; `words` are the server's name and then the time, as typed."""

    words: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServerLift:
    """Lift the blackout of that number."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Settings:
    """Show settings, or set what the fields say; `workspace`: for all in it, as an admin."""

    fields: Mapping[str, str] = field(default_factory=dict)
    workspace: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Become one person with another account: by its `code`, or to be given one.

    `yes`: they have seen who would be one person.
    """

    code: str = ""
    yes: bool = False


@dataclass(frozen=True, slots=True)
class Unlink:
    """Be a person of one's own again in this workspace."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Enter that an address wants to hear no more."""

    address: str


@dataclass(frozen=True, slots=True)
class RemindMe:
    """Remind whoever pressed the button under a channel's post: `contact`, who saw it there."""

    code: str
    contact: Contact
    seen_in: Contact


@dataclass(frozen=True, slots=True)
class StopTellingMe:
    """Write no more to whoever pressed the button under a message to them."""

    code: str
    contact: Contact


@dataclass(frozen=True, slots=True)
class Help:
    """Show all commands, or one of them."""

    topic: str = ""


Command = (
    Reserve
    | ListSlots
    | Show
    | Free
    | Reconfirm
    | Change
    | Cancel
    | SendAgain
    | StreamKey
    | AudienceShow
    | AudienceAdd
    | AudienceRemove
    | AudienceImport
    | AudienceExport
    | AudienceDrop
    | ServerList
    | ServerShow
    | ServerLines
    | ServerAdd
    | ServerChange
    | ServerBlackout
    | ServerLift
    | Settings
    | Link
    | Unlink
    | Stop
    | RemindMe
    | StopTellingMe
    | Help
)


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """No command: why not, and one that would be.

    The message may quote what was typed (cut, with nothing invisible in it): a front end shows it
    as it shows people's own words. `example` is a command to type.
    """

    message: str
    example: str = ""
