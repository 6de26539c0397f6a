"""The grammar: what is typed becomes a command, or is told what it might have been."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.commands import (
    AudienceAdd,
    AudienceDrop,
    AudienceExport,
    AudienceImport,
    AudienceRemove,
    AudienceShow,
    Cancel,
    Change,
    Command,
    Free,
    Help,
    ListSlots,
    Misunderstood,
    Reconfirm,
    Reserve,
    SendAgain,
    ServerAdd,
    ServerBlackout,
    ServerChange,
    ServerLift,
    ServerList,
    ServerShow,
    Settings,
    Show,
    Stop,
    StreamKey,
)
from bot.commands.grammar import LONGEST, VERBS, parse

CODE = "K7Q-2MF"


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("", Help()),
        ("/slot", Help()),
        ("slot help reserve", Help("reserve")),
        ("/slot help audience add", Help("audience add")),
        ("reserve", Reserve()),
        ("/SLOT Reserve fri 8pm 2h Studio", Reserve("fri 8pm 2h Studio")),
        ('reserve "fri 8pm"', Reserve("fri 8pm")),
        (
            'reserve fri 8pm title="Evening show" audience="a@x.org, b@y.org"',
            Reserve("fri 8pm", {"title": "Evening show", "audience": "a@x.org, b@y.org"}),
        ),
        (
            "reserve fri 8pm title=Evening show audience=a@x.org, b@y.org policy=both",
            Reserve(
                "fri 8pm",
                {"title": "Evening show", "audience": "a@x.org, b@y.org", "policy": "both"},
            ),
        ),
        (
            "reserve title=\u201cEvening show\u201d Reply-To=me@x.org",
            Reserve("", {"title": "Evening show", "reply_to": "me@x.org"}),
        ),
        ("reserve title=\u201eAbend\u201c", Reserve("", {"title": "Abend"})),
        ('reserve title="The \\"big\\" show"', Reserve("", {"title": 'The "big" show'})),
        ('reserve audience="a@x.org\nb@y.org"', Reserve("", {"audience": "a@x.org\nb@y.org"})),
        ("reserve description=", Reserve("", {"description": ""})),
        ("list", ListSlots()),
        ("list mine", ListSlots()),
        ("list ALL", ListSlots(everybody=True)),
        ("show k7q2mf", Show(CODE)),
        ("show k7q 2mf", Show(CODE)),
        ("show K7Q-2MF", Show(CODE)),
        ("free", Free()),
        ("free fri 2h Studio", Free("fri 2h Studio")),
        ("free day=fri length=2h", Free("", {"day": "fri", "length": "2h"})),
        (f"reconfirm {CODE}", Reconfirm(CODE)),
        (f"change {CODE}", Change(CODE)),
        (f"change {CODE} sat 21:00", Change(CODE, "sat 21:00")),
        ("change k7q 2mf sat 21:00", Change(CODE, "sat 21:00")),
        (
            f"change {CODE} title=Late add=a@x.org",
            Change(CODE, "", {"title": "Late", "add": "a@x.org"}),
        ),
        (f"cancel {CODE}", Cancel(CODE)),
        (f"cancel {CODE} The band is ill", Cancel(CODE, "The band is ill")),
        (f'cancel {CODE} "The band is ill"', Cancel(CODE, "The band is ill")),
        (f"cancel {CODE} reason=ill, a=b", Cancel(CODE, "ill, a=b")),
        (f"again {CODE}", SendAgain(CODE)),
        (f"retry {CODE}", SendAgain(CODE)),
        (f"key {CODE}", StreamKey(CODE)),
        ("audience", AudienceShow()),
        ("audience show Friday regulars", AudienceShow("Friday regulars")),
        ("audience add regulars a@x.org, b@y.org", AudienceAdd("regulars", "a@x.org, b@y.org")),
        (
            'audience add "Friday regulars" "Doe, Jane" <j@x.org>',
            AudienceAdd("Friday regulars", '"Doe, Jane" <j@x.org>'),
        ),
        ("audience remove regulars a@x.org", AudienceRemove("regulars", "a@x.org")),
        ("audience import regulars my guests.csv", AudienceImport("regulars", "my guests.csv")),
        ("audience export regulars", AudienceExport("regulars")),
        ("audience export regulars a.csv", AudienceExport("regulars", "a.csv")),
        ("audience drop regulars", AudienceDrop("regulars")),
        ("server", ServerList()),
        ("server list", ServerList()),
        ("server show Main studio", ServerShow("Main studio")),
        (
            "server add Main studio kind=link watch_url=https://x.org/a?b=c&d=e",
            ServerAdd("Main studio", {"kind": "link", "watch_url": "https://x.org/a?b=c&d=e"}),
        ),
        ("server change Studio max-streams=2", ServerChange("Studio", {"max_streams": "2"})),
        (
            "server blackout Studio fri 8pm-10pm reason=Works",
            ServerBlackout("Studio fri 8pm-10pm", {"reason": "Works"}),
        ),
        ("server lift Main studio 3", ServerLift("Main studio", 3)),
        ("settings", Settings()),
        ("settings zone=Europe/Berlin", Settings({"zone": "Europe/Berlin"})),
        ("settings zone New York", Settings({"zone": "New York"})),
        (
            "settings reminders=24h, 15 min email=me@x.org",
            Settings({"reminders": "24h, 15 min", "email": "me@x.org"}),
        ),
        ("settings workspace zone=UTC", Settings({"zone": "UTC"}, workspace=True)),
        ("stop ann@example.org", Stop("ann@example.org")),
    ],
)
def test_understands(typed: str, command: Command) -> None:
    assert command == parse(typed)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("resrve fri", "\u201creserve\u201d"),
        ("book fri", "it is called reserve"),
        ("frobnicate", "There is no command"),
        ("re\u200bserve", "\ufffd"),
        ("show", "Which reservation?"),
        ("show me", "codes look like K7Q-2MF"),
        ("show K7Q-2MF now", "more than show takes"),
        ("reconfirm K7Q-2MU", "codes look like"),
        ("list yours", "list yours, or all"),
        ("reserve fri titel=Show", "\u201ctitle\u201d"),
        ("reserve fri title=a title=b", "twice"),
        ('reserve title="Evening', "never closed"),
        ('reserve title="Evening" show', "belongs to no field"),
        ('reserve title="The "big" show"', "belongs to no field"),
        ("change", "Which reservation?"),
        ("cancel because", "codes look like"),
        ("audience ad regulars a@x.org", "\u201cadd\u201d"),
        ("audience add", "Which list"),
        ("audience add ann@example.org", "is an address"),
        ("audience add regulars", "Which addresses"),
        ("audience import", "Into which list"),
        ("audience export", "Which list"),
        ("audience drop", "Which list"),
        ("server shwo Studio", "\u201cshow\u201d"),
        ("server list all", "more than list takes"),
        ("server show", "Which server"),
        ("server add kind=link", "be called"),
        ("server change", "Which server"),
        ("server blackout", "Which server"),
        ("server lift Studio", "which blackout"),
        ("server lift Studio three", "which blackout"),
        ("server lift Studio \u0663", "which blackout"),
        ("server lift 3", "Which server"),
        ("settings zon=UTC", "\u201czone\u201d"),
        ("settings colour blue", "no setting"),
        ("settings workspace email=me@x.org", "There is no field"),
        ("stop", "Which address"),
        ("x" * (LONGEST + 1), "too long"),
    ],
)
def test_says_what_is_wrong_and_gives_a_command_that_works(typed: str, says: str) -> None:
    answer = parse(typed)

    assert isinstance(answer, Misunderstood)
    assert says in answer.message
    assert not isinstance(parse(answer.example), Misunderstood) or not answer.example


@given(st.text(max_size=300))
def test_never_raises(text: str) -> None:
    assert parse(text) is not None


@given(st.sampled_from(VERBS), st.text(alphabet='ab =<>"\\\u201c\u201d\n\t-@,K7Q2MF', max_size=80))
def test_never_raises_behind_a_command(verb: str, text: str) -> None:
    assert parse(f"{verb} {text}") is not None


def test_takes_a_long_paste_in_its_stride() -> None:
    paste = 'a="' * 30_000

    assert isinstance(parse(f"reserve {paste}"), Misunderstood)
