"""A modal that a person has before them, and what they put into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.discord.server.controls import (
    ACTION_ROW,
    FIELDS,
    LABEL,
    TEXT_DISPLAY,
    numbered,
    walk,
)
from tests.discord.server.errors import NotThereError
from tests.discord.server.field_values import filled_value, first_value, sent_value

if TYPE_CHECKING:
    from tests.discord.server.interactions import Interaction


@dataclass(eq=False, repr=False)
class Modal:
    """A modal. `definition` is what the app sent, `opened_by` the interaction it answered.

    `values` is what stands in each field, by custom_id; `open` is false once it was sent or
    dismissed.
    """

    definition: dict[str, Any]
    opened_by: Interaction
    open: bool = True
    components: list[dict[str, Any]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Show what the app filled in."""
        self.components = numbered(self.definition["components"])
        self.values = {one["custom_id"]: first_value(one) for one in self.fields}

    def __repr__(self) -> str:
        return f"<Modal {self.custom_id}: {self.words!r}>"

    @property
    def custom_id(self) -> str:
        """What the app calls it."""
        return str(self.definition["custom_id"])

    @property
    def title(self) -> str:
        """The words in its title."""
        return str(self.definition["title"])

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The components that can be filled in, from the top."""
        return [one for one in walk(self.components) if one["type"] in FIELDS]

    @property
    def labels(self) -> dict[str, str]:
        """What stands above each field, by custom_id."""
        found = {}
        for one in self.components:
            if one["type"] == LABEL:
                found[one["component"]["custom_id"]] = one["label"]
            for inner in one.get("components", []):
                found[inner["custom_id"]] = inner.get("label", "")
        return found

    @property
    def words(self) -> str:
        """All that a reader sees: title, labels, descriptions, placeholders, what is filled in."""
        said = [self.title]
        for one in walk(self.components):
            keys = ("label", "description", "content", "placeholder")
            said += [str(one[key]) for key in keys if one.get(key)]
            said += [option["label"] for option in one.get("options", [])]
            value = self.values.get(one.get("custom_id", ""))
            said += [value] if isinstance(value, str) and value else []
        return "\n".join(said)

    def find(self, name: str) -> dict[str, Any]:
        """Find a field by its custom_id or its label. Raises NotThereError."""
        labels = self.labels
        for one in self.fields:
            if name in (one["custom_id"], labels.get(one["custom_id"])):
                return one
        raise NotThereError(f"{name!r} is not in the modal {self.title!r}: it has {labels}")

    def value(self, name: str) -> Any:  # noqa: ANN401 - text, a list, yes or no
        """Tell what stands in the field with this custom_id or label."""
        return self.values[self.find(name)["custom_id"]]

    def fill(self, name: str, value: object) -> None:
        """Put something into a field; None empties it. See `field_values.filled_value`."""
        found = self.find(name)
        self.values[found["custom_id"]] = filled_value(found, value)

    def as_sent(self) -> list[dict[str, Any]]:
        """Describe what stands in it, as a MODAL_SUBMIT does."""
        return [self._as_sent(one) for one in self.components]

    def _as_sent(self, component: dict[str, Any]) -> dict[str, Any]:
        kept = {"type": component["type"], "id": component["id"]}
        match component["type"]:
            case kind if kind == LABEL:
                return kept | {"component": self._as_sent(component["component"])}
            case kind if kind == ACTION_ROW:
                return kept | {"components": [self._as_sent(x) for x in component["components"]]}
            case kind if kind == TEXT_DISPLAY:
                return kept
        return sent_value(component, self.values[component["custom_id"]])
