"""Requests over HTTP: what Slack did not sign is refused, what is strange is answered calmly."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from tests.databases import SqliteFiles
from tests.desks import Clock
from tests.slack.house import HTTP
from tests.slack.runs import Town, open_town
from tests.slack.server import HttpReply, payloads
from tests.slack.server.errors import Json
from tests.slack.server.http_mode import FORM, Signed
from tests.slack.speaking import code_in

AS_JSON = "application/json"
TYPED = "Xylophone"  # what is typed here, and is nobody else's business


@pytest.fixture
async def town(sqlite_files: SqliteFiles, tmp_path: Path, clock: Clock) -> AsyncIterator[Town]:
    async with open_town(sqlite_files.fresh(), tmp_path, clock, HTTP) as opened, opened.run():
        yield opened


def command(town: Town, text: str) -> Json:
    """Make the payload of a command of Hanna's."""
    made = payloads.command(town.slack, town.hanna, town.general, "/slot", text)
    return made | {"trigger_id": "1.2.3", "response_url": f"{town.slack.base_url}/respond/T/1/x"}


def now(seconds: int = 0) -> str:
    """Tell the time of a signature."""
    return str(int(time.time()) + seconds)


async def post(town: Town, body: str, kind: str = FORM, **headers: str) -> HttpReply:
    """Send a body that is rightly signed."""
    return await town.slack.http.post(town.slack.http.signed(body, kind, **headers))


async def nothing_came_of_it(town: Town) -> None:
    """See that no list was made: that is what every forged request here asks for."""
    shown = await town.hanna.type("/slot audience show")
    assert "crew" not in shown.words


@pytest.mark.parametrize(
    "signature", ["", "v0=", "v0=0123", "v1=" + "0" * 64, "\N{SNOWMAN}".encode().decode("latin-1")]
)
async def test_a_wrong_signature_is_refused(town: Town, signature: str) -> None:
    payload = command(town, "audience add crew ann@example.org")
    assert 401 == (await town.slack.http.send(payload, signature=signature)).status
    await nothing_came_of_it(town)


@pytest.mark.parametrize(
    "timestamp",
    [
        -301,
        301,
        "0",
        "",
        "-1",
        "soon",
        "1e9",
        "1700000000.5",
        " ",
        "9" * 30,
        "9" * 400,
        "9" * 5000,
    ],
)
async def test_an_old_or_strange_timestamp_is_refused(town: Town, timestamp: str | int) -> None:
    if isinstance(timestamp, int):
        timestamp = now(timestamp)
    payload = command(town, "audience add crew ann@example.org")
    assert 401 == (await town.slack.http.send(payload, timestamp=timestamp)).status
    await nothing_came_of_it(town)


@pytest.mark.parametrize(
    "left_out", [{"X-Slack-Signature"}, {"X-Slack-Request-Timestamp"}, {"X-Slack-Signature", "X"}]
)
async def test_missing_headers_are_refused(town: Town, left_out: set[str]) -> None:
    body = urlencode(command(town, "audience add crew ann@example.org"))
    signed = town.slack.http.signed(body)
    kept = {name: value for name, value in signed.headers.items() if name not in left_out}
    assert 401 == (await town.slack.http.post(Signed(body, kept))).status
    assert 401 == (await town.slack.http.post(Signed(body, {"Content-Type": FORM}))).status
    await nothing_came_of_it(town)


