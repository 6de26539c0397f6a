"""What Slack makes of the body of an acknowledgement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.slack.server import modals
from tests.slack.server.elements import Naming
from tests.slack.server.errors import Json, Refusal
from tests.slack.server.form_state import KEYS
from tests.slack.server.heard import Heard
from tests.slack.server.messages import Message
from tests.slack.server.places import Channel
from tests.slack.server.validation import check_message, check_options, check_view
from tests.slack.server.views import View

if TYPE_CHECKING:
    from tests.slack.server.world import World

STATEFUL = frozenset(KEYS)


def to_command(world: World, heard: Heard, channel: Channel) -> None:
    """Show what the acknowledgement of a command carries: nothing, or a message."""
    body = heard.response
    if heard.error or not body:
        return
    show_answer(world, heard, channel, body)


def show_answer(world: World, heard: Heard, channel: Channel, body: Json) -> Message | None:
    """Show an answer to the person alone, or to the channel if it says `in_channel`."""
    team, person = heard.person.team, heard.person
    try:
        check_message(body)
    except Refusal as refusal:
        heard.error = refusal.error
        world.accuse(f"answer refused: {refusal.error} {refusal.fields}")
        world.tell()
        return None
    alone = body.get("response_type", "ephemeral") != "in_channel"
    message = Message(
        team.id,
        channel.id,
        world.next_ts(),
        team.bot_user_id,
        str(body.get("text") or ""),
        Naming().name(body.get("blocks") or []),
        bot_id=team.bot_id,
        app_id=world.app.id,
        ephemeral_for=person.id if alone else None,
        arguments=body,
    )
    if alone:
        heard.messages.append(message)
        person.ephemeral.append(message)
    else:
        heard.posted.append(message)
        channel.everything.append(message)
    world.tell()
    return message


def to_submission(world: World, heard: Heard, view: View) -> None:
    """Do to the modals what the acknowledgement of a submission says."""
    view.errors = {}
    if heard.error:
        return
    body = heard.response or {}
    try:
        _respond(world, heard, view, body)
    except Refusal as refusal:
        heard.error = refusal.error
        world.accuse(f"response_action refused: {refusal.error} {refusal.fields} in {body}")
    world.tell()


def _respond(world: World, heard: Heard, view: View, body: Json) -> None:
    person = heard.person
    match body.get("response_action"):
        case None if not body:
            modals.close_view(person, view)
        case "clear":
            modals.close_all(person)
            heard.cleared = True
        case "errors":
            view.errors = heard.errors = _errors(view, body.get("errors"))
        case "update":
            check_view(body.get("view"), "modal")
            heard.view = modals.update_view(world, view, body["view"])
        case "push":
            check_view(body.get("view"), "modal")
            heard.view = modals.push_view(world, person, body["view"])
        case other:
            raise Refusal("unknown_response_action", response_action=other)


def _errors(view: View, errors: object) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise Refusal("no_errors_given")
    if strange := set(errors) - inputs:
        raise Refusal("errors_for_unknown_blocks", blocks=sorted(strange))
    if not all(isinstance(said, str) and said for said in errors.values()):
        raise Refusal("errors_are_to_be_text")
    return errors


def to_search(world: World, heard: Heard, element: Json) -> list[Json]:
    """Offer the options that came for an external select, so that they can be chosen."""
    if heard.error:
        return []
    try:
        element["options"] = options = check_options(heard.response or {})
    except Refusal as refusal:
        world.accuse(f"options refused: {refusal.fields}")
        return []
    return options
