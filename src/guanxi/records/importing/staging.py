"""Between frames and tables: COPY into temporary tables, blocks of ids, JSON forms in SQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from guanxi.records.importing.sending import NULL, send
from guanxi.records.sql import quoted, rows_of, run

STAGE = "import_stage"
# PostgreSQL reads this as the moment at which the transaction began, in a third of the time a written moment takes.
NOW = "now"


def array_of(values: pl.Series) -> str:
    """Return values without nulls as the text of a PostgreSQL array, which is made and sent much faster than a list."""
    text = values.cast(pl.String)
    if values.dtype == pl.String:
        text = '"' + text.str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True) + '"'
    return "{" + ",".join(text.to_list()) + "}"


def copy_frame(table: str, frame: pl.DataFrame) -> None:
    """Send a frame to a table of the same columns by COPY. Lists become arrays, moments must be UTC."""
    columns = ", ".join(quoted(name) for name in frame.columns)
    forms = [copy_form(pl.col(name), dtype) for name, dtype in frame.schema.items()]
    send(f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv, NULL '{NULL}')", frame, forms)


def copy_form(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return a column of this type in the form that COPY reads."""
    if isinstance(dtype, pl.List):
        inner = column.list.eval(_element(dtype.inner))
        return pl.concat_str(pl.lit("{"), inner.list.join(","), pl.lit("}")).alias(column.meta.output_name())
    if isinstance(dtype, pl.Datetime):
        return column.dt.convert_time_zone("UTC").dt.replace_time_zone(None).dt.strftime("%Y-%m-%d %H:%M:%S%.6f+00")
    return column


def _element(dtype: Any) -> pl.Expr:
    element = pl.element().cast(pl.String)
    if dtype != pl.String:
        return element
    escaped = element.str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
    return pl.concat_str(pl.lit('"'), escaped, pl.lit('"'))


def stage(name: str, columns: Iterable[tuple[str, str]], frame: pl.DataFrame) -> None:
    """Make a temporary table that lives until commit and fill it; ``columns`` are names with SQL types."""
    listed = list(columns)
    definition = ", ".join(f"{quoted(column)} {kind}" for column, kind in listed)
    run(f"DROP TABLE IF EXISTS {name}")
    run(f"CREATE TEMP TABLE {name} ({definition}) ON COMMIT DROP")
    if frame.height:
        copy_frame(name, frame.select([column for column, _ in listed]))


def column_type(model: type[models.Model], attribute: str) -> str:
    """Return the SQL type of a stored attribute of a model."""
    return str(model_field(model, attribute).db_type(connection))


def model_field(model: type[models.Model], attribute: str) -> models.Field[Any, Any]:
    """Return the model field behind a stored attribute (``owner_id`` → ``owner``)."""
    for item in model._meta.concrete_fields:
        if item.attname == attribute:
            return item
    raise KeyError(attribute)


def new_ids(table: str, count: int) -> pl.Series:
    """Take ``count`` ids from the sequence of a table."""
    if count == 0:
        return pl.Series("id", [], dtype=pl.Int64)
    # The name of the sequence is looked up once, not for each id.
    taken = (
        "SELECT string_agg(nextval(s)::text, ',')"
        " FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS s OFFSET 0) sequence, generate_series(1, %s)"
    )
    return pl.Series("id", np.fromstring(rows_of(taken, [table, count])[0][0], dtype=np.int64, sep=","))


def json_form(model: type[models.Model], attribute: str, expression: str) -> str:
    """Return SQL for the JSON form that the history keeps of a value (see ``records.values.to_json``)."""
    item = model_field(model, attribute)
    if isinstance(item, models.DecimalField):
        return f"to_jsonb(({expression})::text)"
    if isinstance(item, models.DateTimeField):
        return f"to_jsonb(to_char(({expression}) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'))"
    return f"to_jsonb({expression})"


def is_empty(model: type[models.Model], attribute: str, expression: str) -> str:
    """Return SQL that says whether a stored value is empty."""
    item = model_field(model, attribute)
    if isinstance(item, ArrayField):
        return f"coalesce(cardinality({expression}), 0) = 0"
    if isinstance(item, models.CharField | models.TextField):
        return f"coalesce({expression}, '') = ''"
    return f"({expression}) IS NULL"
