"""The words of what the holder is told about a reservation of theirs."""

from __future__ import annotations

from core.model.prose import At, Line, Literal, Said, Strong
from core.model.recipient import Told
from core.notices.access_words import ingest_rows, publishing_line
from core.notices.changes import changes_of
from core.notices.contact_words import shown_address
from core.notices.notice import KEPT, NO_SHOW, Failure, Notice, NoticeKind, Personal
from core.notices.said import shortened
from core.notices.to_audience import watch_rows
from core.notices.words import (
    Action,
    Mark,
    Row,
    Wording,
    address_span,
    described,
    short_title,
    slot_rows,
)

_NAMED_FAILURES = 20
_REASON_LIMIT = 200  # a mail server's words can be long, and the first ones say it


def holder_wording(notice: Notice, personal: Personal) -> Wording:
    """Word a notice for the holder."""
    facts = notice.facts
    access_title, access = _access(notice, personal)
    return Wording(
        mark=_mark(notice),
        subject=_subject(notice),
        headline=(Said(facts.title),),
        intro=_intro(notice),
        changes=changes_of(notice) if notice.kind is NoticeKind.RECEIPT else (),
        facts=(*slot_rows(facts), *_rows(notice)),
        access_title=access_title,
        access=access,
        access_note=_access_note(notice),
        description=described(facts) if notice.kind is NoticeKind.PERMISSION else (),
        details_title="Not told" if notice.failed else "",
        details=_failures(notice),
        actions=_actions(notice, personal),
        footer=(("Your reservation ", Literal(notice.code), "."),),
    )


def _due(notice: Notice) -> bool:
    """Tell whether the holder has yet to reconfirm."""
    return notice.level is Told.PROVISIONAL and notice.facts.reconfirm_by is not None


def _mark(notice: Notice) -> Mark:
    if notice.kind in _MARKS:
        return _MARKS[notice.kind]
    if notice.done == "cancelled":
        return Mark.CANCELLED
    if _due(notice):
        return Mark.TO_RECONFIRM
    return Mark.CHANGED if notice.done == "changed" else Mark.CONFIRMED


def _subject(notice: Notice) -> Line:
    title, start = short_title(notice.facts), At(notice.facts.slot.starts_at)
    deadline = notice.facts.reconfirm_by
    if notice.kind is NoticeKind.REPORT:
        return (_tally(notice), ": ", title)
    if notice.kind is NoticeKind.DEADLINE and deadline:
        return ("Please reconfirm by ", At(deadline), ": ", title)
    word = _SUBJECTS.get(notice.kind) or _RECEIPTS.get(notice.done, "Done")
    if deadline and _due(notice) and notice.kind is not NoticeKind.STREAM_KEY:
        return (f"{word}: ", title, ", reconfirm by ", At(deadline))
    return (f"{word}: ", title, ", ", start)


_MARKS = {
    NoticeKind.LAPSE: Mark.LAPSED,
    NoticeKind.STREAM_KEY: Mark.STREAM_KEY,
    NoticeKind.REPORT: Mark.REPORT,
    NoticeKind.NO_SHOW: Mark.NO_SHOW,
}
_SUBJECTS = {
    NoticeKind.PERMISSION: "Reserved",
    NoticeKind.DEADLINE: "Please reconfirm",
    NoticeKind.LAPSE: "Lapsed",
    NoticeKind.STREAM_KEY: "Stream key",
    NoticeKind.NO_SHOW: "Nobody is publishing",
}
_RECEIPTS = {
    "reconfirmed": "Reconfirmed",
    "changed": "Changed",
    "cancelled": "Cancelled",
    "kept": "Confirmed",
}


def _intro(notice: Notice) -> tuple[Line, ...]:
    lines = [_news(notice)]
    deadline = notice.facts.reconfirm_by
    if deadline and _due(notice) and notice.kind is not NoticeKind.STREAM_KEY:
        lines.append(
            (
                "Please reconfirm it by ",
                At(deadline),
                ". If you do not, the reservation lapses and the slot is free for others.",
            )
        )
    if notice.done == "cancelled" and notice.facts.reason:
        lines.append(("The reason given: ", Said(notice.facts.reason)))
    if notice.kind is NoticeKind.NO_SHOW:
        lines += _what_to_do(notice)
    if notice.waiting and notice.kind is not NoticeKind.REPORT:
        lines.append((f"{_counted(notice.waiting)} being told now.",))
    return tuple(lines)


def _news(notice: Notice) -> Line:
    due = _due(notice)
    match notice.kind:
        case NoticeKind.PERMISSION:
            certain = "The slot is yours, and there is nothing more to confirm."
            return ("The slot is reserved for you." if due else certain,)
        case NoticeKind.DEADLINE:
            return ("Your slot is coming up and still waits for your word.",)
        case NoticeKind.LAPSE:
            return _lapsed(notice)
        case NoticeKind.NO_SHOW:
            return ("Your slot has begun, and nobody is publishing.",)
        case NoticeKind.STREAM_KEY:
            return ("This is what to enter in your streaming software. Keep it to yourself.",)
        case NoticeKind.REPORT:
            return (Strong(_tally(notice)), ".", *_waiting(notice))
        case _:
            return (_DONE.get(notice.done, "Done."),)


