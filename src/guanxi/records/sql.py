"""Statements written by hand, for what touches any number of rows at once; they join the running transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection


def quoted(name: str) -> str:
    """Return a name as SQL wants it."""
    return connection.ops.quote_name(name)


def run(sql: str, values: Sequence[Any] = ()) -> int:
    """Run one statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values) or None)
        return max(0, int(cursor.rowcount))


def rows_of(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one question and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values) or None)
        return list(cursor.fetchall())
