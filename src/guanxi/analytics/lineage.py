"""Which rows stand behind a figure, and the proof: the figure computed again from those rows alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Literal

from guanxi.analytics.errors import UnknownFigure

if TYPE_CHECKING:
    import pyarrow as pa

    from guanxi.analytics.extract import Extract
    from guanxi.analytics.score_table import ScoreTable

Operator = Literal["=", "<", "<=", ">", ">=", "is null", "is not null"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One test on a column of the source; with `or_null` an empty column passes too."""

    column: str
    operator: Operator
    value: object = None
    or_null: bool = False


@dataclass(frozen=True, slots=True)
class Lineage:
    """How one figure comes about.

    A figure over rows has a `source` ("purchase_line", "cost_to_serve" or the name of a score table), `conditions` that
    all hold for the rows behind it, and a `measure`: a query of one value over those rows, named `behind`.
    A figure over other figures has `parts` with factors: their sum, or with `divides` the first over the second.
    `decimals` rounds the result half away from zero, None leaves it.
    """

    figure: str
    source: str = ""
    conditions: tuple[Condition, ...] = ()
    measure: str = ""
    parts: tuple[tuple[Decimal, Lineage], ...] = ()
    divides: bool = False
    decimals: int | None = None

    def leaves(self) -> tuple[Lineage, ...]:
        """The figures over rows at the end of all parts, this one itself if it has none."""
        return tuple(leaf for _, part in self.parts for leaf in part.leaves()) if self.parts else (self,)


def rows_behind(extract: Extract, lineage: Lineage, tables: Mapping[str, ScoreTable] | None = None) -> pa.Table:
    """The rows behind a figure over rows, all columns; `tables` holds score tables by name, where one is the source.

    Raises UnknownFigure for a figure over other figures (ask its `leaves`) or when the source table is not given.
    """
    if lineage.parts:
        raise UnknownFigure(f"{lineage.figure} is made of other figures; list the rows of its leaves")
    tests, values = _where(lineage.conditions)
    if lineage.source in ("purchase_line", "cost_to_serve"):
        return extract.engine.run(f"SELECT * FROM {lineage.source} WHERE {tests}", values)
    if tables is None or lineage.source not in tables:
        raise UnknownFigure(f"{lineage.figure} comes from the table {lineage.source}, which was not given")
    return extract.engine.run(f"SELECT * FROM {tables[lineage.source].name} WHERE {tests}", values)


def recompute(extract: Extract, lineage: Lineage, tables: Mapping[str, ScoreTable] | None = None) -> Any:
    """The figure computed again from the rows `rows_behind` lists and from nothing else."""

    def measured(leaf: Lineage) -> Any:
        with extract.engine.lend(rows_behind(extract, leaf, tables)) as name:
            sql = f"WITH behind AS (SELECT * FROM {name}) {leaf.measure}"
            return next(iter(extract.engine.row(sql).values()))

    return combine(lineage, measured)


def combine(lineage: Lineage, measured: Callable[[Lineage], Any]) -> Any:
    """The figure put together from its leaves, each of which `measured` computes from its rows."""
    if not lineage.parts:
        return measured(lineage)
    parts = [(factor, combine(part, measured)) for factor, part in lineage.parts]
    if lineage.divides:
        (_, above), (_, below) = parts
        found = Decimal(above) / Decimal(below)
    elif len(parts) == 1 and parts[0][0] == 1:
        return parts[0][1]
    else:
        found = sum((factor * figure for factor, figure in parts), Decimal(0))
    if lineage.decimals is None:
        return found
    return found.quantize(Decimal(1).scaleb(-lineage.decimals), ROUND_HALF_UP)


def _where(conditions: tuple[Condition, ...]) -> tuple[str, list[object]]:
    tests, values = ["TRUE"], []
    for condition in conditions:
        test = f"{condition.column} {condition.operator}"
        if not condition.operator.startswith("is"):
            test += " ?"
            values.append(condition.value)
        tests.append(f"({test} OR {condition.column} IS NULL)" if condition.or_null else test)
    return " AND ".join(tests), values
