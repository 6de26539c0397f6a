"""A holder in a chat: told there, by mail where the chat refuses, each in the chat they are in."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from core.model.delivery import Accepted, Doubtful, Refused
from core.model.people import WorkspaceKind
from core.model.recipient import Contact, RouteName
from core.usecases.settings import Account, enter, recognise, set_own
from tests.desks import Scene
from tests.life.bench import Bench, sweep
from tests.usecases.chat import CHANNEL, Chat

HOLDER = Contact(RouteName.SLACK, "T0001/U0001")


@pytest.fixture
def chat(scene: Scene) -> Chat:
    return Chat(Bench(scene))


async def test_a_holder_is_told_in_the_chat_they_reserved_in(chat: Chat) -> None:
    await chat.reserved(await chat.member())
    await chat.deliver()

    assert ["permission"] == chat.kinds(HOLDER)


async def test_what_the_chat_refuses_goes_by_mail_if_there_is_an_address(chat: Chat) -> None:
    holder = await chat.member()
    await chat.bench.desk.run(set_own, holder, email="hanna@example.org")
    chat.slack.answer(HOLDER.address, Refused("they take no messages"))
    reservation = await chat.reserved(holder)

    await chat.deliver()
    await chat.deliver()
    await chat.bench.cancel(reservation.code)
    await chat.deliver()

    assert [] == chat.kinds(HOLDER)
    mails = chat.bench.post.to("hanna@example.org")
    assert ["permission", "receipt"] == [one.kind for one in mails]


async def test_without_an_address_the_refusal_stands(chat: Chat) -> None:
    chat.slack.answer(HOLDER.address, Refused("they take no messages"))
    await chat.reserved(await chat.member())

    await chat.deliver()

    assert [] == chat.kinds(HOLDER)
    assert ["announcement"] == chat.kinds(CHANNEL)


async def test_what_was_posted_is_known_when_more_is_to_be_said(chat: Chat) -> None:
    chat.slack.answer(CHANNEL.address, Accepted("C0001:1.5"))
    reservation = await chat.reserved(await chat.member())
    await chat.deliver()
    await chat.bench.change(reservation.code, title="Late show")
    await chat.deliver()

    first, last = (one for one in chat.slack.sent if one.recipient == CHANNEL.address)
    assert "posted=''" in first.data.decode()
    assert "posted='C0001:1.5'" in last.data.decode()


async def test_the_fallback_is_where_they_spoke_last(chat: Chat) -> None:
    await chat.member(channel="C0007")
    holder = await chat.member(channel="C0008")
    await chat.reserved(holder)
    await chat.deliver()

    (permission,) = (one for one in chat.slack.sent if one.recipient == HOLDER.address)
    assert "fallback='C0008'" in permission.data.decode()


async def test_the_zone_is_their_own_else_their_chats_else_the_workspaces(chat: Chat) -> None:
    plain = await chat.member("U1")
    seen = await chat.member("U2", zone="Asia/Tokyo")
    own = await chat.member("U3", zone="Asia/Tokyo")
    await chat.bench.desk.run(set_own, own, zone=ZoneInfo("Europe/Lisbon"))
    own = await chat.member("U3", zone="Asia/Tokyo")

    zones = [str(actor.zone) for actor in (plain, seen, own)]
    assert ["UTC", "Asia/Tokyo", "Europe/Lisbon"] == zones


async def test_who_is_known_is_recognised_without_writing(chat: Chat) -> None:
    account = Account(
        WorkspaceKind.SLACK, "T1", "Stage", "U1", "Hanna", zone="Asia/Tokyo", channel="C1"
    )
    read, run = chat.bench.desk.read, chat.bench.desk.run

    before = await read(recognise, account)
    entered = await run(enter, account)
    after = await read(recognise, account)

    assert before is None
    assert entered == after


@pytest.mark.parametrize(
    ("field", "value"), [("user_name", "Hannah"), ("zone", "Europe/Paris"), ("channel", "C2")]
)
async def test_what_is_new_about_somebody_is_written_down(
    chat: Chat, field: str, value: str
) -> None:
    known = {"user_name": "Hanna", "zone": "Asia/Tokyo", "channel": "C1"}
    old = Account(WorkspaceKind.SLACK, "T1", "Stage", "U1", **known)  # type: ignore[arg-type]  # texts
    new = Account(WorkspaceKind.SLACK, "T1", "Stage", "U1", **known | {field: value})  # type: ignore[arg-type]  # texts
    await chat.bench.desk.run(enter, old)

    assert await chat.bench.desk.read(recognise, new) is None
    actor = await chat.bench.desk.run(enter, new)
    assert actor == await chat.bench.desk.read(recognise, new)


async def test_a_name_that_is_not_known_just_now_renames_nobody(chat: Chat) -> None:
    first = Account(WorkspaceKind.SLACK, "T1", "Stage", "U1", "Hanna")
    await chat.bench.desk.run(enter, first)

    actor = await chat.bench.desk.run(enter, Account(WorkspaceKind.SLACK, "T1", "Stage", "U1", ""))

    assert "Hanna" == actor.name


async def test_a_post_in_doubt_is_looked_for_before_anything_newer_is_said(chat: Chat) -> None:
    chat.slack.answer(CHANNEL.address, Doubtful("the line broke"), arrives=True)
    reservation = await chat.reserved(await chat.member())
    await chat.deliver()
    await chat.bench.cancel(reservation.code)
    chat.slack.answer(CHANNEL.address, Accepted("C0001:1.5"))
    chat.bench.clock.move(timedelta(minutes=6))
    await chat.deliver()

    first, again, last = (one for one in chat.slack.sent if one.recipient == CHANNEL.address)
    assert (first.data, True) == (again.data, again.in_doubt)  # word for word, so it is found
    assert ["announcement", "announcement", "cancellation"] == chat.kinds(CHANNEL)
    assert "posted='C0001:1.5'" in last.data.decode()


async def test_a_reminder_in_doubt_is_looked_for_as_well(chat: Chat) -> None:
    reservation = await chat.reserved(await chat.member(), reminders=(timedelta(hours=1),))
    await chat.deliver()
    await chat.bench.reconfirm(reservation.code)
    await chat.deliver()
    chat.bench.clock.now = reservation.slot.starts_at - timedelta(hours=1)
    chat.slack.answer(CHANNEL.address, Doubtful("the line broke"), arrives=True)
    await sweep(chat.bench.desk)
    await chat.deliver()
    chat.bench.clock.move(timedelta(minutes=6))
    await chat.deliver()

    first, again = chat.slack.sent[-2:]
    assert (first.data, True) == (again.data, again.in_doubt)


async def test_what_went_by_mail_is_no_post_to_be_edited(chat: Chat) -> None:
    holder = await chat.member()
    await chat.bench.desk.run(set_own, holder, email="hanna@example.org")
    chat.slack.answer(HOLDER.address, Refused("they take no messages"))
    reservation = await chat.reserved(holder)
    await chat.deliver()
    await chat.bench.desk.run(set_own, holder, email="")
    await chat.bench.change(reservation.code, title="Late show")
    await chat.deliver()

    (receipt,) = (one for one in chat.slack.sent if one.recipient == HOLDER.address)
    assert "posted=''" in receipt.data.decode()
