"""What a file of order lines or orders may fill: customer, product, order and the lines themselves."""

from __future__ import annotations

import polars as pl
from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.catalog.product.rules import SERVICE_CODE
from guanxi.customers.order.models import OrderLine
from guanxi.records.fields import Field, Kind
from guanxi.records.importing.plan import Detail, ImportPlan, Part, register_plan

_RETURN_NUMBER = r"^[Cc]\d+$"
_SETTLE = """
UPDATE customers_order o SET line_count = coalesce(l.n, 0), total = coalesce(l.total, 0),
  discount = coalesce(l.discount, 0), total_cost = CASE WHEN l.unknown = 0 THEN l.cost END
FROM unnest(%s::bigint[]) AS wanted(id)
LEFT JOIN (SELECT order_id, count(*) n, sum(amount) total, sum(discount) discount, sum(cost) AS cost,
                  count(*) FILTER (WHERE cost IS NULL) unknown
           FROM customers_orderline WHERE order_id = ANY(%s::bigint[]) AND deleted_at IS NULL GROUP BY order_id) l
  ON l.order_id = wanted.id
WHERE o.id = wanted.id
"""


def settle_orders(ids: list[int]) -> None:
    """Compute number of lines, total, discount and cost of these orders anew from their lines."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [ids, ids])


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
    """A product is called by its code and a customer by its number until a name is known; codes of services are told."""
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


def _line(name: str, kind: Kind = "text", decimals: int = 2) -> Field:
    model_field = next(item for item in OrderLine._meta.concrete_fields if item.name == name)
    return Field(name, model_field.verbose_name, kind, max_length=model_field.max_length, decimals=decimals)


_CUSTOMER = Part(
    "customer", "customer", _("customer"), fields=("name", "kind", "city", "country", "gender", "birthday", "status"),
    fills_only=True,
)  # fmt: skip
_PRODUCT = Part(
    "product", "product", _("product"), natural=("sku",), fields=("sku", "name", "native_name", "kind", "brand",
    "unit"),
    fills_only=True,
)  # fmt: skip
_ORDER_FIELDS = ("number", "ordered_at", "status", "channel", "place", "is_return", "currency")
LINES = Detail(
    key="line", table="customers_orderline", parent="order", through="order_id", label=_("order line"),
    fields=(
        _line("quantity", "decimal", 3),
        _line("unit_price", "money", 4),
        _line("discount", "money"),
        _line("amount", "money"),
        _line("cost", "money"),
        _line("description"),
    ),
    content=("product.sku", "line.quantity", "line.unit_price", "line.discount", "line.amount"),
    needs=("line.amount",), links={"product_id": "product"},
    totals={"total": "amount", "discount": "discount", "total_cost": "cost"}, settle=settle_orders,
)  # fmt: skip
ORDER_LINES = register_plan(
    ImportPlan(
        name="order_line", label=_("order lines"), root="line", icon="receipt-text",
        parts=(
            _CUSTOMER, _PRODUCT,
            Part("order", "order", _("order"), fields=_ORDER_FIELDS, links={"customer": "customer"}, fills_only=True),
        ),
        detail=LINES, prepare=prepare_lines, concepts={"product.name": "product_name"},
    )
)  # fmt: skip
ORDERS = register_plan(
    ImportPlan(
        name="order", label=_("orders"), root="order", icon="shopping-bag",
        parts=(
            _CUSTOMER,
            Part(
                "order", "order", _("order"), fields=(*_ORDER_FIELDS, "total", "discount", "total_cost"),
                links={"customer": "customer"},
            ),
        ),
        identity=("order.number",), prepare=prepare_lines,
    )
)  # fmt: skip
