"""Discord's addresses: people and channels are told apart, and nothing else is an address."""

from __future__ import annotations

import pytest

from core.model.discord_address import (
    DiscordAddress,
    channel_address,
    person_address,
    read_address,
)


def test_people_and_channels_are_told_apart() -> None:
    assert "12/34" == person_address(12, 34)
    assert "12/#34" == channel_address(12, 34)
    assert DiscordAddress(12, 34, person=True) == read_address("12/34")
    assert DiscordAddress(12, 34, person=False) == read_address("12/#34")


@pytest.mark.parametrize("number", [1, 2**63, 2**64 - 1])
def test_every_snowflake_is_read_as_it_was_written(number: int) -> None:
    for address in (person_address(number, number), channel_address(number, number)):
        assert address == str(read_address(address))


@pytest.mark.parametrize(
    "text",
    [
        *("", "1", "1/", "/1", "1/2/3", "1/#", "#1/2", "1/@2", "1/##2", "0/1", "1/0", "01/2"),
        *("-1/2", "1 /2", "1/2\n", "\uff11/2", f"1/{2**64}", f"{2**64}/1", "T0/C1", "a@b.example"),
    ],
)
def test_nothing_else_is_an_address(text: str) -> None:
    assert read_address(text) is None
