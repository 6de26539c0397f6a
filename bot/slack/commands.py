"""`/slot` and the shortcut: what was typed becomes a command, its reply words or a form."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.answers import mistakes
from bot.answers.reply import Attachment, Reply, Tone
from bot.commands.commands import AudienceAdd, AudienceImport, Misunderstood, Settings
from bot.commands.grammar import parse
from bot.commands.run import handle
from bot.slack.answer import is_long, reply_message
from bot.slack.answering import (
    LATER_MESSAGE,
    TOO_LATE,
    Answered,
    answered,
    open_view,
    say_directly,
    shown,
)
from bot.slack.blocks import Block
from bot.slack.hall import Hall
from bot.slack.payload import Body, submission_key, team_of, user_of
from bot.slack.small_views import import_view
from bot.slack.typed import read_typed, readable, recogniser
from core.model.people import Actor
from core.notices.as_slack import is_person

log = logging.getLogger(__name__)

_PRIVATE = (
    "is private, and a list is for everybody in the workspace: pick the channel in the form of a"
    " reservation instead"
)


class Commands:
    """Listens to what people type."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    async def on_slot(
        self, ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        """Answer `/slot …` to the person alone."""
        self._hall.stay()
        task, done = await self._hall.soon(self._typed(body, client))
        if done:
            given = task.result()
            await (ack(response_type="ephemeral", **given.message) if given.reply.lines else ack())
        else:
            # nothing acknowledged is lost: what was asked goes on, and is answered when it is done
            await ack(response_type="ephemeral", **LATER_MESSAGE)
            given = await task
            if given.reply.lines:
                said = respond(response_type="ephemeral", replace_original=False, **given.message)
                if not await shown(said, "answer"):
                    await say_directly(client, body, given)
        file = given.reply.attachment
        if file and is_long(file) and not await _sent(client, user_of(body), file):
            said = respond(response_type="ephemeral", replace_original=False, **_NO_FILE)
            await shown(said, "answer")

    async def on_shortcut(
        self, ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        """Open the form."""
        self._hall.stay()

        async def asked(actor: Actor) -> Reply:
            return await handle(self._hall.desk, actor, parse("reserve"))

        async def opened() -> Answered | None:
            given = await answered(self._hall, body, asked)
            if await open_view(client, body, given.as_view):
                return None
            return replace(given, reply=TOO_LATE) if given.view else given

        task, _ = await self._hall.soon(opened())
        await ack()
        given = await task
        if given is not None:
            await say_directly(client, body, given)

    async def _typed(self, body: Body, client: AsyncWebClient) -> Answered:
        text, names = read_typed(readable(str(body.get("text") or "")))

        async def work(actor: Actor) -> Reply | Block:
            command = parse(text)
            if isinstance(command, AudienceImport) and command.data is None:
                return import_view(command.name)
            named = {**names, **await self._named(body, names)}
            if isinstance(command, AudienceAdd) and (found := await self._private(body, named)):
                return mistakes.misunderstood(Misunderstood(f"{found} {_PRIVATE}"))
            reply = await handle(
                self._hall.desk,
                actor,
                command,
                submission_key=submission_key(body),
                others=recogniser(team_of(body), named),
            )
            if isinstance(command, Settings):
                self._hall.forget()
            return reply

        given = await answered(self._hall, body, work)
        if given.view is None:
            return given
        opened = await open_view(client, body, given.view)
        return replace(given, reply=replace(TOO_LATE, lines=()) if opened else TOO_LATE)

    async def _private(self, body: Body, named: dict[str, str]) -> str:
        """Name a channel that is not for everybody in the workspace, as its lists are."""
        for target, name in named.items():
            if not is_person(target) and await self._hall.lookup.is_private(team_of(body), target):
                return name
        return ""

    async def _named(self, body: Body, names: dict[str, str]) -> dict[str, str]:
        """Look up what Slack wrote without a name."""
        nameless = [target for target, name in names.items() if name == target]
        return await self._hall.names(team_of(body), nameless) if nameless else {}


async def _sent(client: AsyncWebClient, user: str, file: Attachment) -> bool:
    """Send a long file as one, where only the person sees it; False where Slack would not."""
    try:
        opened = await client.conversations_open(users=user)
        channel: str = opened["channel"]["id"]
        await client.files_upload_v2(channel=channel, filename=file.filename, content=file.data)
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("slack.file_not_sent", extra={"error": type(error).__name__})
        return False
    return True


_NO_FILE = reply_message(
    Reply(
        Tone.TROUBLE,
        (("Slack did not take the file, so it was not sent. Please try again in a minute.",),),
    ),
    ZoneInfo("UTC"),
)
