"""What to put into a streaming server's own configuration, as an answer: ready to be pasted."""

from __future__ import annotations

from bot.answers.reply import Reply, Section, Tone
from bot.configuration.of_server import lines_of
from core.model.prose import Line, Said, Strong
from core.model.server import Server
from core.usecases.servers import ServerShown

_ABOUT = (
    "Put these lines into its own configuration, so that it asks this desk who may publish and who "
    "may watch. They hold a secret: whoever has them can ask as this server does."
)


def configuration(answer: ServerShown) -> Reply:
    """Show what one server's configuration needs."""
    server = answer.server
    sections = configuration_sections(server, answer.hook_url)
    if not sections:
        line: Line = (Said(server.name), " asks nobody: it is only linked to.")
        return Reply(Tone.INFO, (line,))
    return Reply(Tone.INFO, ((Strong("Server "), Said(server.name)),), sections)


def configuration_sections(server: Server, hook_url: str) -> tuple[Section, ...]:
    """Say what to put where, a part for each place; nothing for a server that asks nobody."""
    fragments = lines_of(server, hook_url)
    if not fragments:
        return ()
    return (
        Section(lines=((_ABOUT,),)),
        *(Section(f"{one.where}:", verbatim=one.text) for one in fragments),
    )
