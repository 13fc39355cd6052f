"""Takes changes back from the event log alone: any record type, any number of records, field by field."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.records.bulk import read_together
from guanxi.records.changes import announce_set
from guanxi.records.declaration import RecordType
from guanxi.records.models import ChangeSet
from guanxi.records.time_machine.marking import CHUNK, Source, changed_names, mark, restorable
from guanxi.records.time_machine.providers import CONFLICTS_SHOWN, Conflict, Part, Preview, Undone
from guanxi.records.time_machine.stored import (
    Stored,
    as_json,
    facts_of,
    row_from,
    rows_of,
    run,
    stored_fields,
    table_of,
)
from guanxi.records.values import to_json

TAKEN_BACK = "taken_back"
_TIMEOUT = "SET LOCAL statement_timeout = '10min'"
_GOES = "reason IS NULL AND (life IS NOT NULL OR cardinality(restored) > 0)"
_STAYS = "(cardinality(kept) > 0 AND reason IS NULL OR reason NOT IN ('denied', 'gone', 'nothing'))"
_SAMPLES = 3


def preview_changes(actor: Actor, source: Source) -> Preview:
    """Return what taking back some changes would do now; writes nothing."""
    with transaction.atomic():
        run(_TIMEOUT)
        types = _marked(source, actor, lock=False)
        preview = Preview(
            _parts(), _count(_STAYS), _conflicts(), _count("reason = 'denied'"), _count("reason = 'gone'"),
            *_left(types, actor), _samples(),
        )  # fmt: skip
        transaction.set_rollback(True)
    return preview


def restore_changes(actor: Actor, source: Source, title: str, undoes: dict[str, Any]) -> Undone:
    """Take some changes back as a change set of its own, in the running transaction.

    Fields that hold a later value, and records that others need, stay and are counted. ``undoes`` says in the new
    change set what it takes back. Raises ``Invalid`` where the old values no longer fit the table.
    """
    run(_TIMEOUT)
    types = _marked(source, actor, lock=True)
    parts, kept = _parts(), _count(_STAYS) + _count("reason = 'denied'")
    total = sum(part.total for part in parts)
    if not total:
        return Undone(None, (), kept)
    counts = {**undoes, "rows": total, "kept": kept}
    if len(parts) == 1:
        counts["record_type"] = parts[0].record_type
    made = ChangeSet.objects.create(kind=TAKEN_BACK, title=title[:200], actor_id=actor.user_id, counts=counts)
    try:
        with transaction.atomic():
            for record_type in types:
                _restore_fields(record_type, restorable(record_type, actor), made, actor)
                _restore_lives(record_type, made, actor)
    except (IntegrityError, DataError) as refusal:
        raise Invalid({"": [_("Some of the old values can't be restored: other records have them now.")]}) from refusal
    for record_type in types:
        announce_set(record_type.name, made.pk)
    return Undone(made.pk, parts, kept)


def _marked(source: Source, actor: Actor, *, lock: bool) -> list[RecordType]:
    try:
        return mark(source, actor, lock=lock)
    except DataError as refusal:
        sentence = _("Some of the old values no longer fit their fields, so this can't be undone.")
        raise Invalid({"": [sentence]}) from refusal


def _count(condition: str) -> int:
    return int(rows_of(f"SELECT count(*) FROM undo_rows WHERE {condition}")[0][0])


def _parts() -> tuple[Part, ...]:
    rows = rows_of(
        "SELECT record_type, count(*) FILTER (WHERE life IS NULL), count(*) FILTER (WHERE life = 'bin'),"
        f" count(*) FILTER (WHERE life = 'restore') FROM undo_rows WHERE {_GOES} GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    return tuple(Part(str(name), int(one), int(two), int(three)) for name, one, two, three in rows)


def _left(types: Sequence[RecordType], actor: Actor) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return the fields that stay: those the actor may not set any more, and those that are no longer declared."""
    locked: list[tuple[str, str]] = []
    unknown: list[str] = []
    for record_type in types:
        stored, able = stored_fields(record_type), {item.item.name for item in restorable(record_type, actor)}
        for name in changed_names(record_type):
            if record_type.get(name) is None:
                unknown.append(name)
            elif name in stored and name not in able and actor.sees_field(record_type.name, name):
                locked.append((record_type.name, name))
    return tuple(locked), tuple(unknown)


def _samples() -> tuple[tuple[str, int, dict[str, Any]], ...]:
    rows = rows_of(
        "SELECT record_type, id, (SELECT jsonb_object_agg(n, fields->n) FROM unnest(restored) n)"
        f" FROM undo_rows WHERE {_GOES} ORDER BY record_type, id LIMIT {_SAMPLES}"
    )
    return tuple((str(name), int(pk), as_json(fields) or {}) for name, pk, fields in rows)


def _conflicts() -> tuple[Conflict, ...]:
    """Return the first records that stay, with who changed what since."""
    rows = rows_of(
        f"""SELECT r.record_type, r.id, n.name, coalesce(r.reason, ''), c.actor_id, c.at,
               r.fields->n.name->0, coalesce(c.fields->n.name->1, 'null'::jsonb), r.fields->n.name->1
        FROM (SELECT * FROM undo_rows WHERE {_STAYS} ORDER BY record_type, id LIMIT {CONFLICTS_SHOWN}) r
        LEFT JOIN LATERAL unnest(CASE WHEN r.reason IS NULL THEN r.kept ELSE '{{}}' END) n(name) ON true
        LEFT JOIN LATERAL (
          SELECT actor_id, at, fields FROM records_change c WHERE c.record_type = r.record_type AND c.record_id = r.id
             AND c.id > r.last_id AND (n.name IS NULL OR c.fields ? n.name) ORDER BY c.id DESC LIMIT 1) c ON true
        ORDER BY 1, 2, 3"""
    )
    return tuple(
        Conflict(
            str(row[0]), int(row[1]), str(row[2] or ""), as_json(row[6]), as_json(row[7]), as_json(row[8]), str(row[3]),
            row[4], row[5],
        )
        for row in rows
    )  # fmt: skip


