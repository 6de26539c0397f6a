"""Wiring of the worker: what sends, sweeps, shows out and mirrors. Imported by whoever works."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from adapters.console_notices import ConsoleRoute, Screen
from bot.clock import Clock
from bot.settings import Settings
from bot.wiring_mail import mail_outlet, mail_sender
from core.gate.usher import Usher
from core.mirror.mirror import Mirror
from core.model.recipient import RouteName
from core.outbox.dispatch import Dispatcher
from core.outbox.outlet import Compose, Outlet
from core.store.desk import Desk


@dataclass(frozen=True, slots=True)
class Worker:
    """What works for the desk."""

    clock: Clock
    dispatcher: Dispatcher
    usher: Usher
    mirror: Mirror | None


def make_worker(
    settings: Settings,
    desk: Desk,
    usher: Usher,
    slack: Outlet | None,
    console: tuple[Screen, Compose] | None,
) -> Worker:
    """Make the worker of a desk, which wakes it from now on."""
    outlets = {RouteName.EMAIL: mail_outlet(settings)}
    if console is not None:
        screen, composed = console
        outlets[RouteName.CONSOLE] = Outlet(ConsoleRoute(screen), composed)
    if slack is not None:
        outlets[RouteName.SLACK] = slack
    mirror = None
    if settings.has_discord:
        from bot import wiring_discord  # noqa: PLC0415 - its library, where it is set up alone

        outlets[RouteName.DISCORD] = wiring_discord.discord_outlet(settings)
        mirror = wiring_discord.discord_mirror(settings, desk)
    dispatcher = Dispatcher(desk, outlets, mail_sender(settings).domain)
    desk.on_work = partial(_wake, dispatcher, mirror)
    return Worker(Clock(desk), dispatcher, usher, mirror)


def _wake(dispatcher: Dispatcher, mirror: Mirror | None) -> None:
    dispatcher.wake()
    if mirror is not None:
        mirror.wake()
