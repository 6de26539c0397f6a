"""The iCalendar feeds: who is told what, in which state, and that nothing secret is in them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import vobject

from adapters.memory import MemoryRoute
from core.access.links import Purpose
from core.model.people import Actor
from core.model.recipient import RouteName
from core.model.request import CredentialWish
from core.model.reservation import CredentialMode, NotificationPolicy, Reservation
from core.model.server import Rules
from core.model.slot import Slot
from core.notices.as_email import compose
from core.notices.notice import Notice, Personal
from core.outbox.dispatch import Dispatcher, Fill, Outlet
from core.outbox.route import Message
from core.store.reservations import Secrets
from core.store.store import Store
from core.usecases import feeds
from core.usecases.answers import Permitted
from core.usecases.audience import add_to_list, drop_list, lists_of
from core.usecases.cancel import cancel
from core.usecases.reserve import reserve
from core.usecases.servers import change_server
from tests.desks import Scene
from tests.life.bench import ANN, BEN, CLEO, DAN, member_of
from tests.notices.reading import read_mail
from tests.notices.samples import SENDER
from tests.web.house import Answer, WebHouse
from tests.web.test_schedule import HOSTILE, HOSTILE_CLEAN, open_schedule

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

Event = dict[str, str]


@pytest.fixture
async def house(scene: Scene) -> AsyncIterator[WebHouse]:
    async with open_schedule(scene) as house:
        yield house


def events(answer: Answer) -> list[Event]:
    """Read a feed back; gives each entry's properties."""
    assert 200 == answer.status
    calendar = vobject.readOne(answer.text)
    assert {"VEVENT"} >= {component.name for component in calendar.components()}
    return [
        {name: str(lines[0].value) for name, lines in component.contents.items()}
        for component in calendar.components()
    ]


def told(answer: Answer) -> list[tuple[str, str]]:
    """Give what each entry is called, and its state."""
    return [(event["summary"], event["status"]) for event in events(answer)]


def server_path(house: WebHouse) -> str:
    """Give the path of the server's feed."""
    return f"/feed/server/{house.bench.scene.server.id}.ics"


def path(house: WebHouse, workspace_id: int = 0, number: int = 0) -> str:
    """Give the path of a workspace's feed, or of that of one of its lists."""
    whose = workspace_id or house.bench.scene.actor.workspace_id
    return f"/feed/{house.desk.links.token(Purpose.FEED, whose, number)}.ics"


class MailBag:
    """What Ann is sent, as real mails."""

    def __init__(self, house: WebHouse) -> None:
        self._route = MemoryRoute(RouteName.EMAIL)
        outlet = Outlet(self._route, mail_filler)
        console = Outlet(MemoryRoute(RouteName.CONSOLE), mail_filler)
        routes = {RouteName.EMAIL: outlet, RouteName.CONSOLE: console}
        self._dispatcher = Dispatcher(house.desk, routes, SENDER.domain)

    async def newest(self) -> Event:
        """Give the calendar entry of one that is new, if any is, without those who meet in it."""
        self._route.sent.clear()
        await self._dispatcher.deliver_due()
        if not self._route.sent:
            return {}
        event = read_mail(self._route.sent[-1].data).event
        shown = {name: str(lines[0].value) for name, lines in event.items()}
        return {name: shown[name] for name in shown if name not in {"organizer", "attendee"}}


def mail_filler(notice: Notice) -> Fill:
    """Render a notice as a mail."""

    def fill(delivery_id: int, personal: Personal) -> Message:
        at_mailbox = replace(personal, contact=ANN)
        mail = compose(notice, SENDER).fill(at_mailbox)
        return Message(delivery_id, mail.recipient, mail.data, mail.needs_smtputf8)

    return fill


async def a_list(house: WebHouse, name: str, *contacts: object, actor: Actor | None = None) -> int:
    """Make an audience list; gives its number."""
    whose = actor or house.bench.scene.actor
    await house.desk.run(add_to_list, whose, name, contacts)  # type: ignore[arg-type]
    return next(one.id for one in await house.desk.read(lists_of, whose) if one.name == name)


