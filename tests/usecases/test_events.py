"""Reservations among a guild's scheduled events: a mirror, which never hurts a booking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from adapters.discord_events import DiscordEvents
from adapters.memory import MemoryRoute
from core.mirror.mirror import Mirror
from core.model.delivery import Accepted
from core.model.discord_address import channel_address, person_address
from core.model.people import Actor, Role, WorkspaceKind
from core.model.recipient import Contact, RouteName
from core.model.request import CredentialWish
from core.model.reservation import CredentialMode, NotificationPolicy, Reservation
from core.model.slot import Slot
from core.notices.as_discord_markup import units
from core.outbox.dispatch import Dispatcher, Outlet
from core.policy.events import Make
from core.store.events import EventTrouble
from core.usecases.answers import NotAllowed
from core.usecases.events import (
    STUCK_AFTER,
    begin_events,
    end_event,
    event_troubles,
    events_due,
)
from core.usecases.settings import Account, enter
from tests.desks import Clock, Scene
from tests.discord.server.events import ACTIVE, CANCELED, COMPLETED, SCHEDULED, ScheduledEvent
from tests.discord.server.faults import DropAfter
from tests.discord.server.guild import Guild
from tests.discord.server.permissions import Permission
from tests.discord.server.rest_events import EVENTS, keep_time
from tests.discord.server.server import DiscordServer, open_discord
from tests.life.bench import Bench, sweep
from tests.outbox.post import MAIL_DOMAIN, compose

POST = f"POST {EVENTS}"
ON_PERMIT = NotificationPolicy.ON_PERMIT


@dataclass
class House:
    """A desk with a mirror, and a guild that it mirrors in."""

    bench: Bench
    discord: DiscordServer
    guild: Guild
    channel: Contact
    route: MemoryRoute
    events: DiscordEvents

    @property
    def clock(self) -> Clock:
        """The desk's clock, by which the guild's events begin and end, too."""
        return self.bench.clock

    def mirror(self) -> Mirror:
        """Make a mirror, as a process has one."""
        return Mirror(self.bench.desk, self.events)

    async def reserved(self, *audience: Contact, **given: object) -> Reservation:
        """Have a slot reserved that the channel is told of."""
        wishes = {"notification_policy": ON_PERMIT} | given
        return await self.bench.reserve(audience=audience or (self.channel,), **wishes)

    async def deliver(self) -> None:
        """Tell whoever is to be told."""
        outlets = {
            RouteName.EMAIL: Outlet(self.bench.post.mail, compose),
            RouteName.DISCORD: Outlet(self.route, compose),
        }
        await Dispatcher(self.bench.desk, outlets, MAIL_DOMAIN).deliver_due()

    async def mirrored(self, *audience: Contact, **given: object) -> Reservation:
        """Have a slot reserved, told and mirrored."""
        reservation = await self.reserved(*audience, **given)
        await self.settle()
        return reservation

    async def settle(self) -> int:
        """Tell and mirror all that is due."""
        await self.deliver()
        return await self.mirror().mirror_due()

    def all(self, guild: Guild | None = None) -> list[ScheduledEvent]:
        """List a guild's events as they are now, the oldest first."""
        keep_time(self.discord, guild or self.guild)
        return list((guild or self.guild).events.values())

    @property
    def event(self) -> ScheduledEvent:
        """The only event there is."""
        (event,) = self.all()
        return event

    def new_guild(self, name: str) -> tuple[Guild, Contact]:
        """Add a guild with a channel."""
        guild = self.discord.add_guild(name, owner=self.discord.add_person(f"Owner of {name}"))
        channel = guild.add_channel("general")
        address = channel_address(guild.id, channel.id)
        return guild, Contact(RouteName.DISCORD, address, "#general")


@pytest.fixture
async def house(scene: Scene) -> AsyncIterator[House]:
    async with open_discord() as discord:
        discord.clock.calendar = lambda: scene.clock().timestamp()
        events = DiscordEvents(discord.application.token, discord.api_url)
        olga = discord.add_person("Olga")
        guild = discord.add_guild("Stage", owner=olga)
        address = channel_address(guild.id, guild.add_channel("general").id)
        channel = Contact(RouteName.DISCORD, address, "#general")
        route = MemoryRoute(RouteName.DISCORD)
        yield House(Bench(scene), discord, guild, channel, route, events)
        await events.close()


