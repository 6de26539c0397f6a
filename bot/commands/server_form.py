"""The form of a server: its fields, what each is for, and what people write in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.commands.hours import parse_hours, parse_quotas
from bot.commands.server_addresses import ingest_misfit, parse_control
from bot.commands.server_values import (
    parse_address,
    parse_bound,
    parse_count,
    parse_duration,
    parse_kind,
    parse_server_name,
    parse_yes,
)
from bot.form.answers import AskBack, Mistake
from bot.form.parts import parse_policy
from bot.form.zones import parse_zone
from core.model.gate import ControlAddress
from core.model.server import Rules, Server, ServerKind

T = TypeVar("T")
Problem = Mistake | AskBack


@dataclass(frozen=True, slots=True)
class ServerField:
    """One field: its name, what it is for, and an example of what to write."""

    name: str
    about: str
    example: str


FIELDS = (
    ServerField("kind", "how it asks who may publish and watch; link never asks", "nginx-rtmp"),
    ServerField("zone", "the time zone of its opening hours and quotas", "Europe/Berlin"),
    ServerField(
        "watch_url",
        "the playback address; {path} stands for each reservation's own stream name",
        "https://live.example.org/hls/{path}.m3u8",
    ),
    ServerField("ingest_url", "where holders publish", "rtmp://live.example.org/live/{path}"),
    ServerField(
        "control",
        "where the desk ends its connections, for whoever runs the desk to say; or none",
        "http://user:password@10.0.0.5:8081",
    ),
    ServerField("max_streams", "how many streams it carries at once", "2"),
    ServerField("max_viewers", "how many watchers it carries at once, or none for no limit", "500"),
    ServerField("opening_hours", "when it is open, or always", "Mon-Fri 09:00-22:00, Sat 10-14"),
    ServerField("shortest", "the shortest slot", "30 min"),
    ServerField("longest", "the longest slot", "4h"),
    ServerField("notice", "how long before the start one must reserve", "2h"),
    ServerField("horizon", "how far ahead one may reserve", "90 days"),
    ServerField("set_up", "time kept free before each slot, to try things out", "15 min"),
    ServerField("tear_down", "time kept free after each slot", "10 min"),
    ServerField("quota", "the most one holder may have, or none", "3 per week, 10h per month"),
    ServerField("reconfirm_lead", "how long before the start is reconfirmed, or 0", "24h"),
    ServerField("reconfirm_reminder", "how long before the deadline is reminded", "4h"),
    ServerField(
        "no_show_after",
        "where nobody publishes, the holder is asked so long after the start; or 0",
        "10 min",
    ),
    ServerField(
        "no_show_release",
        "where nobody publishes, the slot is freed so long after the start; or 0",
        "30 min",
    ),
    ServerField("policy", "when the audience is told, unless the holder says", "at once"),
)
CHANGE_ONLY = (
    ServerField("name", "another name", "Main studio"),
    ServerField("retired", "yes: takes no reservations any more", "yes"),
)


def parse_server(name: str, values: Mapping[str, str], base: Server) -> Server | dict[str, Problem]:
    """Put what the fields say in place of a server's present values; or the errors by field.

    `base` is the server as it is, or one with the defaults. The credentials of a control interface
    are no part of a server: `given_control` gives them.
    """
    reading = _Reading(values)
    rules = base.rules
    server = replace(
        base,
        name=reading.text("name", name, parse_server_name),
        kind=reading.of("kind", base.kind, parse_kind),
        zone=reading.of("zone", base.zone, parse_zone),
        watch_url=reading.of("watch_url", base.watch_url, parse_address),
        ingest_url=reading.of("ingest_url", base.ingest_url, parse_address),
        notification_policy=reading.of("policy", base.notification_policy, parse_policy),
        retired=reading.of("retired", base.retired, parse_yes),
        control_url=reading.of("control", ControlAddress(base.control_url), parse_control).url,
        rules=_rules(reading, rules),
    )
    return reading.problems | _misfits(server, reading) or server


def given_control(values: Mapping[str, str]) -> ControlAddress | None:
    """Give the control interface that fields without errors name; None where they name none."""
    found = parse_control(values["control"]) if "control" in values else None
    return found if isinstance(found, ControlAddress) else None


def _rules(reading: _Reading, rules: Rules) -> Rules:
    """Read the fields that are rules."""
    return replace(
        rules,
        max_streams=reading.of("max_streams", rules.max_streams, parse_count),
        max_viewers=reading.of("max_viewers", rules.max_viewers, parse_bound),
        opening_hours=reading.of("opening_hours", rules.opening_hours, parse_hours),
        quotas=reading.of("quota", rules.quotas, parse_quotas),
        **{
            field: reading.of(field, getattr(rules, field), parse_duration)
            for field in (
                *("shortest", "longest", "notice", "horizon", "set_up", "tear_down"),
                *("reconfirm_lead", "reconfirm_reminder", "no_show_after", "no_show_release"),
            )
        },
    )


def _misfits(server: Server, reading: _Reading) -> dict[str, Problem]:
    """Find what does not fit together, each beside a field that was given."""
    found = {**_rule_misfits(server.rules, reading), **_address_misfits(server, reading)}
    return {field: problem for field, problem in found.items() if field not in reading.problems}


def _rule_misfits(rules: Rules, reading: _Reading) -> dict[str, Problem]:
    found: dict[str, Problem] = {}
    if not rules.shortest:
        found["shortest"] = Mistake(
            "The shortest slot has at least a minute. Write for example 15 min"
        )
    if rules.longest < rules.shortest:
        field = "longest" if reading.given("longest") else "shortest"
        found[field] = Mistake("The longest slot must not be shorter than the shortest.")
    if (
        rules.no_show_after
        and rules.no_show_release
        and rules.no_show_release <= rules.no_show_after
    ):
        field = "no_show_release" if reading.given("no_show_release") else "no_show_after"
        found[field] = Mistake(
            "The holder is asked before the slot is freed: no_show_release is longer than "
            "no_show_after, or one of them is 0"
        )
    return found


def _address_misfits(server: Server, reading: _Reading) -> dict[str, Problem]:
    found: dict[str, Problem] = {}
    if not server.watch_url:
        what = "join address" if server.kind is ServerKind.LINK else "playback address"
        found["watch_url"] = Mistake(
            f"A server needs the {what} that people are sent. Write for example "
            "watch_url=https://live.example.org/hls/{path}.m3u8"
        )
    if server.kind is not ServerKind.LINK and not server.ingest_url:
        found["ingest_url"] = Mistake(
            "A server that holders publish to needs the address for that. Write for example "
            "ingest_url=rtmp://live.example.org/live/{path}, or kind=link"
        )
    elif misfit := ingest_misfit(server):
        found["ingest_url"] = misfit
    if server.kind is ServerKind.LINK and server.control_url and reading.given("control"):
        found["control"] = Mistake(
            "A server that is only linked to has nothing to end connections at. Write control=none"
        )
    return found


class _Reading:
    """The fields as they are read, with what is wrong with them."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.problems: dict[str, Problem] = {}

    def given(self, field: str) -> bool:
        """Tell whether a field was filled in."""
        return field in self._values

    def of(self, field: str, otherwise: T, parse: Callable[[str], T | Problem]) -> T:
        """Read a field, or leave a thing as it is."""
        if field not in self._values:
            return otherwise
        return self.text(field, self._values[field], parse, otherwise)

    def text(
        self, field: str, text: str, parse: Callable[[str], T | Problem], otherwise: T | None = None
    ) -> T:
        """Read a text as a field's, noting what is wrong with it."""
        found = parse(text)
        if isinstance(found, Mistake | AskBack):
            self.problems[field] = found
            return otherwise  # type: ignore[return-value]  # not used: there is a problem
        return found
