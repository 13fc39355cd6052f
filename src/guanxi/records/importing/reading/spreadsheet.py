"""Reads one sheet of an XLSX file as text columns, streaming, without ever evaluating a formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import polars as pl

from guanxi.records.importing.reading.batches import Batch, RowError, cells_shown, text_frame
from guanxi.records.importing.reading.description import Choices, Description, distinct_names
from guanxi.records.importing.reading.dialect import find_header
from guanxi.records.importing.reading.limits import ImportRefused, Limits
from guanxi.records.importing.reading.workbook import Workbook, feed, open_archive, read_workbook

_ROWS = 5_000
_SNIFFED = 200
# Moments of a sheet have no time zone.
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001

type_row = tuple[int, list[str]]


@dataclass(slots=True)
class SpreadsheetReader:
    """One sheet of a workbook."""

    path: Path
    workbook: Workbook
    part: str
    names: list[str]
    header_row: int
    limits: Limits

    @classmethod
    def open(cls, path: Path, choices: Choices, limits: Limits) -> tuple[Description, SpreadsheetReader]:
        """Check the archive, choose the sheet (the first with rows unless one is named) and find the header."""
        with open_archive(path, limits) as archive:
            workbook = read_workbook(archive, limits)
        wanted = [choices.sheet] if choices.sheet is not None else list(workbook.sheets)
        for sheet in wanted:
            if sheet not in workbook.sheets:
                raise ImportRefused("no_such_sheet", name=sheet)
            reader = cls(path, workbook, workbook.sheets[sheet], [], 0, limits)
            records = reader._first_records()
            if any(cell.strip() for record in records for cell in record):
                break
        else:
            raise ImportRefused("no_rows")
        header = find_header(records) if choices.header_row is None else min(choices.header_row, len(records))
        cells = list(records[header - 1]) if header else [""] * max(len(record) for record in records)
        while len(cells) > 1 and header and not cells[-1].strip():
            cells.pop()
        if len(cells) > limits.columns:
            raise ImportRefused("too_many_columns", limit=limits.columns, found=len(cells))
        reader.names, reader.header_row = distinct_names(cells), header
        description = Description(
            format="xlsx",
            columns=tuple(reader.names),
            first_rows=text_frame([], reader.names),
            total_bytes=path.stat().st_size,
            header_row=header,
            sheet=sheet,
            sheets=tuple(workbook.sheets),
        )
        return description, reader

    def _first_records(self) -> list[list[str]]:
        records: list[list[str]] = []
        for number, cells, _ in islice(self._rows(), _SNIFFED):
            while len(records) < min(number - 1, _SNIFFED):
                records.append([])
            records.append(cells)
        return records

    def parts(self, skip_rows: int) -> Iterator[Batch]:
        """Yield the rows after the first ``skip_rows``. Empty rows count; empty cells at the end of one do not."""
        rows: list[list[str | None]] = []
        places: list[int] = []
        errors: list[RowError] = []
        width, begin, end, weight, offset = len(self.names), skip_rows, skip_rows, 0, 0
        for number, cells, offset in self._rows():
            row = number - 1 - self.header_row
            if row < skip_rows:
                continue
            while len(cells) > width and not cells[-1].strip():
                cells.pop()
            if len(cells) > width:
                params = {"expected": width, "found": len(cells)}
                errors.append(RowError(row, "wrong_cell_count", params, cells_shown(cells)))
            elif any(cells):
                filled: list[str | None] = [cell or None for cell in cells]
                rows.append(filled + [None] * (width - len(cells)))
                places.append(row)
            end = row + 1
            weight += sum(map(len, cells))
            if len(rows) + len(errors) >= _ROWS or weight > self.limits.record_bytes:
                yield self._part(begin, end, rows, places, errors, offset)
                rows, places, errors, begin, weight = [], [], [], end, 0
        yield self._part(begin, end, rows, places, errors, offset)

    def _part(
        self,
        begin: int,
        end: int,
        rows: list[list[str | None]],
        places: list[int],
        errors: list[RowError],
        offset: int,
    ) -> Batch:
        series = pl.Series("row", places, dtype=pl.UInt64)
        return Batch(begin, end - begin, text_frame(rows, self.names), series, tuple(errors), offset, 0.0)

    def _rows(self) -> Iterator[tuple[int, list[str], int]]:
        """Yield ``(number from 1, cells, place in the packed file)`` for each row that the sheet holds."""
        with open_archive(self.path, self.limits) as archive:
            info = archive.getinfo(self.part) if self.part in archive.namelist() else None
            if info is None:
                raise ImportRefused("damaged_file")
            scale = self.path.stat().st_size / max(info.file_size, 1)
            sheet = _Sheet(self.workbook, self.limits)
            with archive.open(info) as file:
                for done in feed(file, sheet.start, sheet.end, sheet.text):
                    for number, cells in sheet.taken():
                        yield number, cells, int(done * scale)


@dataclass(slots=True)
class _Sheet:
    """Collects rows from the events of the XML parser. Of a formula only its stored value is seen."""

    workbook: Workbook
    limits: Limits
    _ready: list[type_row] = field(default_factory=list)
    _number: int = 0
    _size: int = 0
    _cells: list[str] = field(default_factory=list)
    _column: int = 0
    _kind: str = ""
    _style: int = 0
    _inside: bool = False
    _pieces: list[str] = field(default_factory=list)

    def taken(self) -> list[type_row]:
        """Hand over the rows that are complete."""
        ready, self._ready = self._ready, []
        return ready

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._open_cell(attributes)
        elif name in ("v", "t"):
            self._inside = True
        elif name == "row":
            number = attributes.get("r", "")
            self._number = int(number) if number.isdecimal() else self._number + 1
            if self._number > self.limits.rows:
                raise ImportRefused("too_many_rows", limit=self.limits.rows)
            self._cells, self._size = [], 0

    def _open_cell(self, attributes: dict[str, str]) -> None:
        self._column = _column_of(attributes.get("r", ""), len(self._cells))
        if self._column >= max(self.limits.columns, 16_384):
            raise ImportRefused("too_many_columns", limit=self.limits.columns)
        self._kind = attributes.get("t", "n")
        style = attributes.get("s", "0")
        self._style = int(style) if style.isdecimal() else 0
        self._pieces.clear()

    def text(self, piece: str) -> None:
        if self._inside:
            self._size += len(piece)
            if self._size > self.limits.record_bytes:
                raise ImportRefused("row_too_long", row=self._number, limit=self.limits.record_bytes)
            self._pieces.append(piece)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._inside = False
        elif name == "c":
            if self._pieces:
                self._cells.extend([""] * (self._column - len(self._cells)))
                self._cells[self._column :] = [self._value("".join(self._pieces))]
        elif name == "row":
            self._ready.append((self._number, self._cells))

    def _value(self, raw: str) -> str:
        if self._kind == "s":
            strings = self.workbook.strings
            return strings[int(raw)] if raw.isdecimal() and int(raw) < len(strings) else ""
        if self._kind == "b":
            return "true" if raw == "1" else "false"
        if self._kind != "n":
            return raw
        if self._style in self.workbook.date_styles:
            return _date_text(raw, _EPOCH_1904 if self.workbook.epoch_1904 else _EPOCH)
        return _number_text(raw)


def _column_of(reference: str, following: int) -> int:
    """Column number from 0 of a reference like ``AB12``; the following one where the cell has none."""
    number = 0
    for char in reference[:8]:
        if not "A" <= char <= "Z":
            break
        number = number * 26 + ord(char) - 64
    return number - 1 if number else following


def _number_text(raw: str) -> str:
    """Write a number with the 15 digits that a spreadsheet program shows, whole ones without an exponent."""
    if raw.isdecimal() and len(raw) < 16:
        return raw
    try:
        value = float(raw)
    except ValueError:
        return raw
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}"


def _date_text(raw: str, epoch: datetime) -> str:
    try:
        moment = epoch + timedelta(milliseconds=round(float(raw) * 86_400_000))
    except (ValueError, OverflowError):
        return raw
    if float(raw) < 1:
        return moment.time().isoformat()
    return moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat(sep=" ")
