"""Takes a whole import back: removes what it made, restores what it changed, leaves what people touched since."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from guanxi.core.actor import Actor
from guanxi.records import access
from guanxi.records.changes import log_rows, record_change
from guanxi.records.deriving import derive_anew
from guanxi.records.importing.job import NotNow, State, get_job, plan_of
from guanxi.records.importing.marking import conflicts, details, mark, marked_types, to_delete, to_restore
from guanxi.records.importing.running import fail, only_runner
from guanxi.records.importing.surroundings import acting
from guanxi.records.importing.tasks import queue_job
from guanxi.records.models import ChangeSet, ImportJob
from guanxi.records.registry import record_type
from guanxi.records.sql import quoted, rows_of, run
from guanxi.records.time_machine.providers import CONFLICTS_SHOWN, Part, Preview
from guanxi.records.time_machine.stored import row_from, stored_fields, table_of
from guanxi.records.undoing import UNDO_FOR, TooOld

_UNDOABLE = (State.DONE, State.CANCELLED, State.FAILED, State.PAUSED)


def undo_until(job: ImportJob) -> datetime | None:
    """Return until when an import can be undone; None when it never ran or is undone already."""
    if job.change_set_id is None or job.state not in _UNDOABLE or not job.rows_done:
        return None
    return (job.finished_at or job.started_at or job.created_at) + UNDO_FOR


def preview_undo(actor: Actor, job_id: int) -> Preview:
    """Return what an undo would do now; writes nothing. Raises ``NotFound``, ``NotNow``, ``TooOld``."""
    job = get_job(actor, job_id)
    _require_undoable(job)
    with transaction.atomic():
        run("SET LOCAL statement_timeout = '10min'")
        mark(job)
        restored, deleted, (kept, first) = to_restore(), to_delete(), conflicts(job, CONFLICTS_SHOWN)
        names = dict.fromkeys((*deleted, *restored))
        parts = tuple(Part(name, restored.get(name, 0), deleted.get(name, 0)) for name in names)
        preview = Preview(parts, kept, first, lines=details(job, count_only=True))
        transaction.set_rollback(True)
    return preview


def request_undo(actor: Actor, job_id: int) -> ImportJob:
    """Have an import undone in the background. Raises ``NotFound``, ``NotAllowed``, ``NotNow``, ``TooOld``."""
    with transaction.atomic():
        job = get_job(actor, job_id, lock=True)
        _require_undoable(job)
        access.require_may(actor, "import", record_type(_root_type(job)))
        job.state, job.wish, job.heartbeat_at = State.UNDOING, "", datetime.now(UTC)
        job.options = {**job.options, "undone_by": actor.user_id}
        job.save(update_fields=["state", "wish", "heartbeat_at", "options"])
        queue_job(job.pk)
    return job


def _root_type(job: ImportJob) -> str:
    return plan_of(job).root_part.type_name


def _require_undoable(job: ImportJob) -> None:
    until = undo_until(job)
    if until is None:
        raise NotNow(state=str(job.get_state_display()))
    if until < datetime.now(UTC):
        raise TooOld


def undo_job(job_id: int) -> ImportJob | None:
    """Undo a job in state ``undoing`` in one transaction; None when another process is at it."""
    with only_runner(job_id) as held:
        if not held:
            return None
        job = ImportJob._default_manager.select_related("change_set").get(pk=job_id)
        if job.state != State.UNDOING:
            return job
        try:
            with transaction.atomic():
                run("SET LOCAL statement_timeout = '60min'")
                run("SET LOCAL lock_timeout = '20s'")
                _undo(job)
        except Exception as error:
            fail(job, error)
        return job


def _undo(job: ImportJob) -> None:
    actor = acting(job.options.get("undone_by"))
    made = ChangeSet._default_manager.create(
        kind="undo", title=job.file_name[:200], actor_id=actor.user_id, source_id=job.source_id
    )
    mark(job)
    number, first = conflicts(job, CONFLICTS_SHOWN)
    counts: dict[str, Any] = {"deleted": to_delete(), "restored": to_restore(), "conflicts": number}
    counts["lines"] = details(job)
    for type_name in marked_types():
        # What goes frees its values for those that get theirs back.
        _delete(type_name, made, actor)
        _restore(type_name, made, actor)
    made.counts = counts
    made.save(update_fields=["counts"])
    now, kept = datetime.now(UTC), [(item.record_type, item.record_id) for item in first]
    job.state, job.findings = State.UNDONE, {**job.findings, "undo": {**counts, "kept": kept}}
    job.save(update_fields=["state", "findings"])
    figures = {"deleted": (None, sum(counts["deleted"].values())), "conflicts": (None, counts["conflicts"])}
    record_change(actor, "import_job", job.pk, "undone", figures, made.pk)
    if job.change_set is not None:
        job.change_set.undone_at, job.change_set.undone_by_id = now, actor.user_id
        job.change_set.save(update_fields=["undone_at", "undone_by"])


def _delete(type_name: str, made: ChangeSet, actor: Actor) -> None:
    table = table_of(record_type(type_name))
    ids = "SELECT record_id FROM undo_created WHERE record_type = %s AND NOT is_kept"
    run(
        f"UPDATE {table} SET deleted_at = now(), updated_at = now(), version = version + 1"
        f" WHERE deleted_at IS NULL AND id IN ({ids})",
        [type_name],
    )
    run(f"DELETE FROM records_externalkey WHERE record_type = %s AND record_id IN ({ids})", [type_name, type_name])
    log_rows(actor, type_name, "deleted", made.pk, "undo", rows=f"({ids}) r", number="r.record_id", values=[type_name])


def _restore(type_name: str, made: ChangeSet, actor: Actor) -> None:
    """Write the values that stood before the import back into the fields it changed, and their history."""
    declared = record_type(type_name)
    stored = stored_fields(declared)
    rows = rows_of(
        "SELECT DISTINCT f.key FROM undo_changed c, jsonb_object_keys(c.fields) f(key)"
        " WHERE c.record_type = %s AND NOT c.is_kept",
        [type_name],
    )
    fields = [stored[str(row[0])] for row in rows if str(row[0]) in stored]
    if not fields:
        return
    # The question mark is an operator on jsonb; psycopg leaves it alone.
    values = ", ".join(
        f"{quoted(item.column)} = CASE WHEN c.fields ? '{item.item.name}' THEN {item.typed('p')}"
        f" ELSE t.{quoted(item.column)} END"
        for item in fields
    )
    before = row_from(declared, fields, "c.fields->'{name}'->1")
    changed = rows_of(
        f"UPDATE {table_of(declared)} t SET {values}, version = t.version + 1, updated_at = now()"
        f" FROM undo_changed c, LATERAL {before} p"
        f" WHERE c.record_type = %s AND NOT c.is_kept AND t.id = c.record_id RETURNING t.id",
        [type_name],
    )
    changes = "undo_changed r WHERE record_type = %s AND NOT is_kept"
    log_rows(
        actor, type_name, "changed", made.pk, "undo", rows=changes, number="r.record_id", fields="r.fields",
        values=[type_name],
    )  # fmt: skip
    derive_anew(declared, sorted(int(row[0]) for row in changed))
