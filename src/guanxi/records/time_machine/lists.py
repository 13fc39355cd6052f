"""Lists, counts and groups as of an instant: the same questions as for the present, asked of the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, QuerySet, Sum, Value

from guanxi.core.actor import Actor
from guanxi.records.columns import Row, annotated, selection, sort_path
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.grouping import GROUPABLE, MAX_GROUPS, SUMMABLE, grouped_field
from guanxi.records.listing import COUNT_LIMIT, MAX_LIMIT, Amount, Page, Query, matching, shown_columns
from guanxi.records.paging import Order, decode_cursor, encode_cursor, order_of, parts_of, usual_sort
from guanxi.records.registry import type_of
from guanxi.records.statements import Statement
from guanxi.records.summing import Figure, figures_in, sum_expressions
from guanxi.records.time_machine.answerable import require_kept, split_kept
from guanxi.records.time_machine.moments import day_of
from guanxi.records.time_machine.past import Past, looking_back


def read_page_as_of(record_type: RecordType, query: Query, actor: Actor, at: datetime) -> Page:
    """Return one page of a list as it stood at ``at``, as ``listing.read_page`` does for the present.

    Filters, search, sort, shown values and titles of references are those of that time; who may see what is decided by
    today's rights. Raises ``Invalid`` also for fields whose past isn't kept, ``TooMuchChanged`` where it takes long.
    """
    columns = shown_columns(record_type, query.columns, actor)
    order = order_of(record_type, query.sort or past_sort(record_type, actor), actor)
    sorts = [item.name for item, _down in order if record_type.get(item.name)]
    require_kept(record_type, actor, (*query.columns, *sorts), query.filter)
    limit = max(1, min(query.limit, MAX_LIMIT))
    cursor = decode_cursor(order, query.after)
    values = {} if cursor is None else {"pk": cursor[-1], **{f"c{n}": value for n, value in enumerate(cursor)}}
    with looking_back(at, actor) as past:
        rows = _matching(record_type, query, past)
        found = _page(past, rows, columns, order, values, limit, None if cursor is None else cursor[:-1])
    chosen = selection(columns, [sort_path(item) for item, _down in order])
    more, found = len(found) > limit, found[:limit]
    after = encode_cursor([found[-1][n] for n in chosen.key]) if more else ""
    return Page([chosen.build(row) for row in found], after, columns)


def _page(
    past: Past, rows: QuerySet[Any, Any], columns: Sequence[Field], order: Order, values: dict[str, Any], limit: int,
    cursor: Sequence[Any] | None,
) -> list[tuple[Any, ...]]:  # fmt: skip
    sorts = [item for item, _down in order]
    rows = labelled(rows, (*columns, *sorts), past.reader)
    paths = selection(columns, [sort_path(item) for item in sorts]).paths
    nulls = None if cursor is None else tuple(value is None for value in cursor)
    found: list[tuple[Any, ...]] = []
    for part in parts_of(rows, order, nulls):
        if len(found) <= limit:
            found += past.rows(Statement.of(part.values_list(*paths)[: limit + 1]), values)
    return found


def labelled(rows: QuerySet[Any, Any], items: Sequence[Field], reader: Actor) -> QuerySet[Any, Any]:
    """Return rows with what must be computed to show some fields: the titles of references."""
    return annotated(rows, type_of(rows.model), items, reader)


def past_sort(record_type: RecordType, actor: Actor, sort: Sequence[str] = ()) -> tuple[str, ...]:
    """Return a declared order as far as the past can answer it; by title where nothing of it can be."""
    words = usual_sort(record_type, actor, sort)
    names = [word.removeprefix("-") for word in words]
    kept = split_kept(record_type, names, actor)[0]
    left = tuple(word for word, name in zip(words, names, strict=True) if name in kept)
    title = record_type.get(record_type.title)
    by_title = (record_type.title,) if title is not None and title.sortable else ("-id",)
    return left or (by_title if split_kept(record_type, by_title, actor)[0] else ("-id",))


def _matching(record_type: RecordType, query: Query, past: Past) -> QuerySet[Any, Any]:
    on = day_of(past.at, past.actor.time_zone)
    return matching(record_type, query, past.reader, on)


def count_as_of(record_type: RecordType, query: Query, actor: Actor, at: datetime) -> Amount:
    """Return how many rows matched at ``at``: exact up to the limit of counting, estimated beyond it."""
    require_kept(record_type, actor, (), query.filter)
    with looking_back(at, actor) as past:
        rows = _matching(record_type, query, past).order_by()
        some = Statement.of(rows.values_list("pk")[: COUNT_LIMIT + 1])
        if not some.sql:
            return Amount(0, exact=True)
        ((number,),) = past.rows(replace(some, sql=f"SELECT count(*) FROM ({some.sql}) AS found"), {})
        if number <= COUNT_LIMIT:
            return Amount(int(number), exact=True)
        return Amount(max(past.estimate(Statement.of(rows.values_list("pk"))), COUNT_LIMIT), exact=False)


def figures_as_of(
    record_type: RecordType, query: Query, actor: Actor, at: datetime, items: Sequence[Field]
) -> dict[str, Figure]:
    """Return the sum and average of some columns over all rows that ``query`` meant at ``at``."""
    require_kept(record_type, actor, [item.name for item in items], query.filter)
    expressions = dict(sum_expressions(items))
    if not expressions:
        return {}
    with looking_back(at, actor) as past:
        rows = _matching(record_type, query, past).order_by().annotate(all_=Value(1)).values("all_")
        found = past.rows(Statement.of(rows.annotate(**expressions).values_list(*expressions)), {})
    row = dict(zip(expressions, found[0], strict=True)) if found else None
    return figures_in(row, items) if row is not None else {item.name: Figure(None, 0) for item in items}


def groups_as_of(
    record_type: RecordType, query: Query, by: str, actor: Actor, sums: tuple[str, ...], at: datetime
) -> list[dict[str, Any]]:
    """Return counts and sums by the values of one field as of ``at``, as ``grouping.read_groups`` does for now."""
    group = grouped_field(record_type, by, actor, GROUPABLE)
    measures = {name: grouped_field(record_type, name, actor, SUMMABLE).column for name in sums}
    require_kept(record_type, actor, (by, *sums), query.filter)
    with looking_back(at, actor) as past:
        rows = _matching(record_type, query, past).order_by().values(group.column)
        rows = rows.annotate(count_=Count("pk"), **{f"sum_{name}": Sum(path) for name, path in measures.items()})
        names = (group.column, "count_", *(f"sum_{name}" for name in measures))
        found = past.rows(Statement.of(rows.order_by(F("count_").desc()).values_list(*names)[:MAX_GROUPS]), {})
    return [
        {"value": row[0], "count": row[1], **{name: row[2 + n] for n, name in enumerate(measures)}} for row in found
    ]


def rows_by_id_as_of(
    record_type: RecordType, ids: Sequence[int], query: Query, actor: Actor, at: datetime
) -> dict[int, Row]:
    """Return the columns of ``query`` for those of some records that it meant at ``at``, by id."""
    columns = shown_columns(record_type, query.columns, actor)
    require_kept(record_type, actor, query.columns, query.filter)
    with looking_back(at, actor) as past:
        rows = _matching(record_type, query, past).filter(pk__in=list(ids)).order_by("pk")
        chosen = selection(columns)
        found = past.rows(Statement.of(labelled(rows, columns, past.reader).values_list(*chosen.paths)), {})
    return {int(row["id"]): row for row in (chosen.build(values) for values in found)}


def ids_as_of(record_type: RecordType, query: Query, actor: Actor, at: datetime, most: int) -> set[int]:
    """Return the ids of all records that ``query`` meant at ``at``, but no more than ``most`` of them."""
    require_kept(record_type, actor, (), query.filter)
    with looking_back(at, actor) as past:
        rows = _matching(record_type, query, past).order_by().values_list("pk")
        return {int(row[0]) for row in past.rows(Statement.of(rows[:most]), {})}
