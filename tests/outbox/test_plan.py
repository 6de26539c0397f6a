"""Who is told what: every cell of the matrix of status, policy, told-state and facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import product

import pytest

from core.model.recipient import Contact, Recipient, RouteName, Told
from core.model.reservation import Facts, NotificationPolicy, Status
from core.model.slot import Slot
from core.notices.notice import NoticeKind
from core.notices.plan import (
    Difference,
    Standing,
    difference,
    reminder_is_due,
    says_the_same,
    wanted_level,
    worthless_at,
)

_START = datetime(2026, 12, 4, 20, 0, tzinfo=UTC)
_FACTS = Facts(
    title="Evening show",
    description="With guests.",
    server_name="Studio",
    slot=Slot.of(_START, timedelta(hours=2)),
    zone="Europe/Berlin",
    watch_url="https://live.example.org/hls/k7q2mf.m3u8",
    holder_name="Olga",
    reply_to="olga@example.org",
    access_serial=0,
    reconfirm_by=_START - timedelta(hours=24),
)


class Then(Enum):
    """How what a recipient was told stands to what is now true."""

    SAME = "same"
    DEADLINE = "another deadline"
    OTHER = "another title"

    @property
    def facts(self) -> Facts:
        """The facts as they were then."""
        match self:
            case Then.SAME:
                return _FACTS
            case Then.DEADLINE:
                return replace(_FACTS, reconfirm_by=_START - timedelta(hours=48))
            case Then.OTHER:
                return replace(_FACTS, title="Morning show")


_NOTHING, _PROVISIONAL, _CONFIRMED, _CANCELLED = Told
_ANNOUNCED_P = Difference(NoticeKind.ANNOUNCEMENT, _PROVISIONAL)
_ANNOUNCED_C = Difference(NoticeKind.ANNOUNCEMENT, _CONFIRMED)
_CONFIRMATION = Difference(NoticeKind.CONFIRMATION, _CONFIRMED)
_CHANGED_P = Difference(NoticeKind.CHANGE, _PROVISIONAL)
_CHANGED_C = Difference(NoticeKind.CHANGE, _CONFIRMED)
_CALLED_OFF = Difference(NoticeKind.CANCELLATION, _CANCELLED)

_Row = dict[tuple[Told, Then], Difference | None]


def _row(
    nothing: Difference | None,
    provisional: tuple[Difference | None, Difference | None, Difference | None],
    confirmed: tuple[Difference | None, Difference | None, Difference | None],
    cancelled: Difference | None,
) -> _Row:
    """Spell out one row: those told provisionally or for certain by what they were told then."""
    return (
        dict.fromkeys(product([_NOTHING], Then), nothing)
        | dict(zip(product([_PROVISIONAL], Then), provisional, strict=True))
        | dict(zip(product([_CONFIRMED], Then), confirmed, strict=True))
        | dict.fromkeys(product([_CANCELLED], Then), cancelled)
    )


_QUIET = _row(None, (None, None, None), (None, None, None), None)
_ENDED = _row(
    None,
    (_CALLED_OFF, _CALLED_OFF, _CALLED_OFF),
    (_CALLED_OFF, _CALLED_OFF, _CALLED_OFF),
    None,
)
#                       told nothing  provisional: same,  deadline,      other;
#                       confirmed: same, deadline, other;            cancelled
_CERTAIN = _row(
    _ANNOUNCED_C,
    (_CONFIRMATION, _CONFIRMATION, _CHANGED_C),
    (None, None, _CHANGED_C),
    _ANNOUNCED_C,
)
_LIVE = {
    (Status.PERMITTED, NotificationPolicy.ON_PERMIT): _CERTAIN,
    (Status.PERMITTED, NotificationPolicy.BOTH): _row(
        _ANNOUNCED_P,
        (None, _CHANGED_P, _CHANGED_P),
        (_CHANGED_P, _CHANGED_P, _CHANGED_P),
        _ANNOUNCED_P,
    ),
    (Status.PERMITTED, NotificationPolicy.ON_RECONFIRM): _row(
        None,
        (None, _CHANGED_P, _CHANGED_P),
        (_CHANGED_P, _CHANGED_P, _CHANGED_P),
        None,
    ),
    **dict.fromkeys(product([Status.CONFIRMED], NotificationPolicy), _CERTAIN),
}


def _rows() -> Iterator[tuple[Status, NotificationPolicy, bool, bool, _Row]]:
    for status, policy, removed, suppressed in product(
        Status, NotificationPolicy, (False, True), (False, True)
    ):
        if status is Status.OVER:
            row = _QUIET
        elif removed or not status.live:
            row = _ENDED  # the unsubscribed too: what they hold must not come to nothing
        elif suppressed:
            row = _QUIET
        else:
            row = _LIVE[status, policy]
        yield status, policy, removed, suppressed, row


def _recipient(told: Told, *, removed: bool = False, suppressed: bool = False) -> Recipient:
    return Recipient(
        reservation_id=1,
        number=1,
        contact=Contact(RouteName.EMAIL, "ann@example.org"),
        told=told,
        told_revision=0 if told is _NOTHING else 1,
        removed=removed,
        suppressed="unsubscribed" if suppressed else "",
    )


@pytest.mark.parametrize(
    ("status", "policy", "removed", "suppressed", "row"),
    [
        pytest.param(
            *cell,
            id="-".join([cell[0], cell[1], "removed" * cell[2], "suppressed" * cell[3]]),
        )
        for cell in _rows()
    ],
)
def test_tells_each_recipient_what_they_do_not_know_yet(
    status: Status, policy: NotificationPolicy, removed: bool, suppressed: bool, row: _Row
) -> None:
    standing = Standing(status, policy, _FACTS)
    found = {
        (told, then): difference(
            standing,
            _recipient(told, removed=removed, suppressed=suppressed),
            None if told is _NOTHING else then.facts,
        )
        for told, then in product(Told, Then)
    }

    assert row == found


def test_the_matrix_leaves_nothing_out() -> None:
    cells = [(cell[:4], key) for cell in _rows() for key in cell[4]]

    assert 5 * 3 * 2 * 2 * 4 * 3 == len(cells) == len(set(cells))


@pytest.mark.parametrize(
    ("status", "policy", "told", "wanted"),
    [
        (Status.PERMITTED, NotificationPolicy.ON_PERMIT, _NOTHING, _CONFIRMED),
        (Status.PERMITTED, NotificationPolicy.ON_PERMIT, _PROVISIONAL, _CONFIRMED),
        (Status.PERMITTED, NotificationPolicy.BOTH, _NOTHING, _PROVISIONAL),
        (Status.PERMITTED, NotificationPolicy.BOTH, _CONFIRMED, _PROVISIONAL),
        (Status.PERMITTED, NotificationPolicy.ON_RECONFIRM, _NOTHING, _NOTHING),
        (Status.PERMITTED, NotificationPolicy.ON_RECONFIRM, _CONFIRMED, _PROVISIONAL),
        (Status.PERMITTED, NotificationPolicy.ON_RECONFIRM, _CANCELLED, _CANCELLED),
        (Status.CONFIRMED, NotificationPolicy.ON_RECONFIRM, _NOTHING, _CONFIRMED),
        (Status.CONFIRMED, NotificationPolicy.BOTH, _CANCELLED, _CONFIRMED),
        (Status.CANCELLED, NotificationPolicy.BOTH, _PROVISIONAL, _CANCELLED),
        (Status.CANCELLED, NotificationPolicy.BOTH, _NOTHING, _NOTHING),
        (Status.LAPSED, NotificationPolicy.ON_PERMIT, _CONFIRMED, _CANCELLED),
        (Status.LAPSED, NotificationPolicy.ON_RECONFIRM, _NOTHING, _NOTHING),
        (Status.OVER, NotificationPolicy.ON_PERMIT, _NOTHING, _NOTHING),
        (Status.OVER, NotificationPolicy.ON_PERMIT, _PROVISIONAL, _PROVISIONAL),
    ],
)
def test_wants_the_level_that_status_and_policy_ask_for(
    status: Status, policy: NotificationPolicy, told: Told, wanted: Told
) -> None:
    assert wanted == wanted_level(Standing(status, policy, _FACTS), _recipient(told))


@pytest.mark.parametrize("told", Told)
@pytest.mark.parametrize("status", [status for status in Status if status.live])
def test_neither_invites_the_suppressed_nor_uninvites_them(status: Status, told: Told) -> None:
    standing = Standing(status, NotificationPolicy.BOTH, _FACTS)

    assert told == wanted_level(standing, _recipient(told, suppressed=True))


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Morning show"},
        {"description": "Without guests."},
        {"server_name": "Hall"},
        {"slot": Slot.of(_START, timedelta(hours=3))},
        {"zone": "Europe/Lisbon"},
        {"watch_url": "https://other.example.org/"},
        {"holder_name": "Oleg"},
        {"reply_to": ""},
        {"access_serial": 1},
    ],
    ids=lambda other: next(iter(other)),
)
def test_every_fact_that_the_audience_reads_is_news(other: dict[str, object]) -> None:
    changed = replace(_FACTS, **other)  # type: ignore[arg-type]

    assert not says_the_same(_FACTS, changed, _CONFIRMED)
    assert not says_the_same(_FACTS, changed, _PROVISIONAL)


def test_no_fact_is_forgotten_by_the_comparison() -> None:
    # a new field must be put into the list above, or here with the reason why it is no news
    news = {"title", "description", "server_name", "slot", "zone", "watch_url", "holder_name"}
    news |= {"reply_to", "access_serial"}
    no_news = {"reconfirm_by", "reason"}  # to the provisional alone; only ever told with the end

    assert news | no_news == set(Facts.__slots__)


def test_the_deadline_is_news_to_those_alone_for_whom_it_is_provisional() -> None:
    moved = replace(_FACTS, reconfirm_by=_START - timedelta(hours=1))

    assert not says_the_same(_FACTS, moved, _PROVISIONAL)
    assert says_the_same(_FACTS, moved, _CONFIRMED)


@pytest.mark.parametrize(
    ("status", "told", "removed", "suppressed", "told_facts", "due"),
    [
        (Status.CONFIRMED, _CONFIRMED, False, False, _FACTS, True),
        (Status.PERMITTED, _PROVISIONAL, False, False, _FACTS, True),
        (Status.CONFIRMED, _PROVISIONAL, False, False, Then.OTHER.facts, True),
        (Status.CONFIRMED, _NOTHING, False, False, None, False),
        (Status.CONFIRMED, _CANCELLED, False, False, _FACTS, False),
        (Status.CONFIRMED, _CONFIRMED, True, False, _FACTS, False),
        (Status.CONFIRMED, _CONFIRMED, False, True, _FACTS, False),
        (Status.CANCELLED, _CONFIRMED, False, False, _FACTS, False),
        (Status.LAPSED, _CONFIRMED, False, False, _FACTS, False),
        (Status.OVER, _CONFIRMED, False, False, _FACTS, False),
        (
            Status.CONFIRMED,
            _CONFIRMED,
            False,
            False,
            replace(_FACTS, slot=Slot.of(_START + timedelta(hours=1), timedelta(hours=2))),
            False,
        ),
    ],
)
def test_reminds_those_who_expect_the_slot_at_the_time_it_has(  # noqa: PLR0913, PLR0917 - a table
    status: Status,
    told: Told,
    removed: bool,
    suppressed: bool,
    told_facts: Facts | None,
    due: bool,
) -> None:
    standing = Standing(status, NotificationPolicy.ON_PERMIT, _FACTS)
    recipient = _recipient(told, removed=removed, suppressed=suppressed)

    assert due == reminder_is_due(standing, recipient, told_facts)


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        (NoticeKind.ANNOUNCEMENT, _FACTS.slot.ends_at),
        (NoticeKind.CONFIRMATION, _FACTS.slot.ends_at),
        (NoticeKind.CHANGE, _FACTS.slot.ends_at),
        (NoticeKind.PERMISSION, _FACTS.slot.ends_at),
        (NoticeKind.STREAM_KEY, _FACTS.slot.ends_at),
        (NoticeKind.NO_SHOW, _FACTS.slot.ends_at),
        (NoticeKind.REMINDER, _FACTS.slot.starts_at),
        (NoticeKind.DEADLINE, _FACTS.reconfirm_by),
        (NoticeKind.CANCELLATION, _START - timedelta(days=2)),
        (NoticeKind.RECEIPT, _START - timedelta(days=1)),
        (NoticeKind.LAPSE, _START - timedelta(days=1)),
        (NoticeKind.REPORT, _START - timedelta(days=1)),
    ],
)
def test_a_notice_is_worth_sending_until_nobody_can_use_it(
    kind: NoticeKind, until: datetime
) -> None:
    assert until == worthless_at(kind, _FACTS, made_at=_START - timedelta(days=3))


def test_every_kind_of_notice_has_its_last_moment() -> None:
    moments = {kind: worthless_at(kind, _FACTS, _START - timedelta(days=3)) for kind in NoticeKind}

    assert set(NoticeKind) == set(moments)
