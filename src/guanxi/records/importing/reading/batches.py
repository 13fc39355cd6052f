"""Batches of rows, and the regrouping of what a format reader happens to yield into batches of the size asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from guanxi.records.importing.reading.limits import ImportRefused, Limits

CELL_SHOWN = 500
CELLS_SHOWN = 60


@dataclass(frozen=True, slots=True)
class RowError:
    """A record that could not be read as a row.

    ``row`` counts the records after the header from 0. ``cells`` is what was found, cut to a size that can be shown.
    """

    row: int
    code: str
    params: Mapping[str, int | str]
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """The records ``first_row`` to ``first_row + records`` of a source, counted after the header from 0.

    ``frame`` holds the readable rows as raw text (typed for Parquet); null and ``""`` both mean an empty cell.
    ``rows`` gives the position in the source of each of its rows: unreadable and blank records leave gaps.
    ``bytes_read`` is the place reached in the file, ``progress`` the same as a fraction of the work.
    """

    first_row: int
    records: int
    frame: pl.DataFrame
    rows: pl.Series
    errors: tuple[RowError, ...]
    bytes_read: int
    progress: float

    @property
    def next_row(self) -> int:
        """Position of the first record after this batch: what to pass as ``skip_rows`` to go on from here."""
        return self.first_row + self.records


def cells_shown(cells: Iterable[object]) -> tuple[str, ...]:
    """Cut the cells of a bad record to what a message or a rejects file can carry."""
    shown: list[str] = []
    for cell in cells:
        if len(shown) == CELLS_SHOWN:
            break
        shown.append("" if cell is None else str(cell)[:CELL_SHOWN])
    return tuple(shown)


def text_frame(rows: list[list[str | None]], names: list[str]) -> pl.DataFrame:
    """Make a frame of text columns from rows that all have ``len(names)`` cells."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pl.DataFrame([pl.Series(name, cells, dtype=pl.String) for name, cells in zip(names, columns, strict=True)])


def regroup(parts: Iterable[Batch], size: int, limits: Limits) -> Iterator[Batch]:
    """Yield batches of exactly ``size`` records (fewer at the end, and where rows are wide).

    Raises ``ImportRefused("too_many_rows")`` once the source goes beyond ``limits.rows``.
    """
    held: list[Batch] = []
    records = weight = 0
    for part in parts:
        if part.next_row > limits.rows:
            raise ImportRefused("too_many_rows", limit=limits.rows)
        for piece in _pieces(part, size, size - records):
            held.append(piece)
            records += piece.records
            weight += int(piece.frame.estimated_size())
            if records >= size or weight >= limits.batch_bytes:
                yield _joined(held)
                held, records, weight = [], 0, 0
    if held:
        yield _joined(held)


def _pieces(part: Batch, size: int, room: int) -> Iterator[Batch]:
    """Cut a part so that the first piece fits into ``room`` records and the others into ``size``."""
    while part.records > room:
        head, part = _cut(part, part.first_row + room)
        yield head
        room = size
    if part.records:
        yield part


def _cut(part: Batch, at: int) -> tuple[Batch, Batch]:
    count = int(part.rows.search_sorted(at, side="left"))
    head = replace(
        part,
        records=at - part.first_row,
        frame=part.frame[:count],
        rows=part.rows[:count],
        errors=tuple(error for error in part.errors if error.row < at),
    )
    tail = replace(
        part,
        first_row=at,
        records=part.next_row - at,
        frame=part.frame[count:],
        rows=part.rows[count:],
        errors=tuple(error for error in part.errors if error.row >= at),
    )
    return head, tail


def _joined(held: list[Batch]) -> Batch:
    if len(held) == 1:
        return held[0]
    last = held[-1]
    return replace(
        last,
        first_row=held[0].first_row,
        records=sum(part.records for part in held),
        frame=pl.concat([part.frame for part in held]),
        rows=pl.concat([part.rows for part in held]),
        errors=tuple(error for part in held for error in part.errors),
    )
