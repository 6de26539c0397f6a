"""The `actions` entry that Slack sends when somebody uses an element."""

from __future__ import annotations

from tests.slack.server.elements import all_elements, options_of
from tests.slack.server.errors import Json, NotThereError
from tests.slack.server.form_state import KEYS, filled_state
from tests.slack.server.messages import Message
from tests.slack.server.views import View


def action_of(
    where: Message | View, action_id: str, value: object, ts: str
) -> tuple[Json, Json, Json]:
    """Find the element that was used, and write the action: (block, element, action).

    Raises NotThereError if there is no such element, or several and `value` does not tell which.
    """
    block, element = _used(where, action_id, value)
    done: Json = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "type": element["type"],
        "action_ts": ts,
    }
    if element["type"] in ("button", "workflow_button"):
        done |= {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    elif element["type"] == "overflow":
        done["selected_option"] = _chosen(element, value)
    else:
        state = filled_state(element, value)
        done |= {key: state[key] for key in state if key != "type"}
        initial = KEYS[element["type"]][1]
        if initial.startswith("initial_") and initial in element:
            done[initial] = element[initial]
    return block, element, done


def _used(where: Message | View, action_id: str, value: object) -> tuple[Json, Json]:
    there = list(all_elements(where.blocks))
    named = [(block, one) for block, one in there if one["action_id"] == action_id]
    is_button = bool(named) and named[0][1]["type"] == "button"
    if value is not None and (len(named) > 1 or is_button):
        named = [pair for pair in named if pair[1].get("value") == value]
    if len(named) != 1:
        names = [(one["action_id"], one.get("value")) for _, one in there]
        raise NotThereError(f"{len(named)} of {action_id!r} with {value!r} among {names}")
    return named[0]


def _chosen(element: Json, value: object) -> Json:
    for option in options_of(element):
        if value in (option.get("value"), option["text"]["text"]):
            return option
    raise NotThereError(f"{element['action_id']} has no option {value!r}")
