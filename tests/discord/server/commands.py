"""The application's commands as Discord keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.discord.server.errors import Json

CHAT_INPUT, USER, MESSAGE = 1, 2, 3


@dataclass(eq=False)
class Command:
    """A command, global or of one guild. `definition` is what the app gave, as it gave it."""

    id: int
    application_id: int
    guild_id: int | None
    definition: Json
    version: int = 0

    @property
    def name(self) -> str:
        """Its name, without the slash."""
        return str(self.definition["name"])

    @property
    def type(self) -> int:
        """CHAT_INPUT, USER or MESSAGE."""
        return int(self.definition.get("type") or CHAT_INPUT)

    @property
    def options(self) -> list[Json]:
        """Its options or sub-commands."""
        return self.definition.get("options") or []

    def as_json(self) -> Json:
        """Describe it as Discord does."""
        told: Json = {
            "id": str(self.id),
            "application_id": str(self.application_id),
            "version": str(self.version),
            "type": self.type,
            "name": self.name,
            "description": self.definition.get("description") or "",
            "name_localizations": self.definition.get("name_localizations"),
            "description_localizations": self.definition.get("description_localizations"),
            "default_member_permissions": self._permissions(),
            "dm_permission": self.definition.get("dm_permission", True),
            "contexts": self.definition.get("contexts"),
            "integration_types": self.definition.get("integration_types") or [0],
            "nsfw": bool(self.definition.get("nsfw")),
            "options": self.options,
        }
        return told | ({"guild_id": str(self.guild_id)} if self.guild_id else {})

    def _permissions(self) -> str | None:
        given = self.definition.get("default_member_permissions")
        return None if given is None else str(given)
