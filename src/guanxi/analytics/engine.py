"""A small wrapper around one in-memory DuckDB: inputs in, Arrow out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self, TypeAlias

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

Source: TypeAlias = pa.Table | pa.RecordBatchReader | Path


class Engine:
    """One DuckDB connection with bounded memory and threads; use as a context manager.

    `memory_limit` is DuckDB's buffer limit ("512MB"); beyond it tables, sorts and groupings spill to a temporary folder
    inside `spill_folder` (default: the system's), removed on close. Arrow results handed out live outside this limit.
    Not for use from two threads at once.
    """

    def __init__(self, memory_limit: str = "512MB", threads: int = 2, spill_folder: Path | None = None) -> None:
        self.connection = duckdb.connect(":memory:")
        self.connection.execute("SET memory_limit = ?", [memory_limit])
        self.connection.execute("SET threads = ?", [threads])
        self.connection.execute("SET TimeZone = 'UTC'")
        self.connection.execute("SET enable_progress_bar = false")
        self.connection.execute("SET preserve_insertion_order = false")
        self._spill = TemporaryDirectory(prefix="analytics-", dir=spill_folder)
        self.connection.execute("SET temp_directory = ?", [self._spill.name])
        self._ibis = ibis.duckdb.from_connection(self.connection)
        self._numbers = count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection, free its memory and remove what it spilled."""
        self.connection.close()
        self._spill.cleanup()

    def register(self, name: str, source: Source) -> None:
        """Make an Arrow table, a record batch reader (read once, kept) or a Parquet file known under `name`."""
        if isinstance(source, Path):
            self.connection.read_parquet(str(source)).create_view(name, replace=True)
            return
        table = source.read_all() if isinstance(source, pa.RecordBatchReader) else source
        self.connection.register(name, table)

    @contextmanager
    def lend(self, table: pa.Table) -> Iterator[str]:
        """Give an Arrow table a name for the length of a `with` block; yields the name."""
        name = f"lent_{next(self._numbers)}"
        self.connection.register(name, table)
        try:
            yield name
        finally:
            self.connection.unregister(name)

    def keep(self, name: str, sql: str) -> str:
        """Run a query into a table of its own; returns the table's name, which begins with `name` and is fresh."""
        fresh = f"{name}_{next(self._numbers)}"
        self.connection.execute(f"CREATE TEMP TABLE {fresh} AS {sql}")
        return fresh

    def execute(self, sql: str) -> None:
        """Run a statement that returns nothing."""
        self.connection.execute(sql)

    def run(self, sql: str, parameters: Sequence[object] | None = None) -> pa.Table:
        """Run a query and return all of its rows as an Arrow table."""
        relation = self.connection.sql(sql, params=list(parameters) if parameters is not None else None)
        return relation.to_arrow_table()

    def row(self, sql: str, parameters: Sequence[object] | None = None) -> dict[str, Any]:
        """Run a query of one row and return that row by column name."""
        rows: list[dict[str, Any]] = self.run(sql, parameters).to_pylist()
        return rows[0]

    def table(self, name: str) -> ir.Table:
        """A registered table or view as an Ibis expression."""
        return self._ibis.table(name)

    def sql_of(self, expression: ir.Table) -> str:
        """The DuckDB SQL of an Ibis expression, to stand as a named part of a larger query."""
        return str(self._ibis.compile(expression))
