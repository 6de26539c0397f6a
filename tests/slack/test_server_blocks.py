"""What Slack refuses in blocks and views, with its own schemas and without them."""

# ruff: noqa: E501 - a row of a table is a line

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.slack.server.errors import Refusal
from tests.slack.server.schemas import forget, interfaces
from tests.slack.server.validation import check_message, check_options, check_view

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str = "v", text: str = "t") -> Json:
    return {"text": plain(text), "value": value}


def button(**more: object) -> Json:
    return {"type": "button", "action_id": "b", "text": plain("x"), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def entry(element: Json, **more: object) -> Json:
    return {
        "type": "input",
        "block_id": "i",
        "label": plain("x"),
        "element": {"action_id": "a", **element},
        **more,
    }


def rich(*elements: Json) -> Json:
    section = {"type": "rich_text_section", "elements": list(elements)}
    return {"type": "rich_text", "elements": [section]}


def select(count: int = 1, **more: object) -> Json:
    options = [option(str(number)) for number in range(count)]
    return {"type": "static_select", "action_id": "s", "options": options, **more}


def modal(*blocks: Json, **more: object) -> Json:
    return {
        "type": "modal",
        "title": plain("x"),
        "submit": plain("y"),
        "blocks": list(blocks),
    } | more


@pytest.fixture(params=["with schemas", "without"])
def schemas(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    """Check once with Slack's schemas, once with the hand-written rules alone."""
    if request.param == "without":
        monkeypatch.setenv("CALLBOARD_TEST_INTERFACES", str(tmp_path))
    elif interfaces() is None:
        pytest.skip("Slack's schemas are not at hand: set CALLBOARD_TEST_INTERFACES")
    forget()
    yield
    forget()


GOOD = [
    {"type": "section", "text": mrkdwn("x" * 3000), "accessory": button()},
    {"type": "section", "fields": [plain("x")] * 10},
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn("x"), plain("y")]},
    {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "x"},
    actions(button(value="x" * 2000, url="https://example.com"), select(100)),
    actions(button(confirm={"title": plain("x"), "text": mrkdwn("y"), "confirm": plain("z")})),
    actions({"type": "overflow", "action_id": "o", "options": [option(str(n)) for n in range(5)]}),
    rich({"type": "text", "text": "x", "style": {"bold": True, "code": True}}),
    rich({"type": "link", "url": "https://example.com", "text": "x"}),
    rich({"type": "date", "timestamp": 1_800_000_000, "format": "{date_long} at {time}"}),
    rich({"type": "user", "user_id": "U0001"}, {"type": "broadcast", "range": "here"}),
]


@pytest.mark.usefixtures("schemas")
@pytest.mark.parametrize("block", GOOD)
def test_takes_what_slack_takes_in_a_message(block: Json) -> None:
    check_message({"text": "x", "blocks": [block]})


