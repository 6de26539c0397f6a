"""Modals handed in: committed first, then acknowledged; errors stand beside their fields."""

from __future__ import annotations

import json
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.answers.reply import Reply, Tone
from bot.commands.commands import Cancel
from bot.commands.run import handle
from bot.form.answers import Mistake
from bot.form.text import parse_reason
from bot.slack.answer import reply_view
from bot.slack.answering import answered
from bot.slack.errands import SlackErrands
from bot.slack.form_state import Submitted, read_form
from bot.slack.hall import Hall
from bot.slack.handing import errors_of, hand_in, show_result, with_form
from bot.slack.home import Home
from bot.slack.payload import Body, submission_key, team_of
from bot.slack.small_views import waiting_view
from core.model.people import Actor
from core.store.database import BusyError

_BUSY = "The desk is busy; nothing was written: try again in a moment."
_AT_WORK = "The desk is at work on it."


class Submissions:
    """Listens to modals that are handed in."""

    def __init__(self, hall: Hall, errands: SlackErrands, home: Home) -> None:
        self._hall = hall
        self._errands = errands
        self._home = home

    async def on_form(
        self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], client: AsyncWebClient
    ) -> None:
        """Reserve or change what the form says."""
        self._hall.stay()
        form = read_form(view)
        if form.uploads:
            await self._later(ack, body, form, "Reading your file")
            return

        async def work(actor: Actor) -> Reply:
            key = submission_key(body)
            reply = await hand_in(self._hall, actor, team_of(body), form, key)
            return await with_form(self._hall, actor, form, reply)

        task, done = await self._hall.soon(answered(self._hall, body, work))
        if not done:
            await ack(response_action="update", view=waiting_view(_AT_WORK))
            await show_result(client, body, await task, form)
            return
        given = task.result()
        errors = errors_of(given, form)
        if errors:
            await ack(response_action="errors", errors=errors)
        else:
            await ack(response_action="update", view=reply_view(given.reply, given.zone))
            await self._home.refresh(body, client)

    async def on_cancel(
        self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], client: AsyncWebClient
    ) -> None:
        """Cancel, with the reason that was written."""
        self._hall.stay()
        form = read_form(view)
        code = json.loads(view["private_metadata"])["code"]
        # a reason is one line, and people write several
        reason = parse_reason(" ".join(str(form.given.get("reason") or "").splitlines()))
        if isinstance(reason, Mistake):
            await ack(response_action="errors", errors={"reason": reason.message})
            return
        command = Cancel(code, reason)

        async def work(actor: Actor) -> Reply:
            return await handle(
                self._hall.desk, actor, command, submission_key=submission_key(body)
            )

        task, done = await self._hall.soon(answered(self._hall, body, work))
        if not done:
            await ack(response_action="update", view=waiting_view(_AT_WORK))
            await show_result(client, body, await task, form)
            return
        given = task.result()
        if given.reply.tone is Tone.TROUBLE:  # the reason stays where it was typed
            await ack(response_action="errors", errors=errors_of(given, form))
            return
        await ack(response_action="update", view=reply_view(given.reply, given.zone))
        await self._home.refresh(body, client)

    async def on_import(self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Put the addresses of a file on an audience list."""
        self._hall.stay()
        await self._later(ack, body, read_form(view), "Reading your file")

    async def _later(self, ack: AsyncAck, body: Body, form: Submitted, words: str) -> None:
        """Keep what takes longer than Slack waits, acknowledge it, and do it then."""
        try:
            await self._errands.keep_form(body)
        except BusyError:
            await ack(response_action="errors", errors={form.fields[0]: _BUSY})
            return
        await ack(response_action="update", view=waiting_view(f"{words} \N{HORIZONTAL ELLIPSIS}"))
        self._errands.wake()
