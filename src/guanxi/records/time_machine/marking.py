"""Finds out, set by set, what taking changes back restores and what stays: in temporary tables of one transaction.

``undo_ours`` holds one row for each record that the changes touched: its fields as ``{name: [after, before]}`` and what
becomes of its life. ``undo_rows`` says beside it which fields still hold the value of the changes (``restored``), which
hold somebody's later value (``kept``), and why a record stays as a whole (``reason``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from guanxi.core.actor import Actor
from guanxi.records import access
from guanxi.records.bulk import read_together
from guanxi.records.declaration import RecordType
from guanxi.records.registry import record_types
from guanxi.records.sameness import SQL_TYPES, same_living
from guanxi.records.sql import quoted, rows_of, run
from guanxi.records.time_machine.stored import Stored, as_json, pk_condition, row_from, stored_fields, table_of
from guanxi.records.undoing import stored_value
from guanxi.records.uniqueness import unique_fields
from guanxi.records.validation import refusals_of

CHUNK = 5_000
_ROUNDS = 20
_LIFE = "('created', 'restored', 'deleted')"
_BEGUN = "('created', 'restored')"
_OURS = f"""
CREATE TEMP TABLE undo_ours ON COMMIT DROP AS
WITH ours AS (
  SELECT id, record_type, record_id, verb, fields FROM records_change WHERE {{condition}}
), ends AS (
  SELECT o.record_type, o.record_id, f.key, (array_agg(f.value->0 ORDER BY o.id))[1] AS before,
         (array_agg(f.value->1 ORDER BY o.id DESC))[1] AS after
  FROM ours o, jsonb_each(o.fields) f WHERE jsonb_typeof(f.value) = 'array' GROUP BY 1, 2, 3
), fields AS (
  SELECT record_type, record_id, jsonb_object_agg(key, jsonb_build_array(after, before)) AS fields
  FROM ends WHERE before IS DISTINCT FROM after GROUP BY 1, 2
), lives AS (
  SELECT record_type, record_id, max(id) AS last_id,
         (array_agg(verb ORDER BY id) FILTER (WHERE verb IN {_LIFE}))[1] AS first,
         (array_agg(verb ORDER BY id DESC) FILTER (WHERE verb IN {_LIFE}))[1] AS last
  FROM ours GROUP BY 1, 2
)
SELECT l.record_type, l.record_id, l.last_id,
       CASE WHEN first IN {_BEGUN} AND last IN {_BEGUN} THEN 'bin'
            WHEN first = 'deleted' AND last = 'deleted' THEN 'restore' END AS life,
       CASE WHEN first = 'created' THEN '{{{{}}}}'::jsonb ELSE coalesce(f.fields, '{{{{}}}}'::jsonb) END AS fields
FROM lives l LEFT JOIN fields f USING (record_type, record_id)
"""
_ROWS = """
CREATE TEMP TABLE undo_rows (record_type text, id bigint, last_id bigint, life text, fields jsonb, restored text[],
                             kept text[], reason text) ON COMMIT DROP
