"""Opens a file: finds out what it is, describes it, and reads it in batches from any row on."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from guanxi.records.importing.reading.batches import Batch, regroup, text_frame
from guanxi.records.importing.reading.blocks import utf8_blocks
from guanxi.records.importing.reading.charset import SAMPLE, Charset, detect_charset
from guanxi.records.importing.reading.delimited import DelimitedReader
from guanxi.records.importing.reading.description import Choices, Description, distinct_names
from guanxi.records.importing.reading.dialect import find_header, records_of, sniff_dialect
from guanxi.records.importing.reading.json_rows import JsonReader
from guanxi.records.importing.reading.limits import ImportRefused, Limits

_FIRST_ROWS = 100


class Reader(Protocol):
    """What each format brings: its records, in parts of any size."""

    def parts(self, skip_rows: int) -> Iterator[Batch]:
        """Yield the records after the first ``skip_rows``."""
        ...


class Source:
    """A readable file. Each call of ``batches`` is a pass of its own over it."""

    def __init__(self, description: Description, reader: Reader, limits: Limits) -> None:
        self._description = description
        self._reader = reader
        self._limits = limits

    def describe(self) -> Description:
        """Return what was found out when the file was opened."""
        return self._description

    def batches(self, size: int = 50_000, *, skip_rows: int = 0) -> Iterator[Batch]:
        """Yield batches of ``size`` records each, without the first ``skip_rows``.

        To go on after a break, pass the ``next_row`` of the last batch that was kept. Reads the file while it is
        iterated over. Raises ``ImportRefused`` where the file cannot be read on.
        """
        total = max(self._description.total_bytes, 1)
        for batch in regroup(self._reader.parts(skip_rows), size, self._limits):
            rows = self._description.rows
            share = batch.next_row / rows if rows else batch.bytes_read / total
            yield replace(batch, progress=min(1.0, share))


def open_source(path: Path, *, limits: Limits | None = None, choices: Choices | None = None) -> Source:
    """Find out what a file is, by its content and not by its name, and return it ready to be read.

    ``choices`` override what would be detected. Reads only the beginning of the file (further where it starts with
    plain ASCII, to be sure of the encoding). Raises ``ImportRefused`` for a file that is empty, of an unknown kind,
    damaged or beyond ``limits``.
    """
    limits, choices = limits or Limits(), choices or Choices()
    size = path.stat().st_size
    if size == 0:
        raise ImportRefused("empty_file")
    if size > limits.file_bytes:
        raise ImportRefused("file_too_large", limit=limits.file_bytes, found=size)
    with path.open("rb") as file:
        start = file.read(4096)
    # What reads workbooks and Parquet takes 10 MB of memory and a moment, which files of other kinds should not cost.
    if start.startswith(b"PK\x03\x04"):
        from guanxi.records.importing.reading.spreadsheet import SpreadsheetReader

        return _with_first_rows(*SpreadsheetReader.open(path, choices, limits), limits)
    if start.startswith(b"PAR1"):
        from guanxi.records.importing.reading.parquet import ParquetReader

        return _with_first_rows(*ParquetReader.open(path, limits), limits)
    if start.startswith((b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF", b"7z\xbc\xaf", b"Rar!")):
        raise ImportRefused("unsupported_format")
    return _open_text(path, choices, limits)


def _open_text(path: Path, choices: Choices, limits: Limits) -> Source:
    charset = detect_charset(path) if choices.encoding is None else _chosen_charset(choices.encoding)
    text, whole = _sample(path, charset, limits)
    json_kind = _json_kind(text) if choices.delimiter is None else None
    if json_kind is not None:
        opened = JsonReader.open(path, charset.name, json_kind, limits)
        return _with_first_rows(replace(opened[0], confidence=charset.confidence), opened[1], limits)
    return _with_first_rows(*_delimited(path, charset, text, whole, choices, limits), limits)


def _chosen_charset(encoding: str) -> Charset:
    try:
        codecs.getincrementaldecoder(encoding)
    except LookupError as error:
        raise ImportRefused("unknown_encoding", encoding=encoding[:50]) from error
    return Charset(encoding, 1.0)


def _json_kind(text: str) -> str | None:
    """Tell a JSON array and JSON lines from delimited text by how the text begins."""
    if re.match(r"\s*\[\s*(\{|\])", text):
        return "json"
    return "jsonl" if re.match(r'\s*\{\s*("(?:[^"\\\n]|\\.)*"\s*:|\})', text) else None


def _sample(path: Path, charset: Charset, limits: Limits) -> tuple[str, bool]:
    """Read the beginning: at least one whole line, where it is shorter than the limit. Say also if that is all."""
    text = b""
    for block, _ in utf8_blocks(path, charset.name, size=SAMPLE):
        text += block
        if b"\n" in text or b"\r" in text:
            return text.decode(), len(text) < SAMPLE // 4 and path.stat().st_size <= SAMPLE
        if max(text.count(mark) for mark in (b",", b"\t", b";", b"|")) > limits.columns * 20:
            raise ImportRefused("too_many_columns", limit=limits.columns)
        if len(text) > limits.record_bytes:
            raise ImportRefused("row_too_long", row=1, limit=limits.record_bytes)
    return text.decode(), True


def _delimited(
    path: Path, charset: Charset, text: str, whole: bool, choices: Choices, limits: Limits
) -> tuple[Description, DelimitedReader]:
    size = path.stat().st_size
    if not whole and size > SAMPLE:
        # The last line of a sample is a part of one.
        cut = max(text.rfind("\n"), text.rfind("\r"))
        text = text[: cut + 1] or text
    dialect = sniff_dialect(text, choices.delimiter, choices.quote)
    records = records_of(text, dialect)
    if not any(cell.strip() for record in records for cell in record):
        raise ImportRefused("no_rows")
    header = find_header(records) if choices.header_row is None else min(choices.header_row, len(records))
    widest = max(len(record) for record in records)
    cells = list(records[header - 1]) if header else [""] * widest
    while header and len(cells) > 1 and not cells[-1].strip() and widest < len(cells):
        cells.pop()
    if len(cells) > limits.columns:
        raise ImportRefused("too_many_columns", limit=limits.columns, found=len(cells))
    names = distinct_names(cells)
    description = Description(
        format="csv",
        columns=tuple(names),
        first_rows=text_frame([], names),
        total_bytes=size,
        encoding=charset.name,
        confidence=charset.confidence,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        header_row=header,
    )
    return description, DelimitedReader(path, charset.name, dialect, names, header, limits)


def _with_first_rows(description: Description, reader: Reader, limits: Limits) -> Source:
    """Read the first rows too, so that a file that cannot be read is refused when it is opened."""
    first = next(iter(regroup(reader.parts(0), _FIRST_ROWS, limits)), None)
    if first is not None:
        description = replace(description, first_rows=first.frame)
    return Source(description, reader, limits)
