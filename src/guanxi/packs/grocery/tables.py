"""From the demo company's frames to the columns of our tables: pure, ids given."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from guanxi.catalog.product.rules import search_keys as product_keys
from guanxi.customers.customer.rules import search_keys as customer_keys

HOLDING_KINDS = {
    "membership_card": "card", "loyalty_account": "membership", "gift_card": "card", "credit_account": "account",
}  # fmt: skip
CONTACT_KINDS = {"mobile": "phone", "email": "email", "postal": "address", "wechat": "wechat"}
ORDER_CHANNELS = {
    "store": "store", "online_pickup": "web", "online_delivery": "web", "app_delivery": "app",
    "account_delivery": "field",
}  # fmt: skip
INTERACTION_CHANNELS = {"call": "phone", "visit": "visit", "chat": "chat", "email": "email", "store": "store"}
PREFERRED = {"mobile": "phone", "email": "email", "wechat": "wechat", "postal": "post", "sms": "sms", "phone": "phone"}
STAMPS = {"version": pl.lit(1), "updated_at": pl.lit("now()")}


SPOKEN = {
    "store": "Store 门店", "app": "App 应用", "website": "Website 网站", "online_shop": "Online shop 网上商城",
    "loyalty_card": "Loyalty card 会员卡", "referral": "Referral 朋友推荐", "tax_office": "Tax office 税务局",
    "online_pickup": "Online pickup 网购自提", "online_delivery": "Online delivery 网购配送",
    "app_delivery": "App delivery 应用配送", "account_delivery": "Account delivery 企业配送", "call": "Call 电话",
    "visit": "Visit 拜访", "chat": "Chat 在线咨询", "email": "E-mail 邮件",
}  # fmt: skip
"""Words for codes where our record holds a text of its own: both languages, like the names of the demo company."""


def lookup(frame: pl.DataFrame, key: str, value: str = "id") -> dict[Any, Any]:
    """Return a dictionary from one column of a frame to another."""
    return dict(zip(frame[key].to_list(), frame[value].to_list(), strict=True))


def mapped(column: str, names: dict[Any, Any], default: Any = None, kind: Any = pl.String) -> pl.Expr:
    """Return a column with each value replaced by what ``names`` says of it."""
    return pl.col(column).replace_strict(names, default=default, return_dtype=kind)


def ids(column: str, names: dict[Any, Any]) -> pl.Expr:
    """Return a column of our ids for a column of the demo company's keys."""
    return mapped(column, names, None, pl.Int64)


def with_keys(frame: pl.DataFrame, keys: Any, *names: str) -> pl.DataFrame:
    """Return a frame with the technical key columns that ``keys`` computes from the named facts of each row."""
    rows = [keys(dict(zip(names, row, strict=True))) for row in frame.select(names).iter_rows()]
    return frame.with_columns(pl.Series(name, [row[name] for row in rows]) for name in rows[0])


def category_rows(frame: pl.DataFrame, own: dict[str, int]) -> pl.DataFrame:
    """Return rows of ``catalog_productcategory``, parents before children."""
    return frame.select(
        id=ids("code", own), parent_id=ids("parent_code", own), name=pl.col("name_en"), native_name=pl.col("name_zh"),
    ).sort("parent_id", nulls_last=False)  # fmt: skip


def product_rows(frame: pl.DataFrame, own: dict[str, int], categories: dict[str, int]) -> pl.DataFrame:
    """Return rows of ``catalog_product``."""
    rows = frame.select(
        id=ids("product_id", own), sku=pl.col("product_id"), name=pl.col("name_en"), native_name=pl.col("name_zh"),
        kind=pl.lit("goods"), category_id=ids("category_code", categories), brand=pl.col("brand_en").fill_null(""),
        unit=pl.col("unit").fill_null(""), currency=pl.col("currency"), list_price=pl.col("list_price"),
        unit_cost=pl.col("unit_cost"), lifecycle=pl.col("lifecycle"), description=pl.lit(""),
    )  # fmt: skip
    return with_keys(rows, product_keys, "sku", "name", "native_name")


def spoken(name: str) -> pl.Expr:
    """Return a column of the demo company's codes as words in both languages; what is no code stays as it is."""
    return pl.col(name).fill_null("").replace(SPOKEN)


def said(name: str) -> pl.Expr:
    """Return a column of codes as words that begin a sentence: ``walk_in`` is “Walk in”."""
    words = pl.col(name).fill_null("").str.replace_all("_", " ")
    return words.str.slice(0, 1).str.to_uppercase() + words.str.slice(1)


