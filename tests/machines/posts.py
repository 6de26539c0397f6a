"""What stands in the channels of a reservation: its post, and what was said beneath it."""

from __future__ import annotations

from tests.discord.audiences import beneath
from tests.machines.fleet import Fleet
from tests.slack.runs import first_line

_SAID = ("Changed", "Cancelled")


def posts_of(fleet: Fleet, where: str, code: str) -> list[list[str]]:
    """Give for each post, in a word each, what was said beneath it."""
    if where == "discord":
        cards = [one for one in fleet.stage.general.messages if one.reference is None]
        return [[_kind(said.words) for said in beneath(one)] for one in cards if code in one.words]
    posts = [one for one in fleet.town.general.messages if code in one.words]
    return [[_kind(first_line(said)) for said in one.thread] for one in posts]


def events_of(fleet: Fleet, title: str) -> int:
    """Count the events of a reservation in Discord, by how its title ends."""
    return sum(one.name.endswith(title) for one in fleet.stage.guild.events.values())


def _kind(words: str) -> str:
    return next((one for one in _SAID if one in words), words)
