"""Whole frames into tables: ids reserved ahead, rows by COPY, history by one more COPY.

For loads that no person waits for row by row (demo company, benchmarks): the caller holds the transaction and answers
for the rows' validity. Imports of other people's files go through ``records.importing``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl
from django.db import connection


def reserve_ids(table: str, count: int) -> pl.Series:
    """Return ``count`` fresh ids of ``table``, in ascending order; they are gone even when the transaction fails."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return pl.Series("id", [row[0] for row in cursor.fetchall()], dtype=pl.Int64)


def copy_frame(table: str, frame: pl.DataFrame) -> int:
    """Append a frame to ``table`` by COPY in the running transaction; its column names are the table's.

    Lists become arrays; empty text stays empty text and null stays null. Returns the number of rows.
    """
    ready = frame.with_columns(_array(frame, name) for name, kind in frame.schema.items() if isinstance(kind, pl.List))
    names = ", ".join(f'"{name}"' for name in ready.columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as target:
        for start in range(0, ready.height, 100_000):
            part = ready.slice(start, 100_000)
            target.write(part.write_csv(include_header=False, datetime_format="%Y-%m-%d %H:%M:%S%.6f+00"))
    return frame.height


def record_creations(
    record_type: str, ids: pl.Series, change_set_id: int, fields: Sequence[str] | None = None, verb: str = "created"
) -> None:
    """Append one row of history for each record; ``fields`` are the JSON texts of their first values."""
    texts = pl.Series("fields", fields if fields is not None else ["{}"] * len(ids), dtype=pl.String)
    frame = pl.DataFrame({"record_id": ids, "fields": texts}).with_columns(
        at=pl.lit(datetime.now(UTC).replace(tzinfo=None)), record_type=pl.lit(record_type), verb=pl.lit(verb),
        change_set_id=pl.lit(change_set_id), via=pl.lit("import"),
    )  # fmt: skip
    copy_frame("records_change", frame)


def _array(frame: pl.DataFrame, name: str) -> pl.Series:
    """Return a list column as PostgreSQL array text."""

    def text(values: list[object] | None) -> str | None:
        if values is None:
            return None
        quoted = ('"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
        return "{" + ",".join(quoted) + "}"

    return pl.Series(name, [text(value) for value in frame[name].to_list()], dtype=pl.String)
