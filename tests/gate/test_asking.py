"""The gate on a real database: who comes in, by memory and by the store, and while it is away."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from core.access.links import Ticket
from core.gate.board import GOOD_FOR
from core.model.gate import Access, Asked, Reason, Refuse
from core.model.request import CredentialWish
from core.model.reservation import CredentialMode
from core.model.server import Rules, ServerKind
from core.store.records import Records
from core.store.store import Store
from core.usecases.gate import GATE, GATE_SINCE, gate_beat
from tests.desks import Clock, Scene
from tests.gate.house import AWAY, HOME, GateHouse, away, open_house, passcode_of

MINUTE = timedelta(minutes=1)
EACH, NONE = CredentialMode.EACH, CredentialMode.NONE


@pytest.fixture
async def house(scene: Scene) -> GateHouse:
    return await open_house(scene)


async def test_the_holder_publishes_and_the_audience_watches(house: GateHouse) -> None:
    assert (await house.admitted(house.to_publish())).reservation_id == house.reservation.id
    assert (await house.admitted(house.to_watch())).until == house.reservation.slot.ends_at


async def test_everybody_else_is_refused_with_the_reason(house: GateHouse) -> None:
    other = await house.bench.reserve(slot=house.bench.slot(timedelta(hours=40)))
    key = (await house.desk.read(lambda store, _: store.reservations.secrets(other.id))).stream_key

    assert await house.refused(house.to_publish(secret="guessed")) is Reason.WRONG
    assert await house.refused(house.to_publish(secret=key)) is Reason.WRONG
    assert await house.refused(house.to_publish(secret="")) is Reason.NOTHING_GIVEN
    assert await house.refused(house.to_publish(stream="live/000000")) is Reason.UNKNOWN
    assert await house.refused(house.to_publish(stream=house.stream.upper())) is Reason.UNKNOWN
    assert await house.refused(house.to_publish(stream=f"other/{house.stream}")) is Reason.UNKNOWN
    assert await house.refused(house.to_watch(secret="guessed")) is Reason.WRONG
    assert await house.refused(house.to_watch(user="other")) is Reason.WRONG


async def test_a_stream_of_another_server_is_unknown(house: GateHouse) -> None:
    elsewhere = replace(house.server, id=house.server.id + 1)

    for asked in (house.to_publish(), house.to_watch()):
        assert await house.gate.ask(elsewhere, asked) == Refuse(Reason.UNKNOWN)


async def test_hls_is_asked_for_by_path_with_credentials_or_a_ticket(house: GateHouse) -> None:
    path = house.stream.rpartition("/")[2]
    file = house.to_watch(stream="", path=path, client="")
    ticket = house.desk.links.ticket(Ticket(house.reservation.id, 1, 0))
    shared = house.desk.links.ticket(Ticket(house.reservation.id, 0, 0))
    older = house.desk.links.ticket(Ticket(house.reservation.id, 1, 7))

    by_ticket = file._replace(user="", secret="", ticket=ticket)
    assert (await house.admitted(file)).number is None
    assert (await house.admitted(by_ticket)).number == 1
    assert (await house.admitted(by_ticket._replace(ticket=shared))).number is None
    assert await house.refused(by_ticket._replace(ticket=older)) is Reason.WRONG
    assert (
        await house.refused(by_ticket._replace(ticket=ticket.replace("-1-", "-2-"))) is Reason.WRONG
    )
    assert await house.refused(file._replace(path="000000")) is Reason.UNKNOWN


async def test_each_has_their_own_credentials_and_leaves_with_them(scene: Scene) -> None:
    house = await open_house(scene, EACH)
    ann, ben = await passcode_of(house, 1), await passcode_of(house, 2)
    to_watch = house.to_watch(user="guest-1", secret=ann)

    assert (await house.admitted(to_watch)).number == 1
    assert await house.refused(to_watch._replace(secret=ben)) is Reason.WRONG
    removed = next(iter(scene.request().audience))
    await house.bench.change(house.reservation.code, remove=(removed,))
    await house.gate.memory.refresh()
    assert await house.refused(to_watch) is Reason.WRONG
    assert (await house.admitted(house.to_watch(user="guest-2", secret=ben))).number == 2


async def test_without_credentials_everybody_watches_and_nobody_publishes(scene: Scene) -> None:
    house = await open_house(scene, NONE)
    anybody = house.to_watch(user="", secret="")

    await house.admitted(anybody)
    assert await house.refused(house.to_publish(secret="")) is Reason.NOTHING_GIVEN
    house.until(before_start=MINUTE)
    assert await house.refused(anybody) is Reason.EARLY


async def test_new_credentials_hold_at_once(house: GateHouse) -> None:
    before = house.to_watch()
    await house.admitted(before)

    changed = await house.bench.change(house.reservation.code, credentials=CredentialWish())
    await house.gate.memory.refresh()

    assert await house.refused(before) is Reason.WRONG
    await house.admitted(before._replace(secret=changed.passcode))


async def test_what_was_reserved_a_moment_ago_is_found_though_not_in_memory(scene: Scene) -> None:
    house = await open_house(scene)
    house.until(before_start=-timedelta(hours=3))
    now = await house.bench.reserve(slot=house.bench.slot(timedelta(seconds=1)))
    secrets = await house.desk.read(lambda store, _: store.reservations.secrets(now.id))
    house.clock.move(timedelta(seconds=1))
    late = replace(house, reservation=now, secrets=secrets)

    await late.admitted(late.to_publish())
    await late.admitted(late.to_watch())


async def test_cancelled_lapsed_and_moved_slots_open_nothing(house: GateHouse) -> None:
    later = house.bench.slot(timedelta(hours=3))
    await house.bench.change(house.reservation.code, slot=later)
    await house.gate.memory.refresh()
    assert await house.refused(house.to_publish()) is Reason.EARLY
    house.clock.now = later.starts_at
    await house.gate.memory.refresh()
    await house.admitted(house.to_publish())
    await house.bench.cancel(house.reservation.code)
    await house.gate.memory.refresh()

    assert await house.refused(house.to_publish(client="9")) is Reason.CANCELLED
    assert await house.refused(house.to_watch()) is Reason.CANCELLED


async def test_rehearsal_and_tear_down(scene: Scene) -> None:
    rules = Rules(set_up=30 * MINUTE, tear_down=10 * MINUTE)
    house = await open_house(scene, server={"rules": rules})
    house.until(before_start=30 * MINUTE)
    await house.admitted(house.to_publish())
    assert await house.refused(house.to_watch()) is Reason.EARLY
    await house.admitted(house.to_watch(user="", secret=house.secrets.stream_key, client="3"))
    house.clock.now = house.reservation.slot.ends_at

    await house.admitted(house.to_publish())
    assert await house.refused(house.to_watch()) is Reason.OVER
    house.clock.move(10 * MINUTE)
    assert await house.refused(house.to_publish()) is Reason.OVER


# --- one publisher at a time


async def controlled(scene: Scene) -> GateHouse:
    """Open a house whose server the desk can end connections of."""
    return await open_house(scene, server={"control_url": "http://127.0.0.1:1"})


async def test_a_second_publisher_is_refused_while_the_first_is_there(scene: Scene) -> None:
    house = await controlled(scene)
    first = house.to_publish()
    second = house.to_publish(client="2", address=AWAY)
    await house.admitted(first)

    assert await house.refused(second) is Reason.PUBLISHING
    await house.leave(first)
    await house.admitted(second)


async def test_a_reconnect_takes_its_own_place(scene: Scene) -> None:
    house = await controlled(scene)
    await house.admitted(house.to_publish())
    await house.admitted(house.to_publish(client="7"))

    assert house.taken_over == [("1",)]
    # the server says of the one whose place was taken that it has gone: the new one is still there
    await house.leave(house.to_publish())
    assert await house.refused(house.to_publish(client="8", address=AWAY)) is Reason.PUBLISHING


async def test_of_two_who_come_at_once_from_different_places_one_comes_in(scene: Scene) -> None:
    house = await controlled(scene)
    both = [house.to_publish(client=f"{n}", address=f"127.0.0.{n}") for n in range(1, 9)]

    reasons = await asyncio.gather(*(house.refused(one) for one in both))

    assert sorted(reasons, key=str) == [None, *[Reason.PUBLISHING] * 7]


async def test_being_asked_again_about_a_publisher_is_no_second_one(scene: Scene) -> None:
    house = await controlled(scene)
    await house.admitted(house.to_publish())
    await house.admitted(house.to_publish(again=True, address=AWAY))
    await house.admitted(house.to_publish(again=True, client="", address=AWAY))

    assert house.taken_over == []


async def test_who_says_to_be_in_already_and_is_not_comes_in_like_any_other(scene: Scene) -> None:
    house = await controlled(scene)
    await house.admitted(house.to_publish(again=True, client="5"))
    assert (await house.aired()).since is not None

    assert await house.refused(house.to_publish(client="6", address=AWAY)) is Reason.PUBLISHING


async def test_a_publisher_named_by_its_stream_takes_its_own_place_only(scene: Scene) -> None:
    house = await controlled(scene)
    named = house.to_publish(client=f"source:{house.stream}")
    await house.admitted(named)

    assert await house.refused(named._replace(address=AWAY)) is Reason.PUBLISHING
    await house.admitted(named)
    assert house.taken_over == [(named.client,)]


# --- what went out


async def test_what_went_out_is_written_down(house: GateHouse) -> None:
    assert (await house.aired()).since is None
    first = house.to_publish()
    await house.admitted(first)
    assert (await house.aired()).until is None
    house.clock.move(5 * MINUTE)
    await house.leave(first)
    house.clock.move(MINUTE)
    await house.admitted(house.to_publish(client="5"))
    house.clock.move(5 * MINUTE)
    await house.leave(house.to_publish(client="5"))
    for client, address in (("6", HOME), ("7", AWAY), ("8", AWAY)):
        await house.admitted(house.to_watch(client=client, address=address))
    path = house.stream.rpartition("/")[2]
    for _ in range(3):  # files of one watcher
        await house.admitted(house.to_watch(stream="", path=path, client="", address="127.0.0.3"))
    aired = await house.aired()

    starts_at = house.reservation.slot.starts_at
    assert (aired.since, aired.until) == (starts_at, starts_at + 11 * MINUTE)
    assert aired.watchers == 3  # addresses, as the credentials are shared


async def test_a_recipient_who_comes_twice_watched_once(scene: Scene) -> None:
    house = await open_house(scene, EACH)
    ann = await passcode_of(house, 1)
    for client, address in (("1", HOME), ("2", AWAY)):
        await house.admitted(
            house.to_watch(user="guest-1", secret=ann, client=client, address=address)
        )

    assert (await house.aired()).watchers == 1


async def test_who_was_let_in_while_the_database_was_away_is_written_down_later(
    house: GateHouse,
) -> None:
    with away(house.desk):
        await house.admitted(house.to_publish())
        await house.admitted(house.to_watch())
    aired = await house.aired()

    assert (aired.since, aired.until) == (house.reservation.slot.starts_at, None)
    assert aired.watchers == 1


# --- the database away


async def test_permits_in_mind_hold_for_half_a_minute_while_the_database_is_away(
    house: GateHouse,
) -> None:
    with away(house.desk):
        await house.admitted(house.to_publish())
        await house.admitted(house.to_watch())
        assert await house.refused(house.to_watch(secret="guessed")) is Reason.WRONG
        house.ticks.now += GOOD_FOR + 1
        assert await house.refused(house.to_watch(client="4")) is Reason.AWAY
        assert await house.refused(house.to_publish(client="4")) is Reason.AWAY
    await house.gate.memory.refresh()
    await house.admitted(house.to_watch(client="4"))


async def test_while_the_database_is_away_there_is_still_one_publisher(
    scene: Scene,
) -> None:
    house = await controlled(scene)
    with away(house.desk):
        await house.admitted(house.to_publish())
        second = house.to_publish(client="2", address=AWAY)
        assert await house.refused(second) is Reason.PUBLISHING


async def test_what_is_not_in_mind_is_no_guess_while_the_database_is_away(
    house: GateHouse,
) -> None:
    with away(house.desk):
        assert await house.refused(house.to_publish(stream="live/000000")) is Reason.AWAY


# --- guessing


async def guess(house: GateHouse, times: int, address: str = HOME) -> list[Reason | None]:
    """Guess so many times."""
    asked = house.to_watch(client="", address=address)
    return [await house.refused(asked._replace(secret=f"guess {n}")) for n in range(times)]


async def chosen(scene: Scene) -> GateHouse:
    """Open a house whose passcode is of a person's making."""
    wish = CredentialWish(CredentialMode.SHARED, "crew", "sesame-open")
    return await open_house(scene, credentials=wish)


