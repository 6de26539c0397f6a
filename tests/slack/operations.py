"""Everything that somebody can do in Slack to reservations, lists, servers and settings.

Each is a few steps of a person's: a command typed, a button pressed that may never have been
theirs, or a modal handed in with another reservation's code in it.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta

from bot.slack.form_view import FORM
from bot.slack.small_views import CANCEL
from core.model.recipient import Contact, RouteName
from core.model.request import ReserveRequest
from core.model.server import Blackout, Server
from core.model.slot import Slot
from core.usecases.answers import Permitted
from core.usecases.audience import add_to_list
from core.usecases.look import servers_of
from core.usecases.reserve import reserve
from core.usecases.servers import BlackoutKept, black_out
from tests.slack.quarters import Quarters
from tests.slack.server import Channel, Heard, Message, Person, View, modals_opened
