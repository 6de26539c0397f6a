"""Cancelling in Slack: asked back, and the reason passed on."""

from __future__ import annotations

from tests.slack.changing import evening, shown
from tests.slack.house import SlackHouse
from tests.slack.server import View


async def cancelling(house: SlackHouse, code: str) -> View:
    """Press Cancel under the permission, and give the question."""
    (permission,) = house.hanna.direct_messages
    assert code in permission.words
    return await (await house.hanna.click(permission, "slot:cancel")).opened()


async def test_cancelling_asks_back_and_passes_the_reason_on(house: SlackHouse) -> None:
    code = await evening(house)
    question = await cancelling(house, code)
    assert f"Cancel {code}" == question.title
    assert "Cancel Evening show" in question.words

    await house.hanna.submit(question, {"reason": "The singer\u202e is ill"})
    assert ["reason"] == list(question.errors)
    assert "The singer\u202e is ill" == question.value("reason")
    await house.hanna.submit(question, {"reason": "The singer\nis ill\n"})
    await house.deliver()

    assert "Cancelled: Evening show" in question.words
    (post,) = house.general.messages
    assert "The reason given: The singer is ill" in post.words
    assert "The reason given: The singer is ill" in post.thread[-1].words
    assert "Cancelled" == house.subjects("ann@example.org")[-1]


async def test_cancelling_needs_no_reason_and_can_be_left(house: SlackHouse) -> None:
    code = await evening(house)
    question = await cancelling(house, code)

    await house.hanna.close(question)
    assert "to be reconfirmed" in await shown(house, code)
    question = await cancelling(house, code)
    await house.hanna.submit(question)
    await house.deliver()

    assert "Cancelled: Evening show" in question.words
    assert "reason" not in house.general.messages[0].words
