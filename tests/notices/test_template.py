"""A filled template is the mail that the standard library would have built, for any recipient."""

from __future__ import annotations

import os
from dataclasses import replace
from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.model.recipient import Contact, RouteName
from core.notices.as_email import UnfitValueError, compose
from core.notices.notice import Notice, Personal
from tests.notices.reading import Markup, header_names, property_names, read_mail, read_markup
from tests.notices.reference import calendar_lines, reference_mail
from tests.notices.samples import GUARDED, HOLDER, READER, SAMPLES, SENDER, Sample
from tests.notices.test_said import ANY_TEXT


def _filled(sample: Sample) -> bytes:
    return compose(sample.notice, SENDER).fill(sample.personal).data


_HOSTILE = st.text(
    st.sampled_from("Aa1 .,;:\\\"'<>&=?@%\r\n\t\0\x1b\u2028\u202e\u2066äあ😀𝄞\ue000\ud800"),
    max_size=120,
)
_INJECTIONS = st.sampled_from(
    [
        "x\r\nBcc: eve@example.org",
        "x\n\n<script>alert(1)</script>",
        "x\r\nEND:VEVENT\r\nBEGIN:VEVENT",
        'x";ROLE=CHAIR:mailto:eve@example.org\r\n',
        "=\r\n--=_x",
        "=0D=0ABcc: eve",
        "</code></td><b>",
        "{{ 7*7 }}{% raw %}",
        "x" * 3000,
        "😀" * 800,
        "https://example.org/" + "a" * 400,
    ]
)
_EXAMPLES = int(os.environ.get("CALLBOARD_TEST_EXAMPLES", "60"))
_TYPED = ANY_TEXT | _HOSTILE | _INJECTIONS
_ADDRESSES = st.sampled_from(
    [
        "anna@example.org",
        "o'neil+tag=1@sub.example.org",
        "a/b?c#d%e&f@example.org",
        "anna@bücher.example",
        "jürgen@example.org",
        "用户@例え.テスト",
        "x" * 60 + "@" + "y" * 60 + ".example.org",
    ]
)
_KNOWN = Markup.joined(read_markup(read_mail(_filled(sample)).html) for sample in SAMPLES.values())
_BY_KIND = {sample.notice.kind: sample for name, sample in SAMPLES.items() if "without" not in name}


def _mailboxes(header: str) -> list[tuple[str, str]]:
    unfolded = header.replace("\r\n", "")
    return [
        (str(make_header(decode_header(name))), address)
        for name, address in getaddresses([unfolded])
    ]


def _assert_equal(notice: Notice, personal: Personal) -> None:
    """Hold a filled template against the library's message: headers, then part by part."""
    filled = compose(notice, SENDER).fill(personal)
    mail = read_mail(filled.data)
    built = reference_mail(notice, SENDER, personal)
    ours = {name: value for name, value in mail.message.items() if name != "List-Id"}
    # where there is no link, ours names a mailbox
    if not personal.unsubscribe_link:
        ours.pop("List-Unsubscribe", None)
    assert set(built.keys()) == set(ours)
    mailboxes = {"From", "To", "Reply-To"} & set(ours)
    for name in set(ours) - mailboxes - {"Content-Type"}:
        # as the library holds it: written out, it may gain a space at a fold
        assert str(built[name]) == str(ours[name])
    raw = message_from_string(filled.data.decode())
    for name in mailboxes:
        held = [(address.display_name, address.addr_spec) for address in built[name].addresses]
        assert held == _mailboxes(raw[name])
    library = message_from_string(built.as_bytes().decode(), policy=default)
    assert isinstance(library, EmailMessage)
    _assert_equal_parts(library, mail.message)


def _assert_equal_parts(library: EmailMessage, ours: EmailMessage) -> None:
    theirs, mine = (list(message.iter_parts()) for message in (library, ours))
    assert len(theirs) == len(mine)
    for one, other in zip(theirs, mine, strict=True):
        assert dict(one["Content-Type"].params) == dict(other["Content-Type"].params)
        assert one.get_content_type() == other.get_content_type()
        assert isinstance(one, EmailMessage)
        assert isinstance(other, EmailMessage)
        if one.get_content_type() == "text/calendar":
            assert calendar_lines(one.get_content()) == calendar_lines(other.get_content())
        else:
            assert one.get_content() == other.get_content()


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_what_the_library_builds(name: str) -> None:
    _assert_equal(SAMPLES[name].notice, SAMPLES[name].personal)


