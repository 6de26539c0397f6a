"""Who somebody is, and what they have set for themselves or, as admins, for their workspace."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.model.people import Actor, Role, WorkspaceKind
from core.store.codec import remembered
from core.store.people import KnownAccount, Person, Workspace
from core.store.store import Store
from core.usecases.answers import NotAllowed
from core.usecases.reserve import holder_contact


@dataclass(frozen=True, slots=True)
class SettingsShown:
    """A person's settings, and the workspace's that stand in where they have none."""

    person: Person
    workspace: Workspace


@dataclass(frozen=True, slots=True)
class Account:
    """How a front end knows somebody: in which workspace, by which names.

    A `user_name` of "": what they are called is not known just now.
    `zone` is what their chat says, for those who have set none here. `channel` is where they speak
    now, "" where there are no channels.
    """

    kind: WorkspaceKind
    workspace: str
    workspace_name: str
    user: str
    user_name: str
    role: Role = Role.MEMBER
    zone: str = ""
    channel: str = ""


remembered(SettingsShown, Person, Workspace, WorkspaceKind)


def recognise(store: Store, now: datetime, account: Account) -> Actor | None:
    """Find the person behind an account; None where there is something to write down first."""
    known = store.people.known(account.kind, account.workspace, account.user)
    if known is None or account.user_name not in {"", known.name}:
        return None
    if account.channel not in {"", known.met_in} or account.zone not in {"", known.chat_zone}:
        return None
    return _actor(known, account)


def enter(store: Store, now: datetime, account: Account) -> Actor:
    """Find, or make, the person behind an account and the workspace it is in."""
    workspace = store.people.enter_workspace(
        account.kind, account.workspace, account.workspace_name, now
    )
    name = account.user_name or account.user
    person = store.people.enter_person(workspace.id, account.user, name, now)
    if account.user_name and person.name != account.user_name:
        store.people.rename_person(person.id, account.user_name)
    seen = {"met_in": account.channel, "zone": account.zone}
    if seen := {name: value for name, value in seen.items() if value}:
        store.people.meet(workspace.id, account.user, **seen)
    known = store.people.known(account.kind, account.workspace, account.user)
    if known is None:
        raise LookupError(f"account {account.user} was entered and is not there")
    return _actor(known, account)


def _actor(known: KnownAccount, account: Account) -> Actor:
    return Actor(
        workspace_id=known.workspace_id,
        person_id=known.person_id,
        name=known.name,
        zone=ZoneInfo(known.zone),
        role=account.role,
    )


def show_settings(store: Store, now: datetime, actor: Actor) -> SettingsShown:
    """Show what the actor and their workspace have set."""
    name = store.people.name_in(actor.workspace_id, actor.person_id)
    person = replace(store.people.person(actor.person_id), name=name)
    return SettingsShown(person, store.people.workspace(actor.workspace_id))


def set_own(  # noqa: PLR0913 - what can be set
    store: Store,
    now: datetime,
    actor: Actor,
    *,
    zone: ZoneInfo | None = None,
    reminders: tuple[timedelta, ...] | None = None,
    email: str | None = None,
) -> SettingsShown:
    """Set the actor's own zone, reminders or mail address; None leaves one as it is.

    A new address is used at once, also for the reservations they hold already.
    """
    store.people.set_person(
        actor.person_id, zone=str(zone) if zone else None, reminders=reminders, email=email
    )
    if email is not None:
        store.recipients.set_holder_contact(
            actor.person_id, actor.workspace_id, holder_contact(store, actor)
        )
    return show_settings(store, now, actor)


def set_workspace(
    store: Store,
    now: datetime,
    actor: Actor,
    *,
    zone: ZoneInfo | None = None,
    reminders: tuple[timedelta, ...] | None = None,
) -> SettingsShown | NotAllowed:
    """Set, as an admin, what holds for everybody in the workspace who has set nothing."""
    if not actor.is_admin:
        return NotAllowed()
    store.people.set_workspace(
        actor.workspace_id, zone=str(zone) if zone else None, reminders=reminders
    )
    return show_settings(store, now, actor)
