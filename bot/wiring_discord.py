"""Wiring of Discord: its route, its front end, and the mirror of reservations in its guilds.

Imported only where Discord is set up: its library alone takes a fifth of a second to load.
"""

from __future__ import annotations

from adapters.discord_check import DiscordChecked, invitation, try_discord
from adapters.discord_events import DiscordEvents
from adapters.discord_posts import DiscordPosts
from bot.discord.front import DiscordFront, make_front
from bot.settings import Settings
from core.mirror.mirror import Mirror
from core.notices.as_discord import compose
from core.notices.notice import Notice, Personal
from core.outbox.dispatch import Fill, Outlet
from core.outbox.route import Message
from core.store.desk import Desk

__all__ = ["DiscordFront", "Mirror", "discord_front", "discord_works", "invitation"]


def discord_front(settings: Settings, desk: Desk) -> DiscordFront:
    """Make the front end in Discord."""
    return make_front(settings, desk)


def discord_mirror(settings: Settings, desk: Desk) -> Mirror:
    """Make the mirror of reservations among the events of Discord's guilds."""
    return Mirror(desk, DiscordEvents(settings.discord_token, settings.discord_api_url))


def discord_outlet(settings: Settings) -> Outlet:
    """Make the route to Discord's channels and people."""
    route = DiscordPosts(settings.discord_token, settings.discord_api_url)

    def composed(notice: Notice) -> Fill:
        fill = compose(notice)

        def filled(delivery_id: int, personal: Personal) -> Message:
            post = fill(delivery_id, personal)
            return Message(delivery_id, post.recipient, post.data)

        return filled

    return Outlet(route, composed)


async def discord_works(settings: Settings) -> DiscordChecked:
    """Really ask Discord about the token; gives who the bot is, where, and what is wrong."""
    return await try_discord(
        settings.discord_token, settings.discord_api_url, guild=settings.discord_guild
    )
