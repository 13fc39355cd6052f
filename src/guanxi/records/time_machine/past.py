"""Tables as they stood at an instant, put in the place of the present ones for one question.

The event log holds the old value of every field with every change. For the records that changed since the instant these
values are laid over what stands in the table now, in a temporary table; all others are read where they are. A question
compiled for the present is then asked with its tables replaced: ``WITH "customers_customer" AS (…) SELECT …``.

Rights are those of today: a record that the actor may not see now isn't there in the past either.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import DataError, OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from guanxi.core.actor import Actor
from guanxi.core.errors import DomainError
from guanxi.records import access
from guanxi.records.bulk import read_together
from guanxi.records.declaration import RecordType
from guanxi.records.deriving import write_keys
from guanxi.records.registry import record_types
from guanxi.records.sql import rows_of, run
from guanxi.records.statements import Statement
from guanxi.records.time_machine.stored import pk_condition, stored_fields, table_of

MOST_RENAMED = 20_000
_SECONDS = 20
_SINCE = """
CREATE TEMP TABLE past_since ON COMMIT DROP AS
SELECT id, record_type, record_id, verb, fields FROM records_change
WHERE at > %s AND record_type = ANY(%s) AND verb <> 'created'
"""
# By record: the value before the first change since; deleted_at tells in which direction its life changed first.
_ROWS = """
CREATE TEMP TABLE {past} ON COMMIT DROP AS
WITH since AS (SELECT * FROM past_since WHERE record_type = %s),
olds AS (
  SELECT DISTINCT ON (s.record_id, f.key) s.record_id, f.key, f.value->0 AS old
  FROM since s, jsonb_each(s.fields) f WHERE %s::jsonb ? f.key ORDER BY s.record_id, f.key, s.id
), fields AS (
  SELECT record_id, jsonb_object_agg(%s::jsonb->>key,
    CASE WHEN old = 'null'::jsonb AND key = ANY(%s) THEN '""'::jsonb ELSE old END) AS old FROM olds GROUP BY 1
), lives AS (
  SELECT DISTINCT ON (record_id) record_id, jsonb_build_object('deleted_at',
    CASE WHEN verb = 'deleted' THEN NULL ELSE %s::text END) AS old
  FROM since WHERE verb IN ('deleted', 'restored') ORDER BY record_id, id
)
SELECT p.* FROM (SELECT DISTINCT record_id FROM since) s JOIN {table} r ON r.id = s.record_id
  LEFT JOIN fields f ON f.record_id = s.record_id LEFT JOIN lives l ON l.record_id = s.record_id,
  LATERAL jsonb_populate_record(r, coalesce(f.old, '{{}}'::jsonb) || coalesce(l.old, '{{}}'::jsonb)) p
"""


class TooMuchChanged(DomainError):
    """The state can't be worked out while somebody waits."""

    code = "too_much_changed"
    status = 422
    sentence = _("So much has changed since then that this can't be worked out while you wait. Choose a later time.")


class NoLongerFits(DomainError):
    """A field holds another kind of value now than it did then."""

    code = "no_longer_fits"
    status = 422
    sentence = _("Some values of that time no longer fit their fields, so they can't be shown.")


