"""A finished score table: kept inside the engine, handed out whole or in batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from guanxi.analytics.engine import Engine

BATCH_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """One row per customer: customer_id, score, rank, position, percentile and the model's own columns.

    The rows live in the engine, where they may spill to disk; reasons are written out only when rows are handed out,
    so that a million customers fit into little memory. `reasons` is SQL over the columns of `name`.
    """

    engine: Engine
    name: str
    reasons: str

    @property
    def num_rows(self) -> int:
        """How many customers were scored."""
        return int(self.engine.row(f"SELECT count(*) AS rows FROM {self.name}")["rows"])

    def arrow(self) -> pa.Table:
        """The whole table with a column `reasons` of {code, value, adds, params}, best first."""
        return self.engine.run(f"SELECT *, {self.reasons} AS reasons FROM {self.name} ORDER BY position")

    def batches(self, rows: int = BATCH_ROWS) -> Iterator[pa.Table]:
        """The table in pieces of at most `rows` rows, best first, reasons as JSON text, ready to be stored.

        Each reason becomes {"code": text, "value": number, "adds": boolean, "params": {text: text}}.
        """
        total = self.num_rows
        for first in range(0, total, rows):
            yield self.engine.run(
                f"SELECT *, CAST(to_json({self.reasons}) AS VARCHAR) AS reasons FROM {self.name} "
                f"WHERE position > {first} AND position <= {first + rows} ORDER BY position"
            )

    def row(self, customer_id: int) -> dict[str, Any] | None:
        """The row of one customer with reasons, params as pairs; None when the customer was not scored."""
        sql = f"SELECT *, {self.reasons} AS reasons FROM {self.name} WHERE customer_id = ?"
        rows: list[dict[str, Any]] = self.engine.run(sql, [customer_id]).to_pylist()
        return rows[0] if rows else None


def keep_scores(engine: Engine, model: str, sql: str, reasons: str) -> ScoreTable:
    """Run a scoring query once and keep its rows in the engine under a fresh name beginning with the model's."""
    return ScoreTable(engine, engine.keep(model, sql), reasons)