"""


@dataclass(frozen=True, slots=True)
class Source:
    """The changes that are taken back: those of a change set, or a single one. ``at`` is when they began."""

    at: datetime
    change_set_id: int | None = None
    change_id: int | None = None

    @property
    def condition(self) -> tuple[str, tuple[Any, ...]]:
        """Return the condition on the event log; the instant spares looking into older months."""
        if self.change_id is not None:
            return "id = %s AND at = %s", (self.change_id, self.at)
        return "change_set_id = %s AND at >= %s", (self.change_set_id, self.at - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Touched:
    """A record type among the changes: the names of the fields in them, declared or not any more, and those of them
    that are still stored and that the actor may set."""

    record_type: RecordType
    names: tuple[str, ...]
    fields: tuple[Stored, ...]


def mark(source: Source, actor: Actor, *, lock: bool) -> list[Touched]:
    """Make ``undo_ours`` and ``undo_rows`` for an actor, and return the record types in them, dependants first.

    With ``lock`` the records stay locked until the transaction ends, so that nobody changes them in between.
    """
    for name in ("undo_rows", "undo_ours"):
        run(f"DROP TABLE IF EXISTS {name}")
    condition, values = source.condition
    run(_OURS.format(condition=condition), values)
    run("CREATE INDEX ON undo_ours (record_type, record_id)")
    run("ANALYZE undo_ours")
    run(_ROWS)
    touched = list(_touched(actor))
    for item in touched:
        if lock:
            _lock(item.record_type)
        _mark_type(item, source, actor)
        _keep_unsound(item.record_type)
        _keep_taken(item)
    run("CREATE INDEX ON undo_rows (record_type, id)")
    for _round in range(_ROUNDS):
        if not _keep_used():
            break
    return touched


def _touched(actor: Actor) -> Iterator[Touched]:
    names: dict[str, list[str]] = {}
    keys = "undo_ours o LEFT JOIN LATERAL jsonb_object_keys(o.fields) f(key) ON true"
    for type_name, name in rows_of(f"SELECT DISTINCT o.record_type, f.key FROM {keys} ORDER BY 1, 2"):
        names.setdefault(str(type_name), []).extend([str(name)] if name is not None else [])
    for record_type in reversed(list(record_types())):
        if record_type.name in names:
            stored, found = stored_fields(record_type), names[record_type.name]
            able = (
                name for name in found
                if name in stored and stored[name].item.undoable and actor.edits_field(record_type.name, name)
            )  # fmt: skip
            yield Touched(record_type, tuple(found), tuple(stored[name] for name in able))


def _lock(record_type: RecordType) -> None:
    ids = "SELECT record_id FROM undo_ours WHERE record_type = %s"
    run(
        f"SELECT count(*) FROM (SELECT id FROM {table_of(record_type)} WHERE id IN ({ids}) ORDER BY id FOR UPDATE) own",
        [record_type.name],
    )


def _mark_type(touched: Touched, source: Source, actor: Actor) -> None:
    record_type, fields = touched.record_type, touched.fields
    after, before = (row_from(record_type, fields, f"o.fields->'{{name}}'->{at}") for at in (0, 1))
    restored = ", ".join(_when(item, f"{_same(item, 'a')} AND NOT ({_same(item, 'b')})") for item in fields)
    kept = ", ".join(_when(item, f"NOT ({_same(item, 'a')}) AND NOT ({_same(item, 'b')})") for item in fields)
    reason, values = _reason(record_type, source, actor)
    run(
        "INSERT INTO undo_rows"
        " SELECT o.record_type, o.record_id, o.last_id, o.life, o.fields,"
        f" array_remove(ARRAY[{restored}]::text[], NULL), array_remove(ARRAY[{kept}]::text[], NULL), {reason}"
        f" FROM undo_ours o LEFT JOIN {table_of(record_type)} t ON t.id = o.record_id,"
        f" LATERAL {after} a, LATERAL {before} b WHERE o.record_type = %s",
        [*values, record_type.name],
    )


def _when(item: Stored, condition: str) -> str:
    name = item.item.name
    return f"CASE WHEN o.fields ? '{name}' AND {condition} THEN '{name}' END"


def _same(item: Stored, row: str) -> str:
    return f't."{item.column}" IS NOT DISTINCT FROM {item.typed(row)}'


def _reason(record_type: RecordType, source: Source, actor: Actor) -> tuple[str, list[Any]]:
    """Return the SQL that says why a record stays as it is; nothing where it doesn't."""
    rows = record_type.model._default_manager.all()
    reach: dict[str, tuple[str, tuple[Any, ...]]] = {}
    for verb in ("delete", "edit"):
        condition = access.scope_condition(actor, record_type, verb)
        reach[verb] = pk_condition(rows.filter(condition), "t.id") if condition else ("true", ())
    if not record_type.deletable:
        reach["delete"] = ("false", ())
    later = (
        "EXISTS (SELECT 1 FROM records_change c WHERE c.record_type = o.record_type AND c.record_id = o.record_id"
        " AND c.id > o.last_id AND c.at >= %s AND c.change_set_id IS DISTINCT FROM coalesce(%s, 0))"
    )
    sql = f"""CASE WHEN t.id IS NULL THEN 'gone'
        WHEN o.life IS NOT NULL AND NOT ({reach["delete"][0]}) THEN 'denied'
        WHEN o.life IS NULL AND NOT ({reach["edit"][0]}) THEN 'denied'
        WHEN o.life = 'restore' AND t.deleted_at IS NULL THEN 'restored_since'
        WHEN o.life = 'bin' AND t.deleted_at IS NOT NULL THEN 'nothing'
        WHEN o.life = 'bin' AND {later} THEN 'changed_since'
        WHEN o.life IS NULL AND t.deleted_at IS NOT NULL THEN 'deleted_since' END"""
    return sql, [*reach["delete"][1], *reach["edit"][1], source.at - timedelta(days=1), source.change_set_id]


