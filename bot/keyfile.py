"""The secret key that is made once and kept beside an SQLite database, for its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_OWNER_ONLY = 0o600
_BYTES = 32


def kept_key(folder: Path) -> str:
    """Read the key file, or make one that only its owner can read.

    Raises `OSError` where the folder cannot be written, `PermissionError` where others can read the
    key: then it is no secret any more.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secret.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            raise PermissionError(f"others can read {path}: run chmod 600 on it") from None
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(_BYTES)
        file.write(f"{key}\n")
        file.flush()
        os.fsync(file.fileno())
    return key
