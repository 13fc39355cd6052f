"""Reads Parquet files batch by batch, with their types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guanxi.records.importing.reading.batches import Batch
from guanxi.records.importing.reading.description import Description
from guanxi.records.importing.reading.limits import ImportRefused, Limits

_ROWS = 10_000
_SMALL = 1 << 20
_BUFFER = 256 << 10


@dataclass(slots=True)
class ParquetReader:
    """One Parquet file. Text columns stay dictionaries until their real size is known to be within the limits."""

    path: Path
    names: list[str]
    text_columns: list[str]
    limits: Limits

    @classmethod
    def open(cls, path: Path, limits: Limits) -> tuple[Description, ParquetReader]:
        """Check rows, columns and packing by the metadata, before any data are unpacked."""
        try:
            with pq.ParquetFile(path) as file:
                schema, metadata = file.schema_arrow, file.metadata
                rows, columns = metadata.num_rows, len(schema)
                groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
                unpacked = sum(group.total_byte_size for group in groups)
                widest = max((group.total_byte_size for group in groups), default=0)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise ImportRefused("damaged_file") from error
        if rows > limits.rows:
            raise ImportRefused("too_many_rows", limit=limits.rows, found=rows)
        if columns > limits.columns:
            raise ImportRefused("too_many_columns", limit=limits.columns, found=columns)
        size = path.stat().st_size
        if unpacked > max(_SMALL, size * limits.ratio) or widest > limits.unpacked_bytes:
            raise ImportRefused("unpacks_too_large", limit=limits.unpacked_bytes)
        text = [item.name for item in schema if pa.types.is_string(item.type) or pa.types.is_large_string(item.type)]
        reader = cls(path, list(schema.names), text, limits)
        # An empty table made any other way has Arrow load pandas: 50 MB.
        empty = _frame(pa.Table.from_batches([], schema=schema))
        return Description("parquet", tuple(schema.names), empty, size, rows=rows), reader

    def parts(self, skip_rows: int) -> Iterator[Batch]:
        """Yield the rows after the first ``skip_rows``; whole row groups before them are not read."""
        size = self.path.stat().st_size
        pool = pa.default_memory_pool()
        # Arrow's own allocators keep what they once had; here a group of rows is needed for a moment only.
        small = pa.system_memory_pool()
        pa.set_memory_pool(small)
        try:
            with pq.ParquetFile(
                self.path, read_dictionary=self.text_columns, pre_buffer=False, buffer_size=_BUFFER
            ) as file:
                groups = range(file.metadata.num_row_groups)
                row = 0
                for group in groups:
                    rows = file.metadata.row_group(group).num_rows
                    if row + rows <= skip_rows:
                        row += rows
                        continue
                    for batch in file.iter_batches(_ROWS, row_groups=[group], use_threads=False):
                        skipped = min(max(0, skip_rows - row), batch.num_rows)
                        row += skipped
                        yield self._part(batch.slice(skipped), row, size)
                        row += batch.num_rows - skipped
                        small.release_unused()
        except (pa.ArrowException, OSError) as error:
            raise ImportRefused("damaged_file") from error
        finally:
            pa.set_memory_pool(pool)

    def _part(self, batch: pa.RecordBatch, row: int, size: int) -> Batch:
        self._check_size(batch, row)
        frame = _frame(pa.Table.from_batches([batch]))
        rows = pl.Series("row", range(row, row + frame.height), dtype=pl.UInt64)
        return Batch(row, frame.height, frame, rows, (), size, 0.0)

    def _check_size(self, batch: pa.RecordBatch, row: int) -> None:
        """Refuse a batch whose dictionaries would grow beyond reason when written out."""
        total = 0
        for column in batch.columns:
            if isinstance(column, pa.DictionaryArray) and len(column):
                longest = pc.max(pc.binary_length(column.dictionary)).as_py() or 0
                if longest > self.limits.record_bytes:
                    raise ImportRefused("row_too_long", row=row + 1, limit=self.limits.record_bytes)
                if longest * len(column) > self.limits.batch_bytes:
                    lengths = pc.binary_length(column.dictionary).take(column.indices)
                    total += pc.sum(lengths).as_py() or 0
        if total > 2 * self.limits.batch_bytes:
            raise ImportRefused("unpacks_too_large", limit=2 * self.limits.batch_bytes)


def _frame(table: pa.Table) -> pl.DataFrame:
    """Convert to polars: dictionaries become text, lists are joined, other nested values become JSON text."""
    # Polars would keep the words of every dictionary that it is given for the life of the process.
    decoded = [
        column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    frame = pl.DataFrame(pl.from_arrow(pa.table(decoded, names=table.column_names)))
    columns: list[pl.Expr] = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if isinstance(dtype, (pl.Categorical, pl.Enum)):
            column = column.cast(pl.String)
        elif isinstance(dtype, pl.List):
            column = column.cast(pl.List(pl.String), strict=False).list.join("; ")
        elif isinstance(dtype, pl.Struct):
            column = column.struct.json_encode()
        elif dtype == pl.Binary:
            column = column.cast(pl.String, strict=False)
        columns.append(column)
    return frame.select(columns)