def secrets_of(store: Store, _: object, made: Reservation) -> tuple[Secrets, dict[int, str]]:
    """Give what opens a reservation's stream: shared, and for each of two recipients."""
    own = store.recipients.passcodes(made.id, store.reservations.uid(made.id), [1, 2])
    return store.reservations.secrets(made.id), own


async def uid_of(house: WebHouse, made: Reservation) -> str:
    """Give the UID of a reservation's calendar entry."""
    return await house.desk.read(lambda store, _: store.reservations.uid(made.id))


async def test_a_server_s_feed_says_when_it_is_busy_and_nothing_else(house: WebHouse) -> None:
    made = await house.bench.reserve(title="A secret show", description="Secret words")
    answer = await house.get(server_path(house))

    (event,) = events(answer)
    assert {
        "summary": "Busy",
        "status": "TENTATIVE",
        "transp": "OPAQUE",
        "sequence": "1",
        "dtstart": str(made.slot.starts_at),
        "dtend": str(made.slot.ends_at),
        "dtstamp": str(made.made_at),
    } == {name: value for name, value in event.items() if name != "uid"}
    for secret in (made.title, "Secret", made.code, "Olga", "ann@", await uid_of(house, made)):
        assert secret.lower() not in answer.text.lower()
    assert "X-WR-CALNAME:Studio\r\n" in answer.text


async def test_its_uids_stay_and_can_only_be_made_with_the_key(house: WebHouse) -> None:
    made = await house.bench.reserve()
    (before,) = events(await house.get(server_path(house)))
    await house.bench.reconfirm(made.code)
    await house.bench.change(made.code, title="Another")
    (after,) = events(await house.get(server_path(house)))

    digest = house.desk.vault.digest(f"busy:{made.id}")
    assert f"{digest}@callboard" == before["uid"] == after["uid"]
    assert ("TENTATIVE", "1") == (before["status"], before["sequence"])
    assert ("CONFIRMED", "3") == (after["status"], after["sequence"])


async def test_what_was_cancelled_keeps_a_server_busy_no_longer(house: WebHouse) -> None:
    made = await house.bench.reserve()
    await house.bench.cancel(made.code)

    assert [] == events(await house.get(server_path(house)))


async def test_a_feed_is_kept_for_a_while_and_asked_for_again(house: WebHouse) -> None:
    made = await house.bench.reserve()
    for one in (server_path(house), path(house)):
        first = await house.get(one)
        assert "text/calendar; charset=utf-8" == first.headers["Content-Type"]
        assert "private, max-age=300" == first.headers["Cache-Control"]
        assert "nosniff" == first.headers["X-Content-Type-Options"]
        tag = first.headers["ETag"]
        house.clock.move(HOUR)
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = await house.get(one, If_None_Match=known)
            assert (304, "") == (again.status, again.text)
            assert tag == again.headers["ETag"]
            assert "private, max-age=300" == again.headers["Cache-Control"]
        assert 200 == (await house.get(one, If_None_Match='"other"')).status
        assert 200 == (await house.get(one, method="HEAD")).status
    await house.bench.reconfirm(made.code)
    assert 200 == (await house.get(path(house), If_None_Match=tag)).status


async def test_a_workspace_s_feed_has_titles_states_and_the_shared_link(house: WebHouse) -> None:
    first = await house.bench.reserve(title="First")
    second = await house.bench.reserve(title="Second", slot=house.bench.slot(4 * DAY))
    await house.bench.reconfirm(second.code)
    answer = await house.get(path(house))

    assert [("Provisional: First", "TENTATIVE"), ("Second", "CONFIRMED")] == told(answer)
    event = events(answer)[1]
    link = house.desk.links.make(Purpose.SLOT, second.id)
    assert (link, "Studio") == (event["url"], event["location"])
    assert f"Watch: {link}\nHost: Olga\nReservation: {second.code}" == event["description"]
    assert await uid_of(house, second) == event["uid"]
    assert ("1", "2") == tuple(one["sequence"] for one in events(answer))
    assert first.slot.starts_at < second.slot.starts_at


