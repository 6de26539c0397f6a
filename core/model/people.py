"""Who uses the desk: workspaces, people, and the actor of a command."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo


class WorkspaceKind(StrEnum):
    """Where a workspace lives."""

    CONSOLE = "console"
    SLACK = "slack"
    DISCORD = "discord"


class Role(StrEnum):
    """What an actor may do: their own, their workspace's, or the whole desk's."""

    MEMBER = "member"
    ADMIN = "admin"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who issues the command now, and from which workspace.

    `workspace_id` bounds what they can see; `person_id` is who they are across workspaces.
    """

    workspace_id: int
    person_id: int
    name: str
    zone: ZoneInfo
    role: Role = Role.MEMBER

    @property
    def is_admin(self) -> bool:
        """Tell whether they may act for other holders of their workspace."""
        return self.role is not Role.MEMBER
