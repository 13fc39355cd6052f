"""Reads JSON lines, and a JSON array of objects as a stream, into text columns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
import polars as pl

from guanxi.records.importing.reading.batches import Batch, RowError, text_frame
from guanxi.records.importing.reading.blocks import utf8_blocks
from guanxi.records.importing.reading.description import Description
from guanxi.records.importing.reading.limits import ImportRefused, Limits

_ROWS = 10_000
_ROWS_FOR_COLUMNS = 20_000
_BYTES_FOR_COLUMNS = 16 << 20
_SPACE = re.compile(r"[\s,]*")

# Numbers stay the text they were written as, so that no decimal and no long key is rounded.
_object = msgspec.json.Decoder(dict[str, Any], float_hook=str)
_array_item = json.JSONDecoder(parse_float=str, parse_int=str)

type_record = tuple[dict[str, Any] | None, str, int]


@dataclass(slots=True)
class JsonReader:
    """One file of JSON objects. Keys of nested objects become columns named by their path (``address.city``)."""

    path: Path
    encoding: str
    kind: str
    names: list[str]
    limits: Limits

    @classmethod
    def open(cls, path: Path, encoding: str, kind: str, limits: Limits) -> tuple[Description, JsonReader]:
        """Find the columns: all keys of the first rows (20,000 rows or 16 MB), in order of appearance."""
        reader = cls(path, encoding, kind, [], limits)
        names: dict[str, None] = {}
        for count, (record, _, offset) in enumerate(reader._records()):
            names.update(dict.fromkeys(_flat(record)) if record else {})
            if len(names) > limits.columns:
                raise ImportRefused("too_many_columns", limit=limits.columns, found=len(names))
            if count >= _ROWS_FOR_COLUMNS or offset > _BYTES_FOR_COLUMNS:
                break
        if not names:
            raise ImportRefused("no_rows")
        reader.names = list(names)
        form: Literal["json", "jsonl"] = "json" if kind == "json" else "jsonl"
        size = path.stat().st_size
        description = Description(form, tuple(names), text_frame([], reader.names), size, encoding=encoding)
        return description, reader

    def parts(self, skip_rows: int) -> Iterator[Batch]:
        """Yield the rows after the first ``skip_rows``; blank lines count as rows, so that the count can be resumed."""
        rows: list[list[str | None]] = []
        places: list[int] = []
        errors: list[RowError] = []
        begin, row, offset, weight = skip_rows, 0, 0, 0
        known = set(self.names)
        for row, (record, text, offset) in enumerate(self._records()):
            if row < skip_rows:
                continue
            if record is None:
                if text:
                    errors.append(RowError(row, "bad_json", {}, (text[:500],)))
            else:
                cells = _flat(record)
                unknown = next((name for name in cells if name not in known), None)
                if unknown is None:
                    rows.append([cells.get(name) for name in self.names])
                    places.append(row)
                else:
                    errors.append(RowError(row, "unknown_column", {"name": unknown[:100]}, (text[:500],)))
            weight += len(text)
            if row + 1 - begin >= _ROWS or weight > self.limits.record_bytes:
                yield self._part(begin, row + 1, rows, places, errors, offset)
                rows, places, errors, begin, weight = [], [], [], row + 1, 0
        yield self._part(begin, max(row + 1, begin), rows, places, errors, offset)

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

    def _records(self) -> Iterator[type_record]:
        return self._lines() if self.kind == "jsonl" else self._items()

    def _lines(self) -> Iterator[type_record]:
        carry, row = b"", 0
        for block, offset in utf8_blocks(self.path, self.encoding):
            lines = (carry + block).split(b"\n")
            carry = lines.pop()
            for line in lines:
                yield (*_parsed(line), offset)
            row += len(lines)
            if len(carry) > self.limits.record_bytes:
                raise ImportRefused("row_too_long", row=row + 1, limit=self.limits.record_bytes)
        if carry.strip():
            yield (*_parsed(carry), self.path.stat().st_size)

    def _items(self) -> Iterator[type_record]:
        """Decode the items of an array one by one; the text held is never longer than one item and two blocks."""
        text, row, offset, place, begun = "", 0, 0, 0, False
        blocks = utf8_blocks(self.path, self.encoding)
        while True:
            place = _SPACE.match(text, place).end()  # type: ignore[union-attr]
            if not begun and place < len(text):
                place, begun = place + 1, True
                continue
            if begun and text[place : place + 1] == "]":
                return
            item, end = _item(text, place)
            # What ends exactly where the text held ends may go on in the next block.
            if item is not None and end < len(text):
                yield (item if isinstance(item, dict) else None), text[place:end], offset
                place, row = end, row + 1
                continue
            if len(text) - place > self.limits.record_bytes:
                raise ImportRefused("row_too_long", row=row + 1, limit=self.limits.record_bytes)
            block, offset = next(blocks, (b"", offset))
            if not block:
                raise ImportRefused("broken_json", row=row + 1)
            text, place = text[place:] + block.decode(), 0


def _item(text: str, place: int) -> tuple[Any, int]:
    if place >= len(text):
        return None, place
    try:
        return _array_item.raw_decode(text, place)
    except (ValueError, RecursionError):
        return None, place


def _parsed(line: bytes) -> tuple[dict[str, Any] | None, str]:
    if not line.strip():
        return None, ""
    try:
        return _object.decode(line), line[:1000].decode(errors="replace")
    except (msgspec.DecodeError, RecursionError):
        return None, line[:1000].decode(errors="replace")


def _flat(record: dict[str, Any], prefix: str = "", depth: int = 0) -> dict[str, str | None]:
    cells: dict[str, str | None] = {}
    for key, value in record.items():
        name = f"{prefix}{key}"[:200]
        if isinstance(value, dict) and value and depth < 3:
            cells.update(_flat(value, f"{name}.", depth + 1))
        else:
            cells[name] = _text(value)
    return cells


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "; ".join(value)
    if isinstance(value, (dict, list)):
        return msgspec.json.encode(value).decode()
    return str(value)
