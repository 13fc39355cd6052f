"""Paging by key: the order of a list, the cursor that names a row in it, and the rows that come after that row."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.records.columns import sort_path
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.statements import Slot
from guanxi.records.values import parse_value, to_json

Order = list[tuple[Field, bool]]
MAX_SORTS, MAX_CURSOR = 3, 8_000
_ID = Field("id", kind="integer", path="pk")
_WORD = Field("word")
_TEXT = ("text", "email", "phone", "url", "reference")


def order_of(record_type: RecordType, sort: Sequence[str], actor: Actor) -> Order:
    """Return the fields to sort by and whether each descends; raises ``Invalid`` for one the actor may not sort by."""
    order: Order = []
    for word in sort[:MAX_SORTS]:
        name = word.removeprefix("-")
        item = _ID if name == "id" else record_type.get(name)
        if item is None or not item.sortable or not actor.sees_field(record_type.name, name):
            raise Invalid({"sort": [_("This list can't be sorted by “%(name)s”.") % {"name": name[:60]}]})
        if item not in [other for other, _down in order]:
            order.append((item, word.startswith("-")))
        if item is _ID:
            break
    return order


def usual_sort(record_type: RecordType, actor: Actor, sort: Sequence[str] = ()) -> tuple[str, ...]:
    """Return a declared order (the type's own unless another is given) without the fields hidden from the actor."""
    words = sort or record_type.sort
    return tuple(word for word in words if actor.sees_field(record_type.name, word.removeprefix("-")))


def parts_of(rows: QuerySet[Any, Any], order: Order, nulls: Sequence[bool] | None) -> list[QuerySet[Any, Any]]:
    """Return the ordered queries whose results, one after the other, are the list after the cursor.

    Rows without a value in the first sort field come last and are a query of their own, so that an index serves
    both. ``nulls`` says which sort values of the cursor are empty; None means from the beginning. Cursor values are
    slots ``c0``, ``c1`` … and ``pk``.
    """
    descending = order[0][1] if order else True
    tie = F("pk").desc() if descending else F("pk").asc()
    if not order or order[0][0] is _ID:
        rows = rows if nulls is None else rows.filter(_beyond_key(descending))
        return [rows.order_by(tie)]
    first, nullable = sort_path(order[0][0]), _nullable(rows, sort_path(order[0][0]))
    rest = [ordering_by(item, down) for item, down in order[1:]]
    parts: list[QuerySet[Any, Any]] = []
    if nulls is None or not nulls[0]:
        part = rows.filter(**{f"{first}__isnull": False}) if nullable else rows
        part = part if nulls is None else part.filter(_after(order, nulls, 0))
        parts.append(part.order_by(F(first).desc() if descending else F(first).asc(), *rest, tie))
    if nullable:
        part = rows.filter(**{f"{first}__isnull": True})
        part = part.filter(_after(order, nulls, 1)) if nulls is not None and nulls[0] else part
        parts.append(part.order_by(*rest, tie))
    return parts


def ordering_by(item: Field, down: bool) -> OrderBy:
    """Return the order by one field; rows without a value come last."""
    path = F(sort_path(item))
    return path.desc(nulls_last=True) if down else path.asc(nulls_last=True)


def _nullable(rows: QuerySet[Any, Any], path: str) -> bool:
    """Say whether a sort path can be null; anything reached through a relation or computed can."""
    if "__" in path or path in rows.query.annotations:
        return True
    return bool(getattr(rows.model._meta.get_field(path), "null", True))


def _beyond_key(descending: bool) -> Q:
    return Q(pk__lt=Slot("pk")) if descending else Q(pk__gt=Slot("pk"))


def _after(order: Order, nulls: Sequence[bool], start: int) -> Q:
    """Return the condition “comes after the cursor” by the sort fields from ``start`` on, ties broken by id."""
    condition = _beyond_key(order[0][1])
    for at in range(len(order) - 1, start - 1, -1):
        item, down = order[at]
        path, value = sort_path(item), Slot(f"c{at}")
        if nulls[at]:
            condition = Q(**{f"{path}__isnull": True}) & condition
            continue
        beyond = Q(**{f"{path}__{'lt' if down else 'gt'}": value})
        same = Q(**{path: value}) & condition
        if at == 0:  # the bound lets the index start at the cursor instead of reading up to it
            condition = Q(**{f"{path}__{'lte' if down else 'gte'}": value}) & (beyond | same)
        else:
            condition = beyond | same | Q(**{f"{path}__isnull": True})
    return condition


def encode_cursor(values: Sequence[Any]) -> str:
    """Return the cursor of a row from its sort values and id."""
    text = json.dumps([to_json(value) for value in values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(order: Order, text: str) -> list[Any] | None:
    """Return the typed values of a cursor, id last; raises ``Invalid`` for one that doesn't fit this order."""
    if not text:
        return None
    try:
        raw = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) if len(text) <= MAX_CURSOR else None
        if not isinstance(raw, list) or len(raw) != len(order) + 1:
            raise ValueError
        return [*(_typed(item, value) for (item, _down), value in zip(order, raw, strict=False)), _key(raw[-1])]
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, ArithmeticError) as error:
        raise Invalid({"after": [_("This page link is no longer valid. Start again at the first page.")]}) from error


def _key(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError
    return value


def _typed(item: Field, value: Any) -> Any:
    if value is None:
        return None
    if item is _ID:
        return _key(value)
    if item.kind in _TEXT:
        if isinstance(value, (dict, list)) or "\x00" in str(value):
            raise ValueError
        return str(value)
    if item.kind == "choice" and not item.is_numbered:
        return _typed(_WORD, value)
    if item.kind in ("money", "decimal", "percent"):
        number = Decimal(str(value))
        if not number.is_finite() or abs(number) > Decimal(10) ** 20:
            raise ValueError
        return number
    if item.kind == "datetime":
        at = datetime.fromisoformat(str(value))
        if at.tzinfo is None:
            raise ValueError
        return at.astimezone(UTC)
    return parse_value(item, value)
