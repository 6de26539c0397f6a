"""Answers of the REST API, with the headers as Discord sends them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aiohttp import web


def json_reply(
    body: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Answer with JSON, under exactly `application/json`: discord.py reads nothing else as such."""
    return web.Response(
        body=json.dumps(body).encode(),
        status=status,
        headers={**(headers or {})},
        content_type="application/json",
    )
