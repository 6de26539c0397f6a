"""Help: every command with what it does and examples, and more about each."""

from __future__ import annotations

from bot.answers.reply import Reply, Section, Table, Tone
from bot.commands.catalogue import TOPICS, Topic, topics_of
from bot.form.answers import suggest
from bot.form.characters import quoted
from core.model.prose import Line, Literal, Said, Strong
from core.notices.words import Row


def overview(*, admin: bool) -> Reply:
    """Name every command, with one example each."""
    own = tuple(_short(topic) for topic in TOPICS if not topic.for_admins)
    sections = [Section(table=Table(("Command", "Does"), own))]
    if admin:
        theirs = tuple(_short(topic) for topic in TOPICS if topic.for_admins)
        sections.append(Section("For admins", table=Table(("Command", "Does"), theirs)))
    examples = tuple((Literal(topic.examples[0]),) for topic in TOPICS[:6])
    sections.append(Section("For example", items=examples))
    more: Line = ("More about each: ", Literal("/slot help reserve"))
    return Reply(
        Tone.INFO, ((Strong("Callboard"), ": reserve streaming slots."), more), tuple(sections)
    )


def _short(topic: Topic) -> tuple[Line, ...]:
    return ((Literal(f"/slot {topic.usage}"),), (topic.does,))


def about(word: str) -> Reply:
    """Say more about one command, or about those that begin alike."""
    found = topics_of(word)
    if not found:
        hint = suggest(word, (topic.name for topic in TOPICS), cutoff=0.5)
        line: Line = ("There is no command ", Said(quoted(word)), ".", Said(hint))
        return Reply(Tone.MISTAKE, (line, (Literal("/slot help"), " names them all.")))
    sections = tuple(
        Section(
            f"/slot {topic.usage}",
            lines=(
                (f"{topic.does[:1].upper()}{topic.does[1:]}.",),
                *((line,) for line in topic.more),
            ),
            rows=tuple(Row(name, (about,)) for name, about in topic.fields),
            items=tuple((Literal(example),) for example in topic.examples),
        )
        for topic in found
    )
    name = found[0].name if len(found) == 1 else word.casefold()
    return Reply(Tone.INFO, ((Strong(name),),), sections)
