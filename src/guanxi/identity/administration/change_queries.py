"""Recent changes of everything, for administrators: who changed what, when, by which way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import FieldDoesNotExist
from django.urls import reverse

from guanxi.identity.user.models import User
from guanxi.records.models import Change
from guanxi.records.registry import find_record_type, record_types, subjects

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
    """One change as shown; ``fields`` are (label, old, new); ``what`` is the word for what was changed."""

    change: Change
    who: str
    what: str
    url: str
    title: str
    fields: tuple[tuple[str, Any, Any], ...]


def recent_changes(wanted: Wanted, time_zone: str) -> tuple[list[Row], tuple[datetime, int] | None]:
    """Return a page of changes, newest first, and where the next page starts; days are those of ``time_zone``."""
    rows = Change.objects.all()
    zone = ZoneInfo(time_zone)
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
    return _rows(page), ((page[-1].at, page[-1].pk) if len(found) > PAGE else None)


def known_types() -> list[str]:
    """Return the names of everything whose changes are kept."""
    return [*(item.name for item in record_types()), *subjects()]


def _rows(changes: Iterable[Change]) -> list[Row]:
    found = list(changes)
    people = dict(
        User._default_manager.filter(pk__in={item.actor_id for item in found if item.actor_id}).values_list(
            "pk", "name"
        )
    )
    titles = _titles(found)
    return [
        Row(
            item, people.get(item.actor_id or 0, ""), *_what(item),
            titles.get((item.record_type, item.record_id), f"#{item.record_id}"),
            tuple((_label(item.record_type, name), pair[0], pair[1]) for name, pair in item.fields.items()),
        )
        for item in found
    ]  # fmt: skip


def _what(change: Change) -> tuple[str, str]:
    """Return the word for what was changed and the address of its page (empty where it has none)."""
    record_type = find_record_type(change.record_type)
    if record_type is not None:
        return str(record_type.label), reverse(f"{record_type.name}.record", args=[change.record_id])
    subject = subjects().get(change.record_type)
    if subject is None:
        return change.record_type, ""
    return str(subject.label), reverse(subject.route, args=[change.record_id]) if subject.route else ""


def _label(type_name: str, name: str) -> str:
    """Return the label of a field: as declared, else as its model names it, else its name."""
    record_type = find_record_type(type_name)
    item = record_type.get(name) if record_type else None
    if item is not None and item.label:
        return str(item.label)
    subject = subjects().get(type_name)
    if subject is not None and name in subject.words:
        return str(subject.words[name])
    model = record_type.model if record_type else subject.model if subject else None
    try:
        found = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        found = None
    return str(getattr(found, "verbose_name", name))


def _titles(changes: list[Change]) -> dict[tuple[str, int], str]:
    """Return the titles of what was changed, also of records in the bin; one query a record type or subject."""
    titles: dict[tuple[str, int], str] = {}
    for name in {item.record_type for item in changes}:
        record_type, subject = find_record_type(name), subjects().get(name)
        ids = {item.record_id for item in changes if item.record_type == name}
        if subject is not None and subject.title is not None and subject.model is not None:
            found = subject.model._default_manager.filter(pk__in=ids)
            titles.update({(name, row.pk): subject.title(row) for row in found})
        if record_type is None:
            continue
        rows = record_type.model._default_manager.filter(pk__in=ids).values_list("pk", record_type.title)
        titles.update({(name, pk): str(title) for pk, title in rows if title not in (None, "")})
    return titles