BAD: list[tuple[str, list[Json], str]] = [
    ("too many blocks", [{"type": "divider"}] * 51, "/blocks"),
    ("unknown type", [{"type": "nonsense"}], "/blocks/0/type"),
    ("same block_id", [{"type": "divider", "block_id": "a"}] * 2, "/blocks/1/block_id"),
    ("long block_id", [{"type": "divider", "block_id": "a" * 256}], "/blocks/0/block_id"),
    ("same action_id", [actions(button(), button())], "/blocks/0/elements/1/action_id"),
    ("section of 3001", [{"type": "section", "text": plain("x" * 3001)}], "/blocks/0/text/text"),
    ("section of emoji", [{"type": "section", "text": plain("\U0001f600" * 1501)}], "/blocks/0/text/text"),
    ("empty section", [{"type": "section", "text": plain("")}], "/blocks/0/text/text"),
    ("section without text", [{"type": "section"}], "/blocks/0"),
    ("11 fields", [{"type": "section", "fields": [plain("x")] * 11}], "/blocks/0/fields"),
    ("long field", [{"type": "section", "fields": [plain("x" * 2001)]}], "/blocks/0/fields/0/text"),
    ("mrkdwn header", [{"type": "header", "text": mrkdwn("x")}], "/blocks/0/text/type"),
    ("header of 151", [{"type": "header", "text": plain("x" * 151)}], "/blocks/0/text/text"),
    ("11 in a context", [{"type": "context", "elements": [plain("x")] * 11}], "/blocks/0/elements"),
    ("26 buttons", [actions(*(button(action_id=str(n)) for n in range(26)))], "/blocks/0/elements"),
    ("no buttons", [actions()], "/blocks/0/elements"),
    ("text field in actions", [actions({"type": "plain_text_input", "action_id": "a"})], "/blocks/0/elements/0/type"),
    ("long button", [actions(button(text=plain("x" * 76)))], "/blocks/0/elements/0/text/text"),
    ("mrkdwn button", [actions(button(text=mrkdwn("x")))], "/blocks/0/elements/0/text/type"),
    ("long value", [actions(button(value="x" * 2001))], "/blocks/0/elements/0/value"),
    ("long action_id", [actions(button(action_id="x" * 256))], "/blocks/0/elements/0/action_id"),
    ("long url", [actions(button(url="https://" + "x" * 3000))], "/blocks/0/elements/0/url"),
    ("strange url", [actions(button(url="javascript:alert(1)"))], "/blocks/0/elements/0/url"),
    ("strange style", [actions(button(style="loud"))], "/blocks/0/elements/0/style"),
    ("long question", [actions(button(confirm={"text": plain("x" * 301)}))], "/blocks/0/elements/0/confirm/text/text"),
    ("101 options", [actions(select(101))], "/blocks/0/elements/0/options"),
    ("no options", [actions(select(0))], "/blocks/0/elements/0/options"),
    ("long option", [actions(select(options=[option(text="x" * 76)]))], "/blocks/0/elements/0/options/0/text/text"),
    ("long option value", [actions(select(options=[option("x" * 76)]))], "/blocks/0/elements/0/options/0/value"),
    ("initial not among them", [actions(select(initial_option=option("other")))], "/blocks/0/elements/0"),
    ("6 in an overflow", [actions({"type": "overflow", "action_id": "o", "options": [option(str(n)) for n in range(6)]})], "/blocks/0/elements/0/options"),
    ("11 radio buttons", [actions({"type": "radio_buttons", "action_id": "o", "options": [option(str(n)) for n in range(11)]})], "/blocks/0/elements/0/options"),
    ("file input in a message", [entry({"type": "file_input"})], "/blocks/0/element/type"),
    ("empty rich text", [rich({"type": "text", "text": ""})], "/blocks/0/elements/0/elements/0/text"),
    ("strange rich element", [rich({"type": "marquee"})], "/blocks/0/elements/0/elements/0/type"),
    ("script link", [rich({"type": "link", "url": "javascript:alert(1)"})], "/blocks/0/elements/0/elements/0/url"),
    ("fraction of a second", [rich({"type": "date", "timestamp": 1.5, "format": "{date}"})], "/blocks/0/elements/0/elements/0/timestamp"),
    ("date without a part", [rich({"type": "date", "timestamp": 1, "format": "soon"})], "/blocks/0/elements/0/elements/0/format"),
    ("unknown date part", [rich({"type": "date", "timestamp": 1, "format": "{date} {era}"})], "/blocks/0/elements/0/elements/0/format"),
    ("strange style of text", [rich({"type": "text", "text": "x", "style": {"loud": True}})], "/blocks/0/elements/0/elements/0/style"),
    ("strange user", [rich({"type": "user", "user_id": "everyone"})], "/blocks/0/elements/0/elements/0/user_id"),
]  # fmt: skip


