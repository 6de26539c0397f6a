"""Answers about reserving: permitted, or denied with what is free instead."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.answers.acts import next_acts, picks
from bot.answers.reasons import reason_line
from bot.answers.reply import FormAsked, Problem, Reply, Section, Tone
from bot.answers.told import credential_sections, skipped_sections, telling_line
from bot.answers.wording import slot_rows
from bot.form.answers import Mistake
from core.model.prose import At, During, Line, Literal, Said, Strong
from core.model.reservation import Reservation, Status
from core.model.server import Server, ServerKind
from core.notices.as_console import render_line
from core.policy.reasons import Reason
from core.usecases.answers import Denied, Permitted


def permitted(answer: Permitted, zone: ZoneInfo, server: Server | None) -> Reply:
    """Say that the slot is theirs, until when to reconfirm, and who is told."""
    reservation = answer.reservation
    done = "Permitted" if reservation.status is Status.PERMITTED else "Permitted and confirmed"
    headline: Line = (
        Strong(f"{done}: "),
        Said(reservation.title),
        ", reservation ",
        Literal(reservation.code),
        ".",
    )
    return Reply(
        tone=Tone.OK,
        lines=(headline, *reconfirm_lines(reservation), telling_line(answer)),
        sections=(
            Section(rows=slot_rows(reservation.slot, zone, server)),
            *skipped_sections(answer.skipped),
            *credential_sections(reservation, answer.watch_user, answer.passcode),
            *_key_sections(reservation, server),
        ),
        actions=next_acts(reservation),
    )


def reconfirm_lines(reservation: Reservation) -> tuple[Line, ...]:
    """Say by when to reconfirm and what happens otherwise, while that is still to be done."""
    if reservation.status is not Status.PERMITTED or reservation.reconfirm_by is None:
        return ()
    return (
        (
            "Reconfirm by ",
            At(reservation.reconfirm_by),
            ": type ",
            Literal(f"/slot reconfirm {reservation.code}"),
            ", or the slot lapses.",
        ),
    )


def _key_sections(reservation: Reservation, server: Server | None) -> tuple[Section, ...]:
    if server is None or server.kind is ServerKind.LINK:
        return ()
    line: Line = (
        "You are sent the stream key shortly before the start; ",
        Literal(f"/slot key {reservation.code}"),
        " shows it now.",
    )
    return (Section(lines=(line,)),)


def denied(answer: Denied, zone: ZoneInfo, form: FormAsked) -> Reply:
    """Say why the slot cannot be had, each reason, and what is free instead.

    `form` is what was asked; it comes back with the reasons beside their fields.
    """
    denial = answer.denial
    headline: Line = (
        Strong("Denied: "),
        Said(answer.server_name),
        " cannot be had ",
        During(denial.slot),
        ".",
    )
    reasons = tuple(reason_line(reason) for reason in denial.reasons)
    offered = picks(denial.alternatives, answer.server_name, zone, form.code)
    return Reply(
        tone=Tone.DENIED,
        lines=(headline,),
        sections=(Section(items=reasons), *_instead(bool(offered), form.code)),
        actions=offered,
        form=replace(form, problems=_beside_fields(denial.reasons, zone)),
    )


def _instead(offered: bool, code: str) -> tuple[Section, ...]:
    if offered:
        kept = "your reservation stays as it was" if code else "nobody was told anything"
        return (Section(lines=((f"Free instead ({kept}):",),)),)
    return (Section(lines=(("What is free shows ", Literal("/slot free"), "."),)),)


def _beside_fields(reasons: tuple[Reason, ...], zone: ZoneInfo) -> dict[str, Problem]:
    """Put each reason beside the field it belongs to."""
    by_field: dict[str, list[str]] = {}
    for reason in reasons:
        words = render_line(reason_line(reason), zone)
        by_field.setdefault(reason.field.value, []).append(words)
    return {field: Mistake("\n".join(words)) for field, words in by_field.items()}
