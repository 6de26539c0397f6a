"""What differs between what a reader was told and what is now true, old beside new."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter

from core.model.prose import At, During, Line, Link, Said, Span
from core.model.recipient import Told
from core.model.reservation import Facts
from core.notices.notice import Notice
from core.notices.said import shortened
from core.notices.times import length_words
from core.notices.words import Changed, address_span, mailbox_span

_DESCRIPTION_LIMIT = 300  # in the table; the whole text stands below it
_NONE: Line = ("none",)


def changes_of(notice: Notice) -> tuple[Changed, ...]:
    """Say what changed since `notice.before`; nothing where the reader was told nothing before."""
    if notice.before is None:
        return ()
    return (
        *_changed_level(notice),
        *_changed_facts(notice.before, notice.facts),
        *_changed_access(notice),
    )


def level_line(level: Told, facts: Facts) -> Line:
    """Say how certain it is, with the deadline while it is not."""
    if level is Told.PROVISIONAL and facts.reconfirm_by is not None:
        return ("provisional, to be confirmed by ", At(facts.reconfirm_by))
    return (level.value,)


def _changed_level(notice: Notice) -> Iterator[Changed]:
    before = notice.before or notice.facts
    old, new = notice.before_level, notice.level
    deadline_moved = before.reconfirm_by != notice.facts.reconfirm_by
    if old.expects and (old is not new or (new is Told.PROVISIONAL and deadline_moved)):
        yield Changed("Status", level_line(old, before), level_line(new, notice.facts))


def _changed_facts(old: Facts, new: Facts) -> Iterator[Changed]:
    for label, key, line in _FACTS:
        if key(old) != key(new):
            yield Changed(label, tuple(map(_dead, line(old))), line(new))


def _changed_access(notice: Notice) -> Iterator[Changed]:
    if notice.before is not None and notice.before.access_serial != notice.facts.access_serial:
        now = "new credentials" if notice.has_credentials else "no credentials needed"
        yield Changed("Access", ("what you were sent before",), (now,))


def _dead(span: Span) -> Span:
    """Show an old link without being one: it no longer leads where the reader wants to go."""
    return Said(span.label) if isinstance(span, Link) else span


def _address(facts: Facts) -> Line:
    return (address_span(facts.watch_url),) if facts.watch_url else _NONE


def _reply_to(facts: Facts) -> Line:
    return (mailbox_span(facts.reply_to),) if facts.reply_to else _NONE


def _description(facts: Facts) -> Line:
    text = shortened(facts.description, _DESCRIPTION_LIMIT)
    return (Said(text),) if text else _NONE


# what is compared stands beside what is shown: a cut description may differ where it is not seen
_FACTS: tuple[tuple[str, Callable[[Facts], object], Callable[[Facts], Line]], ...] = (
    ("Title", attrgetter("title"), lambda facts: (Said(facts.title),)),
    ("When", attrgetter("slot"), lambda facts: (During(facts.slot),)),
    ("Length", attrgetter("slot.length"), lambda facts: (length_words(facts.slot.length),)),
    ("Time zone", attrgetter("zone"), lambda facts: (facts.zone,)),
    ("Server", attrgetter("server_name"), lambda facts: (Said(facts.server_name),)),
    ("Playback address", attrgetter("watch_url"), _address),
    ("Host", attrgetter("holder_name"), lambda facts: (Said(facts.holder_name),)),
    ("Questions to", attrgetter("reply_to"), _reply_to),
    ("Description", attrgetter("description"), _description),
)
