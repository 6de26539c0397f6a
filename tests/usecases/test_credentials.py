"""Watch credentials: given or made, for all or one each, and new ones at once for everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import SQLModel

from core.model.request import ChangeRequest, CredentialWish
from core.model.reservation import CredentialMode
from core.store.store import Store
from core.usecases.answers import Permitted, Unchanged
from core.usecases.change import change
from core.usecases.reserve import GUEST, reserve
from tests.desks import Scene
from tests.life.bench import ANN, BEN, CLEO, Bench

SHARED, EACH, NONE = CredentialMode.SHARED, CredentialMode.EACH, CredentialMode.NONE


async def test_shared_credentials_are_the_same_for_all(scene: Scene) -> None:
    bench = Bench(scene)

    answer = await scene.desk.run(reserve, scene.actor, scene.request(audience=(ANN, BEN)))
    await bench.post.deliver()

    assert isinstance(answer, Permitted)
    given = {(one.user, one.passcode) for one in bench.post.take()}
    assert {(GUEST, answer.passcode)} == given
    assert 10 == len(answer.passcode)


async def test_credentials_that_were_given_are_passed_on_as_they_are(scene: Scene) -> None:
    bench = Bench(scene)

    await bench.reserve(credentials=CredentialWish(SHARED, "crew", "let me in, please"))
    await bench.post.deliver()

    (read,) = bench.post.to(ANN.address)
    assert ("crew", "let me in, please") == (read.user, read.passcode)


async def test_each_recipient_has_credentials_of_their_own(scene: Scene) -> None:
    bench = Bench(scene)

    await bench.reserve(audience=(ANN, BEN), credentials=CredentialWish(EACH, "crew"))
    await bench.post.deliver()

    ann, ben = bench.post.to(ANN.address)[0], bench.post.to(BEN.address)[0]
    assert ("crew-1", "crew-2") == (ann.user, ben.user)
    assert ann.passcode != ben.passcode
    assert [10, 10] == [len(ann.passcode), len(ben.passcode)]


async def test_without_credentials_there_are_none_to_read(scene: Scene) -> None:
    bench = Bench(scene)

    await bench.reserve(credentials=CredentialWish(NONE))
    await bench.post.deliver()

    (read,) = bench.post.to(ANN.address)
    assert ("", "") == (read.user, read.passcode)


@pytest.mark.parametrize("mode", CredentialMode)
async def test_secrets_are_nowhere_in_the_tables_in_the_clear(
    scene: Scene, mode: CredentialMode
) -> None:
    bench = Bench(scene)
    wish = CredentialWish(mode, "crew", "open-sesame" if mode is SHARED else "")
    request = scene.request(credentials=wish, slot=bench.slot(timedelta(hours=1)))
    await scene.desk.run_once("key-1", reserve, scene.actor, request)
    await bench.awake_for(timedelta(minutes=50))
    (key,) = {read.stream_key for read in bench.post.to_holder()} - {""}
    secrets = {
        key.partition("?key=")[2],
        *(read.passcode for read in bench.post.to(ANN.address)),
    } - {""}

    tables = await scene.desk.read(_all_text)

    assert 32 == max(map(len, secrets))
    assert [] == [secret for secret in secrets if secret in tables]
    assert ANN.address in tables  # so that a search that finds nothing means something


def _all_text(store: Store, _: object) -> str:
    tables = SQLModel.metadata.tables.values()
    return "\n".join(
        str(row) for table in tables for row in store.connection.execute(table.select())
    )


async def test_new_credentials_reach_all_who_were_told(scene: Scene) -> None:
    bench = Bench(scene)
    code = (await bench.reserve(audience=(ANN, BEN))).code
    await bench.post.deliver()
    old = bench.post.take()[0].passcode

    answer = await bench.change(code, credentials=CredentialWish(SHARED))
    await bench.post.deliver()

    assert answer.new_credentials
    assert answer.passcode != old
    reads = bench.post.take()
    assert ["change confirmed"] * 2 == [read.gist for read in reads]
    assert {answer.passcode} == {read.passcode for read in reads}


async def test_the_same_credentials_given_again_change_nothing(scene: Scene) -> None:
    bench = Bench(scene)
    wish = CredentialWish(SHARED, "crew", "open-sesame")
    code = (await bench.reserve(credentials=wish)).code

    answer = await scene.desk.run(change, scene.actor, ChangeRequest(code, credentials=wish))

    assert isinstance(answer, Unchanged)


@pytest.mark.parametrize(
    ("before", "after"), [(SHARED, EACH), (EACH, SHARED), (EACH, EACH), (NONE, EACH), (EACH, NONE)]
)
async def test_changes_from_one_mode_to_another(
    scene: Scene, before: CredentialMode, after: CredentialMode
) -> None:
    bench = Bench(scene)
    code = (await bench.reserve(audience=(ANN, BEN), credentials=CredentialWish(before))).code
    await bench.post.deliver()
    old = {read.passcode for read in bench.post.take()}

    await bench.change(code, credentials=CredentialWish(after), add=(CLEO,))
    await bench.post.deliver()

    reads = bench.post.take()
    new = {read.passcode for read in reads}
    assert {"change confirmed", "announcement confirmed"} == {read.gist for read in reads}
    assert new.isdisjoint(old)
    assert {SHARED: 1, EACH: 3, NONE: 1}[after] == len(new)
    assert (after is NONE) == (new == {""})


async def test_a_change_of_something_else_keeps_everybodys_credentials(scene: Scene) -> None:
    bench = Bench(scene)
    code = (await bench.reserve(audience=(ANN, BEN), credentials=CredentialWish(EACH))).code
    await bench.post.deliver()
    before = {read.address: read.passcode for read in bench.post.take()}

    await bench.change(code, title="Late show")
    await bench.post.deliver()

    assert before == {read.address: read.passcode for read in bench.post.take()}


async def test_a_cancellation_carries_no_credentials(scene: Scene) -> None:
    bench = Bench(scene)
    code = (await bench.reserve()).code
    await bench.post.deliver()
    bench.post.take()

    await bench.cancel(code)
    await bench.post.deliver()

    (read,) = bench.post.take()
    assert ("cancellation", "", "") == (read.kind, read.user, read.passcode)