async def test_guessing_is_slowed_down_and_then_shut_out(scene: Scene) -> None:
    house = await chosen(scene)
    reasons = await guess(house, 12)

    assert reasons == [*[Reason.WRONG] * 10, *[Reason.SHUT_OUT] * 2]
    assert house.ticks.waited[:3] == pytest.approx([0.05] * 3)
    assert house.ticks.waited[3:7] == pytest.approx([0.3, 0.55, 1.05, 2.05])
    assert max(house.ticks.waited) < 5
    assert await house.refused(house.to_watch()) is Reason.SHUT_OUT
    assert len(house.ticks.waited) == 10
    await house.admitted(house.to_watch(address=AWAY))
    house.ticks.now += 901
    await house.gate.memory.refresh()
    await house.admitted(house.to_watch())


@pytest.mark.parametrize("kind", [ServerKind.ICECAST, ServerKind.MEDIAMTX])
async def test_where_questions_wait_in_line_a_guesser_holds_nobody_up(
    scene: Scene, kind: ServerKind
) -> None:
    wish = CredentialWish(CredentialMode.SHARED, "crew", "sesame-open")
    house = await open_house(scene, server={"kind": kind}, credentials=wish)
    reasons = await guess(house, 12)

    assert reasons[9:] == [Reason.WRONG, Reason.SHUT_OUT, Reason.SHUT_OUT]
    assert house.ticks.waited == []


