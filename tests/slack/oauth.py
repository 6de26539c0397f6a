"""Somebody who adds the desk to a workspace by its pages, as a browser would."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qs, urlsplit

import aiohttp

from tests.slack.runs import Town
from tests.slack.server import Person, Team

PUBLIC = "https://desk.example"
OAUTH: dict[str, object] = {
    "slack_bot_token": "",
    "slack_client_id": "1111.2222",
    "slack_client_secret": "client-secret",
    "public_url": PUBLIC,
}


@dataclass(frozen=True)
class Page:
    """What a browser was shown."""

    status: int
    text: str
    headers: dict[str, str]
    cookie: str = ""

    @property
    def link(self) -> str:
        """Where it leads to at Slack."""
        if "Location" in self.headers:
            return self.headers["Location"]
        found = re.search(r'href="(https://slack\.com/oauth/[^"]+)"', self.text)
        assert found is not None
        return unescape(found[1])

    @property
    def asked(self) -> dict[str, str]:
        """What it asks Slack for."""
        return {name: one for name, (one, *_) in parse_qs(urlsplit(self.link).query).items()}


async def get(town: Town, path: str, cookie: str = "", **query: str) -> Page:
    """Open a page of the desk's, with the cookie that an earlier one set."""
    assert town.slack.http_target is not None
    address = town.slack.http_target.replace("/slack/events", path)
    headers = {"Cookie": cookie} if cookie else {}
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.get(address, params=query, headers=headers, allow_redirects=False) as answer,
    ):
        sent = answer.headers.get("Set-Cookie", "")
        return Page(answer.status, await answer.text(), dict(answer.headers), sent)


async def begin(town: Town) -> tuple[str, str]:
    """Ask to add the desk; gives the state and the cookie."""
    page = await get(town, "/slack/install")
    return page.asked["state"], page.cookie.partition(";")[0]


async def agree(town: Town, who: Person, state: str, cookie: str, **query: str) -> Page:
    """Come back from Slack, where somebody agreed."""
    back = f"{PUBLIC}/slack/oauth_redirect"
    code = town.slack.oauth_code(who, {"chat:write", "commands"}, redirect_uri=back)
    given = {"code": code, "state": state} | query
    return await get(town, "/slack/oauth_redirect", cookie, **given)


async def install(town: Town, who: Person) -> Page:
    """Add the desk to somebody's workspace, from beginning to end."""
    return await agree(town, who, *await begin(town))


def another_team(town: Town) -> tuple[Team, Person]:
    """Make another workspace, with a person in it and a channel, where the desk is not yet."""
    team = town.slack.add_team("T0002", name="Hall")
    tina = team.add_user("U0009", name="Tina", tz="Asia/Tokyo")
    team.add_channel("C0009", name="tokyo", members=[tina])
    return team, tina
