"""All that this Slack knows: workspaces, tokens, triggers, what was called and what went wrong."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tests.slack.server.app import ALL_SCOPES, App
from tests.slack.server.clock import Clock
from tests.slack.server.courier import Courier
from tests.slack.server.errors import Json, NeverHappenedError
from tests.slack.server.grants import OAuthCode, ResponseUrl, Trigger
from tests.slack.server.team import Team
from tests.slack.server.views import View

T = TypeVar("T")


@dataclass(eq=False)
class ApiCall:
    """One call of the Web API, of a response URL (`response_url`) or for a file (`files`).

    `outcome` is `ok`, the error that was answered, a fault's name, or None while it goes on.
    """

    method: str
    arguments: Json
    team: Team | None
    at: float
    token: str | None = None
    outcome: str | None = None


@dataclass(eq=False, repr=False)
class World:
    """The state behind the Web API and the transports.

    `patience` is how long Slack waits for an acknowledgement, in seconds; `calls` and
    `protocol_errors` (things that an app must not do, outside the Web API) only ever grow.
    """

    app: App = field(default_factory=App)
    clock: Clock = field(default_factory=Clock)
    courier: Courier = field(default_factory=Courier)
    patience: float = 3.0
    base_url: str = ""
    teams: dict[str, Team] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    oauth_codes: dict[str, OAuthCode] = field(default_factory=dict)
    calls: list[ApiCall] = field(default_factory=list)
    protocol_errors: list[str] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _last_ts: float = 0.0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __repr__(self) -> str:
        return f"<Slack at {self.base_url}>"

    def add_team(
        self,
        team_id: str,
        *,
        name: str,
        domain: str | None = None,
        scopes: set[str] | None = None,
        installed: bool = True,
    ) -> Team:
        """Add a workspace, with the app installed under all scopes unless said otherwise."""
        bot_user = f"U{team_id[1:]}BOT"
        team = Team(
            team_id,
            name,
            domain or name.lower().replace(" ", "-"),
            self,
            bot_token=f"xoxb-{team_id}-{self.number()}",
            bot_user_id=bot_user,
            bot_id=f"B{team_id[1:]}",
            scopes=set(ALL_SCOPES if scopes is None else scopes),
            token_error=None if installed else "account_inactive",
        )
        self.teams[team_id] = team
        team.add_user(bot_user, name=self.app.name, is_bot=True, dm_refused="cannot_dm_bot")
        return team

    def number(self) -> int:
        """Give a number that was not given before."""
        return next(self._numbers)

    def next_ts(self) -> str:
        """Give the timestamp of something new, later than every one before."""
        self._last_ts = max(self._last_ts + 0.000001, self.clock.now())
        return f"{self._last_ts:.6f}"

    def next_hash(self) -> str:
        """Give the hash of a new state of a view."""
        return f"{int(self.clock.now())}.{self.number():08x}"

    def calls_of(self, method: str) -> list[ApiCall]:
        """List the calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    @property
    def refusals(self) -> list[ApiCall]:
        """List the calls that were answered with an error."""
        return [call for call in self.calls if call.outcome not in ("ok", None)]

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
                while not (found := what()):
                    await self._changed.wait()
        except TimeoutError:
            latest = [(call.method, call.outcome) for call in self.calls[-5:]]
            raise NeverHappenedError(
                f"not within {within} s; last calls {latest}, faults {self.protocol_errors[-3:]}"
            ) from None
        return found
