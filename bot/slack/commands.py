"""`/slot` and the shortcut: what was typed becomes a command, its reply words or a form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.answers.reply import Attachment, Reply
from bot.commands.commands import AudienceImport
from bot.commands.grammar import parse
from bot.commands.run import handle
from bot.slack.answer import is_long
from bot.slack.answering import LATER_MESSAGE, TOO_LATE, Answered, answered, open_view
from bot.slack.blocks import Block
from bot.slack.hall import Body, Hall, submission_key, team_of, user_of
from bot.slack.small_views import import_view
from bot.slack.typed import read_typed, recogniser
from core.model.people import Actor


class Commands:
    """Listens to what people type."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    async def on_slot(
        self, ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        """Answer `/slot …` to the person alone."""
        task, done = await self._hall.soon(self._typed(body, client))
        if done:
            given = task.result()
            await (ack(response_type="ephemeral", **given.message) if given.reply.lines else ack())
        else:
            # nothing acknowledged is lost: what was asked goes on, and is answered when it is done
            await ack(response_type="ephemeral", **LATER_MESSAGE)
            given = await task
            if given.reply.lines:
                await respond(response_type="ephemeral", replace_original=True, **given.message)
        if given.reply.attachment and is_long(given.reply.attachment):
            await _send_file(client, user_of(body), given.reply.attachment)

    async def on_shortcut(
        self, ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient
    ) -> None:
        """Open the form."""

        async def asked(actor: Actor) -> Reply:
            return await handle(self._hall.desk, actor, parse("reserve"))

        task, done = await self._hall.soon(answered(self._hall, body, asked))
        if done:
            await open_view(client, body, task.result().as_view)
        await ack()

    async def _typed(self, body: Body, client: AsyncWebClient) -> Answered:
        text, names = read_typed(str(body.get("text") or ""))

        async def work(actor: Actor) -> Reply | Block:
            command = parse(text)
            if isinstance(command, AudienceImport) and command.data is None:
                return import_view(command.name)
            named = {**names, **await self._named(body, names)}
            return await handle(
                self._hall.desk,
                actor,
                command,
                submission_key=submission_key(body),
                others=recogniser(team_of(body), named),
            )

        given = await answered(self._hall, body, work)
        if given.view is None:
            return given
        opened = await open_view(client, body, given.view)
        return replace(given, reply=replace(TOO_LATE, lines=()) if opened else TOO_LATE)

    async def _named(self, body: Body, names: dict[str, str]) -> dict[str, str]:
        """Look up what Slack wrote without a name."""
        nameless = [target for target, name in names.items() if name == target]
        return await self._hall.names(team_of(body), nameless) if nameless else {}


async def _send_file(client: AsyncWebClient, user: str, file: Attachment) -> None:
    """Send a long file as one, where only the person sees it."""
    opened = await client.conversations_open(users=user)
    channel: str = opened["channel"]["id"]
    await client.files_upload_v2(channel=channel, filename=file.filename, content=file.data)
