"""Sums and averages of the numbers of a list, for all its rows and for each of its groups, in bounded time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import OperationalError, connection, transaction
from django.db.models import Count, DateField, F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Trunc
from django.utils.translation import gettext_lazy

from guanxi.core.actor import Actor
from guanxi.core.errors import DomainError
from guanxi.records.columns import annotated, has_label, label_name
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.group_keys import EMPTY, HIDDEN, Grouping
from guanxi.records.listing import Query, matching

NUMBERS = frozenset({"money", "decimal", "integer", "percent"})
MAX_GROUPS = 100
UNASKED_S, ASKED_S = 4, 25
"""How long grouping may take before a page goes without it, and adding up that a person asked for."""


class TakesTooLong(DomainError):
    """The database was stopped because adding up took too long."""

    code = "takes_too_long"
    status = 422
    sentence = gettext_lazy("Adding up takes too long. Narrow the list with a filter.")


@dataclass(frozen=True, slots=True)
class Figure:
    """The sum of the values that stand in one column, how many they are, and their currency (None: several)."""

    total: Decimal | None
    filled: int
    currency: str | None = ""

    @property
    def average(self) -> Decimal | None:
        """Return the mean of the values that are there."""
        return None if self.total is None or not self.filled else Decimal(self.total) / self.filled


@dataclass(frozen=True, slots=True)
class Group:
    """One group: its key, the value it stands for, its rows, and the figure of each summed column by name."""

    key: str
    value: Any
    label: str
    count: int
    figures: Mapping[str, Figure]


def summed_columns(columns: Sequence[Field]) -> list[Field]:
    """Return those of ``columns`` that have a sum or an average."""
    return [item for item in columns if item.kind in NUMBERS and not item.is_size]


def read_figures(record_type: RecordType, query: Query, actor: Actor, items: Sequence[Field]) -> dict[str, Figure]:
    """Return the figure of each of ``items`` over all rows of ``query``; one query, stopped after ``ASKED_S``."""
    with limited_to(ASKED_S):
        rows = annotated(matching(record_type, query, actor), record_type, items, actor).order_by()
        row = rows.aggregate(**dict(sum_expressions(items)))
    return figures_in(row, items)


def read_group_list(
    record_type: RecordType, query: Query, actor: Actor, grouping: Grouping, items: Sequence[Field], *, seconds: int
) -> tuple[list[Group], bool]:
    """Return the groups of ``query`` in their natural order, and whether there are more than ``MAX_GROUPS``.

    Beyond that number the largest are returned. Choices stand as declared, periods newest first, others by their words;
    rows without a value last. Records that the actor may not see form one group. Raises ``TakesTooLong``.
    """
    by = grouping.field
    with limited_to(seconds):
        rows = annotated(matching(record_type, query, actor), record_type, [by, *items], actor).order_by()
        rows, names = _keyed(rows, grouping, actor)
        found = list(
            rows.values(*names)
            .annotate(count_=Count("pk"), **dict(sum_expressions(items)))
            .order_by("-count_")[: MAX_GROUPS + 1]
        )
    groups: dict[str, Group] = {}
    for row in found[:MAX_GROUPS]:
        group = _group(row, names, by, items)
        groups[group.key] = _joined(groups[group.key], group) if group.key in groups else group
    return sorted(groups.values(), key=lambda group: _place(group, grouping)), len(found) > MAX_GROUPS


def added(figures: Sequence[Figure]) -> Figure:
    """Return the figure of several groups taken together."""
    totals = [item.total for item in figures if item.total is not None]
    currencies = {item.currency for item in figures if item.filled}
    currency = next(iter(currencies), "") if len(currencies) < 2 else None
    return Figure(sum(totals, Decimal(0)) if totals else None, sum(item.filled for item in figures), currency)


def figures_of_rows(rows: Sequence[Mapping[str, Any]], items: Sequence[Field]) -> dict[str, Figure]:
    """Return the figures of rows that are all of a list, as ``listing`` reads them; asks nothing."""
    return {item.name: added([_single(row.get(item.name)) for row in rows]) for item in items}


@contextmanager
def limited_to(seconds: int) -> Iterator[None]:
    """Stop the database after ``seconds`` in this block, which then raises ``TakesTooLong``."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)",
                [f"{seconds * 1000}"],
            )
            usual = cursor.fetchone()[0]
            yield
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [usual])
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != "57014":
            raise
        raise TakesTooLong from error


def _keyed(rows: QuerySet[Any, Any], grouping: Grouping, actor: Actor) -> tuple[QuerySet[Any, Any], tuple[str, ...]]:
    by = grouping.field
    if not grouping.unit:
        return rows, (by.column, label_name(by)) if has_label(by) else (by.column,)
    zone = {"tzinfo": ZoneInfo(actor.time_zone)} if by.kind == "datetime" else {}
    start = Trunc(by.column, grouping.unit, output_field=DateField(), **zone)
    return rows.annotate(group_=start), ("group_",)


def sum_expressions(items: Sequence[Field]) -> Iterator[tuple[str, Any]]:
    """Yield what a query computes so that ``figures_in`` can read the figures of its row."""
    for at, item in enumerate(items):
        yield f"sum_{at}", Sum(F(item.column))
        yield f"filled_{at}", Count(F(item.column))
        if item.kind == "money" and item.currency:
            here = Q(**{f"{item.column}__isnull": False})
            yield f"least_{at}", Min(F(item.currency), filter=here)
            yield f"most_{at}", Max(F(item.currency), filter=here)


def figures_in(row: Mapping[str, Any], items: Sequence[Field]) -> dict[str, Figure]:
    """Return the figure of each of ``items`` from a row of ``sum_expressions``."""
    found = {}
    for at, item in enumerate(items):
        least, most = row.get(f"least_{at}"), row.get(f"most_{at}")
        currency = (least or "") if least == most else None
        total = row[f"sum_{at}"]
        found[item.name] = Figure(None if total is None else Decimal(total), row[f"filled_{at}"], currency)
    return found


def _group(row: Mapping[str, Any], names: tuple[str, ...], by: Field, items: Sequence[Field]) -> Group:
    value = row[names[0]]
    label = str(row[names[1]] or "") if len(names) > 1 else ""
    key = EMPTY if value is None or value == "" else str(value)
    if len(names) > 1 and value is not None and row[names[1]] is None:
        key, value = HIDDEN, None
    if by.kind == "boolean" and value is not None:
        key = "true" if value else "false"
    return Group(key, value, label, row["count_"], figures_in(row, items))


def _joined(one: Group, other: Group) -> Group:
    figures = {name: added([figure, other.figures[name]]) for name, figure in one.figures.items()}
    return Group(one.key, one.value, one.label, one.count + other.count, figures)


def _place(group: Group, grouping: Grouping) -> tuple[Any, ...]:
    """Return what a group is ordered by."""
    by = grouping.field
    if group.key in (EMPTY, HIDDEN):
        return (1, 0 if group.key == HIDDEN else 1, "")
    if by.kind == "choice":
        at = next((at for at, choice in enumerate(by.choices) if choice.value == group.key), len(by.choices))
        return (0, at, group.key)
    if grouping.unit:
        return (0, -group.value.toordinal(), "")
    if by.kind == "boolean":
        return (0, 0 if group.value else 1, "")
    return (0, 0, group.label.casefold()) if group.label else (0, -group.count, group.key)


def _single(value: Any) -> Figure:
    amount, currency = (value["amount"], value["currency"]) if isinstance(value, dict) else (value, "")
    return Figure(None, 0) if amount is None else Figure(Decimal(amount), 1, currency or "")
