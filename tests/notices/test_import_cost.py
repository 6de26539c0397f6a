"""Words and plain text come cheap: what only mail needs is not imported for them."""

from __future__ import annotations

import subprocess
import sys


def test_words_and_text_are_had_without_what_mail_needs() -> None:
    script = (
        "import sys, core.notices.wording, core.notices.as_console, core.notices.plan;"
        "print(sorted({'icalendar', 'jinja2', 'markupsafe', 'idna', 'email'} & set(sys.modules)))"
    )
    answer = subprocess.run(  # noqa: S603 - our own line, run by our own interpreter
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )

    assert "[]" == answer.stdout.strip()