async def test_what_a_channel_was_told_of_stands_among_the_events(house: House) -> None:
    made = await house.mirrored(title="Evening show", description="Come *all*\nof you")

    event = house.event
    assert "Evening show" == event.name
    assert event.description is not None
    assert ["Come \\*all\\*", "of you"] == event.description.splitlines()[:2]
    assert f"Reserved with Callboard: {made.code}" == event.description.splitlines()[-1]
    assert (made.slot.starts_at.isoformat(), made.slot.ends_at.isoformat()) == (
        event.start,
        event.end,
    )
    assert (event.location or "").startswith("https://callboard.example.org/slot/")


async def test_nothing_stands_there_before_anybody_was_told(house: House) -> None:
    await house.reserved()

    assert 0 == await house.mirror().mirror_due()
    assert [] == house.all()


async def test_people_and_mail_are_no_channel(house: House) -> None:
    person = Contact(RouteName.DISCORD, person_address(house.guild.id, 90), "@ann")
    await house.mirrored(person, Contact(RouteName.EMAIL, "ann@example.org"))

    assert [] == house.all()
    assert () == await house.bench.desk.read(events_due)


async def test_looked_at_again_there_is_nothing_to_do(house: House) -> None:
    await house.mirrored()
    calls = len(house.discord.calls)

    assert 0 == await house.mirror().mirror_due()
    assert calls == len(house.discord.calls)


async def test_it_follows_changes_at_once(house: House) -> None:
    made = await house.mirrored()
    moved = house.bench.slot(timedelta(days=5))

    await house.bench.change(made.code, title="Late show", slot=moved)
    await house.mirror().mirror_due()

    assert ("Late show", moved.starts_at.isoformat()) == (house.event.name, house.event.start)


async def test_it_is_cancelled_with_the_reservation(house: House) -> None:
    made = await house.mirrored()

    await house.bench.cancel(made.code)
    await house.mirror().mirror_due()

    assert CANCELED == house.event.status
    assert 0 == await house.mirror().mirror_due()
    assert () == await house.bench.desk.read(events_due)


async def test_it_is_cancelled_when_the_reservation_lapses(house: House) -> None:
    made = await house.mirrored()
    assert made.reconfirm_by is not None

    house.clock.now = made.reconfirm_by
    await sweep(house.bench.desk)
    await house.mirror().mirror_due()

    assert CANCELED == house.event.status


async def test_it_ends_by_itself(house: House) -> None:
    made = await house.mirrored()
    await house.bench.reconfirm(made.code)
    await house.settle()

    house.clock.now = made.slot.ends_at + timedelta(hours=1)
    await sweep(house.bench.desk)

    assert 0 == await house.mirror().mirror_due()
    assert COMPLETED == house.event.status
    assert [] == house.discord.refusals
    assert () == await house.bench.desk.read(events_due)


async def test_what_is_to_be_confirmed_says_so_until_it_is(house: House) -> None:
    made = await house.mirrored(notification_policy=NotificationPolicy.BOTH)
    provisional = (house.event.name, house.event.description)

    await house.bench.reconfirm(made.code)
    await house.mirror().mirror_due()

    assert "Provisional: Evening show" == provisional[0]
    assert "to be confirmed" in (provisional[1] or "")
    assert "Evening show" == house.event.name
    assert "confirmed" not in (house.event.description or "")


async def test_a_channel_taken_off_takes_the_event_with_it_and_back_again(house: House) -> None:
    ann = Contact(RouteName.EMAIL, "ann@example.org")
    made = await house.mirrored(house.channel, ann)

    await house.bench.change(made.code, remove=(house.channel,))
    await house.settle()
    off = house.event.status
    await house.bench.change(made.code, add=(house.channel,))
    await house.settle()

    assert CANCELED == off
    assert [CANCELED, SCHEDULED] == [one.status for one in house.all()]


