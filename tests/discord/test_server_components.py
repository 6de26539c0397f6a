"""What Discord refuses of buttons, selects and the components of version 2."""

from __future__ import annotations

import discord as library
import pytest

from tests.discord.scene import Scene
from tests.discord.server.errors import Json

V2 = 1 << 15


def row(*parts: Json) -> Json:
    return {"type": 1, "components": list(parts)}


def button(**fields: object) -> Json:
    given = {"type": 2, "style": 1, "label": "Change", "custom_id": "slot:change"} | fields
    return {name: value for name, value in given.items() if value is not None}


def select(number: int = 2, **fields: object) -> Json:
    options = [{"label": f"o{one}", "value": f"v{one}"} for one in range(number)]
    return {"type": 3, "custom_id": "slot:choose", "options": options} | fields


def link(**fields: object) -> Json:
    return button(style=5, custom_id=None, url="https://x.example") | fields


FIRST = "components.0.components.0"


@pytest.mark.parametrize(
    ("components", "place", "code"),
    [
        ([row(button(custom_id=str(n))) for n in range(6)], "components", "BASE_TYPE_MAX_LENGTH"),
        (
            [row(*(button(custom_id=str(n)) for n in range(6)))],
            "components.0.components",
            "BASE_TYPE_BAD_LENGTH",
        ),
        ([row()], "components.0.components", "BASE_TYPE_BAD_LENGTH"),
        (
            [row(select(), button())],
            "components.0.components",
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
        ),
        ([button()], "components.0.type", "BASE_TYPE_CHOICES"),
        ([row({"type": 4})], f"{FIRST}.type", "BASE_TYPE_CHOICES"),
        ([row(button(style=7))], f"{FIRST}.style", "BASE_TYPE_CHOICES"),
        ([row(button(label="l" * 81))], f"{FIRST}.label", "BASE_TYPE_MAX_LENGTH"),
        ([row(button(label=None))], FIRST, "BUTTON_COMPONENT_INVALID"),
        ([row(button(custom_id=None))], f"{FIRST}.custom_id", "BASE_TYPE_REQUIRED"),
        ([row(button(custom_id="c" * 101))], f"{FIRST}.custom_id", "BASE_TYPE_BAD_LENGTH"),
        (
            [row(button(url="https://x.example"))],
            f"{FIRST}.url",
            "BUTTON_COMPONENT_URL_NOT_ALLOWED",
        ),
        (
            [row(link(custom_id="c"))],
            f"{FIRST}.custom_id",
            "BUTTON_COMPONENT_CUSTOM_ID_NOT_ALLOWED",
        ),
        ([row(link(url="ftp://x.example"))], f"{FIRST}.url", "URL_TYPE_INVALID_SCHEME"),
        ([row(link(url="https://" + "x" * 512))], f"{FIRST}.url", "BASE_TYPE_BAD_LENGTH"),
        ([row(button(text="x"))], f"{FIRST}.text", "UNKNOWN_FIELD"),
        (
            [row(button(emoji={"name": "smile"}))],
            f"{FIRST}.emoji.name",
            "BUTTON_COMPONENT_INVALID_EMOJI",
        ),
        (
            [row(button()), row(button())],
            "components.1.components.0.custom_id",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        ([row(select(0))], f"{FIRST}.options", "BASE_TYPE_BAD_LENGTH"),
        ([row(select(26))], f"{FIRST}.options", "BASE_TYPE_BAD_LENGTH"),
        ([row(select(min_values=3))], f"{FIRST}.options", "BASE_TYPE_BAD_LENGTH"),
        ([row(select(min_values=2, max_values=1))], f"{FIRST}.min_values", "NUMBER_TYPE_MAX"),
        ([row(select(max_values=26))], f"{FIRST}.max_values", "NUMBER_TYPE_MAX"),
        ([row(select(placeholder="p" * 151))], f"{FIRST}.placeholder", "BASE_TYPE_MAX_LENGTH"),
        (
            [row(select(options=[{"label": "l" * 101, "value": "v"}]))],
            f"{FIRST}.options.0.label",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            [row(select(options=[{"label": "l", "value": "v" * 101}]))],
            f"{FIRST}.options.0.value",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            [row(select(options=[{"label": "l", "value": "v", "description": "d" * 101}]))],
            f"{FIRST}.options.0.description",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            [row(select(options=[{"label": "l", "value": "v"}] * 2))],
            f"{FIRST}.options.1.value",
            "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        ),
        (
            [row({"type": 8, "custom_id": "c", "default_values": [{"id": "1", "type": "user"}]})],
            f"{FIRST}.default_values.0.type",
            "BASE_TYPE_CHOICES",
        ),
        ([{"type": 10, "content": "x"}], "components.0.type", "BASE_TYPE_CHOICES"),
    ],
)
async def test_each_rule_is_kept(
    scene: Scene, components: list[Json], place: str, code: str
) -> None:
    body = {"content": "x", "components": components}
    assert code == (await scene.refused("POST", scene.messages, body)).get(place)


@pytest.mark.parametrize(
    ("body", "place", "code"),
    [
        (
            {"content": "x", "components": [{"type": 10, "content": "x"}]},
            "content",
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        ),
        (
            {"components": [{"type": 10, "content": "x" * 2001}] * 2},
            "components",
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
        ),
        (
            {"components": [{"type": 14}] * 39 + [row(button())]},
            "components",
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
        ),
        (
            {"components": [{"type": 10, "content": ""}]},
            "components.0.content",
            "BASE_TYPE_REQUIRED",
        ),
        (
            {"components": [{"type": 9, "components": [{"type": 10, "content": "x"}]}]},
            "components.0.accessory",
            "DICT_TYPE_CONVERT",
        ),
        (
            {"components": [{"type": 17, "components": [{"type": 17, "components": []}]}]},
            "components.0.components.0.type",
            "BASE_TYPE_CHOICES",
        ),
        (
            {"components": [{"type": 13, "file": {"url": "https://x.example"}}]},
            "components.0.file.url",
            "UNFURLED_MEDIA_ITEM_REFERENCE",
        ),
    ],
)
async def test_each_rule_of_version_2_is_kept(
    scene: Scene, body: Json, place: str, code: str
) -> None:
    wrong = await scene.refused("POST", scene.messages, body | {"flags": V2})
    assert code == wrong.get(place)


async def test_what_discord_py_makes_is_taken(scene: Scene) -> None:
    view = library.ui.View(timeout=None)
    view.add_item(library.ui.Button(label="Change", custom_id="slot:change", emoji="🎬"))
    view.add_item(library.ui.Button(label="Join", url="https://x.example"))
    view.add_item(
        library.ui.Select(custom_id="s", options=[library.SelectOption(label="a")], min_values=0)
    )
    view.add_item(library.ui.ChannelSelect(custom_id="c", channel_types=[library.ChannelType.text]))
    view.add_item(library.ui.UserSelect(custom_id="u", default_values=[scene.client.user]))  # type: ignore[list-item]  # it is logged in
    await scene.channel.send("card", view=view)
    assert ["card", "Change", "Join", "a"] == scene.general.messages[0].words.splitlines()
    assert {"https://x.example"} == scene.general.messages[0].links
    assert [] == scene.discord.refusals


async def test_a_layout_of_discord_py_is_taken(scene: Scene) -> None:
    layout = library.ui.LayoutView(timeout=None)
    section: library.ui.Section[library.ui.LayoutView] = library.ui.Section(
        "**Evening** show", accessory=library.ui.Button(label="Join", url="https://x.example")
    )
    separator: library.ui.Separator[library.ui.LayoutView] = library.ui.Separator()
    layout.add_item(library.ui.Container(section, separator, accent_colour=0x112233))
    sent = await scene.channel.send(view=layout)
    assert "Evening show\nJoin" == scene.general.messages[0].words
    assert [] == scene.discord.refusals
    status, _ = await scene.call("PATCH", f"{scene.messages}/{sent.id}", {"content": "x"})
    assert 400 == status  # the flag stays, and with it no content is allowed