_DONE = {
    "reconfirmed": "Thank you. The slot is now certain.",
    "changed": "Your reservation has been changed. This is how it stands now.",
    "cancelled": "Your reservation has been cancelled, and the slot is free again.",
    "kept": (
        "The desk was out of service around the deadline and could not hear from you, "
        "so the slot is yours without it. Cancel it if you do not need it."
    ),
}


def _lapsed(notice: Notice) -> Line:
    end = ", so it has lapsed and the slot is free again. Those who had been told hear that it is "
    if notice.done == NO_SHOW:
        began = "Your slot had begun, and nobody had published by "
        return (began, At(notice.made_at), end, "off.")
    if notice.facts.reconfirm_by is None:
        return ("This reservation was not reconfirmed in time", end, "off.")
    return ("This reservation was not reconfirmed by ", At(notice.facts.reconfirm_by), end, "off.")


def _what_to_do(notice: Notice) -> tuple[Line, ...]:
    """Say what becomes of a slot that nobody publishes in, and what the holder can do."""
    fate: tuple[Line, ...] = ()
    if notice.free_at is not None:
        lapses = ", the reservation lapses and the slot is free for others."
        fate = (("Unless somebody publishes by ", At(notice.free_at), lapses),)
    elif notice.done == KEPT:
        away = "The desk was out of service for a while and might not have heard you, so the slot"
        fate = ((f"{away} stays yours.",),)
    key: Line = ("To see the stream key, type ", Literal(f"/slot key {notice.code}"), ".")
    return (
        *fate,
        (*key, " If you do not need the slot, please cancel it."),
        ("If you are on the air by now, there is nothing to do.",),
    )


def _tally(notice: Notice) -> str:
    """Count the deliveries, as `212 of 214 told; 2 failed`."""
    total = notice.told + notice.waiting + notice.failed_count
    failed = f"; {notice.failed_count} failed" if notice.failed_count else ""
    return f"{notice.told} of {total} told{failed}"


def _waiting(notice: Notice) -> Line:
    return (f" {_counted(notice.waiting)} still waiting.",) if notice.waiting else ()


def _counted(figure: int) -> str:
    return "1 recipient is" if figure == 1 else f"{figure} recipients are"


def _failures(notice: Notice) -> tuple[Line, ...]:
    """Name those who could not be told, each with the reason, as far as a reader wants them."""
    named = notice.failed[:_NAMED_FAILURES]
    rest = max(notice.failed_count, len(notice.failed)) - len(named)
    more: tuple[Line, ...] = ((f"and {rest} more",),) if rest else ()
    return (*(_failure(failure) for failure in named), *more)


def _failure(failure: Failure) -> Line:
    reason = shortened(failure.reason, _REASON_LIMIT)
    return (Literal(shown_address(failure.contact)), ": ", Said(reason or "no reason given"))


def _rows(notice: Notice) -> tuple[Row, ...]:
    facts = notice.facts
    aside = notice.kind in {NoticeKind.REPORT, NoticeKind.STREAM_KEY, NoticeKind.NO_SHOW}
    if not facts.watch_url or not notice.level.expects or aside:
        return ()
    return (Row("Playback address", (address_span(facts.watch_url),)),)


def _access(notice: Notice, personal: Personal) -> tuple[str, tuple[Row, ...]]:
    """Say what opens the stream: to publish it, or, on permission, what watchers will be given."""
    if notice.kind is NoticeKind.STREAM_KEY:
        given = (personal.ingest_url, personal.ingest_user, personal.stream_key)
        return "For your streaming software", ingest_rows(*given)
    rows = watch_rows(personal) if notice.level.expects else ()
    return ("What your watchers are given" if rows else ""), rows


def _access_note(notice: Notice) -> Line:
    if notice.kind is not NoticeKind.STREAM_KEY:
        return ()
    return publishing_line(notice.facts.slot, notice.publishing or notice.facts.slot)


def _actions(notice: Notice, personal: Personal) -> tuple[Action, ...]:
    link = personal.holder_link
    reconfirm = Action("reconfirm", "Reconfirm", link, f"/slot reconfirm {notice.code}")
    change = Action("change", "Change", link, f"/slot change {notice.code}")
    cancel = Action("cancel", "Cancel", link, f"/slot cancel {notice.code}")
    if notice.kind is NoticeKind.REPORT:
        again = Action("again", "Send again to those", link, f"/slot again {notice.code}")
        return (again,) if notice.failed_count else ()
    if notice.kind is NoticeKind.LAPSE or notice.done == "cancelled":
        return (Action("reserve", "Reserve again", command="/slot reserve"),)
    if notice.kind is NoticeKind.STREAM_KEY:
        return ()
    if notice.kind is NoticeKind.NO_SHOW:
        return (cancel,)
    return (reconfirm, change, cancel) if _due(notice) else (change, cancel)
