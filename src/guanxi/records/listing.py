"""Lists: only the shown columns, paged by key, counted exactly up to a limit and estimated beyond it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.dates import today
from guanxi.core.errors import Invalid, NotFound
from guanxi.records import access
from guanxi.records.columns import Row as Row
from guanxi.records.columns import annotated, selection, sort_path
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.filters import Context, Tree, compile_filter, computed_for
from guanxi.records.group_keys import grouping_of, within_group
from guanxi.records.paging import Order, decode_cursor, encode_cursor, order_of, parts_of, usual_sort
from guanxi.records.search import search_condition
from guanxi.records.statements import ActorCache, Slot, Statement

COUNT_LIMIT = 10_000
MAX_LIMIT = 200
FEW = 1_000
LARGE = 100_000
"""From so many rows of a table on, reading the index of an order to its end is felt."""
_CHEAP = 20_000
"""What finding a few rows may cost by the planner's units: an index serves the filter, no million rows are read."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a list asks for. ``sort`` holds field names, a leading ``-`` meaning descending; ``search`` is free text.

    ``within`` limits it to one group: a grouping as ``group_keys`` reads it, and the key of the group.
    ``versions`` gives each row its ``version`` too, as what moves records needs it.
    """

    columns: tuple[str, ...]
    filter: Tree | None = None
    search: str = ""
    sort: tuple[str, ...] = ()
    after: str = ""
    limit: int = 50
    deleted: bool = False
    within: tuple[str, str] | None = None
    versions: bool = False


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


@dataclass(frozen=True, slots=True)
class _Plan:
    """A list worked out for one actor: its statements in order, and how their rows are shown."""

    statements: tuple[Statement, ...]
    build: Callable[[Sequence[Any]], Row]
    key: tuple[int, ...]


_PLANS: ActorCache[_Plan] = ActorCache()
_PROBES: ActorCache[Statement | None] = ActorCache()
_RECORDS: ActorCache[tuple[Statement, Callable[[Sequence[Any]], Row]]] = ActorCache()


def matching(record_type: RecordType, query: Query, actor: Actor, on: date | None = None) -> QuerySet[Any, Any]:
    """Return the rows that a list, a bulk action or an export of ``query`` means, unordered; raises ``Invalid``."""
    rows = access.visible_to(actor, record_type, deleted=query.deleted)
    if query.filter:
        rows = computed_for(rows, record_type, query.filter, actor)
        rows = rows.filter(compile_filter(record_type, query.filter, Context.of(actor, on)))
    if query.search.strip():
        rows = rows.filter(search_condition(record_type, actor, query.search))
    if query.within:
        rows = within_group(record_type, rows, grouping_of(record_type, query.within[0], actor), query.within[1], actor)
    return rows


def read_page(record_type: RecordType, query: Query, actor: Actor, on: date | None = None) -> Page:
    """Return one page of ``query`` as ``actor`` may see it.

    Selects the shown columns only and continues after the cursor by key, so that the hundredth page costs what the
    first did. Rows without a value in the first sort field come last. Raises ``Invalid`` for unknown fields,
    fields that the actor may not see, or a cursor that isn't ours.
    """
    columns = shown_columns(record_type, query.columns, actor)
    order = order_of(record_type, query.sort or usual_sort(record_type, actor), actor)
    limit = max(1, min(query.limit, MAX_LIMIT))
    cursor = decode_cursor(order, query.after)
    nulls = None if cursor is None else tuple(value is None for value in cursor[:-1])
    day = on or today(actor.time_zone)
    few = _are_few(record_type, query, actor, day)
    question = (record_type.name, repr(replace(query, after="")), limit, nulls, day, few)

    def make() -> _Plan:
        rows = matching(record_type, query, actor, day)
        if few:
            found = rows.order_by().values("pk")[:FEW]  # with its limit a question of its own to the planner
            rows = access.visible_to(actor, record_type, deleted=query.deleted).filter(pk__in=found)
        return _plan(record_type, query, actor, rows, columns, order, nulls, limit)

    plan = _PLANS.get(actor, question, make)
    values = {} if cursor is None else {"pk": cursor[-1], **{f"c{at}": value for at, value in enumerate(cursor)}}
    found: list[tuple[Any, ...]] = []
    for statement in plan.statements:
        if len(found) <= limit:
            found += statement.rows(values)
    more, found = len(found) > limit, found[:limit]
    next_cursor = encode_cursor([found[-1][at] for at in plan.key]) if more else ""
    return Page([plan.build(row) for row in found], next_cursor, columns)


def _plan(
    record_type: RecordType, query: Query, actor: Actor, rows: QuerySet[Any, Any], columns: Sequence[Field],
    order: Order, nulls: Sequence[bool] | None, limit: int,
) -> _Plan:  # fmt: skip
    sorts = [item for item, _down in order]
    rows = annotated(rows, record_type, (*columns, *sorts), actor)
    chosen = selection(columns, [sort_path(item) for item in sorts], with_version=query.versions)
    parts = parts_of(rows, order, nulls)
    return _Plan(
        tuple(Statement.of(part.values_list(*chosen.paths)[: limit + 1]) for part in parts), chosen.build, chosen.key
    )


def _are_few(record_type: RecordType, query: Query, actor: Actor, day: date) -> bool:
    """Say whether at most ``FEW`` rows of a large table match, where an index finds them.

    The planner takes what matches to be spread evenly over the index of the order and reads along it until a page is
    full; where the rows lie at its end, or are fewer than the statistics say, it would read the whole index. Whether
    it is worth asking is worked out once a day for each question, the number itself every time.
    """
    if not (query.filter or query.search.strip() or query.within):
        return False

    def make() -> Statement | None:
        if _known_rows(record_type.model._meta.db_table) < LARGE:
            return None
        rows = matching(record_type, query, actor, day).order_by().values_list("pk")
        statement = Statement.of(rows[: FEW + 1])
        return statement if statement.sql and _planned(rows)["Total Cost"] <= _CHEAP else None

    probe = _PROBES.get(actor, (record_type.name, repr(replace(query, after="", columns=())), day), make)
    return probe is not None and len(probe.rows({})) <= FEW


def _known_rows(table: str) -> int:
    """Return how many rows of a table the server's statistics know of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def read_record(record_type: RecordType, record_id: int, names: Sequence[str], actor: Actor) -> Row:
    """Return id, version and the named fields of one living record that the actor may see, in one query.

    Raises ``NotFound`` when there is no such record for this actor, ``Invalid`` for fields unknown or hidden.
    """

    def make() -> tuple[Statement, Callable[[Sequence[Any]], Row]]:
        columns = shown_columns(record_type, names, actor)
        living = access.visible_to(actor, record_type).filter(pk=Slot("pk"))
        chosen = selection(columns, with_version=True)
        return Statement.of(annotated(living, record_type, columns, actor).values_list(*chosen.paths)), chosen.build

    statement, build = _RECORDS.get(actor, (record_type.name, tuple(names)), make)
    found = statement.rows({"pk": record_id})
    if not found:
        raise NotFound
    return build(found[0])


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
    return int(_planned(rows.values("pk"))["Plan Rows"])


def _planned(rows: QuerySet[Any, Any]) -> Mapping[str, Any]:
    """Return how the server would find ``rows``: with ``Plan Rows`` and ``Total Cost``."""
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()
    data = plan[0] if not isinstance(plan[0], str) else json.loads(plan[0])
    return dict(data[0]["Plan"])
