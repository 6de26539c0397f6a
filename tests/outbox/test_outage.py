"""The mail server is down for six hours: what is still worth telling is told then, in order."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import timedelta

import pytest

from adapters.email_smtp import EmailSmtp
from adapters.smtp_settings import SmtpSettings
from core.model.delivery import DeliveryState
from core.model.recipient import Contact, RouteName
from core.model.reservation import Reservation
from core.notices.notice import NoticeKind
from core.outbox.dispatch import Dispatcher
from core.outbox.route import Message
from core.store.deliveries import Delivery
from tests.desks import Scene
from tests.life.bench import Bench
from tests.outbox.post import deliveries, read
from tests.outbox.sink import Sink
from tests.ports import free_port

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OUTAGE = 6  # hours
LONGEST_PAUSE = 10  # minutes
TOLD = {
    "Begins meanwhile",
    "Begins after",
    "Called off",
    "Renamed twice",
    "New at 1",
    "New at 4",
}
CROWD = tuple(Contact(RouteName.EMAIL, f"fan{number}@example.org") for number in range(60))


class Story:
    """Reservations by their titles, and a dispatcher that looks at the outbox every minute."""

    def __init__(self, bench: Bench, dispatcher: Dispatcher) -> None:
        self.bench = bench
        self.reservations: dict[str, Reservation] = {}
        self._dispatcher = dispatcher
        self._began_at = bench.clock.now

    async def reserve(self, title: str, at_hour: int, *reminders: timedelta) -> None:
        """Reserve an hour, so many hours after the story began."""
        slot = self.bench.slot(self._began_at + at_hour * HOUR - self.bench.clock.now, HOUR)
        self.reservations[title] = await self.bench.reserve(
            title=title, slot=slot, audience=CROWD, reminders=reminders
        )

    async def change(self, old: str, new: str) -> None:
        """Give one another title."""
        self.reservations[new] = self.reservations.pop(old)
        await self.bench.change(self.reservations[new].code, title=new)

    async def cancel(self, title: str) -> None:
        """Cancel one."""
        await self.bench.cancel(self.reservations[title].code)

    async def wait(self, time: timedelta) -> None:
        """Let time pass, minute after minute."""
        for _ in range(time // MINUTE):
            await self.bench.awake_until(self.bench.clock.now + MINUTE, delivers=False)
            await self._dispatcher.deliver_due()

    async def rows(self, title: str) -> list[Delivery]:
        """List a reservation's deliveries to its audience."""
        rows = await self.bench.desk.read(deliveries, self.reservations[title].id)
        return [row for row in rows if row.route is RouteName.EMAIL]


@pytest.fixture
async def story(scene: Scene, sink: Sink) -> Story:
    bench = Bench(scene)
    settings = SmtpSettings.from_url(sink.url, "desk@example.org")
    return Story(bench, bench.post.dispatcher(EmailSmtp(settings)))


@pytest.fixture
def sink() -> Sink:
    return Sink(port=free_port())


async def test_what_is_still_worth_telling_is_told_in_order(
    story: Story, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    async with sink:
        await story.reserve("Begins meanwhile", 5, HOUR)
        await story.reserve("Begins after", 9, 4 * HOUR)
        await story.reserve("Called off", 10, 6 * HOUR)
        await story.reserve("Renamed", 11)
        await story.wait(2 * MINUTE)
    assert {"announcement"} == {kind for kind, _ in _in_order(sink)}
    sink.taken.clear()

    with caplog.at_level(logging.WARNING, "core.outbox.outlet"):
        await _six_hours(story)
    assert [] == sink.taken
    pauses = [one for one in caplog.messages if one == "route.paused"]
    assert 1 < len(pauses) <= OUTAGE * 60 / LONGEST_PAUSE + 4
    assert {(0, False)} == await _spent(story)
    async with sink:
        await story.wait((LONGEST_PAUSE + 1) * MINUTE)

        assert [
            ("announcement", "New at 1"),
            ("cancellation", "Called off"),
            ("change", "Renamed twice"),
            ("announcement", "New at 4"),
            ("reminder", "Begins after"),
        ] == _in_order(sink)
        await story.wait(HOUR)
    await _the_rest_was_not_sent(story)
    _holder_knows(story)


async def _six_hours(story: Story) -> None:
    await story.wait(HOUR)
    await story.reserve("New at 1", 12)
    await story.reserve("Over before", 3)
    await story.change("Renamed", "Renamed once")
    await story.wait(HOUR)
    await story.cancel("Called off")
    await story.reserve("Never mind", 13)
    await story.wait(HOUR)
    await story.change("Renamed once", "Renamed twice")
    await story.cancel("Never mind")
    await story.wait(HOUR)
    await story.reserve("New at 4", 14)
    await story.wait(2 * HOUR)


def _in_order(sink: Sink) -> list[tuple[str, str]]:
    """List what was sent, kind and title: to everybody the same, once, in the same order."""
    told: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in sink.taken:
        mail = read(Message(0, one.recipient, one.data))
        told[one.recipient].append((mail.kind, mail.title))
    assert {contact.address for contact in CROWD} == set(told)
    (list_of_each,) = {tuple(each) for each in told.values()}
    return list(list_of_each)


async def _spent(story: Story) -> set[tuple[int, bool]]:
    """Say what the outage has cost the deliveries that waited for its end."""
    rows = [row for title in story.reservations for row in await story.rows(title)]
    return {(row.attempts, row.doubtful) for row in rows}


async def _the_rest_was_not_sent(story: Story) -> None:
    for title, kind, state in (
        ("Begins meanwhile", NoticeKind.REMINDER, DeliveryState.FAILED),
        ("Over before", NoticeKind.ANNOUNCEMENT, DeliveryState.FAILED),
        ("Never mind", NoticeKind.ANNOUNCEMENT, DeliveryState.SUPERSEDED),
    ):
        ends = {row.state for row in await story.rows(title) if row.kind is kind}
        assert {state} == ends, title


def _holder_knows(story: Story) -> None:
    """Hold the last report of each against who was told in the end."""
    reports = {one.title: one for one in story.bench.post.to_holder() if one.kind == "report"}
    last = {title: reports[title] for title in story.reservations if title in reports}
    assert {0} == {one.waiting for one in last.values()}
    assert {"Over before"} == {title for title, one in last.items() if one.failed}
    assert {title: len(CROWD) for title in TOLD} == {
        title: one.told for title, one in last.items() if one.told
    }
