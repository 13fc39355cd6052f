"""Writes the records of one part of a batch: new ones, differences, history and external keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import connection, models

from guanxi.records.importing.matching import Loading
from guanxi.records.importing.plan import Part, attribute_of
from guanxi.records.importing.staging import (
    STAGE,
    column_type,
    is_empty,
    json_form,
    quoted,
    rows_of,
    run,
    stage,
)

DIFF = "import_diff"
_TECHNICAL = ("id", "created_at", "updated_at", "version", "deleted_at")


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of the records of a part: ids made, changed and left as they are."""

    created: int
    changed: frozenset[int]
    unchanged: int

    @property
    def updated(self) -> int:
        """Number of existing records that were changed."""
        return len(self.changed)


def store_part(part: Part, records: pl.DataFrame, loading: Loading, sums: dict[str, str] | None = None) -> Stored:
    """Write one frame of records, one row each.

    ``records`` has ``id``, ``is_new``, ``key`` and one column per stored attribute; an empty cell says nothing about
    an existing record. ``sums`` are further columns of new records only. In a dry run nothing but temporary tables is
    written.
    """
    fresh, old = records.filter("is_new"), records.filter(~pl.col("is_new"))
    if fresh.height and not loading.is_dry:
        _insert(part, fresh, loading)
    changed: frozenset[int] = frozenset()
    if old.height and loading.mapping.existing != "skip":
        changed = _update(part, old.drop(list(sums or ())), loading)
    return Stored(fresh.height, changed, old.height - len(changed))


def facts_of(part: Part, frame: pl.DataFrame) -> list[str]:
    """Return the names of the fields of the record type whose attributes are columns of ``frame``."""
    record_type = part.record_type
    names = [item.name for item in record_type.fields if item.expression is None and "__" not in item.path]
    return [name for name in names if attribute_of(record_type, name) in frame.columns]


