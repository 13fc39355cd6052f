"""Computes checked formulas: as an expression of the database over all rows, or in Python over one record."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, localcontext
from string import Formatter
from typing import Any

from django.db.models import BooleanField, CharField, DateField, DateTimeField, DecimalField, F, Func, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncDate

from guanxi.core.actor import Actor
from guanxi.records.shaping.formula.checking import Checked
from guanxi.records.shaping.formula.functions import FUNCTIONS, LARGEST, day_of, rounded

_DIGITS = 80
_FIELDS: dict[str, Any] = {
    "number": DecimalField(max_digits=40, decimal_places=12), "text": CharField(), "date": DateField(),
    "datetime": DateTimeField(), "boolean": BooleanField(), "blank": CharField(),
}  # fmt: skip
_READ = {
    "number": "({0})::numeric", "text": "coalesce(({0})::text, '')", "boolean": "coalesce({0}, false)",
    "date": "{0}", "datetime": "{0}",
}  # fmt: skip
_TYPED = {"number": "({0})::numeric", "text": "({0})::text", "date": "({0})::date", "boolean": "({0})::boolean",
          "datetime": "({0})::timestamptz"}  # fmt: skip


class _Template(Func):
    """SQL with numbered places for its parts; a part may stand several times."""

    def __init__(self, pattern: str, *parts: Any, output_field: Any) -> None:
        super().__init__(*parts, output_field=output_field)
        self.pattern = pattern

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Return the SQL, its parameters in the order in which their places stand in it."""
        written = [compiler.compile(part) for part in self.source_expressions]
        every = {"all": ", ", "and": " AND ", "or": " OR "}
        sql, params = "", []
        for text, place, _form, _how in Formatter().parse(self.pattern):
            sql += text
            if place is None:
                continue
            chosen = written if place in every else [written[int(place)]]
            sql += every.get(place, "").join(part for part, _values in chosen)
            params += [value for _part, values in chosen for value in values]
        return sql, params


def as_expression(part: Checked, actor: Actor, decimals: int | None = None) -> Combinable:
    """Return a formula as an expression of the database; a number with so many ``decimals``."""
    made = _expression(part, actor)
    if part.type == "number" and decimals is not None:
        limit = f"CASE WHEN abs({{0}}) < {LARGEST} THEN round({{0}}, {decimals}) END"
        return _Template(limit, made, output_field=_FIELDS["number"])
    return made


def _expression(part: Checked, actor: Actor) -> Combinable:
    field = _FIELDS[part.type]
    if part.item is not None:
        source = part.item.expression(actor) if part.item.expression is not None else F(part.item.column)
        return _Template(_READ[part.type], source, output_field=field)
    if part.function == "DATE":
        return TruncDate(_expression(part.parts[0], actor))
    if part.function == "TODAY":
        return _Template(_TYPED["date"], Value(FUNCTIONS["TODAY"].run()), output_field=field)
    if part.function:
        parts = [_expression(item, actor) for item in part.parts]
        return _Template(FUNCTIONS[part.function].sql, *parts, output_field=field)
    value = "" if part.value is None and part.type == "text" else part.value
    return _Template(_TYPED[part.type], Value(value), output_field=field)


def compute(part: Checked, facts: Mapping[str, Any], decimals: int | None = None) -> Any:
    """Return what a formula gives for one record; ``facts`` are its values by field name."""
    with localcontext() as context:
        context.prec = _DIGITS
        value = _value(part, facts)
        if part.type == "number" and decimals is not None and value is not None:
            return rounded(value, decimals) if abs(value) < LARGEST else None
        return value


def _value(part: Checked, facts: Mapping[str, Any]) -> Any:
    if part.item is not None:
        return _read(part, facts.get(part.item.name))
    if part.function == "DATE":
        return day_of(_value(part.parts[0], facts))
    if part.function:
        return FUNCTIONS[part.function].run(*[_value(item, facts) for item in part.parts])
    return "" if part.value is None and part.type == "text" else part.value


def _read(part: Checked, value: Any) -> Any:
    if part.type == "number":
        return None if value is None else Decimal(str(value))
    if part.type == "text":
        return "" if value is None else str(value)
    return bool(value) if part.type == "boolean" else value
