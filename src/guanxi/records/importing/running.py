"""Runs an import job batch by batch: each is one transaction with its rows, its counts and its place in the file."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction

from guanxi.core.actor import SYSTEM, Actor
from guanxi.records.changes import changes_via, record_change
from guanxi.records.failures import reason_for
from guanxi.records.importing.job import State, plan_of, source_of
from guanxi.records.importing.loading import Loaded, Ready, load_rows, make_ready
from guanxi.records.importing.mapping import Column, columns_of, filled_parts, mapping_from
from guanxi.records.importing.matching import Loading
from guanxi.records.importing.reading import Batch
from guanxi.records.importing.reading.source import Source
from guanxi.records.importing.rejects import keep_rejects
from guanxi.records.importing.rows import Rows, parse_rows, settled
from guanxi.records.importing.sending import sent_meanwhile
from guanxi.records.importing.surroundings import acting, company_habits
from guanxi.records.importing.targets import require_parts
from guanxi.records.models import ImportJob
from guanxi.records.sql import rows_of, run

Report = Callable[[ImportJob], None]

_LOCK = 7_301
_ATTEMPTS = 3
_SAMPLE = 2_000
_PROBLEMS_KEPT = 200


class Stopped(Exception):
    """The job was taken over by somebody else, or must stop here."""


@contextmanager
def only_runner(job_id: int) -> Iterator[bool]:
    """Hold the lock of one job for as long as this connection lives; gives False when another process has it."""
    held = bool(rows_of("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, job_id])[0][0])
    try:
        yield held
    finally:
        if held:
            try:
                run("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, job_id])
            except Exception:
                connection.close()


def batch_size(job: ImportJob) -> int:
    """Return the number of rows per transaction: lines are narrow, records wide."""
    return int(job.options.get("batch") or (12_000 if plan_of(job).detail is not None else 4_000))


def run_job(job_id: int, report: Report | None = None) -> ImportJob | None:
    """Load what is left of a queued or interrupted job, and return it; None when another process is at it.

    Writes in one transaction per batch. A job that fails keeps what was committed and can go on from there.
    """
    with only_runner(job_id) as held:
        if not held:
            return None
        job = ImportJob._default_manager.get(pk=job_id)
        if job.state not in (State.QUEUED, State.RUNNING):
            return job
        try:
            with changes_via("import"):
                _run(job, report)
        except Stopped:
            job.refresh_from_db()
        except Exception as error:
            fail(job, error)
        return job


def fail(job: ImportJob, error: Exception) -> None:
    """Mark a job as failed with a sentence for its owner, and announce it unless it was only a check."""
    sentence = reason_for(error, job.owner_id, f"import {job.pk}")
    with transaction.atomic():
        before = ImportJob._default_manager.select_for_update().values_list("state", flat=True).get(pk=job.pk)
        ImportJob._default_manager.filter(pk=job.pk).update(state=State.FAILED, error=sentence, wish="")
        if before != State.CHECKING:
            record_change(SYSTEM, "import_job", job.pk, "failed", {"error": (None, sentence)})
    job.refresh_from_db()


def prepare(job: ImportJob, source: Source, *, is_dry: bool) -> tuple[Loading, list[Column], list[tuple[Column, str]]]:
    """Return what loading needs: rights checked anew, columns settled by the first rows of the file, constants."""
    actor, plan, mapping, habits = acting(job.owner_id), plan_of(job), mapping_from(job.mapping), company_habits()
    reading = {"region": habits.region, "time_zone": habits.time_zone}
    columns = columns_of(plan, mapping, tuple(job.description["columns"]), actor, **reading)
    sample = next(source.batches(_SAMPLE), None)
    if sample is not None:
        columns = settled(columns, sample.frame)
    targets = {column.target.key for column in columns}
    named = {f"={key}": key for key in mapping.constants if key not in targets}
    extra = columns_of(plan, type(mapping)(columns=named), tuple(named), actor, **reading)
    filled = filled_parts(plan, targets | {column.target.key for column in extra})
    require_parts(actor, plan, set(filled))
    # Every job has one, and the database does not check that of external keys; a rehearsal may do without.
    assert job.source_id is not None or is_dry
    loading = Loading(
        actor=actor, plan=plan, mapping=mapping, filled=filled, is_dry=is_dry, source_id=job.source_id or 0,
        headers={column.target.key: column.header for column in columns}, change_set_id=job.change_set_id,
    )  # fmt: skip
    return loading, columns, [(column, mapping.constants[column.target.key]) for column in extra]


def parsed_batches(
    source: Source, size: int, skip: int, columns: list[Column], constants: list[tuple[Column, str]], loading: Loading
) -> Iterator[tuple[Batch, Rows, Ready]]:
    """Yield parsed and completed batches; the next one is made ready while the caller loads the present one."""
    ready: queue.Queue[tuple[Batch, Rows, Ready] | BaseException | None] = queue.Queue(maxsize=1)
    stop = threading.Event()

    def work() -> None:
        try:
            for batch in source.batches(size, skip_rows=skip):
                rows = parse_rows(batch, columns, constants)
                _offer(ready, (batch, rows, make_ready(rows.frame, loading)), stop)
                del batch, rows
                if stop.is_set():
                    return
            _offer(ready, None, stop)
        except BaseException as error:
            _offer(ready, error, stop)

    worker = threading.Thread(target=work, name="import-parser", daemon=True)
    worker.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        worker.join(timeout=30)


def _offer(ready: queue.Queue[Any], item: Any, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            ready.put(item, timeout=0.2)
        except queue.Full:
            continue
        return


def _run(job: ImportJob, report: Report | None) -> None:
    source = source_of(job)
    job.state, job.started_at = State.RUNNING, job.started_at or datetime.now(UTC)
    job.heartbeat_at = datetime.now(UTC)
    job.save(update_fields=["state", "started_at", "heartbeat_at"])
    loading, columns, constants = prepare(job, source, is_dry=False)
    began, first = time.monotonic(), job.rows_done
    for batch, rows, ready in parsed_batches(source, batch_size(job), job.rows_done, columns, constants, loading):
        rate = (batch.next_row - first) / max(time.monotonic() - began, 0.001)
        _load_batch(job, batch, rows, ready, loading, rate)
        if report is not None:
            report(job)
        if job.state != State.RUNNING:
            return
    _finish(job, loading.actor)


def _load_batch(job: ImportJob, batch: Batch, rows: Rows, ready: Ready, loading: Loading, rate: float) -> None:
    """Load one batch and move the job on, in one transaction; clashes with other writers are tried again."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with transaction.atomic():
                run("SET LOCAL statement_timeout = '10min'")
                run("SET LOCAL lock_timeout = '20s'")
                # A batch that a crash takes away takes its place in the file along, and is loaded again.
                run("SET LOCAL synchronous_commit = off")
                loading.take_stock()
                with sent_meanwhile():
                    loaded = load_rows(ready, loading)
                number = keep_rejects(job, batch, [*rows.rejects, *loaded.rejects])
                _move_on(job, batch, loaded, rows.problems, number, rate)
            return
        except (IntegrityError, OperationalError):
            # Ids remembered from a transaction that was rolled back are worthless.
            loading.forget()
            job.refresh_from_db()
            if attempt == _ATTEMPTS:
                raise