async def test_a_person_of_the_guild_does_not_keep_it_there(house: House) -> None:
    person = Contact(RouteName.DISCORD, person_address(house.guild.id, 90), "@ann")
    made = await house.mirrored(house.channel, person)

    await house.bench.change(made.code, remove=(house.channel,))
    await house.settle()

    assert CANCELED == house.event.status


async def test_each_guild_has_its_own(house: House) -> None:
    other, there = house.new_guild("Gamers")
    made = await house.mirrored(house.channel, there)

    await house.bench.change(made.code, remove=(there,))
    await house.settle()

    assert [SCHEDULED] == [one.status for one in house.all()]
    assert [CANCELED] == [one.status for one in house.all(other)]


async def test_moved_while_it_runs_it_is_ended_and_made_anew(house: House) -> None:
    made = await house.mirrored()
    await house.bench.reconfirm(made.code)
    await house.settle()
    house.clock.now = made.slot.starts_at + timedelta(minutes=10)
    await house.mirror().mirror_due()

    await house.bench.change(made.code, slot=house.bench.slot(timedelta(days=2)))
    await house.mirror().mirror_due()

    assert [COMPLETED, SCHEDULED] == [one.status for one in house.all()]
    assert [] == house.discord.refusals


async def test_made_longer_while_it_runs_it_ends_later(house: House) -> None:
    made = await house.mirrored()
    await house.bench.reconfirm(made.code)
    await house.settle()
    house.clock.now = made.slot.starts_at + timedelta(minutes=10)

    longer = Slot.of(made.slot.starts_at, timedelta(hours=5))
    await house.bench.change(made.code, slot=longer)
    await house.mirror().mirror_due()

    assert (ACTIVE, longer.ends_at.isoformat()) == (house.event.status, house.event.end)


async def test_what_was_edited_there_is_brought_back_within_the_hour(house: House) -> None:
    await house.mirrored()
    house.event.name = "Hijacked"

    house.clock.move(timedelta(minutes=59))
    before = await house.mirror().mirror_due()
    house.clock.move(timedelta(minutes=1))
    await house.mirror().mirror_due()

    assert (0, "Evening show") == (before, house.event.name)


@pytest.mark.parametrize("how", ["deleted", "cancelled"])
async def test_what_somebody_took_away_there_stays_away(house: House, how: str) -> None:
    made = await house.mirrored()
    if how == "deleted":
        house.guild.events.clear()
    else:
        house.event.status = CANCELED
    left = len(house.guild.events)

    for _ in range(3):
        house.clock.move(timedelta(hours=1))
        await house.mirror().mirror_due()
    await house.bench.change(made.code, title="Late show")
    await house.settle()

    assert left == len(house.guild.events)
    assert () == await house.bench.desk.read(events_due)


async def test_a_crash_before_it_was_written_down_makes_no_second_one(house: House) -> None:
    await house.reserved()
    await house.deliver()
    (number,) = await house.bench.desk.read(events_due)
    (task,) = await house.bench.desk.run(begin_events, number)
    assert isinstance(task.step, Make)
    made = await house.events.make(task.guild_id, task.step.face, task.channels, in_doubt=False)
    assert isinstance(made, Accepted)  # and here the process dies

    meanwhile = await house.mirror().mirror_due()
    house.clock.move(STUCK_AFTER + timedelta(seconds=1))
    await house.mirror().mirror_due()

    assert 0 == meanwhile
    assert made.external_id == str(house.event.id)
    assert "" != house.event.name


async def test_cancelled_after_such_a_crash_it_does_not_stay(house: House) -> None:
    reservation = await house.reserved()
    await house.deliver()
    (task,) = await house.bench.desk.run(begin_events, reservation.id)
    assert isinstance(task.step, Make)
    await house.events.make(task.guild_id, task.step.face, task.channels, in_doubt=False)

    await house.bench.cancel(reservation.code)
    house.clock.move(STUCK_AFTER + timedelta(seconds=1))
    await house.mirror().mirror_due()

    assert CANCELED == house.event.status
    assert 0 == await house.mirror().mirror_due()


