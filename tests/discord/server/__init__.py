"""A Discord of our own on loopback that the real discord.py talks to, refusing what Discord does.

Inside `async with open_discord() as discord:` one adds people and guilds (`discord.add_person`,
`discord.add_guild`), channels, roles and members (`guild.add_channel`, `guild.add_role`,
`guild.add_member`), points discord.py at `discord.api_url` and `discord.gateway.url` (see
rehearsal.py), and lets people act: `heard = await ann.type("/slot list", channel=general)`. What a
channel shows is in `channel.messages`, what a person alone saw in `heard`, what the app called in
`discord.calls`, what it did wrong in `discord.refusals` and `discord.protocol_errors`; what is to
go wrong is put into `discord.faults`. `await discord.until(lambda: …)` waits for anything.
"""

from __future__ import annotations

from tests.discord.server.commands import Command
from tests.discord.server.errors import NeverHappenedError, NotSentError, NotThereError, Refusal
from tests.discord.server.events import ScheduledEvent
from tests.discord.server.faults import (
    Banned,
    DropAfter,
    DropBefore,
    Fault,
    Garbage,
    RateLimited,
    Refused,
    ServerError,
    Stall,
)
from tests.discord.server.guild import Guild
from tests.discord.server.heard import Heard
from tests.discord.server.members import Member, Role
from tests.discord.server.messages import Message
from tests.discord.server.modals import Modal
from tests.discord.server.permissions import Permission
from tests.discord.server.person import Person
from tests.discord.server.places import Attachment, Channel
from tests.discord.server.reading import markup_in, read
from tests.discord.server.server import DiscordServer, open_discord
from tests.discord.server.user import User
from tests.discord.server.world import Announcement, ApiCall, Application

__all__ = [
    "Announcement",
    "ApiCall",
    "Application",
    "Attachment",
    "Banned",
    "Channel",
    "Command",
    "DiscordServer",
    "DropAfter",
    "DropBefore",
    "Fault",
    "Garbage",
    "Guild",
    "Heard",
    "Member",
    "Message",
    "Modal",
    "NeverHappenedError",
    "NotSentError",
    "NotThereError",
    "Permission",
    "Person",
    "RateLimited",
    "Refusal",
    "Refused",
    "Role",
    "ScheduledEvent",
    "ServerError",
    "Stall",
    "User",
    "markup_in",
    "open_discord",
    "read",
]
