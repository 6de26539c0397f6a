"""One reservation in full: what it is, who was told and who was not, and how it came about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.answers.acts import again, next_acts
from bot.answers.aired import aired_rows
from bot.answers.reply import Action, Reply, Section, Table, Tone
from bot.answers.told import MOST_NAMED, credential_sections, why_not
from bot.answers.wording import (
    CREDENTIAL_NAMES,
    POLICY_SAID,
    STATUS_WORDS,
    contact_line,
    reminders_words,
    slot_rows,
    status_line,
)
from core.model.addresses import ingest, with_path
from core.model.prose import At, Line, Literal, Said, Strong
from core.model.recipient import Recipient, Told
from core.model.reservation import Status
from core.model.server import ServerKind
from core.notices.access_words import ingest_rows, publishing_line
from core.notices.changes import changes_of
from core.notices.notice import Notice, NoticeKind
from core.notices.words import Row, address_span, described
from core.outbox.tally import Missed
from core.store.reservations import Revision
from core.usecases.look import Shown

_MOST_REVISIONS = 20


def shown(answer: Shown, zone: ZoneInfo) -> Reply:
    """Show everything about a reservation but its stream key."""
    reservation, roll = answer.reservation, answer.roll
    headline: Line = (Strong(reservation.code), " ", Said(reservation.title))
    stands = reservation.status.live and not answer.ended
    acts: tuple[Action, ...] = next_acts(reservation) if stands else ()
    if roll.failed and not answer.ended:
        acts = (again(reservation.code), *acts)
    return Reply(
        tone=Tone.INFO,
        lines=(headline,),
        sections=(
            Section(rows=(*slot_rows(reservation.slot, zone, answer.server), *_rows(answer))),
            *_description(answer),
            *credential_sections(reservation, answer.secrets.watch_user, answer.secrets.passcode),
            *_audience(answer),
            *_history(answer.revisions),
        ),
        actions=acts,
    )


def _rows(answer: Shown) -> Iterator[Row]:
    reservation = answer.reservation
    passed = reservation.status.live and answer.ended
    yield Row("Status", (STATUS_WORDS[Status.OVER],) if passed else status_line(reservation))
    yield Row("Holder", (Said(answer.holder_name),))
    url = with_path(answer.server.watch_url, reservation.code)
    yield Row("Playback", (address_span(url),))
    if reservation.viewers:
        yield Row("Viewers", (f"{reservation.viewers:,}",))
    yield Row("Audience told", (POLICY_SAID[reservation.notification_policy],))
    yield Row("Reminders", (reminders_words(reservation.reminders),))
    yield Row("Credentials", (CREDENTIAL_NAMES[reservation.credential_mode],))
    yield from aired_rows(answer)
    if reservation.reply_to:
        yield Row("Replies to", (Literal(reservation.reply_to),))


def _description(answer: Shown) -> Iterator[Section]:
    if answer.revisions and answer.reservation.description:
        yield Section("Description", lines=described(answer.revisions[-1].facts))


def _audience(answer: Shown) -> Iterator[Section]:
    """Call the roll: counts first, then those who were not told, each with the reason."""
    roll = answer.roll
    counts = (
        (len(roll.told), "told"),
        (len(roll.waiting), "waiting"),
        (len(roll.failed), "failed"),
        (len(roll.suppressed), "not written to"),
        (len(roll.later), "to be told on reconfirmation"),
    )
    if answer.reservation.status is not Status.PERMITTED:
        counts = (*counts[:-1], (len(roll.later), "not told"))
    said = ", ".join(f"{figure:,} {word}" for figure, word in counts if figure)
    yield Section("Audience", lines=((said or "nobody",),))
    yield from _missed("Failed", roll.failed)
    yield from _missed("Not written to", roll.suppressed)
    yield from _missed("Waiting", roll.waiting)
    yield from _told(roll.told)


def _missed(title: str, missed: Sequence[Missed]) -> Iterator[Section]:
    items: list[Line] = []
    for one in missed[:MOST_NAMED]:
        why: Line = (": ", *why_not(one.reason)) if one.reason else ()
        items.append((*_contact(one.recipient), *why))
    yield from _named(title, items, len(missed))


def _told(recipients: Sequence[Recipient]) -> Iterator[Section]:
    items: list[Line] = []
    for one in recipients[:MOST_NAMED]:
        level = " (provisional)" if one.told is Told.PROVISIONAL else ""
        items.append((*_contact(one), level))
    yield from _named("Told", items, len(recipients))


def _named(title: str, items: list[Line], total: int) -> Iterator[Section]:
    if not items:
        return
    if total > len(items):
        items.append((f"and {total - len(items):,} more",))
    yield Section(title, items=tuple(items))


def _contact(recipient: Recipient) -> Line:
    contact = recipient.contact
    if not contact.address:
        return ("(erased)",)
    return contact_line(contact)


def _history(revisions: Sequence[Revision]) -> Iterator[Section]:
    """Say how it came about: each revision with what it changed."""
    if not revisions:
        return
    rows: list[tuple[Line, ...]] = [_revision(revisions[0], ("reserved",))]
    rows += [_revision(new, _news(old, new)) for old, new in pairwise(revisions)]
    hidden = len(rows) - _MOST_REVISIONS
    lines: tuple[Line, ...] = (
        ((f"the last {_MOST_REVISIONS} of {len(rows)}",),) if hidden > 0 else ()
    )
    table = Table(("", "At", "Status", "What"), tuple(rows[-_MOST_REVISIONS:]))
    yield Section("History", lines=lines, table=table)


def _revision(revision: Revision, what: Line) -> tuple[Line, ...]:
    status = STATUS_WORDS[revision.status]
    return ((f"{revision.number}",), (At(revision.made_at),), (status,), what)


def _news(old: Revision, new: Revision) -> Line:
    """Say what a revision changed, in a few words."""
    if new.status is not old.status and new.status is not Status.PERMITTED:
        done = {Status.CONFIRMED: "reconfirmed", Status.LAPSED: "lapsed"}
        reason: Line = (": ", Said(new.facts.reason)) if new.facts.reason else ()
        if new.facts.slot == old.facts.slot:
            return (done.get(new.status, new.status.value), *reason)
    notice = Notice(
        kind=NoticeKind.RECEIPT,
        code="",
        uid="",
        revision=new.number,
        made_at=new.made_at,
        level=Told.NOTHING,
        facts=new.facts,
        before=old.facts,
    )
    labels = [change.label.lower() for change in changes_of(notice)]
    if old.facts.reconfirm_by != new.facts.reconfirm_by and "when" not in labels:
        labels.append("deadline")
    return (f"changed: {', '.join(labels)}" if labels else "changed: audience or rules",)


def stream_key(answer: Shown) -> Reply:
    """Show what the holder's streaming software needs; only ever asked for by who may know it."""
    reservation, server = answer.reservation, answer.server
    if server.kind is ServerKind.LINK:
        line: Line = (Said(server.name), " asks for no stream key: it is only linked to.")
        return Reply(Tone.INFO, (line,))
    if not reservation.status.live:
        status = STATUS_WORDS[reservation.status]
        gone: Line = (Strong(reservation.code), f" is {status}: its stream key opens nothing.")
        return Reply(Tone.DENIED, (gone,))
    given = ingest(server, reservation.code, answer.secrets.stream_key)
    rows = ingest_rows(given.address, given.user, given.key)
    return Reply(
        tone=Tone.INFO,
        lines=(
            (Strong(reservation.code), " ", Said(reservation.title), ": keep this to yourself."),
            publishing_line(reservation.slot, answer.publishing),
        ),
        sections=(Section("For your streaming software", rows=rows),),
    )
