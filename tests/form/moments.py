"""The present of these tests: Wednesday 25 November 2026, 15:00 in Berlin."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # its clocks change by half an hour
NOW = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)


def local(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    """Give the instant of "2026-11-27 20:00" in a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
