"""Writes the records of one part of a batch: new ones, differences, history and external keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import models

from guanxi.records.changes import log_rows
from guanxi.records.deriving import derive_anew
from guanxi.records.importing.creating import append_records, fields_of
from guanxi.records.importing.matching import Loading
from guanxi.records.importing.plan import Part, attribute_of
from guanxi.records.importing.staging import STAGE, array_of, column_type, is_empty, json_form, stage
from guanxi.records.sql import quoted, rows_of, run

DIFF = "import_diff"


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


@dataclass(frozen=True, slots=True)
class PartRows:
    """The records of one part of a batch, one row each.

    ``records`` has ``id``, ``is_new``, ``key`` and one column per stored attribute; an empty cell says nothing about
    an existing record. ``sums`` are those columns that only new records get.
    """

    part: Part
    records: pl.DataFrame
    sums: tuple[str, ...] = ()


def store_parts(rows: Sequence[PartRows], loading: Loading) -> list[Stored]:
    """Write the records of these parts and return what became of each part's. A dry run writes temporary tables only.

    What is there already comes first, since comparing asks the database: what is new is sent without waiting for it.
    """
    changed: list[frozenset[int]] = []
    for item in rows:
        old = item.records.filter(~pl.col("is_new"))
        compared = old.height and loading.mapping.existing != "skip"
        changed.append(_update(item.part, old.drop(list(item.sums)), loading) if compared else frozenset())
    stored = []
    for item, ids in zip(rows, changed, strict=True):
        fresh = item.records.filter("is_new")
        if fresh.height and not loading.is_dry:
            append_records(item.part, fresh, loading)
        stored.append(Stored(fresh.height, ids, item.records.height - fresh.height - len(ids)))
    return stored


def _update(part: Part, records: pl.DataFrame, loading: Loading) -> frozenset[int]:
    """Compare the staged values with what stands in the table, write the differences and their history."""
    model, table = part.record_type.model, quoted(part.record_type.model._meta.db_table)
    # A record that was found by some of its values has these already.
    known = {attribute_of(part.record_type, name) for name in part.natural}
    given = [name for name in records.columns if name not in ("id", "is_new", "key", *known)]
    restored = _restore(part, records["id"], loading) if part.natural else frozenset()
    fills = part.fills_only or loading.mapping.existing == "fill"
    if fills and given:
        records = _with_gaps(part, records, given)
    if not given or not records.height:
        return restored
    stage(STAGE, [("id", "bigint"), *((name, column_type(model, name)) for name in given)], records)
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
        for name, attribute in fields_of(part, given)
    ]
    run(f"DROP TABLE IF EXISTS {DIFF}")
    run(
        f"CREATE TEMP TABLE {DIFF} ON COMMIT DROP AS"
        f" SELECT t.id, {', '.join(f'{new[n]} AS {quoted(n)}' for n in given)},"
        f" {' || '.join(pieces)} AS changed_fields {both} AND t.id = ANY(%s)",
        [candidates],
    )
    return _write_differences(part, given, loading) | restored


def _with_gaps(part: Part, records: pl.DataFrame, given: list[str]) -> pl.DataFrame:
    """Return the rows of those records that lack a value in the table: seldom any, and only these can be filled."""
    model, table = part.record_type.model, quoted(part.record_type.model._meta.db_table)
    missing = " OR ".join(is_empty(model, name, f"t.{quoted(name)}") for name in given)
    rows = rows_of(
        f"SELECT t.id FROM {table} t WHERE t.id = ANY(%s::bigint[]) AND ({missing})", [array_of(records["id"])]
    )
    return records.filter(pl.col("id").is_in([int(row[0]) for row in rows]))


def _write_differences(part: Part, given: list[str], loading: Loading) -> frozenset[int]:
    """Write what stands in the table of differences, with its history, and return the ids."""
    table = quoted(part.record_type.model._meta.db_table)
    ids = frozenset(int(row[0]) for row in rows_of(f"SELECT id FROM {DIFF}"))
    assignments = ", ".join(f"{quoted(name)} = d.{quoted(name)}" for name in given)
    run(
        f"UPDATE {table} t SET {assignments}, version = t.version + 1, updated_at = now()"
        f" FROM {DIFF} d WHERE t.id = d.id"
    )
    _log(part, loading, "changed", f"{DIFF} r", "r.changed_fields")
    derive_anew(part.record_type, sorted(ids))
    return ids


def _new_value(model: type[models.Model], name: str, fills: bool) -> str:
    staged, old = f"s.{quoted(name)}", f"t.{quoted(name)}"
    if fills:
        return f"CASE WHEN {is_empty(model, name, old)} THEN coalesce({staged}, {old}) ELSE {old} END"
    return f"coalesce({staged}, {old})"


def _restore(part: Part, numbers: pl.Series, loading: Loading) -> frozenset[int]:
    """Take records found by a natural key out of the bin: their key can't be given to another. Returns their ids."""
    table = quoted(part.record_type.model._meta.db_table)
    binned = f"{table} r WHERE r.id = ANY(%s::bigint[]) AND r.deleted_at IS NOT NULL"
    ids = [int(row[0]) for row in rows_of(f"SELECT r.id FROM {binned}", [array_of(numbers)])]
    if ids and not loading.is_dry:
        _log(part, loading, "restored", binned, values=[ids])
        run(
            f"UPDATE {table} SET deleted_at = NULL, version = version + 1, updated_at = now() WHERE id = ANY(%s)", [ids]
        )
    return frozenset(ids)


def _log(
    part: Part, loading: Loading, verb: str, rows: str, fields: str = "'{}'::jsonb", values: Sequence[Any] = ()
) -> None:  # fmt: skip
    who, name = loading.actor, part.type_name
    log_rows(who, name, verb, loading.change_set_id, "import", rows=rows, fields=fields, values=values)