@settings(max_examples=_EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(
    sample=st.sampled_from(list(_BY_KIND.values())),
    address=_ADDRESSES,
    name=_TYPED,
    user=_TYPED,
    passcode=_TYPED,
    url=_TYPED,
)
@example(SAMPLES["announcement_with_credentials"], "a@b.org", "\r\n", "\0", "=", "")
@example(SAMPLES["announcement_in_a_player"], "a@b.org", "Ann", "a", "b", "\r\n")
def test_any_recipient_gets_what_the_library_builds(  # noqa: PLR0913, PLR0917 - each may be hostile
    sample: Sample, address: str, name: str, user: str, passcode: str, url: str
) -> None:
    personal = replace(
        sample.personal,
        contact=Contact(RouteName.EMAIL, address, name),
        watch_user=user,
        passcode=passcode,
        player_url=url,
        ingest_user=user,
        stream_key=passcode,
    )
    _assert_equal(sample.notice, personal)


@settings(max_examples=_EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(
    sample=st.sampled_from(list(_BY_KIND.values())),
    title=_TYPED,
    description=_TYPED,
    server=_TYPED,
    holder=_TYPED,
    reason=_TYPED,
    reply_to=_TYPED,
)
def test_nothing_typed_adds_a_header_or_a_property(  # noqa: PLR0913, PLR0917 - each may be hostile
    sample: Sample,
    title: str,
    description: str,
    server: str,
    holder: str,
    reason: str,
    reply_to: str,
) -> None:
    facts = replace(
        sample.notice.facts,
        title=title,
        description=description,
        server_name=server,
        holder_name=holder,
        reason=reason,
        reply_to=reply_to,
    )
    plain = compose(sample.notice, SENDER).fill(sample.personal).data
    notice = replace(sample.notice, facts=facts)
    data = compose(notice, SENDER).fill(sample.personal).data
    mail, usual = read_mail(data), read_mail(plain)

    assert set(header_names(data)) | {"Reply-To"} == set(header_names(plain)) | {"Reply-To"}
    assert len(header_names(data)) == len(set(header_names(data)))
    assert property_names(usual.ics) == property_names(mail.ics)
    assert _KNOWN.holds(read_markup(mail.html))


@pytest.mark.parametrize("length", range(60, 90))
def test_a_value_of_any_length_stays_within_its_lines(length: int) -> None:
    link = "https://desk.example.org/join/"
    personal = replace(
        GUARDED,
        contact=Contact(RouteName.EMAIL, f"{'a' * (length - 12)}@example.org", "N" * length),
        join_link=link + "j" * (length - len(link)),
        slot_link=link + "s" * (length - len(link)),
        watch_user="u" * length,
        passcode="=" * length,
        player_url=f"rtmp://{'&' * (length - 7)}",
    )
    _assert_equal(SAMPLES["announcement_with_credentials"].notice, personal)


@pytest.mark.parametrize(
    "given",
    [
        {"join_link": "javascript:alert(1)"},
        {"join_link": 'https://desk.example.org/" onclick="x'},
        {"slot_link": "https://desk.example.org/\r\nATTENDEE:mailto:eve@example.org"},
        {"slot_link": "https://desk.example.org/<b>"},
        {"unsubscribe_link": "https://desk.example.org/>, <mailto:eve@example.org"},
        {"unsubscribe_link": "https://bücher.example/"},
        {"message_id": "a@b>\r\nBcc: eve@example.org"},
        {"message_id": ""},
        {"first_message_id": "a b@c"},
    ],
)
def test_refuses_a_link_or_id_that_would_break_the_message(given: dict[str, Any]) -> None:
    with pytest.raises(UnfitValueError):
        compose(SAMPLES["announcement"].notice, SENDER).fill(replace(READER, **given))


def test_the_same_fill_gives_the_same_bytes() -> None:
    for sample in SAMPLES.values():
        first = compose(sample.notice, SENDER).fill(sample.personal)
        again = compose(sample.notice, SENDER)
        again.fill(replace(sample.personal, slot_link="", passcode="other"))

        assert first == again.fill(sample.personal)


def test_one_template_serves_recipients_who_have_different_things() -> None:
    notice = SAMPLES["announcement_with_credentials"].notice
    template = compose(notice, SENDER)
    for personal in (GUARDED, READER, replace(READER, join_link=""), GUARDED):
        assert compose(notice, SENDER).fill(personal) == template.fill(personal)


def test_no_recipient_s_mail_holds_another_s_data() -> None:
    template = compose(SAMPLES["announcement_with_credentials"].notice, SENDER)
    template.fill(GUARDED)
    other = replace(
        GUARDED,
        contact=Contact(RouteName.EMAIL, "ben@example.com", "Ben"),
        join_link="https://desk.example.org/join/2a-2-other",
        passcode="OTHER",
    )
    data = template.fill(other).data

    for mine in (b"anna", b"Virtanen", GUARDED.passcode.encode(), b"2a-1-QmVs"):
        assert mine not in data
    assert HOLDER.holder_link.encode() not in data


def test_stand_ins_are_not_seen_in_a_mail() -> None:
    for sample in SAMPLES.values():
        data = compose(sample.notice, SENDER).fill(sample.personal).data
        boundary = message_from_bytes(data).get_boundary()

        assert boundary is not None
        stem = boundary.removeprefix("=_")
        assert data.count(stem.encode()) == data.count(boundary.encode())
