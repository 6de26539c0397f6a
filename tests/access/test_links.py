"""A link opens what it was made for; every other text opens nothing."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.access.links import Claim, Links, Purpose
from core.access.vault import Vault

OLD, NEW, OTHER = ("old" * 11, "new" * 11, "other" * 7)
URL = "https://callboard.example.org"
CHARACTERS = "0123456789abcdefABCDEFxyz-_+ .~é"
ALTERED = 10_000

links = Links(Vault([NEW, OLD]), URL)
numbers = st.integers(0, 2**63 - 1)


@given(st.sampled_from(Purpose), numbers, numbers)
def test_reads_what_it_made(purpose: Purpose, reservation_id: int, number: int) -> None:
    token = links.token(purpose, reservation_id, number)

    assert links.read(purpose, token) == Claim(purpose, reservation_id, number)
    assert links.make(purpose, reservation_id, number) == f"{URL}/{purpose}/{token}"


@pytest.mark.parametrize("made_for", Purpose)
@pytest.mark.parametrize("used_for", Purpose)
def test_a_link_for_one_thing_is_none_for_another(made_for: Purpose, used_for: Purpose) -> None:
    claim = links.read(used_for, links.token(made_for, 7, 3))

    assert (claim is not None) == (made_for is used_for)


def test_no_altered_token_is_accepted() -> None:
    chance = Random("altered")  # noqa: S311 - no secret
    whole = links.token(Purpose.JOIN, 0x7A1F, 3)
    tried = {altered(whole, chance) for _ in range(ALTERED)} - {whole}

    assert len(tried) > ALTERED / 10
    assert [token for token in tried if links.read(Purpose.JOIN, token) is not None] == []


def altered(token: str, chance: Random) -> str:
    """Change a token here and there, as somebody would who hopes for another's."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(token) + 1)
        new = chance.choice(CHARACTERS)
        match chance.randrange(6):
            case 0:
                token = token[:at] + new + token[at:]
            case 1:
                token = token[:at] + token[at + 1 :]
            case 2:
                token = token[:at].swapcase() + token[at:]
            case 3:
                token = token[:at] + token[at:] * 2
            case _:
                token = token[:at] + new + token[at + 1 :]
    return token


@pytest.mark.parametrize("purpose", Purpose)
@given(token=st.text() | st.text("0123456789abcdef-_"))
@example(token="")
@example(token="--")
@example(token="1-2-\udcff")
@example(token="\ud800-1-x")
@example(token="\N{ARABIC-INDIC DIGIT ONE}-2-" + "A" * 22)
@example(token="0x1-2-" + "A" * 22)
@example(token="1_0-2-" + "A" * 22)
@example(token="f" * 100_000 + "-1-A")
def test_arbitrary_text_is_no_token(purpose: Purpose, token: str) -> None:
    assert links.read(purpose, token) is None


@pytest.mark.parametrize("written", ["0x7-3", "+7-3", " 7-3", "7-3\n", "A-3", "7", "7-3-1", "-"])
def test_even_signed_a_number_is_written_in_one_way(written: str) -> None:
    signature = links.vault.sign(f"{Purpose.JOIN}:{written}")

    assert links.read(Purpose.JOIN, f"{written}-{signature}") is None


def test_a_link_outlives_a_change_of_keys_while_the_old_key_is_set() -> None:
    token = Links(Vault([OLD]), URL).token(Purpose.SLOT, 7)

    assert links.read(Purpose.SLOT, token) == Claim(Purpose.SLOT, 7, 0)
    assert Links(Vault([OTHER]), URL).read(Purpose.SLOT, token) is None


def test_without_a_web_there_is_nothing_to_link_to() -> None:
    assert Links(Vault([NEW])).make(Purpose.JOIN, 7, 3) == ""
