"""Completes the rows of a file of order lines: numbers, returns, amounts, names that are only codes."""

from __future__ import annotations

import polars as pl

from guanxi.catalog.product.rules import SERVICE_CODE

_RETURN_NUMBER = r"^[Cc]\d+$"


def prepare_lines(frame: pl.DataFrame) -> pl.DataFrame:
    """Complete parsed rows: order numbers, returns, amounts, names of products and customers that have only a code.

    A number like C489449 is a credit note; so is an order that has only negative amounts where the number says nothing.
    Amounts left out are quantity times unit price less the discount, rounded half up to cents.
    """
    frame = _with_numbers(frame)
    if "line.quantity" in frame.columns or "line.amount" in frame.columns:
        frame = _with_amounts(frame)
    if "order.is_return" not in frame.columns and "order.number" in frame.columns:
        is_return = pl.col("order.number").str.contains(_RETURN_NUMBER)
        if "line.amount" in frame.columns:
            amount = pl.col("line.amount")
            is_return |= ((amount.max() <= 0) & (amount.sum() < 0)).over("order.external_id")
        frame = frame.with_columns(is_return.alias("order.is_return"))
    return _with_names(frame)


def _with_numbers(frame: pl.DataFrame) -> pl.DataFrame:
    for given, missing in (("order.external_id", "order.number"), ("order.number", "order.external_id")):
        if given in frame.columns and missing not in frame.columns:
            frame = frame.with_columns(
                pl.col(given).str.slice(0, 80 if missing == "order.number" else 200).alias(missing)
            )
    return frame


def _with_amounts(frame: pl.DataFrame) -> pl.DataFrame:
    has = set(frame.columns)
    one = pl.lit(1, dtype=pl.Decimal(14, 3))
    quantity = pl.col("line.quantity").fill_null(one) if "line.quantity" in has else one
    discount = pl.col("line.discount").fill_null(0) if "line.discount" in has else pl.lit(0, dtype=pl.Decimal(18, 2))
    zero = pl.lit(0, dtype=pl.Decimal(18, 4))
    price = pl.col("line.unit_price").fill_null(zero) if "line.unit_price" in has else zero
    exact = quantity.cast(pl.Decimal(38, 3)) * price.cast(pl.Decimal(38, 4)) - discount.cast(pl.Decimal(38, 2))
    cents = exact.cast(pl.Decimal(38, 4)).round(2, mode="half_away_from_zero").cast(pl.Decimal(38, 2))
    amount = pl.col("line.amount").fill_null(cents) if "line.amount" in has else cents
    return frame.with_columns(
        quantity.alias("line.quantity"), discount.alias("line.discount"), amount.alias("line.amount")
    )


def _with_names(frame: pl.DataFrame) -> pl.DataFrame:
    """A product is called by its code and a customer by its number until a name is known; services are told."""
    has = set(frame.columns)
    if "product.sku" in has:
        sku = pl.col("product.sku")
        name = pl.col("product.name").fill_null(sku) if "product.name" in has else sku
        frame = frame.with_columns(name.alias("product.name"))
        if "product.kind" not in has:
            kind = pl.when(sku.str.contains(SERVICE_CODE)).then(pl.lit("service")).otherwise(pl.lit("goods"))
            frame = frame.with_columns(kind.alias("product.kind"))
    if "customer.external_id" in has:
        number = pl.col("customer.external_id")
        name = pl.col("customer.name").fill_null(number) if "customer.name" in has else number
        frame = frame.with_columns(name.str.slice(0, 200).alias("customer.name"))
    return frame