def _insert(part: Part, records: pl.DataFrame, loading: Loading) -> None:
    model = part.record_type.model
    records = _with_derived(part, _with_owner(part, records, loading))
    given = [name for name in records.columns if name not in ("id", "is_new", "key")]
    columns = [("id", "bigint"), ("key", "text"), *((name, column_type(model, name)) for name in given)]
    stage(STAGE, columns, records)
    names, values, parameters = _insert_values(model, given)
    table = quoted(model._meta.db_table)
    run(f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {STAGE} s", parameters)
    if not part.natural:
        run(
            "INSERT INTO records_externalkey (record_type, source_id, external_id, record_id)"
            f" SELECT %s, %s, s.key, s.id FROM {STAGE} s",
            [part.type_name, loading.source_id],
        )
    fields = _history_of_new(part, given)
    _log(part, loading, "created", fields, f"{STAGE} s", "s.id")


def _history_of_new(part: Part, given: list[str]) -> str:
    """Return SQL for the history of new records: [null, value] of each field that has a value."""
    model, pieces = part.record_type.model, []
    for name, attribute in _fields(part, given):
        if part.is_dependent and not part.record_type[name].editable:
            continue
        value = f"s.{quoted(attribute)}"
        pair = f"jsonb_build_array(NULL, {json_form(model, attribute, value)})"
        pieces.append(f"'{name}', CASE WHEN NOT ({is_empty(model, attribute, value)}) THEN {pair} END")
    return f"jsonb_strip_nulls(jsonb_build_object({', '.join(pieces)}))"


def _fields(part: Part, attributes: list[str]) -> list[tuple[str, str]]:
    """Return field name and attribute of each declared field among stored attributes."""
    record_type = part.record_type
    pairs = [
        (item.name, attribute_of(record_type, item.name)) for item in record_type.fields if item.expression is None
    ]
    return [(name, attribute) for name, attribute in pairs if attribute in attributes and attribute not in _TECHNICAL]


def _insert_values(model: type[models.Model], given: list[str]) -> tuple[list[str], list[str], list[Any]]:
    """Return the columns of the insert, the SQL of their values (or defaults), and its parameters."""
    names, values, parameters = [], [], []
    for item in model._meta.concrete_fields:
        kind = item.db_type(connection)
        if item.attname in ("created_at", "updated_at"):
            value = "now()"
        elif item.attname == "id":
            value = "s.id"
        else:
            default = (
                item.get_default()
                if item.has_default()
                else ("" if not item.null and item.empty_strings_allowed else None)
            )
            value = f"s.{quoted(item.attname)}" if item.attname in given else ""
            if default is not None or not value:
                value = f"coalesce({value}, %s::{kind})" if value else f"%s::{kind}"
                parameters.append(item.get_db_prep_save(default, connection))
        names.append(quoted(str(item.column)))
        values.append(value)
    return names, values, parameters


def _with_owner(part: Part, records: pl.DataFrame, loading: Loading) -> pl.DataFrame:
    """New records belong to the actor and the actor's team where the file names nobody else."""
    usual = {"owner": loading.actor.user_id, "team": loading.actor.team_id}
    for name, number in usual.items():
        if number is not None and part.record_type.get(name) is not None:
            attribute = attribute_of(part.record_type, name)
            own = pl.lit(number, dtype=pl.Int64)
            value = pl.col(attribute).fill_null(own) if attribute in records.columns else own
            records = records.with_columns(value.alias(attribute))
    return records


def _with_derived(part: Part, records: pl.DataFrame) -> pl.DataFrame:
    """Add the technical key columns: by the part's columnar rule, else by the record type's rule row by row."""
    if part.derive is not None:
        # What hangs on another record was completed before it was compared with what is there.
        return records if part.is_dependent else part.derive(records)
    rule = part.record_type.derive
    if rule is None:
        return records
    names = facts_of(part, records)
    attributes = [attribute_of(part.record_type, name) for name in names]
    derived = [rule(dict(zip(names, values, strict=True))) for values in records.select(attributes).iter_rows()]
    return records.with_columns(
        pl.Series(name, [item[name] for item in derived], dtype=pl.List(pl.String) if isinstance(value, list) else None)
        for name, value in derived[0].items()
    )


def _update(part: Part, records: pl.DataFrame, loading: Loading) -> frozenset[int]:
    """Compare the staged values with what stands in the table, write the differences and their history."""
    model, table = part.record_type.model, quoted(part.record_type.model._meta.db_table)
    given = [name for name in records.columns if name not in ("id", "is_new", "key")]
    if not given:
        return frozenset()
    stage(STAGE, [("id", "bigint"), *((name, column_type(model, name)) for name in given)], records)
    fills = part.fills_only or loading.mapping.existing == "fill"
    restored = _restore(part, loading)
    new = {name: _new_value(model, name, fills) for name in given}
    differs = " OR ".join(f"t.{quoted(name)} IS DISTINCT FROM {new[name]}" for name in given)
    both = f"FROM {STAGE} s JOIN {table} t ON t.id = s.id WHERE ({differs})"
    # Most rows of a file that comes again differ in nothing: only the others are locked, then compared once more.
    candidates = [int(row[0]) for row in rows_of(f"SELECT t.id {both}")]
    if not candidates or loading.is_dry:
        return frozenset(candidates) | restored
    run(f"SELECT 1 FROM {table} t WHERE t.id = ANY(%s) ORDER BY t.id FOR UPDATE", [candidates])
    pieces = [
        f"CASE WHEN t.{quoted(attribute)} IS DISTINCT FROM {new[attribute]}"
        f" THEN jsonb_build_object('{name}', jsonb_build_array("
        f"{json_form(model, attribute, 't.' + quoted(attribute))}, {json_form(model, attribute, new[attribute])}"
        ")) ELSE '{}'::jsonb END"
        for name, attribute in _fields(part, given)
    ]
    run(f"DROP TABLE IF EXISTS {DIFF}")
    run(
        f"CREATE TEMP TABLE {DIFF} ON COMMIT DROP AS"
        f" SELECT t.id, {', '.join(f'{new[n]} AS {quoted(n)}' for n in given)},"
        f" {' || '.join(pieces)} AS changed_fields {both} AND t.id = ANY(%s)",
        [candidates],
    )
    return _write_differences(part, given, loading) | restored


def _write_differences(part: Part, given: list[str], loading: Loading) -> frozenset[int]:
    """Write what stands in the table of differences, with its history, and return the ids."""
    table = quoted(part.record_type.model._meta.db_table)
    ids = frozenset(int(row[0]) for row in rows_of(f"SELECT id FROM {DIFF}"))
    assignments = ", ".join(f"{quoted(name)} = d.{quoted(name)}" for name in given)
    run(
        f"UPDATE {table} t SET {assignments}, version = t.version + 1, updated_at = now()"
        f" FROM {DIFF} d WHERE t.id = d.id"
    )
    _log(part, loading, "changed", "d.changed_fields", f"{DIFF} d", "d.id")
    rederive(part, sorted(ids))
    return ids


def _new_value(model: type[models.Model], name: str, fills: bool) -> str:
    staged, old = f"s.{quoted(name)}", f"t.{quoted(name)}"
    if fills:
        return f"CASE WHEN {is_empty(model, name, old)} THEN coalesce({staged}, {old}) ELSE {old} END"
    return f"coalesce({staged}, {old})"


def _restore(part: Part, loading: Loading) -> frozenset[int]:
    """Take records found by a natural key out of the bin: their key can't be given to another. Returns their ids."""
    if not part.natural:
        return frozenset()
    table = quoted(part.record_type.model._meta.db_table)
    rows = rows_of(f"SELECT t.id FROM {table} t JOIN {STAGE} s ON s.id = t.id WHERE t.deleted_at IS NOT NULL")
    ids = [int(row[0]) for row in rows]
    if ids and not loading.is_dry:
        _log(
            part,
            loading,
            "restored",
            "'{}'::jsonb",
            f"{STAGE} s JOIN {table} t ON t.id = s.id AND t.deleted_at IS NOT NULL",
            "t.id",
        )
        run(
            f"UPDATE {table} SET deleted_at = NULL, version = version + 1, updated_at = now() WHERE id = ANY(%s)", [ids]
        )
    return frozenset(ids)


def rederive(part: Part, ids: list[int]) -> None:
    """Compute the technical key columns of these records anew from what stands in the table."""
    rule, record_type = part.record_type.derive, part.record_type
    if rule is None or not ids:
        return
    names = [item.name for item in record_type.fields if item.expression is None and "__" not in item.path]
    attributes = [attribute_of(record_type, name) for name in names]
    model = record_type.model
    for start in range(0, len(ids), 5_000):
        chunk = ids[start : start + 5_000]
        rows = list(model._default_manager.filter(pk__in=chunk).values_list("pk", *attributes))
        derived = [(row[0], rule(dict(zip(names, row[1:], strict=True)))) for row in rows]
        columns = list(derived[0][1]) if derived else []
        if not columns:
            continue
        frame = pl.DataFrame(
            {"id": [number for number, _ in derived], **{c: [keys[c] for _, keys in derived] for c in columns}}
        )
        stage("import_keys", [("id", "bigint"), *((c, column_type(model, c)) for c in columns)], frame)
        run(
            f"UPDATE {quoted(model._meta.db_table)} t SET {', '.join(f'{quoted(c)} = k.{quoted(c)}' for c in columns)}"
            " FROM import_keys k WHERE t.id = k.id AND ("
            + " OR ".join(f"t.{quoted(c)} IS DISTINCT FROM k.{quoted(c)}" for c in columns) + ")"
        )  # fmt: skip


def _log(part: Part, loading: Loading, verb: str, fields: str, source: str, number: str) -> None:
    run(
        "INSERT INTO records_change (at, actor_id, record_type, record_id, verb, fields, change_set_id, via)"
        f" SELECT now(), %s, %s, {number}, %s, {fields}, %s, 'import' FROM {source}",
        [loading.actor.user_id, part.type_name, verb, loading.change_set_id],
    )
