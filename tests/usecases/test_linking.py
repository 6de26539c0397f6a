"""One person in two chats: a code here, a look and a yes there; and two persons again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from core.model.people import Actor, Role, WorkspaceKind
from core.model.recipient import HOLDER, Contact, RouteName
from core.model.reservation import Reservation
from core.model.server import Period, Quota, Rules
from core.model.slot import Slot
from core.policy import reasons
from core.store.desk import Desk
from core.store.linking import ChatAccount
from core.store.store import Store
from core.store.tables import AuditRow
from core.usecases.answers import Cancelled, Denied, NotFound, Permitted
from core.usecases.cancel import cancel
from core.usecases.linking import (
    Linked,
    NotLinked,
    Unlinked,
    WhyNot,
    WouldLink,
    ask_link,
    link,
    offer_link,
    present,
    unlink,
)
from core.usecases.look import list_mine, show
from core.usecases.reserve import reserve
from core.usecases.servers import ServerKept, change_server
from core.usecases.settings import Account, enter, recognise, set_own, show_settings
from tests.desks import Clock, Scene

T = TypeVar("T")
U = TypeVar("U")

SLACK = Account(WorkspaceKind.SLACK, "T1", "Stage", "U1", "hanna")
DISCORD = Account(WorkspaceKind.DISCORD, "70", "Gamers", "90", "hanna_x")
OTHER = Account(WorkspaceKind.DISCORD, "71", "Chess", "90", "hanna_chess")


@pytest.fixture
async def slack(scene: Scene) -> Actor:
    return await scene.desk.run(enter, SLACK)


@pytest.fixture
async def discord(scene: Scene) -> Actor:
    return await scene.desk.run(enter, DISCORD)


async def agreed(desk: Desk, there: Actor, here: Actor) -> str:
    """Go as far as the question, and give the code that a yes is said to."""
    offer = await desk.read(offer_link, there)
    asked = await desk.read(ask_link, here, offer.code)
    assert isinstance(asked, WouldLink), asked
    return asked.code


async def linked(desk: Desk, there: Actor, here: Actor) -> Linked:
    answer = await desk.run(link, here, await agreed(desk, there, here))
    assert isinstance(answer, Linked), answer
    return answer


async def reserved(scene: Scene, actor: Actor, days: int = 3) -> Reservation:
    slot = Slot.of(scene.clock.now + timedelta(days=days), timedelta(hours=2))
    answer = await scene.desk.run(reserve, actor, scene.request(slot=slot))
    assert isinstance(answer, Permitted), answer
    return answer.reservation


async def again(desk: Desk, account: Account) -> Actor:
    """Meet somebody anew, as a front end does that remembers nothing."""
    return await desk.run(enter, account)


def names(accounts: Sequence[ChatAccount]) -> list[tuple[str, str]]:
    return [(one.name, one.workspace_name) for one in accounts]


async def test_both_are_shown_before_anything_is_linked(
    desk: Desk, slack: Actor, discord: Actor
) -> None:
    offer = await desk.read(offer_link, slack)
    asked = await desk.read(ask_link, discord, offer.code)

    assert isinstance(asked, WouldLink)
    assert [("hanna", "Stage"), ("hanna_x", "Gamers")] == names(asked.accounts)
    assert (await again(desk, DISCORD)).person_id == discord.person_id != slack.person_id


async def test_nobody_is_linked_by_the_code_alone(desk: Desk, slack: Actor, discord: Actor) -> None:
    offer = await desk.read(offer_link, slack)

    answer = await desk.run(link, discord, offer.code)

    assert isinstance(answer, WouldLink)
    assert (await again(desk, DISCORD)).person_id != slack.person_id


async def test_a_yes_is_good_for_nobody_else(desk: Desk, slack: Actor, discord: Actor) -> None:
    code = await agreed(desk, slack, discord)
    other = await desk.run(enter, OTHER)

    answer = await desk.run(link, other, code)

    assert NotLinked(WhyNot.NO_CODE) == answer


async def test_who_came_in_after_the_question_is_not_agreed_to(
    desk: Desk, slack: Actor, discord: Actor
) -> None:
    code = await agreed(desk, slack, discord)
    await linked(desk, await desk.run(enter, OTHER), slack)

    answer = await desk.run(link, discord, code)

    assert NotLinked(WhyNot.NO_CODE) == answer


async def test_either_chat_manages_what_was_reserved_in_the_other(
    scene: Scene, desk: Desk, slack: Actor, discord: Actor
) -> None:
    in_slack, in_discord = await reserved(scene, slack), await reserved(scene, discord, 4)

    answer = await linked(desk, slack, discord)

    assert [("hanna", "Stage"), ("hanna_x", "Gamers")] == names(answer.accounts)
    assert 1 == answer.moved
    slack, discord = await again(desk, SLACK), await again(desk, DISCORD)
    for actor in (slack, discord):
        mine = await desk.read(list_mine, actor)
        assert [in_slack.id, in_discord.id] == [
            one.reservation.id for one in mine if one.reservation
        ]
    assert isinstance(await desk.run(cancel, discord, in_slack.code), Cancelled)
    assert isinstance(await desk.run(cancel, slack, in_discord.code), Cancelled)


async def test_it_stays_in_the_workspace_it_was_made_in_and_is_told_there(
    scene: Scene, desk: Desk, slack: Actor, discord: Actor
) -> None:
    made = await reserved(scene, slack)
    await linked(desk, slack, discord)

    kept = await desk.read(lambda store, _: store.reservations.get(made.id))
    holder = await desk.read(lambda store, _: store.recipients.many([(made.id, HOLDER)]))

    assert slack.workspace_id == kept.workspace_id
    assert "T1/U1" == holder[made.id, HOLDER].contact.address


async def test_nobody_else_in_either_workspace_sees_more_than_before(
    scene: Scene, desk: Desk, slack: Actor, discord: Actor
) -> None:
    made = await reserved(scene, slack)
    await linked(desk, slack, discord)
    admin = await desk.run(
        enter, Account(WorkspaceKind.DISCORD, "70", "Gamers", "91", "gustav", Role.ADMIN)
    )

    assert isinstance(await desk.read(show, admin, made.code), NotFound)


async def test_each_chat_keeps_its_own_name_for_them(
    desk: Desk, slack: Actor, discord: Actor
) -> None:
    await linked(desk, slack, discord)
    before = await desk.read(recognise, SLACK)

    met = [await again(desk, DISCORD), await again(desk, SLACK)]

    assert before is not None  # nothing is written, however often they go to and fro
    assert ["hanna_x", "hanna"] == [one.name for one in met]
    called = await desk.read(
        lambda store, _: [store.people.name_in(one.workspace_id, one.person_id) for one in met]
    )
    assert ["hanna_x", "hanna"] == called


async def test_a_new_name_holds_in_its_own_chat(desk: Desk, slack: Actor, discord: Actor) -> None:
    await linked(desk, slack, discord)
    renamed = Account(WorkspaceKind.DISCORD, "70", "Gamers", "90", "hanna_y")
    nameless = Account(WorkspaceKind.DISCORD, "70", "Gamers", "90", "")

    assert await desk.read(recognise, renamed) is None
    met = [await again(desk, one) for one in (renamed, SLACK, nameless)]

    assert ["hanna_y", "hanna", "hanna_y"] == [one.name for one in met]


async def test_what_one_lacks_the_other_fills_and_here_prevails(
    desk: Desk, slack: Actor, discord: Actor
) -> None:
    await desk.run(
        set_own, slack, zone=ZoneInfo("Europe/Berlin"), email="hanna@example.org", reminders=()
    )
    await desk.run(set_own, discord, zone=ZoneInfo("Asia/Tokyo"))

    await linked(desk, slack, discord)

    shown = await desk.read(show_settings, await again(desk, SLACK))
    assert ("Asia/Tokyo", "hanna@example.org", ()) == (
        shown.person.zone,
        shown.person.email,
        shown.person.reminders,
    )


async def test_quotas_count_for_the_one_person(
    scene: Scene, desk: Desk, slack: Actor, discord: Actor
) -> None:
    rules = Rules(max_streams=5, quotas=(Quota(Period.MONTH, reservations=1),))
    kept = await desk.run(change_server, scene.actor, replace(scene.server, rules=rules))
    assert isinstance(kept, ServerKept)
    await reserved(scene, slack)
    await linked(desk, slack, discord)

    answer = await desk.run(reserve, await again(desk, DISCORD), scene.request())

    assert isinstance(answer, Denied)
    assert isinstance(answer.denial.reasons[0], reasons.OverQuota)


async def test_whoever_stopped_one_of_them_has_stopped_the_one_person(
    desk: Desk, slack: Actor, discord: Actor
) -> None:
    ann = Contact(RouteName.EMAIL, "ann@example.org")
    ben = Contact(RouteName.EMAIL, "ben@example.org")
    for actor, contact in ((slack, ann), (slack, ben), (discord, ben)):
        await desk.run(
            lambda store, now, who, what: store.suppressions.add(what, who, "stopped", now),
            actor.person_id,
            contact,
        )

    await linked(desk, slack, discord)

    person = (await again(desk, SLACK)).person_id
    found = await desk.read(lambda store, _: store.suppressions.reasons([ann, ben], person))
    assert {ann.key: "stopped", ben.key: "stopped"} == found


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "",
        lambda _: "hello",
        lambda code: code[:-2] + ("AA" if code[-2:] != "AA" else "BB"),
        lambda code: "ffff" + code[code.index("-") :],
        lambda code: code + "x",
    ],
)
async def test_no_other_code_will_do(
    desk: Desk, slack: Actor, discord: Actor, spoil: Callable[[str], str]
) -> None:
    spoilt = spoil(await agreed(desk, slack, discord))

    assert NotLinked(WhyNot.NO_CODE) == await desk.read(ask_link, discord, spoilt)
    assert NotLinked(WhyNot.NO_CODE) == await desk.run(link, discord, spoilt)


async def test_a_code_lasts_ten_minutes(
    desk: Desk, clock: Clock, slack: Actor, discord: Actor
) -> None:
    code = await agreed(desk, slack, discord)

    clock.move(timedelta(minutes=10))
    in_time = await desk.read(ask_link, discord, code)
    clock.move(timedelta(seconds=1))

    assert isinstance(in_time, WouldLink)
    assert NotLinked(WhyNot.TOO_OLD) == await desk.run(link, discord, code)


async def test_a_code_is_good_for_once(desk: Desk, slack: Actor, discord: Actor) -> None:
    offer = await desk.read(offer_link, slack)
    asked = await desk.read(ask_link, discord, offer.code)
    assert isinstance(asked, WouldLink)
    await desk.run(link, discord, asked.code)
    await desk.run(unlink, await again(desk, DISCORD))

    slack, discord = await again(desk, SLACK), await again(desk, DISCORD)
    for code in (offer.code, asked.code):
        answer = await desk.run(link, discord, code)
        assert isinstance(answer, NotLinked)
    assert NotLinked(WhyNot.USED) == await desk.read(ask_link, discord, offer.code)
    assert slack.person_id != discord.person_id


async def test_delivered_twice_it_is_done_once_and_answered_alike(
    desk: Desk, slack: Actor, discord: Actor
) -> None:
    code = await agreed(desk, slack, discord)

    first = await desk.run_once("K1", link, discord, code)
    second = await desk.run_once("K1", link, discord, code)
    typed_again = await desk.run(link, await again(desk, DISCORD), code)

    assert isinstance(first, Linked)
    assert first == second
    assert isinstance(typed_again, NotLinked)
    assert WhyNot.ALREADY is typed_again.why


async def test_a_code_is_for_another_account(desk: Desk, slack: Actor) -> None:
    offer = await desk.read(offer_link, slack)

    answer = await desk.read(ask_link, slack, offer.code)

    assert isinstance(answer, NotLinked)
    assert WhyNot.OWN is answer.why


async def test_one_person_has_one_account_in_each_workspace(desk: Desk, slack: Actor) -> None:
    ute = await desk.run(enter, Account(WorkspaceKind.SLACK, "T1", "Stage", "U2", "ute"))
    offer = await desk.read(offer_link, slack)

    answer = await desk.read(ask_link, ute, offer.code)

    assert isinstance(answer, NotLinked)
    assert WhyNot.SAME_WORKSPACE is answer.why


async def test_three_accounts_become_one_person(desk: Desk, slack: Actor, discord: Actor) -> None:
    await linked(desk, slack, discord)
    other = await desk.run(enter, OTHER)

    answer = await linked(desk, other, await again(desk, SLACK))

    assert ["hanna", "hanna_x", "hanna_chess"] == [one.name for one in answer.accounts]
    persons = {(await again(desk, one)).person_id for one in (SLACK, DISCORD, OTHER)}
    assert 1 == len(persons)


async def test_unlinked_each_has_what_was_reserved_in_its_workspace(
    scene: Scene, desk: Desk, slack: Actor, discord: Actor
) -> None:
    in_slack = await reserved(scene, slack)
    await linked(desk, slack, discord)
    in_discord = await reserved(scene, await again(desk, DISCORD), 4)

    answer = await desk.run(unlink, await again(desk, SLACK))

    assert isinstance(answer, Unlinked)
    assert ("hanna", 1) == (answer.account.name, answer.moved)
    slack, discord = await again(desk, SLACK), await again(desk, DISCORD)
    for actor, made in ((slack, in_slack), (discord, in_discord)):
        mine = await desk.read(list_mine, actor)
        assert [made.id] == [one.reservation.id for one in mine if one.reservation]
    assert isinstance(await desk.read(show, slack, in_discord.code), NotFound)
    assert ["hanna", "hanna_x"] == [slack.name, discord.name]


async def test_unlinked_a_mail_address_goes_with_whoever_brought_it(
    desk: Desk, slack: Actor, discord: Actor
) -> None:
    await desk.run(set_own, slack, zone=ZoneInfo("Europe/Berlin"), email="hanna@example.org")
    await linked(desk, slack, discord)

    await desk.run(unlink, await again(desk, SLACK))

    left = await desk.read(show_settings, await again(desk, SLACK))
    stayed = await desk.read(show_settings, await again(desk, DISCORD))
    assert ("Europe/Berlin", "hanna@example.org") == (left.person.zone, left.person.email)
    assert ("Europe/Berlin", "") == (stayed.person.zone, stayed.person.email)


async def test_unlinked_an_address_set_since_stays(
    desk: Desk, slack: Actor, discord: Actor
) -> None:
    await linked(desk, slack, discord)
    await desk.run(set_own, await again(desk, DISCORD), email="hanna@example.org")

    await desk.run(unlink, await again(desk, SLACK))

    left = await desk.read(show_settings, await again(desk, SLACK))
    stayed = await desk.read(show_settings, await again(desk, DISCORD))
    assert ("", "hanna@example.org") == (left.person.email, stayed.person.email)


async def test_who_is_not_linked_cannot_be_unlinked(desk: Desk, slack: Actor) -> None:
    assert NotLinked(WhyNot.NOT_LINKED) == await desk.run(unlink, slack)


@pytest.mark.usefixtures("slack", "discord")
async def test_unlinked_they_can_be_linked_again(desk: Desk, clock: Clock) -> None:
    for _ in range(3):
        clock.move(timedelta(seconds=1))
        await linked(desk, await again(desk, SLACK), await again(desk, DISCORD))
        assert isinstance(await desk.run(unlink, await again(desk, SLACK)), Unlinked)

    rows = await desk.read(
        lambda store, _: store.connection.exec_driver_sql("SELECT * FROM linked_account").all()
    )
    assert [] == rows


async def test_whoever_began_as_somebody_is_led_on(
    desk: Desk, slack: Actor, discord: Actor
) -> None:
    await linked(desk, slack, discord)
    led_on = await desk.read(present, slack)
    await desk.run(unlink, await again(desk, SLACK))

    assert discord.person_id == led_on.person_id
    now = await again(desk, SLACK)
    assert now.person_id == (await desk.read(present, slack)).person_id
    assert now.person_id == (await desk.read(present, led_on)).person_id
    assert discord == await desk.read(present, discord)


async def test_at_a_console_they_are_written_to_under_their_new_number(
    scene: Scene, desk: Desk, discord: Actor
) -> None:
    made = await reserved(scene, scene.actor)
    await linked(desk, scene.actor, discord)

    holder = await desk.read(lambda store, _: store.recipients.many([(made.id, HOLDER)]))

    assert Contact(RouteName.CONSOLE, str(discord.person_id), "Olga") == holder[made.id, 0].contact


async def test_both_are_written_down(desk: Desk, slack: Actor, discord: Actor) -> None:
    await linked(desk, slack, discord)
    await desk.run(unlink, await again(desk, DISCORD))

    assert ["link", "unlink"] == await desk.read(_acts)


def _acts(store: Store, _: datetime) -> list[str]:
    found = store.connection.execute(
        select(AuditRow.act).where(col(AuditRow.act).like("%link")).order_by(col(AuditRow.id))
    )
    return list(found.scalars())


def reserving(store: Store, now: datetime, actor: Actor, scene: Scene, slot: Slot) -> Permitted:
    """Reserve as the person that somebody is by now, as the commands do."""
    answer = reserve(store, now, present(store, now, actor, hold=True), scene.request(slot=slot))
    assert isinstance(answer, Permitted)
    return answer


async def test_linked_during_reservations_none_is_left_behind(
    scene: Scene, desk: Desk, slack: Actor, discord: Actor
) -> None:
    code = await agreed(desk, slack, discord)
    slots = [Slot.of(scene.clock.now + timedelta(days=n), timedelta(hours=1)) for n in range(1, 13)]

    work = [desk.run_patiently(reserving, slack, scene, slot) for slot in slots]
    answers = await asyncio.gather(*work[:6], desk.run_patiently(link, discord, code), *work[6:])

    assert isinstance(answers[6], Linked)
    mine = await desk.read(list_mine, await again(desk, DISCORD))
    assert len(slots) == len(mine)


async def test_of_two_links_at_once_nothing_is_lost(
    scene: Scene, desk: Desk, slack: Actor, discord: Actor
) -> None:
    other = await desk.run(enter, OTHER)
    made = [await reserved(scene, who, n) for n, who in enumerate((slack, discord, other), 3)]
    first, second = await agreed(desk, slack, discord), await agreed(desk, slack, other)

    answers = await asyncio.gather(
        desk.run_patiently(link, discord, first),
        desk.run_patiently(link, other, second),
        desk.run_patiently(link, discord, first),
    )

    # whoever came second had agreed to something else
    assert 1 == sum(isinstance(one, Linked) for one in answers)
    people = {one: (await again(desk, one)).person_id for one in (SLACK, DISCORD, OTHER)}
    assert 2 == len(set(people.values()))
    kept = await desk.read(lambda store, _: store.reservations.many(one.id for one in made))
    assert list(people.values()) == [kept[one.id].holder_id for one in made]


async def one_before_the_other(
    desk: Desk, first: Callable[[Store, datetime], T], second: Callable[[Store, datetime], U]
) -> tuple[T, U]:
    """Do two things at once, of which the second begins before the first is committed."""
    begun, overtaken = Event(), Event()

    def unhurried(store: Store, now: datetime) -> T:
        answer = first(store, now)
        begun.set()
        overtaken.wait(0.5)  # whoever does not wait for this is done by then
        return answer

    def hasty(store: Store, now: datetime) -> U:
        answer = second(store, now)
        overtaken.set()
        return answer

    running = asyncio.ensure_future(desk.run_patiently(unhurried))
    assert await asyncio.to_thread(begun.wait, 5)
    late = await desk.run_patiently(hasty)
    return await running, late


async def test_a_link_waits_for_another_of_the_same_person(
    desk: Desk, clock: Clock, slack: Actor, discord: Actor
) -> None:
    other = await desk.run(enter, OTHER)
    codes = [await agreed(desk, slack, discord)]
    clock.move(timedelta(seconds=1))  # so that it is another code
    codes.append(await agreed(desk, slack, other))

    answers = await one_before_the_other(
        desk,
        lambda store, now: link(store, now, discord, codes[0]),
        lambda store, now: link(store, now, other, codes[1]),
    )

    assert isinstance(answers[0], Linked)
    assert NotLinked(WhyNot.NO_CODE) == answers[1]
    people = [(await again(desk, one)).person_id for one in (SLACK, DISCORD, OTHER)]
    assert [discord.person_id, discord.person_id, other.person_id] == people


async def test_unlinked_twice_at_once_they_keep_what_they_reserved(
    scene: Scene, desk: Desk, slack: Actor, discord: Actor
) -> None:
    made = await reserved(scene, slack)
    await linked(desk, slack, discord)
    one = await again(desk, SLACK)

    answers = await one_before_the_other(
        desk, lambda store, now: unlink(store, now, one), lambda store, now: unlink(store, now, one)
    )

    assert isinstance(answers[0], Unlinked)
    assert NotLinked(WhyNot.NOT_LINKED) == answers[1]
    mine = await desk.read(list_mine, await again(desk, SLACK))
    assert [made.id] == [one.reservation.id for one in mine if one.reservation]


def account(name: str) -> Account:
    return Account(WorkspaceKind.DISCORD, f"g{name}", f"Guild of {name}", f"u{name}", name)


async def pair(desk: Desk, clock: Clock, name: str) -> tuple[Account, Account]:
    """Have a person with two accounts."""
    both = (account(f"{name}1"), account(f"{name}2"))
    there, here = [await desk.run(enter, one) for one in both]
    clock.move(timedelta(seconds=1))
    await linked(desk, there, here)
    return both


async def test_of_links_in_a_row_the_second_waits_and_is_asked_anew(
    scene: Scene, desk: Desk, clock: Clock
) -> None:
    pairs = [await pair(desk, clock, name) for name in "abc"]
    a, b, c = [await again(desk, one) for one, _ in pairs]
    made = await reserved(scene, a)
    codes = [await agreed(desk, a, b), await agreed(desk, b, c)]

    answers = await one_before_the_other(
        desk,
        lambda store, now: link(store, now, b, codes[0]),
        lambda store, now: link(store, now, c, codes[1]),
    )

    assert isinstance(answers[0], Linked)
    assert NotLinked(WhyNot.NO_CODE) == answers[1]
    people = [(await again(desk, one)).person_id for both in pairs for one in both]
    assert [b.person_id] * 4 + [c.person_id] * 2 == people
    kept = await desk.read(lambda store, _: store.reservations.get(made.id))
    assert b.person_id == kept.holder_id


async def test_unlinked_while_another_comes_in_each_keeps_its_name(
    desk: Desk, clock: Clock
) -> None:
    first, second = await pair(desk, clock, "a")
    leaves, stays = await again(desk, first), await again(desk, second)
    comes = await desk.run(enter, OTHER)
    code = await agreed(desk, comes, stays)

    answers = await one_before_the_other(
        desk,
        lambda store, now: link(store, now, stays, code),
        lambda store, now: unlink(store, now, leaves),
    )

    assert [Linked, Unlinked] == [type(one) for one in answers]
    rows = await desk.read(
        lambda store, _: store.connection.exec_driver_sql("SELECT name FROM linked_account").all()
    )
    assert ["a2", "hanna_chess"] == sorted(row.name for row in rows)