STRANGE = [
    ("", FORM),
    ("", AS_JSON),
    ("{", AS_JSON),
    ("{", FORM),
    ("[]", AS_JSON),
    ("[1, 2]", AS_JSON),
    ("null", AS_JSON),
    ("7", AS_JSON),
    ('"text"', AS_JSON),
    ("NaN", AS_JSON),
    ("[" * 50_000, AS_JSON),
    ("payload=", FORM),
    ("payload=%7B", FORM),
    ("payload=[1]", FORM),
    ("payload=7", FORM),
    ("payload=null", FORM),
    ("payload=x&payload=y", FORM),
    ("%%%&&&===", FORM),
    ("command", FORM),
    ("command=%2Fslot", FORM),
    ("command=%2Fslot&text=%00%ff", FORM),
    ("\x00\x01", "application/octet-stream"),
    ("{}", AS_JSON),
    ('{"type": "event_callback"}', AS_JSON),
    ('{"type": "event_callback", "event": null}', AS_JSON),
    ('{"type": "event_callback", "event": {"type": 7}, "authorizations": 3}', AS_JSON),
    ('{"type": "event_callback", "event": [], "authorizations": [1]}', AS_JSON),
    ('{"type": 7}', AS_JSON),
    (urlencode({"payload": '{"type": "block_actions"}'}), FORM),
    (urlencode({"payload": '{"type": "block_actions", "actions": []}'}), FORM),
    (
        urlencode({"payload": '{"type": "block_actions", "actions": [{"action_id": "slot:"}]}'}),
        FORM,
    ),
    (urlencode({"payload": '{"type": "view_submission", "view": {}}'}), FORM),
    (urlencode({"payload": '{"type": "new_from_slack", "team": 7, "user": []}'}), FORM),
]


@pytest.mark.parametrize(("body", "kind"), STRANGE)
async def test_nonsense_is_no_failure_of_ours(town: Town, body: str, kind: str) -> None:
    for signed in (
        town.slack.http.signed(body, kind),
        town.slack.http.signed(body, kind, signature="v0=00"),
        Signed(body, {"Content-Type": kind}),
    ):
        answer = await town.slack.http.post(signed)
        assert answer.status in {200, 400, 401, 404}, answer
        assert "Traceback" not in answer.body
    assert (await town.hanna.type("/slot list")).error is None


@pytest.mark.parametrize(
    "kind", [f"{FORM}; charset=klingon", f"{AS_JSON}; charset=utf-16", "x", ""]
)
async def test_a_strange_content_type_is_no_failure_of_ours(town: Town, kind: str) -> None:
    answer = await post(town, "command=%2Fslot&text=help", kind)
    assert answer.status in {200, 400, 401, 404}


async def test_bytes_that_are_no_text_are_refused(town: Town) -> None:
    assert town.slack.http_target is not None
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            town.slack.http_target,
            data=b"text=\xff\xfe",
            headers={"Content-Type": FORM, "X-Slack-Request-Timestamp": now()},
        ) as answer,
    ):
        assert 400 == answer.status


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_what_is_too_large_is_refused(town: Town) -> None:
    answer = await post(town, "text=" + "x" * (1024 * 1024))
    assert 413 == answer.status


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
async def test_other_methods_are_refused(town: Town, method: str) -> None:
    assert town.slack.http_target is not None
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, town.slack.http_target) as answer,
    ):
        assert 405 == answer.status


async def test_slack_is_shown_that_the_address_is_ours(town: Town) -> None:
    answer = await town.slack.http.verify_url("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd")
    assert 200 == answer.status
    assert "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd" in answer.body
    assert 200 == (await town.slack.http.ssl_check()).status


async def test_the_address_is_proved_to_nobody_else(town: Town) -> None:
    payload: Json = {"type": "url_verification", "challenge": "anything", "token": "x"}
    answer = await town.slack.http.send(payload, kind="events_api", signature="v0=00")
    assert 401 == answer.status
    assert "anything" not in answer.body


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "block_actions", "actions": [{"action_id": "other:thing", "block_id": "b"}]},
        {"type": "view_submission", "view": {"callback_id": "other", "type": "modal"}},
        {"type": "view_closed", "view": {"callback_id": "slot_form", "type": "modal"}},
        {"type": "shortcut", "callback_id": "other"},
        {"type": "message_action", "callback_id": "slot_reserve"},
        {"type": "block_suggestion", "action_id": "slot:x", "value": "a"},
        {"type": "workflow_step_edit", "callback_id": "x"},
        {"type": "function_executed"},
    ],
)
async def test_what_nobody_listens_to_is_answered(town: Town, payload: Json) -> None:
    common: Json = {
        "team": town.team.as_json(),
        "user": {"id": town.hanna.id, "team_id": town.team.id},
        "api_app_id": town.slack.app.id,
        "trigger_id": "4.5.6",
    }
    answer = await town.slack.http.send(common | payload, kind="interactive")
    assert answer.status in {200, 400, 404}


