"""Refused rows: kept with their original cells, and given back as a file that can be corrected and loaded again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import polars as pl

from guanxi.records.importing.reading import Batch
from guanxi.records.importing.refusals import explain_code
from guanxi.records.importing.rows import Reject, cells_at
from guanxi.records.importing.staging import copy_frame
from guanxi.records.models import ImportJob, ImportReject

REASON_COLUMNS = ("error_code", "error_column", "reason")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def with_cells(batch: Batch, rejects: list[Reject]) -> list[Reject]:
    """Return the rejects in the order of the file, one for each row, each with its original cells."""
    first: dict[int, Reject] = {}
    for reject in rejects:
        first.setdefault(reject.row, reject)
    bare = sorted(row for row, reject in first.items() if not reject.cells)
    places = (
        batch.rows.cast(pl.Int64).search_sorted(pl.Series("row", bare, dtype=pl.Int64))
        if bare
        else pl.Series("row", [], dtype=pl.Int64)
    )
    for row, cells in zip(bare, cells_at(batch, pl.Series(places)), strict=True):
        known = first[row]
        first[row] = Reject(row, known.code, known.column, known.params, cells)
    return [first[row] for row in sorted(first)]


def keep_rejects(job: ImportJob, batch: Batch, rejects: list[Reject]) -> int:
    """Store the refused rows of a batch in the running transaction and return how many rows they are."""
    if not rejects:
        return 0
    complete = with_cells(batch, rejects)
    header_row = int(job.description.get("header_row") or 0)
    frame = pl.DataFrame(
        {
            "job_id": [job.pk] * len(complete),
            "row_number": [reject.row + header_row + 1 for reject in complete],
            "cells": [json.dumps(list(reject.cells), ensure_ascii=False) for reject in complete],
            "code": [reject.code[:48] for reject in complete],
            "column": [reject.column[:200] for reject in complete],
            "params": [json.dumps(dict(reject.params), ensure_ascii=False, default=str) for reject in complete],
        }
    )
    copy_frame("records_importreject", frame)
    return len(complete)


def rejects_of(job: ImportJob, *, limit: int = 100, column: str = "") -> list[ImportReject]:
    """Return the first refused rows of a job, of one column where it is named."""
    rows = ImportReject._default_manager.filter(job=job).order_by("row_number", "id")
    return list((rows.filter(column=column) if column else rows)[:limit])


def rejects_file(job: ImportJob) -> Iterator[bytes]:
    """Yield the refused rows as a CSV file (UTF-8 with a mark, for spreadsheet programs): the original columns,
    then ``error_code``, ``error_column`` and ``reason`` in the active language.

    Cells are given back as they stood, so that the corrected file says the same; only the added columns are guarded
    against being taken for formulas.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    columns = list(job.description["columns"])
    writer.writerow([*columns, *REASON_COLUMNS])
    yield b"\xef\xbb\xbf" + buffer.getvalue().encode()
    for reject in ImportReject._default_manager.filter(job=job).order_by("row_number", "id").iterator(chunk_size=2_000):
        buffer.seek(0)
        buffer.truncate()
        cells = [*reject.cells, *[""] * (len(columns) - len(reject.cells))][: max(len(columns), len(reject.cells))]
        writer.writerow(
            [*cells, reject.code, _guarded(reject.column), _guarded(explain_code(reject.code, reject.params))]
        )
        yield buffer.getvalue().encode()


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
