"""Buttons: what is pressed becomes a command, whoever presses it and however old the button is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.answers import standing
from bot.answers.acts import CANCEL
from bot.answers.refusals import refused
from bot.answers.reply import Reply
from bot.commands import commands as c
from bot.commands.asking import Asking
from bot.commands.context import Known, load_known_for_change
from bot.commands.grammar import parse
from bot.commands.run import guarded, handle
from bot.slack.answering import TOO_LATE, Answered, answered, open_view, say_directly, shown
from bot.slack.blocks import Block
from bot.slack.hall import Hall
from bot.slack.home import Home
from bot.slack.payload import Body, submission_key, team_of, user_of
from bot.slack.small_views import cancel_view
from bot.slack.typed import contact_of
from core.model.people import Actor
from core.model.recipient import Contact
from core.usecases.answers import Ended

_ON_A_CODE: dict[str, Callable[[str], c.Command]] = {
    "reconfirm": c.Reconfirm,
    "again": c.SendAgain,
    "change": c.Change,
    "show": c.Show,
}
_LINKS = frozenset({"join", "calendar"})  # Slack opens these itself, and tells us afterwards


class Buttons:
    """Listens to what people press."""

    def __init__(self, hall: Hall, home: Home) -> None:
        self._hall = hall
        self._home = home

    async def on_press(
        self,
        ack: AsyncAck,
        body: dict[str, Any],
        action: dict[str, Any],
        client: AsyncWebClient,
        respond: AsyncRespond,
    ) -> None:
        """Do what the button says, acknowledge it once that is done, and answer."""
        self._hall.stay()
        act = str(action["action_id"]).split(":")[1]
        if act in _LINKS:
            await ack()
            return
        press = _Press(self._hall, body, act, str(action.get("value") or ""))
        task, _ = await self._hall.soon(self._pressed(press, body, client))
        await ack()
        given = await task
        if given is not None:
            await self._tell(given, body, client, respond)

    async def _pressed(self, press: _Press, body: Body, client: AsyncWebClient) -> Answered | None:
        """Do what the button says; None where it opened a modal, which says it all.

        That is done before the acknowledgement: what opens a modal is good for three seconds.
        """
        given = await answered(self._hall, body, press.work)
        if given.view is None:
            return given
        opened = await open_view(client, body, given.view)
        return None if opened else replace(given, reply=TOO_LATE, view=None)

    async def _tell(
        self, given: Answered, body: Body, client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        """Answer where it was pressed; on a page of its own where there is no conversation."""
        if body.get("response_url") or body.get("response_urls"):
            said = respond(response_type="ephemeral", replace_original=False, **given.message)
            told = await shown(said, "answer")
        else:
            told = await open_view(client, body, given.as_view)
        if not told:
            await say_directly(client, body, given)
        shown_in = (body.get("view") or {}).get("type")
        if shown_in == "home":
            await self._home.publish(body, client)
        elif shown_in:  # a modal, which may stand over it
            await self._home.refresh(body, client)


class _Press:
    """One press of a button."""

    def __init__(self, hall: Hall, body: Body, act: str, value: str) -> None:
        self._hall = hall
        self._body = body
        self._act = act
        self._value = value

    async def work(self, actor: Actor) -> Reply | Block:
        """Carry out what the button stands for."""
        if self._act == CANCEL:
            return await guarded(self._question(actor), "AskCancel")
        return await handle(
            self._hall.desk, actor, self._command(actor), submission_key=submission_key(self._body)
        )

    def _command(self, actor: Actor) -> c.Command | c.Misunderstood:
        """Say which command it is; the value names a reservation and is trusted no further."""
        code = self._value
        if self._act in _ON_A_CODE:
            return _ON_A_CODE[self._act](code)
        match self._act:
            case "remind":
                return c.RemindMe(code, self._presser(actor), self._seen_in())
            case "stop":
                return c.StopTellingMe(code, self._presser(actor))
            case "pick":
                return self._picked()
            case "form":
                return parse(self._value)
            case _:
                return c.Reserve()

    def _picked(self) -> c.Command:
        """Reserve, or move to, a free slot that was offered; what is missing is asked."""
        try:
            values = {key: str(value) for key, value in json.loads(self._value).items()}
        except (ValueError, AttributeError):  # of a button that we do not make any more
            return c.Reserve()
        code = values.pop("code", "")
        return c.Change(code, fields=values) if code else c.Reserve(fields=values)

    def _presser(self, actor: Actor) -> Contact:
        return contact_of(team_of(self._body), user_of(self._body), f"@{actor.name}")

    def _seen_in(self) -> Contact:
        channel = (self._body.get("channel") or {}).get("id", "")
        return contact_of(team_of(self._body), str(channel))

    async def _question(self, actor: Actor) -> Reply | Block:
        """Ask back before anything is cancelled; not of somebody who may not, nor too late."""
        asking = Asking(self._hall.desk, actor)
        found = await load_known_for_change(asking, self._value)
        match found:
            case Known():
                return cancel_view(self._value, found.defaults["title"])
            case Ended():
                return standing.ended(found)
            case refusal:
                return refused(refusal)
