"""Counts and sums of matching rows by the values of one field: the query behind reports and board headers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.listing import Query, matching

GROUPABLE = frozenset({"choice", "reference", "boolean"})
SUMMABLE = frozenset({"money", "decimal", "integer"})
MAX_GROUPS = 500


def read_groups(
    record_type: RecordType, query: Query, by: str, actor: Actor, sums: tuple[str, ...] = (), on: date | None = None
) -> list[dict[str, Any]]:
    """Return one row for each value of the field ``by`` among the rows that ``query`` means and the actor may see.

    A row is ``{"value", "count"}`` with the sum of each field in ``sums`` under its name; largest group first, at most
    ``MAX_GROUPS``. Sums of money add amounts of one field as they stand: group by currency first where several occur.
    Raises ``Invalid`` for fields that are unknown, hidden from the actor, or of a kind that can't be grouped or summed.
    """
    group = grouped_field(record_type, by, actor, GROUPABLE)
    measures = {name: grouped_field(record_type, name, actor, SUMMABLE).column for name in sums}
    rows = matching(record_type, query, actor, on).order_by().values(group.column)
    rows = rows.annotate(count_=Count("pk"), **{f"sum_{name}": Sum(path) for name, path in measures.items()})
    return [
        {"value": row[group.column], "count": row["count_"], **{name: row[f"sum_{name}"] for name in measures}}
        for row in rows.order_by("-count_")[:MAX_GROUPS]
    ]


def grouped_field(record_type: RecordType, name: str, actor: Actor, kinds: frozenset[str]) -> Field:
    """Return the field to group by or to add up; raises ``Invalid`` where the actor or its kind don't allow that."""
    item = record_type.get(name)
    if item is None or not item.filterable or not actor.sees_field(record_type.name, name):
        raise Invalid({"by": [_("There is no field “%(name)s” to group by.") % {"name": name[:60]}]})
    if item.kind not in kinds or item.expression is not None:
        raise Invalid({"by": [_("The field “%(name)s” can't be grouped or summed.") % {"name": name[:60]}]})
    return item