def customer_rows(frame: pl.DataFrame, own: dict[str, int], places: dict[str, dict[Any, Any]]) -> pl.DataFrame:
    """Return rows of ``customers_customer``; ``places`` holds our ids of users, teams, territories and tags."""
    chinese = pl.col("country") == "CN"
    rows = frame.select(
        id=ids("external_id", own), kind=pl.col("kind"), name=pl.col("name_full"),
        latin_name=pl.when(pl.col("name_latin") != pl.col("name_full")).then("name_latin").otherwise(pl.lit("")),
        roles=pl.col("roles"), status=pl.col("status"), gender=pl.lit(""), occupation=pl.lit(""),
        industry=said("industry"),
        city=pl.when(chinese).then("city_zh").otherwise(pl.col("city_en")).fill_null(""),
        country=pl.col("country").fill_null(""), customer_since=pl.col("created_at").dt.date(),
        preferred_channel=mapped("preferred_channel", PREFERRED, ""), preferred_language=pl.col("language"),
        currency=pl.lit("USD"), credit_limit=pl.col("credit_limit"), acquired_through=spoken("source"),
        household_size=pl.col("household_size").str.extract(r"(\d+)").cast(pl.Int16),
        income_band=pl.col("income_band").fill_null(""), age_band=pl.col("age_band").fill_null(""),
        description=pl.lit(""), tags=mapped("external_id", places["customer_tags"], [], pl.List(pl.Int64)),
        owner_id=ids("owner", places["users"]), team_id=ids("team_code", places["teams"]),
        territory_id=ids("territory_code", places["territories"]),
    )  # fmt: skip
    return with_keys(rows, customer_keys, "name", "latin_name")


def contact_rows(frame: pl.DataFrame, customers: dict[str, int]) -> pl.DataFrame:
    """Return rows of ``customers_contactpoint``."""
    kind = mapped("kind", CONTACT_KINDS)
    digits = pl.col("normalised").str.replace_all(r"\D", "").str.reverse().str.slice(0, 24)
    texts = ("country", "region", "city", "district", "street", "postal_code")
    return frame.select(
        customer_id=ids("customer_id", customers), kind=kind, value=pl.col("value"),
        label=pl.when(pl.col("kind") == "mobile").then(pl.lit("mobile")).otherwise(pl.lit("main")),
        normalized=pl.col("normalised"),
        digits_reversed=pl.when(pl.col("kind") == "mobile").then(digits).otherwise(pl.lit("")),
        is_primary=pl.col("is_primary"), is_opted_in=pl.col("opt_in"), verified_at=pl.col("verified_at"),
        valid_from=pl.col("valid_from"), valid_to=pl.col("valid_to"), latitude=pl.col("latitude").round(6),
        longitude=pl.col("longitude").round(6), bounce=pl.lit("none"),
        **{name: pl.col(name).fill_null("") for name in texts},
    ).unique(["customer_id", "kind", "normalized"], keep="first", maintain_order=True)  # fmt: skip


def order_rows(
    frame: pl.DataFrame, own: dict[str, int], customers: dict[str, int], stores: dict[str, str]
) -> pl.DataFrame:
    """Return rows of ``customers_order``, sales before the returns that refer to them."""
    is_return = pl.col("origin") == "return"
    return frame.select(
        id=ids("order_id", own), number=pl.col("order_id"), customer_id=ids("customer_id", customers),
        ordered_at=pl.col("ordered_at"), channel=mapped("channel", ORDER_CHANNELS, ""),
        status=pl.when(is_return).then(pl.lit("returned")).otherwise(pl.lit("completed")),
        place=mapped("store_id", stores, ""), is_return=is_return, refunds_id=ids("refund_of", own),
        currency=pl.col("currency"), line_count=pl.col("line_count"), total=pl.col("amount"),
        discount=pl.col("discount"), total_cost=pl.col("cost"),
    ).sort("is_return")  # fmt: skip


def line_rows(frame: pl.DataFrame, orders: pl.DataFrame, products: pl.DataFrame, change_set_id: int) -> pl.DataFrame:
    """Return rows of ``customers_orderline``; ``orders`` and ``products`` give our ids by the demo company's keys."""
    joined = frame.join(orders, on="order_id").join(products, on="product_id")
    price = (pl.col("amount").cast(pl.Float64) / pl.col("quantity").cast(pl.Float64)).round(4)
    return joined.select(
        order_id=pl.col("our_order"), product_id=pl.col("our_product"),
        line_key=pl.col("line_id").str.split("-").list.last().cast(pl.Int64), quantity=pl.col("quantity"),
        unit_price=pl.when(pl.col("quantity") != 0).then(price), discount=pl.col("discount"), amount=pl.col("amount"),
        cost=pl.col("cost"), change_set_id=pl.lit(change_set_id), description=pl.lit(""),
    )  # fmt: skip


def history(frame: pl.DataFrame, *names: str) -> list[str]:
    """Return the JSON text of each row's first values: ``{"name": [null, "…"]}``, empty values left out."""
    texts = []
    for row in frame.select(names).iter_rows():
        facts = {
            name: [None, _plain(value)] for name, value in zip(names, row, strict=True) if value not in (None, "", [])
        }
        texts.append(json.dumps(facts, ensure_ascii=False))
    return texts


def _plain(value: Any) -> Any:
    return value if isinstance(value, (bool, int, str, list)) else str(value)


def transaction_rows(
    frame: pl.DataFrame, own: dict[str, int], customers: dict[str, int], holdings: dict[str, int], change_set_id: int
) -> pl.DataFrame:
    """Return rows of ``customers_transaction``."""
    return frame.select(
        id=ids("transaction_id", own), customer_id=ids("customer_id", customers),
        holding_id=ids("holding_id", holdings), occurred_at=pl.col("occurred_at"), kind=pl.col("kind"),
        description=pl.col("description"),
        currency=pl.when(pl.col("unit") == "points").then(pl.lit("PTS")).otherwise(pl.lit("USD")),
        amount=pl.col("amount"), balance_after=pl.col("balance_after"), reverses_id=ids("takes_back", own),
        change_set_id=pl.lit(change_set_id),
    )  # fmt: skip
