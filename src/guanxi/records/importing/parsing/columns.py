"""Parses one column: typed values where cells are good, a code and the raw cell where they are not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from guanxi.records.importing.parsing.choices import parse_boolean, parse_choice, parse_choices
from guanxi.records.importing.parsing.contacts import parse_email, parse_phone, parse_url
from guanxi.records.importing.parsing.figures import decimal_mark_of, parse_decimal, parse_integer, parse_money
from guanxi.records.importing.parsing.moments import date_order_of, parse_date, parse_datetime
from guanxi.records.importing.parsing.spec import (
    ERRORS_SCHEMA,
    VALUE_SHOWN,
    FieldSpec,
    Kind,
    Outcome,
    Parsed,
    codes_where,
    first_codes,
    value_type,
)
from guanxi.records.importing.parsing.texts import ascii_forms, parse_tags, parse_text, raw_cells

type_parser = Callable[[pl.Series, FieldSpec], Outcome]

_PARSERS: dict[Kind, type_parser] = {
    "text": parse_text,
    "long_text": parse_text,
    "integer": parse_integer,
    "decimal": parse_decimal,
    "percent": parse_decimal,
    "money": parse_money,
    "date": parse_date,
    "datetime": parse_datetime,
    "boolean": parse_boolean,
    "choice": parse_choice,
    "choices": parse_choices,
    "email": parse_email,
    "phone": parse_phone,
    "url": parse_url,
    "tags": parse_tags,
}
# Parsed once per distinct cell: finding the distinct ones costs about 100 ns a cell, less than these parsers do.
_BY_DISTINCT = frozenset({"date", "datetime", "boolean", "choice", "choices", "email", "phone", "url", "tags"})
_FIGURES = frozenset({"integer", "decimal", "percent", "money"})


def settle_spec(sample: pl.Series, spec: FieldSpec) -> FieldSpec:
    """Find what one cell alone cannot tell: the order of day and month, the decimal mark.

    Give it a sample of the whole file, so that all batches are read alike. ``date_order`` stays ``""`` where no cell of
    the sample leaves it beyond doubt: a person should say it then; until then the usage of the region counts.
    """
    return _settled(raw_cells(sample), spec)


def _settled(cells: pl.Series, spec: FieldSpec) -> FieldSpec:
    if spec.kind in ("date", "datetime") and not spec.date_order:
        return replace(spec, date_order=date_order_of(cells))
    if spec.kind in _FIGURES and not spec.decimal_mark:
        return replace(spec, decimal_mark=decimal_mark_of(ascii_forms(cells)))
    return spec


def parse_column(series: pl.Series, spec: FieldSpec) -> Parsed:
    """Check and normalise a column of raw cells (text, or typed as Parquet gives it).

    What ``settle_spec`` would find is found from this column alone where the spec leaves it open. Refused and empty
    cells are null; an empty cell is an error only where the spec requires a value.
    """
    cells = raw_cells(series)
    spec = _settled(cells, spec)
    values, codes = _parsed(cells, spec)
    if spec.required and cells.null_count():
        codes = first_codes(codes, codes_where(cells.is_null(), "required"))
    values = values.cast(value_type(spec)).alias(series.name)
    return Parsed(values, _errors(cells, codes, spec))


def _parsed(cells: pl.Series, spec: FieldSpec) -> Outcome:
    parser = _PARSERS[spec.kind]
    if spec.kind not in _BY_DISTINCT:
        return parser(cells, spec)
    distinct = cells.drop_nulls().unique(maintain_order=True)
    places = cells.cast(pl.Enum(distinct)).to_physical()
    values, codes = parser(distinct.alias("cell"), spec)
    return Outcome(values.gather(places), None if codes is None else codes.gather(places))


def _errors(cells: pl.Series, codes: pl.Series | None, spec: FieldSpec) -> pl.DataFrame:
    if codes is None:
        return pl.DataFrame(schema=ERRORS_SCHEMA)
    limits = {
        "too_long": str(spec.max_length),
        "too_many_decimals": str(spec.decimals),
        "no_such_time": spec.time_zone,
    }
    frame = pl.DataFrame({"code": codes, "value": cells}).with_row_index("row").filter(pl.col("code").is_not_null())
    limit = pl.col("code").replace_strict(limits, default=None, return_dtype=pl.String).alias("limit")
    return frame.select(
        pl.col("row").cast(pl.UInt32),
        "code",
        pl.struct(pl.col("value").fill_null("").str.slice(0, VALUE_SHOWN), limit).alias("params"),
    )
