"""Orders and order lines: the source's real purchases, generated returns, and generated corporate purchases.

``origin`` of every row says which: ``journey`` (real, 1,469,307 lines in 155,848 baskets), ``return`` (generated,
negative) or ``corporate`` (generated, bought by the generated organizations). Amounts are computed in whole cents and
turned into decimals at the end.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from guanxi.packs.grocery import draws
from guanxi.packs.grocery.organizations import Organization
from guanxi.packs.grocery.products import NO_FOOD

EFFORT_SHARES = (0.70, 0.22, 0.08)
"""Share of customers who are easy, normal and demanding to serve (generated)."""
RETURN_RATES = (0.0015, 0.008, 0.07)
"""Share of order lines returned, by effort (generated)."""
ORDER_CHANNELS = ("store", "online_pickup", "online_delivery", "app_delivery")
_MONEY = ("list_amount_cents", "discount_cents", "amount_cents", "coupon_cents", "cost_cents")


def effort_of(numbers: npt.ArrayLike) -> draws.Ints:
    """0 easy, 1 normal or 2 demanding, for each customer number."""
    return draws.weighted("effort", numbers, EFFORT_SHARES)


def journey_lines(raw: pl.DataFrame, sold: pl.DataFrame, shift: timedelta) -> pl.DataFrame:
    """The real order lines with shifted time, amounts in cents and generated cost.

    ``raw``: the source's transactions with ``shelf_price``; ``sold``: from ``products.sold_products``. Metered
    fuel is counted in thousandths of a gallon in the source and becomes gallons. Cost of a line = its shelf value x the
    product's cost share, so that a discount lowers the margin and not the cost.
    """
    facts = sold.lazy().select(
        "product_id", "cost_share", "is_fuel", "metered", pl.col("department").is_in(NO_FOOD).alias("kept")
    )
    lines = raw.lazy().join(facts, on="product_id", how="left", maintain_order="left")
    thousandths = pl.when("metered").then("quantity").otherwise(pl.col("quantity") * 1000)
    lines = lines.select(
        pl.col("household_id").cast(pl.Int32).alias("number"),
        pl.col("store_id").cast(pl.Int32),
        "basket_id",
        pl.col("product_id").cast(pl.Int32),
        (pl.col("transaction_timestamp").cast(pl.Datetime("us")) + shift)
        .dt.replace_time_zone("UTC")
        .alias("ordered_at"),
        thousandths.cast(pl.Int32).alias("milli_quantity"),
        pl.col("list_amount_cents"),
        (pl.col("list_amount_cents") - pl.col("amount_cents")).alias("discount_cents"),
        pl.col("amount_cents"),
        pl.col("coupon_cents"),
        (pl.col("list_amount_cents") * pl.col("cost_share")).round().cast(pl.Int32).alias("cost_cents"),
        "is_fuel",
        "kept",
    )
    return lines.sort("basket_id", "product_id").collect()


def return_lines(lines: pl.DataFrame, end: datetime) -> pl.DataFrame:
    """Generated returns of some real lines, 1 to 21 days later and not after ``end``: all amounts negated.

    Cost comes back only for goods that can be sold again (``kept``); returned food is thrown away.
    """
    ids = draws.mixed(draws.as_ids(lines["basket_id"].to_numpy())) ^ draws.as_ids(lines["product_id"].to_numpy())
    rates = np.asarray(RETURN_RATES)[effort_of(lines["number"].to_numpy())]
    chosen = draws.uniform("returned", ids) < rates
    possible = pl.Series(chosen) & (lines["amount_cents"] > 0) & ~lines["is_fuel"] & (lines["milli_quantity"] > 0)
    returned = lines.filter(possible)
    days = 1 + draws.integer("return after", returned["basket_id"].to_numpy(), 21)
    back = pl.when("kept").then(-pl.col("cost_cents")).otherwise(0).cast(pl.Int32)
    money = [-pl.col(name) for name in ("milli_quantity", *_MONEY[:-1])]
    later = pl.col("ordered_at") + pl.Series(days) * timedelta(days=1)
    return returned.with_columns(later.alias("ordered_at"), *money, back.alias("cost_cents")).filter(
        pl.col("ordered_at") <= end
    )


def journey_orders(lines: pl.DataFrame) -> pl.DataFrame:
    """One row per basket of ``lines`` with totals in cents."""
    totals = [pl.col(name).cast(pl.Int64).sum() for name in _MONEY]
    return lines.group_by("basket_id", maintain_order=True).agg(
        pl.col("number").first(),
        pl.col("store_id").first(),
        pl.col("ordered_at").first(),
        pl.len().cast(pl.Int32).alias("line_count"),
        *totals,
        pl.col("is_fuel").any(),
    )


def order_channels(orders: pl.DataFrame) -> pl.Series:
    """The purchase channel of each basket (generated): a household leans to the shop or to the net; fuel has a pump."""
    leaning = draws.uniform("online leaning", orders["number"].to_numpy()) ** 4
    online = draws.uniform("online order", orders["basket_id"].to_numpy()) < leaning
    online &= ~orders["is_fuel"].to_numpy()
    kind = 1 + draws.weighted("online kind", orders["basket_id"].to_numpy(), (5, 3, 2))
    return pl.Series("channel", np.asarray(ORDER_CHANNELS)[np.where(online, kind, 0)], dtype=pl.String)


def corporate_lines(
    organizations: list[Organization], sold: pl.DataFrame, sales: pl.DataFrame, start: datetime, end: datetime
) -> pl.DataFrame:
    """Generated purchases of the organizations: 6 to 45 orders each of 3 to 9 of the best-selling foods.

    ``sales``: product_id and number of lines. Quantities are 2 to 16 pieces at the list price less 4 to 12 %.
    """
    food = sold.filter(pl.col("department").is_in(["GROCERY", "PRODUCE", "MEAT", "MEAT-PCKGD", "DELI"]))
    best = food.join(sales, on="product_id").filter(pl.col("list_price") > 0.5)
    best = best.sort("lines", "product_id", descending=[True, False]).head(600)
    numbers = np.asarray([one.number for one in organizations])
    counts = 6 + (draws.uniform("orders", numbers) ** 2 * 40).astype(np.int64)
    number = np.repeat(numbers, counts)
    serial = np.concatenate([np.arange(count) for count in counts])
    order = number * 1000 + serial
    spread = (serial + draws.uniform("order time", order)) / np.repeat(counts, counts)
    minutes = (spread * ((end - start).total_seconds() / 60 - 1)).astype(np.int64)
    width = 3 + draws.integer("lines", order, 7)
    return _corporate_frame(np.repeat(order, width), np.repeat(number, width), np.repeat(minutes, width), best, start)


def _corporate_frame(
    order: draws.Ints, number: draws.Ints, minutes: draws.Ints, best: pl.DataFrame, start: datetime
) -> pl.DataFrame:
    line = draws.mixed(draws.as_ids(order)) ^ draws.as_ids(np.arange(len(order)))
    product = draws.weighted("corporate product", line, draws.zipf_weights(best.height, 0.6))
    quantity = 2 + draws.integer("corporate quantity", line, 15)
    prices = (best["list_price"].to_numpy()[product] * 100).round().astype(np.int64)
    discount = 0.04 + 0.08 * draws.uniform("corporate discount", number)
    frame = pl.DataFrame(
        {
            "number": number.astype(np.int32),
            "order": order,
            "product_id": best["product_id"].to_numpy()[product].astype(np.int32),
            "minutes": minutes,
            "milli_quantity": (quantity * 1000).astype(np.int32),
            "list_amount_cents": (quantity * prices).astype(np.int32),
            "discount_cents": (quantity * prices * discount).round().astype(np.int32),
            "coupon_cents": np.zeros(len(order), dtype=np.int32),
            "cost_cents": (quantity * prices * best["cost_share"].to_numpy()[product]).round().astype(np.int32),
        }
    )
    # One product once per order, like the source.
    return frame.unique(["order", "product_id"], keep="first", maintain_order=True).with_columns(
        (pl.col("list_amount_cents") - pl.col("discount_cents")).alias("amount_cents"),
        (pl.lit(start) + pl.col("minutes") * timedelta(minutes=1)).cast(pl.Datetime("us", "UTC")).alias("ordered_at"),
    )
