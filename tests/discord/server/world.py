"""All that this Discord knows: the application, guilds, people, what was asked, what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from tests.discord.server.clock import Clock
from tests.discord.server.commands import Command
from tests.discord.server.errors import Json, NeverHappenedError
from tests.discord.server.guild import Guild, found
from tests.discord.server.permissions import Permission
from tests.discord.server.places import DM, Attachment, Channel
from tests.discord.server.tokens import InteractionToken
from tests.discord.server.user import User

if TYPE_CHECKING:
    from tests.discord.server.gateway import Gateway

T = TypeVar("T")

# what the invitation of a bot like ours asks for
INVITED_WITH = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.CREATE_EVENTS
    | Permission.MANAGE_EVENTS
)


@dataclass
class Application:
    """The application that is tested. `token_good` False: every call is answered with 401.

    `lists_members`: whether it was given the privileged intent for members.
    """

    id: int = 9_000_000_000_000_001
    name: str = "Callboard"
    token: str = "bot-token.of-loopback.only"
    token_good: bool = True
    lists_members: bool = False
    public_key: str = "00" * 32
    flags: int = 0
    team_owner_id: int = 9_000_000_000_000_000

    def as_json(self, bot: User) -> Json:
        """Describe it as `GET /oauth2/applications/@me` does."""
        owner = {
            "id": str(self.team_owner_id),
            "username": "olga",
            "discriminator": "0",
            "global_name": "Olga",
            "avatar": None,
        }
        return {
            "id": str(self.id),
            "name": self.name,
            "icon": None,
            "description": "",
            "rpc_origins": [],
            "bot_public": True,
            "bot_require_code_grant": False,
            "terms_of_service_url": None,
            "privacy_policy_url": None,
            "owner": owner,
            "bot": bot.as_json(),
            "summary": "",
            "verify_key": self.public_key,
            "team": None,
            "flags": self.flags,
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "integration_types_config": {"0": {}},
            "approximate_guild_count": 1,
        }


@dataclass(eq=False, repr=False)
class ApiCall:
    """One REST call. `route` is such as `POST /channels/{channel}/messages`, with `ids` in it.

    `outcome` is `ok`, Discord's code as text (`50013`), a fault's name, or None while it goes on;
    `errors` says what was wrong where, if anything was; `at` is in seconds since 1970; `refused`
    is whether Discord itself said no, which being asked to wait (429) is not.
    """

    route: str
    ids: dict[str, int | str]
    body: object
    at: float
    status: int | None = None
    outcome: str | None = None
    errors: Json | None = None
    refused: bool = False

    def __repr__(self) -> str:
        return f"<{self.route} {self.ids}: {self.status} {self.outcome} {self.errors or ''}>"


@dataclass(frozen=True)
class Announcement:
    """Something that happened, for the gateway to hand on: name, data and where.

    `guild` and `channel` are where it happened, for shards, intents and who may see it; both are
    None for what concerns the app itself.
    """

    name: str
    data: Json
    guild: Guild | None = None
    channel: Channel | None = None


@dataclass(eq=False, repr=False)
class World:
    """The state behind REST, the gateway and the people.

    `calls`, `announcements` and `protocol_errors` (things that an app must not do, such as
    identifying twice or answering twice) only ever grow. Whoever wants to hand on what happens
    puts a function into `listeners`; it is called at once, with every `Announcement`.
    `patience` is how long an interaction waits for its first answer, in seconds; `lingers` how long
    people wait on for what an app is then still thinking about; `shards` is how
    many Discord recommends.
    """

    application: Application = field(default_factory=Application)
    clock: Clock = field(default_factory=Clock)
    patience: float = 3.0
    lingers: float = 0.0
    shards: int = 1
    base_url: str = ""
    bot: User = field(init=False)
    gateway: Gateway = field(init=False)
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    dms: dict[int, Channel] = field(default_factory=dict)
    commands: dict[int, Command] = field(default_factory=dict)
    command_creates: list[float] = field(default_factory=list)
    interactions: dict[str, InteractionToken] = field(default_factory=dict)
    attachments: dict[int, Attachment] = field(default_factory=dict)
    calls: list[ApiCall] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)
    listeners: list[Callable[[Announcement], None]] = field(default_factory=list)
    protocol_errors: list[str] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.bot = User(self.application.id, self.application.name, self, bot=True)
        self.users[self.bot.id] = self.bot

    def __repr__(self) -> str:
        return f"<Discord at {self.base_url}>"

    def add_guild(
        self,
        name: str,
        *,
        owner: User,
        guild_id: int | None = None,
        bot_may: Permission = INVITED_WITH,
        invited: bool = True,
    ) -> Guild:
        """Add a guild, with the app in it under `bot_may` unless it is not `invited`."""
        guild = found(self, guild_id or self.clock.snowflake(), name, owner)
        self.guilds[guild.id] = guild
        if invited:
            guild.invite_bot(bot_may)
        return guild

    def dm(self, user: User) -> Channel:
        """Give the channel of direct messages between the bot and a user."""
        if user.id not in self.dms:
            channel_id = self.clock.snowflake()
            self.dms[user.id] = Channel(channel_id, "direct messages", DM, recipient=user)
        return self.dms[user.id]

    def channel(self, channel_id: int) -> Channel | None:
        """Find a channel, thread or direct messages that are there, whoever may see them."""
        places = [*self.dms.values()]
        for guild in self.guilds.values():
            if channel_id in guild.channels:
                return guild.channels[channel_id]
        return next((one for one in places if one.id == channel_id), None)

    def attach(
        self, filename: str, content: bytes, content_type: str, *, description: str | None = None
    ) -> Attachment:
        """Keep a file, with an address from which anybody can fetch it."""
        number = self.clock.snowflake()
        url = f"{self.base_url}/attachments/{number}/{filename}"
        kept = Attachment(number, filename, content, content_type, url, description)
        self.attachments[number] = kept
        return kept

    def announce(
        self, name: str, data: Json, guild: Guild | None = None, channel: Channel | None = None
    ) -> None:
        """Say that something happened, under the name that the gateway has for it."""
        announcement = Announcement(name, data, guild, channel)
        self.announcements.append(announcement)
        for listener in list(self.listeners):
            listener(announcement)
        self.tell()

    def calls_of(self, route: str) -> list[ApiCall]:
        """List the calls of a route, such as `POST /channels/{channel}/messages`, oldest first."""
        return [call for call in self.calls if call.route == route]

    @property
    def refusals(self) -> list[ApiCall]:
        """List the calls that Discord refused; faults put in by a test are not among them."""
        return [call for call in self.calls if call.refused]

    def accuse(self, wrong: str) -> None:
        """Note something that an app must not do."""
        self.protocol_errors.append(wrong)
        self.tell()

    def tell(self) -> None:
        """Wake everybody who waits for something to happen."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, what: Callable[[], T], *, within: float = 5) -> T:
        """Wait until `what()` is true, and give what it gave; it is asked at every change.

        Raises NeverHappenedError after `within` seconds.
        """
        try:
            async with asyncio.timeout(within):
                while not (found_now := what()):
                    await self._changed.wait()
        except TimeoutError:
            latest = [(call.route, call.outcome) for call in self.calls[-5:]]
            raise NeverHappenedError(
                f"not within {within} s; last calls {latest}, wrong: {self.protocol_errors[-3:]}"
            ) from None
        return found_now
