"""Loads one parsed batch: parents first, then what points at them, then lines; all in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from guanxi.records.importing.creating import derived_keys, with_derived_first
from guanxi.records.importing.details import (
    add_to_parents,
    find_lines,
    outcome_of_lines,
    store_lines,
    sums_of,
    with_line_keys,
)
from guanxi.records.importing.matching import Loading, id_column, key_column, match_rows, new_column
from guanxi.records.importing.plan import Detail, Part, attribute_of
from guanxi.records.importing.rows import Reject
from guanxi.records.importing.storing import PartRows, Stored, store_parts
from guanxi.records.sql import quoted, rows_of

__all__ = ["Loaded", "Loading", "Ready", "load_rows", "make_ready"]


@dataclass(slots=True)
class Loaded:
    """What became of a batch: rows of the file by outcome, records by part and outcome, and refused rows."""

    rows: Counter[str] = field(default_factory=Counter)
    records: dict[str, Counter[str]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)

    def add(self, part: str, stored: Stored) -> None:
        """Count the records of one part."""
        counter = self.records.setdefault(part, Counter())
        counter.update(created=stored.created, updated=stored.updated, unchanged=stored.unchanged)


@dataclass(frozen=True, slots=True)
class Ready:
    """A parsed batch, completed as far as that goes without the database: ``derived`` has key columns by part."""

    frame: pl.DataFrame
    derived: dict[str, pl.DataFrame]


def make_ready(frame: pl.DataFrame, loading: Loading) -> Ready:
    """Complete a parsed batch. Reads no database, so that it can be done while the batch before is written."""
    plan, derived = loading.plan, {}
    if plan.prepare is not None:
        frame = plan.prepare(frame)
    if plan.detail is not None and plan.detail.key in loading.filled:
        frame = with_line_keys(frame, plan.detail)
    root = plan.root_part
    facts = {f"{root.key}.{name}": attribute_of(root.record_type, name) for name in root.derives_from}
    if facts and not loading.is_dry:
        given = [pl.col(key).alias(name) for key, name in facts.items() if key in frame.columns]
        derived[root.key] = derived_keys(root, frame.select(given))
    return Ready(frame, derived)


def load_rows(ready: Ready, loading: Loading) -> Loaded:
    """Load a completed batch in the running transaction; a dry run writes nothing but temporary tables.

    Every row ends as exactly one of created, updated, unchanged, skipped or refused.
    """
    loaded = Loaded()
    loading.derived = ready.derived
    frame, loaded.rejects = match_rows(ready.frame, loading)
    detail = loading.plan.detail
    lines = find_lines(frame, detail, loading) if detail is not None and detail.key in loading.filled else None
    sums = sums_of(lines.fresh, detail) if lines is not None and detail is not None else None
    parts = [part for part in loading.parts() if not part.is_dependent]
    rows = [_part_rows(frame, part, loading, sums, detail) for part in parts]
    changed: frozenset[int] = frozenset()
    for part, stored in zip(parts, store_parts(rows, loading), strict=True):
        loaded.add(part.type_name, stored)
        if part.key == loading.plan.root_part.key:
            changed = stored.changed
    for group in _dependents(loading):
        loaded.add(group[0].type_name, _store_dependents(frame, group, loading))
    if lines is not None and detail is not None and sums is not None:
        _store_lines(frame, lines.fresh, sums, detail, loading)
        loaded.rows.update(outcome_of_lines(frame, lines))
        loaded.records[detail.key] = Counter(created=lines.fresh.height)
    else:
        loaded.rows.update(_outcomes(frame, changed, loading))
    return loaded


def _part_rows(
    frame: pl.DataFrame, part: Part, loading: Loading, sums: pl.DataFrame | None, detail: Detail | None
) -> PartRows:
    """Bring the rows of a batch down to one row per record of a part: the last value that each field is given.

    Parts that only fill keep the first value instead. New records that rows belong to get the sums of these.
    """
    number = id_column(part.key)
    attributes = _attributes(frame, part, loading)
    # A later row of the batch must not hide that an earlier one makes the record: newness holds for the key.
    base = frame.filter(pl.col(number).is_not_null()).select(
        pl.col(number).alias("id"), pl.col(new_column(part.key)).alias("is_new"),
        pl.col(key_column(part.key)).alias("key"),
        *(expression.alias(name) for name, expression in attributes.items()),
    )  # fmt: skip
    if base["id"].n_unique() < base.height:
        base = base.group_by("id", maintain_order=True).agg(
            pl.col("is_new").first(), pl.col("key").first(), *(_said(name, part) for name in attributes)
        )
    if part.derives_first:
        base = with_derived_first(part, base)
    if sums is None or detail is None or part.key != detail.parent:
        return PartRows(part, base)
    known = sums.rename({id_column(detail.parent): "id"})
    base = base.join(known, on="id", how="left", maintain_order="left").with_columns(
        pl.when("is_new").then(pl.col(detail.count_column).fill_null(0)).alias(detail.count_column)
    )
    return PartRows(part, base, (*detail.totals, detail.count_column))


def _said(name: str, part: Part) -> pl.Expr:
    values = pl.col(name).drop_nulls()
    return values.first() if part.fills_only else values.last()


def _attributes(frame: pl.DataFrame, part: Part, loading: Loading) -> dict[str, pl.Expr]:
    """Return, by stored attribute, what the rows say of a part: mapped columns, fixed values and links."""
    record_type = part.record_type
    found: dict[str, pl.Expr] = {}
    for item in part.offered():
        key = f"{part.key}.{item.name}"
        if key in frame.columns:
            found[attribute_of(record_type, item.name)] = pl.col(key)
    for name, value in part.fixed.items():
        found[attribute_of(record_type, name)] = pl.lit(value)
    for name, other in part.links.items():
        if other in loading.filled and id_column(other) in frame.columns:
            found[attribute_of(record_type, name)] = pl.col(id_column(other))
    return found


def _dependents(loading: Loading) -> list[list[Part]]:
    """Group the parts that hang on others by record type: they share a natural key."""
    groups: dict[tuple[str, tuple[str, ...]], list[Part]] = {}
    for part in loading.parts():
        if part.is_dependent:
            groups.setdefault((part.type_name, part.natural), []).append(part)
    return list(groups.values())


def _store_dependents(frame: pl.DataFrame, group: list[Part], loading: Loading) -> Stored:
    """Write records that are found by the record they hang on and their own values; those that exist are left alone."""
    pieces = [_dependent_rows(frame, part, loading) for part in group]
    rows = (
        pl.concat([piece for piece in pieces if piece.height], how="diagonal_relaxed")
        if any(p.height for p in pieces)
        else None
    )
    if rows is None:
        return Stored(0, frozenset(), 0)
    part = group[0]
    record_type = part.record_type
    if part.derive is not None:
        rows = part.derive(rows)
    natural = [attribute_of(record_type, name) for name in part.natural]
    rows = rows.unique(natural, keep="first", maintain_order=True)
    fresh = _not_there(rows, part, natural)
    unchanged = rows.height - fresh.height
    if not fresh.height:
        return Stored(0, frozenset(), unchanged)
    ids = loading.ids(record_type.model._meta.db_table, fresh.height)
    fresh = fresh.drop("is_new_parent").with_columns(
        ids.alias("id"), pl.lit(True).alias("is_new"), pl.lit("").alias("key")
    )
    (stored,) = store_parts([PartRows(part, fresh)], loading)
    return Stored(stored.created, frozenset(), unchanged)


def _dependent_rows(frame: pl.DataFrame, part: Part, loading: Loading) -> pl.DataFrame:
    keys = [name if "." in name else f"{part.key}.{name}" for name in part.needs]
    needs = [key for key in keys if key in frame.columns]
    links = [part.links[name] for name in part.natural if name in part.links]
    if not needs or not all(id_column(link) in frame.columns for link in links):
        return pl.DataFrame()
    link = links[0]
    linked = pl.all_horizontal(pl.col(id_column(each)).is_not_null() for each in links)
    rows = frame.filter(pl.any_horizontal(pl.col(key).is_not_null() for key in needs) & linked)
    if loading.mapping.existing == "skip":
        rows = rows.filter(pl.col(new_column(link)))
    attributes = _attributes(rows, part, loading)
    return rows.select(
        *(expression.alias(name) for name, expression in attributes.items()),
        pl.col(new_column(link)).alias("is_new_parent"),
    )


def _not_there(rows: pl.DataFrame, part: Part, natural: list[str]) -> pl.DataFrame:
    link = attribute_of(part.record_type, next(name for name in part.natural if name in part.links))
    parents = rows.filter(~pl.col("is_new_parent"))[link].unique().to_list()
    if not parents:
        return rows
    table = quoted(part.record_type.model._meta.db_table)
    known = rows_of(
        f"SELECT {', '.join(quoted(name) for name in natural)} FROM {table}"
        f" WHERE {quoted(link)} = ANY(%s) AND deleted_at IS NULL",
        [parents],
    )
    if not known:
        return rows
    schema: dict[str, Any] = {name: rows.schema[name] for name in natural}
    return rows.join(pl.DataFrame(known, schema=schema, orient="row"), on=natural, how="anti", maintain_order="left")


def _store_lines(
    frame: pl.DataFrame, fresh: pl.DataFrame, sums: pl.DataFrame, detail: Detail, loading: Loading
) -> None:
    if loading.is_dry or not fresh.height:
        return
    store_lines(fresh, detail, loading)
    parent = id_column(detail.parent)
    old = frame.filter(~pl.col(new_column(detail.parent))).select(parent).unique()
    existing = sums.join(old, on=parent, how="semi")
    if existing.height:
        add_to_parents(existing, detail, loading)


def _outcomes(frame: pl.DataFrame, changed: frozenset[int], loading: Loading) -> Counter[str]:
    """Count rows by what became of their root record; a later row of a key updates what an earlier one made."""
    part = loading.plan.root_part
    number, is_new = id_column(part.key), new_column(part.key)
    values = [name for name in frame.columns if name.startswith(f"{part.key}.")]
    key = key_column(part.key)
    rows = frame.select(
        number, is_new, key, pl.struct(values).hash().alias("values") if values else pl.lit(0).alias("values")
    )
    rows = rows.with_columns(
        pl.int_range(pl.len()).over(number).alias("place"), pl.int_range(pl.len()).over(number, "values").alias("same")
    )
    made = rows.filter(pl.col(is_new) & (pl.col("place") == 0)).height
    again = rows.filter(pl.col(is_new) & (pl.col("place") > 0))
    old = rows.filter(~pl.col(is_new))
    if loading.is_dry:
        changed = changed | _changed_in_file(rows, number, is_new, key, loading)
    if loading.mapping.existing == "skip":
        return Counter(created=made, skipped=old.height + again.height)
    touched = old.filter(pl.col(number).is_in(list(changed))).height if changed else 0
    repeated = again.filter(pl.col("same") == 0).height
    return Counter(created=made, updated=repeated + touched, unchanged=again.height - repeated + old.height - touched)


def _changed_in_file(rows: pl.DataFrame, number: str, is_new: str, key: str, loading: Loading) -> frozenset[int]:
    """A dry run remembers the values of rows it has seen: the same record with other values would be changed."""
    words = rows.select(pl.concat_str(pl.col(key), pl.lit("="), pl.col("values").cast(pl.String))).to_series()
    again = loading.seen_before("values", words.to_list())
    old = rows.filter((pl.col(number) < 0) & ~pl.col(is_new)).with_columns(
        words.filter((rows[number] < 0) & ~rows[is_new]).alias("word")
    )
    return frozenset(old.filter(~pl.col("word").is_in(list(again)))[number].to_list())
