"""From the database to the analytics engine: purchase lines and costs to serve as Parquet files, in one snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from django.db import connection, transaction

_LINES = """
COPY (SELECT o.customer_id, o.id AS order_id, l.id AS line_id,
             to_char(o.ordered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') AS ordered_at,
             l.quantity, round(l.amount * r.rate, 4) AS amount, round(l.cost * r.rate, 4) AS cost, o.is_return
      FROM customers_orderline l
      JOIN customers_order o ON o.id = l.order_id
      JOIN (SELECT key AS currency, value::numeric AS rate FROM jsonb_each_text(%s::jsonb)) r ON r.currency = o.currency
      WHERE l.deleted_at IS NULL AND o.deleted_at IS NULL AND o.customer_id IS NOT NULL AND o.status <> 'cancelled'
     ) TO STDOUT (FORMAT csv)"""
_COSTS = """
COPY (SELECT c.customer_id, round(c.amount * r.rate, 4) AS cost, c.kind,
             to_char(c.incurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') AS incurred_at
      FROM customers_costtoserve c
      JOIN (SELECT key AS currency, value::numeric AS rate FROM jsonb_each_text(%s::jsonb)) r ON r.currency = c.currency
      WHERE c.deleted_at IS NULL
     ) TO STDOUT (FORMAT csv)"""
_UNCONVERTED = """SELECT currency, count(*) FROM customers_order
                  WHERE deleted_at IS NULL AND NOT currency = ANY(%s) GROUP BY currency ORDER BY currency"""
_LINE_COLUMNS = {
    "customer_id": "BIGINT", "order_id": "BIGINT", "line_id": "BIGINT", "ordered_at": "TIMESTAMP",
    "quantity": "DECIMAL(18,4)", "amount": "DECIMAL(18,4)", "cost": "DECIMAL(18,4)", "is_return": "BOOLEAN",
}  # fmt: skip
_COST_COLUMNS = {
    "customer_id": "BIGINT", "cost": "DECIMAL(18,4)", "kind": "VARCHAR", "incurred_at": "TIMESTAMP",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """The inputs of one run as files, and what was read: counts, sums, and what had to be left out."""

    lines: Path
    costs: Path
    summary: dict[str, Any]


def extract_facts(folder: Path, rates: dict[str, Decimal]) -> Facts:
    """Write all purchase lines and costs to serve into ``folder`` as Parquet, in the base currency.

    ``rates`` maps a currency to its worth in the base currency; orders in other currencies are left out and counted in
    the summary. Reads one consistent snapshot, in a transaction of the caller what that one sees; changes nothing.
    """
    text = _engine().execute("SELECT to_json(?::MAP(VARCHAR, VARCHAR))", [{k: str(v) for k, v in rates.items()}])
    found = text.fetchone()
    assert found is not None
    is_inside = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not is_inside:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        # All rows are read, so nothing but hash joins can be right; what the planner knows just after a large import is
        # the size of the tables before it.
        cursor.execute("SET LOCAL enable_nestloop = off")
        _copy(cursor, _LINES, found[0], folder / "lines.csv")
        _copy(cursor, _COSTS, found[0], folder / "costs.csv")
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
        cursor.execute(_UNCONVERTED, [list(rates)])
        left_out = dict(cursor.fetchall())
    lines = _parquet(folder / "lines.csv", _LINE_COLUMNS, "ordered_at")
    costs = _parquet(folder / "costs.csv", _COST_COLUMNS, "incurred_at")
    return Facts(lines, costs, {**_summary(lines), "orders_without_rate": left_out})


def _engine() -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect()
    engine.execute("SET enable_progress_bar = false")
    return engine


def _copy(cursor: Any, statement: str, rates: str, target: Path) -> None:
    with target.open("wb") as file, cursor.copy(statement, [rates]) as rows:
        for block in rows:
            file.write(block)


def _parquet(source: Path, columns: dict[str, str], instant: str) -> Path:
    """Turn a CSV into Parquet with typed columns; instants become aware UTC; removes the CSV."""
    target = source.with_suffix(".parquet")
    with _engine() as engine:
        engine.execute("SET TimeZone = 'UTC'; SET memory_limit = '512MB'; SET preserve_insertion_order = false")
        rows = engine.read_csv(str(source), header=False, auto_detect=False, sep=",", quotechar='"', columns=columns)
        query = f"* REPLACE ({instant} AT TIME ZONE 'UTC' AS {instant})"
        rows.project(query).write_parquet(str(target))
    source.unlink()
    return target


def _summary(lines: Path) -> dict[str, Any]:
    with _engine() as engine:
        row = engine.execute(
            "SELECT count(*), count(DISTINCT order_id), count(DISTINCT customer_id), coalesce(sum(amount), 0), "
            "count(cost), max(ordered_at)::VARCHAR FROM read_parquet(?)", [str(lines)],
        ).fetchone()  # fmt: skip
    assert row is not None
    names = ("lines", "orders", "customers", "amount", "lines_with_cost", "newest")
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in zip(names, row, strict=True)}
