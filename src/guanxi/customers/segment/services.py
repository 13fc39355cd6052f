"""Making and changing segments, and keeping their members.

A dynamic segment holds the customers that its rule means among all those whom its **owner** may see, whoever opens
it: it is counted with the owner's rights, and again when it gets another owner. What a reader sees of the members is
cut down to the reader's own rights wherever customers are listed, counted anew or exported.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from guanxi.core.actor import Actor, Scope
from guanxi.core.errors import DomainError, Invalid, NotAllowed
from guanxi.customers.segment.models import Segment
from guanxi.customers.segment.queries import conditions_in, count_members, members_of_rule, problems
from guanxi.customers.segment.rules import Tree, root_of, tree_of
from guanxi.identity.actors import actor_of
from guanxi.records import access
from guanxi.records.registry import record_type
from guanxi.records.writing import change_record, create_record

AT_ONCE = 20_000
# Sets are compared as sets (EXCEPT, a hashed NOT IN), not joined: a join planned for the members of yesterday compares
# every pair when a table that was empty then has fifty thousand rows now.
_ROOM = "SET LOCAL work_mem = '128MB'"
_REFRESH = """
WITH now_in(id) AS MATERIALIZED ({members}),
  gone AS (UPDATE customers_segmentmember SET left_at = %s
            WHERE segment_id = %s AND left_at IS NULL AND customer_id NOT IN (SELECT id FROM now_in) RETURNING 1),
  come AS (INSERT INTO customers_segmentmember (segment_id, customer_id, entered_at)
           SELECT %s, entering.id, %s FROM (
             SELECT id FROM now_in
             EXCEPT SELECT customer_id FROM customers_segmentmember WHERE segment_id = %s AND left_at IS NULL
           ) AS entering RETURNING 1)
