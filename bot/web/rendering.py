"""Pages as HTML: templates, and the few files beside them that browsers fetch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.web.prose import instant_html, line_html
from core.model.prose import At
from core.notices.said import cleaned, cleaned_lines
from core.notices.times import length_words, slot_words

_STATIC = {
    "callboard.css": "text/css",
    "callboard.js": "text/javascript",
    "join.js": "text/javascript",
    "schedule.css": "text/css",
}
_FOR_A_YEAR = "public, max-age=31536000, immutable"


@dataclass
class Rendering:
    """Renders templates; `base` stands before every path of ours."""

    base: str
    _environment: Environment = field(init=False)

    def __post_init__(self) -> None:
        """Make what templates are rendered in; each is read when it is first shown."""
        made = Environment(
            loader=PackageLoader("bot.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.globals |= {"base": self.base, "static": self.static}
        made.filters |= {
            "line": cleaned,
            "lines": cleaned_lines,
            "instant": _instant,
            "prose": line_html,
            "span": length_words,
            "slot": slot_words,
        }
        self._environment = made

    def page(self, template: str, values: Mapping[str, Any]) -> str:
        """Render a template of ours."""
        return self._environment.get_template(template).render(values)

    def static(self, name: str) -> str:
        """Give the address of a file beside the pages: another one whenever the file is another."""
        return f"{self.base}/static/{_digest(name)}/{name}"


def _instant(instant: datetime, zone: tzinfo) -> Markup:
    return instant_html(At(instant), zone)


def static_file(name: str) -> web.Response | None:
    """Give a file beside the pages; None for any other name."""
    kind = _STATIC.get(name)
    if kind is None:
        return None
    headers = {"Cache-Control": _FOR_A_YEAR}
    return web.Response(body=_read(name), content_type=kind, charset="utf-8", headers=headers)


@cache
def _read(name: str) -> bytes:
    return (files("bot.web") / "static" / name).read_bytes()


@cache
def _digest(name: str) -> str:
    return sha256(_read(name)).hexdigest()[:12]
