"""Errands: forms with a file, kept before they are acknowledged and done afterwards.

A file must be fetched from Slack first, which may take longer than Slack waits. What was handed in
is in the database by then, so a crash in between costs nothing: the errand is done at the next
start, and once.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient

from bot.answers.reply import Problem, Reply, Tone
from bot.commands.commands import AudienceImport
from bot.commands.run import guarded, handle
from bot.errands import Errands
from bot.form.answers import Mistake
from bot.form.contacts import parse_contacts_file, say_bad
from bot.slack.answering import Answered
from bot.slack.form_state import Submitted, read_form
from bot.slack.hall import Hall
from bot.slack.handing import asked_again, hand_in, show_result
from bot.slack.payload import Body, submission_key, team_of
from bot.slack.small_views import IMPORT
from core.model.people import Actor
from core.store.errands import Errand

log = logging.getLogger(__name__)

_KIND = "slack"
_LARGEST_FILE = 2_000_000  # bytes
_KEPT_OF_VIEW = (
    *("id", "callback_id", "private_metadata", "state", "blocks", "type"),
    "app_installed_team_id",
)

ClientOf = Callable[[str], Awaitable[AsyncWebClient | None]]


class SlackErrands(Errands):
    """Does what was acknowledged in Slack before it was done."""

    def __init__(self, hall: Hall, client_of: ClientOf) -> None:
        super().__init__(hall.desk, _KIND, self._did)
        self._hall = hall
        self._client_of = client_of

    async def keep_form(self, body: Body) -> None:
        """Write down what was handed in; raises `BusyError` when the database cannot be had."""
        view = {name: body["view"][name] for name in _KEPT_OF_VIEW if name in body["view"]}
        kept = {
            "team": body.get("team"),
            "user": body.get("user"),
            "trigger_id": body.get("trigger_id"),
            "view": view,
        }
        await self.keep(submission_key(body) or str(view["id"]), json.dumps(kept))

    async def _did(self, errand: Errand, last: bool) -> bool:
        body = json.loads(errand.text or "")
        client = await self._client_of(team_of(body))
        if client is None:
            return True  # the desk was removed there meanwhile: nobody is left to be told
        form = read_form(body["view"])
        done = await guarded(self._carried_out(body, form), "Errand")
        given = done if isinstance(done, Answered) else Answered(done, ZoneInfo("UTC"))
        if given.reply.tone is Tone.TROUBLE and not last:
            return False
        return await self._told(client, body, given, form)

    async def _told(
        self, client: AsyncWebClient, body: Body, given: Answered, form: Submitted
    ) -> bool:
        try:
            return await show_result(client, body, given, form)
        except Exception:  # it is done, and must not be done again for want of an answer
            log.exception("errand.not_told")
            return True

    async def _carried_out(self, body: dict[str, Any], form: Submitted) -> Answered:
        actor = await self._hall.actor(body)
        data = await self._fetched(team_of(body), form)
        if isinstance(data, Mistake):
            return await self._refused(actor, form, data)
        key, filename = submission_key(body), form.uploads[0].filename
        if body["view"].get("callback_id") == IMPORT:
            name = form.given.get("name", "")
            command = AudienceImport(name if isinstance(name, str) else "", filename, data)
            return Answered(
                await handle(self._hall.desk, actor, command, submission_key=key), actor.zone
            )
        # in a thread: a large file takes long to read, and others are waiting for their answers
        found = await asyncio.to_thread(parse_contacts_file, data, filename)
        if isinstance(found, Mistake):
            return await self._refused(actor, form, found)
        if found.bad_count:
            return await self._refused(actor, form, Mistake(say_bad(found)))
        reply = await hand_in(self._hall, actor, team_of(body), form, key, found.accepted)
        return Answered(reply, actor.zone)

    async def _fetched(self, team: str, form: Submitted) -> bytes | Mistake:
        url = form.uploads[0].url
        data = await self._hall.lookup.download(team, url, _LARGEST_FILE)
        if data is None:
            return Mistake("Slack did not give the file, or it is larger than 2 MB. Try again")
        return data

    async def _refused(self, actor: Actor, form: Submitted, problem: Problem) -> Answered:
        """Ask once more, for the same form with another file."""
        words = problem.message if isinstance(problem, Mistake) else problem.question
        reply = Reply(Tone.MISTAKE, tuple((line,) for line in words.splitlines()))
        if "name" in form.given:
            return Answered(reply, actor.zone)
        asked = await asked_again(self._hall, actor, form, "file", problem)
        return Answered(Reply(Tone.MISTAKE, reply.lines, form=asked), actor.zone)
