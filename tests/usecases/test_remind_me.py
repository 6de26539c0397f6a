"""Remind me, and stop: what readers of a chat's posts ask for themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.model.due import DueKind
from core.model.recipient import Contact, RouteName
from core.model.request import CredentialWish
from core.model.reservation import CredentialMode
from core.model.slot import Slot
from core.store.store import Limits
from core.usecases.answers import Ended, NotFound, TooManyRecipients
from core.usecases.remind_me import WillRemind, remind_me
from core.usecases.unsubscribe import Stopped, stop_telling_me
from tests.desks import Scene
from tests.life.bench import Bench, sweep
from tests.usecases.chat import ANN, CHANNEL, Chat

QUARTER = timedelta(minutes=15)


@pytest.fixture
def chat(scene: Scene) -> Chat:
    return Chat(Bench(scene))


async def ask(chat: Chat, code: str, seen_in: Contact = CHANNEL, team: str = "T0001") -> object:
    reader = await chat.member("U0009", team)
    return await chat.bench.desk.run(remind_me, reader, code, contact=ANN, seen_in=seen_in)


async def test_whoever_asks_is_reminded_whatever_the_holder_chose_for_the_others(
    chat: Chat,
) -> None:
    reservation = await chat.reserved(await chat.member(), reminders=())
    await chat.deliver()

    answer = await ask(chat, reservation.code)
    await chat.bench.reconfirm(reservation.code)
    chat.bench.clock.now = reservation.slot.starts_at - QUARTER
    await sweep(chat.bench.desk)
    await chat.deliver()

    assert answer == WillRemind(reservation, reservation.slot.starts_at - QUARTER)
    assert ["reminder"] == chat.kinds(ANN)
    assert "reminder" not in chat.kinds(CHANNEL)


async def test_whoever_asked_is_on_the_list_and_reminded_with_the_others_too(chat: Chat) -> None:
    holder = await chat.member()
    leads = (timedelta(hours=1), QUARTER)
    reservation = await chat.reserved(holder, reminders=leads)
    await chat.deliver()
    await ask(chat, reservation.code)
    await chat.bench.reconfirm(reservation.code)

    for lead in leads:
        chat.bench.clock.now = reservation.slot.starts_at - lead
        await sweep(chat.bench.desk)
        await chat.deliver()

    # the quarter of an hour that they asked for comes once, though the holder chose it as well
    assert ["reminder", "reminder"] == chat.kinds(ANN)
    assert 2 == chat.kinds(CHANNEL).count("reminder")


async def test_whoever_the_holder_listed_can_ask_as_well(chat: Chat) -> None:
    reservation = await chat.reserved(await chat.member(), audience=(CHANNEL, ANN), reminders=())
    await chat.deliver()

    answer = await ask(chat, reservation.code)
    await chat.bench.reconfirm(reservation.code)
    chat.bench.clock.now = reservation.slot.starts_at - QUARTER
    await sweep(chat.bench.desk)
    await chat.deliver()

    assert isinstance(answer, WillRemind)
    assert not answer.already
    assert 1 == chat.kinds(ANN).count("reminder")


async def test_whoever_stopped_and_asks_again_is_reminded(chat: Chat) -> None:
    reservation = await chat.reserved(await chat.member(), audience=(CHANNEL, ANN), reminders=())
    await chat.deliver()
    reader = await chat.member("U0009")
    await chat.bench.desk.run(stop_telling_me, reader, reservation.code, contact=ANN)

    await ask(chat, reservation.code)
    await chat.bench.reconfirm(reservation.code)
    chat.bench.clock.now = reservation.slot.starts_at - QUARTER
    await sweep(chat.bench.desk)
    await chat.deliver()

    assert 1 == chat.kinds(ANN).count("reminder")


async def test_a_late_wish_reminds_nobody_else_once_more(chat: Chat) -> None:
    soon = Slot.of(chat.bench.clock.now + timedelta(minutes=30), timedelta(hours=1))
    reservation = await chat.reserved(await chat.member(), slot=soon, reminders=())
    await chat.deliver()
    await ask(chat, reservation.code)
    chat.bench.clock.now = soon.starts_at - QUARTER
    await sweep(chat.bench.desk)
    late = Contact(RouteName.SLACK, "T0001/U0010", "@Max")
    reader = await chat.member("U0010")
    await chat.bench.desk.run(remind_me, reader, reservation.code, contact=late, seen_in=CHANNEL)
    await chat.deliver()

    assert [["reminder"], ["reminder"]] == [chat.kinds(ANN), chat.kinds(late)]


async def test_whoever_asks_hears_of_changes_and_of_the_end(chat: Chat) -> None:
    reservation = await chat.reserved(await chat.member())
    await chat.deliver()
    await ask(chat, reservation.code)
    await chat.deliver()
    assert [] == chat.kinds(ANN)  # the post has told them already

    await chat.bench.change(reservation.code, title="Late show")
    await chat.deliver()
    await chat.bench.cancel(reservation.code)
    await chat.deliver()

    assert ["change", "cancellation"] == chat.kinds(ANN)


async def test_asking_twice_is_asking_once(chat: Chat) -> None:
    reservation = await chat.reserved(await chat.member())
    await chat.deliver()

    answers = [await ask(chat, reservation.code) for _ in range(2)]

    assert [False, True] == [isinstance(one, WillRemind) and one.already for one in answers]
    shown = await chat.bench.show(reservation.code)
    assert 2 == len(shown.roll.told)


async def test_a_late_wish_is_met_at_once(chat: Chat) -> None:
    soon = Slot.of(chat.bench.clock.now + timedelta(minutes=5), timedelta(hours=1))
    reservation = await chat.reserved(await chat.member(), slot=soon)
    await chat.deliver()

    await ask(chat, reservation.code)
    await chat.deliver()

    assert ["reminder"] == chat.kinds(ANN)


async def test_each_asker_gets_a_passcode_of_their_own_where_everybody_has_one(chat: Chat) -> None:
    wish = CredentialWish(CredentialMode.EACH)
    soon = Slot.of(chat.bench.clock.now + timedelta(minutes=5), timedelta(hours=1))
    reservation = await chat.reserved(await chat.member(), slot=soon, credentials=wish)
    await chat.deliver()
    await ask(chat, reservation.code)
    await chat.deliver()

    (reminder,), (post, *_) = chat.to(ANN), chat.to(CHANNEL)
    assert 10 == len(reminder.passcode)
    assert reminder.passcode != post.passcode


async def test_only_who_can_read_the_post_can_ask(chat: Chat) -> None:
    reservation = await chat.reserved(await chat.member())
    elsewhere = Contact(RouteName.SLACK, "T0001/C0002", "#other")

    assert isinstance(await ask(chat, reservation.code, seen_in=elsewhere), NotFound)
    assert isinstance(await ask(chat, reservation.code, team="T0002"), NotFound)
    assert isinstance(await ask(chat, "K7Q-2MF"), NotFound)


async def test_it_is_too_late_once_it_is_off_or_began(chat: Chat) -> None:
    reservation = await chat.reserved(await chat.member())
    await chat.deliver()
    chat.bench.clock.now = reservation.slot.starts_at
    began = await ask(chat, reservation.code)
    await chat.bench.cancel(reservation.code)
    off = await ask(chat, reservation.code)

    assert [True, True] == [isinstance(one, Ended) for one in (began, off)]


async def test_a_full_list_takes_nobody_more(chat: Chat) -> None:
    reservation = await chat.reserved(await chat.member())
    await chat.deliver()
    chat.bench.desk.limits = replace(Limits(), recipients=1)

    assert isinstance(await ask(chat, reservation.code), TooManyRecipients)


async def test_a_moved_slot_moves_the_reminder(chat: Chat) -> None:
    reservation = await chat.reserved(await chat.member())
    await chat.deliver()
    await ask(chat, reservation.code)
    moved = chat.bench.slot(timedelta(days=5))
    await chat.bench.change(reservation.code, slot=moved)

    due = await chat.bench.desk.read(
        lambda store, _: [
            one.due_at
            for one in store.dues.up_to(moved.ends_at, 100)
            if one.kind is DueKind.ASKED_REMINDER
        ]
    )
    assert [moved.starts_at - QUARTER] == due


async def test_stop_stops_one_holders_notices(chat: Chat) -> None:
    holder = await chat.member()
    reservation = await chat.reserved(holder, audience=(CHANNEL, ANN))
    await chat.deliver()
    reader = await chat.member("U0009")

    answer = await chat.bench.desk.run(stop_telling_me, reader, reservation.code, contact=ANN)
    await chat.bench.change(reservation.code, title="Late show")
    later = await chat.reserved(
        holder, audience=(CHANNEL, ANN), slot=chat.bench.slot(timedelta(days=9))
    )
    await chat.deliver()

    assert answer == Stopped(reservation, holder.name)
    assert ["announcement"] == chat.kinds(ANN)
    assert 2 == chat.kinds(CHANNEL).count("announcement")
    assert [ANN] == [
        one.recipient.contact for one in (await chat.bench.show(later.code)).roll.suppressed
    ]


async def test_stop_is_for_those_on_the_list_alone(chat: Chat) -> None:
    reservation = await chat.reserved(await chat.member())
    reader, foreign = await chat.member("U0009"), await chat.member("U0009", "T0002")

    run = chat.bench.desk.run
    assert isinstance(await run(stop_telling_me, reader, reservation.code, contact=ANN), NotFound)
    assert isinstance(
        await run(stop_telling_me, foreign, reservation.code, contact=CHANNEL), NotFound
    )
