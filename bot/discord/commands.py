"""`/slot`: what was typed into its options becomes a command, its reply words or a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.answers import mistakes
from bot.answers.reply import Reply, Tone
from bot.commands.commands import (
    AudienceAdd,
    AudienceImport,
    Command,
    Link,
    Misunderstood,
    Settings,
    Unlink,
)
from bot.commands.run import handle
from bot.discord.answering import OpenForm, answer
from bot.discord.catalogue import SubCommand
from bot.discord.contacts import Named, with_targets
from bot.discord.form_draft import FormDraft
from bot.discord.form_picks import names_in, problems_of
from bot.discord.hall import NOT_ANSWERING, Hall, Interaction, submission_key
from bot.discord.zone_question import ZoneQuestion
from bot.form.addresses import no_others
from bot.form.answers import Mistake
from core.model.people import Actor

COMMANDS = "discord:commands"
LARGEST_FILE = 2_000_000  # bytes

_CONTACT_FIELDS = ("audience", "add", "addresses")
_PRIVATE = (
    "is private, and a list is for everybody in the server: pick the channel for a reservation"
    " instead"
)
_UNREADABLE = {ord("\0"): "\N{REPLACEMENT CHARACTER}"}


class Commands:
    """Listens to what people type."""

    def __init__(self, hall: Hall, open_form: OpenForm) -> None:
        self._hall = hall
        self._open_form = open_form
        self._zones = ZoneQuestion(hall, self.carry_out)

    @property
    def zones(self) -> ZoneQuestion:
        """Give what asks for time zones."""
        return self._zones

    async def on_command(
        self, interaction: Interaction, sub: SubCommand, given: Mapping[str, object]
    ) -> None:
        """Answer a command to the person alone."""
        self._hall.heard(COMMANDS)
        await self.carry_out(interaction, sub, written(given), given.get("file"))

    async def carry_out(
        self,
        interaction: Interaction,
        sub: SubCommand,
        given: Mapping[str, str],
        file: object = None,
    ) -> None:
        """Do what a command says, or ask first for the time zone that it needs."""
        call = _Call(self._hall, interaction, sub, given, file)

        async def work(actor: Actor) -> Reply:
            placed = await self._zones.placed(interaction, actor, sub, given)
            return placed if isinstance(placed, Reply) else await call.work(placed)

        await answer(self._hall, interaction, work, self._open_form, self._zones.shown)


@dataclass(frozen=True, slots=True)
class _Call:
    """One command that was typed."""

    hall: Hall
    interaction: Interaction
    sub: SubCommand
    given: Mapping[str, str]
    file: object

    async def work(self, actor: Actor) -> Reply:
        """Carry it out."""
        given = {name: value for name, value in self.given.items() if name != "zone"}
        if self.sub.path == ("settings",) or self.sub.path[0] == "server":
            given = dict(self.given)
        named = await self._named(given)
        if isinstance(named, Reply):
            return named
        command = await self._with_file(self.sub.command(given))
        if isinstance(command, Reply):
            return command
        if isinstance(command, AudienceAdd) and named is not None and named.private:
            return mistakes.misunderstood(Misunderstood(f"{named.private} {_PRIVATE}"))
        reply = await handle(
            self.hall.desk,
            actor,
            command,
            submission_key=submission_key(self.interaction),
            others=named.recognise if named is not None else no_others,
        )
        if isinstance(command, Settings | Link | Unlink):
            self.hall.forget()
        return reply

    async def _named(self, given: dict[str, str]) -> Named | Reply | None:
        """Put the channels and people that were named among the addresses."""
        places = [one.name for one in self.sub.options if one.name in _CONTACT_FIELDS]
        guild, user = self.interaction.guild, self.interaction.user
        if not places or guild is None or not isinstance(user, discord.Member):
            return None
        named = Named(guild)
        given.update({name: await named.typed(given.get(name, ""), user) for name in places})
        resolved = _resolved(self.interaction)
        picked = names_in(resolved)
        named.names |= picked
        draft = FormDraft(picked=tuple(picked), names=picked)
        if problems := problems_of(draft, resolved, self.interaction):
            told = {name: Mistake(why) for name, why in problems.items()}
            return mistakes.mistaken("Nothing was done:", told)
        given[places[0]] = with_targets(given[places[0]], picked)
        for name in places:
            if not given[name]:
                del given[name]
        return named

    async def _with_file(self, command: Command | Misunderstood) -> Command | Misunderstood | Reply:
        """Fetch the file that came along."""
        if not isinstance(command, AudienceImport) or not isinstance(self.file, discord.Attachment):
            return command
        if self.file.size > LARGEST_FILE:
            return _TOO_LARGE
        try:
            data = await self.file.read()
        except NOT_ANSWERING:
            return _NOT_FETCHED
        return replace(command, filename=self.file.filename, data=data)


def _resolved(interaction: Interaction) -> Mapping[str, Any]:
    """Give what Discord says of the channels, people and files that options gave."""
    data: Mapping[str, Any] = interaction.data or {}
    found: Mapping[str, Any] = data.get("resolved") or {}
    return found


def written(given: Mapping[str, object]) -> dict[str, str]:
    """Write what options gave as a form takes it; what they gave objects for is not among it."""
    values: dict[str, str] = {}
    for name, value in given.items():
        if isinstance(value, bool):
            values[name] = "yes" if value else "no"
        elif isinstance(value, str | int):
            text = str(value).translate(_UNREADABLE)
            values[name] = text.encode(errors="replace").decode()
    return values


_TOO_LARGE = mistakes.mistaken("Nothing was changed:", {"file": Mistake("It is larger than 2 MB")})
_NOT_FETCHED = Reply(
    Tone.TROUBLE, (("Discord did not give the file; nothing was changed. Please try again.",),)
)
