"""Takes changes back from the event log alone: any record type, any number of records, field by field."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.records.bulk import read_together
from guanxi.records.changes import announce_set, log_rows
from guanxi.records.declaration import RecordType
from guanxi.records.deriving import derive_anew
from guanxi.records.models import ChangeSet
from guanxi.records.sql import rows_of, run
from guanxi.records.time_machine.marking import Source, Touched, mark
from guanxi.records.time_machine.providers import CONFLICTS_SHOWN, Conflict, Part, Preview, Undone
from guanxi.records.time_machine.stored import Stored, as_json, row_from, stored_fields, table_of
from guanxi.records.titles import TITLE_LENGTH

TAKEN_BACK = "taken_back"
_TIMEOUT = "SET LOCAL statement_timeout = '10min'"
_GOES = "reason IS NULL AND (life IS NOT NULL OR cardinality(restored) > 0)"
_STAYS = "(cardinality(kept) > 0 AND reason IS NULL OR reason NOT IN ('denied', 'gone', 'nothing'))"
_SAMPLES = 3


def preview_changes(actor: Actor, source: Source) -> Preview:
    """Return what taking back some changes would do now; writes nothing."""
    with transaction.atomic():
        run(_TIMEOUT)
        touched = _marked(source, actor, lock=False)
        preview = Preview(
            _parts(), _count(_STAYS), _conflicts(), _count("reason = 'denied'"), _count("reason = 'gone'"),
            *_left(touched, actor), _samples(),
        )  # fmt: skip
        transaction.set_rollback(True)
    return preview


def restore_changes(actor: Actor, source: Source, title: str, undoes: dict[str, Any]) -> Undone:
    """Take some changes back as a change set of its own, in the running transaction.

    Fields that hold a later value, and records that others need, stay and are counted. ``undoes`` says in the new
    change set what it takes back. Raises ``Invalid`` where the old values no longer fit the table.
    """
    run(_TIMEOUT)
    touched = _marked(source, actor, lock=True)
    parts, kept = _parts(), _count(_STAYS) + _count("reason = 'denied'")
    total = sum(part.total for part in parts)
    if not total:
        return Undone(None, (), kept)
    counts = {**undoes, "rows": total, "kept": kept}
    if len(parts) == 1:
        counts["record_type"] = parts[0].record_type
    made = ChangeSet.objects.create(kind=TAKEN_BACK, title=title[:TITLE_LENGTH], actor_id=actor.user_id, counts=counts)
    try:
        with transaction.atomic():
            for item in touched:
                # What goes to the bin frees its values for those that get theirs back.
                _restore_lives(item.record_type, "bin", made, actor)
                _restore_fields(item.record_type, item.fields, made, actor)
                _restore_lives(item.record_type, "restore", made, actor)
    except (IntegrityError, DataError) as refusal:
        raise Invalid({"": [_("Some of the old values can't be restored: other records have them now.")]}) from refusal
    for item in touched:
        announce_set(item.record_type.name, made.pk)
    return Undone(made.pk, parts, kept)


def _marked(source: Source, actor: Actor, *, lock: bool) -> list[Touched]:
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


def _left(touched: Sequence[Touched], actor: Actor) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return the fields that stay: those the actor may not set any more, and those that are no longer declared."""
    locked: list[tuple[str, str]] = []
    unknown: list[str] = []
    for each in touched:
        record_type, stored, able = (
            each.record_type,
            stored_fields(each.record_type),
            {s.item.name for s in each.fields},
        )
        for name in each.names:
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
    fields_of = "(SELECT jsonb_object_agg(n, r.fields->n) FROM unnest(r.restored) n)"
    _log(made, actor, "undone", which, record_type, fields_of)
    if record_type.derive is not None:
        together = sorted(read_together(record_type))
        among = f"SELECT r.id FROM undo_rows r WHERE {which} AND r.restored && %s::text[]"
        ids = rows_of(among, [record_type.name, together])
        for number, moved in derive_anew(record_type, [int(row[0]) for row in ids]).items():
            _log_moved(made, record_type, number, moved)


def _restore_lives(record_type: RecordType, life: Literal["bin", "restore"], made: ChangeSet, actor: Actor) -> None:
    """Put what was made in the bin, or take out what was deleted."""
    verb, value = {"bin": ("deleted", "now()"), "restore": ("restored", "NULL")}[life]
    which = f"r.record_type = %s AND r.reason IS NULL AND r.life = '{life}'"
    done = run(
        f"UPDATE {table_of(record_type)} t SET deleted_at = {value}, version = t.version + 1, updated_at = now()"
        f" FROM undo_rows r WHERE t.id = r.id AND {which}",
        [record_type.name],
    )
    if done:
        _log(made, actor, verb, which, record_type)


def _log(
    made: ChangeSet, actor: Actor, verb: str, which: str, record_type: RecordType, fields: str = "'{}'::jsonb"
) -> None:  # fmt: skip
    rows, values = f"undo_rows r WHERE {which}", [record_type.name]
    log_rows(actor, record_type.name, verb, made.pk, "undo", rows=rows, fields=fields, values=values)


def _log_moved(made: ChangeSet, record_type: RecordType, number: int, moved: dict[str, Any]) -> None:
    """Add to the history of one record what a rule changed after its old values were back."""
    own = "change_set_id = %s AND record_type = %s AND record_id = %s AND verb = 'undone' AND at >= now()"
    for name, (old, new) in moved.items():
        pair = "jsonb_build_array(coalesce(fields->%s->0, %s::jsonb), %s::jsonb)"
        values: list[Any] = [name, name, json.dumps(old), json.dumps(new), made.pk, record_type.name, number]
        run(f"UPDATE records_change SET fields = fields || jsonb_build_object(%s::text, {pair}) WHERE {own}", values)
