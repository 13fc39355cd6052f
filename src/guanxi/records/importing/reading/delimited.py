"""Reads delimited text: whole blocks at once where the quoting is regular, record by record where it is not."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guanxi.records.importing.reading.batches import Batch, RowError, cells_shown, text_frame
from guanxi.records.importing.reading.blocks import utf8_blocks
from guanxi.records.importing.reading.dialect import Dialect
from guanxi.records.importing.reading.limits import ImportRefused, Limits

_NEWLINE = 10
_RECORDS = 50_000
_LINES_OF_A_RECORD = 1_000

type_places = NDArray[np.int64]
type_check = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Cut:
    """Complete records of a block: where each ends, how many delimiters it has, and what quotes do there."""

    ends: type_places
    delimiters: type_places
    quoted: bool
    regular: bool
    open_at_end: bool


@dataclass(slots=True)
class DelimitedReader:
    """One pass over a delimited file. ``header_row`` records come before the data (titles and header)."""

    path: Path
    encoding: str
    dialect: Dialect
    names: list[str]
    header_row: int
    limits: Limits
    _skip: int = field(default=0, init=False)
    _row: int = field(default=0, init=False)

    def parts(self, skip_rows: int) -> Iterator[Batch]:
        """Yield the records after the first ``skip_rows`` data rows, in parts of any size."""
        self._skip = self.header_row + skip_rows
        self._row = -self.header_row
        blocks = utf8_blocks(self.path, self.encoding, newline=self.dialect.newline)
        carry, offset = b"", 0
        for block, offset in blocks:
            carry += block
            cut = self._cut(carry)
            if self.dialect.spaced or not cut.regular:
                yield from self._irregular(carry, offset, blocks)
                return
            if cut.ends.size:
                yield from self._regular(carry, cut, offset)
                carry = carry[int(cut.ends[-1]) + 1 :]
            self._check_length(carry, cut.open_at_end)
        if carry:
            yield from self._last(carry, offset, blocks)

    def _last(self, carry: bytes, offset: int, blocks: Iterator[tuple[bytes, int]]) -> Iterator[Batch]:
        """Read the record that no newline ends."""
        cut = self._cut(carry + b"\n")
        if cut.regular and cut.open_at_end:
            raise ImportRefused("unclosed_quote", row=self._row + 1 + self.header_row)
        if cut.regular:
            yield from self._regular(carry + b"\n", cut, offset)
        else:
            yield from self._irregular(carry, offset, blocks)

    def _check_length(self, carry: bytes, open_at_end: bool) -> None:
        if len(carry) > self.limits.record_bytes:
            code = "unclosed_quote" if open_at_end else "row_too_long"
            raise ImportRefused(code, row=self._row + 1 + self.header_row, limit=self.limits.record_bytes)

    def _check_record(self, lines: int, size: int) -> None:
        if lines > _LINES_OF_A_RECORD or size > self.limits.record_bytes:
            code = "unclosed_quote" if lines > 1 else "row_too_long"
            raise ImportRefused(code, row=self._row + 1 + self.header_row, limit=self.limits.record_bytes)

    def _cut(self, block: bytes) -> _Cut:
        """Find the record ends of a block, and whether every quote opens or closes a whole cell."""
        codes = np.frombuffer(block, dtype=np.uint8)
        ends = np.flatnonzero(codes == _NEWLINE)
        delimiters = np.flatnonzero(codes == ord(self.dialect.delimiter))
        quote = ord(self.dialect.quote) if self.dialect.quote else 0
        quotes = np.flatnonzero(codes == quote) if quote else ends[:0]
        regular = True
        if quotes.size:
            regular = _is_regular(codes, quotes, ord(self.dialect.delimiter), quote)
            inside = np.cumsum(codes == quote, dtype=np.uint8) & 1
            ends = ends[inside[ends] == 0]
            delimiters = delimiters[inside[delimiters] == 0]
        counts = np.diff(np.searchsorted(delimiters, ends), prepend=0)
        return _Cut(ends, counts, bool(quotes.size), regular, bool(quotes.size % 2))

    def _regular(self, block: bytes, cut: _Cut, offset: int) -> Iterator[Batch]:
        skipped = min(self._skip, cut.ends.size)
        self._skip -= skipped
        self._row += skipped
        for start in range(skipped, cut.ends.size, _RECORDS):
            stop = min(start + _RECORDS, cut.ends.size)
            yield self._part(block, cut, start, stop, offset)
            self._row += stop - start

    def _part(self, block: bytes, cut: _Cut, start: int, stop: int, offset: int) -> Batch:
        """Parse the records ``start`` to ``stop`` of a block; those of the wrong width become row errors."""
        ends = cut.ends[start:stop]
        first = int(cut.ends[start - 1]) + 1 if start else 0
        begins = np.concatenate((np.array([first], dtype=np.int64), ends[:-1] + 1))
        counts = cut.delimiters[start:stop]
        blank = (ends - begins) == counts
        if len(self.names) == 1:
            blank = ends == begins
        good = (counts == len(self.names) - 1) & ~blank
        errors: list[RowError] = []
        if bool(good.all()):
            text = block[first : int(ends[-1]) + 1]
        else:
            repaired: dict[int, bytes] = {}
            for index in np.flatnonzero(~good & ~blank).tolist():
                record = block[int(begins[index]) : int(ends[index])]
                self._repair(record, int(index), repaired, errors)
            good[list(repaired)] = True
            text = b"".join(
                repaired.get(index) or block[int(begins[index]) : int(ends[index]) + 1]
                for index in np.flatnonzero(good).tolist()
            )
        rows = pl.Series("row", np.flatnonzero(good) + self._row, dtype=pl.UInt64)
        frame = self._frame(text, rows.len(), cut.quoted)
        return Batch(self._row, stop - start, frame, rows, tuple(errors), offset, 0.0)

    def _repair(self, record: bytes, index: int, repaired: dict[int, bytes], errors: list[RowError]) -> None:
        """Keep a record whose surplus cells are all empty, ignore one of blanks only, report any other."""
        if not record.strip():
            return
        cells = next(self._csv_reader(iter([record.decode()])), [])
        if len(cells) > len(self.names) and not any(cell.strip() for cell in cells[len(self.names) :]):
            delimiter = self.dialect.delimiter.encode()
            surplus = len(cells) - len(self.names)
            repaired[index] = record.rsplit(delimiter, surplus)[0] + b"\n"
        else:
            errors.append(self._wrong_width(self._row + index, cells))

    def _wrong_width(self, row: int, cells: list[str]) -> RowError:
        params = {"expected": len(self.names), "found": len(cells)}
        return RowError(row, "wrong_cell_count", params, cells_shown(cells))

    def _frame(self, text: bytes, height: int, quoted: bool) -> pl.DataFrame:
        if not height:
            return text_frame([], self.names)
        frame = pl.read_csv(
            text,
            has_header=False,
            separator=self.dialect.delimiter,
            quote_char=self.dialect.quote if quoted else None,
            schema=dict.fromkeys(self.names, pl.String()),
            raise_if_empty=False,
        )
        if frame.height != height:
            raise ImportRefused("unreadable_rows", row=self._row + 1 + self.header_row)
        return frame

    def _csv_reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        csv.field_size_limit(max(csv.field_size_limit(), self.limits.record_bytes))
        return csv.reader(
            lines,
            delimiter=self.dialect.delimiter,
            quotechar=self.dialect.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.dialect.quote else csv.QUOTE_NONE,
            skipinitialspace=self.dialect.spaced,
        )

    def _irregular(self, carry: bytes, offset: int, blocks: Iterator[tuple[bytes, int]]) -> Iterator[Batch]:
        """Read the rest of the file record by record: quotes within cells are taken as they stand."""
        lines = _Lines(carry, offset, blocks, self._check_record)
        reader = self._csv_reader(iter(lines))
        rows: list[list[str | None]] = []
        places: list[int] = []
        errors: list[RowError] = []
        begin = self._row
        read_before = lines.size_read
        for cells in self._bounded(reader, lines):
            if self._skip:
                self._skip -= 1
                self._row += 1
                begin = self._row
                continue
            width = len(self.names)
            if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                del cells[width:]
            if len(cells) == width and any(cells):
                rows.append([cell or None for cell in cells])
                places.append(self._row)
            elif any(cell.strip() for cell in cells):
                errors.append(self._wrong_width(self._row, cells))
            self._row += 1
            if self._row - begin >= _RECORDS // 5 or lines.size_read - read_before > self.limits.record_bytes:
                yield self._csv_part(begin, rows, places, errors, lines.offset)
                rows, places, errors, begin = [], [], [], self._row
                read_before = lines.size_read
        yield self._csv_part(begin, rows, places, errors, lines.offset)

    def _bounded(self, reader: Iterator[list[str]], lines: _Lines) -> Iterator[list[str]]:
        while True:
            lines.start_record()
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise ImportRefused("unclosed_quote", row=self._row + 1 + self.header_row) from error
            if cells is None:
                return
            yield cells

    def _csv_part(
        self, begin: int, rows: list[list[str | None]], places: list[int], errors: list[RowError], offset: int
    ) -> Batch:
        frame = text_frame(rows, self.names)
        rows_series = pl.Series("row", places, dtype=pl.UInt64)
        return Batch(begin, self._row - begin, frame, rows_series, tuple(errors), offset, 0.0)


def _is_regular(codes: NDArray[np.uint8], quotes: type_places, delimiter: int, quote: int) -> bool:
    """Say whether quotes stand only around whole cells and doubled within them (RFC 4180).

    In order of the text, the first quote that does otherwise is always found: up to it, every other quote opens.
    """
    opening, closing = quotes[0::2], quotes[1::2]
    before = codes[opening[opening > 0] - 1]
    after = codes[closing[closing < codes.size - 1] + 1]
    begins = (before == delimiter) | (before == _NEWLINE) | (before == quote)
    ends = (after == delimiter) | (after == _NEWLINE) | (after == quote)
    return bool(begins.all() and ends.all())


class _Lines:
    """The lines of the rest of a file, each of bounded length, that knows how far it has come."""

    def __init__(self, carry: bytes, offset: int, blocks: Iterator[tuple[bytes, int]], check: type_check) -> None:
        self.offset = offset
        self.size_read = 0
        self._lines = self._size = 0
        self._carry = carry
        self._blocks = blocks
        self._check = check

    def start_record(self) -> None:
        self._lines = self._size = 0

    def __iter__(self) -> Iterator[str]:
        carry = self._carry
        while True:
            lines = carry.split(b"\n")
            carry = lines.pop()
            for line in lines:
                yield self._line(line + b"\n")
            self._check(1, len(carry))
            block, self.offset = next(self._blocks, (b"", self.offset))
            if not block:
                break
            carry += block
        if carry:
            yield self._line(carry)

    def _line(self, line: bytes) -> str:
        self._lines += 1
        self._size += len(line)
        self.size_read += len(line)
        self._check(self._lines, self._size)
        return line.decode().replace("\r", " ")
