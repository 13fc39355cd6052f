"""Writes the rows that belong to a record, such as the lines of an order, each once however often files bring it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guanxi.records.importing.matching import Loading, id_column, new_column
from guanxi.records.importing.plan import Detail
from guanxi.records.importing.rows import ROW
from guanxi.records.importing.staging import NOW, STAGE, copy_frame, json_form, stage
from guanxi.records.sql import quoted, rows_of, run

LINE_BASE = "line_base"
# Consecutive equal rows get keys this far apart (an odd number, so that 2⁶⁴ of them differ).
_STEP = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Lines:
    """The detail rows of a batch: ``frame`` has ``parent``, ``line_key``, ``is_known`` and the columns to write."""

    frame: pl.DataFrame

    @property
    def fresh(self) -> pl.DataFrame:
        """The rows that are not there yet."""
        return self.frame.filter(~pl.col("is_known"))


def with_line_keys(frame: pl.DataFrame, detail: Detail) -> pl.DataFrame:
    """Add to each row what its line's key is made of: ``line_base``, a hash of what the row says of the line."""
    content = [pl.col(key).cast(pl.String).fill_null("") for key in detail.content if key in frame.columns]
    texts = frame.select(pl.concat_str(content, separator="\x1f").alias("text"))["text"]
    return frame.with_columns(pl.Series(LINE_BASE, _hashes(texts.to_list())))


def find_lines(frame: pl.DataFrame, detail: Detail, loading: Loading) -> Lines:
    """Give each detail row of a batch its key and say which are there already. Reads only."""
    needed = [name for name in detail.needs if name in frame.columns]
    frame = frame.filter(pl.all_horizontal(pl.col(name).is_not_null() for name in needed)) if needed else frame
    parent = id_column(detail.parent)
    place = pl.int_range(pl.len()).over(parent, LINE_BASE)
    lines = frame.with_columns(place.cast(pl.UInt64).alias("place"))
    old = lines.filter(~pl.col(new_column(detail.parent)))[parent].unique()
    known = _known_lines(detail, old.to_list())
    lines = _shifted(lines, known, parent, loading)
    keys = lines[LINE_BASE].to_numpy() + lines["place"].to_numpy() * _STEP
    lines = lines.with_columns(pl.Series("line_key", keys.view(np.int64)))
    marked = lines.join(
        known.select(pl.col("parent").alias(parent), "line_key", pl.lit(True).alias("is_known")),
        on=[parent, "line_key"], how="left", maintain_order="left",
    )  # fmt: skip
    return Lines(marked.with_columns(pl.col("is_known").fill_null(False)))


def _hashes(texts: list[str]) -> NDArray[np.uint64]:
    """Return the first 64 bits of BLAKE2b of each text: stable for ever, as the keys are stored."""
    blake2b = hashlib.blake2b
    return np.frombuffer(b"".join([blake2b(text.encode(), digest_size=8).digest() for text in texts]), dtype="<u8")


def _known_lines(detail: Detail, parents: list[int]) -> pl.DataFrame:
    schema = {"parent": pl.Int64, "line_key": pl.Int64, "change_set_id": pl.Int64}
    rows = rows_of(
        f"SELECT {quoted(detail.through)}, line_key, change_set_id FROM {quoted(detail.table)}"
        f" WHERE {quoted(detail.through)} = ANY(%s) AND deleted_at IS NULL",
        [parents],
    ) if parents else []  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _shifted(lines: pl.DataFrame, known: pl.DataFrame, parent: str, loading: Loading) -> pl.DataFrame:
    """Go on counting equal rows where an earlier batch of the same file stopped.

    A parent whose rows straddle batches would otherwise lose rows that are equal to one before the cut. Rows made by
    this very import were seen in this file; so were the ones with a lower place.
    """
    ours = known.filter(pl.col("change_set_id") == (loading.change_set_id or 0))
    if not ours.height:
        return lines
    keys = set(ours.select("parent", pl.col("line_key")).iter_rows())
    parents = {number for number, _ in keys}
    offsets: dict[tuple[int, int], int] = {}
    for number, base in (
        lines.filter(pl.col(parent).is_in(list(parents))).select(parent, LINE_BASE).unique().iter_rows()
    ):
        offset = _last_place(keys, number, base)
        if offset:
            offsets[number, base] = offset
    if not offsets:
        return lines
    shift = pl.DataFrame(
        {parent: [n for n, _ in offsets], LINE_BASE: [b for _, b in offsets], "shift": list(offsets.values())},
        schema={parent: pl.Int64, LINE_BASE: pl.UInt64, "shift": pl.UInt64},
    )
    joined = lines.join(shift, on=[parent, LINE_BASE], how="left", maintain_order="left")
    return joined.with_columns((pl.col("place") + pl.col("shift").fill_null(0)).alias("place")).drop("shift")


