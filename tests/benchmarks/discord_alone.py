"""A discord.py client that does nothing but answer: what every bot on discord.py costs.

Run as `python -m tests.benchmarks.discord_alone API_URL TOKEN`.
"""

from __future__ import annotations

import asyncio
import sys

import discord
from discord import app_commands

from bot.discord.client import Client, lead_to


async def serve(api_url: str, token: str) -> None:
    """Answer `/slot list` and `/slot settings` until killed."""
    client = Client()
    lead_to(client, api_url)
    tree = app_commands.CommandTree(client)
    slot = app_commands.Group(name="slot", description="slots")

    @slot.command(name="list", description="list")
    async def listed(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("done", ephemeral=True)

    @slot.command(name="settings", description="settings")
    async def settings(interaction: discord.Interaction, reminders: str) -> None:
        await interaction.response.send_message(reminders[:1], ephemeral=True)

    tree.add_command(slot)
    await client.login(token)
    await tree.sync()
    await client.connect()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
