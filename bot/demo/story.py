"""The story of the claims, chapter by chapter: what is typed, and what must arrive where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo.mailbox import Arrival
from bot.demo.stage import Stage
from core.usecases.settings import Account

OLGA = "olga@desk.example"
CREW = (
    "ada@stage.example",
    "bela@stage.example",
    "mei@press.example",
    "dora@xn--bcher-kva.example",
)
MEI = "mei@press.example"
EVA = "eva@late.example"

_PREMIERE, _CLUB, _PLAY, _TALK = "Winter premiere", "Club night", "Radio play", "Late talk"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: Olga runs the desk and distributes, Bruno distributes."""

    olga: Account
    bruno: Account


async def play(stage: Stage, cast: Cast, monday: datetime, audience: str) -> None:
    """Play the whole story; `monday` is ten o'clock in the desk's zone, `audience` a CSV file."""
    await _set_up(stage, cast, audience)
    await _permitted(stage, cast)
    await _denied(stage, cast)
    await _told_when_reconfirmed(stage, cast)
    await _told_twice(stage, cast)
    await _changed(stage, cast)
    await _audience_changed(stage, cast)
    await _cancelled(stage, cast)
    await _lapsed(stage, cast, monday)
    await _reminded(stage, cast, monday)


async def _set_up(stage: Stage, cast: Cast, audience: str) -> None:
    stage.tell("Two servers, a time zone, and an audience from a CSV file")
    await stage.type(
        cast.olga,
        "server add Studio kind=mediamtx zone=Europe/Berlin watch_url=https://live.example/hls/{path}.m3u8"
        " ingest_url=rtmp://live.example/live/{path} reconfirm_lead=24h",
    )
    await stage.type(
        cast.olga,
        "server add Hall kind=link zone=Europe/Berlin watch_url=https://hall.example/watch"
        ' max_streams=2 reconfirm_lead=0 opening_hours="Mon-Sun 08:00-24:00"',
    )
    await stage.type(cast.olga, f"settings zone=Europe/Berlin email={OLGA}")
    await stage.type(cast.bruno, "settings zone=Europe/Berlin")
    await stage.type(cast.olga, f'audience import crew "{audience}"')
    await stage.arrives()


async def _permitted(stage: Stage, cast: Cast) -> None:
    stage.tell("A free slot is permitted, and every listed address is told (claims 1, 2, 3, 8)")
    await stage.type(
        cast.olga, f'reserve fri 20:00 2h Studio title="{_PREMIERE}" lists=crew policy="at once"'
    )
    await stage.arrives(
        *_each(CREW, "Live stream", _PREMIERE, "CONFIRMED", credentials=True),
        Arrival(OLGA, "Reserved", _PREMIERE, "TENTATIVE", credentials=True),
        Arrival(OLGA, "4 of 4 told", _PREMIERE),
    )


async def _denied(stage: Stage, cast: Cast) -> None:
    stage.tell("A taken slot is denied, with what is free instead; the audience hears nothing")
    await stage.type(
        cast.bruno,
        'reserve fri 21:00 2h Studio title="Chess final" audience="fan@chess.example"',
        denied=True,
    )
    await stage.arrives()


async def _told_when_reconfirmed(stage: Stage, cast: Cast) -> None:
    stage.tell("The audience is told when the holder has reconfirmed, and not before (claim 6)")
    await stage.type(
        cast.olga,
        f'reserve sat 22:00 3h Studio title="{_CLUB}" lists=crew policy="when reconfirmed"'
        " credentials=each",
    )
    await stage.arrives(Arrival(OLGA, "Reserved", _CLUB, "TENTATIVE"))
    await stage.type(cast.olga, f"reconfirm {await stage.code(cast.olga, _CLUB)}")
    await stage.arrives(
        *_each(CREW, "Live stream", _CLUB, "CONFIRMED", credentials=True),
        Arrival(OLGA, "Reconfirmed", _CLUB, "CONFIRMED"),
        Arrival(OLGA, "4 of 4 told", _CLUB),
    )


async def _told_twice(stage: Stage, cast: Cast) -> None:
    stage.tell("The audience is told twice: provisionally, and when it is certain (claim 7)")
    await stage.type(
        cast.olga,
        f'reserve sun 18:00 1h Studio title="{_PLAY}" lists=crew policy=both credentials=none',
    )
    await stage.arrives(
        *_each(CREW, "Provisional", _PLAY, "TENTATIVE"),
        Arrival(OLGA, "Reserved", _PLAY, "TENTATIVE"),
        Arrival(OLGA, "4 of 4 told", _PLAY),
    )
    await stage.type(cast.olga, f"reconfirm {await stage.code(cast.olga, _PLAY)}")
    await stage.arrives(
        *_each(CREW, "Confirmed", _PLAY, "CONFIRMED"),
        Arrival(OLGA, "Reconfirmed", _PLAY, "CONFIRMED"),
        Arrival(OLGA, "4 of 4 told", _PLAY),
    )


