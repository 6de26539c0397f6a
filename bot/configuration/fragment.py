"""A piece of a streaming server's configuration, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fragment:
    """Lines to paste: `where` says into which file or block. `text` holds the server's secret."""

    where: str
    text: str = field(repr=False)