SELECT (SELECT count(*) FROM now_in), (SELECT count(*) FROM come), (SELECT count(*) FROM gone)
"""
_SIZE = """
INSERT INTO customers_segmentsize (segment_id, at, size, entered, "left") VALUES (%s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a count found: members now, and how many entered and left since the one before."""

    size: int
    entered: int
    left: int


def create_segment(*, actor: Actor, rule: Tree | None = None, **values: Any) -> Segment:
    """Create a dynamic segment with ``rule`` (a filter tree), or a static one without.

    ``values`` are the other fields (name, description, owner, team). The members are counted by ``refresh_segment``.
    Raises ``Invalid`` by the place of the condition (``rule.0.1``) for a rule that can't be saved, ``NotAllowed``.
    """
    if rule is None:
        values |= {"kind": Segment.Kind.STATIC}
    else:
        values |= {"kind": Segment.Kind.DYNAMIC, "definition": checked_rule(rule, actor)}
    created: Segment = create_record(record_type("segment"), actor=actor, values=values)
    return created


def change_rule(segment: Segment, *, actor: Actor, rule: Tree, version: int | None = None, **values: Any) -> Segment:
    """Give a segment another rule (and other ``values``); its members are counted by ``refresh_segment``.

    The rule runs with the owner's rights, so somebody else may only write it who sees every customer: otherwise its
    size would tell of customers hidden from the writer. Raises ``Invalid``, ``Conflict``, ``NotFound``, ``NotAllowed``.
    """
    access.require(actor, "edit", segment)
    if segment.owner_id != actor.user_id and actor.scope("view", "customer") is not Scope.ALL:
        raise NotAllowed(_("This rule counts the customers that its owner sees. Save it as a segment of your own."))
    definition = checked_rule(rule, actor, segment.pk)
    values |= {"kind": Segment.Kind.DYNAMIC, "definition": definition}
    changed: Segment = change_record(segment, actor=actor, version=version, **values)
    return changed


def checked_rule(rule: Tree, actor: Actor, segment_id: int | None = None) -> Tree:
    """Return a rule as it is stored; raises ``Invalid`` with the place of each condition that is wrong."""
    try:
        root = root_of(rule)
    except ValueError as error:
        raise Invalid({"rule": [_("This filter has a part that isn't known.")]}) from error
    found = problems(root, actor, segment_id)
    if found:
        raise Invalid({f"rule.{at}" if at else "rule": [sentence] for at, sentence in found.items()})
    return tree_of(root)


def refresh_segment(segment_id: int) -> Refreshed | None:
    """Bring the members of a dynamic segment in line with its rule in one statement, and write down its size.

    Whoever no longer fits leaves now, whoever newly fits enters now; staying members are not touched. Counted with the
    rights of the segment's owner. None for static, deleted and ruleless segments. Raises ``Invalid`` when the rule no
    longer holds for its owner, ``DomainError`` when the owner is gone; the members then stay as they are.
    """
    with transaction.atomic():
        segment = Segment._default_manager.select_for_update().filter(pk=segment_id, deleted_at=None).first()
        if segment is None or segment.kind != Segment.Kind.DYNAMIC or not segment.definition:
            return None
        sql, params = _ids(members_of_rule(segment.definition, owner_of(segment)))
        now = datetime.now(UTC)
        with connection.cursor() as cursor:
            cursor.execute(_ROOM)
            cursor.execute(_REFRESH.format(members=sql), [*params, now, segment.pk, segment.pk, now, segment.pk])
            size, entered, left = cursor.fetchone()
        _write_size(segment, now, size, entered, left)
    return Refreshed(size, entered, left)


def _ids(rows: QuerySet[Any, Any]) -> tuple[str, list[Any]]:
    """Return the SQL that selects the ids of ``rows``, and its parameters."""
    try:
        sql, params = rows.order_by().values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint WHERE false", []
    return sql, list(params)


def owner_of(segment: Segment) -> Actor:
    """Return the actor with whose rights a segment is counted; raises ``DomainError`` where there is none."""
    owner = actor_of(segment.owner_id) if segment.owner_id is not None else None
    if owner is None:
        raise DomainError(_("This segment has no active owner. Give it one to count its members."))
    return owner


def _write_size(segment: Segment, now: datetime, size: int, entered: int, left: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SIZE, [segment.pk, now, size, entered, left])
    Segment._default_manager.filter(pk=segment.pk).update(size=size, refreshed_at=now)


def add_members(segment: Segment, customers: QuerySet[Any, Any], *, actor: Actor) -> Refreshed:
    """Put customers into a static segment; those already in it stay as they are.

    ``customers`` is a query of customers that the actor may see. Raises ``NotAllowed``, ``NotFound``, ``Invalid`` for a
    segment that has a rule.
    """
    _require_static(segment, actor)
    sql, params = _ids(customers)
    return _change_members(
        segment,
        f"WITH chosen(id) AS ({sql}), moved AS ("
        "INSERT INTO customers_segmentmember (segment_id, customer_id, entered_at)"
        " SELECT %s, chosen.id, %s FROM chosen ON CONFLICT (segment_id, customer_id) WHERE left_at IS NULL DO NOTHING"
        " RETURNING 1) SELECT count(*), 0 FROM moved",
        params,
    )


def remove_members(segment: Segment, customers: QuerySet[Any, Any], *, actor: Actor) -> Refreshed:
    """Take customers out of a static segment; raises as ``add_members`` does."""
    _require_static(segment, actor)
    sql, params = _ids(customers)
    return _change_members(
        segment,
        f"WITH chosen(id) AS ({sql}), moved AS (UPDATE customers_segmentmember m SET left_at = now_at FROM"
        " (SELECT %s::bigint AS segment, %s::timestamptz AS now_at) k WHERE m.segment_id = k.segment AND"
        " m.left_at IS NULL AND m.customer_id IN (SELECT id FROM chosen) RETURNING 1) SELECT 0, count(*) FROM moved",
        params,
    )


def _require_static(segment: Segment, actor: Actor) -> None:
    access.require(actor, "edit", segment)
    if segment.kind != Segment.Kind.STATIC:
        raise Invalid({"segment": [_("This segment has a rule. Change its rule, or choose a fixed list.")]})


def _change_members(segment: Segment, sql: str, params: list[Any]) -> Refreshed:
    """Run a statement that moves members (its last two parameters are segment and time) and write down the size."""
    with transaction.atomic():
        Segment._default_manager.select_for_update().get(pk=segment.pk)
        now = datetime.now(UTC)
        with connection.cursor() as cursor:
            cursor.execute(sql, [*params, segment.pk, now])
            entered, left = cursor.fetchone()
            cursor.execute(
                "SELECT count(*) FROM customers_segmentmember WHERE segment_id = %s AND left_at IS NULL", [segment.pk]
            )
            (size,) = cursor.fetchone()
        if entered or left:
            _write_size(segment, now, size, entered, left)
    return Refreshed(size, entered, left)


def refresh_soon(segment_id: int) -> bool:
    """Count a segment now where that is quick, else in the background; says whether it was counted now.

    A rule that can't be counted keeps its members; its page says why.
    """
    segment = Segment._default_manager.filter(pk=segment_id, deleted_at=None, kind=Segment.Kind.DYNAMIC).first()
    if segment is None or not segment.definition:
        return False
    try:
        if count_members(segment.definition, owner_of(segment)).number <= AT_ONCE:
            return refresh_segment(segment_id) is not None
    except DomainError:
        return False
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        task = app.configure_task("segment:refresh", queueing_lock=f"segment {segment_id}", allow_unknown=True)
        task.defer(segment_id=segment_id)
    return False


def in_order(segments: Iterable[Segment]) -> list[Segment]:
    """Return segments so that those to which others refer come before them; circles stay in the given order."""
    known = {segment.pk: segment for segment in segments}
    needs = {pk: {each for each in referred(segment.definition) if each in known} for pk, segment in known.items()}
    try:
        return [known[pk] for pk in TopologicalSorter(needs).static_order()]
    except CycleError:
        return list(known.values())


def referred(rule: Tree) -> set[int]:
    """Return the ids of the segments that a stored rule refers to."""
    try:
        named = [node for _at, node in conditions_in(root_of(rule)) if node.field == "segment"]
    except ValueError:
        return set()
    return {int(value) for node in named for value in node.values if value.isdecimal()}