async def test_the_holder_behind_a_shut_out_address_publishes_all_the_same(scene: Scene) -> None:
    house = await chosen(scene)
    await guess(house, 20)

    await house.admitted(house.to_publish())
    assert await house.refused(house.to_publish(secret="guessed")) is Reason.WRONG


async def test_who_watches_already_is_not_cut_off_by_a_neighbour_who_guesses(scene: Scene) -> None:
    house = await chosen(scene)
    path = house.stream.rpartition("/")[2]
    file = house.to_watch(stream="", path=path, client="")
    await house.admitted(file)
    await guess(house, 20)

    await house.admitted(file)
    await guess(house, 90)
    assert await house.refused(file) is Reason.SHUT_OUT


async def test_passcodes_of_our_making_and_tickets_pass_from_a_shut_out_address(
    house: GateHouse,
) -> None:
    await guess(house, 20)
    ticket = house.desk.links.ticket(Ticket(house.reservation.id, 0, 0))

    await house.admitted(house.to_watch())
    await house.admitted(house.to_watch(user="", secret="", ticket=ticket))


async def test_a_neighbourhood_of_ipv6_is_one_address(scene: Scene) -> None:
    house = await chosen(scene)
    for n in range(10):
        await guess(house, 1, address=f"2001:db8::{n:x}")

    assert await house.refused(house.to_watch(address="2001:db8::ffff")) is Reason.SHUT_OUT
    await house.admitted(house.to_watch(address="2001:db8:0:1::1"))


