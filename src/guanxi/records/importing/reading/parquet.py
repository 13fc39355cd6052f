"""Reads Parquet files slice by slice, with their types."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import polars as pl

from guanxi.records.importing.reading.batches import Batch
from guanxi.records.importing.reading.description import Description
from guanxi.records.importing.reading.limits import ImportRefused, Limits

_ROWS = 12_000
_SMALL = 1 << 20
_FOOTER = Path(__file__).with_name("parquet_footer.py")
_SECONDS = 60
_UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)


class _Footer(msgspec.Struct):
    columns: list[str]
    rows: int
    group_bytes: list[int]


@dataclass(slots=True)
class ParquetReader:
    """One Parquet file. Text columns share the words of their dictionaries until their real size is known."""

    path: Path
    rows: int
    limits: Limits

    @classmethod
    def open(cls, path: Path, limits: Limits) -> tuple[Description, ParquetReader]:
        """Check rows, columns and packing by the metadata, before any data are unpacked."""
        footer = _footer_of(path)
        if footer.rows > limits.rows:
            raise ImportRefused("too_many_rows", limit=limits.rows, found=footer.rows)
        if len(footer.columns) > limits.columns:
            raise ImportRefused("too_many_columns", limit=limits.columns, found=len(footer.columns))
        size = path.stat().st_size
        unpacked, widest = sum(footer.group_bytes), max(footer.group_bytes, default=0)
        if unpacked > max(_SMALL, size * limits.ratio) or widest > limits.unpacked_bytes:
            raise ImportRefused("unpacks_too_large", limit=limits.unpacked_bytes)
        try:
            empty = _as_text(pl.DataFrame(schema=pl.read_parquet_schema(path)))
        except _UNREADABLE as error:
            raise ImportRefused("damaged_file") from error
        return Description("parquet", tuple(footer.columns), empty, size, rows=footer.rows), cls(
            path, footer.rows, limits
        )

    def parts(self, skip_rows: int) -> Iterator[Batch]:
        """Yield the rows after the first ``skip_rows``; what lies before them is not unpacked."""
        size = self.path.stat().st_size
        for row in range(skip_rows, self.rows, _ROWS):
            try:
                raw = pl.scan_parquet(self.path, glob=False).slice(row, _ROWS).collect()
            except _UNREADABLE as error:
                raise ImportRefused("damaged_file") from error
            self._check_size(raw, row)
            rows = pl.Series("row", range(row, row + raw.height), dtype=pl.UInt64)
            yield Batch(row, raw.height, _as_text(raw), rows, (), size, 0.0)

    def _check_size(self, raw: pl.DataFrame, row: int) -> None:
        """Refuse rows that would grow beyond reason when the words that they share are written out."""
        total = 0
        for column in raw.get_columns():
            if isinstance(column.dtype, (pl.Categorical, pl.Enum)):
                lengths = column.cat.len_bytes()
            elif column.dtype in (pl.String, pl.Binary):
                lengths = column.str.len_bytes() if column.dtype == pl.String else column.bin.size()
            else:
                continue
            longest = int(lengths.max() or 0)  # type: ignore[arg-type]
            if longest > self.limits.record_bytes:
                raise ImportRefused("row_too_long", row=row + 1, limit=self.limits.record_bytes)
            total += int(lengths.sum())
        if total > 2 * self.limits.batch_bytes:
            raise ImportRefused("unpacks_too_large", limit=2 * self.limits.batch_bytes)


def _footer_of(path: Path) -> _Footer:
    """Read the footer in a process of its own. Raises ``ImportRefused``."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_FOOTER), str(path)], capture_output=True, check=True, timeout=_SECONDS
        )
        return msgspec.json.decode(done.stdout, type=_Footer)
    except (subprocess.SubprocessError, msgspec.DecodeError) as error:
        raise ImportRefused("damaged_file") from error


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Dictionaries become text, lists are joined, other nested values become JSON text."""
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
