"""The fields that need more than their own words: server, slot, credentials, lists, audience."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeVar

from bot.form.addresses import parse_address
from bot.form.answers import AskBack, Choice, Mistake, either, suggest
from bot.form.characters import quoted, tidy
from bot.form.contacts import parse_contacts, say_bad
from bot.form.fields import CREDENTIAL_WORDS, MOST_LISTS
from bot.form.filling import Filling, FormContext
from bot.form.length import parse_length, say_length
from bot.form.text import parse_passcode, parse_watch_user
from bot.form.when import When, parse_when
from core.model.recipient import Contact
from core.model.request import CredentialWish
from core.model.reservation import CredentialMode
from core.model.server import Server
from core.model.slot import Slot

MOST_VIEWERS = 10_000_000
MOST_NAMED = 8
T = TypeVar("T")


def parse_server(text: str, context: FormContext) -> Server | Mistake | AskBack:
    """Find a server by its name or the beginning of it, in any case; nothing stands for the default."""
    servers = {each.name: each for each in context.servers if not each.retired}
    if not servers:
        return Mistake("There is no server yet: ask an admin to add one (/slot server add)")
    wanted = tidy(text).casefold()
    if not wanted:
        default = context.default_server
        if default is None and len(servers) == 1:
            default = next(iter(servers.values()))
        return default or Mistake(f"Which server? Write {_some(servers)}")
    exact = [each for name, each in servers.items() if tidy(name).casefold() == wanted]
    found = exact or [each for name, each in servers.items() if tidy(name).casefold().startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        choices = tuple(Choice(each.name, each.name) for each in found)
        return AskBack(f"{quoted(text)} can be {_some(each.name for each in found)}. Which?", choices)
    hint = suggest(wanted, servers) or f" There is {_some(servers)}."
    return Mistake(f"There is no server {quoted(text)}.{hint}")