async def test_an_answer_that_was_lost_makes_no_second_one(house: House) -> None:
    house.discord.faults.add(POST, DropAfter())
    await house.mirrored()

    house.clock.move(timedelta(minutes=1))
    await house.mirror().mirror_due()

    assert SCHEDULED == house.event.status
    assert 1 == len(house.discord.calls_of(POST))
    assert () == await house.bench.desk.read(event_troubles)


async def test_two_mirrors_at_once_make_one(house: House) -> None:
    await house.reserved()
    await house.deliver()

    await asyncio.gather(*(house.mirror().mirror_due() for _ in range(4)))

    assert 1 == len(house.discord.calls_of(POST))


async def test_of_many_who_begin_at_once_one_does(house: House) -> None:
    made = await house.reserved()
    await house.deliver()

    begun = await asyncio.gather(
        *(house.bench.desk.run_patiently(begin_events, made.id) for _ in range(12))
    )

    assert 1 == sum(map(len, begun))


async def test_what_is_refused_is_kept_with_its_reason_and_tried_rarely(house: House) -> None:
    house.guild.bot_role.permissions = Permission.VIEW_CHANNEL
    made = await house.mirrored()
    asked = len(house.discord.calls_of(POST))

    house.clock.move(timedelta(minutes=59))
    assert 0 == await house.mirror().mirror_due()
    (trouble,) = await troubles(house)
    house.guild.bot_role.permissions |= Permission.CREATE_EVENTS
    house.clock.move(timedelta(minutes=1))
    await house.mirror().mirror_due()

    assert 1 == asked
    assert (str(house.guild.id), made.code, 1) == (trouble.guild_id, trouble.code, trouble.failures)
    assert "Create Events" in trouble.reason
    assert SCHEDULED == house.event.status
    assert () == await troubles(house)


async def test_what_was_refused_in_one_guild_rests_while_another_is_looked_at(
    house: House,
) -> None:
    _, there = house.new_guild("Gamers")
    house.guild.bot_role.permissions = Permission.VIEW_CHANNEL
    await house.mirrored(house.channel, there)

    for _ in range(2):
        house.clock.move(timedelta(hours=1))
        await house.mirror().mirror_due()

    refused = [one for one in house.discord.calls_of(POST) if one.refused]
    assert 2 == len(refused)  # at once and after an hour; then not before two more


async def test_a_change_is_tried_at_once_whatever_was_refused(house: House) -> None:
    house.guild.bot_role.permissions = Permission.VIEW_CHANNEL
    made = await house.mirrored()
    house.guild.bot_role.permissions |= Permission.CREATE_EVENTS

    await house.bench.change(made.code, title="Late show")
    await house.mirror().mirror_due()

    assert "Late show" == house.event.name


async def test_what_was_refused_and_is_cancelled_is_no_trouble_any_more(house: House) -> None:
    house.guild.bot_role.permissions = Permission.VIEW_CHANNEL
    made = await house.mirrored()

    await house.bench.cancel(made.code)
    await house.mirror().mirror_due()

    assert () == await troubles(house)
    assert () == await house.bench.desk.read(events_due)


async def test_discord_away_fails_no_booking_and_is_not_asked_for_each(house: House) -> None:
    house.discord.application.token_good = False
    for number in range(3):
        slot = house.bench.slot(timedelta(days=3 + number))
        await house.reserved(slot=slot)
    await house.settle()
    asked = len(house.discord.calls)

    house.discord.application.token_good = True
    house.clock.move(timedelta(minutes=1))
    await house.mirror().mirror_due()

    assert 1 == asked
    assert 3 == len(house.all())


async def test_no_credential_is_in_it_whatever_the_holder_wrote(house: House) -> None:
    wish = CredentialWish(CredentialMode.SHARED, user="ann", passcode="S3same!open")
    made = await house.mirrored(
        title="Say S3same!open", description="The word is S3same!open, you know", credentials=wish
    )

    secrets = await house.bench.desk.read(lambda store, _: store.reservations.secrets(made.id))
    said = repr(house.event.payload)
    assert "S3same" not in said
    assert secrets.stream_key not in said


