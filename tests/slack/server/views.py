"""A view that a person has before them: a modal of their stack, or their App Home."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field

from tests.slack.server.elements import Naming, all_elements
from tests.slack.server.errors import Json, NotThereError
from tests.slack.server.form_state import State, as_values, filled_state, states_of
from tests.slack.server.reading import links_of, pings_of, words_of

_OWN = ("private_metadata", "callback_id", "external_id")


@dataclass(eq=False, repr=False)
class View:
    """A modal or a home. `definition` is what the app sent, `errors` what stands beside fields.

    `versions` are what it was before each update; `open` is false once it is closed.
    """

    id: str
    team_id: str
    person_id: str
    definition: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    app_id: str = ""
    bot_id: str = ""
    origin_channel: str | None = None
    open: bool = True
    blocks: list[Json] = field(default_factory=list)
    states: State = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    versions: list[View] = field(default_factory=list)
    _naming: Naming = field(default_factory=Naming)

    def __post_init__(self) -> None:
        """Show the first definition."""
        self._show(self.definition)

    def __repr__(self) -> str:
        return f"<View {self.id} {self.type}: {self.words!r} errors {self.errors}>"

    @property
    def type(self) -> str:
        """`modal` or `home`."""
        return str(self.definition["type"])

    @property
    def title(self) -> str:
        """The words in its title."""
        return str(self.definition.get("title", {}).get("text", ""))

    @property
    def callback_id(self) -> str:
        """What the app calls it."""
        return str(self.definition.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        """What the app noted in it."""
        return str(self.definition.get("private_metadata", ""))

    @property
    def words(self) -> str:
        """All that a reader sees, field by field."""
        return words_of({**self.definition, "blocks": self.blocks})

    @property
    def pings(self) -> set[str]:
        """Whom it would name so that Slack resolves it."""
        return pings_of("", self.blocks)

    @property
    def links(self) -> set[str]:
        """Which addresses a reader can follow."""
        return links_of("", self.blocks)

    @property
    def values(self) -> dict[str, dict[str, Json]]:
        """What stands in the fields: `view.state.values` as Slack sends it."""
        return as_values(self.states)

    def value(self, name: str) -> object:
        """Tell what stands in the field with this block_id or action_id."""
        block, element = self.find(name)
        state = self.states[block["block_id"], element["action_id"]]
        return next((value for key, value in state.items() if key != "type"), None)

    def find(self, name: str) -> tuple[Json, Json]:
        """Find an element by its action_id, or by the block_id of the block that it is alone in."""
        there = list(all_elements(self.blocks))
        for block, element in there:
            if name in (element["action_id"], block["block_id"]):
                return block, element
        names = [f"{block['block_id']}/{element['action_id']}" for block, element in there]
        raise NotThereError(f"{name!r} is not in the view {self.title!r}: it has {names}")

    def fill(self, name: str, value: object) -> None:
        """Put something into a field; None empties it. See `form_state.filled_state`."""
        block, element = self.find(name)
        self.states[block["block_id"], element["action_id"]] = filled_state(element, value)

    def update(self, definition: Json, hash_: str) -> None:
        """Show another definition; what was put into fields that stay is kept."""
        before = copy(self)
        before.states = dict(self.states)
        self.versions.append(before)
        self.hash, self.definition, self.errors = hash_, definition, {}
        self._show(definition)

    def _show(self, definition: Json) -> None:
        self.blocks = self._naming.name(definition["blocks"])
        self.states = states_of(self.blocks, self.states)

    def as_json(self) -> Json:
        """Describe it as payloads and the Web API do."""
        definition = self.definition
        told: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "type": self.type,
            "blocks": self.blocks,
            **{key: definition.get(key, "") for key in _OWN},
            "state": {"values": self.values},
            "hash": self.hash,
            "title": definition.get("title") or {"type": "plain_text", "text": "", "emoji": True},
            "clear_on_close": definition.get("clear_on_close", False),
            "notify_on_close": definition.get("notify_on_close", False),
            "close": definition.get("close"),
            "submit": definition.get("submit"),
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": self.app_id,
            "app_installed_team_id": self.team_id,
            "bot_id": self.bot_id,
        }
        return told
