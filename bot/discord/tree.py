"""`/slot` as Discord is told of it: a group of sub-commands made of the catalogue."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord
from discord import app_commands

from bot.answers.reply import Reply, Tone
from bot.discord.answering import Given, tell
from bot.discord.catalogue import GROUPS, SUB_COMMANDS, SubCommand
from bot.discord.client import note_failure
from bot.discord.completing import complete
from bot.discord.hall import Hall, Interaction
from bot.discord.options import Kind, Option

_ABOUT = "Reserve streaming slots, and tell those who are to watch"

Listener = Callable[[Interaction, SubCommand, Mapping[str, object]], Awaitable[None]]


class Tree(app_commands.CommandTree[discord.Client]):
    """The commands; what goes wrong before one of ours is called is said in words."""

    async def on_error(
        self, interaction: Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        """Say what to do about a command that is not the one that Discord has."""
        old = app_commands.CommandSignatureMismatch, app_commands.CommandNotFound
        if not isinstance(error, (*old, app_commands.TransformerError)):
            note_failure(error.__cause__ or error, "command")
        if interaction.type is discord.InteractionType.application_command:
            await tell(interaction, Given(_OTHER_FORM))


def make_tree(client: discord.Client, hall: Hall, listener: Listener) -> Tree:
    """Make the commands, each of which `listener` hears."""
    tree = Tree(client)
    tree.add_command(make_group(hall, listener))
    return tree


def make_group(hall: Hall, listener: Listener) -> app_commands.Group:
    """Make `/slot` with its sub-commands; for guilds, and for direct messages with the desk."""
    slot = app_commands.Group(
        name="slot",
        description=_ABOUT,
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
    groups = {
        name: app_commands.Group(name=name, description=about, parent=slot)
        for name, about in GROUPS.items()
    }
    for sub in SUB_COMMANDS:
        parent = groups[sub.path[0]] if len(sub.path) > 1 else slot
        parent.add_command(_command(hall, sub, listener))
    return slot


def _command(
    hall: Hall, sub: SubCommand, listener: Listener
) -> app_commands.Command[Any, ..., None]:
    async def called(interaction: Interaction, **given: object) -> None:
        await listener(interaction, sub, {k: v for k, v in given.items() if v is not None})

    # discord.py reads the options off a function's signature: this one has those of the catalogue
    first = inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    called.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # Python looks there
        [first, *map(_parameter, sorted(sub.options, key=lambda one: not one.required))]
    )
    callback: Any = called
    if sub.options:
        callback = app_commands.describe(**{one.name: one.about for one in sub.options})(callback)
    if chosen := {one.name: _choices(one) for one in sub.options if one.choices}:
        callback = app_commands.choices(**chosen)(callback)
    if completing := {one.name: _completer(hall, one) for one in sub.options if one.completes}:
        callback = app_commands.autocomplete(**completing)(callback)
    return app_commands.Command(name=sub.path[-1], description=sub.about, callback=callback)


def _choices(option: Option) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=one, value=one) for one in option.choices]


def _completer(hall: Hall, option: Option) -> Any:  # noqa: ANN401 - as discord.py takes it
    completes = option.completes
    if completes is None:
        raise ValueError(f"{option.name} does not complete")

    async def offered(interaction: Interaction, typed: Any) -> list[Any]:  # noqa: ANN401 - text, or a figure so far
        return await complete(hall, interaction, completes, str(typed))

    return offered


class _ChannelOption(app_commands.Transformer[discord.Client]):
    """A channel that can be written to, as Discord names it: it need not have arrived here."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        kinds = discord.ChannelType
        return [kinds.text, kinds.news, kinds.public_thread, kinds.private_thread]

    async def transform(self, interaction: Interaction, value: Any, /) -> Any:  # noqa: ANN401, ARG002 - as theirs
        return value


_TYPES: dict[Kind, Any] = {
    Kind.TEXT: str,
    Kind.NUMBER: app_commands.Range[int, 0, 999_999_999],
    Kind.FLAG: bool,
    Kind.CHANNEL: app_commands.Transform[Any, _ChannelOption],
    Kind.PERSON: discord.User,
    Kind.FILE: discord.Attachment,
}


def _parameter(option: Option) -> inspect.Parameter:
    kind = _TYPES[option.kind]
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if option.required else None,
        annotation=kind if option.required else kind | None,
    )


_OTHER_FORM = Reply(
    Tone.MISTAKE,
    (
        ("This command has another form by now. Reload Discord (Ctrl+R), and type it once more.",),
        ("Nothing was done.",),
    ),
)
