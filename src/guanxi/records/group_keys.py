"""What lists are grouped by: a field, dates by a unit of time; and which rows belong to one group.

A grouping is written ``status`` or ``due_at:month``. The key of a group is its stored value as text, the first day of a
period, nothing for rows without a value, and ``?`` for references to records that the actor may not see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.dates import add_months, start_of_day
from guanxi.core.errors import Invalid
from guanxi.records.columns import annotated, has_label, label_name
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.values import parse_value

UNITS = ("day", "week", "month", "quarter", "year")
DATES = frozenset({"date", "datetime"})
GROUPABLE = frozenset({"choice", "reference", "boolean", "text"}) | DATES
EMPTY, HIDDEN = "", "?"


@dataclass(frozen=True, slots=True)
class Grouping:
    """What a list is grouped by; ``unit`` is empty for all but dates."""

    field: Field
    unit: str = ""

    def __str__(self) -> str:
        """Return the grouping as it stands in an address."""
        return f"{self.field.name}:{self.unit}" if self.unit else self.field.name


def groupable_fields(record_type: RecordType, actor: Actor) -> Iterator[Field]:
    """Yield the fields by which the actor may group lists of this type."""
    for item in record_type.visible_fields(actor):
        if item.kind in GROUPABLE and item.filterable and item.name != record_type.title:
            yield item


def grouping_of(record_type: RecordType, text: str, actor: Actor) -> Grouping:
    """Return the grouping that ``text`` means; raises ``Invalid`` for a field or unit that can't be grouped by."""
    name, _sep, unit = text.partition(":")
    item = record_type.get(name)
    if item is None or item not in groupable_fields(record_type, actor):
        raise Invalid({"group": [_("There is no field “%(name)s” to group by.") % {"name": name[:60]}]})
    if item.kind in DATES:
        unit = unit or "month"
    if unit and (item.kind not in DATES or unit not in UNITS):
        raise Invalid({"group": [_("“%(op)s” doesn't fit this field.") % {"op": unit[:30]}]})
    return Grouping(item, unit)


def within_group(
    record_type: RecordType, rows: QuerySet[Any, Any], grouping: Grouping, key: str, actor: Actor
) -> QuerySet[Any, Any]:
    """Return those of ``rows`` that stand in the group ``key``; raises ``Invalid`` for a key that is none."""
    item = grouping.field
    rows = annotated(rows, record_type, [item], actor)
    column = item.column
    if key == EMPTY:
        return rows.filter(_without(item))
    if key == HIDDEN and item.kind == "reference":
        return rows.filter(Q(**{f"{column}__isnull": False, f"{label_name(item)}__isnull": True}))
    try:
        if grouping.unit:
            start = date.fromisoformat(key)
            end = period_end(start, grouping.unit)
            if item.kind == "datetime":
                bounds: tuple[Any, Any] = (start_of_day(start, actor.time_zone), start_of_day(end, actor.time_zone))
            else:
                bounds = (start, end)
            return rows.filter(**{f"{column}__gte": bounds[0], f"{column}__lt": bounds[1]})
        value = key if item.kind == "text" else parse_value(item, key)
    except (ValueError, OverflowError) as error:
        raise Invalid({"group": [_("There is no such group.")]}) from error
    rows = rows.filter(**{column: value})
    return rows.filter(**{f"{label_name(item)}__isnull": False}) if has_label(item) else rows


def period_end(start: date, unit: str) -> date:
    """Return the first day after the period of ``unit`` that begins on ``start``."""
    if unit in ("day", "week"):
        return start + timedelta(days=7 if unit == "week" else 1)
    return add_months(start, {"month": 1, "quarter": 3}.get(unit, 12))


def _without(item: Field) -> Q:
    condition = Q(**{f"{item.column}__isnull": True})
    if item.kind in ("text", "choice") and not item.is_numbered:
        condition |= Q(**{item.column: ""})
    return condition
