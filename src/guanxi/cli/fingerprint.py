"""Row counts and checksums of every table, to prove that a restored database is the one that was backed up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, order=True)
class TableMark:
    """What identifies the content of one table, whatever the order of its rows."""

    table: str
    rows: int
    checksum: str


def table_marks(connection: Connection) -> list[TableMark]:
    """Return the mark of each table (partitioned ones as a whole), seen in the connection's transaction.

    The checksum is the sum over all rows of the first 64 bits of the MD5 of the row's text: order does not matter, and
    it is the same on every PostgreSQL version. Reads every row: about 1 s per million.
    """
    for setting in (
        "timezone = 'UTC'",
        "datestyle = 'ISO, YMD'",
        "intervalstyle = 'iso_8601'",
        "extra_float_digits = 1",
    ):
        connection.execute(sql.SQL("SET LOCAL {}").format(sql.SQL(setting)))
    rows = connection.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition"
        " AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        " AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1, 2"
    ).fetchall()
    return [_mark(connection, str(schema), str(table)) for schema, table in rows]


def differences(expected: list[TableMark], found: list[TableMark]) -> list[str]:
    """Return one sentence for each table that differs; empty when all agree."""
    before = {mark.table: mark for mark in expected}
    after = {mark.table: mark for mark in found}
    sentences = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            sentences.append(f"{name}: {'not in the backup' if old is None else 'missing after restoring'}")
        elif old.rows != new.rows:
            sentences.append(f"{name}: {old.rows} rows were backed up, {new.rows} came back")
        elif old.checksum != new.checksum:
            sentences.append(f"{name}: the same {old.rows} rows, but not the same content")
    return sentences


def _mark(connection: Connection, schema: str, table: str) -> TableMark:
    query = sql.SQL(
        "SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text FROM {} t"
    ).format(sql.Identifier(schema, table))
    row = connection.execute(query).fetchone()
    assert row is not None
    return TableMark(table if schema == "public" else f"{schema}.{table}", int(row[0]), str(row[1]))