@pytest.mark.parametrize("policy", list(NotificationPolicy))
async def test_an_entry_is_the_one_that_the_mails_carry(
    house: WebHouse, policy: NotificationPolicy
) -> None:
    number, mails = await a_list(house, "Crew", ANN), MailBag(house)
    made = await house.bench.reserve(notification_policy=policy)
    seen = list[Event]()

    async def compare() -> None:
        mailed = await mails.newest()
        if mailed:  # there may have been nothing new to tell
            seen.append(mailed)
            assert [mailed] == events(await house.get(path(house, number=number)))

    await compare()
    await house.bench.reconfirm(made.code)
    await compare()
    await house.bench.change(made.code, slot=house.bench.slot(5 * DAY), title="Another")
    await compare()
    await house.bench.cancel(made.code)
    mailed = await mails.newest()
    (last,) = events(await house.get(path(house, number=number)))
    different = {name for name in last if last[name] != mailed[name]}
    assert {"summary", "transp"} == different  # a program is not told here that it is a CANCEL
    assert {last["uid"]} == {event["uid"] for event in seen}
    assert 2 <= len({event["sequence"] for event in seen})


@pytest.mark.parametrize("mode", list(CredentialMode))
async def test_nothing_secret_is_in_a_feed(house: WebHouse, mode: CredentialMode) -> None:
    number = await a_list(house, "Crew", ANN, BEN)
    made = await house.bench.reserve(credentials=CredentialWish(mode), audience=(ANN, BEN))
    await house.bench.post.deliver()
    secrets, own = await house.desk.read(secrets_of, made)
    links = [
        house.desk.links.token(purpose, made.id, which)
        for purpose in (Purpose.JOIN, Purpose.HOLDER, Purpose.UNSUBSCRIBE)
        for which in range(3)
    ]
    secret = (secrets.passcode, secrets.stream_key, *own.values(), *links, "m3u8", "ann@")

    assert secrets.stream_key
    for one in (path(house), path(house, number=number), server_path(house)):
        answer = await house.get(one)
        assert 1 == len(events(answer))
        text = answer.text.replace("\r\n ", "")
        assert not [word for word in secret if word and word in text]


async def test_what_was_cancelled_or_lapsed_stays_for_thirty_days(house: WebHouse) -> None:
    far, near = (house.bench.slot(days * DAY) for days in (100, 3))
    cancelled = await house.bench.reserve(title="Off", slot=far)
    await house.bench.reserve(title="Lapsed", slot=near)
    await house.bench.cancel(cancelled.code)
    await house.bench.awake_until(near.starts_at)  # its deadline has passed
    both = [("Cancelled: Lapsed", "CANCELLED"), ("Cancelled: Off", "CANCELLED")]

    assert both == told(await house.get(path(house)))
    assert "url" not in events(await house.get(path(house)))[0]
    house.clock.now = cancelled.made_at + 30 * DAY - HOUR
    assert both == told(await house.get(path(house)))
    house.clock.now = cancelled.made_at + 30 * DAY
    assert both[:1] == told(await house.get(path(house)))


async def test_the_window_is_thirty_days_back_and_a_hundred_and_eighty_ahead(
    house: WebHouse,
) -> None:
    scene = house.bench.scene
    rules = Rules(horizon=400 * DAY)
    await house.desk.run(change_server, scene.actor, replace(scene.server, rules=rules))
    made = await house.bench.reserve(slot=house.bench.slot(180 * DAY))
    await house.bench.reconfirm(made.code)
    starts_at = made.slot.starts_at

    async def found(at: datetime) -> list[int]:
        house.clock.now = at
        return [len(events(await house.get(one))) for one in (path(house), server_path(house))]

    assert [0, 0] == await found(starts_at - 180 * DAY)
    assert [1, 1] == await found(starts_at - 180 * DAY + HOUR)
    await house.bench.awake_until(made.slot.ends_at + HOUR)
    assert [1, 1] == await found(starts_at + 30 * DAY)
    assert [0, 0] == await found(made.slot.ends_at + 30 * DAY)


