"""What this Discord says no with: to the app by REST, to a test by an exception."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

UNKNOWN_ACCOUNT, UNKNOWN_APPLICATION, UNKNOWN_CHANNEL, UNKNOWN_GUILD = 10001, 10002, 10003, 10004
UNKNOWN_MEMBER, UNKNOWN_MESSAGE, UNKNOWN_ROLE, UNKNOWN_USER = 10007, 10008, 10011, 10013
UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, UNKNOWN_COMMAND = 10015, 10062, 10063
UNKNOWN_EVENT = 10070
WRITING_TOO_FAST = 20028
TOO_MANY_COMMANDS, TOO_MANY_COMMANDS_A_DAY, TOO_MANY_EVENTS = 30032, 30034, 30038
TOO_LARGE, ACKNOWLEDGED_ALREADY = 40005, 40060
MISSING_ACCESS, NOT_THE_AUTHOR, EMPTY, CANNOT_MESSAGE_USER = 50001, 50005, 50006, 50007
NO_TEXT_CHANNEL, MISSING_PERMISSIONS, WRONG_CHANNEL_TYPE, INVALID_WEBHOOK_TOKEN = (
    50008,
    50013,
    50024,
    50027,
)
INVALID_RECIPIENT, INVALID_FORM, THREAD_ARCHIVED, INVALID_JSON = 50033, 50035, 50083, 50109
THREAD_THERE_ALREADY, FINISHED_EVENT = 160004, 180000

# status and sentence of each code, from "Opcodes and Status Codes" in Discord's documentation
_SAID: dict[int, tuple[int, str]] = {
    UNKNOWN_ACCOUNT: (404, "Unknown Account"),
    UNKNOWN_APPLICATION: (404, "Unknown Application"),
    UNKNOWN_CHANNEL: (404, "Unknown Channel"),
    UNKNOWN_GUILD: (404, "Unknown Guild"),
    UNKNOWN_MEMBER: (404, "Unknown Member"),
    UNKNOWN_MESSAGE: (404, "Unknown Message"),
    UNKNOWN_ROLE: (404, "Unknown Role"),
    UNKNOWN_USER: (404, "Unknown User"),
    UNKNOWN_WEBHOOK: (404, "Unknown Webhook"),
    UNKNOWN_INTERACTION: (404, "Unknown interaction"),
    UNKNOWN_COMMAND: (404, "Unknown application command"),
    UNKNOWN_EVENT: (404, "Unknown Guild Scheduled Event"),
    WRITING_TOO_FAST: (429, "The write action you are performing on the channel has hit the limit"),
    TOO_MANY_COMMANDS: (400, "Maximum number of application commands reached (100)"),
    TOO_MANY_COMMANDS_A_DAY: (
        400,
        "Max number of daily application command creates has been reached (200)",
    ),
    TOO_MANY_EVENTS: (400, "Maximum number of uncompleted guild scheduled events reached (100)"),
    TOO_LARGE: (413, "Request entity too large"),
    ACKNOWLEDGED_ALREADY: (400, "Interaction has already been acknowledged."),
    MISSING_ACCESS: (403, "Missing Access"),
    NOT_THE_AUTHOR: (403, "Cannot edit a message authored by another user"),
    EMPTY: (400, "Cannot send an empty message"),
    CANNOT_MESSAGE_USER: (403, "Cannot send messages to this user"),
    NO_TEXT_CHANNEL: (400, "Cannot send messages in a non-text channel"),
    MISSING_PERMISSIONS: (403, "Missing Permissions"),
    WRONG_CHANNEL_TYPE: (400, "Cannot execute action on this channel type"),
    INVALID_WEBHOOK_TOKEN: (401, "Invalid Webhook Token"),
    INVALID_RECIPIENT: (400, "Invalid Recipient(s)"),
    THREAD_ARCHIVED: (400, "Thread is archived"),
    INVALID_JSON: (400, "The request body contains invalid JSON."),
    THREAD_THERE_ALREADY: (400, "A thread has already been created for this message"),
    FINISHED_EVENT: (400, "Cannot update a finished event"),
}


class Refusal(Exception):  # noqa: N818 - it is an answer of Discord's, not a failure of this code
    """An error of the REST API: HTTP status, Discord's code, its sentence, what is wrong where.

    `errors` is nested as in Discord's answers: `{"embeds": {"0": {"title": {"_errors": [...]}}}}`.
    """

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{status} {code} {message} {errors or ''}".rstrip())
        self.status, self.code, self.message, self.errors = status, code, message, errors

    def as_json(self) -> Json:
        """Give the body of the answer."""
        told: Json = {"message": self.message, "code": self.code}
        return told | ({"errors": self.errors} if self.errors else {})


def refusal(code: int) -> Refusal:
    """Refuse with one of Discord's codes: UNKNOWN_CHANNEL and so on."""
    status, message = _SAID[code]
    return Refusal(status, code, message)


def plain_refusal(status: int, words: str) -> Refusal:
    """Refuse with code 0, such as `401: Unauthorized`."""
    return Refusal(status, 0, f"{status}: {words}")


def invalid(complaints: list[tuple[str, str, str]]) -> Refusal:
    """Refuse a body (50035) for reasons: place such as `embeds.0.title`, code, sentence."""
    errors: Json = {}
    for place, code, sentence in complaints:
        node = errors
        for step in place.split(".") if place else ():
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": code, "message": sentence})
    return Refusal(400, INVALID_FORM, "Invalid Form Body", errors)


class NotThereError(AssertionError):
    """A person was to use something that they cannot see."""


class NotSentError(AssertionError):
    """Discord's client would not have sent it: `complaints` tells why, by field."""

    def __init__(self, complaints: dict[str, str]) -> None:
        super().__init__(f"the client does not send it: {complaints}")
        self.complaints = complaints


class NeverHappenedError(AssertionError):
    """What a test waited for did not come."""
