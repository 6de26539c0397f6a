"""What `callboard doctor` says of streaming servers: it really asks them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.doctor_gate import gate_findings
from bot.findings import BROKEN, MISSING, WORKS, Finding
from bot.settings import Settings
from core.access.vault import Vault
from core.model.gate import ControlAddress
from core.usecases.gate import gate_beat
from core.usecases.servers import change_server
from tests.desks import Scene
from tests.gate.nginx import place
from tests.gate.packages import require_programs
from tests.ports import free_port


async def found(scene: Scene, **settings: object) -> list[Finding]:
    """Look at the scene's server."""
    desk = scene.desk
    return await gate_findings(desk.database, desk.vault, Settings(**settings))  # type: ignore[arg-type]


async def test_a_server_that_was_only_added_has_yet_to_be_told_of_the_desk(scene: Scene) -> None:
    never, uncontrolled = await found(scene)

    assert (never.how, uncontrolled.how) == (MISSING, MISSING)
    assert "callboard server lines Studio" in never.mend
    assert "callboard server change Studio control=" in uncontrolled.mend


async def test_a_server_whose_control_does_not_answer_is_broken(scene: Scene) -> None:
    await scene.desk.run(gate_beat, [scene.server.id])
    address = f"http://127.0.0.1:{free_port()}"
    await scene.desk.run(
        change_server,
        scene.actor,
        replace(scene.server, control_url=address),
        control=ControlAddress(address, "desk", "hush-hush"),
    )
    asked, control = await found(scene)

    assert (asked.how, control.how) == (WORKS, BROKEN)
    assert "hush-hush" not in f"{control}"


async def test_nginx_cannot_ask_over_https(scene: Scene) -> None:
    first, *_ = await found(scene, gate_url="https://desk.example.org")

    assert first.how == BROKEN
    assert "CALLBOARD_GATE_URL" in first.mend


async def test_control_credentials_sealed_with_another_key_are_told(scene: Scene) -> None:
    address = "http://127.0.0.1:1"
    await scene.desk.run(
        change_server,
        scene.actor,
        replace(scene.server, control_url=address),
        control=ControlAddress(address, "desk", "hush-hush"),
    )
    other = Vault(["another secret key that is long enough for this"])
    (finding,) = await gate_findings(scene.desk.database, other, Settings())

    assert finding.how == BROKEN


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_server_that_asks_and_answers_works(scene: Scene, tmp_path: Path) -> None:
    require_programs("nginx", "nginx-rtmp")
    nginx = place(tmp_path)
    await scene.desk.run(gate_beat, [scene.server.id])
    changed = replace(scene.server, control_url=nginx.control_url)
    await scene.desk.run(change_server, scene.actor, changed)
    async with nginx.running("http://127.0.0.1:1/gate/x"):
        findings = await found(scene)

    assert [one.how for one in findings] == [WORKS, WORKS]
    assert "0 connections" in findings[1].what
