"""Whether the records of a batch may stand: rules of their type, constraints of their table, who may see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
from django.core.exceptions import ValidationError
from django.db.models import BaseConstraint, CheckConstraint, Q, UniqueConstraint
from django.utils import translation

from guanxi.core.actor import Actor, Scope
from guanxi.records import access, registry
from guanxi.records.declaration import RecordType
from guanxi.records.importing.plan import Part, attribute_of
from guanxi.records.importing.rows import ROW, Reject
from guanxi.records.importing.staging import column_type
from guanxi.records.sql import quoted, rows_of

Seen = Callable[[str, list[str]], set[str]]


def parents_in_scope(actor: Actor, record_type: RecordType, numbers: list[int]) -> list[int]:
    """Return which of these records may carry records of ``record_type`` that the actor then sees."""
    parent = registry.record_type(record_type[record_type.scope_through].reference)
    scope = actor.scope("view", record_type.name)
    reach = Q(owner_id=actor.user_id) if scope is not Scope.NONE else Q(pk__in=())
    if scope >= Scope.TEAM and actor.team_ids:
        reach |= Q(team_id__in=actor.team_ids)
    if scope >= Scope.TERRITORY and actor.territory_ids:
        reach |= Q(territory_id__in=actor.territory_ids)
    return list(access.visible_to(actor, parent).filter(reach, pk__in=numbers).values_list("pk", flat=True))


def broken_rules(frame: pl.DataFrame, part: Part, number: str, is_new: str, seen: Seen) -> list[Reject]:
    """Return the rows whose record would break a rule of its type or a constraint of its table, each with one reason.

    ``number`` and ``is_new`` name the columns with the id of the record and whether it is new. ``seen`` returns which
    keys of new records came up in earlier batches of a dry run, and remembers them. Reads only.
    """
    facts = _facts(frame, part, number, is_new)
    found: dict[int, Reject] = {}
    with translation.override("en"):
        for reject in (*_by_type(facts, part), *_by_table(facts, part)):
            found.setdefault(reject.row, reject)
        left = [row for row in facts if row[ROW] not in found]
        for constraint in part.record_type.model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and constraint.fields:
                for reject in _not_unique(left, part, constraint, seen):
                    found.setdefault(reject.row, reject)
    return list(found.values())


def against_rules(frame: pl.DataFrame, part: Part, number: str, is_new: str) -> list[Reject]:
    """Return the rows whose record an administrator's rule refuses, each with its first sentence.

    The rule sees the record as it would be: what the file says over what is stored, or over the usual first values.
    """
    record_type = part.record_type
    if record_type.rules is None:
        return []
    reads = sorted(record_type.rules.reads)
    given = {name: f"{part.key}.{name}" for name in reads if f"{part.key}.{name}" in frame.columns}
    rows = frame.select(
        ROW, pl.col(number).alias("@id"), pl.col(is_new).alias("@new"),
        *(pl.col(key).alias(name) for name, key in given.items()),
    ).to_dicts()  # fmt: skip
    stored = _stored(record_type, reads, [row["@id"] for row in rows if not row["@new"]])
    usual = {name: getattr(record_type.model(), attribute_of(record_type, name)) for name in reads}
    found: list[Reject] = []
    with translation.override("en"):
        for row in rows:
            said = {name: row[name] for name in given if row[name] is not None}
            errors = record_type.rules.check({**stored.get(row["@id"], usual), **said})
            for name, sentences in list(errors.items())[:1]:
                item = record_type.get(name)
                found.append(_refusal(row, str(sentences[0]), str(item.label) if item is not None else ""))
    return found


def _stored(record_type: RecordType, names: list[str], ids: list[int]) -> dict[int, dict[str, Any]]:
    if not ids:
        return {}
    attributes = [attribute_of(record_type, name) for name in names]
    rows = record_type.model._default_manager.filter(pk__in=ids).values_list("pk", *attributes)
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


def _facts(frame: pl.DataFrame, part: Part, number: str, is_new: str) -> list[dict[str, Any]]:
    """Return the rows as stored attributes, with ``row``, ``@id`` and ``@new`` beside them, and what is derived."""
    record_type = part.record_type
    names = {
        f"{part.key}.{item.name}": attribute_of(record_type, item.name)
        for item in part.offered()
        if f"{part.key}.{item.name}" in frame.columns
    }
    rows = frame.select(
        ROW, pl.col(number).alias("@id"), pl.col(is_new).alias("@new"),
        *(pl.col(key).alias(name) for key, name in names.items()),
    ).to_dicts()  # fmt: skip
    if record_type.derive is not None:
        fields = [(item.name, attribute_of(record_type, item.name)) for item in part.offered()]
        for row in rows:
            row.update(record_type.derive({name: row[each] for name, each in fields if each in row}))
    return rows


def _by_type(rows: list[dict[str, Any]], part: Part) -> Iterator[Reject]:
    check = part.record_type.check
    if check is None:
        return
    fields = [(item.name, attribute_of(part.record_type, item.name)) for item in part.offered()]
    for row in rows:
        for name, sentences in check({name: row[each] for name, each in fields if each in row}).items():
            item = part.record_type.get(name)
            if sentences:
                yield _refusal(row, str(sentences[0]), str(item.label) if item is not None else "")
                break


def _by_table(rows: list[dict[str, Any]], part: Part) -> Iterator[Reject]:
    """Ask the conditions of the table once for each combination of the values that they speak of."""
    model = part.record_type.model
    for constraint in model._meta.constraints:
        if not isinstance(constraint, CheckConstraint):
            continue
        condition: Any = constraint.condition
        names = [attribute_of(part.record_type, name) for name in condition.referenced_base_fields]
        answers: dict[tuple[Any, ...], str] = {}
        for row in rows:
            values = tuple(row.get(name) for name in names)
            if None in values:
                continue
            if values not in answers:
                answers[values] = _answer(constraint, model(**dict(zip(names, values, strict=True))))
            if answers[values]:
                yield _refusal(row, answers[values])


def _answer(constraint: BaseConstraint, record: Any) -> str:
    try:
        constraint.validate(type(record), record)
    except ValidationError as refusal:
        return str(refusal.messages[0])
    return ""


def _not_unique(rows: list[dict[str, Any]], part: Part, constraint: UniqueConstraint, seen: Seen) -> Iterator[Reject]:
    """Yield the rows with values that another record has: in the table, or in an earlier row of the file."""
    model: Any = part.record_type.model
    columns = [model._meta.get_field(name) for name in constraint.fields]
    attributes = [item.attname for item in columns]
    usual = {item.attname: item.get_default() for item in columns}
    keys: dict[int, tuple[Any, ...]] = {}
    for row in rows:
        if row["@new"] or all(row.get(name) is not None for name in attributes):
            key = tuple(row[name] if row.get(name) is not None else usual[name] for name in attributes)
            if None not in key or constraint.nulls_distinct is False:
                keys[row[ROW]] = key
    owners = _owners(model, constraint, attributes, list(set(keys.values())))
    fresh = {keys[row[ROW]] for row in rows if row["@new"] and row[ROW] in keys}
    again = seen(f"unique {constraint.name}", [_word(key) for key in fresh])
    for row in rows:
        if row[ROW] not in keys:
            continue
        key = keys[row[ROW]]
        if owners.setdefault(key, row["@id"]) != row["@id"] or (row["@new"] and _word(key) in again):
            yield _refusal(row, "There is such a record already.")


def _word(key: tuple[Any, ...]) -> str:
    return "\x1f".join(map(str, key))


def _owners(
    model: Any, constraint: UniqueConstraint, attributes: list[str], keys: list[tuple[Any, ...]]
) -> dict[tuple[Any, ...], int]:
    """Return the ids of the records that have these values, by the values; those in the bin where they count."""
    if not keys:
        return {}
    types = ", ".join(f"%s::{column_type(model, name)}[]" for name in attributes)
    names = [f"k{place}" for place in range(len(attributes))]
    same = "IS NOT DISTINCT FROM" if constraint.nulls_distinct is False else "="
    conditions = [f"t.{quoted(name)} {same} k.{own}" for name, own in zip(attributes, names, strict=True)]
    if constraint.condition is not None:
        conditions.append("t.deleted_at IS NULL")
    rows = rows_of(
        f"SELECT {', '.join(f'k.{own}' for own in names)}, t.id FROM unnest({types}) k({', '.join(names)})"
        f" JOIN {quoted(model._meta.db_table)} t ON {' AND '.join(conditions)}",
        [list(values) for values in zip(*keys, strict=True)],
    )
    return {tuple(row[:-1]): int(row[-1]) for row in rows}


def _refusal(row: dict[str, Any], sentence: str, label: str = "") -> Reject:
    return Reject(row[ROW], "refused", label, {"sentence": sentence})
