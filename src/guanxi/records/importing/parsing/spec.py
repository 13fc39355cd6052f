"""What a column is parsed into, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import polars as pl

Kind = Literal[
    "text", "long_text", "email", "phone", "url", "integer", "decimal", "money", "percent", "date", "datetime",
    "boolean", "choice", "choices", "tags",
]  # fmt: skip
DateOrder = Literal["", "ymd", "dmy", "mdy"]
DecimalMark = Literal["", ".", ","]

ERRORS_SCHEMA = pl.Schema(
    {"row": pl.UInt32(), "code": pl.String(), "params": pl.Struct({"value": pl.String, "limit": pl.String})}
)
VALUE_SHOWN = 80


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """How the cells of one column are read.

    ``choices`` maps each stored value to the labels and aliases that stand for it in files. ``max_digits`` and
    ``decimals`` are those of the stored decimal. ``region`` (ISO 3166) is where phone numbers without country code are
    called from. ``time_zone`` is that of moments without an offset. ``currency`` is that of amounts without one.
    ``decimal_mark`` and ``date_order`` are left ``""`` to be found from the column: see ``settle_spec``.
    """

    kind: Kind = "text"
    required: bool = False
    max_length: int | None = None
    max_digits: int = 18
    decimals: int = 2
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    region: str = "CN"
    time_zone: str = "UTC"
    currency: str = ""
    decimal_mark: DecimalMark = ""
    date_order: DateOrder = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The values of a column (null where a cell is empty or refused) and the refused cells.

    ``errors`` has the columns ``row`` (position in the column, from 0), ``code`` (see ``messages``) and ``params``
    (``value``: the raw cell, cut; ``limit``: the limit it goes beyond, or null), in the order of the rows.
    """

    values: pl.Series
    errors: pl.DataFrame


class Outcome(NamedTuple):
    """Values of a parser, and the code of each refused cell (null elsewhere); ``codes`` is ``None`` if none is."""

    values: pl.Series
    codes: pl.Series | None


def value_type(spec: FieldSpec) -> pl.DataType:
    """Return the type of the values of a field: moments are UTC, money is a struct of ``amount`` and ``currency``."""
    decimal = pl.Decimal(38, spec.decimals)
    types: dict[str, pl.DataType] = {
        "integer": pl.Int64(),
        "decimal": decimal,
        "percent": decimal,
        "money": pl.Struct({"amount": decimal, "currency": pl.String()}),
        "date": pl.Date(),
        "datetime": pl.Datetime("us", "UTC"),
        "boolean": pl.Boolean(),
        "choices": pl.List(pl.String()),
        "tags": pl.List(pl.String()),
    }
    return types.get(spec.kind, pl.String())


def refused(cells: pl.Series, values: pl.Series, code: str) -> Outcome:
    """Give ``code`` to each cell that is not empty but has no value."""
    bad = values.is_null() & cells.is_not_null()
    return Outcome(values, codes_where(bad, code) if bad.any() else None)


def codes_where(mask: pl.Series, code: str) -> pl.Series:
    """Return ``code`` where the mask is true, null elsewhere."""
    return mask.to_frame("m").select(pl.when("m").then(pl.lit(code)).otherwise(None).alias("code"))["code"]


def first_codes(*codes: pl.Series | None) -> pl.Series | None:
    """Join code columns: the first one that is not null counts."""
    given = [column for column in codes if column is not None]
    if not given:
        return None
    return pl.select(pl.coalesce(given).alias("code"))["code"]
