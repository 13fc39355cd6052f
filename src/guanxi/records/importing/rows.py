"""A batch of raw cells as typed columns by target, and the rows that could not be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from guanxi.records.importing.mapping import Column
from guanxi.records.importing.parsing import parse_column, settle_spec
from guanxi.records.importing.reading import Batch

ROW = "row"
_CELL_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that an import refuses: its place in the file (from 0), its original cells and why."""

    row: int
    code: str
    column: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """A parsed batch. ``frame`` has the column ``row`` and one column per filled target; refused rows are not in it.

    ``problems`` counts, by header and code, every cell that could not be read, with a few samples: also of lenient
    columns.
    """

    frame: pl.DataFrame
    rejects: list[Reject]
    problems: list[dict[str, Any]]


def settled(columns: Sequence[Column], sample: pl.DataFrame) -> list[Column]:
    """Return the columns with the order of dates and the decimal mark found from the first rows of the file."""
    return [
        replace(column, spec=settle_spec(sample[column.header], column.spec))
        if column.header in sample.columns
        else column
        for column in columns
    ]


def parse_rows(batch: Batch, columns: Sequence[Column], constants: Sequence[tuple[Column, str]] = ()) -> Rows:
    """Parse one batch. A row is refused for its first bad cell; bad cells of lenient columns become empty."""
    values: dict[str, pl.Series] = {}
    errors: list[pl.DataFrame] = []
    problems: list[dict[str, Any]] = []
    for column in columns:
        parsed = parse_column(batch.frame[column.header], column.spec)
        values[column.target.key] = _plain(parsed.values).alias(column.target.key)
        if parsed.errors.height:
            problems += _problems(parsed.errors, column)
            if not column.is_lenient:
                errors.append(parsed.errors.with_columns(pl.lit(column.header).alias("column")))
    for column, text in constants:
        single = _plain(parse_column(pl.Series("constant", [text]), column.spec).values)
        values.setdefault(column.target.key, single.new_from_index(0, batch.frame.height).alias(column.target.key))
    frame = pl.DataFrame({ROW: batch.rows.cast(pl.Int64), **values})
    unread = [Reject(item.row, item.code, params=dict(item.params), cells=item.cells) for item in batch.errors]
    if not errors:
        return Rows(frame, unread, problems)
    first = pl.concat(errors).unique("row", keep="first", maintain_order=True).sort("row")
    bad = first["row"].cast(pl.Int64)
    keep = pl.Series(values=[True], dtype=pl.Boolean).new_from_index(0, frame.height).scatter(bad, False)
    return Rows(frame.filter(keep), unread + _rejects(batch, first), problems)


def _plain(values: pl.Series) -> pl.Series:
    """Money is kept as its amount; the currency has a column of its own."""
    return values.struct.field("amount") if isinstance(values.dtype, pl.Struct) else values


def _rejects(batch: Batch, errors: pl.DataFrame) -> list[Reject]:
    places = errors["row"].cast(pl.Int64)
    numbers = batch.rows.gather(places).to_list()
    cells = cells_at(batch, places)
    return [
        Reject(
            int(number), item["code"], item["column"], {k: v for k, v in item["params"].items() if v is not None}, row
        )
        for number, item, row in zip(numbers, errors.to_dicts(), cells, strict=True)
    ]


def cells_at(batch: Batch, places: pl.Series) -> list[tuple[str, ...]]:
    """Return the original cells of the rows at these places of a batch, as text."""
    text = batch.frame[places.to_list()] if len(places) else batch.frame.head(0)
    shown = text.select(pl.all().cast(pl.String, strict=False).fill_null("").str.slice(0, _CELL_KEPT))
    return [tuple(row) for row in shown.iter_rows()]


def _problems(errors: pl.DataFrame, column: Column) -> list[dict[str, Any]]:
    grouped = errors.group_by("code", maintain_order=True).agg(
        pl.len().alias("count"),
        pl.col("params").struct.field("value").unique(maintain_order=True).head(3).alias("samples"),
        pl.col("params").struct.field("limit").first(),
    )  # fmt: skip
    return [{"column": column.header, **item} for item in grouped.to_dicts()]
