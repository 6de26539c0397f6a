"""Running a command: the use case is called and its answer put into words; nothing decides here."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from bot.answers import help as helping
from bot.answers import mistakes
from bot.answers.reply import Reply
from bot.commands import commands as c
from bot.commands import (
    run_audience,
    run_booking,
    run_linking,
    run_looking,
    run_reader,
    run_servers,
    run_settings,
)
from bot.commands.asking import Asking
from bot.commands.grammar import parse
from bot.form.addresses import Recognise, no_others
from core.access.vault import SealBrokenError
from core.model.people import Actor
from core.store.database import BusyError, InDoubtError
from core.store.desk import Desk
from core.store.patience import one_patience

log = logging.getLogger(__name__)

T = TypeVar("T")


async def handle_text(
    desk: Desk,
    actor: Actor,
    text: str,
    *,
    submission_key: str | None = None,
    others: Recognise = no_others,
) -> Reply:
    """Understand what was typed, and carry it out: `parse`, then `handle`."""
    return await handle(desk, actor, parse(text), submission_key=submission_key, others=others)


async def handle(
    desk: Desk,
    actor: Actor,
    command: c.Command | c.Misunderstood,
    *,
    submission_key: str | None = None,
    others: Recognise = no_others,
) -> Reply:
    """Carry out what `parse` gave and answer it; never raises but on cancellation.

    `submission_key` names what was handed in: a second copy is answered as the first one was, and
    does nothing. `others` recognises the contacts of the actor's own chat. What goes wrong and
    should not is logged under a number that the person is told.
    """
    asking = Asking(desk, actor, submission_key, others)
    return await guarded(RUNNERS[type(command)](asking, command), type(command).__name__)


async def guarded(work: Awaitable[T], kind: str) -> T | Reply:
    """Do some work for a person; whatever goes wrong becomes a reply that says so.

    `kind` names it in the log. All that the work asks of the desk shares one patience.
    """
    try:
        with one_patience():
            return await work
    except SealBrokenError as error:
        log.error("command.sealed", extra={"reason": str(error)})  # noqa: TRY400 - no trace needed
        return mistakes.sealed()
    except InDoubtError as error:
        log.warning("command.in_doubt", extra={"reason": str(error)})
        return mistakes.in_doubt()
    except BusyError as error:
        log.warning("command.busy", extra={"reason": str(error)})
        return mistakes.busy()
    except Exception:
        number = secrets.token_hex(4)
        log.exception("command.failed", extra={"number": number, "kind": kind})
        return mistakes.broken(number)


async def _help(asking: Asking, command: c.Help) -> Reply:
    if command.topic:
        return helping.about(command.topic)
    return helping.overview(admin=asking.actor.is_admin)


async def _misunderstood(_: Asking, command: c.Misunderstood) -> Reply:
    return mistakes.misunderstood(command)


Runner = Callable[[Asking, Any], Awaitable[Reply]]  # each takes the class that it stands behind

RUNNERS: dict[type, Runner] = {
    c.Reserve: run_booking.run_reserve,
    c.Change: run_booking.run_change,
    c.ListSlots: run_looking.run_list,
    c.Show: run_looking.run_show,
    c.StreamKey: run_looking.run_show,
    c.Free: run_looking.run_free,
    c.Reconfirm: run_looking.run_reconfirm,
    c.Cancel: run_looking.run_cancel,
    c.SendAgain: run_looking.run_again,
    c.AudienceShow: run_audience.run_show,
    c.AudienceAdd: run_audience.run_add,
    c.AudienceRemove: run_audience.run_remove,
    c.AudienceImport: run_audience.run_import,
    c.AudienceExport: run_audience.run_export,
    c.AudienceDrop: run_audience.run_drop,
    c.ServerList: run_servers.run_list,
    c.ServerShow: run_servers.run_show,
    c.ServerLines: run_servers.run_lines,
    c.ServerAdd: run_servers.run_add,
    c.ServerChange: run_servers.run_change,
    c.ServerBlackout: run_servers.run_blackout,
    c.ServerLift: run_servers.run_lift,
    c.Settings: run_settings.run_settings,
    c.Link: run_linking.run_link,
    c.Unlink: run_linking.run_unlink,
    c.Stop: run_settings.run_stop,
    c.RemindMe: run_reader.run_remind_me,
    c.StopTellingMe: run_reader.run_stop_telling_me,
    c.Help: _help,
    c.Misunderstood: _misunderstood,
}
