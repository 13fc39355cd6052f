"""Finding records by what people type: in one list, in a reference field, or in everything the actor may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from guanxi.core.actor import Actor
from guanxi.core.names import fold
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.registry import CUSTOM, find_record_type, record_types
from guanxi.records.shaping.words import PREFIX

GLOBAL_TYPES = ("customer", "order", "product", "task", "segment")
MAX_CANDIDATES = 200
MAX_TEXT = 200
FEW = 5
"""With fewer hits than this, those one mistake away are looked for, too."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found, with its title and a second line."""

    record_type: RecordType
    id: int
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class HitGroup:
    """What was found of one record type; ``more`` says that there are further hits."""

    record_type: RecordType
    hits: tuple[Hit, ...]
    more: bool


def is_searchable(record_type: RecordType) -> bool:
    """Say whether a list of this type has a search box."""
    return record_type.search is not None or any(item.searchable for item in record_type.fields)


def search_condition(record_type: RecordType, actor: Actor, text: str) -> Q:
    """Return the condition for records of a type that ``text`` may mean.

    The type's own search where it has one; otherwise every word has to stand in one of the searchable fields that the
    actor may see. Nothing matches where there is nothing to search.
    """
    text = text.strip()[:MAX_TEXT].replace("\x00", "")
    if record_type.search is not None:
        declared = (item for item in record_type.fields if item.searchable and not item.name.startswith(PREFIX))
        if any(not actor.sees_field(record_type.name, item.name) for item in declared):
            return Q(pk__in=())  # the type's own search would let a hidden field be felt for
        return record_type.search(actor, text)  # type: ignore[no-any-return]
    fields = [item for item in record_type.visible_fields(actor) if item.searchable]
    if not fields or not text:
        return Q(pk__in=())
    condition = Q()
    for word in text.split()[:8]:
        anywhere = Q()
        for item in fields:
            anywhere |= Q(**{f"{item.column}__icontains": word})
        condition &= anywhere
    return condition


def in_added_fields(record_type: RecordType, actor: Actor, text: str) -> Iterator[QuerySet[Any, Any]]:
    """Yield, for each searchable field that administrators added and the actor may see, the ids of what fits ``text``.

    For the own search of a type to unite with what it finds itself; each is served by an index.
    """
    text = text.strip()[:MAX_TEXT].replace("\x00", "")
    for item in record_type.visible_fields(actor):
        if item.searchable and item.name.startswith(PREFIX) and text:
            rows = record_type.model._default_manager.filter(**{f"{item.column}__icontains": text})
            yield rows.values("pk")


def find(record_type: RecordType, actor: Actor, text: str, limit: int = 10) -> list[Hit]:
    """Return the best hits of one type that the actor may see: equal titles first, then those that begin so.

    Looks at ``MAX_CANDIDATES`` records at most, so that a common name costs no more than a rare one. Without text the
    first records by title.
    """
    if not actor.sees_field(record_type.name, record_type.title):
        return []
    rows = access.visible_to(actor, record_type)
    text = text.strip()
    paths = ["pk", record_type.title, *_detail_paths(record_type, actor)]
    if not text:
        found = rows.order_by(_title_order(record_type), "pk").values_list(*paths)[:limit]
        return [_hit(record_type, row) for row in found]
    folded = fold(text)
    found = rows.filter(search_condition(record_type, actor, text)).values_list(*paths)[:MAX_CANDIDATES]
    ranked = sorted(found, key=lambda row: _rank(row, folded))[:limit]
    if len(ranked) < min(limit, FEW):
        known = {row[0] for row in ranked}
        nearly = (row for row in _similar(record_type, actor, rows, text).values_list(*paths)[:MAX_CANDIDATES])
        ranked += sorted((row for row in nearly if row[0] not in known), key=lambda row: _rank(row, folded))
    return [_hit(record_type, row) for row in ranked[:limit]]


def _similar(record_type: RecordType, actor: Actor, rows: QuerySet[Any, Any], text: str) -> QuerySet[Any, Any]:
    """Return those of ``rows`` that ``text`` may mean when it was typed with one mistake."""
    hidden = any(item.searchable and not actor.sees_field(record_type.name, item.name) for item in record_type.fields)
    condition = None if record_type.similar is None or hidden else record_type.similar(actor, text)
    return rows.none() if condition is None else rows.filter(condition)


def find_where(record_type: RecordType, actor: Actor, condition: Q, limit: int = 10) -> list[Hit]:
    """Return the first records by title that the actor may see and a condition means."""
    if not actor.sees_field(record_type.name, record_type.title):
        return []
    paths = ["pk", record_type.title, *_detail_paths(record_type, actor)]
    rows = access.visible_to(actor, record_type).filter(condition).order_by(_title_order(record_type), "pk")
    return [_hit(record_type, row) for row in rows.values_list(*paths)[:limit]]


def global_types() -> tuple[str, ...]:
    """Return the record types in which the search for everything looks: ours, then those that administrators made."""
    return (*GLOBAL_TYPES, *(item.name for item in record_types() if item.nav_group == CUSTOM))


def find_everywhere(actor: Actor, text: str, limit: int = 5, types: Sequence[str] | None = None) -> Iterator[HitGroup]:
    """Yield what was found, by record type; types that the actor may not see are not asked."""
    if not text.strip():
        return
    for name in global_types() if types is None else types:
        record_type = find_record_type(name)
        if record_type is None or not actor.may("view", name) or not actor.sees_field(name, record_type.title):
            continue
        hits = find(record_type, actor, text, limit + 1)
        if hits:
            yield HitGroup(record_type, tuple(hits[:limit]), len(hits) > limit)


def _title_order(record_type: RecordType) -> str:
    item = record_type.get(record_type.title)
    return (item.sort_by if item and item.sort_by else "") or record_type.title


def _detail_paths(record_type: RecordType, actor: Actor) -> list[str]:
    """Return the ORM paths of the second line: up to two plain fields of the subtitle."""
    paths: list[str] = []
    for name in record_type.subtitle:
        item = record_type.get(name)
        if item is None or not actor.sees_field(record_type.name, name) or item.expression is not None:
            continue
        target = find_record_type(item.reference) if item.kind == "reference" else None
        if target is not None and actor.may("view", target.name):
            paths.append(f"{item.path or item.name}__{target.title}")
        elif item.kind in ("text", "email", "phone"):
            paths.append(item.column)
    return paths[:2]


def _rank(row: Sequence[Any], folded: str) -> tuple[int, int, int]:
    title = fold(str(row[1] or ""))
    order = 0 if title == folded else 1 if title.startswith(folded) else 2
    return order, len(title), int(row[0])


def _hit(record_type: RecordType, row: Sequence[Any]) -> Hit:
    detail = " · ".join(str(part) for part in row[2:] if part not in (None, ""))
    return Hit(record_type, int(row[0]), str(row[1] or "")[:200] or f"#{row[0]}", detail)
