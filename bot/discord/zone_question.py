"""Asking for somebody's time zone where a command needs it, and going on with what they typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

import discord

from bot.answers.reply import Reply, Section, Tone
from bot.commands.commands import Settings
from bot.commands.run import handle
from bot.discord import zones
from bot.discord.answering import answer
from bot.discord.catalogue import SUB_COMMANDS, SubCommand
from bot.discord.hall import Hall, Interaction, submission_key
from core.model.people import Actor
from core.model.prose import Literal
from core.usecases.settings import show_settings

_MOST_PENDING = 1_000
_KEPT = Reply(Tone.OK, (("Your time zone is kept. Please type your command once more.",),))

CarryOut = Callable[[Interaction, SubCommand, Mapping[str, str]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ZoneAsked(Reply):
    """The question, as a reply; `custom_id` is the select's."""

    custom_id: str = ""
    locale: str = ""


@dataclass(slots=True)
class ZoneQuestion:
    """Asks once, keeps the answer, and goes on."""

    hall: Hall
    carry_out: CarryOut
    _pending: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    async def placed(
        self, interaction: Interaction, actor: Actor, sub: SubCommand, given: Mapping[str, str]
    ) -> Actor | Reply:
        """Give the actor in their zone; where a time of their clock needs one, the question."""
        if not sub.always_times and not any(given.get(name) for name in sub.times):
            return actor
        if sub.path != ("server", "add") and "zone" in given:
            return await self._kept(interaction, actor, given["zone"])
        if await self.hall.desk.read(zones.zone_is_known, actor):
            return actor
        return self._asked(interaction, sub, given)

    async def _kept(self, interaction: Interaction, actor: Actor, zone: str) -> Actor | Reply:
        """Keep a zone as somebody's own; gives them in it, or what is wrong with it."""
        key = f"{submission_key(interaction)}:zone"
        desk = self.hall.desk
        reply = await handle(desk, actor, Settings({"zone": zone}), submission_key=key)
        self.hall.forget()
        if reply.tone.failed:
            return reply
        settings = await desk.read(show_settings, actor)
        return replace(actor, zone=ZoneInfo(settings.person.zone or str(actor.zone)))

    def _asked(self, interaction: Interaction, sub: SubCommand, given: Mapping[str, str]) -> Reply:
        otherwise = f"@{interaction.id}"
        custom_id = zones.pending_id(sub.name, given, otherwise)
        if custom_id.endswith(otherwise):
            if len(self._pending) >= _MOST_PENDING:
                self._pending.pop(next(iter(self._pending)))
            self._pending[otherwise] = (sub.name, dict(given))
        typed = next((given[name] for name in sub.times if given.get(name)), "")
        return ZoneAsked(
            Tone.INFO,
            (("In which time zone are the times that you type? I ask once, and keep it.",),),
            (
                Section(
                    lines=(
                        *(((_TYPED, Literal(typed)),) if typed else ()),
                        ("Choose one below, or name any other: ", Literal(_BY_HAND)),
                    )
                ),
            ),
            custom_id=custom_id,
            locale=interaction.locale.value,
        )

    def shown(self, reply: Reply) -> discord.ui.View | None:
        """Give the select that goes with the question; None with any other reply."""
        if not isinstance(reply, ZoneAsked):
            return None
        return zones.zone_select(reply.custom_id, reply.locale, self.hall.desk.now())

    async def on_chosen(self, interaction: Interaction, custom_id: str, chosen: str) -> None:
        """Keep what was chosen, and go on with what they had typed."""
        name, given = zones.read_pending(custom_id)
        name, given = self._pending.pop(name, (name, given))
        sub = next((one for one in SUB_COMMANDS if one.name == name), None)
        if sub is not None:
            await self.carry_out(interaction, sub, {**given, "zone": chosen})
            return

        async def work(actor: Actor) -> Reply:
            kept = await self._kept(interaction, actor, chosen)
            return kept if isinstance(kept, Reply) else _KEPT

        await answer(self.hall, interaction, work)


def make_zone_item(question: ZoneQuestion) -> type[discord.ui.DynamicItem[Any]]:
    """Make what hears of a choice, whichever process asked."""

    class ZoneItem(
        discord.ui.DynamicItem[discord.ui.Select[discord.ui.View]],
        template=rf"{zones.PREFIX}(?P<pending>.*)",
    ):
        """The question's select."""

        @classmethod
        async def from_custom_id(
            cls, _: Interaction, item: discord.ui.Item[Any], __: object, /
        ) -> ZoneItem:
            """Make it of the select that was used."""
            if not isinstance(item, discord.ui.Select):
                raise TypeError("the question is a select")
            return cls(item)

        async def callback(self, interaction: Interaction) -> None:
            """Hear what was chosen."""
            custom_id = self.item.custom_id
            await question.on_chosen(interaction, custom_id, (self.item.values or [""])[0])

    return ZoneItem


_TYPED = "You typed "
_BY_HAND = "/slot settings zone=Europe/Madrid"
