"""The SMTP URL: what it may say, and what is answered to what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.smtp_settings import SmtpSettings, Tls
from tests.adapters import conftest

SENDER = "desk@example.org"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        # Away from here: TLS, by STARTTLS unless the URL says smtps.
        ("smtp://mail.example.org", ("mail.example.org", 587, Tls.STARTTLS, "", "")),
        ("smtp://mail.example.org:2525/", ("mail.example.org", 2525, Tls.STARTTLS, "", "")),
        ("smtps://u:p@Mail.Example.ORG", ("mail.example.org", 465, Tls.IMPLICIT, "u", "p")),
        ("SMTP://u:p@mail.example.org", ("mail.example.org", 587, Tls.STARTTLS, "u", "p")),
        # A relay in the house may go without, but then nobody logs in.
        ("smtp://relay.lan?starttls=never", ("relay.lan", 25, Tls.NONE, "", "")),
        # On this machine there is nobody to listen in.
        ("smtp://localhost", ("localhost", 25, Tls.NONE, "", "")),
        ("smtp://u:p@127.0.0.5:1025", ("127.0.0.5", 1025, Tls.NONE, "u", "p")),
        ("smtp://[::1]", ("::1", 25, Tls.NONE, "", "")),
        ("smtp://localhost?starttls=required", ("localhost", 587, Tls.STARTTLS, "", "")),
        # Whatever stands in a password, percent-encoded.
        (
            "smtps://ada%40example.org:p%2F%3A%23%3F%25%20%C3%BC@mail.example.org",
            ("mail.example.org", 465, Tls.IMPLICIT, "ada@example.org", "p/:#?% ü"),
        ),
        ("smtps://u:a:b@c@mail.example.org", ("mail.example.org", 465, Tls.IMPLICIT, "u", "a:b@c")),
    ],
)
def test_reads_a_url(url: str, expected: tuple[str, int, Tls, str, str]) -> None:
    read = SmtpSettings.from_url(url, SENDER)

    assert expected == (read.host, read.port, read.tls, read.user, read.password)


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("", "must look like smtp://"),
        ("mail.example.org:587", "must look like smtp://"),
        ("http://mail.example.org", "must look like smtp://"),
        ("smtp://", "names no host"),
        ("smtp://:25", "names no host"),
        ("smtp://[::1", "must look like smtp://"),
        ("smtp://u:hush@mail.example.org:port", "number from 1 to 65535"),
        ("smtp://mail.example.org:0", "number from 1 to 65535"),
        ("smtp://mail.example.org:70000", "number from 1 to 65535"),
        ("smtp://mail.example.org/inbox", "nothing may follow"),
        ("smtp://u:hush@mail.example.org?tls=yes", "starttls and tls_verify"),
        ("smtp://h?starttls=never&starttls=required", "each once"),
        ("smtp://mail.example.org?starttls=perhaps", "either required or never"),
        ("smtps://mail.example.org?starttls=required", "leave starttls out"),
        ("smtp://u:hush@mail.example.org?starttls=never", "would send the password in clear"),
        ("smtp://u@mail.example.org", "both a user name and a password"),
        ("smtp://:hush@mail.example.org", "both a user name and a password"),
        ("smtp://u:hush%00@mail.example.org", "control character"),
        ("smtp://u:hush%FF@mail.example.org", "percent-encoded UTF-8"),
        ("smtp://mail.example.org\r\n", "no blanks or control characters"),
        ("smtp://u:hush @mail.example.org", "no blanks or control characters"),
        # A password's own characters left as they are cut the URL in two at the wrong place.
        ("smtp://u:hush/@mail.example.org", "%2F"),
        ("smtp://u:hush#@mail.example.org", "%23"),
        ("smtp://u:hush?@mail.example.org", "%3F"),
        ("smtp://localhost?tls_verify=/etc/hosts", "tls_verify needs TLS"),
        ("smtps://h?tls_verify=/nowhere/ca.pem", "readable file of certificates"),
        ("smtp://h?connections=0", "a number from 1 to 50"),
        ("smtp://h?connections=51", "a number from 1 to 50"),
        ("smtp://h?connections=many", "a number from 1 to 50"),
    ],
)
def test_refuses_a_wrong_url_with_advice_and_without_its_password(url: str, advice: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - matched below
        SmtpSettings.from_url(url, SENDER)

    assert advice in str(caught.value)
    assert "hush" not in str(caught.value)


def test_reads_a_file_of_certificates(tls: conftest.Tls, tmp_path: Path) -> None:
    read = SmtpSettings.from_url(f"smtps://mail.example.org?tls_verify={tls.ca_file}", SENDER)
    (tmp_path / "empty.pem").write_text("no certificate\n")

    assert tls.ca_file == read.ca_file
    with pytest.raises(ValueError, match="readable file of certificates"):
        SmtpSettings.from_url(f"smtps://h?tls_verify={tmp_path / 'empty.pem'}", SENDER)


def test_says_how_many_connections_there_may_be() -> None:
    read = SmtpSettings.from_url("smtp://mail.example.org?connections=16", SENDER)

    assert (16, 4) == (read.connections, SmtpSettings.from_url("smtp://h", SENDER).connections)


@pytest.mark.parametrize("sender", ["", "desk", "Desk <desk@example.org>", "jürgen@example.org"])
def test_refuses_a_sender_that_is_not_one_plain_address(sender: str) -> None:
    with pytest.raises(ValueError, match="one plain ASCII address"):
        SmtpSettings.from_url("smtp://localhost", sender)


def test_a_sender_in_a_non_ascii_domain_is_written_in_ascii() -> None:
    read = SmtpSettings.from_url("smtp://localhost", "desk@bücher.example")

    assert read.sender == "desk@xn--bcher-kva.example"
    assert read.ehlo_name == "xn--bcher-kva.example"


def test_credentials_are_not_shown() -> None:
    shown = repr(SmtpSettings.from_url("smtps://ada:hush@mail.example.org", SENDER))

    assert "hush" not in shown
    assert "ada" not in shown
