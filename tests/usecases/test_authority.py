"""Who may what: every command by every role from every workspace, with its exact answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from core.model.people import Actor, Role
from core.model.request import ChangeRequest
from core.model.server import Blackout, Server
from core.model.slot import Slot
from core.usecases.answers import (
    Cancelled,
    Changed,
    NoSuchServer,
    NotAllowed,
    NotFound,
    Permitted,
    Reconfirmed,
    SentAgain,
)
from core.usecases.cancel import cancel
from core.usecases.change import change
from core.usecases.look import Free, Shown, find_free, list_all, list_mine, servers_of, show
from core.usecases.reconfirm import reconfirm
from core.usecases.resend import send_again
from core.usecases.reserve import reserve
from core.usecases.servers import (
    BlackoutKept,
    BlackoutLifted,
    ServerKept,
    ServerShown,
    add_server,
    black_out,
    change_server,
    lift_blackout,
    show_server,
)
from core.usecases.settings import SettingsShown, set_own, set_workspace
from core.usecases.unsubscribe import stop_writing_to
from tests.desks import START, Scene, make_server
from tests.life.bench import ANN, Bench, everything, member_of

WHO = [
    "holder",
    "holder elsewhere",
    "member",
    "admin",
    "member elsewhere",
    "admin elsewhere",
    "operator",
    "operator elsewhere",
]


@dataclass
class House:
    """Two workspaces with their people, a server of each, and a shared one."""

    people: dict[str, Actor]
    shared: Server
    own: Server
    theirs: Server
    bench: Bench
    code: str = ""
    made: int = 0


@pytest.fixture
async def house(scene: Scene) -> House:
    desk = scene.desk
    holder = await member_of(desk, "home", "hanna")
    people = {
        "holder": holder,
        "member": await member_of(desk, "home", "mia"),
        "admin": await member_of(desk, "home", "ada", Role.ADMIN),
        "operator": await member_of(desk, "home", "olga", Role.OPERATOR),
        "member elsewhere": await member_of(desk, "away", "max"),
        "admin elsewhere": await member_of(desk, "away", "arno", Role.ADMIN),
        "operator elsewhere": await member_of(desk, "away", "otto", Role.OPERATOR),
    }
    away = people["member elsewhere"].workspace_id
    people["holder elsewhere"] = replace(holder, workspace_id=away)
    own = await desk.run(add_server, people["admin"], make_server(name="Own"))
    theirs = await desk.run(add_server, people["admin elsewhere"], make_server(name="Theirs"))
    assert isinstance(own, ServerKept)
    assert isinstance(theirs, ServerKept)
    return House(people, scene.server, own.server, theirs.server, Bench(scene))


def _row(*answers: type | None) -> dict[str, type | None]:
    return dict(zip(WHO, answers, strict=True))


def _on_a_reservation(done: type) -> dict[str, type | None]:
    return _row(done, done, NotAllowed, done, NotFound, NotFound, done, done)


RESERVATION: dict[str, tuple[Callable[..., Any], dict[str, type | None]]] = {
    "show": (lambda house: (show, house.code), _on_a_reservation(Shown)),
    "reconfirm": (lambda house: (reconfirm, house.code), _on_a_reservation(Reconfirmed)),
    "change": (
        lambda house: (change, ChangeRequest(house.code, title="Late show")),
        _on_a_reservation(Changed),
    ),
    "cancel": (lambda house: (cancel, house.code), _on_a_reservation(Cancelled)),
    "send again": (lambda house: (send_again, house.code), _on_a_reservation(SentAgain)),
}

BLACKOUT = Blackout(Slot.of(START + timedelta(days=30), timedelta(hours=1)), "works")


def _manage(server: Server) -> list[tuple[Any, ...]]:
    return [
        (change_server, replace(server, watch_url="https://new.example.org/")),
        (black_out, server.name, BLACKOUT),
        (lift_blackout, server.name, 1),
    ]


# to manage:   shared, own (of home), theirs (of away)
SERVERS = {
    "holder": (NotAllowed, NotAllowed, NoSuchServer),
    "holder elsewhere": (NotAllowed, NoSuchServer, NotAllowed),
    "member": (NotAllowed, NotAllowed, NoSuchServer),
    "admin": (NotAllowed, None, NoSuchServer),
    "member elsewhere": (NotAllowed, NoSuchServer, NotAllowed),
    "admin elsewhere": (NotAllowed, NoSuchServer, None),
    "operator": (None, None, None),
    "operator elsewhere": (None, None, None),
}


@pytest.mark.parametrize("command", RESERVATION)
async def test_a_reservation_is_its_holders_and_the_admins(house: House, command: str) -> None:
    desk = house.bench.desk
    make, table = RESERVATION[command]
    for who in WHO:
        house.code = await _reserved(house)
        before = await desk.read(everything)
        use_case, given = make(house)

        answer = await desk.run(use_case, house.people[who], given)

        assert table[who] is type(answer), who
        if table[who] in {NotAllowed, NotFound}:
            assert before == await desk.read(everything)


async def test_a_server_is_managed_by_its_workspaces_admins_and_the_operator(
    house: House,
) -> None:
    done = {change_server: ServerKept, black_out: BlackoutKept, lift_blackout: BlackoutLifted}
    for who in WHO:
        for server, refusal in zip(
            (house.shared, house.own, house.theirs), SERVERS[who], strict=True
        ):
            for use_case, *rest in _manage(server):
                answer = await house.bench.desk.run(use_case, house.people[who], *rest)

                assert (refusal or done[use_case]) is type(answer), (who, server.name)


async def test_a_server_is_seen_and_reserved_in_its_own_workspace(house: House) -> None:
    desk = house.bench.desk
    for day, who in enumerate(WHO, 9):
        actor, away = house.people[who], who.endswith("elsewhere")
        operator = who.startswith("operator")
        slot = house.bench.slot(timedelta(days=day))
        for server, here in ((house.shared, True), (house.own, not away), (house.theirs, away)):
            shown = await desk.read(show_server, actor, server.name)
            free = await desk.read(
                find_free, actor, server_id=server.id, window=slot, length=slot.length
            )
            wish = house.bench.scene.request(server_id=server.id, slot=slot)
            reserved = await desk.run(reserve, actor, wish)

            assert (ServerShown if here or operator else NoSuchServer) is type(shown), who
            assert (Free if here else NoSuchServer) is type(free), who
            assert (Permitted if here else NoSuchServer) is type(reserved), who
        names = {"Studio", "Theirs" if away else "Own"}
        assert names == {server.name for server in await desk.read(servers_of, actor)}


async def test_others_see_a_busy_slot_and_not_whose_it_is(house: House) -> None:
    house.code = await _reserved(house)
    for who in WHO:
        entries = await house.bench.desk.read(list_all, house.people[who])
        mine = await house.bench.desk.read(list_mine, house.people[who])

        seen = [] if who.endswith("elsewhere") else [who != "member"]
        assert seen == [one.reservation is not None for one in entries], who
        assert who.startswith("holder") == (len(mine) == 1), who


async def test_a_reservation_moves_within_its_own_workspace_whoever_moves_it(
    house: House,
) -> None:
    house.code = await _reserved(house)
    table = RESERVATION["change"][1]
    for who in WHO:
        for server, possible in ((house.theirs, False), (house.shared, True), (house.own, True)):
            wish = ChangeRequest(house.code, server_id=server.id)
            answer = await house.bench.desk.run(change, house.people[who], wish)

            moved = Changed if possible else NoSuchServer
            assert (moved if table[who] is Changed else table[who]) is type(answer), who


async def test_a_workspaces_settings_are_its_admins(house: House) -> None:
    desk = house.bench.desk
    house.code = await _reserved(house)
    for who in WHO:
        actor, admin = house.people[who], who.split()[0] in {"admin", "operator"}

        theirs = await desk.run(set_workspace, actor, reminders=(timedelta(hours=1),))
        own = await desk.run(set_own, actor, reminders=(timedelta(hours=2),))
        stopped = await desk.run(stop_writing_to, actor, ANN)
        added = await desk.run(add_server, actor, make_server(name=f"{who}'s"))

        assert (SettingsShown if admin else NotAllowed) is type(theirs), who
        assert SettingsShown is type(own)
        at_home = who.startswith("operator") or "elsewhere" not in who
        assert (int(at_home) if admin else NotAllowed()) == stopped, who
        assert (ServerKept if admin else NotAllowed) is type(added), who
        if isinstance(added, ServerKept):
            everybodys = who.startswith("operator")
            assert (None if everybodys else actor.workspace_id) == added.server.workspace_id


async def _reserved(house: House) -> str:
    """Make a reservation of the holder's at home, on another day each time."""
    house.made += 1
    slot = house.bench.slot(timedelta(days=2 * house.made))
    request = house.bench.scene.request(server_id=house.own.id, slot=slot)
    answer = await house.bench.desk.run(reserve, house.people["holder"], request)
    assert isinstance(answer, Permitted)
    return answer.reservation.code


def test_the_tables_leave_nobody_out() -> None:
    assert set(WHO) == set(SERVERS)
    assert all(set(WHO) == set(table) for _, table in RESERVATION.values())
