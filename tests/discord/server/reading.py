"""What a reader gets out of a message: its words, where it links, what of it is markup."""

from __future__ import annotations

from collections.abc import Iterator

from tests.discord.server.errors import Json
from tests.discord.server.markdown import parse, walk

_HARMLESS = {"text", "escape"}


def read(text: str) -> str:
    """Give a text as a person reads it: without its markup, `<t:…>` as an instant in UTC."""
    return "".join(piece.read for piece in parse(text))


def markup_in(text: str, *, line_start: bool = True) -> set[str]:
    """Name the kinds of markup that a text has (see `Piece`): none for what shows as it stands.

    A bare address is `url`: nothing can keep a client from linking it, `<…>` only hides the
    preview. `line_start` False: the text follows other words in its line.
    """
    return {piece.kind for piece in walk(parse(text, line_start=line_start))} - _HARMLESS


def words_of(content: str, embeds: list[Json], components: list[Json]) -> str:
    """Give all that one reads, one piece of text per line."""
    pieces = [read(content)]
    for embed in embeds:
        pieces += _embed(embed)
    pieces += _components(components)
    return "\n".join(piece for piece in pieces if piece)


def links_of(content: str, embeds: list[Json], components: list[Json]) -> set[str]:
    """List the addresses that can be followed."""
    texts = [content]
    found: set[str] = set()
    for embed in embeds:
        texts += [str(embed.get(name) or "") for name in ("title", "description")]
        texts += [str(one[part]) for one in embed.get("fields") or () for part in ("name", "value")]
        found |= {embed.get("url") or "", (embed.get("author") or {}).get("url") or ""}
    for node in nodes(components):
        texts.append(str(node.get("content") or ""))
        found.add(str(node.get("url") or ""))
    for text in texts:
        found |= {one.target for one in walk(parse(text)) if one.kind in ("link", "url")}
    return found - {""}


def nodes(components: object) -> Iterator[Json]:
    """Give every component, wherever it is nested."""
    if isinstance(components, list):
        for one in components:
            yield from nodes(one)
    elif isinstance(components, dict):
        yield components
        for name in ("components", "accessory", "component"):
            yield from nodes(components.get(name))


def _embed(embed: Json) -> Iterator[str]:
    """Read an embed from top to bottom; author and footer know no markup."""
    yield str((embed.get("author") or {}).get("name") or "")
    yield read(str(embed.get("title") or ""))
    yield read(str(embed.get("description") or ""))
    for one in embed.get("fields") or ():
        yield read(str(one["name"]))
        yield read(str(one["value"]))
    yield str((embed.get("footer") or {}).get("text") or "")


def _components(components: list[Json]) -> Iterator[str]:
    for node in nodes(components):
        yield read(str(node.get("content") or ""))
        for name in ("label", "placeholder", "description"):
            yield str(node.get(name) or "")
        for option in node.get("options") or ():
            yield str(option.get("label") or "")
