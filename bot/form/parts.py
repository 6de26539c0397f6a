"""The parts of the form that hang together: slot, credentials, audience, and a few small ones."""

from __future__ import annotations

import re

from bot.form.addresses import parse_address
from bot.form.answers import AskBack, Mistake
from bot.form.choosing import choose
from bot.form.contacts import LONGEST_PASTE, parse_contacts, say_bad
from bot.form.fields import CREDENTIAL_WORDS, POLICY_WORDS
from bot.form.filling import Filling
from bot.form.length import parse_length, say_length
from bot.form.text import parse_passcode, parse_watch_user
from bot.form.when import When, parse_when
from core.model.recipient import Contact
from core.model.request import CredentialWish
from core.model.reservation import CredentialMode, NotificationPolicy
from core.model.slot import Slot

MOST_VIEWERS = 10_000_000


def read_slot(form: Filling, present: Slot | None) -> Slot | None:
    """Read start and length, which belong together; what was not sent stays as it is at present.

    The length may stand beside the start ("fri 8pm for 2h") and in its field if both agree.
    """
    length = form.read_filled("length", parse_length)
    when = _read_start(form, present)
    if when is None or "length" in form.errors:
        return None
    if length and when.length and length != when.length:
        said, here = say_length(when.length), say_length(length)
        form.refuse("length", f"The start says {said}, this says {here}: keep one of them")
        return None
    lasts = length or when.length
    if lasts is None and present is not None and not form.given("length"):
        lasts = present.length
    if lasts is None:
        form.refuse("length", "How long? Write for example 2h, 90 min or 1:30")
        return None
    return Slot.of(when.starts_at, lasts)


def _read_start(form: Filling, present: Slot | None) -> When | None:
    """Read the start; for a change that leaves it out, take the present one."""
    context = form.context
    if present is not None and not form.given("when"):
        return When(present.starts_at, None, context.zone)
    return form.read("when", lambda text: parse_when(text, zone=context.zone, now=context.now))


def read_credentials(form: Filling) -> CredentialWish | None:
    """Read which watch credentials are wanted; None where nothing was said about them.

    A user name or passcode of one's own is shared by all: with one each, the desk makes them.
    """
    names = ("credentials", "user", "passcode")
    if all(form.blank(name) for name in names):
        return None
    mode = form.read_filled("credentials", _parse_mode)
    user = form.read("user", parse_watch_user) or ""
    passcode = form.read("passcode", parse_passcode) or ""
    if mode in {CredentialMode.NONE, CredentialMode.EACH}:
        why = "there are none" if mode is CredentialMode.NONE else "they are made, one for each"
        for name in ("user", "passcode"):
            if not form.blank(name):
                form.refuse(name, f"Leave this empty, as {why}; or choose shared credentials")
    return CredentialWish(mode or CredentialMode.SHARED, user, passcode)


def read_contacts(form: Filling, name: str) -> tuple[Contact, ...]:
    """Read the addresses in a field; a single bad one refuses the field, so that none is missed."""
    if form.blank(name):
        return ()
    found = parse_contacts(
        form.text(name), max_characters=LONGEST_PASTE, others=form.context.others
    )
    if found.bad_count:
        form.refuse(name, say_bad(found))
    return found.accepted


def parse_viewers(text: str) -> int | Mistake:
    """Read how many will watch; "" is nobody in particular."""
    words = text.strip()
    if not words:
        return 0
    if not re.fullmatch(r"\d{1,9}", words, re.ASCII):
        return Mistake("Viewers are a whole number. Write for example 40")
    if int(words) > MOST_VIEWERS:
        return Mistake(f"At most {MOST_VIEWERS:,} viewers. Write for example 40")
    return int(words)


def parse_policy(text: str) -> NotificationPolicy | Mistake | AskBack:
    """Read when the audience is told: in our words, or as the desk itself names it."""
    for each in NotificationPolicy:
        if text.strip().casefold() == each.value:
            return each
    return choose(text, POLICY_WORDS, "way to tell the audience")


def parse_reply_to(text: str) -> str | Mistake:
    """Read the address that replies go to; "" is none."""
    if not text.strip():
        return ""
    found = parse_address(text)
    return found if isinstance(found, Mistake) else found.address


def _parse_mode(text: str) -> CredentialMode | Mistake | AskBack:
    """Read whether credentials are shared, one for each, or none."""
    return choose(text, CREDENTIAL_WORDS, "kind of credentials")


def clashing(add: tuple[Contact, ...], remove: tuple[Contact, ...]) -> Contact | None:
    """Find a contact that is both to be added and to be removed."""
    added = {each.key for each in add}
    return next((each for each in remove if each.key in added), None)
