"""The names of the fields that may stand on a command's line."""

from __future__ import annotations

from bot.commands import server_form
from bot.form import fields

SERVER_FIELDS = tuple(one.name for one in (*server_form.FIELDS, *server_form.CHANGE_ONLY))
BLACKOUT_FIELDS = ("when", "reason")
FREE_FIELDS = ("day", "length", "server", "viewers")
SETTINGS_FIELDS = ("zone", "reminders", "email")
WORKSPACE_FIELDS = ("zone", "reminders")
RESERVE_FIELDS = tuple(one.name for one in fields.FIELDS)
CHANGE_FIELDS = tuple(one.name for one in fields.CHANGE_FIELDS)
