"""Recent changes of everything, for administrators: who changed what, when, by which way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.text import capfirst

from guanxi.core.actor import Actor
from guanxi.records.models import Change
from guanxi.records.registry import Line, Subject, find_record_type, record_types, subjects
from guanxi.records.screens.sources import names_of, set_title, way_text
from guanxi.records.screens.told import lines_of_changes
from guanxi.records.time_machine.pages import Key, Title, title_in, titles_of

PAGE = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; empty means everything. ``before`` is the place where the page before ended."""

    actor_id: int | None = None
    record_type: str = ""
    verb: str = ""
    first: date | None = None
    last: date | None = None
    before: tuple[datetime, int] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One change as shown; ``what`` is the word for what was changed, ``way`` how, ``lines`` are (label, old, new)."""

    change: Change
    who: str
    what: str
    way: str
    record: Title
    lines: tuple[Line, ...]


def recent_changes(wanted: Wanted, actor: Actor) -> tuple[list[Row], tuple[datetime, int] | None]:
    """Return a page of changes, newest first, and where the next page starts; days are those of the actor's zone.

    The number of queries depends on the record types on the page, not on its rows.
    """
    rows = Change.objects.all()
    zone = ZoneInfo(actor.time_zone)
    if wanted.actor_id is not None:
        rows = rows.filter(actor_id=wanted.actor_id or None)
    if wanted.record_type:
        rows = rows.filter(record_type=wanted.record_type)
    if wanted.verb:
        rows = rows.filter(verb=wanted.verb)
    if wanted.first:
        rows = rows.filter(at__gte=datetime.combine(wanted.first, time(), zone))
    if wanted.last:
        rows = rows.filter(at__lt=datetime.combine(wanted.last + timedelta(days=1), time(), zone))
    if wanted.before:
        at, number = wanted.before
        rows = rows.filter(at__lte=at).exclude(at=at, pk__gte=number)
    found = list(rows.order_by("-at", "-pk")[: PAGE + 1])
    page = found[:PAGE]
    return _rows(page, actor), ((page[-1].at, page[-1].pk) if len(found) > PAGE else None)


def known_types() -> list[str]:
    """Return the names of everything whose changes are kept."""
    return [*(item.name for item in record_types()), *subjects()]


def _rows(found: Sequence[Change], actor: Actor) -> list[Row]:
    names = names_of(found)
    places = _places(found, actor)
    lines = lines_of_changes(found, actor, undeclared=True)
    return [
        Row(
            item, names.person(item.actor_id) if item.actor_id else "", _what(item.record_type),
            " · ".join(part for part in (way_text(item.via), set_title(names, item.change_set_id, actor)) if part),
            places[item.record_type, item.record_id], lines[item.pk],
        )
        for item in found
    ]  # fmt: skip


def _what(name: str) -> str:
    """Return the word for what was changed."""
    known = find_record_type(name) or subjects().get(name)
    return capfirst(str(known.label)) if known is not None else name


def _places(found: Sequence[Change], actor: Actor) -> dict[Key, Title]:
    """Return how everything that was changed is called, and its address where it has a page."""
    keys = {(item.record_type, item.record_id) for item in found}
    titles = titles_of(keys, actor)
    places = {key: title_in(titles, *key) for key in keys}
    for name in {name for name, _pk in keys if find_record_type(name) is None}:
        subject = subjects().get(name)
        ids = [pk for each, pk in keys if each == name]
        rows = _subject_rows(subject, ids)
        named = subject.places(actor, rows) if subject is not None and subject.places is not None else {}
        for pk in ids:
            row = next((each for each in rows if each.pk == pk), None)
            text = subject.title(row) if subject is not None and subject.title is not None and row is not None else ""
            url = reverse(subject.route, args=[pk]) if subject and subject.route else ""
            places[name, pk] = Title(*named.get(pk, (text or f"{_what(name)} {pk}", url)))
    return places


def _subject_rows(subject: Subject | None, ids: Sequence[int]) -> list[Any]:
    if subject is None or subject.model is None or (subject.title is None and subject.places is None):
        return []
    return list(subject.model._default_manager.filter(pk__in=ids))
