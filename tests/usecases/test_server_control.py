"""Where the desk ends a server's connections, and where that server asks: who may say, and see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from core.access.vault import SealBrokenError, Vault
from core.model.gate import ControlAddress
from core.model.people import Actor, Role
from core.model.server import Server, ServerKind
from core.store.servers import Servers
from core.store.store import Store
from core.usecases.answers import NotAllowed
from core.usecases.servers import (
    OperatorsOnly,
    ServerKept,
    ServerShown,
    add_server,
    change_server,
    show_server,
)
from tests.desks import Scene, make_server
from tests.store.test_run_once import everything_stored, files_of

AT = "http://10.0.0.5:8081"
CONTROL = ControlAddress(AT, "ed:it", "pass:wörd-of-nobody")


def control_of(store: Store, _: datetime, server: Server) -> ControlAddress | None:
    """Ask for a server's control interface, as the gate does."""
    return store.servers.control(server.id)


def gated(store: Store, _: datetime) -> tuple[str, ...]:
    """Name the servers that ask the gate."""
    return tuple(server.name for server in store.servers.gated())


async def changed(scene: Scene, server: Server, control: ControlAddress | None = None) -> Server:
    """Change a server as the operator."""
    kept = await scene.desk.run(change_server, scene.actor, server, control)
    assert isinstance(kept, ServerKept)
    return kept.server


def admin_of(scene: Scene) -> Actor:
    """Make an admin of the scene's workspace who does not run the desk."""
    return replace(scene.actor, role=Role.ADMIN)


async def test_a_server_is_added_with_its_control(scene: Scene) -> None:
    new = make_server(name="Hall")
    kept = await scene.desk.run(add_server, scene.actor, new, CONTROL)
    assert isinstance(kept, ServerKept)

    shown = await scene.desk.read(show_server, scene.actor, "Hall")

    assert AT == kept.server.control_url
    assert isinstance(shown, ServerShown)
    assert AT == shown.server.control_url
    assert CONTROL == await scene.desk.read(control_of, kept.server)
    assert await scene.desk.read(control_of, scene.server) is None


async def test_other_changes_and_another_name_keep_the_control(scene: Scene) -> None:
    server = await changed(scene, scene.server, CONTROL)
    server = await changed(scene, replace(server, name="Hall", retired=True))

    assert AT == server.control_url
    assert CONTROL == await scene.desk.read(control_of, server)


async def test_another_address_is_not_sent_the_password_of_the_first(scene: Scene) -> None:
    server = await changed(scene, scene.server, CONTROL)
    elsewhere = "http://10.0.0.6:8081"
    server = await changed(scene, replace(server, control_url=elsewhere))

    assert ControlAddress(elsewhere) == await scene.desk.read(control_of, server)


@pytest.mark.parametrize("then", [ControlAddress(AT), ControlAddress("")])
async def test_a_control_said_anew_takes_the_place_of_all_of_the_first(
    scene: Scene, then: ControlAddress
) -> None:
    server = await changed(scene, scene.server, CONTROL)
    server = await changed(scene, server, then)

    assert (then if then.url else None) == await scene.desk.read(control_of, server)
    assert then.url == server.control_url
    # and what was sealed is gone, rather than waiting for the address to be said again
    server = await changed(scene, replace(server, control_url=AT))
    assert ControlAddress(AT) == await scene.desk.read(control_of, server)


async def test_only_the_operator_says_where_connections_are_ended(scene: Scene) -> None:
    admin = admin_of(scene)
    refused = await scene.desk.run(add_server, admin, make_server(name="Hall"), CONTROL)
    added = await scene.desk.run(add_server, admin, make_server(name="Hall", control_url=AT))
    assert isinstance(added, ServerKept)
    own = added.server
    none = await scene.desk.read(control_of, own)
    again = await scene.desk.run(change_server, admin, own, ControlAddress(""))
    await changed(scene, own, CONTROL)
    moved = await scene.desk.run(
        change_server, admin, replace(own, control_url="http://169.254.169.254", name="Yard")
    )

    assert OperatorsOnly() == refused == again
    assert none is None
    assert isinstance(moved, ServerKept)
    assert ("Yard", AT) == (moved.server.name, moved.server.control_url)
    assert CONTROL == await scene.desk.read(control_of, own)


