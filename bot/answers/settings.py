"""Answers about settings: one's own, and the workspace's that stand in for them."""

from __future__ import annotations

from collections.abc import Iterator

from bot.answers.reply import Reply, Section, Tone
from bot.answers.wording import reminders_words
from core.access.links import Links, Purpose
from core.model.people import Actor, Role, WorkspaceKind
from core.model.prose import Line, Literal, Said
from core.notices.words import Row
from core.store.people import Workspace
from core.usecases.settings import SettingsShown


def settings(answer: SettingsShown, actor: Actor, links: Links, *, changed: bool = False) -> Reply:
    """Show what holds for the actor, and where it comes from; to admins, their pages as well."""
    person, workspace = answer.person, answer.workspace
    own = (
        Row("Name", (Said(person.name),)),
        Row("Time zone", _zone(person.zone, workspace, actor)),
        Row("Reminders", _own_reminders(answer)),
        Row("E-mail", (Literal(person.email),) if person.email else _NO_EMAIL),
    )
    for_all = (
        Row("Time zone", (workspace.zone,)),
        Row("Reminders", (reminders_words(workspace.reminders),)),
    )
    sections = [Section("Yours", rows=own)]
    if actor.is_admin:
        sections.append(Section("For all who have set nothing", rows=for_all))
        sections += _pages(links, actor)
    headline: Line = ("Settings kept." if changed else "Settings",)
    how: Line = ("To change one, type for example ", Literal("/slot settings zone=Europe/Berlin"))
    return Reply(
        Tone.OK if changed else Tone.INFO,
        (headline,) if changed else (headline, how),
        tuple(sections),
    )


def _pages(links: Links, actor: Actor) -> Iterator[Section]:
    """Give an admin the pages of their workspace; none where there is no web."""
    found = {
        "Schedule": links.make(Purpose.SCHEDULE, actor.workspace_id),
        "Calendar": links.make(Purpose.FEED, actor.workspace_id),
        "The desk": links.make(Purpose.OPERATORS, actor.workspace_id),
    }
    if not all(found.values()):
        return
    found["Calendar"] += ".ics"
    rows = tuple(Row(label, (Literal(url),)) for label, url in found.items())
    yield Section("Pages for admins: whoever has an address sees what it shows", rows=rows)


def _zone(own: str | None, workspace: Workspace, actor: Actor) -> Line:
    """Say which zone holds, and whose choice it is: theirs, their chat's or the workspace's."""
    if own:
        return (own,)
    if workspace.kind is not WorkspaceKind.CONSOLE and str(actor.zone) != workspace.zone:
        return (f"{actor.zone} (as your chat has it)",)
    return (f"{workspace.zone} (as all)",)


def _own_reminders(answer: SettingsShown) -> Line:
    own = answer.person.reminders
    if own is None:
        return (f"{reminders_words(answer.workspace.reminders)} (as all)",)
    return (reminders_words(own),)


_NO_EMAIL: Line = ("none: you are told where you type",)


def stopped(places: int, address: str, actor: Actor) -> Reply:
    """Say that an address will not be written to any more, and by whom."""
    where = "" if actor.role is Role.OPERATOR else " in your workspace"
    lines: list[Line] = [(Literal(address), f" will not be invited again, by anybody{where}.")]
    if places:
        on = "1 reservation" if places == 1 else f"{places:,} reservations"
        lines.append(
            (f"It is on {on}: what they hold already is still called off if need be, once.",)
        )
    return Reply(Tone.OK, tuple(lines))