async def test_lengths_are_met(house: House) -> None:
    await house.mirrored(title="\U0001f3a4" * 90, description="*wörds* " * 900)

    # in UTF-16 code units: whatever Discord counts in, no way of counting gives more
    assert units(house.event.name) <= 100
    assert units(house.event.description or "") <= 1000
    assert [] == house.discord.refusals
    assert (house.event.description or "").splitlines()[-1].startswith("Reserved with Callboard: ")


@pytest.mark.parametrize(
    ("watch_url", "location"),
    [
        ("https://live.example.org/hall", "https://live.example.org/hall"),
        ("https://user:word@live.example.org/hall", "Studio"),
        ("https://user@live.example.org/hall", "Studio"),
        ("rtmp://live.example.org/hall", "Studio"),
        (f"https://live.example.org/{'a' * 90}", "Studio"),
    ],
)
async def test_without_a_page_of_ours_it_is_at_the_player_or_the_server(
    house: House, watch_url: str, location: str
) -> None:
    object.__setattr__(house.bench.desk.links, "public_url", "")
    await house.bench.desk.run(
        lambda store, _: store.connection.exec_driver_sql(
            f"UPDATE server SET watch_url = '{watch_url}'"  # noqa: S608 - of this test
        )
    )

    await house.mirrored()

    assert location == house.event.location


async def test_an_admin_sees_the_troubles_of_their_own_guild(house: House) -> None:
    house.guild.bot_role.permissions = Permission.VIEW_CHANNEL
    await house.mirrored()

    async def actor(guild: int, role: Role) -> Actor:
        account = Account(WorkspaceKind.DISCORD, str(guild), "Stage", f"{role}", "Hanna", role)
        return await house.bench.desk.run(enter, account)

    here = await actor(house.guild.id, Role.ADMIN)
    elsewhere, member = await actor(7, Role.ADMIN), await actor(house.guild.id, Role.MEMBER)

    read = house.bench.desk.read
    assert 1 == len(await troubles(house))
    assert await troubles(house) == await read(event_troubles, here)
    assert () == await read(event_troubles, elsewhere)
    assert NotAllowed() == await read(event_troubles, member)
    assert () == await read(event_troubles, house.bench.scene.actor)


async def test_it_runs_until_told_to_stop_and_looks_when_it_is_woken(house: House) -> None:
    mirror, stop = house.mirror(), asyncio.Event()
    running = asyncio.create_task(mirror.run(stop))
    await asyncio.sleep(0)
    await house.reserved()
    await house.deliver()

    mirror.wake()
    await house.discord.until(lambda: house.discord.calls_of(POST), within=4)
    stop.set()
    await asyncio.wait_for(running, 5)

    assert 1 == len(house.all())


async def test_what_cannot_be_read_stands_in_nobodys_way(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    spoilt = await house.reserved()
    await house.reserved(slot=house.bench.slot(timedelta(days=4)), title="Late show")
    await house.deliver()
    await house.bench.desk.run(
        lambda store, _: store.connection.exec_driver_sql(
            f"UPDATE reservation SET stream_key_sealed = 'gone.AAAA' WHERE id = {spoilt.id}"  # noqa: S608 - a number
        )
    )
    mirror = house.mirror()

    for _ in range(3):
        await mirror.mirror_due()

    assert ["Late show"] == [one.name for one in house.all()]
    assert ["mirror.sealed"] == [one.message for one in caplog.records if one.levelname == "ERROR"]


async def test_an_outcome_for_what_is_not_kept_is_nothing(house: House) -> None:
    made = await house.reserved()
    await house.deliver()
    (task,) = await house.bench.desk.run(begin_events, made.id)
    await house.bench.desk.run(
        lambda store, _: store.connection.exec_driver_sql("DELETE FROM scheduled_event")
    )

    await house.bench.desk.run(end_event, task, Accepted("5"))

    assert (made.id,) == await house.bench.desk.read(events_due)


async def troubles(house: House) -> tuple[EventTrouble, ...]:
    found = await house.bench.desk.read(event_troubles)
    assert not isinstance(found, NotAllowed)
    return found
