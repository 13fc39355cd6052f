"""Finds out, set by set, what an undo takes back and what it must leave: in temporary tables that live until commit."""

from __future__ import annotations

from guanxi.records.importing.plan import attribute_of, plans
from guanxi.records.models import ImportJob
from guanxi.records.registry import record_types
from guanxi.records.sameness import SQL_TYPES, same_living
from guanxi.records.sql import quoted, rows_of, run
from guanxi.records.time_machine.providers import Conflict
from guanxi.records.uniqueness import unique_fields

_ROUNDS = 20

_TOUCHED = """
CREATE TEMP TABLE undo_touched ON COMMIT DROP AS
SELECT record_type, record_id, id, fields, verb = 'deleted' AS is_deletion FROM records_change
WHERE at >= %s AND change_set_id IS DISTINCT FROM %s
  AND record_type IN (SELECT DISTINCT record_type FROM records_change WHERE change_set_id = %s)
"""
_CREATED = """
CREATE TEMP TABLE undo_created ON COMMIT DROP AS
SELECT c.record_type, c.record_id,
       EXISTS (SELECT 1 FROM undo_touched t
               WHERE t.record_type = c.record_type AND t.record_id = c.record_id AND t.id > c.id) AS is_kept
FROM records_change c WHERE c.change_set_id = %s AND c.verb IN ('created', 'restored')
"""
# By field: the value before the first of our changes and the one after the last, as [now, then] for the way back.
_CHANGED = """
CREATE TEMP TABLE undo_changed ON COMMIT DROP AS
WITH ours AS (
  SELECT c.record_type, c.record_id, c.id, f.key, f.value FROM records_change c, jsonb_each(c.fields) f
  WHERE c.change_set_id = %s AND c.verb = 'changed'
    AND NOT EXISTS (SELECT 1 FROM undo_created n WHERE n.record_type = c.record_type AND n.record_id = c.record_id)
), ends AS (
  SELECT record_type, record_id, key, max(id) AS id, (array_agg(value->0 ORDER BY id))[1] AS before,
         (array_agg(value->1 ORDER BY id DESC))[1] AS after FROM ours GROUP BY 1, 2, 3
), fields AS (
  SELECT record_type, record_id, max(id) AS id, jsonb_object_agg(key, jsonb_build_array(after, before)) AS fields
  FROM ends GROUP BY 1, 2
)
SELECT f.record_type, f.record_id, f.fields,
       EXISTS (SELECT 1 FROM undo_touched t WHERE t.record_type = f.record_type AND t.record_id = f.record_id
                  AND t.id > f.id AND (t.is_deletion OR t.fields ?| ARRAY(SELECT jsonb_object_keys(f.fields)))) AS
                  is_kept
FROM fields f
"""


def mark(job: ImportJob) -> None:
    """Make ``undo_created`` and ``undo_changed`` for a job; ``is_kept`` marks what somebody changed or uses since."""
    started = job.started_at or job.created_at
    for name in ("undo_touched", "undo_created", "undo_changed", "undo_taken"):
        run(f"DROP TABLE IF EXISTS {name}")
    run("CREATE TEMP TABLE undo_taken (record_type text, record_id bigint) ON COMMIT DROP")
    run(_TOUCHED, [started, job.change_set_id, job.change_set_id])
    run("CREATE INDEX ON undo_touched (record_type, record_id)")
    run(_CREATED, [job.change_set_id])
    run("CREATE INDEX ON undo_created (record_type, record_id)")
    run("ANALYZE undo_created")
    run(_CHANGED, [job.change_set_id])
    # A record stays when one that stays points at it; that may keep further ones.
    for _ in range(_ROUNDS):
        if not _keep_used(job):
            break
    _keep_taken()


def _keep_taken() -> None:
    """Keep records that would get a value back that only one may have, and another one has by now: for good, or until
    this undo gives it another value."""
    for item in record_types():
        table = quoted(item.model._meta.db_table)
        for field in unique_fields(item):
            before = f"(u.fields->'{field.name}'->>1)::{SQL_TYPES[field.kind]}"
            run(
                "WITH taken AS ("
                f"UPDATE undo_changed u SET is_kept = true FROM {table} t WHERE u.record_type = %s AND NOT u.is_kept"
                f" AND u.fields ? '{field.name}' AND {same_living(field.kind, quoted(field.name), before)}"
                " AND t.id <> u.record_id AND NOT EXISTS (SELECT 1 FROM undo_created o"
                " WHERE o.record_type = u.record_type AND o.record_id = t.id AND NOT o.is_kept)"
                " RETURNING u.record_type, u.record_id) INSERT INTO undo_taken SELECT * FROM taken",
                [item.name],
            )


def marked_types() -> list[str]:
    """Return the record types that an undo touches, those that point at others first."""
    rows = rows_of("SELECT record_type FROM undo_created UNION SELECT record_type FROM undo_changed")
    names = {str(row[0]) for row in rows}
    return [item.name for item in reversed(list(record_types())) if item.name in names]


