"""A script on standard input: the same commands, plain text, and an exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.configuration.of_server import lines_of
from tests.console.sitting import Sitting

STORY = """\
# a story, from the first line to the last
settings zone=Europe/Berlin

audience add regulars <<END
Ann <ann@example.org>
"Doe, Bob" <bob@example.org>
END
/slot reserve 2026-12-04 20:00 for 2h title="Evening show" lists=regulars description=<<TEXT
Two lines
about it
TEXT
slot list
"""


async def test_plays_a_story_from_end_to_end(olga: Sitting) -> None:
    code, out = await olga.script(STORY)
    (mine,) = await olga.mine()

    assert 0 == code, out
    assert "Two lines\nabout it" == mine.description
    assert "2 recipients are told now." in out
    # the zone that the first line set holds for those after it
    assert f"{mine.code}  Fri 4 Dec 2026, 20:00\u201322:00" in out
    assert "Europe/Berlin" in out


async def test_what_it_echoes_holds_no_password_of_a_server(olga: Sitting) -> None:
    code, out = await olga.script(
        "server change Studio control=http://edith:hush@hush@10.0.0.5:8081 max_streams=2\n"
        "server change Studio control=<<END\nhttp://edith:hush-hush@10.0.0.5:8082\nEND\n"
    )

    assert 0 == code, out
    assert "slot> server change Studio control=http://\u2026@10.0.0.5:8081 max_streams=2\n" in out
    assert "    > http://\u2026@10.0.0.5:8082\n    > END\n" in out
    assert "edith" not in out
    assert "hush" not in out


async def test_prints_a_server_s_configuration_to_be_copied(olga: Sitting) -> None:
    code, out = await olga.script("server lines Studio\n")

    assert 0 == code, out
    server = olga.scene.server
    for one in lines_of(server, olga.scene.desk.links.hook_url(server.id)):
        assert f"\n{one.where}:\n{one.text}\n" in out


async def test_echoes_what_it_read(olga: Sitting) -> None:
    _, out = await olga.script(STORY)

    assert "slot> settings zone=Europe/Berlin\n" in out
    assert "slot> audience add regulars <<END\n    > Ann <ann@example.org>\n" in out
    assert "# a story" not in out


@pytest.mark.parametrize(
    "line",
    [
        "frobnicate",
        "reserve",
        "reserve fri 20:00",
        "reserve fri 20:00 2h title=x",
        "cancel K7Q-2MF",
        "reserve 2026-11-30 08:00 for 2h title=x audience=a@example.org",
        "audience import regulars no-such-file.csv",
        "audience add regulars <<END\nann@example.org",
        "reserve title=\udcff",
    ],
)
async def test_exits_with_1_where_a_line_failed_and_goes_on(olga: Sitting, line: str) -> None:
    last = "" if "<<" in line else "\nlist\n"

    code, out = await olga.script(f"{line}{last}")

    assert 1 == code
    assert not last or "nothing reserved" in out


async def test_stops_at_the_first_failure_if_told_to(olga: Sitting) -> None:
    code, out = await olga.script("frobnicate\nlist\n", stop_at_failure=True)

    assert 1 == code
    assert "list" not in out.partition("frobnicate")[2].replace("/slot list", "")


async def test_a_question_is_no_failure(olga: Sitting) -> None:
    assert 0 == (await olga.script("list\nfree\nhelp\nsettings"))[0]


async def test_prints_nothing_that_steers_a_terminal(olga: Sitting) -> None:
    _, out = await olga.script("help \x1b]0;owned\x07\nshow \u202e\n")

    assert {"\n"} == {character for character in out if not character.isprintable()}


async def test_shows_notices_that_arrived(olga: Sitting) -> None:
    olga.app.inbox.show("[Lapsed] Evening show\n\nIt has lapsed.")

    _, out = await olga.script("list\n")

    assert "  | [Lapsed] Evening show\n  |\n  | It has lapsed.\n" in out.replace("| \n", "|\n")


async def test_imports_and_exports_files(olga: Sitting, tmp_path: Path) -> None:
    guests, written = tmp_path / "my guests.csv", tmp_path / "out.csv"
    guests.write_text("E-mail;Name\nann@example.org;Ann\n", "utf-8")

    code, out = await olga.script(
        f"audience import regulars {guests}\naudience export regulars {written}\n"
    )

    assert 0 == code, out
    assert b"email,name\r\nann@example.org,Ann\r\n" == written.read_bytes()
    assert 0o600 == written.stat().st_mode & 0o777


async def test_an_export_overwrites_nothing(olga: Sitting, tmp_path: Path) -> None:
    written = tmp_path / "out.csv"
    written.write_text("mine", "utf-8")

    code, out = await olga.script(
        f"audience add regulars ann@example.org\naudience export regulars {written}\n"
    )

    assert 1 == code
    assert "file exists" in out
    assert "mine" == written.read_text("utf-8")


@pytest.mark.parametrize(
    "name", [".", "/dev/null", "/dev/zero", "no/such/folder/a.csv", "~nobody/a"]
)
async def test_what_is_no_file_is_not_read(olga: Sitting, name: str) -> None:
    code, out = await olga.script(f"audience import regulars {name}\n")

    assert 1 == code
    assert "is no file" in out or "cannot be read" in out