def _last_place(keys: set[tuple[int, int]], parent: int, base: int) -> int:
    """Return how many places are taken: one more than the highest that this import made (an unbroken run is short)."""
    highest, misses, place = 0, 0, 0
    while misses < 8:
        key = (base + place * int(_STEP)) % (1 << 64)
        signed = key - (1 << 64) if key >= 1 << 63 else key
        if (parent, signed) in keys:
            highest, misses = place + 1, 0
        else:
            misses += 1
        place += 1
    return highest


def sums_of(lines: pl.DataFrame, detail: Detail) -> pl.DataFrame:
    """Return, for each parent, the number of rows and the sums that its totals need (null where one is unknown)."""
    sums = [
        pl.when(pl.col(f"{detail.key}.{name}").null_count() > 0)
        .then(None)
        .otherwise(pl.col(f"{detail.key}.{name}").sum())
        .alias(column)
        if f"{detail.key}.{name}" in lines.columns
        else pl.lit(None, dtype=pl.Decimal(38, 2)).alias(column)
        for column, name in detail.totals.items()
    ]
    return lines.group_by(id_column(detail.parent)).agg(pl.len().cast(pl.Int64).alias(detail.count_column), *sums)


def store_lines(lines: pl.DataFrame, detail: Detail, loading: Loading) -> None:
    """Write new detail rows straight into their table."""
    columns = {item.name: f"{detail.key}.{item.name}" for item in detail.fields}
    links = {column: id_column(part) for column, part in detail.links.items() if part in loading.filled}
    frame = lines.select(
        pl.col(id_column(detail.parent)).alias(detail.through), "line_key",
        *(pl.col(key).alias(name) for name, key in columns.items() if key in lines.columns),
        *(pl.col(key).alias(name) for name, key in links.items()),
        pl.lit(loading.change_set_id, dtype=pl.Int64).alias("change_set_id"),
        pl.lit(NOW).alias("created_at"),
    )  # fmt: skip
    if "description" in frame.columns:
        frame = frame.with_columns(pl.col("description").fill_null(""))
    copy_frame(quoted(detail.table), frame)


def add_to_parents(sums: pl.DataFrame, detail: Detail, loading: Loading) -> None:
    """Add the new rows to the totals of parents that were there before, with one row of history for each parent."""
    part = loading.plan.part(detail.parent)
    model, table = part.record_type.model, quoted(part.record_type.model._meta.db_table)
    columns = [detail.count_column, *detail.totals]
    kinds = [("id", "bigint"), (detail.count_column, "bigint"), *((name, "numeric") for name in detail.totals)]
    stage(STAGE, kinds, sums.rename({id_column(detail.parent): "id"}))
    new = {name: f"(t.{quoted(name)} + s.{quoted(name)})" for name in columns}
    pieces = [
        f"'{name}', jsonb_build_array({json_form(model, name, 't.' + quoted(name))}, {json_form(model, name, sum_of)})"
        for name, sum_of in new.items()
    ]
    run(f"SELECT 1 FROM {table} t WHERE t.id IN (SELECT id FROM {STAGE}) ORDER BY t.id FOR UPDATE")
    run(
        "INSERT INTO records_change (at, actor_id, record_type, record_id, verb, fields, change_set_id, via)"
        f" SELECT now(), %s, %s, t.id, 'lines_added', jsonb_build_object({', '.join(pieces)}), %s, 'import'"
        f" FROM {STAGE} s JOIN {table} t ON t.id = s.id",
        [loading.actor.user_id, part.type_name, loading.change_set_id],
    )
    assignments = ", ".join(f"{quoted(name)} = {new[name]}" for name in columns)
    run(
        f"UPDATE {table} t SET {assignments}, version = t.version + 1, updated_at = now()"
        f" FROM {STAGE} s WHERE t.id = s.id"
    )


def outcome_of_lines(all_rows: pl.DataFrame, lines: Lines) -> dict[str, int]:
    """Count the rows of the file by what became of them: rows without a detail are skipped."""
    known = int(lines.frame["is_known"].sum()) if lines.frame.height else 0
    return {
        "created": lines.frame.height - known,
        "unchanged": known,
        "skipped": all_rows[ROW].len() - lines.frame.height,
    }
