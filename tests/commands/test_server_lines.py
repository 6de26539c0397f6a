"""What a server's own configuration needs, and the password that is never shown again."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from bot.answers.reply import Reply, Tone
from bot.commands.grammar import parse
from bot.configuration.of_server import lines_of
from bot.console.render import render_reply
from core.model.people import Role
from core.model.server import Server, ServerKind
from core.usecases.servers import ServerShown, show_server
from tests.commands.typing import Typist
from tests.store.test_run_once import everything_stored

NGINX = (
    "kind=nginx-rtmp watch_url=https://live.example.org/hls/{path}.m3u8"
    " ingest_url=rtmp://live.example.org/live/{path}"
)
EVERY_KIND = {
    ServerKind.NGINX_RTMP: "rtmp://live.example.org/live/{path}",
    ServerKind.MEDIAMTX: "srt://live.example.org:8890?streamid=publish:live/{path}",
    ServerKind.SRS: "rtmp://live.example.org/live",
    ServerKind.ICECAST: "icecast://live.example.org:8000/{path}.ogg",
}
USER, PASSWORD = "edith", "hush-hush"
CONTROL = f"control=http://{USER}:{PASSWORD}@10.0.0.5:8081"


@pytest.fixture
def admin(olga: Typist) -> Typist:
    """Give an admin of a workspace who does not run the desk."""
    return replace(olga, actor=replace(olga.actor, role=Role.ADMIN))


@pytest.fixture(autouse=True)
def _gate(olga: Typist) -> None:
    olga.desk.links = replace(olga.desk.links, gate_url="http://desk.example.org:8080")


async def kept(typist: Typist, name: str) -> Server:
    """Give a server as it is kept."""
    shown = await typist.desk.read(show_server, typist.actor, name)
    assert isinstance(shown, ServerShown)
    return shown.server


def verbatim(reply: Reply) -> list[str]:
    """Give the texts in an answer that are to be copied."""
    return [one.verbatim for one in reply.sections if one.verbatim]


@pytest.mark.parametrize("kind", EVERY_KIND)
async def test_what_a_new_server_needs_is_answered_and_shown_again(
    olga: Typist, kind: ServerKind
) -> None:
    added = await olga.type(
        f"server add Main studio kind={kind} watch_url=rtmp://live.example.org/live/{{path}}"
        f" ingest_url={EVERY_KIND[kind]}"
    )
    shown = await olga.type("server lines main studio")

    server = await kept(olga, "Main studio")
    hook_url = olga.desk.links.hook_url(server.id)
    fragments = lines_of(server, hook_url)
    assert hook_url.startswith("http://desk.example.org:8080/gate/")
    assert any(hook_url in one.text for one in fragments)
    assert [one.text for one in fragments] == verbatim(added) == verbatim(shown)
    assert (Tone.OK, Tone.INFO) == (added.tone, shown.tone)
    assert all(hook_url not in repr(one) for one in (added, shown))


@pytest.mark.parametrize("width", [20, 80, None])
async def test_they_are_printed_as_they_are(olga: Typist, width: int | None) -> None:
    reply = await olga.type(f"server add Hall {NGINX}")

    printed = "\n".join(render_reply(reply, olga.actor.zone, width=width, colours=True))

    assert len(verbatim(reply)) > 1
    for text in verbatim(reply):
        assert f"\n{text}\n" in f"\n{printed}\n"


async def test_a_server_that_is_only_linked_to_needs_nothing(olga: Typist) -> None:
    added = await olga.type("server add Hall watch_url=https://live.example.org/hall")
    shown = await olga.read("server lines Hall", Tone.INFO)

    assert [] == verbatim(added)
    assert 1 == len(added.sections)
    assert "Hall asks nobody: it is only linked to." == shown


async def test_they_are_for_those_alone_who_may_change_the_server(
    olga: Typist, admin: Typist
) -> None:
    assert "Only admins" in await admin.read("server lines Studio", Tone.DENIED)
    added = await admin.type(f"server add Yard {NGINX}")
    shown = await admin.type("server lines Yard")
    everybodys = await olga.type("server lines Studio")

    assert verbatim(added) == verbatim(shown) != verbatim(everybodys)
    assert verbatim(added)


@pytest.mark.parametrize(
    ("typed", "differs"),
    [
        ("max_viewers=7 notice=1h", False),
        ("name=Hall", False),
        ("ingest_url=rtmp://live.example.org/other", True),
        (f"{CONTROL.partition('=')[0]}=http://127.0.0.1:9090", True),
        ("kind=icecast ingest_url=icecast://live.example.org:8000", True),
        ("kind=link", True),
    ],
)
async def test_a_change_says_whether_the_configuration_must_follow(
    olga: Typist, typed: str, *, differs: bool
) -> None:
    changed = await olga.read(f"server change Studio {typed}", Tone.OK)

    assert differs == ("/slot server lines Studio shows it" in changed)


async def test_a_server_shows_its_rules_on_who_does_not_come(olga: Typist) -> None:
    said = []
    for after, release in (("10 min", "0"), ("5 min", "20 min"), ("0", "1h"), ("0", "0")):
        shown = await olga.read(
            f"server change Studio no_show_after={after} no_show_release={release}", Tone.OK
        )
        assert (
            shown.partition("\n\n")[2]
            == (await olga.read("server show Studio")).partition("\n\n")[2]
        )
        said.append(shown.partition("No publisher:")[2].partition("\n")[0].strip())
    linked = await olga.read("server change Studio kind=link", Tone.OK)

    assert [
        "the holder is asked 10 min after the start, and the slot is kept",
        "the holder is asked 5 min after the start, and the slot is freed after 20 min",
        "the slot is freed 1 h after the start",
        "nobody is asked, and the slot is kept",
    ] == said
    assert "No publisher" not in linked


async def test_the_password_of_a_control_is_never_shown_again(
    olga: Typist, bruno: Typist, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [
        await olga.read(f"server add Hall {NGINX} {CONTROL}", Tone.OK),
        await olga.read("server show Hall", Tone.INFO),
        await olga.read("server lines Hall", Tone.INFO),
        await olga.read("server change Hall max_streams=2", Tone.OK),
        await olga.read(f'server change Studio max_streams=x control="{CONTROL}"', Tone.MISTAKE),
        await bruno.read("server show Hall", Tone.INFO),
    ]

    assert "Connections:     ended by the desk at http://10.0.0.5:8081\n" in answers[0]
    assert "10.0.0.5:8081" in answers[1]
    assert "10.0.0.5:8081" in answers[3]
    assert "10.0.0.5" not in answers[5]
    everywhere = "\n".join([*answers, caplog.text, await olga.desk.read(everything_stored)])
    assert PASSWORD not in everywhere
    assert USER not in everywhere
    assert PASSWORD not in repr(parse(f"server add Hall {CONTROL}"))
    assert PASSWORD not in repr(parse(f"server change Hall {CONTROL}"))


async def test_a_control_can_be_taken_back(olga: Typist) -> None:
    await olga.read(f"server change Studio {CONTROL}", Tone.OK)
    changed = await olga.read("server change Studio control=none", Tone.OK)

    assert "Connections:     the desk cannot end them: control= says where it could" in changed


async def test_an_admin_is_told_why_the_control_is_not_theirs_to_say(
    olga: Typist, admin: Typist
) -> None:
    await admin.read(f"server add Yard {NGINX}", Tone.OK)
    for typed in (f"server add Barn {NGINX} {CONTROL}", f"server change Yard {CONTROL}"):
        said = await admin.read(typed, Tone.DENIED)
        assert "Only whoever runs this desk may say where it ends connections" in said
        assert PASSWORD not in said
    await admin.read("server change Yard control=none", Tone.DENIED)

    assert "" == (await kept(olga, "Yard")).control_url