def _restore_fields(record_type: RecordType, fields: Sequence[Stored], made: ChangeSet, actor: Actor) -> None:
    """Write the values from before back, with their history, and what is derived from them."""
    if not fields:
        return
    table, before = table_of(record_type), row_from(record_type, fields, "r.fields->'{name}'->1")
    values = ", ".join(
        f"\"{item.column}\" = CASE WHEN '{item.item.name}' = ANY(r.restored) THEN {item.typed('b')}"
        f' ELSE t."{item.column}" END'
        for item in fields
    )
    which = "r.record_type = %s AND r.reason IS NULL AND cardinality(r.restored) > 0"
    run(
        f"UPDATE {table} t SET {values}, version = t.version + 1, updated_at = now()"
        f" FROM undo_rows r, LATERAL {before} b WHERE t.id = r.id AND {which}",
        [record_type.name],
    )
    _log(
        made, actor, "undone", "(SELECT jsonb_object_agg(n, r.fields->n) FROM unnest(r.restored) n)", which, record_type
    )
    if record_type.derive is not None:
        together = sorted(read_together(record_type))
        among = f"SELECT r.id FROM undo_rows r WHERE {which} AND r.restored && %s::text[]"
        ids = rows_of(among, [record_type.name, together])
        for number, moved in derive_anew(record_type, [int(row[0]) for row in ids]).items():
            _log_moved(made, record_type, number, moved)


def _restore_lives(record_type: RecordType, made: ChangeSet, actor: Actor) -> None:
    """Put what was made in the bin, and take out what was deleted."""
    for life, verb, value in (("bin", "deleted", "now()"), ("restore", "restored", "NULL")):
        which = f"r.record_type = %s AND r.reason IS NULL AND r.life = '{life}'"
        done = run(
            f"UPDATE {table_of(record_type)} t SET deleted_at = {value}, version = t.version + 1, updated_at = now()"
            f" FROM undo_rows r WHERE t.id = r.id AND {which}",
            [record_type.name],
        )
        if done:
            _log(made, actor, verb, "'{}'::jsonb", which, record_type)


def _log(made: ChangeSet, actor: Actor, verb: str, fields: str, which: str, record_type: RecordType) -> None:
    run(
        "INSERT INTO records_change (at, actor_id, record_type, record_id, verb, fields, change_set_id, via)"
        f" SELECT (SELECT clock_timestamp()), %s, r.record_type, r.id, %s, {fields}, %s, 'undo'"
        f" FROM undo_rows r WHERE {which}",
        [actor.user_id, verb, made.pk, record_type.name],
    )


def _log_moved(made: ChangeSet, record_type: RecordType, number: int, moved: dict[str, Any]) -> None:
    """Add to the history of one record what a rule changed after its old values were back."""
    own = "change_set_id = %s AND record_type = %s AND record_id = %s AND verb = 'undone' AND at >= now()"
    for name, (old, new) in moved.items():
        pair = "jsonb_build_array(coalesce(fields->%s->0, %s::jsonb), %s::jsonb)"
        values: list[Any] = [name, name, json.dumps(old), json.dumps(new), made.pk, record_type.name, number]
        run(f"UPDATE records_change SET fields = fields || jsonb_build_object(%s::text, {pair}) WHERE {own}", values)


def derive_anew(record_type: RecordType, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Compute the technical key columns of these records anew from what stands in the table.

    Returns the facts that came out differently, by record, as ``{name: [old, new]}``: a rule may mask a number.
    """
    rule, model = record_type.derive, record_type.model
    facts = {item.attribute: name for name, item in stored_fields(record_type).items()}
    moved: dict[int, dict[str, Any]] = {}
    for start in range(0, len(ids) if rule is not None else 0, CHUNK):
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for record in model._default_manager.filter(pk__in=ids[start : start + CHUNK]):
            keys = rule(facts_of(record_type, record)) if rule is not None else {}
            alike.setdefault(tuple(keys), []).append({"id": record.pk, **keys})
            pairs = {facts[key]: [to_json(getattr(record, key)), to_json(keys[key])] for key in keys if key in facts}
            different = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
            if different:
                moved[record.pk] = different
        for names, rows in alike.items():
            if names:
                write_keys(record_type, names, rows)
    return moved


def write_keys(record_type: RecordType, names: Sequence[str], rows: Sequence[dict[str, Any]], table: str = "") -> None:
    """Write derived columns of some rows of the type's table, or of another ``table`` shaped like it."""
    values = ", ".join(f'"{name}" = k."{name}"' for name in names)
    run(
        f"UPDATE {table or table_of(record_type)} t SET {values}"
        f" FROM jsonb_populate_recordset(NULL::{table_of(record_type)}, %s::jsonb) k WHERE t.id = k.id",
        [json.dumps(rows, default=str)],
    )
