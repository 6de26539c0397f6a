"""Complaints about a message or view, in Slack's own words, each with its place."""

from __future__ import annotations

from collections.abc import Collection

PLAIN = ("plain_text",)
EITHER = ("plain_text", "mrkdwn")


class Complaints:
    """Collects what is wrong; the checks that recur in every block."""

    def __init__(self) -> None:
        self.all: list[tuple[str, str]] = []

    def add(self, pointer: str, sentence: str) -> None:
        """Note that something is wrong at a JSON pointer."""
        if (pointer, sentence) not in self.all:
            self.all.append((pointer, sentence))

    def length(self, pointer: str, value: object, most: int, least: int = 1) -> None:
        """Complain of text that is too short or too long.

        Slack does not say what it counts; UTF-16 code units are the most that it could.
        """
        if not isinstance(value, str):
            self.add(pointer, "must be a string")
            return
        units = len(value.encode("utf-16-le", "surrogatepass")) // 2
        if units > most:
            self.add(pointer, f"must be less than {most + 1} characters")
        if units < least:
            self.add(pointer, f"must be more than {least - 1} characters")

    def optional(self, pointer: str, value: object, most: int, least: int = 1) -> None:
        """Complain likewise, but not of a text that is left out."""
        if value is not None:
            self.length(pointer, value, most, least)

    def text(self, pointer: str, value: object, most: int, kinds: Collection[str] = PLAIN) -> None:
        """Complain of a text object that is of the wrong kind, empty or too long."""
        if not isinstance(value, dict):
            self.add(pointer, "must provide an object")
            return
        if value.get("type") not in kinds:
            self.add(f"{pointer}/type", f"must be one of {', '.join(kinds)}")
        self.length(f"{pointer}/text", value.get("text"), most)

    def count(self, pointer: str, value: object, most: int, least: int = 1) -> list[object]:
        """Complain of a list with too few or too many items, and give the items."""
        if not isinstance(value, list):
            self.add(pointer, "must provide an array")
            return []
        if len(value) > most:
            self.add(pointer, f"no more than {most} items allowed")
        if len(value) < least:
            self.add(pointer, f"no fewer than {least} items allowed")
        return value

    def url(self, pointer: str, value: object) -> None:
        """Complain of an address that is too long or that Slack does not follow."""
        self.length(pointer, value, 3000)
        if isinstance(value, str) and not value.startswith(("http://", "https://")):
            self.add(pointer, "invalid url")
