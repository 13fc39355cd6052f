"""Every function and operator of formulas, each once: what it takes, and how it is computed in SQL and in Python.

A value may be missing: a calculation with nothing gives nothing, a comparison with nothing is false, and a missing text
is an empty one. Quotients are rounded to twelve places, so that both ways of computing agree.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from guanxi.records.shaping.formula.nodes import Type

PLACES = 12
LARGEST = Decimal(10) ** 16
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Function:
    """``takes`` are the types of its arguments (``same``: all of these have one), ``gives`` that of its value.

    The last type may stand for any number of arguments where ``more`` is set. ``sql`` is a template with ``{0}``, …
    for the arguments, or ``{all}`` for all of them between commas.
    """

    takes: tuple[str, ...]
    gives: str
    sql: str
    run: Callable[..., Any]
    more: bool = False


def _calculated(run: Callable[[Decimal, Decimal], Decimal]) -> Callable[..., Decimal | None]:
    return lambda a, b: None if a is None or b is None else run(a, b)


def _compared(run: Callable[[Any, Any], bool]) -> Callable[..., bool]:
    return lambda a, b: False if a is None or b is None else run(a, b)


def rounded(number: Decimal, places: int) -> Decimal:
    """Return a number with so many decimals, halves away from zero as the database rounds."""
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _quotient(a: Decimal | None, b: Decimal | None) -> Decimal | None:
    return None if a is None or not b else rounded(a / b, PLACES)


def _round(number: Decimal | None, places: Decimal | None) -> Decimal | None:
    if number is None or places is None:
        return None
    return rounded(number, int(max(Decimal(0), min(Decimal(PLACES), places.to_integral_value()))))


def _moved(day: date | None, days: Decimal | None) -> date | None:
    if day is None or days is None or abs(days) > 4_000_000:
        return None
    moved = day.toordinal() + int(days)
    return date.fromordinal(moved) if _FIRST.toordinal() <= moved <= _LAST.toordinal() else None


def _moved_back(day: date | None, days: Decimal | None) -> date | None:
    return _moved(day, None if days is None else -days)


def _between(a: date | None, b: date | None) -> Decimal | None:
    return None if a is None or b is None else Decimal((a - b) // timedelta(days=1))


def _part(name: str) -> Callable[[date | None], Decimal | None]:
    return lambda day: None if day is None else Decimal(getattr(day, name))


def _beginning(text: str, length: Decimal | None) -> str:
    return text[: _length(length)]


def _ending(text: str, length: Decimal | None) -> str:
    count = _length(length)
    return text[-count:] if count else ""


def _length(length: Decimal | None) -> int:
    return 0 if length is None else int(max(Decimal(0), min(Decimal(1_000_000), length)))


def _as_text(number: Decimal | None, places: Decimal | None) -> str:
    made = _round(number, places)
    return "" if made is None else f"{made:f}"


def day_of(moment: datetime | None) -> date | None:
    """Return the day of an instant in the time zone in force."""
    return None if moment is None else timezone.localtime(moment).date()


_COUNT = "greatest(0, least(1000000, trunc(coalesce({1}, 0))))::int"
_ROUNDED = "CASE WHEN {1} IS NOT NULL THEN round({0}, greatest(0, least(12, round({1})))::int) END"
_DAYS = "CASE WHEN abs({n}) <= 4000000 THEN trunc({n})::int END"
_MOVED = ("CASE WHEN {d} {sign} {days} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' "
          "THEN {d} {sign} {days} END")  # fmt: skip


def _move(sign: str) -> str:
    return _MOVED.format(d="({0})", sign=sign, days="(" + _DAYS.format(n="({1})") + ")")


def _comparison(sign: str, run: Callable[[Any, Any], bool]) -> Function:
    return Function(("same", "same"), "boolean", f"coalesce({{0}} {sign} {{1}}, false)", _compared(run))


FUNCTIONS: dict[str, Function] = {
    "+": Function(("number", "number"), "number", "({0} + {1})", _calculated(operator.add)),
    "-": Function(("number", "number"), "number", "({0} - {1})", _calculated(operator.sub)),
    "*": Function(("number", "number"), "number", "({0} * {1})", _calculated(operator.mul)),
    "/": Function(("number", "number"), "number",
                  "round(({0} * 1.000000000000000000000000) / nullif({1}, 0), 12)", _quotient),
    "&": Function(("text",), "text", "concat({all})", lambda *texts: "".join(texts), more=True),
    "=": _comparison("=", operator.eq), "<>": _comparison("<>", operator.ne),
    "<": _comparison("<", operator.lt), "<=": _comparison("<=", operator.le),
    ">": _comparison(">", operator.gt), ">=": _comparison(">=", operator.ge),
    "AND": Function(("boolean",), "boolean", "({and})", lambda *parts: all(parts), more=True),
    "OR": Function(("boolean",), "boolean", "({or})", lambda *parts: any(parts), more=True),
    "NOT": Function(("boolean",), "boolean", "(NOT {0})", operator.not_),
    "IF": Function(("boolean", "same", "same"), "same", "CASE WHEN {0} THEN {1} ELSE {2} END",
                   lambda is_so, a, b: a if is_so else b),
    "ISBLANK": Function(("same",), "boolean", "({0} IS NULL OR ({0})::text = '')", lambda value: value in (None, "")),
    "IFBLANK": Function(("same", "same"), "same", "coalesce(CASE WHEN ({0})::text <> '' THEN {0} END, {1})",
                        lambda a, b: b if a in (None, "") else a),
    "ABS": Function(("number",), "number", "abs({0})", lambda a: None if a is None else abs(a)),
    "ROUND": Function(("number", "number"), "number", _ROUNDED, _round),
    "MIN": Function(("number",), "number", "least({all})",
                    lambda *all_: min((a for a in all_ if a is not None), default=None), more=True),
    "MAX": Function(("number",), "number", "greatest({all})",
                    lambda *all_: max((a for a in all_ if a is not None), default=None), more=True),
    "LEN": Function(("text",), "number", "char_length({0})::numeric", lambda text: Decimal(len(text))),
    "LEFT": Function(("text", "number"), "text", f"left({{0}}, {_COUNT})", _beginning),
    "RIGHT": Function(("text", "number"), "text", f"right({{0}}, {_COUNT})", _ending),
    "CONTAINS": Function(("text", "text"), "boolean", "(strpos({0}, {1}) > 0)", lambda a, b: b in a),
    "TEXT": Function(("number", "number"), "text", f"coalesce(({_ROUNDED})::text, '')", _as_text),
    "TODAY": Function((), "date", "", timezone.localdate),
    "DAYS": Function(("date", "date"), "number", "({0} - {1})::numeric", _between),
    "ADDDAYS": Function(("date", "number"), "date", _move("+"), _moved),
    "SUBDAYS": Function(("date", "number"), "date", _move("-"), _moved_back),
    "YEAR": Function(("date",), "number", "extract(year FROM {0})::numeric", _part("year")),
    "MONTH": Function(("date",), "number", "extract(month FROM {0})::numeric", _part("month")),
    "DAY": Function(("date",), "number", "extract(day FROM {0})::numeric", _part("day")),
}  # fmt: skip
# What an operator of numbers means where days stand beside it.
OVERLOADS: dict[tuple[str, Type, Type], str] = {
    ("-", "date", "date"): "DAYS", ("+", "date", "number"): "ADDDAYS", ("-", "date", "number"): "SUBDAYS",
}  # fmt: skip
OFFERED = tuple(name for name in FUNCTIONS if name.isalpha() and name not in ("AND", "OR", "NOT", "SUBDAYS"))
