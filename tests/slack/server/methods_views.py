"""Methods about modals and App Home."""

from __future__ import annotations

from tests.slack.server import modals
from tests.slack.server.asking import Asked, Method
from tests.slack.server.errors import Json, Refusal, invalid
from tests.slack.server.grants import Trigger, exchange_trigger
from tests.slack.server.validation import check_view
from tests.slack.server.views import View


def _definition(asked: Asked, kind: str) -> Json:
    view = asked.nested("view", "invalid_arguments")
    return check_view(view, kind)


def _trigger(asked: Asked) -> Trigger:
    return exchange_trigger(asked.slack, asked.team, asked.need("trigger_id"))


def _open(asked: Asked) -> Json:
    definition = _definition(asked, "modal")
    trigger = _trigger(asked)
    person = trigger.heard.person
    channel = trigger.heard.payload.get("channel_id")
    view = modals.open_view(asked.slack, person, definition, channel)
    return _shown(trigger, view)


def _push(asked: Asked) -> Json:
    definition = _definition(asked, "modal")
    trigger = _trigger(asked)
    view = modals.push_view(asked.slack, trigger.heard.person, definition)
    return _shown(trigger, view)


def _shown(trigger: Trigger, view: View) -> Json:
    trigger.exchanged = True
    trigger.heard.view = view
    return {"view": view.as_json()}


def _update(asked: Asked) -> Json:
    definition = _definition(asked, "modal")
    view = _known(asked)
    if asked.text("hash") not in (None, view.hash):
        raise Refusal("hash_conflict")
    modals.update_view(asked.slack, view, definition)
    for trigger in asked.slack.triggers.values():
        if trigger.from_view is view:
            trigger.heard.view = view
    return {"view": view.as_json()}


def _known(asked: Asked) -> View:
    view_id, external_id = asked.text("view_id"), asked.text("external_id")
    for view in asked.slack.views.values():
        if view.team_id != asked.team.id or not view.open or view.type != "modal":
            continue
        if view.id == view_id or (
            external_id and view.definition.get("external_id") == external_id
        ):
            return view
    raise Refusal("not_found")


def _publish(asked: Asked) -> Json:
    definition = _definition(asked, "home")
    if not asked.slack.app.home_enabled:
        raise Refusal("not_enabled")
    person = asked.team.users.get(asked.need("user_id"))
    if person is None or person.is_bot:
        raise invalid("invalid_arguments", [("/user_id", "invalid user")])
    view = modals.publish_home(asked.slack, person, definition, asked.text("hash"))
    return {"view": view.as_json()}


METHODS = {
    "views.open": Method(_open),
    "views.push": Method(_push),
    "views.update": Method(_update),
    "views.publish": Method(_publish),
}
