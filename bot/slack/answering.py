"""From a reply to what Slack shows: words for the person alone, or a modal that asks on."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.answers.acts import PICK
from bot.answers.reply import Action, FormAsked, Reply, Tone
from bot.commands.run import guarded
from bot.form.answers import Mistake
from bot.slack.answer import reply_message, reply_view
from bot.slack.blocks import Block
from bot.slack.form_view import form_view, problem_text
from bot.slack.hall import Hall
from bot.slack.payload import Body, channel_of, user_of
from core.model.people import Actor
from core.notices.as_console import render_line
from core.store.patience import one_patience

log = logging.getLogger(__name__)

_UTC = ZoneInfo("UTC")
_LONGEST_PROBLEM = 1000
_OK = 200


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply to somebody, in their zone; `view` is a modal to be opened in place of it."""

    reply: Reply
    zone: ZoneInfo
    view: Block | None = None

    @property
    def message(self) -> Block:
        """Give the reply as the body of a message."""
        return reply_message(self.reply, self.zone)

    @property
    def as_view(self) -> Block:
        """Give the modal, or the reply as one."""
        return self.view or reply_view(self.reply, self.zone)


Work = Callable[[Actor], Awaitable[Reply | Block]]


async def answered(hall: Hall, body: Body, work: Work) -> Answered:
    """Find out who asks, do the work, and make of its reply what Slack shows; never raises.

    The work gives a reply, or a view that it has made itself.
    """
    with one_patience():
        actor = await guarded(hall.actor(body, channel_of(body)), "Actor")
        if isinstance(actor, Reply):
            return Answered(actor, _UTC)
        found = await guarded(work(actor), "Slack")
    if isinstance(found, Reply):
        return Answered(found, actor.zone, _asked_on(found))
    return Answered(Reply(Tone.INFO, ()), actor.zone, found)


def _asked_on(reply: Reply) -> Block | None:
    """Make the form that a reply asks to be filled in, with what is wrong beside its fields."""
    if reply.form is None or reply.tone is Tone.TROUBLE:
        return None
    form = with_instead(reply.form, reply.actions, reply.form.context.zone)
    return form_view(form)


def with_instead(form: FormAsked, acts: tuple[Action, ...], zone: ZoneInfo) -> FormAsked:
    """Say beside the start what is free instead, where the slot was denied."""
    picks = [render_line(act.label, zone) for act in acts if act.name == PICK]
    if not picks or not form.problems:
        return form
    name = "when" if "when" in form.problems else next(iter(form.problems))
    words = problem_text(form.problems[name])
    free = "\n".join([words, "Free instead:", *picks])[:_LONGEST_PROBLEM]
    return replace(form, problems={**form.problems, name: Mistake(free)})


async def open_view(client: AsyncWebClient, body: Body, view: Block) -> bool:
    """Open a modal, or put it over the one that is open; False where Slack would not any more."""
    inside = body.get("view")
    over_modal = isinstance(inside, dict) and inside.get("type") == "modal"
    call = client.views_push if over_modal else client.views_open
    opened = await shown(call(trigger_id=str(body.get("trigger_id", "")), view=view), "modal")
    if opened or not over_modal:
        return opened
    # Slack stacks three at most: then it takes the place of the one that was pressed in
    return await shown(client.views_update(view_id=body["view"]["id"], view=view), "modal")


async def say_directly(client: AsyncWebClient, body: Body, given: Answered) -> bool:
    """Answer by direct message, where there is no better place; False where Slack would not."""
    said = client.chat_postMessage(
        channel=user_of(body), unfurl_links=False, unfurl_media=False, **given.message
    )
    return await shown(said, "direct message")


async def shown(call: Awaitable[object], what: str) -> bool:
    """Make a call that shows somebody something; False where Slack refused or did not answer."""
    try:
        answer = await call
    except SlackApiError as error:
        # of an answer that is no JSON the SDK hands over the bare response
        word = error.response.get("error") if hasattr(error.response, "get") else ""
        if word == "exchanged_trigger_id":
            return True  # a second copy of the same payload: the first one opened it
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        word = type(error).__name__
    else:
        status = getattr(answer, "status_code", _OK)
        if status == _OK:
            return True
        word = f"HTTP {status}"
    log.warning("slack.not_shown", extra={"what": what, "error": word})
    return False


TOO_LATE = Reply(
    Tone.TROUBLE,
    (("Slack did not wait for the form to open. Please try once more; nothing was written.",),),
)
LATER_MESSAGE = reply_message(
    Reply(Tone.INFO, (("This takes a little longer than usual: the answer follows here.",),)), _UTC
)
