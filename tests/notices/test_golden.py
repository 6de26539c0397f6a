"""Every kind of notice, as its mail reads: kept in files that a person can look through."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from core.notices.as_email import compose
from core.notices.notice import NoticeKind
from tests.notices.reading import read_mail
from tests.notices.samples import SAMPLES, SENDER

_GOLDEN = Path(__file__).parent / "golden"
_WRITE = os.environ.get("CALLBOARD_WRITE_GOLDEN") == "1"


def _written(name: str) -> dict[str, str]:
    sample = SAMPLES[name]
    data = compose(sample.notice, SENDER).fill(sample.personal).data
    mail = read_mail(data)
    # the boundary is a digest of all that is said, and would change with each of it
    head = re.sub(r'"=_x[0-9a-f]+x"', '"=_…"', data.partition(b"\r\n\r\n")[0].decode())
    files = {
        f"{name}.eml": head.replace("\r\n", "\n") + "\n",
        f"{name}.txt": mail.text,
        f"{name}.html": mail.html,
    }
    return files | ({f"{name}.ics": mail.ics} if mail.ics else {})


@pytest.mark.parametrize("name", SAMPLES)
def test_a_mail_reads_as_its_golden_files_do(name: str) -> None:
    written = _written(name)
    if _WRITE:
        for path in _GOLDEN.glob(f"{name}.*"):
            path.unlink()
        for file, content in written.items():
            (_GOLDEN / file).write_text(content, encoding="utf-8", newline="\n")
    kept = {path.name: path.read_bytes().decode() for path in _GOLDEN.glob(f"{name}.*")}

    assert kept == written


def test_no_golden_file_is_left_of_a_sample_that_is_gone() -> None:
    named = {path.name.partition(".")[0] for path in _GOLDEN.iterdir()}

    assert set(SAMPLES) == named


def test_every_kind_of_notice_has_a_sample() -> None:
    assert set(NoticeKind) == {sample.notice.kind for sample in SAMPLES.values()}
