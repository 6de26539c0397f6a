"""`callboard operators-link`: the address of the page for those who run the desk."""

from __future__ import annotations

import sys

from bot.guarded import guarded
from bot.settings import SettingsError, load_settings
from bot.wiring import secret_keys
from core.access.links import Links, Purpose
from core.access.vault import Vault
from core.usecases.operators import WHOLE_DESK


def print_operators_link() -> int:
    """Print the link to the page of the whole desk: whoever has it sees everything on it."""
    return guarded(_print)


def _print() -> int:
    settings = load_settings()
    if not settings.public_url:
        raise SettingsError(["CALLBOARD_PUBLIC_URL: set it first, to where the site is reached"])
    links = Links(Vault(secret_keys(settings)), settings.public_url)
    sys.stdout.write(f"{links.make(Purpose.OPERATORS, WHOLE_DESK)}\n")
    return 0
