"""A question put to the driver: the same values as SQLAlchemy gives, on either database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, func
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from core.model.delivery import DeliveryState
from core.store.deliveries import COLUMNS, OPEN
from core.store.question import Question
from core.store.store import Store
from core.store.tables import DeliveryRow
from tests.desks import START, Scene
from tests.life.bench import ANN, BEN, Bench

STATEMENT = (
    select(*COLUMNS)
    .where(
        col(DeliveryRow.state).in_(OPEN),
        col(DeliveryRow.state) == DeliveryState.QUEUED.value,
        col(DeliveryRow.not_before) <= bindparam("now"),
        col(DeliveryRow.made_at) <= bindparam("now"),
    )
    .order_by(col(DeliveryRow.id))
    .limit(bindparam("most"))
)
OPEN_ONES = Question(STATEMENT)


async def test_it_answers_as_sqlalchemy_does(scene: Scene) -> None:
    await Bench(scene).reserve(audience=(ANN, BEN))
    now = scene.clock()

    def asked(store: Store, _: object) -> tuple[list[list[object]], list[list[object]]]:
        given = {"now": now, "most": 10}
        theirs = [list(row) for row in store.connection.execute(STATEMENT, given)]
        return theirs, [list(row) for row in OPEN_ONES.ask(store.connection, **given)]

    theirs, ours = await scene.desk.read(asked)
    assert len(ours) >= 2
    assert theirs == ours
    assert [list(map(type, row)) for row in theirs] == [list(map(type, row)) for row in ours]
    assert any(None in row for row in ours)


async def test_what_is_given_differs_from_one_time_to_the_next(scene: Scene) -> None:
    await Bench(scene).reserve(audience=(ANN, BEN))
    now = scene.clock()

    def asked(store: Store, _: object) -> list[int]:
        return [
            len(OPEN_ONES.ask(store.connection, now=at, most=most))
            for at, most in ((now, 1), (now, 2), (START - timedelta(days=1), 2))
        ]

    assert [1, 2, 0] == await scene.desk.read(asked)


async def test_what_the_database_refuses_is_sqlalchemys_error(scene: Scene) -> None:
    wrong = Question(select(func.no_such_function(col(DeliveryRow.id))))

    def asked(store: Store, _: object) -> None:
        wrong.ask(store.connection)

    with pytest.raises(DBAPIError):
        await scene.desk.read(asked)