def _move_on(
    job: ImportJob, batch: Batch, loaded: Loaded, problems: list[dict[str, Any]], rejected: int, rate: float
) -> None:
    """Add a batch to the counts of its job; raises ``Stopped`` when another process did that already."""
    counts = add_counts(job.counts, loaded, rejected)
    counts |= {"progress": round(batch.progress, 4), "rate": round(rate)}
    findings = {**job.findings, "problems": add_problems(job.findings.get("problems", []), problems)}
    wish = (
        ImportJob._default_manager.select_for_update()
        .filter(pk=job.pk, rows_done=batch.first_row)
        .values_list("wish", flat=True)
    )
    found = list(wish)
    if not found:
        raise Stopped
    state = {"pause": State.PAUSED, "cancel": State.CANCELLED}.get(found[0], State.RUNNING)
    if state != State.RUNNING:
        run("SET LOCAL synchronous_commit = on")
    changes: dict[str, Any] = {
        "rows_done": batch.next_row, "counts": counts, "findings": findings, "state": state, "wish": "",
        "heartbeat_at": datetime.now(UTC), "finished_at": datetime.now(UTC) if state == State.CANCELLED else None,
    }  # fmt: skip
    ImportJob._default_manager.filter(pk=job.pk).update(**changes)
    for name, value in changes.items():
        setattr(job, name, value)


def add_counts(counts: dict[str, Any], loaded: Loaded, rejected: int) -> dict[str, Any]:
    """Return counts with those of one batch added: rows by outcome, records by type and outcome."""
    rows = Counter(
        {name: int(counts.get(name, 0)) for name in ("created", "updated", "unchanged", "skipped", "errors")}
    )
    rows.update(loaded.rows)
    rows["errors"] += rejected
    records = {name: Counter(each) for name, each in counts.get("records", {}).items()}
    for name, each in loaded.records.items():
        records.setdefault(name, Counter()).update(each)
    return {**rows, "records": {name: dict(each) for name, each in records.items()}}


def add_problems(known: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the problems by column and reason with those of one batch added; a few samples of each are kept."""

    def reason(item: dict[str, Any]) -> tuple[str, ...]:
        return item["column"], item["code"], item.get("sentence", "")

    found = {reason(item): dict(item) for item in known}
    for item in new:
        kept = found.setdefault(reason(item), {**item, "count": 0, "samples": []})
        kept["count"] += item["count"]
        kept["samples"] = list(dict.fromkeys([*kept["samples"], *item["samples"]]))[:3]
    return list(found.values())[:_PROBLEMS_KEPT]


def _finish(job: ImportJob, actor: Actor) -> None:
    with transaction.atomic():
        job.state, job.finished_at, job.rows_total = State.DONE, datetime.now(UTC), job.rows_done
        job.counts = {**job.counts, "progress": 1.0}
        job.save(update_fields=["state", "finished_at", "rows_total", "counts"])
        if job.change_set is not None:
            job.change_set.counts = job.counts
            job.change_set.save(update_fields=["counts"])
        figures = {name: (None, job.counts.get(name, 0)) for name in ("created", "updated", "errors")}
        record_change(actor, "import_job", job.pk, "finished", figures, job.change_set_id)
