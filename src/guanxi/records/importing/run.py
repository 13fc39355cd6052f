"""Imports a file from the command line or from a demo loader: the wizard's own steps, one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guanxi.core.actor import SYSTEM, Actor
from guanxi.core.errors import DomainError
from guanxi.records.importing.checking import check_job
from guanxi.records.importing.job import (
    State,
    create_job,
    discard_job,
    get_job,
    known_source_system,
    request_check,
    request_run,
    source_system,
)
from guanxi.records.importing.proposing import propose_mapping
from guanxi.records.importing.running import run_job
from guanxi.records.importing.undo import preview_undo, request_undo, undo_job
from guanxi.records.models import ImportJob

_LOOK_SECONDS = 0.5
type_report = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file: counts of rows, and the id of the job that holds the rest; 0 after a rehearsal.

    ``rejects`` are the first rows that a rehearsal refused, as the wizard keeps them.
    """

    job_id: int
    counts: Mapping[str, Any]
    unmapped: tuple[str, ...] = ()
    is_dry: bool = False
    problems: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """Number of refused rows."""
        return int(self.counts.get("errors", 0))

    def __str__(self) -> str:
        named = ("created", "updated", "unchanged", "skipped", "errors")
        line = ", ".join(f"{int(self.counts.get(name, 0)):,} {name}" for name in named)
        lines = [f"A rehearsal, nothing is written: {line}." if self.is_dry else f"Import {self.job_id}: {line}."]
        if self.unmapped:
            lines.append(f"Not imported: {', '.join(self.unmapped)}.")
        if not self.is_dry and self.counts.get("created", 0) + self.counts.get("updated", 0):
            lines.append(f"To take it back: ./guanxi import --undo {self.job_id}")
        return "\n".join(lines)


def import_file(
    path: Path, *, record_type: str, source: str = "", dry_run: bool = False, mapping: Mapping[str, Any] | None = None,
    constants: Mapping[str, str] | None = None, actor: Actor = SYSTEM,
    report: type_report | None = None, batch: int = 0,
) -> ImportResult:  # fmt: skip
    """Load a file and return what became of its rows.

    Columns are recognised by their headers unless ``mapping`` (the JSON of a ``ColumnMapping``) names them;
    ``constants`` fill targets that no column brings; ``batch`` sets the rows per transaction. Raises ``DomainError``:
    file, mapping or rights refused, or the run failed.
    """
    named = (source or "file", source)
    job = create_job(
        actor, path.resolve(), path.name, record_type, is_rehearsal=dry_run,
        source=known_source_system(*named) if dry_run else source_system(*named),
    )  # fmt: skip
    try:
        return _load(job, actor, mapping or {}, constants or {}, {"batch": batch}, dry_run=dry_run, report=report)
    finally:
        if dry_run:
            job.delete()


def _load(
    job: ImportJob, actor: Actor, mapping: Mapping[str, Any], constants: Mapping[str, str], options: Mapping[str, Any],
    *, dry_run: bool, report: type_report | None,
) -> ImportResult:  # fmt: skip
    proposed = propose_mapping(job, actor)
    data = {**proposed.to_json(), **mapping}
    if constants:
        data["constants"] = {**data.get("constants", {}), **constants}
    job.mapping = data
    job.options = {**job.options, **options}
    job.save(update_fields=["mapping", "options"])
    unmapped = tuple(name for name in job.description["columns"] if not data["columns"].get(name))

    def tell(current: ImportJob) -> None:
        if report is not None:
            counts = current.findings.get("counts", {}) if dry_run else current.counts
            rows = current.findings.get("rows", 0) if dry_run else current.rows_done
            report(f"{rows:,} rows", float(counts.get("progress", 0)))

    if dry_run:
        request_check(actor, job.pk, defer=False)
        done = check_job(job.pk, tell)
    else:
        request_run(actor, job.pk, defer=False)
        done = run_job(job.pk, tell)
    if done is None or done.state == State.FAILED:
        raise DomainError(done.error.replace("%", "%%") if done is not None else None)
    counts, found = done.findings.get("counts", {}) if dry_run else done.counts, done.findings
    number = 0 if dry_run else done.pk
    return ImportResult(number, counts, unmapped, dry_run, found.get("problems", []), found.get("rejects", []))


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What became, or would become, of a whole import: records removed and restored, detail rows removed, and kept."""

    job_id: int
    deleted: int
    restored: int
    lines: int
    kept: int
    is_dry: bool = False

    def __str__(self) -> str:
        verb = "would be" if self.is_dry else "were"
        return (
            f"Import {self.job_id}{'' if self.is_dry else ' undone'}: {self.deleted:,} records and {self.lines:,} lines"
            f" {verb} removed, {self.restored:,} {verb} given their old values back, {self.kept:,} {verb} left alone"
            " because somebody changed or uses them."
        )


def discard_import(job_id: int, *, actor: Actor = SYSTEM) -> None:
    """Forget an import that has loaded nothing (see ``discard_job``); raises ``NotFound`` or ``NotNow``."""
    discard_job(actor, job_id)


def undo_import(job_id: int, *, dry_run: bool = False, actor: Actor = SYSTEM) -> UndoResult:
    """Take a whole import back, or only count what that would do; waits where a worker is at it already.

    Raises ``DomainError``: unknown import, one that can't be undone (any more), or the undo failed.
    """
    if dry_run:
        seen = preview_undo(actor, job_id)
        deleted, restored = (sum(getattr(part, word) for part in seen.parts) for word in ("binned", "restored"))
        return UndoResult(job_id, deleted, restored, seen.lines, seen.conflict_count, True)
    request_undo(actor, job_id)
    while undo_job(job_id) is None:
        time.sleep(_LOOK_SECONDS)
    job = get_job(actor, job_id)
    if job.state != State.UNDONE:
        raise DomainError(job.error.replace("%", "%%") or None)
    counts = job.findings["undo"]
    deleted, restored = sum(counts["deleted"].values()), sum(counts["restored"].values())
    return UndoResult(job_id, deleted, restored, counts["lines"], counts["conflicts"])
