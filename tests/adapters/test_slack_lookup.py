"""What Slack says of people, channels, groups and files; and what is made of its silence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from adapters import slack_lookup
from adapters.slack_lookup import SlackLookup, SlackPerson
from tests.adapters.slack_harness import Ticking
from tests.slack.server import Error, Person, ServerError, SlackServer, Stall, Team, open_slack

LIMIT = 1_000


@dataclass
class House:
    """A Slack, a workspace in it, and what asks about it."""

    slack: SlackServer
    team: Team
    ann: Person
    session: aiohttp.ClientSession
    time: Ticking = field(default_factory=Ticking)

    def __post_init__(self) -> None:
        """Make what asks."""
        self.lookup = SlackLookup(self.slack.api_url, self.client_of, clock=self.time)

    async def client_of(self, team: str) -> AsyncWebClient | None:
        """Give a client for a workspace."""
        found = self.slack.teams.get(team)
        if found is None:
            return None
        return AsyncWebClient(
            found.bot_token, self.slack.api_url, session=self.session, retry_handlers=[]
        )


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Give a workspace with Ann."""
    async with open_slack() as slack, aiohttp.ClientSession() as session:
        team = slack.add_team("T0001", name="Stage")
        yield House(slack, team, team.add_user("U0001", name="Ann", tz="Europe/Rome"), session)


async def test_says_who_somebody_is(house: House) -> None:
    house.team.add_user("U0002", name="Owen", is_owner=True)
    house.team.add_user("U0003", name="Bo", is_admin=True, deleted=True)

    people = [await house.lookup.person("T0001", f"U000{number}") for number in (1, 2, 3)]

    assert [
        SlackPerson("Ann", "Europe/Rome"),
        SlackPerson("Owen", "Europe/Berlin", is_admin=True),
        SlackPerson("Bo", deleted=True),
    ] == people
    bot = await house.lookup.person("T0001", house.team.bot_user_id)
    assert bot.is_bot


async def test_names_and_zones_are_not_taken_on_trust(house: House) -> None:
    house.ann.name = "An\u202en\n!"

    assert "Ann !" == (await house.lookup.person("T0001", "U0001")).name


@pytest.mark.parametrize("zone", ["../../etc/passwd", "/etc/localtime", "Moon/Base", "", None, 7])
async def test_a_zone_that_is_none_is_left_out(zone: object) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "user": {"name": "ann", "tz": zone}})

    application = web.Application()
    application.router.add_get("/api/users.info", answer)
    async with TestServer(application) as server, aiohttp.ClientSession() as session:
        client = AsyncWebClient("xoxb-1", str(server.make_url("/api/")), session=session)

        async def client_of(_: str) -> AsyncWebClient | None:
            return client

        lookup = SlackLookup(client.base_url, client_of)
        assert SlackPerson("ann") == await lookup.person("T0001", "U0001")


async def test_a_person_is_asked_about_once_in_ten_minutes(house: House) -> None:
    await house.lookup.person("T0001", "U0001")
    house.ann.name = "Anna"
    house.time.now += 599

    assert "Ann" == (await house.lookup.person("T0001", "U0001")).name
    house.time.now += 2
    assert "Anna" == (await house.lookup.person("T0001", "U0001")).name


async def test_workspaces_are_kept_apart(house: House) -> None:
    other = house.slack.add_team("T0002", name="Other")
    other.add_user("U0001", name="Otto", is_admin=True)

    assert "Otto" == (await house.lookup.person("T0002", "U0001")).name
    assert SlackPerson("Ann", "Europe/Rome") == await house.lookup.person("T0001", "U0001")


@pytest.mark.parametrize("team", ["T0001", "T0999"])
async def test_whom_slack_does_not_tell_of_goes_by_the_id_and_is_not_kept(
    house: House, team: str
) -> None:
    house.slack.faults.add("users.info", ServerError())
    house.slack.faults.add("users.info", Error("fatal_error"))

    people = [await house.lookup.person(team, "U0001") for _ in range(2)]

    assert [SlackPerson("U0001")] * 2 == people
    assert (team == "T0001") is ((await house.lookup.person(team, "U0001")).name == "Ann")


async def test_a_slack_that_does_not_answer_is_not_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_lookup, "_TIMEOUT", 0.1)
    house.slack.faults.add("users.info", Stall())

    assert SlackPerson("U0001") == await house.lookup.person("T0001", "U0001")


