"""Lists: only the shown columns, paged by key, counted exactly up to a limit and estimated beyond it."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.filters import Context, Tree, compile_filter
from guanxi.records.registry import find_record_type
from guanxi.records.values import parse_value, to_json

COUNT_LIMIT = 10_000
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Query:
    """What a list asks for. ``sort`` holds field names, a leading ``-`` meaning descending; ``search`` is free text."""

    columns: tuple[str, ...]
    filter: Tree | None = None
    search: str = ""
    sort: tuple[str, ...] = ()
    after: str = ""
    limit: int = 50
    deleted: bool = False


@dataclass(slots=True)
class Page:
    """One page: rows as dicts by column name (references as ``{"id", "label"}``), and the cursor of the next page."""

    rows: list[dict[str, Any]]
    next: str = ""
    columns: tuple[Field, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Amount:
    """How many rows match: exact up to the limit, otherwise the planner's estimate."""

    number: int
    exact: bool


def matching(record_type: RecordType, query: Query, actor: Actor, on: date | None = None) -> QuerySet[Any, Any]:
    """Return the rows that a list, a bulk action or an export of ``query`` means, unordered; raises ``Invalid``."""
    rows = access.visible_to(actor, record_type, deleted=query.deleted)
    if query.filter:
        needed = _annotations(record_type, _named_fields(query.filter))
        rows = rows.annotate(**needed) if needed else rows
        rows = rows.filter(compile_filter(record_type, query.filter, Context.of(actor, on)))
    if query.search.strip() and record_type.search is not None:
        rows = rows.filter(record_type.search(actor, query.search.strip()[:200]))
    return rows


def read_page(record_type: RecordType, query: Query, actor: Actor, on: date | None = None) -> Page:
    """Return one page of ``query`` as ``actor`` may see it.

    Selects the shown columns only and continues after the cursor by key, so that the hundredth page costs what the
    first did. Rows without a value in the first sort field come last. Raises ``Invalid`` for unknown fields,
    fields that the actor may not see, or a cursor that isn't ours.
    """
    columns = shown_columns(record_type, query.columns, actor)
    order = _order(record_type, query.sort or record_type.sort, actor)
    rows = matching(record_type, query, actor, on)
    names = _annotations(record_type, {item.name for item in columns} | {item.name for item, _down in order})
    rows = rows.annotate(**names) if names else rows
    paths = _paths(columns, order)
    limit = max(1, min(query.limit, MAX_LIMIT))
    found = _fetch(rows, order, _cursor(order, query.after), limit + 1, list(paths))
    more = len(found) > limit
    found = found[:limit]
    next_cursor = _encode([to_json(value) for value in found[-1][: len(order) + 1]]) if more and found else ""
    start = len(order) + 1
    return Page([_row(columns, values, start) for values in found], next_cursor, columns)


def shown_columns(record_type: RecordType, names: Sequence[str], actor: Actor) -> tuple[Field, ...]:
    """Return the fields for column names; raises ``Invalid`` for a name that is unknown or hidden from the actor."""
    fields = []
    for name in names:
        item = record_type.get(name)
        if item is None or not actor.sees_field(record_type.name, name):
            raise Invalid({"columns": [_("There is no column “%(name)s”.") % {"name": name[:60]}]})
        fields.append(item)
    return tuple(fields)


def count(record_type: RecordType, query: Query, actor: Actor, on: date | None = None) -> Amount:
    """Return how many rows match, counting at most ``COUNT_LIMIT`` of them; beyond it the planner estimates."""
    rows = matching(record_type, query, actor, on).order_by()
    number = rows.values("pk")[: COUNT_LIMIT + 1].count()
    if number <= COUNT_LIMIT:
        return Amount(number, exact=True)
    return Amount(max(_estimate(rows), COUNT_LIMIT), exact=False)


def exact_count(record_type: RecordType, query: Query, actor: Actor) -> int:
    """Return the exact number of rows, however many: asked for by a person, never to draw a page."""
    return matching(record_type, query, actor).order_by().count()


def _estimate(rows: QuerySet[Any, Any]) -> int:
    sql, params = rows.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()
    data = plan[0] if not isinstance(plan[0], str) else json.loads(plan[0])
    return int(data[0]["Plan"]["Plan Rows"])


Order = list[tuple[Field, bool]]


def _order(record_type: RecordType, sort: Sequence[str], actor: Actor) -> Order:
    order: Order = []
    for word in sort[:3]:
        name = word.lstrip("-")
        item = _ID if name == "id" else record_type.get(name)
        if item is None or not item.sortable or not actor.sees_field(record_type.name, name):
            raise Invalid({"sort": [_("This list can't be sorted by “%(name)s”.") % {"name": name[:60]}]})
        order.append((item, word.startswith("-")))
    return order


_ID = Field("id", kind="integer", path="pk")


def _named_fields(tree: Any) -> set[str]:
    if not isinstance(tree, dict):
        return set()
    names = {tree["field"]} if isinstance(tree.get("field"), str) else set()
    for part in (*tree.get("all", ()), *tree.get("any", ()), tree.get("not")):
        names |= _named_fields(part)
    return names


