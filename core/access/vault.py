"""Secrets at rest: sealed with AES-256-GCM, each bound to the row it belongs to.

Passcodes and stream keys must be sent again, so they are encrypted rather than hashed. Beside the
ciphertext a keyed digest is kept where something must be looked up without decrypting anything.
"""

from __future__ import annotations

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

_NONCE_BYTES = 12
SHORTEST_KEY = 32


class SealBrokenError(Exception):
    """A sealed value was altered, moved to another row, or its key is gone from the settings."""


@dataclass(frozen=True, slots=True)
class _Key:
    name: str
    cipher: AESGCM
    digesting: HMAC  # half of their work is done, and copied for each value
    signing: HMAC


class Vault:
    """Seals with the newest key, opens with any of them.

    Raises `ValueError` when no key is given or one has fewer than 32 characters.
    """

    def __init__(self, secret_keys: Sequence[str]) -> None:
        if not secret_keys or any(len(key) < SHORTEST_KEY for key in secret_keys):
            raise ValueError(f"a secret key needs {SHORTEST_KEY} characters or more")
        self._keys = [_derived(key) for key in secret_keys]

    def seal(self, text: str, place: str) -> str:
        """Encrypt a text for one place (`table:row:column`); the same text never looks the same."""
        key = self._keys[0]
        nonce = os.urandom(_NONCE_BYTES)
        sealed = key.cipher.encrypt(nonce, text.encode(), place.encode())
        return f"{key.name}.{_packed(nonce + sealed)}"

    def open(self, sealed: str, place: str) -> str:
        """Decrypt what was sealed for that place.

        Raises `SealBrokenError` if it was altered, comes from elsewhere or its key is not set.
        """
        name, _, rest = sealed.partition(".")
        key = next((key for key in self._keys if key.name == name), None)
        if key is None:
            raise SealBrokenError(
                "a secret was sealed with a key that is not set: put secret.key back beside the"
                " database, or add the key to CALLBOARD_SECRET_KEY"
            )
        raw = _unpacked(rest)
        try:
            text = key.cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):  # the latter where not even a nonce is left
            raise SealBrokenError("a sealed value does not belong to its row") from None
        return text.decode()

    def digest(self, text: str) -> str:
        """Make the keyed digest under which a value is stored for look-ups."""
        return self.digests(text)[0]

    def digests(self, text: str) -> tuple[str, ...]:
        """Make the digests under which a value may have been stored, with any live key."""
        return tuple([_keyed(key.digesting, text)[:16].hex() for key in self._keys])

    def sign(self, claim: str) -> str:
        """Sign a claim for a link: 128 bits, URL-safe."""
        return _signed(self._keys[0], claim)

    def verify(self, claim: str, signature: str) -> bool:
        """Tell, in constant time, whether a signature was made for that claim with a live key."""
        given = signature.encode(errors="surrogatepass")  # whatever anybody sends
        # every key is tried, so that the time taken says nothing about which one fits
        matches = [hmac.compare_digest(_signed(key, claim).encode(), given) for key in self._keys]
        return True in matches


def _derived(secret: str) -> _Key:
    root = secret.encode()

    def part(purpose: str) -> bytes:
        return hmac.digest(root, f"callboard:{purpose}".encode(), sha256)

    return _Key(
        name=part("name").hex()[:8],
        cipher=AESGCM(part("seal")),
        digesting=HMAC(part("digest"), SHA256()),
        signing=HMAC(part("sign"), SHA256()),
    )


def _signed(key: _Key, claim: str) -> str:
    return _packed(_keyed(key.signing, claim)[:16])


def _keyed(key: HMAC, text: str) -> bytes:
    """Make HMAC-SHA-256 (RFC 2104)."""
    made = key.copy()
    made.update(text.encode())
    return made.finalize()


def _packed(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unpacked(text: str) -> bytes:
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raw = b""
    if _packed(raw) != text:  # the decoder passes over what is no base 64
        raise SealBrokenError("a sealed value is no longer readable")
    return raw
