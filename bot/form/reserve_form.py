"""The form that reserves and changes: what was typed, and out comes a request or every error."""

from __future__ import annotations

from collections.abc import Mapping

from bot.form.characters import quoted
from bot.form.choosing import parse_lists, parse_server
from bot.form.fields import CHANGE_FIELDS, FIELDS
from bot.form.filling import Filling, FormContext, FormErrors
from bot.form.length import parse_reminders
from bot.form.parts import (
    clashing,
    parse_policy,
    parse_reply_to,
    parse_viewers,
    read_contacts,
    read_credentials,
    read_slot,
)
from bot.form.text import parse_description, parse_title
from core.model.request import ChangeRequest, CredentialWish, ReserveRequest

__all__ = ["FormContext", "FormErrors", "parse_change", "parse_reserve"]


def parse_reserve(
    values: Mapping[str, str], *, context: FormContext
) -> ReserveRequest | FormErrors:
    """Read a filled-in form for a new reservation.

    `values` by field name, as typed; what is missing or blank is left to the server, the person's
    settings or the desk. Never raises: every field's error comes back at once, with the values.
    """
    form = Filling(values, context)
    form.refuse_unknown(FIELDS)
    title = form.read("title", parse_title)
    description = form.read("description", parse_description)
    server = form.read("server", lambda text: parse_server(text, context))
    slot = read_slot(form, None)
    viewers = form.read("viewers", parse_viewers)
    audience = read_contacts(form, "audience")
    lists = form.read("lists", lambda text: parse_lists(text, context))
    credentials = read_credentials(form)
    policy = form.read_filled("policy", parse_policy)
    reminders = form.read_filled("reminders", parse_reminders)
    reply_to = form.read("reply_to", parse_reply_to)
    if form.errors or title is None or server is None or slot is None:
        return form.failure(FIELDS)
    return ReserveRequest(
        server_id=server.id,
        slot=slot,
        title=title,
        description=description or "",
        viewers=viewers or 0,
        audience=audience,
        audience_lists=lists or (),
        credentials=credentials or CredentialWish(),
        notification_policy=policy,
        reminders=reminders,
        reply_to=reply_to or "",
    )


def parse_change(
    code: str, values: Mapping[str, str], *, context: FormContext
) -> ChangeRequest | FormErrors:
    """Read what is to be different about the reservation `code`; only the fields that are sent.

    A field that is sent empty differs from one that is not: an empty description, address for
    replies or reminders takes them away; an empty title, server, start or length is an error;
    empty credentials and policy are left as they are. `context.slot` is what the reservation has
    now. Never raises.
    """
    form = Filling(values, context)
    form.refuse_unknown(CHANGE_FIELDS)
    title = form.read_given("title", parse_title)
    description = form.read_given("description", parse_description)
    if form.given("server") and form.blank("server"):
        form.refuse("server", "Which server? Write its name")
    server = form.read_filled("server", lambda text: parse_server(text, context))
    moved = form.given("when") or form.given("length")
    slot = read_slot(form, context.slot) if moved else None
    viewers = form.read_given("viewers", parse_viewers)
    add, remove = read_contacts(form, "add"), read_contacts(form, "remove")
    if both := clashing(add, remove):
        form.refuse("remove", f"{quoted(both.address)} is to be added as well: which is right?")
    lists = form.read("lists", lambda text: parse_lists(text, context))
    credentials = read_credentials(form)
    policy = form.read_filled("policy", parse_policy)
    reminders = form.read_filled("reminders", parse_reminders)
    if form.given("reminders") and form.blank("reminders"):
        reminders = ()
    reply_to = form.read_given("reply_to", parse_reply_to)
    if form.errors:
        return form.failure(CHANGE_FIELDS)
    return ChangeRequest(
        code=code,
        server_id=None if server is None else server.id,
        slot=slot,
        title=title,
        description=description,
        viewers=viewers,
        add=add,
        remove=remove,
        audience_lists=lists or (),
        credentials=credentials,
        notification_policy=policy,
        reminders=reminders,
        reply_to=reply_to,
    )
