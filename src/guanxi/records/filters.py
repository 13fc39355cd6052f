"""Filters as an allow-listed tree: field, operator, typed value. Nothing a person types becomes an ORM lookup.

A tree is one of ``{"all": [tree, …]}``, ``{"any": [tree, …]}``, ``{"not": tree}``, a condition
``{"field": "kind", "op": "in", "value": ["person"]}`` or, for related records,
``{"has": "orders", "where": tree, "at_least": 2}``. In a URL a plain condition is written ``field:op:value``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.dates import PERIODS, period, start_of_day, today
from guanxi.core.errors import Invalid
from guanxi.records import access
from guanxi.records.columns import expressions
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field, Kind
from guanxi.records.registry import record_type as type_named
from guanxi.records.values import parse_value

Tree = dict[str, Any]
MAX_DEPTH, MAX_NODES, MAX_VALUES = 8, 60, 500

_TEXT = ("contains", "is", "is_not", "starts", "empty", "not_empty")
_NUMBER = ("eq", "ne", "gt", "gte", "lt", "lte", "between", "empty", "not_empty")
_DATE = (
    "on",
    "before",
    "after",
    "between",
    "period",
    "last_days",
    "next_days",
    "older_than_days",
    "empty",
    "not_empty",
)
_ONE_OF = ("in", "not_in", "empty", "not_empty")
OPERATORS: dict[Kind, tuple[str, ...]] = {
    "text": _TEXT, "long_text": ("contains", "empty", "not_empty"), "email": _TEXT, "phone": _TEXT, "url": _TEXT,
    "integer": _NUMBER, "decimal": _NUMBER, "money": _NUMBER, "percent": _NUMBER,
    "date": _DATE, "datetime": _DATE, "boolean": ("is",), "choice": _ONE_OF, "reference": (*_ONE_OF, "me", "my_team"),
    "choices": ("any_of", "all_of", "none_of", "empty", "not_empty"),
    "tags": ("any_of", "all_of", "none_of", "empty", "not_empty"), "json": ("empty", "not_empty"),
}  # fmt: skip
NO_VALUE = frozenset({"empty", "not_empty", "me", "my_team"})
MANY = frozenset({"in", "not_in", "any_of", "all_of", "none_of"})
_COMPARE = {"gt": "gt", "gte": "gte", "lt": "lt", "lte": "lte"}


def operators(item: Field) -> tuple[str, ...]:
    """Return the operators that fit a field; “me” and “my team” only fit references to users."""
    known = OPERATORS[item.kind]
    if item.kind == "reference" and item.reference != "user":
        return tuple(op for op in known if op not in ("me", "my_team"))
    return known


@dataclass(frozen=True, slots=True)
class Context:
    """What a filter may refer to besides its own words: the actor and the day it is asked on."""

    actor: Actor
    today: date

    @classmethod
    def of(cls, actor: Actor, on: date | None = None) -> Context:
        """Return the context of ``actor`` today in the actor's time zone, or on the given day."""
        return cls(actor, on or today(actor.time_zone))


def parse_condition(text: str) -> Tree:
    """Return the condition written as ``field:op:value`` (several values separated by ``,``); raises ``Invalid``."""
    name, _sep, rest = text.partition(":")
    op, _sep, value = rest.partition(":")
    if not name or not op:
        raise Invalid({"filter": [_("The filter “%(text)s” isn't complete.") % {"text": text[:80]}]})
    if op in NO_VALUE:
        return {"field": name, "op": op}
    if op in MANY or op == "between":
        return {"field": name, "op": op, "value": [part for part in value.split(",") if part]}
    return {"field": name, "op": op, "value": value}


def format_condition(node: Tree) -> str:
    """Return a plain condition as it stands in a URL."""
    value = node.get("value", "")
    text = ",".join(str(part) for part in value) if isinstance(value, (list, tuple)) else str(value)
    return f"{node['field']}:{node['op']}:{text}" if node["op"] not in NO_VALUE else f"{node['field']}:{node['op']}"


def named_fields(tree: Any) -> set[str]:
    """Return the fields of the record type itself that a filter tree names; anything malformed names none."""
    names: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Mapping):
            continue
        if isinstance(node.get("field"), str):
            names.add(node["field"])
        waiting.append(node.get("not"))
        for word in ("all", "any"):
            waiting.extend(node[word] if isinstance(node.get(word), (list, tuple)) else ())
    return names


def computed_for(rows: QuerySet[Any, Any], record_type: RecordType, tree: Any, actor: Actor) -> QuerySet[Any, Any]:
    """Return ``rows`` with the computed fields that a filter tree names, so that its condition can be asked of them."""
    needed = expressions(record_type, named_fields(tree), actor)
    return rows.annotate(**needed) if needed else rows


