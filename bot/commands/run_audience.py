"""Commands on audience lists."""

from __future__ import annotations

import asyncio

from bot.answers import audience, mistakes
from bot.answers.refusals import refused
from bot.answers.reply import Reply
from bot.commands.asking import Asking
from bot.commands.commands import (
    AudienceAdd,
    AudienceDrop,
    AudienceExport,
    AudienceImport,
    AudienceRemove,
    AudienceShow,
)
from bot.form.answers import Mistake
from bot.form.contacts import Contacts, parse_contacts, parse_contacts_file
from bot.form.text import parse_list_name
from core.access.links import Purpose
from core.usecases.answers import NoSuchList, TooManyRecipients
from core.usecases.audience import (
    ListChanged,
    ListShown,
    add_to_list,
    drop_list,
    lists_of,
    show_list,
    take_from_list,
)

_NOTHING = "Nothing was changed:"


async def run_show(asking: Asking, command: AudienceShow) -> Reply:
    """Name the lists, or show who is on one."""
    if not command.name:
        return audience.lists(await asking.read(lists_of))
    found = await asking.read(show_list, command.name)
    return await _listed(asking, found)


async def run_export(asking: Asking, command: AudienceExport) -> Reply:
    """Give a list as a file."""
    found = await asking.read(show_list, command.name)
    if isinstance(found, ListShown):
        return audience.exported(found, command.filename)
    return await _listed(asking, found)


async def run_add(asking: Asking, command: AudienceAdd) -> Reply:
    """Put pasted contacts on a list; a single bad one refuses them all, so that none is missed."""
    return await _add(asking, command.name, parse_contacts(command.contacts, others=asking.others))


async def run_import(asking: Asking, command: AudienceImport) -> Reply:
    """Put a file's contacts on a list."""
    if command.data is None:
        return audience.no_file()
    # in a thread: a large file takes long to read, and others are waiting for their answers
    found = await asyncio.to_thread(
        parse_contacts_file, command.data, command.filename, others=asking.others
    )
    if isinstance(found, Mistake):
        return mistakes.mistaken(_NOTHING, {"file": found})
    return await _add(asking, command.name, found)


async def run_remove(asking: Asking, command: AudienceRemove) -> Reply:
    """Take pasted contacts off a list."""
    found = parse_contacts(command.contacts, others=asking.others)
    if found.bad_count:
        return audience.unreadable(found)
    answer = await asking.write(take_from_list, command.name, found.accepted)
    if isinstance(answer, ListChanged):
        return audience.taken_off(answer, len(found.accepted))
    return await _listed(asking, answer)


async def run_drop(asking: Asking, command: AudienceDrop) -> Reply:
    """Remove a list."""
    answer = await asking.write(drop_list, command.name)
    if isinstance(answer, ListChanged):
        return audience.dropped(answer)
    return await _listed(asking, answer)


async def _add(asking: Asking, typed_name: str, found: Contacts) -> Reply:
    name = parse_list_name(typed_name)
    if isinstance(name, Mistake):
        return mistakes.mistaken(_NOTHING, {"name": name})
    if found.bad_count:
        return audience.unreadable(found)
    if not found.accepted:
        return audience.no_address()
    answer = await asking.write(add_to_list, name, found.accepted)
    if isinstance(answer, TooManyRecipients):
        return refused(answer)
    return audience.added(answer, found)


async def _listed(asking: Asking, found: ListShown | NoSuchList) -> Reply:
    if isinstance(found, ListShown):
        workspace = asking.actor.workspace_id
        feed = asking.desk.links.make(Purpose.FEED, workspace, found.number)
        return audience.list_shown(found, f"{feed}.ics" if feed else "")
    return refused(found, tuple(one.name for one in await asking.read(lists_of)))
