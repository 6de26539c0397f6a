"""Reserving and changing by command: what is answered, and what is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.answers.reply import Tone
from core.model.reservation import CredentialMode, NotificationPolicy
from core.model.server import Rules
from core.model.slot import Slot
from core.usecases.servers import change_server
from tests.commands.typing import RESERVE, TITLE, Typist, count_rows
from tests.desks import Scene, make_server

EIGHT = datetime(2026, 12, 4, 20, 0, tzinfo=UTC)


async def test_one_line_reserves_without_a_dialogue(olga: Typist) -> None:
    reply = await olga.type(RESERVE)
    (mine,) = await olga.mine()

    assert reply.form is None
    assert (TITLE, Slot.of(EIGHT, timedelta(hours=2))) == (mine.title, mine.slot)


async def test_a_permission_says_all_that_its_holder_must_know(olga: Typist) -> None:
    shown = await olga.read(RESERVE, Tone.OK)
    (mine,) = await olga.mine()

    assert f"Permitted: {TITLE}, reservation {mine.code}." in shown
    assert "Fri 4 Dec 2026, 20:00\u201322:00 UTC" in shown
    assert "Fri 4 Dec 2026, 21:00\u201323:00 CET (Europe/Berlin)" in shown
    assert f"Reconfirm by Thu 3 Dec 2026, 20:00 UTC: type /slot reconfirm {mine.code}" in shown
    assert "2 recipients are told now." in shown
    assert "User name: guest" in shown
    assert f"/slot key {mine.code}" in shown


async def test_a_permission_offers_what_can_be_done_next(olga: Typist) -> None:
    reply = await olga.type(RESERVE)
    (mine,) = await olga.mine()

    acts = {action.name: action.command for action in reply.actions}
    assert {name: f"/slot {name} {mine.code}" for name in ("reconfirm", "change", "cancel")} == acts


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("at once", "2 recipients are told now."),
        ("when reconfirmed", "2 recipients will be told when you reconfirm; until then nobody is."),
        ("both", "2 recipients are told now that it is provisional, and again when you reconfirm."),
    ],
)
async def test_a_permission_says_when_the_audience_is_told(
    olga: Typist, policy: str, says: str
) -> None:
    assert says in await olga.read(f"{RESERVE} policy={policy}", Tone.OK)


async def test_nothing_to_reconfirm_is_confirmed_at_once(olga: Typist) -> None:
    await olga.read("server change Studio reconfirm_lead=0", Tone.OK)

    shown = await olga.read(f"{RESERVE} policy=when reconfirmed", Tone.OK)

    assert "Permitted and confirmed" in shown
    assert "2 recipients are told now." in shown
    assert "or the slot lapses" not in shown


async def test_all_fields_can_be_given_on_the_line(olga: Typist) -> None:
    await olga.read("audience add regulars carol@example.org", Tone.OK)

    mine = await olga.reserve(
        "lists=regulars description=All about it viewers=40 credentials=shared user=choir "
        "passcode=sing-along-9 policy=both reminders=2h reply_to=olga@example.org"
    )

    assert ("All about it", 40) == (mine.description, mine.viewers)
    assert NotificationPolicy.BOTH is mine.notification_policy
    assert CredentialMode.SHARED is mine.credential_mode
    assert (timedelta(hours=2),) == mine.reminders
    assert "olga@example.org" == mine.reply_to


async def test_who_is_not_written_to_is_named_with_the_reason(olga: Typist) -> None:
    await olga.read("stop ann@example.org", Tone.OK)

    shown = await olga.read(RESERVE, Tone.OK)

    assert "ann@example.org: has asked not to be written to" in shown
    assert "1 recipient is told now." in shown


async def test_credentials_of_ones_own_are_not_shown_for_all(olga: Typist) -> None:
    shown = await olga.read(f"{RESERVE} credentials=each", Tone.OK)

    assert "Each recipient is sent a user name and passcode of their own." in shown
    assert "Passcode:" not in shown


async def test_what_is_missing_is_asked_with_what_was_typed(olga: Typist) -> None:
    reply = await olga.type("reserve fri 20:00 Studio audience=ann@example.org")

    assert reply.form is not None
    assert {"title", "length"} == set(reply.form.problems)
    assert {"when": "fri 20:00", "server": "Studio", "audience": "ann@example.org"} == dict(
        reply.form.values
    )
    assert Tone.MISTAKE is not reply.tone


async def test_a_wrong_field_is_named_and_the_others_are_kept(olga: Typist) -> None:
    reply = await olga.type(f"{RESERVE} viewers=many")

    assert Tone.MISTAKE is reply.tone
    assert reply.form is not None
    assert ["viewers"] == list(reply.form.problems)
    assert TITLE == reply.form.values["title"]
    assert () == await olga.mine()


async def test_a_misspelt_server_is_recognised(olga: Typist) -> None:
    assert "Did you mean \u201cStudio\u201d?" in await olga.read(
        "reserve fri 20:00 2h Studoi title=x audience=a@example.org", Tone.MISTAKE
    )


async def test_a_time_is_not_said_twice(olga: Typist) -> None:
    shown = await olga.read("reserve fri 20:00 2h when=sat title=x", Tone.MISTAKE)

    assert "says when twice" in shown


async def test_a_doubtful_time_is_asked_back_with_what_to_type(olga: Typist) -> None:
    shown = await olga.read("reserve fri 8 2h title=x audience=a@example.org", Tone.MISTAKE)

    assert "when=2026-12-04T20:00" in shown
    assert () == await olga.mine()


async def test_an_audience_of_nobody_is_asked_for(olga: Typist) -> None:
    reply = await olga.type("reserve fri 20:00 2h title=x")

    assert reply.form is not None
    assert ["audience"] == list(reply.form.problems)


async def test_a_denial_gives_its_reason_and_alternatives_to_type(
    olga: Typist, bruno: Typist
) -> None:
    await olga.reserve()

    reply = await bruno.type(
        "reserve 2026-12-04 21:00 1h Studio title=Chess audience=fan@example.org"
    )

    assert Tone.DENIED is reply.tone
    assert 3 == len(reply.actions)
    for action in reply.actions:
        more = "title=Chess audience=fan@example.org"
        assert "Permitted" in await bruno.read(f"{action.command} {more}", Tone.OK)


async def test_a_denial_keeps_the_form_with_the_reason_beside_its_field(
    olga: Typist, bruno: Typist
) -> None:
    await olga.reserve()

    reply = await bruno.type(
        "reserve 2026-12-04 20:30 length=13h title=Chess audience=fan@example.org"
    )

    assert reply.form is not None
    assert {"when", "length"} == set(reply.form.problems)
    assert "Chess" == reply.form.values["title"]


async def test_a_denial_tells_nobody_and_keeps_nothing_but_its_record(
    olga: Typist, bruno: Typist
) -> None:
    await olga.reserve()
    before = await olga.desk.read(count_rows)

    await bruno.read(RESERVE, Tone.DENIED)

    after = await olga.desk.read(count_rows)
    assert {"audit"} == {name.rstrip("s") for name in after if after[name] != before[name]}


async def test_what_a_server_asks_is_said_when_it_denies(scene: Scene, olga: Typist) -> None:
    rules = Rules(notice=timedelta(days=7), shortest=timedelta(hours=3))
    await scene.desk.run(change_server, olga.actor, make_server(id=scene.server.id, rules=rules))

    shown = await olga.read(RESERVE, Tone.DENIED)

    assert "at least 3 h" in shown
    assert "at least 7 d ahead: the earliest start now is Mon 7 Dec 2026" in shown