async def test_an_empty_first_try_is_no_guess(
    house: GateHouse, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    for _ in range(30):
        nothing = house.to_watch(user="", secret="")
        assert await house.refused(nothing) is Reason.NOTHING_GIVEN
    assert "gate.refused" not in caplog.messages  # a player asks so before each file

    assert await house.refused(house.to_watch(secret="guess")) is Reason.WRONG
    assert "gate.refused" in caplog.messages


async def test_every_refusal_takes_as_long_whatever_is_wrong(house: GateHouse) -> None:
    early = house.to_watch()
    house.until(before_start=MINUTE)
    wrong = [
        early,
        early._replace(secret="guessed", address="127.0.1.1"),
        early._replace(stream="live/000000", address="127.0.1.2"),
        early._replace(stream="", path="", address="127.0.1.3"),
        house.to_publish(secret="x", address="127.0.1.4"),
        early._replace(user="", secret="", address="127.0.1.5"),
    ]
    for asked in wrong:
        assert await house.refused(asked) is not None

    assert house.ticks.waited == pytest.approx([0.05] * len(wrong))


async def test_a_refusal_that_takes_long_to_find_takes_a_multiple(house: GateHouse) -> None:
    asking = asyncio.create_task(house.refused(house.to_publish(secret="x")))
    await asyncio.sleep(0)  # a turn of the loop: the store is being asked now
    house.ticks.now += 0.07

    assert await asking is Reason.WRONG
    assert house.ticks.waited == pytest.approx([0.03])


# --- the pulse


async def test_the_gates_pulse_says_since_when_it_answers(house: GateHouse, clock: Clock) -> None:
    began = clock.now
    for _ in range(3):
        await house.desk.run(gate_beat, [house.server.id])
        clock.move(timedelta(seconds=20))
    last, since, asked_at = await house.desk.read(_pulse, house.server.id)
    assert (since, last) == (began, began + timedelta(seconds=40))
    assert asked_at == last
    clock.move(timedelta(seconds=20))
    await house.desk.run(gate_beat, [])

    assert (await house.desk.read(_pulse, house.server.id))[1] == clock.now


def _pulse(store: Store, _: object, server_id: int) -> tuple[object, object, object]:
    records: Records = store.records
    return (
        records.last_beat(GATE),
        records.last_beat(GATE_SINCE),
        store.openings.asked_at(server_id),
    )


async def test_running_says_that_the_gate_answers_and_who_asked(house: GateHouse) -> None:
    stop = asyncio.Event()
    await house.admitted(house.to_watch())
    running = asyncio.create_task(house.gate.memory.run(stop))
    async with asyncio.timeout(20):
        while (await house.desk.read(_pulse, house.server.id))[2] is None:
            pass
    stop.set()
    await running

    now = house.clock.now
    assert await house.desk.read(_pulse, house.server.id) == (now, now, now)


async def test_running_keeps_memory_fresh_and_stops_in_good_order(house: GateHouse) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(house.gate.memory.run(stop))
    anew = Asked(Access.WATCH, stream=house.stream, client="6", address=HOME, user="guest")
    changed = await house.bench.change(house.reservation.code, credentials=CredentialWish())
    while house.gate.memory.board.stamps.get(house.reservation.id) != changed.reservation.revision:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0)  # a turn of the loop: the gate looks four times a second
    await house.admitted(anew._replace(secret=changed.passcode))
    stop.set()
    await running

    assert (await house.aired()).watchers == 1