def _keep_unsound(record_type: RecordType) -> None:
    """Keep records whose old values no longer pass the rules of their type together with what stands there now."""
    is_ruled = record_type.check is not None or record_type.rules is not None
    together = sorted(read_together(record_type)) if is_ruled else []
    if not together:
        return
    where = "record_type = %s AND reason IS NULL AND restored && %s::text[]"
    found = rows_of(
        f"SELECT id, restored, fields FROM undo_rows WHERE {where} ORDER BY id", [record_type.name, together]
    )
    stored = stored_fields(record_type)
    attributes = {name: item.attribute for name, item in stored.items()}
    for start in range(0, len(found), CHUNK):
        chunk = {int(row[0]): row for row in found[start : start + CHUNK]}
        unsound = [
            int(facts["id"])
            for facts in record_type.model._default_manager.filter(pk__in=chunk).values("id", *attributes.values())
            if not _is_sound(record_type, attributes, facts, chunk[int(facts["id"])])
        ]
        run(
            "UPDATE undo_rows SET reason = 'unsound' WHERE record_type = %s AND id = ANY(%s)",
            [record_type.name, unsound],
        )


def _is_sound(
    record_type: RecordType, attributes: dict[str, str], facts: dict[str, Any], row: Sequence[Any]
) -> bool:  # fmt: skip
    """Say whether a record with its old values would be saved: by the check of its type and administrators' rules."""
    fields = as_json(row[2])
    try:
        old = {name: stored_value(record_type, name, fields[name][1]) for name in row[1]}
    except ValueError:
        return False
    now = {name: facts[attribute] for name, attribute in attributes.items()}
    empty = {item.name: None for item in record_type.fields}
    return not refusals_of(record_type, {**empty, **now, **old})


def _keep_taken(touched: Touched) -> None:
    """Keep records that would get a value back, or come out of the bin with one, that only one may have and another
    record has by now; unless that one goes to the bin on the same way."""
    table, stays = table_of(touched.record_type), (
        "t.id <> u.id AND NOT EXISTS (SELECT 1 FROM undo_rows o WHERE o.record_type = u.record_type AND o.id = t.id"
        " AND o.life = 'bin' AND o.reason IS NULL)"
    )  # fmt: skip
    which = f"u.record_type = %s AND u.reason IS NULL AND {stays}"
    for item in unique_fields(touched.record_type):
        column, name = quoted(item.name), item.name
        before = f"(u.fields->'{name}'->>1)::{SQL_TYPES[item.kind]}"
        run(
            f"UPDATE undo_rows u SET reason = 'taken' FROM {table} t WHERE {which} AND '{name}' = ANY(u.restored)"
            f" AND {same_living(item.kind, column, before)}",
            [touched.record_type.name],
        )
        run(
            f"UPDATE undo_rows u SET reason = 'taken' FROM {table} t, {table} b WHERE {which} AND b.id = u.id"
            f" AND u.life = 'restore' AND {same_living(item.kind, column, f'b.{column}')}",
            [touched.record_type.name],
        )


def _keep_used() -> int:
    """Keep records that would go to the bin while living records of others point at them; returns how many."""
    kept = 0
    going = {
        str(row[0])
        for row in rows_of("SELECT DISTINCT record_type FROM undo_rows WHERE life = 'bin' AND reason IS NULL")
    }
    for item in record_types() if going else ():
        for stored in stored_fields(item).values():
            if stored.item.kind != "reference" or stored.item.reference not in going:
                continue
            kept += run(
                f"UPDATE undo_rows u SET reason = 'in_use' FROM {table_of(item)} r WHERE u.record_type = %s"
                f" AND u.life = 'bin' AND u.reason IS NULL AND r.\"{stored.column}\" = u.id AND r.deleted_at IS NULL"
                " AND NOT EXISTS (SELECT 1 FROM undo_rows o WHERE o.record_type = %s AND o.id = r.id"
                " AND o.life = 'bin' AND o.reason IS NULL)",
                [stored.item.reference, item.name],
            )
    return kept
