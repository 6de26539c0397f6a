"""Hostile files and lists: refused with a clear error, and nothing is written."""

from __future__ import annotations

import pytest

from bot.commands.commands import AudienceImport
from tests.commands.test_hostile import STEERING, refused
from tests.commands.typing import Typist

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 40


async def test_a_lists_name_is_guarded_as_well(olga: Typist) -> None:
    for name in (*STEERING.values(), "", "a" * 41, "<b>", "=1+1", "../etc"):
        await refused(olga, AudienceImport(name, "a.csv", b"ann@example.org\n"), "name")


@pytest.mark.parametrize(
    "data",
    [
        PNG,
        b"%PDF-1.7\n...",
        b"PK\x03\x04xl/workbook.xml",
        b"\xff\xfe\x00",
        b"",
        b"\x00" * 1000,
        b"a@b.org\n" * 300_000,
    ],
    ids=["image", "pdf", "workbook", "broken", "empty", "zeros", "huge"],
)
async def test_a_file_that_is_no_list_is_refused(olga: Typist, data: bytes) -> None:
    await refused(olga, AudienceImport("regulars", "guests.csv", data), "file")
