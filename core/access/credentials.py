"""Making codes, passcodes and stream keys that people can read out and nobody can guess."""

from __future__ import annotations

import secrets

from core.model.reservation import CredentialMode

# Crockford's base 32: no I, L, O or U, so that nothing is misread and nothing rude is spelt
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("ILO", "110")

_CODE_HALF = 3
_PASSCODE_LENGTH = 10  # 50 bits
_STREAM_KEY_BYTES = 24  # 192 bits


def new_code() -> str:
    """Make a reservation's short code, as `K7Q-2MF`: 30 bits, a name and not a secret."""
    half = _drawn(_CODE_HALF)
    return f"{half}-{_drawn(_CODE_HALF)}"


def read_code(text: str) -> str:
    """Read a code as people type it: any case, with or without the hyphen, I and O for 1 and 0.

    Returns "" for what can be no code.
    """
    drawn = "".join(ch for ch in text.strip().upper() if ch not in "- ").translate(_LOOKALIKES)
    if len(drawn) != 2 * _CODE_HALF or any(ch not in ALPHABET for ch in drawn):
        return ""
    return f"{drawn[:_CODE_HALF]}-{drawn[_CODE_HALF:]}"


def new_passcode() -> str:
    """Make a watcher's passcode: ten characters, 50 bits, safe in any URL and any player."""
    return _drawn(_PASSCODE_LENGTH)


def new_stream_key() -> str:
    """Make the holder's stream key: 192 bits, URL-safe."""
    return secrets.token_urlsafe(_STREAM_KEY_BYTES)


def credentials_of(
    mode: CredentialMode, shared: tuple[str, str], number: int, own: str
) -> tuple[str, str]:
    """Give one recipient's user name and passcode: the shared ones, or their own."""
    user, passcode = shared
    return (f"{user}-{number}", own) if mode is CredentialMode.EACH else (user, passcode)


def _drawn(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
