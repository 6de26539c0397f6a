"""Where the desk is installed in Slack, as the store keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row
from sqlmodel import col, delete, insert, select, update

from core.access.vault import Vault
from core.store.tables import SlackInstallationRow


@dataclass(frozen=True, slots=True)
class Installation:
    """The desk's place in one Slack workspace; `token` is "" once it has ended."""

    team_id: str
    team_name: str
    token: str
    enterprise_id: str = ""
    app_id: str = ""
    bot_id: str = ""
    bot_user_id: str = ""
    scopes: str = ""
    installed_by: str = ""
    installed_at: datetime | None = None
    ended_at: datetime | None = None


class Installations:
    """Named queries on installations: one row a workspace, whatever is installed anew."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def keep(self, installation: Installation, now: datetime) -> None:
        """Keep an installation in place of an older one of the same workspace."""
        self._connection.execute(
            delete(SlackInstallationRow).where(
                col(SlackInstallationRow.team_id) == installation.team_id
            )
        )
        self._connection.execute(
            insert(SlackInstallationRow).values(
                team_id=installation.team_id,
                enterprise_id=installation.enterprise_id,
                team_name=installation.team_name,
                app_id=installation.app_id,
                bot_id=installation.bot_id,
                bot_user_id=installation.bot_user_id,
                token_sealed=self._vault.seal(installation.token, _place(installation.team_id)),
                scopes=installation.scopes,
                installed_by=installation.installed_by,
                installed_at=now,
                ended_at=None,
            )
        )

    def of(self, team_id: str) -> Installation | None:
        """Find the installation in a workspace, also one that has ended."""
        row = self._connection.execute(
            select(SlackInstallationRow).where(col(SlackInstallationRow.team_id) == team_id)
        ).first()
        return self._installation(row) if row else None

    def names(self) -> list[str]:
        """Name the workspaces in which the desk is installed now."""
        rows = self._connection.execute(
            select(SlackInstallationRow.team_name)
            .where(col(SlackInstallationRow.ended_at).is_(None))
            .order_by(col(SlackInstallationRow.team_id))
        )
        return list(rows.scalars())

    def end(self, team_id: str, now: datetime, at: datetime) -> bool:
        """Note that the desk was removed from a workspace at a moment, and forget its token.

        False where it was not there, had been removed before, or was installed after that moment.
        """
        ended = self._connection.execute(
            update(SlackInstallationRow)
            .where(
                col(SlackInstallationRow.team_id) == team_id,
                col(SlackInstallationRow.ended_at).is_(None),
                col(SlackInstallationRow.installed_at) <= at,
            )
            .values(ended_at=now, token_sealed="")
        )
        return ended.rowcount == 1

    def _installation(self, row: Row[SlackInstallationRow]) -> Installation:
        token = row.token_sealed
        return Installation(
            team_id=row.team_id,
            team_name=row.team_name,
            token=self._vault.open(token, _place(row.team_id)) if token else "",
            enterprise_id=row.enterprise_id,
            app_id=row.app_id,
            bot_id=row.bot_id,
            bot_user_id=row.bot_user_id,
            scopes=row.scopes,
            installed_by=row.installed_by,
            installed_at=row.installed_at,
            ended_at=row.ended_at,
        )


def _place(team_id: str) -> str:
    return f"slack_installation:{team_id}:token"