@dataclass(slots=True)
class Past:
    """An instant as one actor may see it, inside the transaction that ``looking_back`` opened.

    ``only`` limits what is laid over to one record of one type; every other table is then read as it is now.
    """

    at: datetime
    actor: Actor
    only: tuple[str, int] | None = None
    _laid: dict[str, bool] = field(default_factory=dict)
    """By record type that was looked at: whether any of its records changed since, so that a table lies over it."""

    @property
    def reader(self) -> Actor:
        """Return who compiles the questions: the fields of the actor, all records; which rows is said by the tables."""
        return replace(self.actor, is_administrator=True)

    def rows(self, statement: Statement, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Ask a statement that was compiled for the present of the past instead; raises ``TooMuchChanged``."""
        if not statement.sql:
            return []
        return self._ask(statement.sql, [values[name] for name in statement.places])

    def estimate(self, statement: Statement) -> int:
        """Return how many rows the planner expects of a statement without open places."""
        ((found,),) = self._ask(statement.sql, [], before="EXPLAIN (FORMAT JSON) ")
        plan = json.loads(found) if isinstance(found, str) else found
        return int(plan[0]["Plan"]["Plan Rows"])

    def _ask(self, sql: str, values: list[Any], before: str = "") -> list[tuple[Any, ...]]:
        used = [item for item in record_types() if table_of(item) in sql]
        try:
            self._prepare([item for item in used if self.only is None or item.name == self.only[0]])
            tables, first = self._tables(used)
            return rows_of(f"{before}WITH {tables} {sql}", [*first, *values])
        except DataError as refusal:
            raise NoLongerFits from refusal
        except OperationalError as slow:
            if "statement timeout" not in str(slow):
                raise
            raise TooMuchChanged from slow

    def _prepare(self, types: Sequence[RecordType]) -> None:
        """Lay old values over the records of these types that changed since; most types have none."""
        missing = [item for item in types if item.name not in self._laid]
        if not missing:
            return
        run("DROP TABLE IF EXISTS past_since")
        sql, values = _SINCE, [self.at, [item.name for item in missing]]
        if self.only is not None:
            sql, values = f"{sql} AND record_id = %s", [*values, self.only[1]]
        run(sql, values)
        run("ANALYZE past_since (record_type, record_id)")
        changed = {row[0] for row in rows_of("SELECT DISTINCT record_type FROM past_since")}
        for record_type in missing:
            if record_type.name in changed:
                self._make(record_type)
            self._laid[record_type.name] = record_type.name in changed

    def _make(self, record_type: RecordType) -> None:
        stored = stored_fields(record_type)
        columns = json.dumps({name: item.column for name, item in stored.items()})
        texts = [name for name, item in stored.items() if item.empty]
        past = _past_table(record_type)
        run(f"DROP TABLE IF EXISTS {past}")
        run(
            _ROWS.format(past=past, table=table_of(record_type)),
            [record_type.name, columns, columns, texts, self.at.isoformat()],
        )
        run(f"ANALYZE {past} (id)")
        together = sorted(read_together(record_type)) if record_type.derive is not None else []
        if together:
            _derive(record_type, past, together)

    def _tables(self, types: Sequence[RecordType]) -> tuple[str, list[Any]]:
        """Return the common table expressions that stand for the tables of these types, with their values."""
        parts: list[str] = []
        values: list[Any] = []
        for record_type in types:
            part, own = self._table(record_type)
            parts.append(f"{table_of(record_type)} AS NOT MATERIALIZED ({part})")
            values += own
        return ", ".join(parts), values

    def _table(self, record_type: RecordType) -> tuple[str, list[Any]]:
        """Return what stands for one table.

        The two parts of the union carry no condition of their own: only so does the planner take them as one table
        and read both in the order of an index. ``laid`` tells them apart.
        """
        names = [f'"{item.column}"' for item in record_type.model._meta.concrete_fields]
        columns, table = ", ".join(f"r.{name}" for name in names), _real(table_of(record_type))
        seen, values = self._seen(record_type)
        laid = self._laid.get(record_type.name)
        if laid is None:
            return f"SELECT {columns} FROM {table} r WHERE {seen}", list(values)
        past = _past_table(record_type)
        both = (
            f"(SELECT {columns}, false AS laid FROM {table} r UNION ALL SELECT {columns}, true AS laid FROM {past} r)"
        )
        own = f" AND (r.laid OR r.id NOT IN (SELECT id FROM {past}))" if laid else ""
        sql = f"SELECT {columns} FROM {both if laid else table} r WHERE r.created_at <= %s{own} AND {seen}"
        if self.only is not None:
            return f"{sql} AND r.id = %s", [self.at, *values, self.only[1]]
        return sql, [self.at, *values]

    def _seen(self, record_type: RecordType) -> tuple[str, tuple[Any, ...]]:
        """Return the condition that the actor may see a row today, asked of the real tables."""
        condition = access.scope_condition(self.actor, record_type, "view")
        if not condition:
            return "true", ()
        sql, values = pk_condition(record_type.model._default_manager.filter(condition), "r.id")
        return _real(sql), values


_OPEN: ContextVar[Past | None] = ContextVar("open_past", default=None)


def _past_table(record_type: RecordType) -> str:
    return connection.ops.quote_name(f"past_{record_type.name}")


def _real(sql: str) -> str:
    """Return SQL whose tables of records are the real ones, whatever stands for them around it."""
    for item in record_types():
        table = table_of(item)
        sql = sql.replace(table, f'"public".{table}')
    return sql


def _derive(record_type: RecordType, past: str, together: Sequence[str]) -> None:
    """Compute the technical key columns of the laid-over rows anew where what they are computed from was different."""
    changed = "SELECT s.record_id FROM past_since s WHERE s.record_type = %s AND s.fields ?| %s::text[]"
    rows = f"SELECT * FROM {past} WHERE id IN ({changed}) ORDER BY id LIMIT {MOST_RENAMED + 1}"
    found = list(record_type.model._default_manager.raw(rows, [record_type.name, list(together)]))
    if len(found) > MOST_RENAMED:
        raise TooMuchChanged
    write_keys(record_type, found, past)


@contextmanager
def looking_back(at: datetime, actor: Actor, only: tuple[str, int] | None = None) -> Iterator[Past]:
    """Open a transaction in which questions can be asked of an instant; it leaves nothing behind.

    Inside another for the same instant and actor the tables of that one serve: a page asks for rows, count and sums.
    """
    held = _OPEN.get()
    if held is not None and (held.at, held.actor, held.only) == (at, actor, only):
        yield held
        return
    with transaction.atomic():
        run(f"SET LOCAL statement_timeout = '{_SECONDS}s'")
        run("SET LOCAL work_mem = '64MB'")
        past = Past(at, actor, only)
        token = _OPEN.set(past)
        try:
            yield past
        finally:
            _OPEN.reset(token)
        transaction.set_rollback(True)
