"""The program as it is started: what it says when it cannot, and that it says so in words."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.commands.server_form import FIELDS

ROOT = Path(__file__).parents[2]
RESERVE = (
    "server add Studio kind=link zone=UTC watch_url=https://live.example.org/w reconfirm_lead=0\n"
    "reserve tomorrow 20:00 1h title=Show audience=ann@example.org\n"
)


def start(folder: Path, *words: str, script: str = "", **settings: str) -> tuple[int, str]:
    """Run the program with its data in a folder; gives the exit code and all that it printed."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot", *words],
        input=script,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "CALLBOARD_DATA": str(folder), "HOME": str(folder)}
        | {f"CALLBOARD_{name.upper()}": value for name, value in settings.items()},
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"database_url": "mysql://x"}, "CALLBOARD_DATABASE_URL"),
        ({"secret_key": "short"}, "CALLBOARD_SECRET_KEY"),
        ({"smtp_url": "smtp://mail.example.org"}, "CALLBOARD_MAIL_FROM"),
        ({"smtp_url": "http://x", "mail_from": "a@example.org"}, "CALLBOARD_SMTP_URL"),
        ({"mail_from": "bogus"}, "CALLBOARD_MAIL_FROM"),
        ({"mail_name": "a\nBcc: x@y.z"}, "CALLBOARD_MAIL_NAME"),
        ({"database_url": "postgresql://u@h/d"}, "CALLBOARD_SECRET_KEY"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, settings: dict[str, str], says: str) -> None:
    code, printed = start(tmp_path, "console", script="list\n", **settings)

    assert code == 2
    assert says in printed
    assert "Traceback" not in printed


def test_a_damaged_database_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "callboard.db").write_bytes(b"no database at all" * 1000)

    for words in (("console",), ("doctor",), ("deliveries",)):
        code, printed = start(tmp_path, *words)
        assert code in {1, 2}
        assert "not a database" in printed
        assert "Traceback" not in printed


def test_a_lost_key_is_noticed_before_anything_is_done(tmp_path: Path) -> None:
    assert start(tmp_path, "console", script=RESERVE)[0] == 0
    (tmp_path / "secret.key").unlink()

    code, printed = start(tmp_path, "console", script="list\n")

    assert code == 2
    assert "secret.key" in printed
    assert "Traceback" not in printed


def test_help_of_server_add_names_every_field(tmp_path: Path) -> None:
    code, printed = start(tmp_path, "server", "add", "--help")

    assert code == 0
    assert [one.name for one in FIELDS if f"{one.name}=" not in printed] == []


def test_a_server_s_configuration_is_printed_when_it_is_added_and_again(tmp_path: Path) -> None:
    fields = ("kind=nginx-rtmp", "watch_url=rtmp://x.org/live", "ingest_url=rtmp://x.org/live")
    added, first = start(tmp_path, "server", "add", "Main studio", *fields)
    shown, again = start(tmp_path, "server", "lines", "Main", "studio")

    assert (0, 0) == (added, shown)
    (asks,) = re.findall(r"^ +on_publish http://.+/gate/[\w-]+/publish;$", first, re.MULTILINE)
    assert asks in again.splitlines()
    assert first.endswith(again.partition("\n")[2])


def test_mail_lies_in_the_folder_when_the_console_is_left(tmp_path: Path) -> None:
    code, printed = start(tmp_path, "console", script=RESERVE)

    assert code == 0, printed
    assert [path.name.partition("-")[2] for path in (tmp_path / "mail").iterdir()] == [
        "ann@example.org.eml"
    ]
