"""The input of every model: purchase lines and, where known, the cost to serve each customer.

Purchase lines, one row each:
  customer_id BIGINT (lines without one belong to nobody and take no part), order_id BIGINT,
  ordered_at TIMESTAMPTZ, quantity, amount DECIMAL (net line revenue in the company's currency, returns negative),
  cost DECIMAL (unit cost times quantity, NULL = unknown), is_return BOOLEAN;
  optional line_id BIGINT, order_key VARCHAR.
Cost to serve: customer_id BIGINT, cost DECIMAL; optional kind VARCHAR (visits, calls ...) and incurred_at TIMESTAMPTZ.
"""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import ibis.expr.types as ir
import pyarrow as pa

from guanxi.analytics.engine import Engine, Source
from guanxi.analytics.errors import ExtractRefused
from guanxi.analytics.window import Window

LINES = "purchase_line"
COST_TO_SERVE = "cost_to_serve"
MONEY = "DECIMAL(18,4)"
MONEY_SCALE = 4

_LINE_COLUMNS = {
    "customer_id": "BIGINT",
    "order_id": "BIGINT",
    "ordered_at": "TIMESTAMP WITH TIME ZONE",
    "quantity": "DECIMAL(18,4)",
    "amount": MONEY,
    "cost": MONEY,
    "is_return": "BOOLEAN",
}
_LINE_OPTIONAL = {"line_id": "BIGINT", "order_key": "VARCHAR"}
_COST_COLUMNS = {"customer_id": "BIGINT", "cost": MONEY}
_COST_OPTIONAL = {"kind": "VARCHAR", "incurred_at": "TIMESTAMP WITH TIME ZONE"}


@dataclass(frozen=True, slots=True)
class Extract:
    """Checked inputs, ready inside one engine. `time_zone` decides on which calendar date an instant falls."""

    engine: Engine
    time_zone: str

    def lines(self, window: Window) -> ir.Table:
        """Purchase lines of the window, as an Ibis expression; `ordered_on` is the local date."""
        return _within(self.engine.table(LINES), "ordered_at", window)

    def cost_to_serve(self, window: Window) -> ir.Table:
        """Costs to serve of the window; a cost without an instant counts in every window."""
        costs = self.engine.table(COST_TO_SERVE)
        dated = _within(costs, "incurred_at", window)
        return costs.filter(costs.incurred_at.isnull()).union(dated)


def open_extract(engine: Engine, lines: Source, cost_to_serve: Source | None = None, time_zone: str = "UTC") -> Extract:
    """Check the inputs and register them in the engine as `purchase_line` and `cost_to_serve`.

    Raises ExtractRefused when a column is absent, money is not exact (floating point, or more than four decimals),
    an instant has no time zone, or a line of a customer lacks its order, instant, amount or return flag.
    """
    ZoneInfo(time_zone)  # an unknown zone must fail here, not inside a query
    engine.register("purchase_line_source", lines)
    _check(engine, "purchase_line_source", _LINE_COLUMNS, _LINE_OPTIONAL)
    columns = _selected(engine, "purchase_line_source", {**_LINE_OPTIONAL, **_LINE_COLUMNS})
    engine.execute(
        f"CREATE OR REPLACE VIEW {LINES} AS SELECT {columns}, "
        f"(ordered_at AT TIME ZONE '{time_zone}')::DATE AS ordered_on "
        "FROM purchase_line_source WHERE customer_id IS NOT NULL"
    )
    _refuse_gaps(engine, LINES, ("order_id", "ordered_at", "amount", "is_return"))
    engine.register("cost_to_serve_source", cost_to_serve if cost_to_serve is not None else _no_costs())
    _check(engine, "cost_to_serve_source", _COST_COLUMNS, _COST_OPTIONAL)
    columns = _selected(engine, "cost_to_serve_source", {**_COST_COLUMNS, **_COST_OPTIONAL})
    engine.execute(f"CREATE OR REPLACE VIEW {COST_TO_SERVE} AS SELECT {columns} FROM cost_to_serve_source")
    _refuse_gaps(engine, COST_TO_SERVE, ("customer_id", "cost"))
    return Extract(engine, time_zone)


def _within(table: ir.Table, instant: str, window: Window) -> ir.Table:
    kept = table.filter(table[instant] < window.end)
    return kept if window.start is None else kept.filter(kept[instant] >= window.start)


def _no_costs() -> pa.Table:
    return pa.table({"customer_id": pa.array([], pa.int64()), "cost": pa.array([], pa.decimal128(18, 4))})


def _types(engine: Engine, name: str) -> dict[str, str]:
    return {row["column_name"]: row["column_type"] for row in engine.run(f"DESCRIBE {name}").to_pylist()}


def _check(engine: Engine, name: str, required: dict[str, str], optional: dict[str, str]) -> None:
    found = _types(engine, name)
    if absent := sorted(required.keys() - found.keys()):
        raise ExtractRefused(f"{name} has no column {', '.join(absent)}")
    for column, wanted in {**required, **optional}.items():
        if column in found:
            _check_type(f"{name}.{column}", found[column], wanted)


def _check_type(column: str, found: str, wanted: str) -> None:
    if wanted.startswith("TIMESTAMP") and "WITH TIME ZONE" not in found and found != '"NULL"':
        raise ExtractRefused(f"{column} is {found}; instants need a time zone")
    if wanted == MONEY and found in ("FLOAT", "DOUBLE"):
        raise ExtractRefused(f"{column} is {found}; money must be DECIMAL, floating point loses cents")
    scale = re.fullmatch(r"DECIMAL\(\d+,(\d+)\)", found)
    if wanted == MONEY and scale and int(scale[1]) > MONEY_SCALE:
        raise ExtractRefused(f"{column} is {found}; at most {MONEY_SCALE} decimals are kept")


def _selected(engine: Engine, name: str, columns: dict[str, str]) -> str:
    found = _types(engine, name)
    return ", ".join(f"CAST({c if c in found else 'NULL'} AS {kind}) AS {c}" for c, kind in columns.items())


def _refuse_gaps(engine: Engine, name: str, columns: tuple[str, ...]) -> None:
    counts = engine.row("SELECT " + ", ".join(f"count(*) - count({c}) AS {c}" for c in columns) + f" FROM {name}")
    for column, gaps in counts.items():
        if gaps:
            raise ExtractRefused(f"{name}.{column} is empty in {gaps} rows")
