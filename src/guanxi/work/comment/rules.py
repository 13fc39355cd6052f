"""The text of a comment: who is addressed in it, and how it is shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import urlize
from markupsafe import Markup, escape

from guanxi.ui.names import is_chinese

MAX_LENGTH = 10_000
_SPACE = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Person:
    """A colleague who can be addressed."""

    id: int
    name: str


def clean_text(text: str) -> str:
    """Return a text as it is kept: one kind of line break, no invisible control characters, no blank ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(char for char in lines if char in "\n\t" or char.isprintable() or ord(char) > 0x7F)
    return _SPACE.sub("\n\n", kept).strip()


def find_mentions(text: str, people: Iterable[Person], chosen: Collection[int] = ()) -> list[Person]:
    """Return who is addressed with ``@Name``, each once, in the order of the text.

    The longest name counts. Of several people with one name those in ``chosen`` (picked from the list) are meant; where
    nobody was picked, none is.
    """
    named: dict[str, list[Person]] = {}
    for person in people:
        if person.name.strip():
            named.setdefault(person.name.strip().casefold(), []).append(person)
    names = sorted(named, key=len, reverse=True)
    folded = text.casefold()
    found: dict[int, Person] = {}
    for match in re.finditer("(?<![a-z0-9_.])[@＠]", folded):
        name = next((item for item in names if _stands_at(folded, match.end(), item)), None)
        same = named[name] if name is not None else []
        for person in same if len(same) == 1 else [item for item in same if item.id in chosen]:
            found[person.id] = person
    return list(found.values())


def _stands_at(text: str, at: int, name: str) -> bool:
    """Say whether a name stands at a place of a text; a name in letters ends where its word does."""
    if not text.startswith(name, at):
        return False
    after = text[at + len(name) : at + len(name) + 1]
    return is_chinese(name) or not (after.isalnum() and after.isascii())


def comment_html(text: str, mentions: Sequence[Sequence[object]], reader_id: int | None) -> Markup:
    """Return a comment as markup: escaped, addresses of pages as links, the colleagues addressed in it marked."""
    names = {str(name): number for number, name in mentions}
    if not names:
        return _linked(text)
    known = sorted(map(re.escape, names), key=len, reverse=True)
    parts = re.split(rf"([@＠](?:{'|'.join(known)}))", text, flags=re.IGNORECASE)
    folded = {name.casefold(): number for name, number in names.items()}
    html = Markup("")
    for place, part in enumerate(parts):
        if place % 2 == 0:
            html += _linked(part)
            continue
        mine = " mention--me" if folded.get(part[1:].casefold()) == reader_id else ""
        html += Markup('<span class="mention{}">@{}</span>').format(mine, part[1:])
    return html


def _linked(text: str) -> Markup:
    return Markup(urlize(str(escape(text)), nofollow=True, autoescape=False))


def excerpt(text: str, most: int = 140) -> str:
    """Return the beginning of a comment on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
