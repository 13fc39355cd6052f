"""Hand-made and generated extracts for the analytics tests."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from guanxi.analytics import Engine, Extract, ScoreTable, open_extract

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)

LINES = pa.schema(
    {
        "line_id": pa.int64(),
        "customer_id": pa.int64(),
        "order_id": pa.int64(),
        "ordered_at": pa.timestamp("us", tz="UTC"),
        "quantity": pa.decimal128(18, 4),
        "amount": pa.decimal128(18, 4),
        "cost": pa.decimal128(18, 4),
        "is_return": pa.bool_(),
    }
)
COSTS = pa.schema(
    {
        "customer_id": pa.int64(),
        "kind": pa.string(),
        "cost": pa.decimal128(18, 4),
        "incurred_at": pa.timestamp("us", tz="UTC"),
    }
)


def line(
    customer: int,
    amount: str,
    *,
    days_ago: int = 1,
    order: int | None = None,
    cost: str | None = None,
    is_return: bool = False,
) -> dict[str, Any]:
    """One purchase line, so many days before the as-of instant; by default an order of its own day."""
    return {
        "customer_id": customer,
        "order_id": order if order is not None else customer * 10_000 + days_ago,
        "ordered_at": AS_OF - timedelta(days=days_ago),
        "quantity": Decimal(1),
        "amount": Decimal(amount),
        "cost": None if cost is None else Decimal(cost),
        "is_return": is_return,
    }


def lines_table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{"line_id": number, **row} for number, row in enumerate(rows, 1)], schema=LINES)


def costs_table(*rows: tuple[int, str, str | None, datetime | None]) -> pa.Table:
    """Costs to serve: customer, cost, kind, instant."""
    names = ("customer_id", "cost", "kind", "incurred_at")
    parsed = [(customer, Decimal(cost), kind, at) for customer, cost, kind, at in rows]
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in parsed], schema=COSTS)


def extract_of(engine: Engine, *rows: dict[str, Any], costs: pa.Table | None = None, zone: str = "UTC") -> Extract:
    return open_extract(engine, lines_table(list(rows)), costs, zone)


def by_customer(table: ScoreTable) -> dict[int, dict[str, Any]]:
    return {row["customer_id"]: row for row in table.arrow().to_pylist()}


def adding(row: dict[str, Any]) -> Decimal:
    """The sum of the reasons that are terms of the score."""
    return sum((one["value"] for one in row["reasons"] if one["adds"]), Decimal(0))


MONEY = st.decimals(min_value=0, max_value=1000, places=2)


@st.composite
def generated_lines(draw: st.DrawFn, *, most: int = 30) -> list[dict[str, Any]]:
    """Lines of up to six customers with ties, returns, unknown costs, several lines an order and lines after as-of."""
    rows = []
    for _ in range(draw(st.integers(1, most))):
        is_return = draw(st.integers(0, 9)) == 0
        amount = draw(st.sampled_from([Decimal("5.00"), Decimal("10.00")]) | MONEY)
        days_ago = draw(st.sampled_from([1, 7, 14]) | st.integers(-5, 700))
        customer = draw(st.integers(1, 6))
        rows.append(
            line(
                customer,
                str(-amount if is_return else amount),
                days_ago=days_ago,
                order=customer * 10_000 + days_ago + 100 + draw(st.integers(0, 1)),
                cost=draw(st.none() | MONEY.map(str)),
                is_return=is_return,
            )
        )
    return rows


GENERATED_COSTS = st.lists(
    st.tuples(
        st.integers(1, 8),
        MONEY.map(str),
        st.sampled_from(["visits", "calls", None]),
        st.none() | st.integers(-5, 700).map(lambda days: AS_OF - timedelta(days=days)),
    ),
    max_size=6,
).map(lambda rows: costs_table(*rows))
