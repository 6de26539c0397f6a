"""Modals, completions, buttons and selects, with the real discord.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Self

import discord
import pytest
from discord import ui

from tests.discord.server.errors import NotSentError, NotThereError
from tests.discord.server.modals import Modal
from tests.discord.server.permissions import Permission
from tests.discord.server.places import VOICE
from tests.discord.server.rehearsal import Stage, plain_client, running, set_stage

TEXT, VOICES = discord.ChannelType.text, discord.ChannelType.voice
SIZES = [discord.SelectOption(label="Small", value="s"), discord.SelectOption(label="Large")]
DAYS = ["mon", "tue", "wed"]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Give a guild with a client connected to it."""
    async with set_stage() as stage:
        yield stage


class Form(ui.Modal, title="Reserve"):
    """A modal of four labels around what a person fills in."""

    note: ui.TextDisplay[Any] = ui.TextDisplay("What stands here, all can read.")
    name: ui.Label[Any] = ui.Label(
        text="Title",
        description="What the show is called",
        component=ui.TextInput(custom_id="title", min_length=2, max_length=10),
    )
    size: ui.Label[Any] = ui.Label(
        text="Size",
        component=ui.Select(custom_id="size", options=SIZES, required=False),
    )
    places: ui.Label[Any] = ui.Label(
        text="Channels",
        component=ui.ChannelSelect(
            custom_id="places", channel_types=[TEXT], min_values=1, max_values=2, required=False
        ),
    )
    file: ui.Label[Any] = ui.Label(
        text="Addresses",
        component=ui.FileUpload(custom_id="file", required=False, max_values=2),
    )

    def __init__(self, stage: Stage) -> None:
        super().__init__(custom_id="form:1")
        self._stage = stage

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Note what was sent."""
        told: list[Any] = [part.component for part in (self.name, self.size)]
        seen = [told[0].value, told[1].values]
        seen.append([one.name for one in _component(self.places).values])
        seen.append([await one.read() for one in _component(self.file).values])
        self._stage.seen += [seen, interaction]
        await interaction.response.send_message("reserved", ephemeral=True)


class Choices(ui.Modal, title="Choices"):
    """A modal with the other kinds of field."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(custom_id="choices:1")
        self._stage = stage
        days = [discord.CheckboxGroupOption(label=one.title(), value=one) for one in DAYS]
        moods = [discord.RadioGroupOption(label=one, value=one) for one in ("calm", "wild")]
        people = ui.MentionableSelect[Self](custom_id="people", max_values=2)
        for text, component in {
            "Days": ui.CheckboxGroup[Self](custom_id="days", options=days, max_values=2),
            "Mood": ui.RadioGroup[Self](custom_id="mood", options=moods, required=False),
            "Sure": ui.Checkbox[Self](custom_id="sure", default=True),
            "People": people,
            "User": ui.UserSelect[Self](custom_id="user", required=False),
        }.items():
            self.add_item(ui.Label(text=text, component=component))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Note what was sent, and fail if the mood is wild."""
        fields: list[Any] = [_component(one) for one in self.children]
        days, mood, sure, people, user = fields
        named = {type(one).__name__: one.name for one in people.values}
        self._stage.seen.append([days.values, mood.value, sure.value, named, user.values])
        if mood.value == "wild":
            raise ValueError
        await interaction.response.send_message("chosen", ephemeral=True)

    async def on_error(self, _: discord.Interaction, error: Exception, *__: object) -> None:
        """Keep it, so that it can be sent again."""
        self._stage.errors.append(error)


def _component(label: object) -> Any:  # noqa: ANN401 - whatever the label is around
    assert isinstance(label, ui.Label)
    return label.component


async def opened(stage: Stage, modal: type[Form | Choices]) -> Modal:
    """Let `/open` open a modal, and Hanna open it."""

    async def do(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(modal(stage))

    stage.tree.command(name="open", description="Open it")(do)
    await stage.sync()
    return await (await stage.hanna.type("/open", stage.general)).opened()


async def test_what_was_filled_in_arrives(stage: Stage) -> None:
    modal = await opened(stage, Form)
    file = stage.hanna.upload("list.txt", b"a@b.example")
    fields = {"title": "Gala", "Size": "Large", "places": [stage.general], "file": file}
    heard = await stage.hanna.submit(modal, fields)
    assert "reserved" == heard.words
    assert ["Gala", ["Large"], ["general"], [b"a@b.example"]] == stage.seen[0]
    assert not modal.open
    assert stage.seen[1].message is None


async def test_what_may_be_left_out_is_left_out(stage: Stage) -> None:
    heard = await stage.hanna.submit(await opened(stage, Form), {"Title": "Gala"})
    assert "reserved" == heard.words
    assert ["Gala", [], [], []] == stage.seen[0]


async def test_the_other_fields_arrive_as_well(stage: Stage) -> None:
    hosts = stage.guild.add_role("hosts")
    modal = await opened(stage, Choices)
    assert modal.value("sure") is True
    fields = {"days": ["mon", "Wed"], "sure": False, "people": [hosts, stage.hanna]}
    heard = await stage.hanna.submit(modal, fields | {"mood": "calm"})
    assert "chosen" == heard.words
    named = {"Role": "hosts", "Member": "hanna.host"}
    assert [["mon", "wed"], "calm", False, named, []] == stage.seen[0]


@pytest.mark.parametrize(
    ("fields", "complained"),
    [
        ({}, "title"),
        ({"title": "G"}, "title"),
        ({"title": "far too long a title"}, "title"),
        ({"title": "a\nb"}, "title"),
        ({"title": "🎭" * 6}, "title"),
        ({"title": "Gala", "places": ["stage door"]}, "places"),
        ({"title": "Gala", "places": ["secret"]}, "places"),
        ({"title": "Gala", "file": 3}, "file"),
        ({"title": "Gala", "size": ["s", "Large"]}, "size"),
    ],
)
async def test_the_client_keeps_open_what_is_not_filled_in_well(
    stage: Stage, fields: dict[str, Any], complained: str
) -> None:
    channels = {
        "stage door": stage.guild.add_channel("stage door", type=VOICE),
        "secret": stage.guild.add_channel("secret"),
    }
    channels["secret"].overwrite(stage.guild.everyone, deny=Permission.VIEW_CHANNEL)
    if "places" in fields:
        fields = fields | {"places": [channels[name] for name in fields["places"]]}
    if "file" in fields:
        fields = fields | {"file": [stage.hanna.upload("a.txt", b"") for _ in range(3)]}
    modal = await opened(stage, Form)
    before = len(stage.server.interactions)
    with pytest.raises(NotSentError) as kept:
        await stage.hanna.submit(modal, fields)
    assert [complained] == list(kept.value.complaints)
    assert (True, before) == (modal.open, len(stage.server.interactions))


async def test_a_field_or_option_that_is_not_there_is_the_tests_mistake(stage: Stage) -> None:
    modal = await opened(stage, Form)
    for fields in ({"subject": "x"}, {"size": "Huge"}):
        with pytest.raises(NotThereError):
            await stage.hanna.submit(modal, {"title": "Gala", **fields})


async def test_a_modal_stays_open_with_all_in_it_where_no_answer_comes(stage: Stage) -> None:
    modal = await opened(stage, Choices)
    fields = {"days": "tue", "people": stage.hanna, "mood": "wild"}
    stage.server.patience = 0.2
    heard = await stage.hanna.submit(modal, fields)
    assert "Something went wrong. Try again." == heard.failed
    assert (True, ["tue"]) == (modal.open, modal.value("days"))
    stage.server.patience = 3.0
    heard = await stage.hanna.submit(modal, {"mood": None})
    assert "chosen" == heard.words


async def test_a_modal_put_away_cannot_be_sent(stage: Stage) -> None:
    modal = await opened(stage, Form)
    stage.hanna.dismisses(modal)
    with pytest.raises(NotThereError):
        await stage.hanna.submit(modal, {"title": "Gala"})


async def test_a_reader_sees_titles_labels_and_what_is_filled_in(stage: Stage) -> None:
    modal = await opened(stage, Form)
    modal.fill("title", "Gala")
    for said in ("Reserve", "Title", "What the show is called", "Gala", "Large", "all can read"):
        assert said in modal.words


class Endless(ui.Modal, title="Endless"):
    """A modal that would open another one after it."""

    field: ui.TextInput[Any] = ui.TextInput(label="Field", custom_id="field")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Try to open another one, and tell with what that was refused."""
        await interaction.response.send_message(await refused_with(interaction))


