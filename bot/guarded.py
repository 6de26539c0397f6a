"""What keeps a command from running, in words: the operator can mend it."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bot.settings import SettingsError
from core.access.vault import SealBrokenError
from core.store.database import BusyError, NoDatabaseError
from core.store.occupied import OccupiedError
from core.store.schema import SchemaBehindError, SchemaUnknownError

_WRONG = 2
_MENDABLE = (
    SchemaBehindError,
    SchemaUnknownError,
    BusyError,
    NoDatabaseError,
    SealBrokenError,
    OccupiedError,
    OSError,
)


def guarded(command: Callable[[], int]) -> int:
    """Run a command; what the operator can mend is said in words, without a trace."""
    try:
        return command()
    except BrokenPipeError:  # whoever read along has seen enough
        raise
    except SettingsError as error:
        sys.stderr.write("callboard cannot start: settings are missing or wrong.\n")
        for problem in error.problems:
            sys.stderr.write(f"  {problem}\n")
    except _MENDABLE as error:
        sys.stderr.write(f"callboard cannot start: {error}\n")
    return _WRONG