@pytest.mark.parametrize("act", ["nonsense", "pick", "pick:0", "form", "reconfirm", "again"])
@pytest.mark.parametrize("value", ["", "[]", "{}", "7", "K7Q-2MF", '{"code": 3}', "\x00" * 50])
async def test_a_button_that_means_nothing_is_answered(town: Town, act: str, value: str) -> None:
    common: Json = {
        "type": "block_actions",
        "team": town.team.as_json(),
        "user": {"id": town.hanna.id, "team_id": town.team.id},
        "api_app_id": town.slack.app.id,
        "trigger_id": "4.5.6",
        "container": {"type": "message", "channel_id": town.general.id},
        "channel": {"id": town.general.id, "name": "general"},
        "actions": [
            {"type": "button", "action_id": f"slot:{act}", "block_id": "b", "value": value}
        ],
    }
    assert 200 == (await town.slack.http.send(common, kind="interactive")).status
    await town.slack.until(lambda: town.hanna.direct_messages)


async def test_the_same_signed_request_acts_once(town: Town) -> None:
    heard = await town.hanna.type("/slot reserve fri 20:00 for 2h Studio")
    form = await heard.opened()
    fields: dict[str, object] = {"title": "Evening show", "audience": "ann@example.org"}
    told = await town.hanna.submit(form, fields)
    assert "Permitted" in (await told.opened()).words
    code = code_in((await told.opened()).words)
    for _ in range(3):
        again = await town.slack.http.replay()
        assert 200 == again.status
        assert told.response == json.loads(again.body)
    listed = await town.hanna.type("/slot list")
    assert 1 == listed.words.count("Evening show")

    await town.hanna.type(f"/slot cancel {code} reason=ill")
    cancel = town.slack.http.sent[-1]
    await town.hanna.type("/slot audience add crew ann@example.org")
    first = await town.slack.http.replay(cancel)
    assert first.body == (await town.slack.http.replay(cancel)).body


async def test_nothing_that_was_typed_is_logged(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    http, payload = town.slack.http, command(town, f"{TYPED} audience add crew ann@example.org")
    await http.send(payload)
    await http.send(payload, signature="v0=00")
    await http.send(payload, timestamp=now(-900))
    await http.send(payload, timestamp="x")
    await http.send(payload, unsigned=True)
    await http.send(payload | {"command": "/unknown"})
    await post(town, f"payload=%7B{TYPED}")
    await post(town, f'{{"type": "{TYPED}"}}', AS_JSON)
    event: Json = {"type": "message", "text": TYPED, "user": "U0001", "channel": "C0001"}
    await town.slack.send_event(town.team, event)
    for action_id in (f"other:{TYPED}", "slot:pick"):
        action: Json = {"action_id": action_id, "block_id": "b", "value": f"{TYPED} {{"}
        pressed = {"type": "block_actions", "user": {"id": "U0001"}, "team": {"id": "T0001"}}
        await http.send(pressed | {"actions": [action], "trigger_id": "9.9"}, kind="interactive")
    form = await (await town.hanna.type("/slot reserve fri 20:00 for 2h Studio")).opened()
    told = await town.hanna.submit(form, {"title": TYPED, "audience": f"{TYPED}@example.org"})
    await told.opened()
    await town.slack.until(lambda: not town.slack.http.ready or told.view)

    secrets = [town.team.bot_token, town.slack.app.signing_secret, "1.2.3", TYPED]
    passcode = told.view.words.partition("Passcode:")[2].split() if told.view else []
    logged = [
        f"{record.name} {record.getMessage()} {vars(record)} {record.exc_text or ''}"
        for record in caplog.records
        if record.levelno >= logging.INFO
    ]
    for secret in [*secrets, *passcode[:1]]:
        assert [] == [line for line in logged if secret.casefold() in line.casefold()]