async def refused_with(interaction: discord.Interaction) -> str:
    """Try to open a modal where none can be, and give the code and reason of the refusal."""
    with pytest.raises(discord.HTTPException) as refused:
        await discord.InteractionResponse(interaction).send_modal(Endless())
    return f"{refused.value.code} {refused.value.text}"


async def test_a_modal_must_be_a_first_answer(stage: Stage) -> None:
    async def do(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await interaction.followup.send(await refused_with(interaction))

    stage.tree.command(name="open", description="Open it")(do)
    await stage.sync()
    heard = await stage.hanna.type("/open", stage.general)
    assert (await heard.message()).words.startswith("40060")
    assert heard.modal is stage.hanna.modal is None


async def test_a_modal_does_not_answer_a_modal(stage: Stage) -> None:
    async def do(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Endless())

    stage.tree.command(name="open", description="Open it")(do)
    await stage.sync()
    modal = await (await stage.hanna.type("/open", stage.general)).opened()
    heard = await stage.hanna.submit(modal, {"Field": "x"})
    assert heard.words.startswith("50035")
    assert "Value must be one of {4, 5, 10, 12}." in heard.words


async def test_a_modal_opened_before_a_restart_can_be_sent_after_it(stage: Stage) -> None:
    modal = await opened(stage, Form)
    await stage.client.close()
    after = plain_client()

    async def on_interaction(interaction: discord.Interaction) -> None:
        stage.seen.append(interaction.data)
        await interaction.response.send_message("after the restart", ephemeral=True)

    after.event(on_interaction)
    async with running(stage.server, after):
        heard = await stage.hanna.submit(modal, {"title": "Gala"})
    assert "after the restart" == heard.words
    label = stage.seen[0]["components"][1]
    told = {"type": 4, "id": 3, "custom_id": "title", "value": "Gala"}
    assert (18, told) == (label["type"], label["component"])
