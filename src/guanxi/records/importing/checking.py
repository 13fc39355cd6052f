"""The dry run of an import: every row is parsed and matched, nothing is written, and the counts are exact."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
from django.db import transaction

from guanxi.records.importing.job import State, source_of
from guanxi.records.importing.loading import load_rows
from guanxi.records.importing.reading import Batch
from guanxi.records.importing.rejects import with_cells
from guanxi.records.importing.rows import ROW, Reject
from guanxi.records.importing.running import (
    Report,
    add_counts,
    add_problems,
    batch_size,
    fail,
    only_runner,
    parsed_batches,
    prepare,
)
from guanxi.records.models import ImportJob
from guanxi.records.sql import run

_REJECTS_SHOWN = 100
_ROWS_SHOWN = 10


def check_job(job_id: int, report: Report | None = None) -> ImportJob | None:
    """Run a job without writing any record, and keep what it found with the job; None when another process is at it."""
    with only_runner(job_id) as held:
        if not held:
            return None
        job = ImportJob._default_manager.get(pk=job_id)
        if job.state != State.CHECKING:
            return job
        try:
            _check(job, report)
        except Exception as error:
            fail(job, error)
        return job


def _check(job: ImportJob, report: Report | None) -> None:
    source = source_of(job)
    loading, columns, constants = prepare(job, source, is_dry=True)
    counts: dict[str, Any] = {}
    findings: dict[str, Any] = {"problems": [], "rejects": [], "preview": []}
    rows_done = 0
    for batch, rows, ready in parsed_batches(source, batch_size(job), 0, columns, constants, loading):
        with transaction.atomic():
            run("SET LOCAL statement_timeout = '10min'")
            loaded = load_rows(ready, loading)
            transaction.set_rollback(True)
        rejects = [*rows.rejects, *loaded.rejects]
        counts = add_counts(counts, loaded, len({reject.row for reject in rejects}))
        counts["progress"] = round(batch.progress, 4)
        findings["problems"] = add_problems(findings["problems"], [*rows.problems, *_problems(loaded.rejects)])
        _keep_samples(findings, job, batch, rejects, rows.frame)
        rows_done = batch.next_row
        wish = list(ImportJob._default_manager.filter(pk=job.pk).values_list("wish", flat=True))
        stopped = wish != [""]
        job.findings = {**findings, "counts": counts, "rows": rows_done}
        job.state = State.DRAFT if stopped else State.CHECKING
        job.wish, job.heartbeat_at = "", datetime.now(UTC)
        job.save(update_fields=["findings", "state", "wish", "heartbeat_at"])
        if report is not None:
            report(job)
        if stopped:
            return
    job.findings = {**findings, "counts": {**counts, "progress": 1.0}, "rows": rows_done}
    job.state, job.rows_total = State.CHECKED, rows_done
    job.save(update_fields=["findings", "state", "rows_total"])


def _problems(rejects: list[Reject]) -> list[dict[str, Any]]:
    """Refusals that no cell alone shows, in the form of problems of a column."""
    return [
        {"column": each.column, "code": each.code, "count": 1,
        "samples": [str(each.params["value"])] if "value" in each.params else [],
         "limit": None, "label": each.params.get("label", ""),
         **{name: each.params[name] for name in ("ways", "sentence") if name in each.params}}
        for each in rejects
    ]  # fmt: skip


def _keep_samples(
    findings: dict[str, Any], job: ImportJob, batch: Batch, rejects: list[Reject], frame: pl.DataFrame
) -> None:
    header_row = int(job.description.get("header_row") or 0)
    room = _REJECTS_SHOWN - len(findings["rejects"])
    if room > 0 and rejects:
        rows = sorted({reject.row for reject in rejects})[:room]
        few = [reject for reject in rejects if reject.row in set(rows)]
        findings["rejects"] += [
            {"row": each.row + header_row + 1, "code": each.code, "column": each.column, "params": dict(each.params),
             "cells": list(each.cells)}
            for each in with_cells(batch, few)
        ]  # fmt: skip
    if not findings["preview"]:
        shown = frame.drop(ROW).head(_ROWS_SHOWN)
        lists = [name for name, dtype in shown.schema.items() if isinstance(dtype, pl.List)]
        text = shown.with_columns(pl.col(name).list.join(", ") for name in lists).cast(pl.String)
        findings["preview"] = {"columns": text.columns, "rows": [list(row) for row in text.iter_rows()]}
