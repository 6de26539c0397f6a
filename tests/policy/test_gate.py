"""Who may publish and watch, and when: the gate's decision, with no store and no server."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access.vault import Vault
from core.model.gate import Access, Admit, Reason, Refuse
from core.model.recipient import HOLDER
from core.model.reservation import CredentialMode, Status
from core.model.slot import Slot
from core.policy.gate import (
    Connection,
    Given,
    Opening,
    Publishing,
    contend,
    decide,
    why_not_stay,
)

STARTS = datetime(2026, 12, 4, 19, 0, tzinfo=UTC)
SLOT = Slot.of(STARTS, timedelta(hours=2))
SET_UP, TEAR_DOWN = timedelta(minutes=30), timedelta(minutes=10)
SECOND = timedelta(seconds=1)
DURING = STARTS + timedelta(minutes=5)
REHEARSAL = STARTS - timedelta(minutes=5)
AFTERWARDS = SLOT.ends_at + timedelta(minutes=5)
ENDED = (Status.CANCELLED, Status.LAPSED)

OPENING = Opening(
    reservation_id=7,
    server_id=1,
    path="k7q2mf",
    status=Status.CONFIRMED,
    slot=SLOT,
    busy=SLOT.padded(SET_UP, TEAR_DOWN),
    access_serial=3,
    credential_mode=CredentialMode.SHARED,
    watch_user="guest",
    key_digest="key",
    passcode_digest="shared",
    numbers=frozenset({1, 2}),
)
EACH = replace(
    OPENING,
    credential_mode=CredentialMode.EACH,
    passcode_digest="",
    own={"anns": 1, "bens": 2},
)
FREE = replace(OPENING, credential_mode=CredentialMode.NONE, passcode_digest="", watch_user="")

PUBLISH = Given(Access.PUBLISH, digests=("key",))
WATCH = Given(Access.WATCH, "guest", ("shared",))
NOTHING = Given(Access.WATCH, nothing=True)


def refused(given: Given, opening: Opening | None, now: datetime = DURING) -> Reason | None:
    """Give why somebody is refused; None where they are let in."""
    decision = decide(given, opening, now)
    return decision.reason if isinstance(decision, Refuse) else None


def test_the_key_opens_from_set_up_to_tear_down() -> None:
    busy = OPENING.busy

    assert refused(PUBLISH, OPENING, busy.starts_at - SECOND) is Reason.EARLY
    assert refused(PUBLISH, OPENING, busy.starts_at) is None
    assert refused(PUBLISH, OPENING, REHEARSAL) is None
    assert refused(PUBLISH, OPENING, AFTERWARDS) is None
    assert refused(PUBLISH, OPENING, busy.ends_at - SECOND) is None
    assert refused(PUBLISH, OPENING, busy.ends_at) is Reason.OVER


def test_credentials_open_while_the_slot_is_on_and_not_at_a_rehearsal() -> None:
    assert refused(WATCH, OPENING, REHEARSAL) is Reason.EARLY
    assert refused(WATCH, OPENING, SLOT.starts_at - SECOND) is Reason.EARLY
    assert refused(WATCH, OPENING, SLOT.starts_at) is None
    assert refused(WATCH, OPENING, SLOT.ends_at - SECOND) is None
    assert refused(WATCH, OPENING, SLOT.ends_at) is Reason.OVER


def test_whoever_has_the_key_may_watch_the_rehearsal() -> None:
    own = Given(Access.WATCH, digests=("key",))

    assert decide(own, OPENING, REHEARSAL) == Admit(OPENING.busy.ends_at, 7, 3, HOLDER)
    assert decide(own, EACH, AFTERWARDS) == Admit(OPENING.busy.ends_at, 7, 3, HOLDER)


def test_an_admission_says_until_when_and_whose_it_is() -> None:
    own = Given(Access.WATCH, "guest-2", ("bens",))

    assert decide(PUBLISH, OPENING, DURING) == Admit(OPENING.busy.ends_at, 7, 3, HOLDER)
    assert decide(WATCH, OPENING, DURING) == Admit(SLOT.ends_at, 7, 3, None)
    assert decide(own, EACH, DURING) == Admit(SLOT.ends_at, 7, 3, 2)
    assert decide(NOTHING, FREE, DURING) == Admit(SLOT.ends_at, 7, 3, None)


@pytest.mark.parametrize(
    ("given", "opening", "why"),
    [
        (PUBLISH._replace(digests=("other",)), OPENING, Reason.WRONG),
        (PUBLISH._replace(digests=("shared",)), OPENING, Reason.WRONG),
        (PUBLISH._replace(digests=("",)), replace(OPENING, key_digest=""), Reason.WRONG),
        (Given(Access.PUBLISH, nothing=True), FREE, Reason.NOTHING_GIVEN),
        (Given(Access.PUBLISH, ticket=(7, 0, 3)), OPENING, Reason.WRONG),
        (WATCH._replace(user="other"), OPENING, Reason.WRONG),
        (WATCH._replace(digests=("other",)), OPENING, Reason.WRONG),
        (WATCH._replace(digests=("",)), replace(OPENING, passcode_digest=""), Reason.WRONG),
        (WATCH._replace(digests=()), OPENING, Reason.WRONG),
        (NOTHING, OPENING, Reason.NOTHING_GIVEN),
        (NOTHING, EACH, Reason.NOTHING_GIVEN),
        (NOTHING, None, Reason.NOTHING_GIVEN),
        (WATCH, None, Reason.UNKNOWN),
        (PUBLISH, None, Reason.UNKNOWN),
        (Given(Access.WATCH, "guest-1", ("bens",)), EACH, Reason.WRONG),
        (Given(Access.WATCH, "guest", ("bens",)), EACH, Reason.WRONG),
        (Given(Access.WATCH, "guest-2", ("carls",)), EACH, Reason.WRONG),
        (Given(Access.WATCH, "guest-2", ("shared",)), EACH, Reason.WRONG),
        (Given(Access.WATCH, ticket=(8, 1, 3)), EACH, Reason.WRONG),
        (Given(Access.WATCH, ticket=(7, 9, 3)), EACH, Reason.WRONG),
        (Given(Access.WATCH, ticket=(7, 1, 2)), EACH, Reason.WRONG),
        (Given(Access.WATCH, ticket=(7, 0, 3)), EACH, Reason.WRONG),
        (Given(Access.WATCH, ticket=(7, 0, 4)), OPENING, Reason.WRONG),
    ],
)
def test_refused(given: Given, opening: Opening | None, why: Reason) -> None:
    assert refused(given, opening) is why


@pytest.mark.parametrize(
    ("given", "opening", "number"),
    [
        (WATCH._replace(user=""), OPENING, None),
        (WATCH._replace(digests=("older", "shared")), OPENING, None),
        (Given(Access.WATCH, "", ("anns",)), EACH, 1),
        (Given(Access.WATCH, "whoever", ("whatever",)), FREE, None),
        (Given(Access.WATCH, ticket=(7, 1, 3)), EACH, 1),
        (Given(Access.WATCH, ticket=(7, 2, 3)), OPENING, 2),
        (Given(Access.WATCH, ticket=(7, 0, 3)), OPENING, None),
    ],
)
def test_admitted(given: Given, opening: Opening, number: int | None) -> None:
    assert decide(given, opening, DURING) == Admit(SLOT.ends_at, 7, 3, number)


@pytest.mark.parametrize("status", ENDED)
@pytest.mark.parametrize("given", [PUBLISH, WATCH])
def test_what_has_ended_opens_nothing_whatever_the_time(given: Given, status: Status) -> None:
    ended = replace(OPENING, status=status)

    assert refused(given, ended) is Reason(status.value)
    assert refused(given, ended, REHEARSAL) is Reason(status.value)


@pytest.mark.parametrize("status", [Status.PERMITTED, Status.CONFIRMED, Status.OVER])
def test_the_windows_are_the_same_whether_reconfirmed_or_just_over(status: Status) -> None:
    standing = replace(OPENING, status=status)

    assert refused(PUBLISH, standing, AFTERWARDS) is None
    assert refused(WATCH, standing) is None


def test_only_who_has_the_right_credentials_hears_of_the_time() -> None:
    wrong = WATCH._replace(digests=("other",))

    assert refused(wrong, OPENING, REHEARSAL) is Reason.WRONG
    assert refused(wrong, replace(OPENING, status=Status.CANCELLED)) is Reason.WRONG


# --- running connections

WATCHER = Connection(Access.WATCH, None, 3)
ANN = Connection(Access.WATCH, 1, 3)
PUBLISHER = Connection(Access.PUBLISH, HOLDER, 3)
PREVIEW = Connection(Access.WATCH, HOLDER, 3)


@pytest.mark.parametrize(
    ("connection", "opening", "now", "why"),
    [
        (WATCHER, OPENING, DURING, None),
        (WATCHER, OPENING, SLOT.ends_at, Reason.OVER),
        (WATCHER, OPENING, REHEARSAL, Reason.EARLY),
        (PUBLISHER, OPENING, AFTERWARDS, None),
        (PUBLISHER, OPENING, OPENING.busy.ends_at, Reason.OVER),
        (PREVIEW, OPENING, REHEARSAL, None),
        (PREVIEW, OPENING, OPENING.busy.ends_at, Reason.OVER),
        (None, OPENING, DURING, None),
        (None, OPENING, SLOT.ends_at, Reason.OVER),
        (WATCHER, replace(OPENING, access_serial=4), DURING, Reason.WRONG),
        (ANN, replace(EACH, access_serial=4), DURING, Reason.WRONG),
        (replace(ANN, listed=False), EACH, DURING, Reason.WRONG),
        (WATCHER, replace(FREE, access_serial=4), DURING, None),
        (PUBLISHER, replace(OPENING, access_serial=4), DURING, None),
        (PREVIEW, replace(OPENING, access_serial=4), DURING, None),
        (WATCHER, replace(OPENING, status=Status.CANCELLED), DURING, Reason.CANCELLED),
        (PUBLISHER, replace(OPENING, status=Status.LAPSED), DURING, Reason.LAPSED),
        (None, replace(OPENING, status=Status.CANCELLED), DURING, Reason.CANCELLED),
    ],
)
def test_who_may_stay(
    connection: Connection | None, opening: Opening, now: datetime, why: Reason | None
) -> None:
    running = connection.access if connection else Access.WATCH

    assert why_not_stay(connection, running, opening, now) is why


def test_a_publisher_without_a_record_stays_until_tear_down_has_passed() -> None:
    assert why_not_stay(None, Access.PUBLISH, OPENING, AFTERWARDS) is None
    assert why_not_stay(None, Access.PUBLISH, OPENING, OPENING.busy.ends_at) is Reason.OVER


# --- one publisher at a time


def test_the_same_encoder_takes_its_own_place_and_a_second_one_is_refused() -> None:
    there = Publishing("12", "home")

    assert contend([], "home", can_kick=True) == ()
    assert contend([there], "home", can_kick=True) == (there,)
    assert contend([there], "away", can_kick=True) == Refuse(Reason.PUBLISHING)
    assert contend([there, Publishing("13", "away")], "home", can_kick=True) == Refuse(
        Reason.PUBLISHING
    )


def test_where_the_desk_cannot_end_connections_the_server_keeps_to_one() -> None:
    there = Publishing("12", "home")

    assert contend([there], "away", can_kick=False) == (there,)


# --- to the second, and against guesses

ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")]
CHANGES = [  # instants at which those zones' clocks change
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
    datetime(2026, 3, 8, 7, 0, tzinfo=UTC),
    datetime(2026, 11, 1, 6, 0, tzinfo=UTC),
    datetime(2026, 4, 4, 15, 0, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
]


def test_windows_are_exact_to_the_second_at_ten_thousand_instants_clock_changes_included() -> None:
    chance = random.Random(20261025)  # noqa: S311 - the same instants in every run
    outcomes = set()
    for _ in range(10_000):
        opening, now = _somewhere_near_an_edge(chance)
        # a model that knows of nothing but seconds since 1970
        at = round(now.timestamp())
        begin, end = opening.slot.starts_at.timestamp(), opening.slot.ends_at.timestamp()
        first, last = opening.busy.starts_at.timestamp(), opening.busy.ends_at.timestamp()

        assert (refused(PUBLISH, opening, now) is None) == (first <= at < last)
        assert (refused(WATCH, opening, now) is None) == (begin <= at < end)
        outcomes.add((refused(PUBLISH, opening, now), refused(WATCH, opening, now)))
    assert len(outcomes) == 5  # early, rehearsal, on, tear-down, over: each was met


def _somewhere_near_an_edge(chance: random.Random) -> tuple[Opening, datetime]:
    zone = chance.choice(ZONES)
    starts_at = chance.choice(CHANGES) + timedelta(seconds=chance.randint(-7200, 7200))
    slot = Slot.of(starts_at.astimezone(zone), timedelta(seconds=chance.randint(900, 14_400)))
    busy = slot.padded(
        timedelta(seconds=chance.randint(0, 3600)), timedelta(seconds=chance.randint(0, 3600))
    )
    edge = chance.choice([slot.starts_at, slot.ends_at, busy.starts_at, busy.ends_at])
    now = edge + timedelta(seconds=chance.randint(-2, 2))
    return replace(OPENING, slot=slot, busy=busy), now.astimezone(chance.choice(ZONES))


def test_a_hundred_thousand_altered_keys_and_credentials_open_nothing() -> None:
    vault = Vault(
        ["a secret key for tests that is long enough", "an older one that is still understood"]
    )
    key, passcode = "kQ0z8vJ3mP5tB7xW2nD4hG6fL9cR1sYa", "W1NTERL1GH"
    opening = replace(OPENING, key_digest=vault.digest(key), passcode_digest=vault.digest(passcode))
    chance = random.Random(5)  # noqa: S311 - the same alterations in every run
    assert refused(Given(Access.PUBLISH, digests=vault.digests(key)), opening) is None
    for count in range(100_000):
        secret = key if count % 2 else passcode
        access = Access.PUBLISH if count % 4 == 1 else Access.WATCH
        altered = vault.digests(_altered(secret, chance))

        assert refused(Given(access, "", altered), opening) is Reason.WRONG


def _altered(secret: str, chance: random.Random) -> str:
    where = chance.randrange(len(secret))
    other = chance.choice(
        [one for one in "ABCDEFGHabcdefgh0123456789-_ \0é" if one != secret[where]]
    )
    match chance.randrange(4):
        case 0:
            return secret[:where] + other + secret[where + 1 :]
        case 1:
            return secret[:where] + secret[where + 1 :]
        case 2:
            return secret[:where] + other + secret[where:]
        case _:
            return secret.swapcase() if secret.swapcase() != secret else secret[:-1]


@given(
    user=st.text(max_size=12),
    digests=st.lists(st.sampled_from(["", "key", "shared", "anns", "bens", "x"]), max_size=3),
    ticket=st.none() | st.tuples(*[st.integers(0, 9)] * 3),
    opening=st.sampled_from([OPENING, EACH, FREE]),
    access=st.sampled_from(Access),
)
def test_nobody_publishes_without_the_key(
    user: str,
    digests: list[str],
    ticket: tuple[int, int, int] | None,
    opening: Opening,
    access: Access,
) -> None:
    presented = Given(access, user, tuple(digests), ticket)
    decision = decide(presented, opening, DURING)

    if access is Access.PUBLISH and "key" not in digests:
        assert decision == Refuse(Reason.WRONG)
    if isinstance(decision, Admit) and decision.number not in {None, HOLDER}:
        assert decision.number in opening.numbers
