"""HTTP Basic credentials, as a server that is stood in for reads them."""

from __future__ import annotations

from base64 import b64decode


def user_and_password(authorization: str) -> tuple[str, str] | None:
    """Read a header; None where it holds no such credentials."""
    scheme, _, given = authorization.partition(" ")
    try:
        user, colon, password = b64decode(given, validate=True).decode().partition(":")
    except ValueError:
        return None
    return (user, password) if scheme == "Basic" and colon else None