def compile_filter(record_type: RecordType, tree: Tree, context: Context) -> Q:
    """Return the condition for a filter tree.

    Only declared, filterable fields that the actor may see are accepted. Raises ``Invalid`` with the path of the node
    and a sentence for anything else, for values of the wrong type, and for trees deeper or larger than the limits.
    """
    return _Compiler(record_type, context).node(tree, 0)


class _Compiler:
    def __init__(self, record_type: RecordType, context: Context) -> None:
        self.record_type, self.context, self.nodes = record_type, context, 0

    def node(self, tree: Any, depth: int) -> Q:
        self.nodes += 1
        if not isinstance(tree, Mapping) or depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise Invalid({"filter": [_("This filter is too deep or too large.")]})
        keys = set(tree)
        if keys == {"all"} or keys == {"any"}:
            return self.group(tree, depth)
        if keys == {"not"}:
            named = (self.record_type.condition_field(name) for name in named_fields(tree["not"]))
            return _opposite(self.node(tree["not"], depth + 1), *(item for item in named if item is not None))
        if "has" in keys and keys <= {"has", "where", "at_least", "at_most"}:
            return self.related(tree, depth)
        if keys <= {"field", "op", "value"} and {"field", "op"} <= keys:
            return self.condition(str(tree["field"]), str(tree["op"]), tree.get("value"))
        raise Invalid({"filter": [_("This filter has a part that isn't known.")]})

    def group(self, tree: Mapping[str, Any], depth: int) -> Q:
        ((word, parts),) = tree.items()
        if not isinstance(parts, (list, tuple)):
            raise Invalid({"filter": [_("This filter has a part that isn't known.")]})
        result = Q()
        for part in parts:
            piece = self.node(part, depth + 1)
            result = result & piece if word == "all" else result | piece
        return result

    def related(self, tree: Mapping[str, Any], depth: int) -> Q:
        relation = self.record_type.related_list(str(tree["has"]))
        if relation is None:
            raise Invalid({"filter": [_("There is no related list “%(name)s”.") % {"name": str(tree["has"])[:60]}]})
        target = type_named(relation.type_name)
        key = f"{relation.through}_id"
        rows = access.visible_to(self.context.actor, target).filter(**{f"{key}__isnull": False})
        if tree.get("where"):
            inner = _Compiler(target, self.context)
            inner.nodes = self.nodes
            condition = inner.node(tree["where"], depth + 1)
            self.nodes = inner.nodes
            rows = computed_for(rows, target, tree["where"], self.context.actor).filter(condition)
        least, most = tree.get("at_least", 1), tree.get("at_most")
        if not all(isinstance(n, int) and 0 <= n <= 100_000 for n in (least, 0 if most is None else most)):
            raise Invalid({"filter": [_("Enter a whole number.")]})
        return self._counted(rows, key, least, most)

    def _counted(self, rows: QuerySet[Any, Any], key: str, least: int, most: int | None) -> Q:
        """Return the condition for records with so many related ``rows``.

        Always an EXISTS, with the n-th row for a number: the planner turns a plain one into a semi-join or, negated,
        an anti-join, and asks the others last and only for records that fit all else; NOT IN over many rows, and
        groups over the whole table, cost that table every time.
        """
        related = rows.filter(**{key: OuterRef("pk")})
        condition = Q(pk__isnull=False)
        if least:
            condition = Q(Exists(related[least - 1 : least] if least > 1 else related))
        if most is not None:
            condition &= ~Q(Exists(related[most : most + 1] if most else related))
        return condition

    def condition(self, name: str, op: str, value: Any) -> Q:
        added = self.record_type.added_filter(name)
        item = self.record_type.condition_field(name)
        actor = self.context.actor
        if item is None or not item.filterable or not actor.sees_field(self.record_type.name, name):
            raise Invalid({"filter": [_("There is no field “%(name)s” to filter by.") % {"name": name[:60]}]})
        if op not in operators(item):
            raise Invalid({name: [_("“%(op)s” doesn't fit this field.") % {"op": op[:30]}]})
        try:
            if added is not None:
                return added.condition(self.context, op, value)
            return _condition(item, op, value, self.context)
        except OverflowError as overflow:
            raise Invalid({name: [_("This date isn't valid. Use YYYY-MM-DD, for example 2026-11-21")]}) from overflow
        except ValueError as refusal:
            raise Invalid({name: [str(refusal)]}) from refusal


def _condition(item: Field, op: str, value: Any, context: Context) -> Q:
    column = item.column
    if op in ("empty", "not_empty"):
        return _empty(item) if op == "empty" else _opposite(_empty(item), item)
    if item.kind in ("text", "long_text", "email", "phone", "url"):
        return _text(item, op, value)
    if item.kind in ("integer", "decimal", "money", "percent"):
        return _number(item, op, value)
    if item.kind in ("date", "datetime"):
        return _date(item, op, value, context)
    if item.kind == "boolean":
        return Q(**{column: parse_value(item, value)})
    if item.kind in ("choices", "tags"):
        return _many(item, op, value)
    if op == "me":
        return Q(**{column: context.actor.user_id})
    if op == "my_team":
        return Q(**{f"{item.name}__team_id__in": context.actor.team_ids})
    condition = Q(**{f"{column}__in": [parse_value(item, part) for part in _values(value)]})
    return condition if op == "in" else _opposite(condition, item)


