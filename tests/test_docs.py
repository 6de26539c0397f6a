"""The README names every setting and every command; the layers are what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.commands.catalogue import TOPICS
from bot.settings import PREFIX, Settings
from tests.web.states import STATES

ROOT = Path(__file__).parents[1]
LOOKS = ("light", "dark", "phone")
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("field", sorted(Settings.model_fields))
def test_readme_names_every_setting(field: str) -> None:
    assert f"`{PREFIX}{field.upper()}`" in README


@pytest.mark.parametrize("command", sorted({topic.name.split()[0] for topic in TOPICS}))
def test_readme_names_every_command(command: str) -> None:
    commands = README.partition("## The commands")[2].partition("\n## ")[0]

    assert f"`{command}" in commands


def test_readme_names_every_path_that_it_reads_by() -> None:
    reading = README.partition("## Reading the code")[2]

    named = re.findall(r"`((?:bot|core|adapters|docs)/[\w./]+)`", reading)

    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_pictures_in_the_readme_exist() -> None:
    pictures = re.findall(r"\]\((docs/[^)]+)\)", README)

    assert pictures
    assert [path for path in pictures if not (ROOT / path).exists()] == []


def test_every_picture_of_the_pages_is_shown_and_there() -> None:
    shown = set(re.findall(r"\]\((pictures/web/[^)]+)\)", (ROOT / "docs/pages.md").read_text()))
    there = {f"pictures/web/{one.name}" for one in (ROOT / "docs/pictures/web").iterdir()}
    drawn = {f"pictures/web/{name}-{look}.png" for name in STATES for look in LOOKS}

    assert drawn == shown == there
