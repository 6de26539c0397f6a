"""What can be done next with a reservation: buttons in a chat, commands to type anywhere."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.answers.reply import Action
from bot.answers.wording import type_instant
from bot.form.length import say_length
from core.model.prose import During
from core.model.reservation import Reservation, Status
from core.model.slot import Slot

RECONFIRM, CHANGE, CANCEL, AGAIN, PICK = "reconfirm", "change", "cancel", "again", "pick"


def next_acts(reservation: Reservation) -> tuple[Action, ...]:
    """Give what its holder can do with a reservation as it now stands."""
    code = reservation.code
    change = Action(CHANGE, ("Change",), f"/slot change {code}", code)
    cancel = Action(CANCEL, ("Cancel",), f"/slot cancel {code}", code)
    match reservation.status:
        case Status.PERMITTED:
            return (
                Action(RECONFIRM, ("Reconfirm",), f"/slot reconfirm {code}", code),
                change,
                cancel,
            )
        case Status.CONFIRMED:
            return (change, cancel)
        case _:
            return (Action("reserve", ("Reserve anew",), "/slot reserve"),)


def again(code: str) -> Action:
    """Offer to send once more to those who could not be told."""
    return Action(AGAIN, ("Send again to those who failed",), f"/slot again {code}", code)


def picks(
    slots: tuple[Slot, ...], server_name: str, zone: ZoneInfo, code: str = ""
) -> tuple[Action, ...]:
    """Offer free slots in place of one that was denied; `code` where that was a change."""
    return tuple(pick(slot, server_name, zone, code) for slot in slots)


def pick(slot: Slot, server_name: str, zone: ZoneInfo, code: str = "") -> Action:
    """Offer one free slot."""
    start, length = type_instant(slot.starts_at, zone), say_length(slot.length)
    if code:
        command = f"/slot change {code} when={start} for {length} server={server_name}"
    else:
        command = f"/slot reserve {start} for {length} server={server_name}"
    values = {"when": start, "length": length, "server": server_name}
    return Action(PICK, (During(slot),), command, code, values)
