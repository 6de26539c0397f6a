"""Channels and people on a form: what a line named is put into Slack's own pickers."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.answers.reply import FormAsked
from bot.form.addresses import Recognise
from bot.slack.typed import ADDRESS, target_of
from core.model.recipient import RouteName

_MOST_NOTED = 90  # of either kind: what a view can carry along is bounded
_TO_BE_THERE = ("audience", "add")
_GAPS = re.compile(r"[ \t]*[,;](?:[ \t]*[,;])+")


def with_picks(form: FormAsked) -> tuple[FormAsked, tuple[str, ...]]:
    """Take channels and people out of the fields for addresses, and give who is picked.

    So they stand where they are seen by their names, and are known again when the form comes back.
    """
    values = dict(form.values)
    named: dict[str, list[str]] = {}
    for name in {*_TO_BE_THERE, "remove"} & values.keys():
        values[name], named[name] = _taken_out(values[name], form.context.others)
        if not values[name]:
            del values[name]
    wanted = [target for name in _TO_BE_THERE for target in named.get(name, ())]
    picked = dict.fromkeys([*listed_targets(form), *wanted])
    gone = set(named.get("remove", ()))
    return replace(form, values=values), tuple(one for one in picked if one not in gone)


def listed_targets(form: FormAsked) -> list[str]:
    """Give the channels and people that are on a reservation."""
    return [target_of(one) for one in form.listed if one.route is RouteName.SLACK]


def differences(form: FormAsked, picked: tuple[str, ...]) -> dict[str, list[str]]:
    """Say how what is picked differs from what is on the reservation: `put` on, `taken` off."""
    listed = listed_targets(form)
    put = [one for one in picked if one not in listed]
    taken = [one for one in listed if one not in picked]
    found = {"put": put[:_MOST_NOTED], "taken": taken[:_MOST_NOTED]}
    return {how: targets for how, targets in found.items() if targets and form.code}


def _taken_out(text: str, others: Recognise) -> tuple[str, list[str]]:
    found: list[str] = []

    def without(named: re.Match[str]) -> str:
        if others(named[0]) is None:
            return named[0]
        found.append(named[1])
        return ""

    kept = _GAPS.sub(",", ADDRESS.sub(without, text))
    return kept.strip(" \t\n,;"), found
