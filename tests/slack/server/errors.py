"""What this Slack says no with: to the app by the Web API, to a test by an exception."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class Refusal(Exception):  # noqa: N818 - it is an answer of Slack's, not a failure of this code
    """An error of the Web API, under the name that Slack gives it, with further fields."""

    def __init__(self, error: str, **fields: object) -> None:
        super().__init__(error)
        self.error, self.fields = error, fields

    def as_json(self) -> Json:
        """Give the body of the answer."""
        return {"ok": False, "error": self.error, **self.fields}


def invalid(error: str, complaints: list[tuple[str, str]]) -> Refusal:
    """Refuse for reasons at places, each a JSON pointer and a sentence, as Slack words them."""
    said = [f"{sentence} [json-pointer:{pointer}]" for pointer, sentence in complaints]
    return Refusal(
        error, errors=said, response_metadata={"messages": [f"[ERROR] {one}" for one in said]}
    )


class NotThereError(AssertionError):
    """A person was to use something that they cannot see."""


class NotSentError(AssertionError):
    """Slack's client would not have sent the form: `complaints` tells why, by block_id."""

    def __init__(self, complaints: dict[str, str]) -> None:
        super().__init__(f"the client keeps the form open: {complaints}")
        self.complaints = complaints


class NeverHappenedError(AssertionError):
    """What a test waited for did not come."""
