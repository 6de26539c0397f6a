"""Replies as Discord takes them: within its bounds, with a hint where they are shortened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.answers.acts import pick
from bot.answers.reply import Action, Attachment, Reply, Section, Table, Tone
from bot.discord.answer import Shown, render_reply
from core.model.prose import During, Line, Literal, Said
from core.model.slot import Slot
from core.notices.words import Row
from tests.discord.server.complaints import Complaints
from tests.discord.server.reading import markup_in, read
from tests.discord.server.rules_embeds import check_embeds
from tests.slack.hostile import HOSTILE

BERLIN = ZoneInfo("Europe/Berlin")
SLOT = Slot.of(datetime(2026, 12, 4, 19, tzinfo=UTC), timedelta(hours=2))
LONG = "It is long \N{CROSS MARK} " * 100


def shown(reply: Reply) -> Shown:
    """Render a reply, and see that Discord takes its embeds."""
    made = render_reply(reply, BERLIN)
    found = Complaints()
    check_embeds(found, "embeds", [embed.to_dict() for embed in made.embeds])
    assert [] == found.all
    assert made.embeds
    return made


def words(made: Shown) -> str:
    """Give what one reads."""
    return read("\n".join(embed.description or "" for embed in made.embeds))


def test_a_reply_reads_from_top_to_bottom() -> None:
    made = shown(
        Reply(
            Tone.OK,
            (("Done: ", Said("*Late*")), ("More.",)),
            (
                Section("Rows", rows=(Row("When", (During(SLOT),)),)),
                Section(table=Table(("a", "b"), ((("one",), (Literal("K7Q-2MF"),)), ((), ())))),
                Section("Items", items=(("first",), (), ("last",))),
            ),
        )
    )
    lines = [line for line in words(made).splitlines() if line]
    assert "\N{WHITE HEAVY CHECK MARK} Done: *Late*" == lines[0].replace("\u2068", "").replace(
        "\u2069", ""
    )
    assert ["More.", "Rows"] == lines[1:3]
    assert "When: 2026-12-04T19:00:00Z – 2026-12-04T21:00:00Z" == lines[3]
    assert "one \N{MIDDLE DOT} K7Q-2MF" in lines[4]
    assert ["Items", "first", "last"] == [line.removeprefix("- ") for line in lines[5:]]


@pytest.mark.parametrize("tone", list(Tone))
def test_every_tone_has_its_colour(tone: Tone) -> None:
    (embed,) = shown(Reply(tone, (("Hello.",),))).embeds
    assert embed.colour is not None


def test_a_long_table_is_shortened_with_how_many_more() -> None:
    rows = tuple(((f"row {number}",), (Said(LONG),)) for number in range(50))
    made = shown(Reply(Tone.INFO, (("All:",),), (Section(table=Table(("", ""), rows)),)))
    text = words(made)
    figure = text.count("row ")
    assert 0 < figure < 50
    assert f"and {50 - figure} more" in text


def test_a_list_keeps_its_last_item_that_says_where_the_rest_is() -> None:
    items: tuple[Line, ...] = tuple((LONG,) for _ in range(50))
    made = shown(Reply(Tone.INFO, (("All:",),), (Section(items=(*items, ("Ask for all.",))),)))
    assert "Ask for all." in words(made)
    assert "more" in words(made)


def test_what_is_too_long_for_a_message_ends_with_a_hint() -> None:
    parts = tuple(Section(f"Part {number}", lines=((LONG,),)) for number in range(20))
    text = words(shown(Reply(Tone.INFO, (("All:",),), parts)))
    assert "Part 1" in text
    assert "Part 19" not in text
    assert text.endswith("There is more than fits here.")


def test_a_short_text_to_copy_is_a_block_and_a_long_one_a_file() -> None:
    short = Section("Short", verbatim="listen 1935;\n  deny all;  # *all*")
    made = shown(Reply(Tone.OK, (("Copy:",),), (short,)))
    assert "```\nlisten 1935;\n  deny all;  # *all*\n```" in (made.embeds[0].description or "")
    assert () == made.attachments
    long = Section("nginx.conf, at its end:", verbatim="a line\n" * 500)
    made = shown(Reply(Tone.OK, (("Copy:",),), (short, long)))
    assert ["short.txt", "nginx-conf-at-its-end.txt"] == [one.filename for one in made.attachments]
    assert long.verbatim.encode() == made.attachments[1].data
    assert "It is in the file nginx-conf-at-its-end.txt" in words(made)


def test_a_text_that_would_end_its_block_is_a_file() -> None:
    made = shown(Reply(Tone.OK, (("Copy:",),), (Section("Odd", verbatim="a ``` b"),)))
    assert [Attachment("odd.txt", b"a ``` b")] == list(made.attachments)


def test_files_are_read_anew_for_each_sending() -> None:
    made = shown(Reply(Tone.OK, (("A list:",),), attachment=Attachment("list.csv", b"a,b\n")))
    for _ in range(2):
        (file,) = made.files()
        assert b"a,b\n" == file.fp.read()
        assert "list.csv" == file.filename


def test_buttons_are_at_most_as_many_as_discord_takes() -> None:
    acts = tuple(
        pick(Slot.of(SLOT.starts_at + timedelta(hours=n), timedelta(hours=1)), "Studio", BERLIN)
        for n in range(30)
    )
    view = shown(Reply(Tone.DENIED, (("No.",),), actions=acts)).view
    assert view is not None


async def test_a_view_is_not_kept_in_mind() -> None:
    act = Action("reconfirm", ("Reconfirm",), "/slot reconfirm K7Q-2MF", "K7Q-2MF")
    view = shown(Reply(Tone.OK, (("Done.",),), actions=(act,) * 30)).view()
    assert view is not None
    assert view.is_finished()
    assert 25 == len(view.children)


def test_commands_are_written_as_they_are_typed_here() -> None:
    reply = Reply(
        Tone.MISTAKE,
        ((Literal("/slot cancel K7Q-2MF The band is ill"),), (Literal("when=fri 20:00"),)),
    )
    text = words(shown(reply))
    assert "/slot cancel code:K7Q-2MF reason:The band is ill" in text
    assert "when:fri 20:00" in text


def test_what_people_chose_is_never_rewritten() -> None:
    reply = Reply(Tone.OK, (("Passcode: ", Literal("when=you=know")), (Literal("a=b"),)))
    assert "when=you=know" in words(shown(reply))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_somebody_typed_is_markup(hostile: str) -> None:
    reply = Reply(
        Tone.OK,
        (("Done: ", Said(hostile)), (Said(hostile),)),
        (
            Section("Part", rows=(Row("Title", (Said(hostile),)),), items=((Said(hostile),),)),
            Section(table=Table(("a",), (((Said(hostile),),),))),
        ),
    )
    plain = Reply(
        Tone.OK,
        (("Done: ", Said("x")), (Said("x"),)),
        (
            Section("Part", rows=(Row("Title", (Said("x"),)),), items=((Said("x"),),)),
            Section(table=Table(("a",), (((Said("x"),),),))),
        ),
    )
    assert _markup(shown(reply)) - {"url"} <= _markup(shown(plain))


def _markup(made: Shown) -> set[str]:
    return {kind for embed in made.embeds for kind in markup_in(embed.description or "")}
