"""Appends new records by COPY: the rows themselves, what the source calls them, and the first line of their history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from guanxi.records.declaration import RecordType
from guanxi.records.importing.matching import Loading
from guanxi.records.importing.plan import Part, attribute_of
from guanxi.records.importing.staging import NOW, copy_form, copy_frame, model_field
from guanxi.records.shaping.kinds import SeriesField
from guanxi.records.sql import quoted, rows_of

_TECHNICAL = ("id", "created_at", "updated_at", "version", "deleted_at")
_ESCAPED = r'["\\\x00-\x1f]'


def append_records(part: Part, records: pl.DataFrame, loading: Loading) -> None:
    """Append one row for each record (see ``store_parts``), with its external key and its history, in the transaction.

    Raises ``IntegrityError`` where somebody else has made the same record meanwhile.
    """
    model = part.record_type.model
    records = _with_derived(part, _with_owner(part, records, loading), loading)
    given = [name for name in records.columns if name not in ("id", "is_new", "key")]
    copy_frame(quoted(model._meta.db_table), _table_rows(model, records, given, loading))
    if not part.natural:
        keys = records.select(
            record_type=pl.lit(part.type_name), source_id=pl.lit(loading.source_id), external_id="key", record_id="id"
        )
        copy_frame("records_externalkey", keys)
    history = records.select(
        at=pl.lit(NOW), actor_id=pl.lit(loading.actor.user_id, dtype=pl.Int64), record_type=pl.lit(part.type_name),
        record_id="id", verb=pl.lit("created"), fields=_first_values(part, records, given),
        change_set_id=pl.lit(loading.change_set_id, dtype=pl.Int64), via=pl.lit("import"),
    )  # fmt: skip
    copy_frame("records_change", history)


def fields_of(part: Part, attributes: list[str]) -> list[tuple[str, str]]:
    """Return field name and attribute of each declared field among stored attributes."""
    record_type = part.record_type
    pairs = [
        (item.name, attribute_of(record_type, item.name)) for item in record_type.fields if item.expression is None
    ]
    return [(name, attribute) for name, attribute in pairs if attribute in attributes and attribute not in _TECHNICAL]


def derived_keys(part: Part, facts: pl.DataFrame) -> pl.DataFrame:
    """Return each distinct row of ``facts`` (columns are stored attributes) with what is derived from it: by the part's
    columnar rule, else by the record type's rule, row by row.

    The frame has no further columns where the record type has no rule or there is no row.
    """
    rule, record_type = part.record_type.derive, part.record_type
    distinct = facts.unique(maintain_order=True)
    if rule is None or not distinct.height:
        return distinct
    if part.derive is not None:
        return part.derive(distinct)
    found = _by_row(rule, record_type, distinct)
    return distinct.with_columns(
        pl.Series(name, [item[name] for item in found], dtype=pl.List(pl.String) if isinstance(value, list) else None)
        for name, value in found[0].items()
    )


def _by_row(
    rule: Callable[[dict[str, Any]], dict[str, Any]], record_type: RecordType, facts: pl.DataFrame
) -> list[dict[str, Any]]:
    names = [item.name for item in record_type.fields if attribute_of(record_type, item.name) in facts.columns]
    rows = facts.select(attribute_of(record_type, name) for name in names).iter_rows()
    return [rule(dict(zip(names, values, strict=True))) for values in rows]


def with_derived_first(part: Part, records: pl.DataFrame) -> pl.DataFrame:
    """Add technical columns before records are compared with what is there, and put what the rule changes in place.

    A rule may change what was typed (the number of a passport is masked) and may say nothing of some rows: these keep
    their values.
    """
    rule = part.record_type.derive
    if rule is None or not records.height:
        return records
    found = _by_row(rule, part.record_type, records)
    for name in dict.fromkeys(name for item in found for name in item):
        known = records[name].to_list() if name in records.columns else [None] * records.height
        values = [item.get(name, value) for item, value in zip(found, known, strict=True)]
        records = records.with_columns(pl.Series(name, values))
    return records


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


def _with_derived(part: Part, records: pl.DataFrame, loading: Loading) -> pl.DataFrame:
    """Add the technical key columns: by the part's columnar rule, else by the record type's rule."""
    if part.derives_first:
        return records
    if part.derive is not None and not part.derives_from:
        # What hangs on another record was completed before it was compared with what is there.
        return records if part.is_dependent else part.derive(records)
    record_type = part.record_type
    if record_type.derive is None:
        return records
    stored = [item.name for item in record_type.fields if item.expression is None and "__" not in item.path]
    names = [name for name in part.derives_from or stored if attribute_of(record_type, name) in records.columns]
    attributes = [attribute_of(record_type, name) for name in names]
    facts = records.select(attributes)
    known = loading.derived.get(part.key)
    if known is None or not set(attributes) <= set(known.columns):
        known = derived_keys(part, facts)
    else:
        # Rows of one record that say different things in a file were made one: together they may say something new.
        others = facts.join(known, on=attributes, how="anti", nulls_equal=True)
        known = pl.concat([known, derived_keys(part, others)]) if others.height else known
    return records.join(known, on=attributes, how="left", nulls_equal=True, maintain_order="left")


def _table_rows(model: type[models.Model], records: pl.DataFrame, given: list[str], loading: Loading) -> pl.DataFrame:
    """Return the rows of the table as it wants them: given values, defaults where there are none, the moment."""
    fields = [item for item in model._meta.concrete_fields if item.attname not in ("id", "created_at", "updated_at")]
    fields = [item for item in fields if not isinstance(item, SeriesField)]
    defaults = loading.defaults.get(model._meta.db_table)
    if defaults is None:
        defaults = loading.defaults[model._meta.db_table] = _default_texts(fields)
    columns = {"id": pl.col("id"), "created_at": pl.lit(NOW), "updated_at": pl.lit(NOW)}
    for item in fields:
        default = defaults.get(item.attname)
        if item.attname not in given:
            if default is not None:
                columns[str(item.column)] = pl.lit(default)
            continue
        value = pl.col(item.attname)
        if default is not None and records[item.attname].null_count():
            value = copy_form(value, records.schema[item.attname]).cast(pl.String).fill_null(pl.lit(default))
        columns[str(item.column)] = value
    return records.select(**columns)


def _default_texts(fields: list[models.Field[Any, Any]]) -> dict[str, str]:
    """Return, by attribute, the default of each field that has one, as PostgreSQL writes it."""
    found: dict[str, Any] = {}
    for item in fields:
        empty = "" if not item.null and item.empty_strings_allowed else None
        default = item.get_default() if item.has_default() else empty
        if default is not None:
            found[item.attname] = (item.db_type(connection), item.get_db_prep_save(default, connection))
    if not found:
        return {}
    texts = rows_of(
        f"SELECT {', '.join(f'(%s::{kind})::text' for kind, _ in found.values())}", [each for _, each in found.values()]
    )[0]
    return dict(zip(found, map(str, texts), strict=True))


def _first_values(part: Part, records: pl.DataFrame, given: list[str]) -> pl.Expr:
    """Return the history of new records as JSON text: ``[null, value]`` of each field that has a value."""
    pieces = []
    for name, attribute in fields_of(part, given):
        if (part.is_dependent or part.derives_first) and not part.record_type[name].editable:
            continue
        value = _json_text(model_field(part.record_type.model, attribute), records[attribute])
        pieces.append(pl.concat_str(pl.lit(f'"{name}":[null,'), value, pl.lit("]")))
    if not pieces:
        return pl.lit("{}")
    return pl.concat_str(pl.lit("{"), pl.concat_str(pieces, separator=",", ignore_nulls=True), pl.lit("}"))


def _json_text(item: models.Field[Any, Any], values: pl.Series) -> pl.Expr:
    """Return the JSON text of a column for the history (see ``records.values.to_json``); null where it is empty."""
    column, dtype = pl.col(values.name), values.dtype
    quote = pl.lit('"')
    if isinstance(item, ArrayField):
        return pl.when(column.list.len() > 0).then(_encoded(column, values.name))
    if isinstance(item, models.DecimalField):
        places = item.decimal_places
        if isinstance(dtype, pl.Decimal) and dtype.scale > places:
            column = column.round(places, mode="half_away_from_zero")
        return pl.concat_str(quote, column.cast(pl.Decimal(38, places)).cast(pl.String), quote)
    if isinstance(dtype, pl.Datetime):
        return column.dt.convert_time_zone("UTC").dt.strftime('"%Y-%m-%dT%H:%M:%SZ"')
    if dtype == pl.Date:
        return column.dt.strftime('"%Y-%m-%d"')
    if dtype == pl.String:
        if values.str.contains(_ESCAPED).any():
            return pl.when(column != "").then(_encoded(column, values.name))
        return pl.when(column != "").then(pl.concat_str(quote, column, quote))
    return pl.when(column.is_not_null()).then(_encoded(column, values.name))


def _encoded(column: pl.Expr, name: str) -> pl.Expr:
    whole = pl.struct(column.alias("v")).struct.json_encode()
    return whole.str.strip_prefix('{"v":').str.strip_suffix("}").alias(name)
