"""Related lists: the records of another type that point at a record, as far as the actor may see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from guanxi.core.actor import Actor
from guanxi.records import access
from guanxi.records.columns import Row, annotated, selection
from guanxi.records.declaration import RecordType, Related
from guanxi.records.fields import Field
from guanxi.records.paging import ordering_by, usual_sort
from guanxi.records.registry import find_record_type
from guanxi.records.statements import ActorCache, Slot, Statement

MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class RelatedRows:
    """The first rows of a related list. ``count`` is exact up to ``MOST_COUNTED``: ``counted_all`` says so."""

    record_type: RecordType
    columns: tuple[Field, ...]
    rows: tuple[Row, ...]
    count: int
    counted_all: bool = True


@dataclass(frozen=True, slots=True)
class _Plan:
    target: RecordType
    columns: tuple[Field, ...]
    first: Statement
    count: Statement
    build: Callable[[Sequence[Any]], Row]


_PLANS: ActorCache[_Plan | None] = ActorCache()


def read_related(relation: Related, record_id: int, actor: Actor, limit: int = 5) -> RelatedRows | None:
    """Return the first rows of one related list and how many there are, or None where the actor may not see its type.

    The caller has made sure that the actor may see the record itself. One query, a second one for long lists.
    """
    question = (relation.type_name, relation.through, relation.columns, relation.sort, limit)
    plan = _PLANS.get(actor, question, lambda: _plan(relation, actor, limit))
    if plan is None:
        return None
    found = plan.first.rows({"pk": record_id})
    rows = tuple(plan.build(row) for row in found[:limit])
    if len(found) <= limit:
        return RelatedRows(plan.target, plan.columns, rows, len(rows))
    number = int(plan.count.rows({"pk": record_id})[0][0])
    return RelatedRows(plan.target, plan.columns, rows, min(number, MOST_COUNTED), number <= MOST_COUNTED)


def _plan(relation: Related, actor: Actor, limit: int) -> _Plan | None:
    target = find_record_type(relation.type_name)
    through = target.get(relation.through) if target else None
    if target is None or through is None or not actor.may("view", target.name):
        return None
    if not actor.sees_field(target.name, relation.through):
        return None
    names = dict.fromkeys((target.title, *relation.columns))
    columns = tuple(target[name] for name in names if target.get(name) and actor.sees_field(target.name, name))
    order = [word for word in usual_sort(target, actor, relation.sort) if target.get(word.lstrip("-"))]
    sorts = [target[word.lstrip("-")] for word in order]
    rows = access.visible_to(actor, target).filter(**{through.column: Slot("pk")})
    shown = annotated(rows, target, (*columns, *sorts), actor)
    ordering = [ordering_by(item, word.startswith("-")) for word, item in zip(order, sorts, strict=True)]
    chosen = selection(columns)
    first = Statement.of(shown.order_by(*ordering, "-pk").values_list(*chosen.paths)[: limit + 1])
    inner = Statement.of(rows.order_by().values_list("pk")[: MOST_COUNTED + 1])
    count = replace(inner, sql=f"SELECT count(*) FROM ({inner.sql}) AS found") if inner.sql else inner
    return _Plan(target, columns, first, count, chosen.build)
