"""Channels (`#123`) and people (`123`) on a form, as Discord's own selects show and give them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import discord

from bot.answers.reply import FormAsked
from bot.discord.form_draft import FormDraft
from bot.discord.form_sheets import CHANNELS, PEOPLE
from bot.discord.form_widgets import MOST_OPTIONS
from bot.discord.hall import Interaction
from bot.form.addresses import Recognise
from core.model.discord_address import read_address
from core.model.recipient import Contact, RouteName
from core.notices.said import cleaned

GuildPlace: TypeAlias = discord.abc.GuildChannel | discord.Thread

_TO_BE_THERE = ("audience", "add")
_ADDRESS = re.compile(r"discord:#?[1-9]\d{0,19}", re.ASCII)
_GAPS = re.compile(r"[ \t]*[,;](?:[ \t]*[,;])+")
# what a post needs: to find the channel, to write there, and the card with its times and buttons
_NEEDED = {
    "View Channel": "view_channel",
    "Send Messages": "send_messages",
    "Embed Links": "embed_links",
}


def is_person(target: str) -> bool:
    """Tell a person (`123`) from a channel (`#123`)."""
    return not target.startswith("#")


def number_of(target: str) -> int:
    """Give the number of a channel or person."""
    return int(target.removeprefix("#"))


def target_of(contact: Contact) -> str:
    """Give the channel or person that a contact names, "" for a contact of another kind."""
    found = read_address(contact.address) if contact.route is RouteName.DISCORD else None
    if found is None:
        return ""
    return f"{'' if found.person else '#'}{found.id}"


def with_picks(asked: FormAsked) -> FormDraft:
    """Begin a form; channels and people come out of the fields for addresses.

    So they stand where they are seen by their names, and are known again when the form comes back.
    """
    values = dict(asked.values)
    names: dict[str, str] = {}
    taken: dict[str, list[str]] = {}
    for name in {*_TO_BE_THERE, "remove"} & values.keys():
        values[name], found = _taken_out(values[name], asked.context.others)
        taken[name] = [target_of(one) for one in found]
        names |= {target_of(one): one.name for one in found}
    listed = [one for one in asked.listed if target_of(one)]
    names |= {target_of(one): one.name for one in listed}
    there = [target_of(one) for one in listed]
    wanted = [target for name in _TO_BE_THERE for target in taken.get(name, ())]
    gone = set(taken.get("remove", ()))
    return FormDraft(
        code=asked.code,
        values={name: value for name, value in values.items() if value or name not in taken},
        picked=tuple(one for one in dict.fromkeys([*there, *wanted]) if one not in gone),
        listed=tuple(there),
        names=names,
    )


def with_chosen(form: FormDraft, field: str, chosen: Iterable[str]) -> FormDraft:
    """Put in what a select gave; what it could not show stays as it was."""
    kind = field == PEOPLE
    stay = [one for one in form.picked if is_person(one) is not kind or one in form.hidden]
    return replace(form, picked=tuple(dict.fromkeys([*stay, *chosen])))


def without_apps(chosen: Iterable[str], resolved: Mapping[str, Any]) -> list[str]:
    """Leave out what is no person."""
    users = resolved.get("users") or {}
    return [one for one in chosen if not (users.get(one) or {}).get("bot")]


def hidden_in(form: FormDraft, guild: discord.Guild | None) -> tuple[str, ...]:
    """List the channels and people that are picked and that a select cannot show.

    Those are channels that are gone, for which Discord would refuse the whole form, and what is
    more than it shows.
    """
    shown = {True: 0, False: 0}
    hidden = []
    for target in form.picked:
        kind = is_person(target)
        gone = not kind and (guild is None or not guild.get_channel_or_thread(number_of(target)))
        if gone or shown[kind] >= MOST_OPTIONS:
            hidden.append(target)
        else:
            shown[kind] += 1
    return tuple(hidden)


def names_in(resolved: Mapping[str, Any]) -> dict[str, str]:
    """Give what channels and people are called, by what Discord says of those that were chosen."""
    names = {}
    for number, channel in (resolved.get("channels") or {}).items():
        names[f"#{number}"] = f"#{cleaned(str(channel.get('name') or number))}"
    for number, user in (resolved.get("users") or {}).items():
        member = (resolved.get("members") or {}).get(number) or {}
        name = member.get("nick") or user.get("global_name") or user.get("username") or number
        names[str(number)] = f"@{cleaned(str(name))}"
    return names


def problems_of(
    form: FormDraft, resolved: Mapping[str, Any], interaction: Interaction
) -> dict[str, str]:
    """Say what is wrong with the channels and people that are picked, those listed aside."""
    found: dict[str, list[str]] = {CHANNELS: [], PEOPLE: []}
    channels, users = resolved.get("channels") or {}, resolved.get("users") or {}
    for target in form.picked:
        if not is_person(target) and target not in form.listed:
            channel = channels.get(target.removeprefix("#")) or {}
            why = _refused(target, form.names.get(target, target), channel, interaction)
            found[CHANNELS] += [why] if why else []
    found[PEOPLE] = [
        f"{names_in(resolved)[number]} is an app, and reads no messages"
        for number, user in users.items()
        if user.get("bot")
    ]
    return {name: "\n".join(lines) for name, lines in found.items() if lines}


def _refused(target: str, name: str, channel: Mapping[str, Any], interaction: Interaction) -> str:
    """Say why a channel cannot be told: the person does not see it, or the desk may not post."""
    guild, user = interaction.guild, interaction.user
    place = guild.get_channel_or_thread(number_of(target)) if guild else None
    theirs: discord.Permissions | None = None
    if "permissions" in channel:  # as Discord itself reckons them, for this person
        theirs = discord.Permissions(int(channel["permissions"]))
    elif place is not None and isinstance(user, discord.Member):
        theirs = place.permissions_for(user)
    if theirs is not None and not (theirs.administrator or theirs.view_channel):
        return f"You do not see {name}"
    lacking = _lacking(place, channel, guild)
    if lacking == ["View Channel"]:
        return f"I do not see {name}: add me to it"
    return f"I may not post in {name}: I lack {' and '.join(lacking)}" if lacking else ""


def _lacking(
    place: GuildPlace | None, channel: Mapping[str, Any], guild: discord.Guild | None
) -> list[str]:
    """List what the desk lacks in a channel; nothing where that cannot be told."""
    ours: discord.Permissions | None = None
    if place is not None and guild is not None and guild.me is not None:
        ours = place.permissions_for(guild.me)
    elif "app_permissions" in channel:
        ours = discord.Permissions(int(channel["app_permissions"]))
    if ours is None or ours.administrator:
        return []
    if not ours.view_channel:
        return ["View Channel"]
    thread = isinstance(place, discord.Thread)
    needed = {**_NEEDED, "Send Messages": "send_messages_in_threads"} if thread else _NEEDED
    return [said for said, name in needed.items() if not getattr(ours, name)]


def _taken_out(text: str, others: Recognise) -> tuple[str, list[Contact]]:
    found: list[Contact] = []

    def without(named: re.Match[str]) -> str:
        contact = others(named[0])
        if contact is None or not target_of(contact):
            return named[0]
        found.append(contact)
        return ""

    kept = _GAPS.sub(",", _ADDRESS.sub(without, text))
    return kept.strip(" \t\n,;"), found
