"""Key columns that a rule of the type computes (sort keys, digests), computed anew where rows changed without it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from guanxi.records.declaration import RecordType
from guanxi.records.sql import quoted, run
from guanxi.records.values import to_json
from guanxi.records.writing import facts_of, type_field

CHUNK = 5_000


def derive_anew(record_type: RecordType, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Compute the key columns of these records anew from what stands in the table, in the running transaction.

    Returns the facts that came out differently, by record, as ``{name: [old, new]}``: a rule may mask a number.
    """
    if record_type.derive is None:
        return {}
    facts = {type_field(record_type, item.name): item.name for item in record_type.fields if not item.is_derived}
    moved: dict[int, dict[str, Any]] = {}
    for start in range(0, len(ids), CHUNK):
        records = list(record_type.model._default_manager.filter(pk__in=ids[start : start + CHUNK]))
        for record, keys in write_keys(record_type, records):
            pairs = {facts[key]: [to_json(getattr(record, key)), to_json(keys[key])] for key in keys if key in facts}
            different = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
            if different:
                moved[record.pk] = different
    return moved


def write_keys(
    record_type: RecordType, records: Iterable[Any], table: str = ""
) -> list[tuple[Any, dict[str, Any]]]:  # fmt: skip
    """Write the key columns of ``records`` to the type's table, or to another ``table`` shaped like it.

    Returns each record, as it was given, with its keys. A rule may say less of some records than of others: a number
    that is masked has told its digest already.
    """
    found = [(record, record_type.derive(facts_of(record_type, record))) for record in records if record_type.derive]
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for record, keys in found:
        alike.setdefault(tuple(keys), []).append({"id": record.pk, **keys})
    for names, rows in alike.items():
        if names:
            _write(record_type, names, rows, table)
    return found


def _write(record_type: RecordType, names: Sequence[str], rows: Sequence[dict[str, Any]], table: str) -> None:
    """Write some columns of some rows; a row that holds them already isn't written again."""
    own = quoted(record_type.model._meta.db_table)
    values = ", ".join(f"{quoted(name)} = k.{quoted(name)}" for name in names)
    differs = " OR ".join(f"t.{quoted(name)} IS DISTINCT FROM k.{quoted(name)}" for name in names)
    run(
        f"UPDATE {table or own} t SET {values} FROM jsonb_populate_recordset(NULL::{own}, %s::jsonb) k"
        f" WHERE t.id = k.id AND ({differs})",
        [json.dumps(rows, default=str)],
    )