async def test_a_member_is_told_no_more_than_that(scene: Scene) -> None:
    member = replace(scene.actor, role=Role.MEMBER)

    assert NotAllowed() == await scene.desk.run(
        add_server, member, make_server(name="Hall"), CONTROL
    )
    assert NotAllowed() == await scene.desk.run(change_server, member, scene.server, CONTROL)


async def test_the_password_is_sealed_and_bound_to_its_server(
    scene: Scene, database_url: str
) -> None:
    key, kept = "key", make_server(name="Hall")
    await scene.desk.run_once(key, add_server, scene.actor, kept, CONTROL)
    await scene.desk.run_once(key, change_server, scene.actor, scene.server, CONTROL)
    stored = await scene.desk.read(everything_stored)

    assert AT in stored
    assert CONTROL.user not in stored
    assert CONTROL.password not in stored
    assert CONTROL.password.encode() not in files_of(database_url)

    def exchanged(store: Store, _: datetime) -> None:
        Servers(store.connection, Vault(["x" * 32])).keep_control(scene.server.id, CONTROL)

    await scene.desk.run(exchanged)
    with pytest.raises(SealBrokenError):
        await scene.desk.read(control_of, scene.server)
    assert "wörd" not in repr(CONTROL)


async def test_another_server_s_sealed_password_opens_nothing(scene: Scene) -> None:
    await changed(scene, scene.server, CONTROL)
    other = await scene.desk.run(add_server, scene.actor, make_server(name="Hall"), CONTROL)
    assert isinstance(other, ServerKept)

    def swapped(store: Store, _: datetime) -> None:
        store.connection.exec_driver_sql(
            "UPDATE server SET control_sealed ="
            " (SELECT s.control_sealed FROM server AS s WHERE s.name = 'Hall')"
        )

    await scene.desk.run(swapped)
    with pytest.raises(SealBrokenError):
        await scene.desk.read(control_of, scene.server)
    assert CONTROL == await scene.desk.read(control_of, other.server)


async def test_servers_that_ask_go_on_asking_when_they_are_retired(scene: Scene) -> None:
    link = make_server(name="Hall", kind=ServerKind.LINK)
    await scene.desk.run(add_server, scene.actor, link)
    await scene.desk.run(add_server, scene.actor, make_server(name="Old", retired=True))

    assert ("Studio", "Old") == await scene.desk.read(gated)


async def test_where_a_server_asks_is_for_those_alone_who_may_change_it(scene: Scene) -> None:
    links = replace(scene.desk.links, gate_url="http://desk.example.org:8080")
    scene.desk.links = links
    hook_url = links.hook_url(scene.server.id)
    kept = await scene.desk.run(change_server, scene.actor, scene.server)
    asked = [
        await scene.desk.read(show_server, actor, "Studio")
        for actor in (scene.actor, admin_of(scene), replace(scene.actor, role=Role.MEMBER))
    ]

    assert isinstance(kept, ServerKept)
    assert hook_url == kept.hook_url
    assert hook_url.startswith("http://desk.example.org:8080/gate/")
    # the server is everybody's, so that no workspace's admin may change it
    assert [hook_url, "", ""] == [one.hook_url for one in asked if isinstance(one, ServerShown)]
    assert all(hook_url not in repr(one) for one in (kept, *asked))


async def test_a_server_that_is_only_linked_to_asks_nowhere(scene: Scene) -> None:
    link = replace(scene.server, kind=ServerKind.LINK)
    kept = await scene.desk.run(change_server, scene.actor, link)
    shown = await scene.desk.read(show_server, scene.actor, "Studio")

    assert isinstance(kept, ServerKept)
    assert isinstance(shown, ServerShown)
    assert ("", "") == (kept.hook_url, shown.hook_url)
