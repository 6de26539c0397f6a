"""Replies of mail servers as they are found in the wild, and what is made of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.smtp_replies import LONGEST_REASON, Phase, Reply, clean, judge, judge_break
from core.model.delivery import (
    Accepted,
    Deferred,
    Doubtful,
    Outcome,
    Refused,
    RouteDown,
)


def _made_of(phase: Phase, line: str) -> Outcome | None:
    return judge(phase, Reply.of(int(line[:3]), line[4:]))


@pytest.mark.parametrize(
    "line",
    [
        "550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown",  # Postfix
        "550-5.1.1 The email account that you tried to reach does not exist.",  # Gmail
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found",  # Exchange
        "501 5.1.3 Bad recipient address syntax",
        "556 5.1.10 Recipient domain has a null MX",  # RFC 7505
        "550 No such user here",
        "550 Requested action not taken: mailbox not found",
        "550 Unknown user",
        "551 User does not exist",
        "550 Invalid recipient",
        "550 User <ada@example.org> does not exist",
        "550 Address unknown",
    ],
)
def test_an_unknown_mailbox_is_a_bad_address(line: str) -> None:
    outcome = _made_of(Phase.RECIPIENT, line)

    assert isinstance(outcome, Refused)
    assert outcome.bad_address


@pytest.mark.parametrize(
    "line",
    [
        "550 5.7.1 Service unavailable; client host blocked",
        "554 5.7.1 <ada@example.org>: Relay access denied",
        "550 5.1.8 Sender address rejected: Domain not found",  # the sender's, not the recipient's
        "550 5.1.7 Sender address rejected: unknown user in relay recipient table",
        "550 5.2.1 The user you are trying to contact is disabled",
        "550 Your IP address is listed as unknown to us",
        "550 Your IP address is unknown",
        "550 Sender rejected: unknown user",
        "550 Message rejected as spam",
        "553 Sorry, that domain isn't in my list of allowed rcpthosts",
        "554 Transaction failed",
    ],
)
def test_a_policy_is_not_a_bad_address(line: str) -> None:
    outcome = _made_of(Phase.RECIPIENT, line)

    assert isinstance(outcome, Refused)
    assert not outcome.bad_address


@pytest.mark.parametrize(
    ("phase", "line", "expected"),
    [
        # Mailbox full is a state, whatever class of code it comes in.
        (Phase.RECIPIENT, "552 5.2.2 Over quota", Deferred),
        (Phase.RECIPIENT, "550 5.2.2 mailbox full", Deferred),
        (Phase.RECIPIENT, "452 4.2.2 Over quota", Deferred),
        (Phase.CONTENT, "552 Requested mail action aborted: exceeded storage", Deferred),
        (Phase.CONTENT, "552 5.3.1 file system full", Deferred),
        # Of the same code, what no waiting mends.
        (Phase.CONTENT, "552 5.3.4 Message too big", Refused),
        (Phase.CONTENT, "552-5.7.0 This message was blocked because its content", Refused),
        (Phase.RECIPIENT, "450 4.2.0 Greylisted", Deferred),
        (Phase.RECIPIENT, "421 4.7.0 Try again later", Deferred),
        (Phase.CONTENT, "451 4.7.1 Greylisted", Deferred),
        (Phase.DATA, "554 5.5.1 Error: no valid recipients", Refused),
        # We lost step, or forgot to log in: not this recipient's doing.
        (Phase.RECIPIENT, "503 5.5.1 Error: need MAIL command", Deferred),
        (Phase.RECIPIENT, "530 5.7.0 Authentication required", RouteDown),
        # The sender's refusal is the route's, but not if it is about this message.
        (Phase.SENDER, "550 5.7.60 Client does not have permissions to send as", RouteDown),
        (Phase.SENDER, "553 5.1.8 Sender domain does not exist", RouteDown),
        (Phase.SENDER, "452 4.3.1 Insufficient system storage", RouteDown),
        (Phase.SENDER, "530 5.7.0 Must issue a STARTTLS command first", RouteDown),
        (Phase.SENDER, "552 Message size exceeds fixed maximum message size", Refused),
        (Phase.SENDER, "552 5.3.4 Message size exceeds fixed limit", Refused),
        (Phase.SENDER, "550 5.6.7 Non-ASCII addresses not permitted", Refused),
        # A yes of the wrong kind.
        (Phase.SENDER, "354 go on", RouteDown),
        (Phase.RECIPIENT, "354 go on", Deferred),
        (Phase.DATA, "250 OK", Deferred),
        (Phase.CONTENT, "354 go on", Doubtful),
    ],
)
def test_a_reply_is_judged_by_its_phase(phase: Phase, line: str, expected: type[Outcome]) -> None:
    assert expected is type(_made_of(phase, line))


@pytest.mark.parametrize(
    ("phase", "line"),
    [
        (Phase.SENDER, "250 2.1.0 OK"),
        (Phase.RECIPIENT, "251 2.1.5 User not local; will forward"),
        (Phase.DATA, "354 End data with <CR><LF>.<CR><LF>"),
    ],
)
def test_a_yes_lets_the_message_go_on(phase: Phase, line: str) -> None:
    assert _made_of(phase, line) is None


@pytest.mark.parametrize(
    ("line", "known_as"),
    [
        ("250 2.0.0 Ok: queued as 4XyZ9Q", "4XyZ9Q"),
        ("250 OK id=1qKxyz-0003Ab-2C", "1qKxyz-0003Ab-2C"),
        ("250 2.0.0 OK  1700000000 d9-20.gsmtp", "2.0.0 OK 1700000000 d9-20.gsmtp"),
        ("250", ""),
    ],
)
def test_keeps_what_the_server_calls_the_message(line: str, known_as: str) -> None:
    assert Accepted(known_as) == _made_of(Phase.CONTENT, line)


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        (Phase.SENDER, RouteDown("lost")),
        (Phase.RECIPIENT, Deferred("lost")),
        (Phase.DATA, Deferred("lost")),
        (Phase.CONTENT, Doubtful("lost")),
    ],
)
def test_silence_leaves_doubt_only_after_the_content(phase: Phase, expected: Outcome) -> None:
    assert expected == judge_break(phase, "lost")


def test_a_reply_of_several_lines_reads_as_one() -> None:
    reply = Reply.of(550, "5.1.1 The account\n5.1.1 does not\n5.1.1 exist\x1b[31m\u202e")

    assert str(reply) == "550 5.1.1 The account does not exist [31m"
    assert reply.status == (1, 1)


@given(st.text(max_size=2 * LONGEST_REASON))
def test_what_a_server_said_is_fit_to_be_shown(words: str) -> None:
    line = clean(words)

    assert line.isprintable()
    assert len(line) <= LONGEST_REASON
    assert clean(line) == line


@given(st.sampled_from(Phase), st.integers(200, 599), st.text(max_size=80))
def test_every_reply_is_given_a_meaning_that_fits_its_phase(
    phase: Phase, code: int, words: str
) -> None:
    outcome = judge(phase, Reply.of(code, words))

    after_content = phase is Phase.CONTENT
    assert after_content or not isinstance(outcome, Accepted | Doubtful)
    assert not (after_content and outcome is None)
    assert phase is not Phase.SENDER or not isinstance(outcome, Deferred)