async def test_says_a_channel_s_name_where_it_may_be_seen(house: House) -> None:
    house.team.add_channel("C0001", name="general")
    house.team.add_channel("C0002", name="secret", private=True)

    names = [await house.lookup.channel_name("T0001", f"C000{number}") for number in (1, 2, 3)]

    assert ["general", "", ""] == names


@pytest.mark.parametrize("group", ["stage-crew", "@stage-crew", "S0001"])
async def test_tells_who_is_in_a_group(house: House, group: str) -> None:
    bob = house.team.add_user("U0002", name="Bob")
    house.team.add_user_group("S0001", handle="stage-crew", users=[house.ann])
    house.team.add_user_group("S0002", handle="others", users=[bob])

    assert await house.lookup.in_group("T0001", "U0001", group)
    assert not await house.lookup.in_group("T0001", "U0002", group)
    assert 2 == len(house.slack.calls)


async def test_a_group_is_asked_about_once_in_five_minutes(house: House) -> None:
    group = house.team.add_user_group("S0001", handle="crew", users=[house.ann])
    assert await house.lookup.in_group("T0001", "U0001", "crew")
    group.users = []
    house.time.now += 299

    assert await house.lookup.in_group("T0001", "U0001", "crew")
    house.time.now += 2
    assert not await house.lookup.in_group("T0001", "U0001", "crew")


@pytest.mark.parametrize("group", ["crew", "nobody", ""])
async def test_nobody_is_in_a_group_that_slack_does_not_tell_of(house: House, group: str) -> None:
    house.team.add_user_group("S0001", handle="crew", users=[house.ann])
    house.slack.faults.add("usergroups.users.list", Error("fatal_error"))

    assert not await house.lookup.in_group("T0001", "U0001", group)


async def test_fetches_an_uploaded_file(house: House) -> None:
    file = house.ann.upload("list.csv", b"x" * LIMIT)

    assert b"x" * LIMIT == await house.lookup.download("T0001", file.download_url, LIMIT)
    assert await house.lookup.download("T0001", file.download_url, LIMIT - 1) is None


async def test_a_sign_in_page_is_no_file(house: House) -> None:
    file = house.ann.upload("list.csv", b"x")
    house.team.scopes -= {"files:read"}

    assert await house.lookup.download("T0001", file.download_url, LIMIT) is None
    assert ["signed_out"] == [call.outcome for call in house.slack.calls]


async def test_a_file_that_does_not_come_is_given_up(house: House) -> None:
    file = house.ann.upload("list.csv", b"x")
    house.slack.faults.add("files", Stall())

    assert await house.lookup.download("T0001", file.download_url, LIMIT, 0.1) is None
    assert await house.lookup.download("T0999", file.download_url, LIMIT) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/files-pri/a",
        "http://localhost:{port}/files-pri/a",
        "https://127.0.0.1:{port}/files-pri/a",
        "https://files.slack.com/files-pri/a",
        "http://[bad/files-pri/a",
        "file:///etc/passwd",
        "",
    ],
)
async def test_the_token_goes_to_no_other_host(house: House, url: str) -> None:
    asked: list[str] = []

    async def client_of(team: str) -> AsyncWebClient | None:
        asked.append(team)
        return None

    port = urlsplit(house.slack.api_url).port
    lookup = SlackLookup(house.slack.api_url, client_of)

    assert await lookup.download("T0001", url.format(port=port), LIMIT) is None
    assert [] == asked


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://files.slack.com/files-pri/a", True),
        ("https://slack.com/files-pri/a", True),
        ("https://files.slack.com:443/a", True),
        ("https://files.slack.com:8443/a", False),
        ("http://files.slack.com/files-pri/a", False),
        ("https://files.slack.com.evil.example/a", False),
        ("https://evilslack.com/a", False),
        ("https://files.slack.com@evil.example/a", False),
        ("https://127.0.0.1/a", False),
    ],
)
async def test_which_hosts_are_slack_s_own(url: str, ours: bool) -> None:
    asked: list[str] = []

    async def client_of(team: str) -> AsyncWebClient | None:
        asked.append(team)
        return None

    await SlackLookup("https://slack.com/api/", client_of).download("T1", url, LIMIT)

    assert (["T1"] if ours else []) == asked
