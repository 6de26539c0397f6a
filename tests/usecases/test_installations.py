"""Where the desk is installed: one row a workspace, sealed, and forgotten when it is removed."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.store.desk import Desk
from core.store.installations import Installation
from core.store.store import Store
from core.usecases.errands import drop_errand, keep_errand, take_errand
from core.usecases.installations import (
    end_installation,
    installation_of,
    issue_state,
    keep_installation,
    use_state,
)
from tests.desks import Clock


def names(store: Store, _: datetime) -> list[str]:
    return store.installations.names()


STAGE = Installation("T0001", "Stage", "xoxb-secret", scopes="chat:write")


async def test_an_installation_is_kept_sealed_and_given_back(desk: Desk) -> None:
    await desk.run(keep_installation, STAGE)

    found = await desk.read(installation_of, "T0001")
    assert found is not None
    assert ("xoxb-secret", "Stage", "chat:write") == (found.token, found.team_name, found.scopes)
    with desk.database.reading(patience=2) as connection:
        row = connection.exec_driver_sql("SELECT * FROM slack_installation").one()
    assert "xoxb-secret" not in repr(row)


async def test_installing_anew_replaces_what_was_there(desk: Desk) -> None:
    await desk.run(keep_installation, STAGE)
    await desk.run(end_installation, "T0001")
    await desk.run(keep_installation, Installation("T0001", "Stage", "xoxb-new"))

    one = await desk.read(installation_of, "T0001")
    assert one is not None
    assert ("xoxb-new", None) == (one.token, one.ended_at)
    assert ["Stage"] == await desk.read(names)


async def test_an_end_forgets_the_token_and_comes_once(desk: Desk) -> None:
    await desk.run(keep_installation, STAGE)

    ends = [await desk.run(end_installation, "T0001") for _ in range(2)]

    found = await desk.read(installation_of, "T0001")
    assert [True, False] == ends
    assert found is not None
    assert ("", True) == (found.token, found.ended_at is not None)
    assert [] == await desk.read(names)


async def test_a_late_word_of_an_end_leaves_a_newer_installation(desk: Desk, clock: Clock) -> None:
    removed_at = clock.now
    clock.move(timedelta(minutes=5))
    await desk.run(keep_installation, STAGE)

    assert not await desk.run(end_installation, "T0001", removed_at)
    assert ["Stage"] == await desk.read(names)


async def test_a_state_is_ours_fresh_and_used_once(desk: Desk, clock: Clock) -> None:
    state, late = await desk.read(issue_state), await desk.read(issue_state)

    assert [True, False] == [await desk.run(use_state, state) for _ in range(2)]
    clock.move(timedelta(minutes=11))
    assert not await desk.run(use_state, late)
    for foreign in ("", "x", f"{late}x", late[1:], "1.0123456789abcdef.sig", "\ud800"):
        assert not await desk.run(use_state, foreign)


async def test_an_errand_is_kept_once_and_taken_by_one(desk: Desk, clock: Clock) -> None:
    kept = [await desk.run(keep_errand, "slack", "key", "secret words") for _ in range(2)]
    first = await desk.run(take_errand, "slack")
    none = await desk.run(take_errand, "slack")
    clock.move(timedelta(seconds=61))
    again = await desk.run(take_errand, "slack")
    other = await desk.run(take_errand, "discord")

    assert [True, False] == kept
    assert first is not None
    assert again is not None
    assert ("secret words", 1, 2) == (first.text, first.tries, again.tries)
    assert [None, None] == [none, other]
    await desk.run(drop_errand, first.id)
    clock.move(timedelta(seconds=61))
    assert await desk.run(take_errand, "slack") is None


async def test_an_errand_is_sealed(desk: Desk) -> None:
    await desk.run(keep_errand, "slack", "key", "secret words")

    with desk.database.reading(patience=2) as connection:
        row = connection.exec_driver_sql("SELECT * FROM errand").one()
    assert "secret words" not in repr(row)


async def test_an_errand_that_cannot_be_opened_stands_in_nobodys_way(desk: Desk) -> None:
    await desk.run(keep_errand, "slack", "spoilt", "words")
    await desk.run(keep_errand, "slack", "good", "words")
    await desk.run(
        lambda store, _: store.connection.exec_driver_sql(
            "UPDATE errand SET sealed = 'gone.AAAA' WHERE key = 'spoilt'"
        )
    )

    taken = [await desk.run(take_errand, "slack") for _ in range(3)]

    assert [("spoilt", None), ("good", "words"), None] == [
        (one.key, one.text) if one else None for one in taken
    ]
