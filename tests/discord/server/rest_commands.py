"""The application's commands, global ones and those of one guild.

Source: "Application Commands" in Discord's documentation.
"""

from __future__ import annotations

from collections import Counter

from tests.discord.server import schemas
from tests.discord.server.access import own_application
from tests.discord.server.commands import CHAT_INPUT, MESSAGE, USER, Command
from tests.discord.server.complaints import Complaints, at, kind_of
from tests.discord.server.errors import (
    MISSING_ACCESS,
    TOO_MANY_COMMANDS,
    TOO_MANY_COMMANDS_A_DAY,
    UNKNOWN_COMMAND,
    Json,
    invalid,
    refusal,
)
from tests.discord.server.rest import Answer, Asked, Rest
from tests.discord.server.rules_commands import check_command
from tests.discord.server.validation import by_schema

GLOBAL = "/applications/{application}/commands"
OF_GUILD = "/applications/{application}/guilds/{guild}/commands"
MOST = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}
CREATES_A_DAY, DAY = 200, 86_400.0


def add_routes(rest: Rest) -> None:
    """Let the REST API answer these."""
    for path in (GLOBAL, OF_GUILD):
        rest.add(f"GET {path}", list_all)
        rest.add(f"POST {path}", upsert)
        rest.add(f"PUT {path}", overwrite)
        rest.add(f"GET {path}/{{command}}", read)
        rest.add(f"PATCH {path}/{{command}}", change)
        rest.add(f"DELETE {path}/{{command}}", delete)


def list_all(asked: Asked) -> Answer:
    """List the commands."""
    kept, _ = _kept(asked)
    return Answer([command.as_json() for command in kept.values()])


def read(asked: Asked) -> Answer:
    """Describe a command."""
    return Answer(_one(asked).as_json())


def upsert(asked: Asked) -> Answer:
    """Make a command, in place of one with the same name and type if there is one."""
    kept, creates = _kept(asked)
    body = asked.fields
    found = Complaints()
    check_command(found, "", body)
    by_schema(found, schemas.COMMAND, _described(body))
    found.refuse()
    before = _namesake(kept, body)
    _count([*(one.definition for one in kept.values() if one is not before), body])
    if before is None:
        _create_some(asked, creates, 1)
    command = _make(asked, body, before)
    kept[command.id] = command
    return Answer(command.as_json(), 201 if before is None else 200)


def overwrite(asked: Asked) -> Answer:
    """Put a list in place of all commands; those whose name stays keep their id."""
    kept, creates = _kept(asked)
    if not isinstance(asked.body, list):
        raise invalid([("", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")])
    found = Complaints()
    names: Counter[tuple[int, str]] = Counter()
    for number, one in enumerate(asked.body):
        if (body := found.mapping(str(number), one)) is None:
            continue
        check_command(found, str(number), body)
        inner = Complaints()
        by_schema(inner, schemas.COMMAND, _described(body))
        for place, code, sentence in inner.all:
            if not any(known.startswith(at(str(number), place)) for known, _, _ in found.all):
                found.add(at(str(number), place), code, sentence)
        key = (kind_of(body) or CHAT_INPUT, str(body.get("name")))
        names[key] += 1
        if names[key] > 1:
            sentence = f"The name {key[1][:40]!r} is used more than once"
            found.add(str(number), "APPLICATION_COMMANDS_DUPLICATE_NAME", sentence)
    found.refuse()
    _count(asked.body)
    befores = [_namesake(kept, body) for body in asked.body]
    _create_some(asked, creates, befores.count(None))
    made = [_make(asked, body, old) for body, old in zip(asked.body, befores, strict=True)]
    kept.clear()
    kept |= {command.id: command for command in made}
    return Answer([command.as_json() for command in made])


def change(asked: Asked) -> Answer:
    """Change a command; what is not given stays."""
    command = _one(asked)
    found = Complaints()
    check_command(found, "", asked.fields | {"type": command.type}, partial=True)
    found.refuse()
    command.definition = command.definition | asked.fields
    command.version = asked.world.clock.snowflake()
    return Answer(command.as_json())


def delete(asked: Asked) -> Answer:
    """Take a command away."""
    kept, _ = _kept(asked)
    del kept[_one(asked).id]
    return Answer()


def _kept(asked: Asked) -> tuple[dict[int, Command], list[float]]:
    """Give the commands that the path means, and when new ones were made there."""
    own_application(asked)
    if "guild" not in asked.call.ids:
        return asked.world.commands, asked.world.command_creates
    guild = asked.world.guilds.get(asked.id("guild"))
    if guild is None or not guild.commands_allowed:
        raise refusal(MISSING_ACCESS)
    return guild.commands, guild.command_creates


def _one(asked: Asked) -> Command:
    kept, _ = _kept(asked)
    command = kept.get(asked.id("command"))
    if command is None:
        raise refusal(UNKNOWN_COMMAND)
    return command


def _namesake(kept: dict[int, Command], body: Json) -> Command | None:
    kind = body.get("type") or CHAT_INPUT
    for command in kept.values():
        if (command.name, command.type) == (body["name"], kind):
            return command
    return None


def _count(bodies: list[Json]) -> None:
    kinds = Counter(int(body.get("type") or CHAT_INPUT) for body in bodies)
    if any(kinds[kind] > most for kind, most in MOST.items()):
        raise refusal(TOO_MANY_COMMANDS)


def _create_some(asked: Asked, creates: list[float], number: int) -> None:
    now = asked.world.clock.now()
    today = [one for one in creates if one > now - DAY]
    if len(today) + number > CREATES_A_DAY:
        raise refusal(TOO_MANY_COMMANDS_A_DAY)
    creates += [now] * number


def _make(asked: Asked, body: Json, before: Command | None) -> Command:
    clock = asked.world.clock
    guild_id = asked.id("guild") if "guild" in asked.call.ids else None
    if before is not None and before.definition == body:
        return before
    number = before.id if before else clock.snowflake()
    return Command(number, asked.world.application.id, guild_id, body, clock.snowflake())


def _described(body: Json) -> Json:
    """Write permissions as the description has them: as a number."""
    given = body.get("default_member_permissions")
    if given is None or not str(given).isdecimal():
        return body
    return body | {"default_member_permissions": int(given)}
