"""Where the desk is installed in Slack: kept with its token, and ended when it is removed."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta

from core.store.installations import Installation
from core.store.store import Store

_STATE = re.compile(r"[0-9a-f]{1,12}\.[0-9a-f]{16}", re.ASCII)
_STATE_LASTS = timedelta(minutes=10)


def installation_of(store: Store, now: datetime, team: str) -> Installation | None:
    """Find the desk's place in a workspace, also one that has ended."""
    return store.installations.of(team)


def keep_installation(store: Store, now: datetime, installation: Installation) -> None:
    """Keep where the desk is installed now, in place of what was known of that workspace."""
    store.installations.keep(installation, now)
    store.records.audit("slack_installed", None, team=installation.team_id)


def end_installation(store: Store, now: datetime, team: str, at: datetime | None = None) -> bool:
    """Note that the desk was removed from a workspace: its token is forgotten, nothing is sent.

    `at` is when it was, if not now: an installation that is newer stays.
    """
    ended = store.installations.end(team, now, at or now)
    if ended:
        store.records.audit("slack_removed", None, team=team)
    return ended


def issue_state(store: Store, now: datetime) -> str:
    """Make the state that an installation carries to Slack and back (RFC 6749 section 10.12)."""
    subject = f"{int(now.timestamp()):x}.{secrets.token_hex(8)}"
    return f"{subject}.{store.vault.sign(f'oauth:{subject}')}"


def use_state(store: Store, now: datetime, state: str) -> bool:
    """Take a state that came back: ours, not older than ten minutes, and once."""
    subject, _, signature = state.rpartition(".")
    if not _STATE.fullmatch(subject) or not store.vault.verify(f"oauth:{subject}", signature):
        return False
    issued_at = datetime.fromtimestamp(int(subject.partition(".")[0], 16), UTC)
    key = f"oauth:{subject}"
    if not timedelta(0) <= now - issued_at <= _STATE_LASTS or store.records.answer_to(key):
        return False
    store.records.keep_answer(key, "used")
    return True
