"""The order frames in their final shape, joined from real, returned and corporate lines."""

from __future__ import annotations

import polars as pl

from guanxi.packs.grocery.organizations import NUMBER_OFFSET
from guanxi.packs.grocery.purchases import journey_orders, order_channels

_CENTS = ("list_amount_cents", "discount_cents", "amount_cents", "coupon_cents", "cost_cents")
_ORDER_COLUMNS = (
    "order_id",
    "number",
    "store_id",
    "ordered_at",
    "line_count",
    *_CENTS,
    "channel",
    "origin",
    "refund_of",
)


def money(cents: str) -> pl.Expr:
    """A column of whole cents as exact ``Decimal(12, 2)``, named without its ending ``_cents``."""
    exact = pl.col(cents).cast(pl.Decimal(12, 2)) / pl.lit(100).cast(pl.Decimal(12, 2))
    return exact.cast(pl.Decimal(12, 2)).alias(cents.removesuffix("_cents"))


def customer_id() -> pl.Expr:
    """``H0001`` or ``B0001`` from the column ``number``."""
    person = "H" + pl.col("number").cast(pl.String).str.zfill(4)
    organization = "B" + (pl.col("number") - NUMBER_OFFSET).cast(pl.String).str.zfill(4)
    return pl.when(pl.col("number") < NUMBER_OFFSET).then(person).otherwise(organization).alias("customer_id")


def make_orders(real: pl.DataFrame, returned: pl.DataFrame, corporate: pl.DataFrame) -> pl.DataFrame:
    """All orders (see ``DemoCompany.orders``) from the three kinds of lines, oldest first."""
    baskets = journey_orders(real)
    basket = pl.col("basket_id").cast(pl.String)
    none = pl.lit(None, dtype=pl.String)
    first = baskets.with_columns(
        order_channels(baskets), basket.alias("order_id"), pl.lit("journey").alias("origin"), none.alias("refund_of")
    )
    back = journey_orders(returned).with_columns(
        pl.lit("store").alias("channel"),
        ("R" + basket).alias("order_id"),
        pl.lit("return").alias("origin"),
        basket.alias("refund_of"),
    )
    bought = journey_orders(
        corporate.with_columns(pl.col("order").alias("basket_id"), store_id=pl.lit(0), is_fuel=pl.lit(False))
    ).with_columns(
        pl.lit("account_delivery").alias("channel"),
        ("C" + basket).alias("order_id"),
        pl.lit("corporate").alias("origin"),
        none.alias("refund_of"),
        pl.lit(None, dtype=pl.Int32).alias("store_id"),
    )
    orders = pl.concat([part.select(_ORDER_COLUMNS) for part in (first, back, bought)]).sort("ordered_at", "order_id")
    return orders.select(
        "order_id",
        customer_id(),
        pl.col("store_id").cast(pl.String),
        "channel",
        "ordered_at",
        "line_count",
        *[money(name) for name in _CENTS],
        pl.lit("USD").alias("currency"),
        "origin",
        "refund_of",
    )


def make_order_lines(real: pl.DataFrame, returned: pl.DataFrame, corporate: pl.DataFrame) -> pl.DataFrame:
    """All order lines (see ``DemoCompany.order_lines``): real, then returned, then corporate, each by order."""
    parts = (
        _final_lines(real, pl.col("basket_id").cast(pl.String), "journey"),
        _final_lines(returned, "R" + pl.col("basket_id").cast(pl.String), "return"),
        _final_lines(corporate, "C" + pl.col("order").cast(pl.String), "corporate"),
    )
    return pl.concat(parts)


def _final_lines(lines: pl.DataFrame, order_id: pl.Expr, origin: str) -> pl.DataFrame:
    product = pl.col("product_id").cast(pl.String)
    refund = (
        pl.col("basket_id").cast(pl.String) + "-" + product if origin == "return" else pl.lit(None, dtype=pl.String)
    )
    thousand = pl.lit(1000).cast(pl.Decimal(12, 3))
    return lines.select(
        (order_id + "-" + product).alias("line_id"),
        order_id.alias("order_id"),
        product.alias("product_id"),
        (pl.col("milli_quantity").cast(pl.Decimal(12, 3)) / thousand).cast(pl.Decimal(12, 3)).alias("quantity"),
        *[money(name) for name in _CENTS[1:]],
        pl.lit(origin).alias("origin"),
        refund.alias("refund_of"),
    )
