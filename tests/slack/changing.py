"""A reservation in Slack that was told to several, and the form of its change."""

from __future__ import annotations

import re

from tests.slack.house import SlackHouse
from tests.slack.server import Person, View
from tests.slack.speaking import mention, reserved, typed

PASSCODE = re.compile(r"Passcode: (\S+)")


async def evening(house: SlackHouse, more: str = 'policy="at once"') -> str:
    """Reserve for a channel, a person and two addresses, and tell them; give the code."""
    targets = f"{mention(house.general)}, {mention(house.adam)}, ann@example.org, bob@example.org"
    code = await reserved(house, f'audience="{targets}" {more}')
    await house.deliver()
    return code


async def form_for(house: SlackHouse, line: str, who: Person | None = None) -> View:
    """Open the form of a change by a line."""
    return await (await typed(house, f"change {line}", who)).opened()


async def shown(house: SlackHouse, code: str) -> str:
    """Give what the desk shows of a reservation."""
    return (await typed(house, f"show {code}")).words


async def changed(house: SlackHouse, form: View, **fields: object) -> str:
    """Hand in a change and give the answer."""
    heard = await house.hanna.submit(form, fields)
    assert {} == heard.errors
    assert "Changed" in form.words
    await house.deliver()
    return form.words