async def _changed(stage: Stage, cast: Cast) -> None:
    stage.tell("A new time must be reconfirmed again; whoever knew the old one is told (claim 5)")
    code = await stage.code(cast.olga, _PLAY)
    await stage.type(cast.olga, f"change {code} sun 20:30")
    await stage.arrives(
        *_each(CREW, "Changed, provisional", _PLAY, "TENTATIVE"),
        Arrival(OLGA, "Changed", _PLAY, "TENTATIVE"),
        Arrival(OLGA, "4 of 4 told", _PLAY),
    )
    await stage.type(cast.olga, f"reconfirm {code}")
    await stage.arrives(
        *_each(CREW, "Confirmed", _PLAY, "CONFIRMED"),
        Arrival(OLGA, "Reconfirmed", _PLAY, "CONFIRMED"),
        Arrival(OLGA, "4 of 4 told", _PLAY),
    )


async def _audience_changed(stage: Stage, cast: Cast) -> None:
    stage.tell("One more is invited and one taken off; the others hear nothing of it")
    code = await stage.code(cast.olga, _PREMIERE)
    await stage.type(cast.olga, f'change {code} add="Eva Sund <{EVA}>" remove={MEI}')
    await stage.arrives(
        Arrival(EVA, "Live stream", _PREMIERE, "CONFIRMED", credentials=True),
        Arrival(MEI, "Taken off the list", _PREMIERE, "CANCELLED"),
        Arrival(OLGA, "Changed", _PREMIERE, "TENTATIVE"),
        Arrival(OLGA, "4 of 4 told", _PREMIERE),
    )


async def _cancelled(stage: Stage, cast: Cast) -> None:
    stage.tell("A cancellation reaches everybody who was told (claim 4)")
    code = await stage.code(cast.olga, _CLUB)
    await stage.type(cast.olga, f"cancel {code} the singer is ill")
    await stage.arrives(
        *_each(CREW, "Cancelled", _CLUB, "CANCELLED"),
        Arrival(OLGA, "Cancelled", _CLUB, "CANCELLED"),
        Arrival(OLGA, "4 of 4 told", _CLUB),
    )


async def _lapsed(stage: Stage, cast: Cast, monday: datetime) -> None:
    stage.tell("Not reconfirmed in time: the slot lapses, and those who were told hear so")
    await stage.type(
        cast.olga, f'reserve wed 20:00 1h Studio title="{_TALK}" lists=crew policy=both'
    )
    await stage.arrives(
        *_each(CREW, "Provisional", _TALK, "TENTATIVE", credentials=True),
        Arrival(OLGA, "Reserved", _TALK, "TENTATIVE", credentials=True),
        Arrival(OLGA, "4 of 4 told", _TALK),
    )
    await stage.until(monday + timedelta(days=1, hours=6))
    await stage.arrives(Arrival(OLGA, "Please reconfirm", _TALK))
    await stage.until(monday + timedelta(days=1, hours=10))
    await stage.arrives(
        *_each(CREW, "Cancelled", _TALK, "CANCELLED"),
        Arrival(OLGA, "Lapsed", _TALK, "CANCELLED"),
        Arrival(OLGA, "4 of 4 told", _TALK),
    )


async def _reminded(stage: Stage, cast: Cast, monday: datetime) -> None:
    stage.tell("Reconfirmed in time: the evening comes, with reminders and the stream key")
    await stage.type(cast.olga, f"reconfirm {await stage.code(cast.olga, _PREMIERE)}")
    await stage.arrives(Arrival(OLGA, "Reconfirmed", _PREMIERE, "CONFIRMED"))
    invited = (*(one for one in CREW if one != MEI), EVA)
    reminders = _each(invited, "Reminder", _PREMIERE, credentials=True)
    await stage.until(monday + timedelta(days=3, hours=10))
    await stage.arrives(*reminders)
    await stage.until(monday + timedelta(days=4, hours=9, minutes=45))
    await stage.arrives(*reminders, Arrival(OLGA, "Stream key", _PREMIERE))
    await stage.type(cast.olga, "list all")


def _each(
    recipients: tuple[str, ...],
    says: str,
    title: str,
    entry: str = "",
    *,
    credentials: bool = False,
) -> tuple[Arrival, ...]:
    return tuple(Arrival(one, says, title, entry, credentials) for one in recipients)
