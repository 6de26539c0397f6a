"""What Slack's words of refusal mean for a delivery: one table, row by row with its reason."""

from __future__ import annotations

from adapters.chat_verdicts import CUT, GARBLED, UNREACHABLE, Fate, Verdict
from core.notices.said import shortened

_OPERATOR_WAIT = 600.0  # seconds: somebody has to act first
_BUSY_WAIT = 30.0  # where Slack names no time
_WORD_LIMIT = 80


class SlackFailure(Exception):  # noqa: N818 - an answer of Slack's, not a failure of this code
    """A call that came to nothing: `word` is Slack's error, or one of those above.

    `needed` is the scope that was missing, `retry_after` what Slack asks for in seconds, `detail`
    what is known about a connection; all fit to be shown and logged.
    """

    def __init__(
        self, word: str, *, needed: str = "", retry_after: float | None = None, detail: str = ""
    ) -> None:
        super().__init__(word)
        self.word = shortened(word, _WORD_LIMIT)
        self.needed = shortened(needed, _WORD_LIMIT)
        self.retry_after = retry_after
        self.detail = detail


NOT_INSTALLED = (
    "Callboard is not installed in that Slack workspace any more: install it there again"
)
_INVITE = (
    "Slack does not show that channel to Callboard: if it is private, type /invite @Callboard there"
    " and send again; if it was deleted, take it off the list"
)
_REINSTALL = "install Callboard there again from its manifest, or run `callboard doctor`"
_UNKNOWN_TO_SLACK = (
    "Slack does not take Callboard's token for that workspace: run `callboard doctor`"
)
_POLICY = "the workspace's rules keep Callboard out: ask an admin there to allow it"
_MAY_NOT = "the channel lets only some people post: ask an admin there to let @Callboard post too"
_NO_DMS = "Slack lets Callboard send that person no direct messages: list a channel instead"
_FAULT = "Slack would not have Callboard's message; its operator finds out why"

_TABLE: dict[str, tuple[Fate, str]] = {
    # of the connection
    UNREACHABLE: (Fate.DOWN, "Slack cannot be reached"),
    CUT: (Fate.DOUBT, "the connection to Slack broke before it answered"),
    GARBLED: (Fate.DOUBT, "Slack's answer could not be read"),
    # Slack's own trouble: it says itself that some of it may have been done
    "fatal_error": (Fate.DOUBT, "Slack had trouble of its own"),
    "internal_error": (Fate.DOUBT, "Slack had trouble of its own"),
    # it says that nothing was done
    "ratelimited": (Fate.LATER, "Slack asks to go slower"),
    "rate_limited": (Fate.LATER, "Slack asks to go slower"),
    "message_limit_exceeded": (Fate.LATER, "Slack asks to go slower"),
    "service_unavailable": (Fate.LATER, "Slack is out of service for a moment"),
    "request_timeout": (Fate.LATER, "Slack did not get the whole message"),
    "team_added_to_org": (Fate.LATER, "that workspace is being moved by Slack"),
    # a new token, scope or rule mends it, and then the notice is still wanted
    "invalid_auth": (Fate.OPERATOR, _UNKNOWN_TO_SLACK),
    "not_authed": (Fate.OPERATOR, _UNKNOWN_TO_SLACK),
    "not_allowed_token_type": (Fate.OPERATOR, _UNKNOWN_TO_SLACK),
    "token_expired": (Fate.OPERATOR, _UNKNOWN_TO_SLACK),
    "missing_scope": (Fate.OPERATOR, f"Callboard lacks a permission there: {_REINSTALL}"),
    "no_permission": (Fate.OPERATOR, f"Callboard lacks a permission there: {_REINSTALL}"),
    "org_login_required": (Fate.OPERATOR, _POLICY),
    "ekm_access_denied": (Fate.OPERATOR, _POLICY),
    "access_denied": (Fate.OPERATOR, _POLICY),
    "team_access_not_granted": (Fate.OPERATOR, _POLICY),
    "accesslimited": (Fate.OPERATOR, _POLICY),
    # the installation has ended: nothing will do until somebody installs it again
    "account_inactive": (Fate.GONE, NOT_INSTALLED),
    "token_revoked": (Fate.GONE, NOT_INSTALLED),
    "app_uninstalled": (Fate.GONE, NOT_INSTALLED),
    # somebody took the post away, or its time to be edited is over: it is posted once more
    "message_not_found": (Fate.ANEW, "the post is gone"),
    "cant_update_message": (Fate.ANEW, "the post is not Callboard's to edit"),
    "edit_window_closed": (Fate.ANEW, "the post can be edited no more"),
    "thread_not_found": (Fate.ANEW, "the post is gone"),
    # of a recipient that is there, or may be: people can mend it, and then send again
    "is_archived": (Fate.REFUSED, "that channel is archived: unarchive it, or list another"),
    "not_in_channel": (Fate.REFUSED, _INVITE),
    "is_inactive": (Fate.REFUSED, "that channel is frozen: list another"),
    "restricted_action": (Fate.REFUSED, _MAY_NOT),
    "cannot_dm_bot": (Fate.REFUSED, "that is a bot, and bots get no direct messages"),
    "user_disabled": (Fate.REFUSED, "that person's account is switched off"),
    "user_not_visible": (Fate.REFUSED, _NO_DMS),
    "messages_tab_disabled": (Fate.REFUSED, f"{_NO_DMS}, or switch its messages tab on"),
    "user_not_in_channel": (Fate.REFUSED, "that person is not in the channel any more"),
    "cannot_reply_to_message": (Fate.REFUSED, "Slack takes no replies to that post"),
    # of what we made: tests should have found it
    "msg_too_long": (Fate.REFUSED, _FAULT),
    "msg_blocks_too_long": (Fate.REFUSED, _FAULT),
    "invalid_blocks": (Fate.REFUSED, _FAULT),
    "invalid_arguments": (Fate.REFUSED, _FAULT),
    "no_text": (Fate.REFUSED, _FAULT),
    # an account that never was, or was removed without a trace
    "user_not_found": (Fate.NOBODY, "there is no such person in that Slack workspace"),
    "users_not_found": (Fate.NOBODY, "there is no such person in that Slack workspace"),
}


def judge(failure: SlackFailure, *, person: bool = False) -> Verdict:
    """Say what a failed call means for a delivery to a channel, or to a `person`."""
    fate, words = _row(failure.word, person=person)
    wait = failure.retry_after
    match fate:
        case Fate.LATER:
            wait = _BUSY_WAIT if wait is None else wait
        case Fate.OPERATOR:
            wait = _OPERATOR_WAIT
    return Verdict(fate, _said(words, failure), wait)


def _row(word: str, *, person: bool) -> tuple[Fate, str]:
    if word == "channel_not_found":
        # Slack says this of private channels too, so only a person surely does not exist
        return _TABLE["user_not_found"] if person else (Fate.REFUSED, _INVITE)
    if word.startswith("restricted_action"):
        word = "restricted_action"
    return _TABLE.get(word, (Fate.REFUSED, "Slack refused it"))


def _said(words: str, failure: SlackFailure) -> str:
    """Give the words with what Slack said, which an operator can look up."""
    ours = failure.word in {UNREACHABLE, CUT, GARBLED}
    said = [failure.detail if ours else failure.word, failure.needed]
    known = ", ".join(one for one in said if one)
    return f"{words} ({known})" if known else words
