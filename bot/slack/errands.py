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
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient

from bot.answers.reply import Problem, Reply, Tone
from bot.commands.commands import AudienceImport
from bot.commands.run import guarded, handle
from bot.form.answers import Mistake
from bot.form.contacts import parse_contacts_file, say_bad
from bot.slack.answering import Answered
from bot.slack.form_state import Submitted, read_form
from bot.slack.hall import Hall
from bot.slack.handing import asked_again, hand_in, show_result
from bot.slack.payload import Body, submission_key, team_of
from bot.slack.small_views import IMPORT
from core.model.people import Actor
from core.store.database import BusyError
from core.store.errands import Errand
from core.usecases.errands import drop_errand, keep_errand, put_errand_off, take_errand

log = logging.getLogger(__name__)

_KIND = "slack"
_MOST_TRIES = 20
_AGAIN_AFTER = timedelta(seconds=5)
_LOOK_EVERY = 5.0  # seconds, should nobody wake us
_LARGEST_FILE = 2_000_000  # bytes
_KEPT_OF_VIEW = (
    *("id", "callback_id", "private_metadata", "state", "blocks", "type"),
    "app_installed_team_id",
)

ClientOf = Callable[[str], Awaitable[AsyncWebClient | None]]


class Errands:
    """Does what was acknowledged before it was done."""

    def __init__(self, hall: Hall, client_of: ClientOf) -> None:
        self._hall = hall
        self._client_of = client_of
        self._wake = asyncio.Event()

    async def keep(self, body: Body) -> None:
        """Write down what was handed in; raises `BusyError` when the database cannot be had."""
        view = {name: body["view"][name] for name in _KEPT_OF_VIEW if name in body["view"]}
        kept = {
            "team": body.get("team"),
            "user": body.get("user"),
            "trigger_id": body.get("trigger_id"),
            "view": view,
        }
        key = submission_key(body) or str(view["id"])
        await self._hall.desk.run(keep_errand, _KIND, key, json.dumps(kept))

    def wake(self) -> None:
        """Look for errands now."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Do errands until told to stop."""
        stopping = asyncio.create_task(stop.wait(), name="errands.stop")
        try:
            while not stop.is_set():
                self._wake.clear()
                await self.do_all()
                waking = asyncio.create_task(self._wake.wait(), name="errands.wake")
                try:
                    await asyncio.wait(
                        {waking, stopping},
                        timeout=_LOOK_EVERY,
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                finally:
                    waking.cancel()
        finally:
            stopping.cancel()

    async def do_all(self) -> None:
        """Do every errand that waits; what goes wrong is logged, and tried again later."""
        try:
            while errand := await self._hall.desk.run_patiently(take_errand, _KIND):
                if await self._done(errand):
                    await self._hall.desk.run_patiently(drop_errand, errand.id)
                else:
                    await self._hall.desk.run_patiently(put_errand_off, errand.id, _AGAIN_AFTER)
        except BusyError as error:
            log.warning("errand.busy", extra={"reason": str(error)})

    async def _done(self, errand: Errand) -> bool:
        """Do one errand; False where it is to be tried again."""
        last = errand.tries >= _MOST_TRIES
        try:
            finished = await self._did(errand, last=last)
        except BusyError:
            finished = False
        except Exception:  # one that cannot be done must not stand in the way of the others
            log.exception("errand.failed", extra={"errand": errand.id})
            finished = False
        if last and not finished:
            log.error("errand.given_up", extra={"errand": errand.id})
        return finished or last

    async def _did(self, errand: Errand, *, last: bool) -> bool:
        if errand.text is None:
            return False  # sealed with a key that is missing: it may be put back
        body = json.loads(errand.text)
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
