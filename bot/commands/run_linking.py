"""Commands by which one person in two chats becomes one for the desk, and two again."""

from __future__ import annotations

from bot.answers import linking as answers
from bot.answers.reply import Reply
from bot.commands.asking import Asking
from bot.commands.commands import Link, Unlink
from core.usecases.linking import ask_link, link, offer_link, unlink


async def run_link(asking: Asking, command: Link) -> Reply:
    """Give a code; show who would be one person by it; or link them."""
    if not command.code:
        return answers.offered(await asking.read(offer_link))
    if not command.yes:
        return answers.about(await asking.read(ask_link, command.code))
    return answers.about(await asking.write(link, command.code))


async def run_unlink(asking: Asking, _: Unlink) -> Reply:
    """Make the account a person of its own again."""
    return answers.about(await asking.write(unlink))
