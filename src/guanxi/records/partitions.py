"""Monthly partitions of the large tables: made ahead of time by migrations and by the maintenance job."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.db import connection

from guanxi.core.dates import add_months

PARTITIONED = ("records_change", "customers_orderline", "customers_transaction")


def partition_sql(table: str, month: date) -> str:
    """Return the statement that makes the partition of ``table`` for one month."""
    start, end = month.replace(day=1), add_months(month, 1)
    return (
        f"CREATE TABLE IF NOT EXISTS {table}_{start:%Y_%m} PARTITION OF {table} "
        f"FOR VALUES FROM ('{start} 00:00+00') TO ('{end} 00:00+00')"
    )


def make_partitions(tables: tuple[str, ...] = PARTITIONED, months_ahead: int = 13) -> list[str]:
    """Make the partitions of each table from this month on; needs the owner's database role.

    Returns the statements run. A month that already has rows in the default partition is left to it.
    """
    month = datetime.now(UTC).date().replace(day=1)
    done: list[str] = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute("SELECT to_regclass(%s)", [table])
            if cursor.fetchone() == (None,):
                continue
            for ahead in range(months_ahead):
                statement = partition_sql(table, add_months(month, ahead))
                cursor.execute(statement)
                done.append(statement)
    return done