def _opposite(condition: Q, *fields: Field) -> Q:
    """Return the condition for all other records, among them those that have nothing in the fields it names.

    Django sees to that for columns of the record itself only: of one that is joined or computed it forgets that it may
    be null, as soon as another condition beside has asked for it already.
    """
    if not any(item.expression is not None or "__" in item.path for item in fields):
        return ~condition
    found = Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
    return ~Q(found)


def _values(value: Any) -> list[Any]:
    values = list(value) if isinstance(value, (list, tuple)) else [value]
    if not values or any(part in (None, "") for part in values):
        raise ValueError(_("Choose at least one value."))
    if len(values) > MAX_VALUES:
        raise ValueError(_("Choose at most %(limit)s values.") % {"limit": MAX_VALUES})
    return values


def _empty(item: Field) -> Q:
    condition = Q(**{f"{item.column}__isnull": True})
    if item.kind in ("text", "long_text", "email", "phone", "url", "choice") and not item.is_numbered:
        condition |= Q(**{item.column: ""})
    elif item.kind in ("choices", "tags"):
        condition |= Q(**{f"{item.column}__len": 0}) | Q(**{item.column: []})
    return condition


def _text(item: Field, op: str, value: Any) -> Q:
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise ValueError(_("Enter between 1 and 200 characters."))
    text = value.strip().replace("\x00", "")
    lookup = {"contains": "icontains", "is": "iexact", "is_not": "iexact", "starts": "istartswith"}[op]
    condition = Q(**{f"{item.column}__{lookup}": text})
    return _opposite(condition, item) if op == "is_not" else condition


def _number(item: Field, op: str, value: Any) -> Q:
    if op == "between":
        low, high = (_parsed_number(item, part) for part in _pair(value))
        return Q(**{f"{item.column}__gte": low, f"{item.column}__lte": high})
    number = _parsed_number(item, value)
    if op in _COMPARE:
        return Q(**{f"{item.column}__{_COMPARE[op]}": number})
    condition = Q(**{item.column: number})
    return condition if op == "eq" else _opposite(condition, item)


def _parsed_number(item: Field, value: Any) -> Decimal | int:
    number = parse_value(item, value)
    if number is None:
        raise ValueError(_("Enter a number, for example 1234.50"))
    return number  # type: ignore[no-any-return]


def _pair(value: Any) -> list[Any]:
    values = _values(value)
    if len(values) != 2:
        raise ValueError(_("Enter the two ends of the range."))
    return values


def _date(item: Field, op: str, value: Any, context: Context) -> Q:
    """Compile date operators as half-open ranges, so that an index serves dates and instants alike."""
    start, end = _range(op, value, context.today)
    zone = context.actor.time_zone
    condition = Q()
    for bound, lookup in ((start, "gte"), (end, "lt")):
        if bound is not None:
            edge = start_of_day(bound, zone) if item.kind == "datetime" else bound
            condition &= Q(**{f"{item.column}__{lookup}": edge})
    return condition


def _range(op: str, value: Any, on: date) -> tuple[date | None, date | None]:
    day = timedelta(days=1)
    if op == "period":
        if value not in PERIODS:
            raise ValueError(_("Choose a period from the list."))
        return period(str(value), on)
    if op in ("last_days", "next_days", "older_than_days"):
        days = parse_value(_DAYS, value)
        if days is None or not 0 <= days <= 36_600:
            raise ValueError(_("Enter a whole number."))
        span = timedelta(days=days)
        return {"last_days": (on - span + day, on + day), "next_days": (on, on + span),
                "older_than_days": (None, on - span)}[op]  # fmt: skip
    if op == "between":
        low, high = (_day(part) for part in _pair(value))
        return low, high + day
    at = _day(value)
    ends: dict[str, tuple[date | None, date | None]] = {
        "on": (at, at + day),
        "before": (None, at),
        "after": (at + day, None),
    }
    return ends[op]


def _day(value: Any) -> date:
    at = parse_value(_DATE_FIELD, value)
    if not isinstance(at, date):
        raise ValueError(_("This date isn't valid. Use YYYY-MM-DD, for example 2026-11-21"))
    return at


_DAYS = Field("days", kind="integer")
_DATE_FIELD = Field("date", kind="date")


def _many(item: Field, op: str, value: Any) -> Q:
    parsed = [part for raw in _values(value) for part in parse_value(item, [raw])]
    if op == "all_of":
        return Q(**{f"{item.column}__contains": parsed})
    overlap = Q(**{f"{item.column}__overlap": parsed})
    return _opposite(overlap, item) if op == "none_of" else overlap