def _annotations(record_type: RecordType, names: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in names:
        item = record_type.get(name)
        if item is not None and item.expression is not None:
            found[item.column] = item.expression()
    return found


def _sort_path(item: Field) -> str:
    if item.sort_by:
        return item.sort_by
    target = find_record_type(item.reference) if item.kind == "reference" and item.reference else None
    return f"{item.path or item.name}__{target.title}" if target is not None else item.column


def _paths(columns: Sequence[Field], order: Order) -> list[str]:
    """Return the ORM paths of a row: sort values, id, then each column (a reference and a money field take two)."""
    paths = [_sort_path(item) for item, _down in order] + ["pk"]
    for item in columns:
        paths.extend(column_paths(item))
    return paths


def column_paths(item: Field) -> list[str]:
    """Return the ORM paths that one column needs."""
    if item.kind == "reference" and item.reference:
        target = find_record_type(item.reference)
        base = item.path or item.name
        return [item.column, f"{base}__{target.title}"] if target is not None else [item.column]
    if item.kind == "money" and item.currency:
        return [item.column, item.currency]
    return [item.column]


def _row(columns: Sequence[Field], values: Sequence[Any], start: int) -> dict[str, Any]:
    row: dict[str, Any] = {"id": values[start - 1]}
    at = start
    for item in columns:
        width = len(column_paths(item))
        row[item.name] = column_value(item, values[at : at + width])
        at += width
    return row


def column_value(item: Field, values: Sequence[Any]) -> Any:
    """Return the value of one column from the values of its paths."""
    if len(values) == 1 or values[0] is None:
        return values[0]
    if item.kind == "reference":
        return {"id": values[0], "label": values[1]}
    return {"amount": values[0], "currency": values[1]}


def _fetch(rows: QuerySet[Any, Any], order: Order, cursor: list[Any] | None, size: int, paths: list[str]) -> list[Any]:
    """Read rows after the cursor: first those with a value in the first sort field, then those without."""
    descending = order[0][1] if order else True
    tail = F("pk").desc() if descending else F("pk").asc()
    ordering: list[OrderBy] = []
    for item, down in order:
        path = F(_sort_path(item))
        ordering.append(path.desc(nulls_last=True) if down else path.asc(nulls_last=True))
    if not order or order[0][0].name == "id":
        if cursor is not None:
            rows = rows.filter(pk__lt=cursor[-1]) if descending else rows.filter(pk__gt=cursor[-1])
        return list(rows.order_by(tail).values_list(*paths)[:size])
    first = _sort_path(order[0][0])
    found: list[Any] = []
    if cursor is None or cursor[0] is not None:
        part = rows.filter(**{f"{first}__isnull": False}) if _nullable(rows, first) else rows
        if cursor is not None:
            part = part.filter(_after(order, cursor, descending))
        head = F(first).desc() if descending else F(first).asc()
        found = list(part.order_by(head, *ordering[1:], tail).values_list(*paths)[:size])
    if len(found) < size and _nullable(rows, first):
        part = rows.filter(**{f"{first}__isnull": True})
        if cursor is not None and cursor[0] is None:
            part = part.filter(_after(order[1:], cursor[1:], descending))
        found += list(part.order_by(*ordering[1:], tail).values_list(*paths)[: size - len(found)])
    return found


def _nullable(rows: QuerySet[Any, Any], path: str) -> bool:
    """Say whether a sort path can be null; anything reached through a relation or computed can."""
    if "__" in path or path in rows.query.annotations:
        return True
    return bool(getattr(rows.model._meta.get_field(path), "null", True))


def _after(order: Order, cursor: list[Any], descending: bool) -> Q:
    """Return the condition “comes after the cursor” in the order given, ties broken by id."""
    tie = Q(pk__lt=cursor[-1]) if descending else Q(pk__gt=cursor[-1])
    condition = tie
    for (item, down), value in reversed(list(zip(order, cursor[:-1], strict=True))):
        path = _sort_path(item)
        if value is None:
            condition = Q(**{f"{path}__isnull": True}) & condition
            continue
        beyond = Q(**{f"{path}__{'lt' if down else 'gt'}": value})
        same = Q(**{path: value}) & condition
        bound = Q(**{f"{path}__{'lte' if down else 'gte'}": value})
        is_first = item is order[0][0]
        condition = bound & (beyond | same) if is_first else beyond | same | Q(**{f"{path}__isnull": True})
    return condition


def _encode(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def _cursor(order: Order, text: str) -> list[Any] | None:
    """Return the typed values of a cursor; raises ``Invalid`` for one that doesn't fit this order."""
    if not text:
        return None
    try:
        raw = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(raw, list) or len(raw) != len(order) + 1 or not isinstance(raw[-1], int):
            raise ValueError
        return [_typed(item, value) for (item, _down), value in zip(order, raw, strict=False)] + [raw[-1]]
    except (ValueError, TypeError, AttributeError) as error:
        raise Invalid({"after": [_("This page link is no longer valid. Start again at the first page.")]}) from error


def _typed(item: Field, value: Any) -> Any:
    if value is None or item.kind in ("reference", "choice", "text", "long_text", "email", "phone", "url"):
        return value if value is None or isinstance(value, str) else str(value)
    if item.kind in ("money", "decimal", "percent"):
        return Decimal(str(value))
    if item.kind == "datetime":
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    return value if item.kind in ("choices", "tags", "json") else parse_value(item, value)
