"""Values of unique fields in a batch: which row brings one that another record has, or an earlier row of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from guanxi.core.actor import Actor
from guanxi.records.fields import Field
from guanxi.records.importing.plan import Part
from guanxi.records.importing.rows import ROW, Reject
from guanxi.records.importing.staging import array_of, is_empty
from guanxi.records.sameness import SQL_TYPES, is_filled, key_of, same_living
from guanxi.records.sql import quoted, rows_of
from guanxi.records.uniqueness import said, titles_for, unique_fields

Seen = Callable[[str, list[str]], set[str]]


def taken_values(
    frame: pl.DataFrame, part: Part, names: tuple[str, str, str], seen: Seen, actor: Actor, header: Callable[[str], str]
) -> list[Reject]:
    """Return the rows with a value that the record they mean can't have, each with one reason. Reads only.

    ``names`` are the columns with the record's id, whether it is new, and its key. ``seen`` returns which words came up
    in earlier batches of a dry run, and remembers them. ``header`` returns the header of the column behind a target.
    A value is free only when nobody has it before this batch: records of one file don't exchange theirs.
    """
    found: dict[int, Reject] = {}
    if not frame.height:
        return []
    for item in unique_fields(part.record_type):
        key = f"{part.key}.{item.name}"
        if key in frame.columns:
            for reject in _of_field(frame, part, item, names, seen, actor, header(key)):
                found.setdefault(reject.row, reject)
        if part.natural:
            for reject in _of_binned(frame, part, item, names):
                found.setdefault(reject.row, reject)
    return list(found.values())


def _of_field(
    frame: pl.DataFrame, part: Part, item: Field, names: tuple[str, str, str], seen: Seen, actor: Actor, header: str
) -> Iterator[Reject]:
    number, is_new, key = names
    rows = frame.select(
        ROW, pl.col(number).alias("id"), pl.col(is_new).alias("new"), pl.col(key).alias("key"),
        pl.col(f"{part.key}.{item.name}").alias("value"),
    ).drop_nulls("value")  # fmt: skip
    if part.fills_only:
        rows = rows.filter(~pl.col("id").is_in(_filled(part, item, rows.filter(~pl.col("new"))["id"])))
    if not rows.height:
        return
    keys, holders = _looked_up(part, item, rows)
    words = [f"{keys[row]}\x1f{own}" for row, own in rows.select(ROW, "key").iter_rows() if row in keys]
    what = f"unique {part.type_name}.{item.name}"
    # A dry run gives the same record another id in each batch; its key stays.
    before, own_before = seen(what, list(set(keys.values()))), seen(f"{what} of", list(set(words)))
    titles = titles_for(part.record_type, set(holders.values()), actor)
    first: dict[str, int] = {}
    for row, record_id, _new, own, value in rows.iter_rows():
        if row not in keys:
            continue
        word, params = keys[row], {"value": said(item, value)}
        holder = holders.get(word, record_id)
        if holder != record_id:
            yield Reject(row, "taken", header, {**params, "title": titles.get(holder, "")})
        elif first.setdefault(word, record_id) != record_id or (
            word in before and f"{word}\x1f{own}" not in own_before
        ):
            yield Reject(row, "twice", header, params)


def _looked_up(part: Part, item: Field, rows: pl.DataFrame) -> tuple[dict[int, str], dict[str, int]]:
    """Return what each row's value is compared by, and which living record has such a value already."""
    kind, table = item.kind, quoted(part.record_type.model._meta.db_table)
    found = rows_of(
        f"SELECT g.row, {key_of(kind, 'g.v')}::text, t.id"
        f" FROM unnest(%s::bigint[], %s::{SQL_TYPES[kind]}[]) g(row, v)"
        f" LEFT JOIN {table} t ON {same_living(kind, quoted(item.name), 'g.v')} WHERE {is_filled(kind, 'g.v')}",
        [array_of(rows[ROW].cast(pl.Int64)), array_of(rows["value"])],
    )
    return {int(row): str(key) for row, key, _id in found}, {str(key): int(pk) for _row, key, pk in found if pk}


def _filled(part: Part, item: Field, ids: pl.Series) -> list[int]:
    """Return which of these records have a value of their own, which the file then leaves alone."""
    model = part.record_type.model
    empty = is_empty(model, item.name, f"t.{quoted(item.name)}")
    sql = f"SELECT t.id FROM {quoted(model._meta.db_table)} t WHERE t.id = ANY(%s::bigint[]) AND NOT ({empty})"
    return [int(row[0]) for row in rows_of(sql, [array_of(ids)])] if len(ids) else []


def _of_binned(frame: pl.DataFrame, part: Part, item: Field, names: tuple[str, str, str]) -> Iterator[Reject]:
    """Yield the rows that would take a record out of the bin whose value another one has taken meanwhile."""
    old = frame.filter(~pl.col(names[1]))
    if not old.height:
        return
    table, column = quoted(part.record_type.model._meta.db_table), quoted(item.name)
    clashes: dict[int, Any] = dict(
        rows_of(
            f"SELECT b.id, b.{column} FROM {table} b WHERE b.id = ANY(%s::bigint[]) AND b.deleted_at IS NOT NULL"
            f" AND EXISTS (SELECT 1 FROM {table} t WHERE {same_living(item.kind, column, f'b.{column}')})",
            [array_of(old[names[0]].unique())],
        )
    )  # fmt: skip
    label = str(part.label or part.record_type.label)
    for row, record_id in old.select(ROW, names[0]).iter_rows():
        if record_id in clashes:
            yield Reject(row, "taken_meanwhile", "", {"label": label, "value": said(item, clashes[record_id])})