async def test_of_too_many_those_ahead_go_first(
    house: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await a_list(house, "Crew", ANN)
    for days in (2, 3, 4, 5):
        made = await house.bench.reserve(slot=house.bench.slot(days * DAY))
        await house.bench.reconfirm(made.code)
    await house.bench.awake_for(3 * DAY + 3 * HOUR)  # two are over
    monkeypatch.setattr(feeds, "MOST_ENTRIES", 3)
    paths = [path(house), path(house, number=number), server_path(house)]

    for one in paths:
        starts = [event["dtstart"][:10] for event in events(await house.get(one))]
        assert ["2026-12-03", "2026-12-04", "2026-12-05"] == starts
    monkeypatch.setattr(feeds, "MOST_ENTRIES", 1)
    for one in paths:
        starts = [event["dtstart"][:10] for event in events(await house.get(one))]
        assert ["2026-12-04"] == starts
    house.clock.move(3 * DAY)  # all are past, of which two are not noted to be over
    for one in paths:
        starts = [event["dtstart"][:10] for event in events(await house.get(one))]
        assert ["2026-12-05"] == starts


async def test_a_list_s_feed_has_what_its_members_were_told_of(house: WebHouse) -> None:
    crew = await a_list(house, "Crew", BEN, CLEO)
    nobody = await a_list(house, "Nobody", DAN)
    empty = await a_list(house, "Empty")
    for title, days, audience, policy in (
        ("For Ann", 2, (ANN,), NotificationPolicy.ON_PERMIT),
        ("For Ben", 3, (ANN, BEN), NotificationPolicy.ON_PERMIT),
        ("Later", 4, (BEN,), NotificationPolicy.ON_RECONFIRM),
        ("Perhaps", 5, (BEN, CLEO), NotificationPolicy.BOTH),
    ):
        await house.bench.reserve(
            title=title,
            slot=house.bench.slot(days * DAY),
            audience=audience,
            notification_policy=policy,
        )
    of_crew = path(house, number=crew)

    assert [] == told(await house.get(of_crew))  # nothing has gone out yet
    await house.bench.post.deliver()
    answer = await house.get(of_crew)
    assert [("For Ben", "CONFIRMED"), ("Provisional: Perhaps", "TENTATIVE")] == told(answer)
    assert "X-WR-CALNAME:Crew (Console)\r\n" in answer.text
    assert [] == told(await house.get(path(house, number=nobody)))
    assert [] == told(await house.get(path(house, number=empty)))
    assert 4 == len(told(await house.get(path(house))))


async def test_who_was_taken_off_has_it_no_more_and_who_hears_of_the_end_does(
    house: WebHouse,
) -> None:
    ben, cleo = await a_list(house, "B", BEN), await a_list(house, "C", CLEO)
    made = await house.bench.reserve(audience=(BEN, CLEO))
    await house.bench.post.deliver()
    await house.bench.change(made.code, remove=(CLEO,))

    assert [("Evening show", "CONFIRMED")] == told(await house.get(path(house, number=ben)))
    assert [] == told(await house.get(path(house, number=cleo)))
    await house.bench.cancel(made.code)
    off = [("Cancelled: Evening show", "CANCELLED")]
    assert off == told(await house.get(path(house, number=ben)))
    await house.bench.post.deliver()
    assert off == told(await house.get(path(house, number=ben)))
    house.clock.move(31 * DAY)
    assert [] == told(await house.get(path(house, number=ben)))


async def test_who_is_on_it_again_has_it_once_they_are_told(house: WebHouse) -> None:
    number = await a_list(house, "B", BEN)
    made = await house.bench.reserve(audience=(ANN, BEN))
    await house.bench.post.deliver()
    await house.bench.change(made.code, remove=(BEN,))
    await house.bench.post.deliver()
    await house.bench.change(made.code, add=(BEN,))

    assert [] == told(await house.get(path(house, number=number)))
    await house.bench.post.deliver()
    assert [("Evening show", "CONFIRMED")] == told(await house.get(path(house, number=number)))


async def test_nobody_hears_of_the_end_of_what_they_never_heard_of(house: WebHouse) -> None:
    number = await a_list(house, "B", BEN)
    made = await house.bench.reserve(audience=(BEN,))
    await house.bench.cancel(made.code)

    assert [] == told(await house.get(path(house, number=number)))


async def test_a_holder_is_not_of_the_audience(house: WebHouse) -> None:
    made = await house.bench.reserve()
    await house.bench.post.deliver()
    holder = (await house.desk.read(lambda store, _: store.recipients.of(made.id)))[0]
    number = await a_list(house, "Holders", holder.contact)

    assert [] == told(await house.get(path(house, number=number)))


async def test_another_workspace_s_reservations_are_in_no_feed_of_ours(house: WebHouse) -> None:
    theirs = await member_of(house.desk, "theirs", "u")
    number = await a_list(house, "Crew", ANN)
    answer = await house.desk.run(reserve, theirs, house.bench.scene.request(title="Theirs"))
    assert isinstance(answer, Permitted)
    await house.bench.post.deliver()

    assert [] == told(await house.get(path(house)))
    assert [] == told(await house.get(path(house, number=number)))
    seen = await house.get(path(house, theirs.workspace_id))
    assert [("Provisional: Theirs", "TENTATIVE")] == told(seen)
    await house.desk.run(cancel, theirs, answer.reservation.code, "")


async def test_a_wrong_token_opens_nothing(house: WebHouse) -> None:
    scene = house.bench.scene
    theirs = await member_of(house.desk, "theirs", "u")
    number = await a_list(house, "Crew", ANN)
    elsewhere = await a_list(house, "Elsewhere", ANN, actor=theirs)
    links, whose = house.desk.links, scene.actor.workspace_id
    for token in (
        links.token(Purpose.SCHEDULE, whose),
        links.token(Purpose.FEED, 999),
        links.token(Purpose.FEED, whose, 999),
        links.token(Purpose.FEED, whose, elsewhere),
        links.token(Purpose.FEED, whose).replace("-0-", f"-{number:x}-"),
        "x",
    ):
        assert 404 == (await house.get(f"/feed/{token}.ics")).status
    assert 200 == (await house.get(path(house, number=number))).status
    await house.desk.run(drop_list, scene.actor, "Crew")
    assert 404 == (await house.get(path(house, number=number))).status


@pytest.mark.parametrize("number", ["0", "999", "9" * 30])
async def test_there_is_no_such_server(house: WebHouse, number: str) -> None:
    assert 404 == (await house.get(f"/feed/server/{number}.ics")).status


async def test_a_retired_server_has_no_feed(house: WebHouse) -> None:
    scene = house.bench.scene
    await house.desk.run(change_server, scene.actor, replace(scene.server, retired=True))

    assert 404 == (await house.get(server_path(house))).status


async def test_hostile_words_stay_words(house: WebHouse) -> None:
    scene = house.bench.scene
    await house.desk.run(change_server, scene.actor, replace(scene.server, name=HOSTILE))
    title = f"{HOSTILE}\r\nATTENDEE:mailto:a@b.example"
    await house.bench.reserve(title=title, description=title)
    number = await a_list(house, HOSTILE, ANN)
    await house.bench.post.deliver()

    for one in (path(house), path(house, number=number), server_path(house)):
        answer = await house.get(one)
        (event,) = events(answer)
        assert "attendee" not in event
        assert "\u202e" not in answer.text
        assert "\n" not in answer.text.replace("\r\n", "")
    (event,) = events(await house.get(path(house)))
    assert f"Provisional: {HOSTILE_CLEAN} ATTENDEE:mailto:a@b.example" == event["summary"]
    assert HOSTILE_CLEAN == event["location"]


async def test_a_slot_that_is_on_is_in_the_feed_once(house: WebHouse) -> None:
    made = await house.bench.reserve(slot=Slot.of(house.clock.now + HOUR, 4 * HOUR))
    house.clock.now = made.slot.starts_at + HOUR

    for one in (path(house), server_path(house)):
        assert [str(made.slot.starts_at)] == [
            event["dtstart"] for event in events(await house.get(one))
        ]
