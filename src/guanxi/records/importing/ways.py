"""The ways in which the cell of a file may name a record: declared by the features that own the records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from guanxi.core.actor import Actor
from guanxi.core.errors import type_text
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.models import ExternalKey

Pairs = Iterable[tuple[str, int]]


def _always(_actor: Actor) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Way:
    """One way of naming a record: what people call it, and how the records behind many words are found at once.

    ``find`` gets the words of a batch and returns pairs of word and record id, several for a word that several have; it
    need not look at what the actor may see of the records. ``offered`` says who may find records this way at all.
    """

    label: type_text
    find: Callable[[list[str]], Pairs]
    offered: Callable[[Actor], bool] = _always


_WAYS: dict[str, tuple[Way, ...]] = {}


def find_by(type_name: str, *ways: Way) -> None:
    """Let the records of a type be named in these ways, too: tried in this order, before the title."""
    _WAYS[type_name] = ways


def ways_of(actor: Actor, target: RecordType, source_id: int) -> Iterator[Way]:
    """Yield the ways in which the actor may name records of a type in a file of one source system, the surest first."""
    if target.importable:
        yield Way(_("its ID in the source system"), lambda words: _by_external_id(target, source_id, words))
    yield Way(_("its number here as #123"), _by_number)
    for way in _WAYS.get(target.name, ()):
        if way.offered(actor):
            yield way
    email = target.get("email")
    if email is not None and not email.expression and not email.path and actor.sees_field(target.name, "email"):
        yield Way(_("its e-mail address"), lambda words: _by_text(actor, target, "email", words))
    if actor.sees_field(target.name, target.title):
        yield Way(_("a name that only one has"), lambda words: _by_text(actor, target, target.title, words))


def _by_external_id(target: RecordType, source_id: int, words: list[str]) -> Pairs:
    known = ExternalKey.objects.filter(record_type=target.name, source_id=source_id, external_id__in=words)
    return list(known.values_list("external_id", "record_id"))


def _by_number(words: list[str]) -> Pairs:
    for word in words:
        digits = word.removeprefix("#")
        if word.startswith("#") and digits.isascii() and digits.isdecimal() and int(digits) <= access.HIGHEST_ID:
            yield word, int(digits)


def _by_text(actor: Actor, target: RecordType, name: str, words: list[str]) -> Pairs:
    path = target[name].column if target.get(name) else name
    by_form: dict[str, list[str]] = {}
    for word in words:
        by_form.setdefault(folded(word), []).append(word)
    rows = access.visible_to(actor, target).filter(**{f"{path}__in": spellings(words)})
    for number, value in rows.values_list("pk", path):
        for word in by_form.get(folded(str(value)), ()):
            yield word, number


def folded(word: str) -> str:
    """Return a word as it is compared with names: without case and surrounding blanks."""
    return word.strip().casefold()


def spellings(words: list[str]) -> list[str]:
    """Names are compared without regard to case as far as an index allows: as written, lower, title and upper case."""
    return list(
        {
            form
            for word in words
            for form in (word.strip(), word.strip().lower(), word.strip().title(), word.strip().upper())
        }
    )
