"""What is sealed opens in its own place, unaltered, with its own key: and in no other way."""

from __future__ import annotations

from string import ascii_letters, digits

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.access.vault import SHORTEST_KEY, SealBrokenError, Vault

OLD, NEW, OTHER = ("old" * 11, "new" * 11, "other" * 7)
BASE_64 = f"{ascii_letters}{digits}-_"
PLACE = "reservation:1:passcode"
TEXT = "K7Q2MFX9PA"

vault = Vault([NEW, OLD])


@given(
    text=st.text(st.characters(exclude_categories=["Cs"])),
    place=st.text(st.characters(codec="utf-8")),
)
def test_opens_in_its_place(text: str, place: str) -> None:
    assert vault.open(vault.seal(text, place), place) == text


def test_does_not_show_what_it_holds() -> None:
    first, second = vault.seal(TEXT, PLACE), vault.seal(TEXT, PLACE)

    assert TEXT not in first
    assert first != second


@pytest.mark.parametrize(
    "place", ["", "reservation:2:passcode", "reservation:1:stream_key", "reservation:1:passcode "]
)
def test_does_not_open_in_another_place(place: str) -> None:
    with pytest.raises(SealBrokenError, match="does not belong to its row"):
        vault.open(vault.seal(TEXT, PLACE), place)


def test_does_not_open_with_a_character_altered() -> None:
    sealed = vault.seal(TEXT, PLACE)
    alterations = [
        altered
        for at, old in enumerate(sealed)
        for new in "Aa0-_.=! é"
        if new != old
        for altered in (
            sealed[:at] + new + sealed[at + 1 :],
            sealed[:at] + new + sealed[at:],
            sealed[:at] + new * 4 + sealed[at:],
            sealed[:at],
            sealed[:at] + sealed[at + 1 :],
        )
    ]

    for altered in alterations:
        with pytest.raises(SealBrokenError):
            vault.open(altered, PLACE)


def test_does_not_open_with_bits_altered_that_hold_nothing() -> None:
    sealed = vault.seal(TEXT, PLACE)

    for last in set(BASE_64) - {sealed[-1]}:
        with pytest.raises(SealBrokenError):
            vault.open(sealed[:-1] + last, PLACE)


@given(st.text())
@example("")
@example("\ud800")
@example(vault.seal(TEXT, PLACE).partition(".")[0] + ".")
def test_whatever_it_is_given_it_says_that_the_seal_is_broken(text: str) -> None:
    with pytest.raises(SealBrokenError):
        vault.open(text, PLACE)


def test_opens_what_an_older_key_sealed_and_seals_with_the_newest() -> None:
    by_old = Vault([OLD]).seal(TEXT, PLACE)

    assert vault.open(by_old, PLACE) == TEXT
    assert Vault([NEW]).open(vault.seal(TEXT, PLACE), PLACE) == TEXT


def test_says_so_when_the_key_is_gone() -> None:
    with pytest.raises(SealBrokenError, match="CALLBOARD_SECRET_KEY"):
        Vault([OTHER]).open(vault.seal(TEXT, PLACE), PLACE)


def test_a_value_is_found_by_its_digest_after_the_key_was_changed() -> None:
    kept = Vault([OLD]).digest(TEXT)

    assert kept in vault.digests(TEXT)
    assert vault.digest(TEXT) == vault.digests(TEXT)[0]


def test_a_digest_says_nothing_without_the_key() -> None:
    digests = {Vault([key]).digest(text) for key in (OLD, NEW) for text in (TEXT, TEXT.lower())}

    assert len(digests) == 4
    assert not any(TEXT.encode().hex() in digest for digest in digests)


@pytest.mark.parametrize("keys", [[], [""], ["x" * (SHORTEST_KEY - 1)], [NEW, "short"]])
def test_refuses_a_key_that_could_be_guessed(keys: list[str]) -> None:
    with pytest.raises(ValueError, match=f"{SHORTEST_KEY} characters or more"):
        Vault(keys)


@given(claim=st.text(st.characters(codec="utf-8")), other=st.text(st.characters(codec="utf-8")))
def test_a_signature_is_good_for_its_claim_alone(claim: str, other: str) -> None:
    assert vault.verify(claim, vault.sign(claim))
    assert vault.verify(claim, Vault([OLD]).sign(claim))
    assert not vault.verify(claim, Vault([OTHER]).sign(claim))
    assert (claim == other) == vault.verify(other, vault.sign(claim))


@given(st.text())
@example("\udcff")
def test_no_text_at_all_is_a_signature(text: str) -> None:
    assert not vault.verify("join:1-2", text)
