"""Which fields of a record type lie in columns of its own table, and how the event log's values become SQL values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import models

from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.sql import quoted

_MOST_PAIRS = 40  # a function of PostgreSQL takes 100 arguments


@dataclass(frozen=True, slots=True)
class Stored:
    """A field with the column that holds it; ``empty`` is what the column holds instead of null, as SQL."""

    item: Field
    attribute: str
    column: str
    empty: str = ""

    def typed(self, row: str) -> str:
        """Return the SQL of this column of ``row``, with what stands there instead of null."""
        value = f'{row}."{self.column}"'
        return f"coalesce({value}, {self.empty})" if self.empty else value


def stored_fields(record_type: RecordType) -> dict[str, Stored]:
    """Return the facts of a type that lie in its own table, by field name: what its history can be told of."""
    found: dict[str, Stored] = {}
    for item in record_type.fields:
        if item.expression is not None or "__" in item.path or item.is_derived:
            continue
        try:
            column = record_type.model._meta.get_field(item.path or item.name)
        except FieldDoesNotExist:
            continue
        if isinstance(column, models.Field) and column.column:
            text = not column.null and column.empty_strings_allowed
            is_text = text and column.get_internal_type() in _TEXT
            found[item.name] = Stored(item, column.attname, str(column.column), "''" if is_text else "")
    return found


_TEXT = frozenset({"CharField", "TextField", "EmailField", "URLField", "SlugField"})


def table_of(record_type: RecordType) -> str:
    """Return the quoted table of a record type."""
    return quoted(record_type.model._meta.db_table)


def row_from(record_type: RecordType, fields: Iterable[Stored], values: str) -> str:
    """Return the SQL of a row of the type's table whose columns hold JSON values.

    ``values`` is the pattern of one value, with ``{name}`` in the place of the field's name.
    """
    pairs = [f"'{item.column}', {values.format(name=item.item.name)}" for item in fields]
    parts = [f"jsonb_build_object({', '.join(part)})" for part in _slices(pairs)] or ["'{}'::jsonb"]
    return f"jsonb_populate_record(NULL::{table_of(record_type)}, {' || '.join(parts)})"


def _slices(pairs: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(pairs), _MOST_PAIRS):
        yield pairs[start : start + _MOST_PAIRS]


def pk_condition(rows: models.QuerySet[Any, Any], column: str) -> tuple[str, tuple[Any, ...]]:
    """Return the condition that ``column`` is the id of one of ``rows``, with its values."""
    try:
        sql, values = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "false", ()
    return f"{column} IN ({sql})", tuple(values)


def as_json(value: Any) -> Any:
    """Return a value of a JSON column as Python has it: a plain cursor gives its text."""
    return json.loads(value) if isinstance(value, str) else value
