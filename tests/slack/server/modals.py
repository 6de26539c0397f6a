"""Opening, stacking, updating and closing views, whoever asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.slack.server.errors import Json, Refusal
from tests.slack.server.views import View

if TYPE_CHECKING:
    from tests.slack.server.person import Person
    from tests.slack.server.world import World

STACK = 3


def open_view(world: World, person: Person, definition: Json, channel: str | None) -> View:
    """Open a modal in place of whatever modals stood there."""
    view = _new(world, person, definition)
    view.origin_channel = channel
    _claim_external_id(world, view)
    close_all(person)
    person.views.append(view)
    return view


def push_view(world: World, person: Person, definition: Json) -> View:
    """Put a modal on top of the person's stack. Raises Refusal if it would be too high."""
    if not person.views:
        raise Refusal("not_found")
    if len(person.views) >= STACK:
        raise Refusal("push_limit_reached")
    below = person.views[-1]
    view = _new(world, person, definition)
    view.root_id, view.previous_id = below.root_id, below.id
    view.origin_channel = below.origin_channel
    _claim_external_id(world, view)
    person.views.append(view)
    return view


def update_view(world: World, view: View, definition: Json) -> View:
    """Show something else in a view."""
    before = view.definition.get("external_id")
    if definition.get("external_id") not in (None, "", before):
        _claim_external_id(world, view, definition)
    view.update(definition, world.next_hash())
    return view


def publish_home(world: World, person: Person, definition: Json, hash_: str | None) -> View:
    """Show a person's App Home. Raises Refusal if `hash_` is not that of the one they have."""
    if hash_ and (person.home is None or person.home.hash != hash_):
        raise Refusal("hash_conflict")
    if person.home is None:
        person.home = _new(world, person, definition)
    else:
        person.home.update(definition, world.next_hash())
    person.homes_published += 1
    return person.home


def close_view(person: Person, view: View) -> None:
    """Take a modal off its person's stack."""
    view.open = False
    if view in person.views:
        person.views.remove(view)


def close_all(person: Person) -> None:
    """Take every modal away."""
    for view in person.views:
        view.open = False
    person.views.clear()


def _new(world: World, person: Person, definition: Json) -> View:
    view_id = f"V{world.number():08d}"
    view = View(
        view_id,
        person.team.id,
        person.id,
        definition,
        world.next_hash(),
        root_id=view_id,
        app_id=world.app.id,
        bot_id=person.team.bot_id,
    )
    world.views[view_id] = view
    return view


def _claim_external_id(world: World, view: View, definition: Json | None = None) -> None:
    wanted = (definition or view.definition).get("external_id")
    taken = [
        other
        for other in world.views.values()
        if other is not view and other.open and other.team_id == view.team_id
    ]
    if wanted and any(other.definition.get("external_id") == wanted for other in taken):
        view.open = False
        raise Refusal("duplicate_external_id")