@pytest.mark.usefixtures("schemas")
@pytest.mark.parametrize(
    ("blocks", "pointer"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_refuses_what_slack_refuses_in_a_message(blocks: list[Json], pointer: str) -> None:
    with pytest.raises(Refusal) as refusal:
        check_message({"text": "x", "blocks": blocks})
    said = refusal.value.fields["errors"]
    assert isinstance(said, list)
    assert "invalid_blocks" == refusal.value.error
    assert any(one.endswith((f"{pointer}]", f"{pointer}/text]")) for one in said), said


VIEWS: list[tuple[str, Json]] = [
    ("no title", {"type": "modal", "blocks": [{"type": "divider"}]}),
    ("long title", modal({"type": "divider"}, title=plain("x" * 25))),
    ("long submit", modal({"type": "divider"}, submit=plain("x" * 25))),
    ("long close", modal({"type": "divider"}, close=plain("x" * 25))),
    ("no submit", {k: v for k, v in modal(entry({"type": "plain_text_input"})).items() if k != "submit"}),
    ("101 blocks", modal(*[{"type": "divider"}] * 101)),
    ("long metadata", modal({"type": "divider"}, private_metadata="x" * 3001)),
    ("long callback", modal({"type": "divider"}, callback_id="x" * 256)),
    ("read-only id", modal({"type": "divider"}, id="V1")),
    ("read-only state", modal({"type": "divider"}, state={"values": {}})),
    ("submit_disabled", modal({"type": "divider"}, submit_disabled=True)),
    ("message's block", modal({"type": "markdown", "text": "x"})),
    ("button as input", modal(entry(button()))),
    ("label of 2001", modal(entry({"type": "plain_text_input"}, label=plain("x" * 2001)))),
    ("mrkdwn label", modal(entry({"type": "plain_text_input"}, label=mrkdwn("x")))),
    ("max_length 3001", modal(entry({"type": "plain_text_input", "max_length": 3001}))),
    ("long placeholder", modal(entry({"type": "plain_text_input", "placeholder": plain("x" * 151)}))),
    ("long initial", modal(entry({"type": "plain_text_input", "initial_value": "x" * 3001}))),
    ("number unsaid", modal(entry({"type": "number_input"}))),
    ("11 files", modal(entry({"type": "file_input", "max_files": 11}))),
    ("moment in ms", modal(entry({"type": "datetimepicker", "initial_date_time": 1_800_000_000_000}))),
    ("moment as float", modal(entry({"type": "datetimepicker", "initial_date_time": 1.8e9 + 0.5}))),
    ("strange date", modal(entry({"type": "datepicker", "initial_date": "tomorrow"}))),
    ("focus twice", modal(*[entry({"type": "plain_text_input", "focus_on_load": True}) | {"block_id": one} for one in "ab"])),
    ("a home", {"type": "home", "blocks": []}),
    ("at most half", modal(entry({"type": "multi_users_select", "max_selected_items": 0}))),
]  # fmt: skip


@pytest.mark.usefixtures("schemas")
@pytest.mark.parametrize("view", [row[1] for row in VIEWS], ids=[row[0] for row in VIEWS])
def test_refuses_what_slack_refuses_in_a_modal(view: Json) -> None:
    with pytest.raises(Refusal) as refusal:
        check_view(view, "modal")
    assert "invalid_arguments" == refusal.value.error


@pytest.mark.usefixtures("schemas")
@pytest.mark.parametrize(
    "element",
    [
        {"type": "plain_text_input", "multiline": True, "max_length": 3000, "focus_on_load": True},
        {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"},
        {"type": "datetimepicker", "initial_date_time": 1_800_000_000},
        {"type": "file_input", "filetypes": ["csv", "txt"], "max_files": 10},
        {"type": "multi_conversations_select", "filter": {"include": ["public", "private"]}},
        {"type": "multi_users_select", "initial_users": ["U0001"], "max_selected_items": 5},
        {"type": "checkboxes", "options": [option()], "initial_options": [option()]},
        {"type": "email_text_input", "placeholder": plain("x")},
        {"type": "rich_text_input"},
    ],
)
def test_takes_what_slack_takes_in_a_modal(element: Json) -> None:
    check_view(modal(entry(element), private_metadata="x" * 3000, notify_on_close=True), "modal")


def test_refuses_a_view_over_its_size() -> None:
    blocks = [entry({"type": "plain_text_input", "initial_value": "x" * 3000}) for _ in range(90)]
    with pytest.raises(Refusal, match="view_too_large"):
        check_view(modal(*blocks), "modal")


def test_refuses_unknown_fields_by_the_schema() -> None:
    if interfaces() is None:
        pytest.skip("Slack's schemas are not at hand: set CALLBOARD_TEST_INTERFACES")
    block = {"type": "section", "text": {**plain("x"), "colour": "red"}}
    with pytest.raises(Refusal, match="invalid_blocks"):
        check_message({"blocks": [block]})


@pytest.mark.parametrize(
    "options", [[option("x" * 76)], [option(str(n)) for n in range(101)], None]
)
def test_refuses_wrong_options_of_an_external_select(options: object) -> None:
    with pytest.raises(Refusal, match="invalid_options"):
        check_options({"options": options})


def test_refuses_a_view_that_is_none() -> None:
    with pytest.raises(Refusal, match="invalid_arguments"):
        check_view(["modal"], "modal")