def _keep_used(job: ImportJob) -> int:
    """Keep records that living records of others point at; returns how many were kept anew."""
    kept = 0
    types = {str(row[0]) for row in rows_of("SELECT DISTINCT record_type FROM undo_created WHERE NOT is_kept")}
    for item in record_types():
        for field in item.fields:
            if field.kind != "reference" or field.reference not in types or field.expression or "__" in field.path:
                continue
            kept += run(
                f"UPDATE undo_created u SET is_kept = true FROM {quoted(item.model._meta.db_table)} r"
                " WHERE u.record_type = %s AND NOT u.is_kept"
                f" AND r.{quoted(attribute_of(item, field.name))} = u.record_id"
                " AND r.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM undo_created o WHERE o.record_type = %s"
                " AND o.record_id = r.id AND NOT o.is_kept)",
                [field.reference, item.name],
            )
    return kept + _keep_used_by_details(job, types)


def _keep_used_by_details(job: ImportJob, types: set[str]) -> int:
    kept = 0
    tables = {plan.detail.table: plan for plan in plans() if plan.detail is not None}
    for plan in tables.values():
        detail = plan.detail
        assert detail is not None
        parent = plan.part(detail.parent).type_name
        stays = (
            "(l.change_set_id IS DISTINCT FROM %s OR EXISTS (SELECT 1 FROM undo_created p WHERE p.record_type = %s"
            f" AND p.record_id = l.{quoted(detail.through)} AND p.is_kept))"
        )
        for column, part in {detail.through: detail.parent, **detail.links}.items():
            type_name = plan.part(part).type_name
            if type_name in types:
                kept += run(
                    f"UPDATE undo_created u SET is_kept = true FROM {quoted(detail.table)} l WHERE u.record_type = %s"
                    f" AND NOT u.is_kept AND l.{quoted(column)} = u.record_id AND l.deleted_at IS NULL AND {stays}",
                    [type_name, job.change_set_id, parent],
                )
    return kept


def to_delete() -> dict[str, int]:
    """Return how many records of each type an undo removes."""
    return _counted("undo_created")


def to_restore() -> dict[str, int]:
    """Return how many records of each type get their old values back."""
    return _counted("undo_changed")


def _counted(table: str) -> dict[str, int]:
    rows = rows_of(f"SELECT record_type, count(*) FROM {table} WHERE NOT is_kept GROUP BY 1 ORDER BY 1")
    return {str(name): int(number) for name, number in rows}


def conflicts(job: ImportJob, limit: int) -> tuple[int, tuple[Conflict, ...]]:
    """Return how many records stay as they are because of others, and the first of them with the last change since."""
    union = (
        "SELECT record_type, record_id FROM undo_created WHERE is_kept"
        " UNION SELECT record_type, record_id FROM undo_changed WHERE is_kept"
    )
    total = int(rows_of(f"SELECT count(*) FROM ({union}) kept")[0][0])
    rows = rows_of(
        f"""SELECT k.record_type, k.record_id, c.actor_id, c.at, EXISTS (SELECT 1 FROM undo_taken t
               WHERE t.record_type = k.record_type AND t.record_id = k.record_id)
        FROM ({union} ORDER BY 1, 2 LIMIT %s) k
        LEFT JOIN LATERAL (
          SELECT actor_id, at FROM records_change c WHERE c.record_type = k.record_type AND c.record_id = k.record_id
             AND c.at >= %s AND c.change_set_id IS DISTINCT FROM %s ORDER BY c.id DESC LIMIT 1) c ON true
        ORDER BY 1, 2""",
        [limit, job.started_at or job.created_at, job.change_set_id],
    )
    return total, tuple(
        Conflict(
            str(name), int(pk), reason="taken" if taken else "changed_since" if at else "in_use", actor_id=who, at=at
        )
        for name, pk, who, at, taken in rows
    )


def details(job: ImportJob, *, count_only: bool = False) -> int:
    """Remove the detail rows of a job, except those of parents that stay as a whole, and add parents up anew."""
    total = 0
    for plan in {item.detail.table: item for item in plans() if item.detail is not None}.values():
        detail = plan.detail
        assert detail is not None
        condition = (
            f"l.change_set_id = %s AND NOT EXISTS (SELECT 1 FROM undo_created p WHERE p.record_type = %s AND"
            f" p.record_id = l.{quoted(detail.through)} AND p.is_kept)"
        )
        parameters = [job.change_set_id, plan.part(detail.parent).type_name]
        if count_only:
            total += int(rows_of(f"SELECT count(*) FROM {quoted(detail.table)} l WHERE {condition}", parameters)[0][0])
            continue
        rows = rows_of(
            f"WITH gone AS (DELETE FROM {quoted(detail.table)} l WHERE {condition}"
            f" RETURNING l.{quoted(detail.through)} AS id)"
            " SELECT id, count(*) FROM gone GROUP BY id",
            parameters,
        )
        total += sum(int(count) for _, count in rows)
        parents = [int(number) for number, _ in rows]
        for start in range(0, len(parents), 20_000):
            detail.settle(parents[start : start + 20_000])
    return total
