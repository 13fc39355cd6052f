"""Makes the demo company: ``generate(as_of)``.

Nothing depends on the clock, on the order of hashing or on a library's random numbers; two runs give equal frames, and
runs with another ``as_of`` differ in dates by whole weeks only (and in which tasks are overdue).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl

from guanxi.packs.grocery import (
    accounts,
    campaigns,
    contacts,
    holdings,
    organizations,
    people,
    products,
    purchases,
    service,
    staff,
    workbench,
)
from guanxi.packs.grocery import sources as other_systems
from guanxi.packs.grocery.company import DemoCompany
from guanxi.packs.grocery.journey import read_table, week_shift
from guanxi.packs.grocery.ledger import make_order_lines, make_orders


def generate(as_of: date) -> DemoCompany:
    """The demo company whose data end on the last Monday before ``as_of``.

    Takes some seconds and a few hundred MB. Errors: ``ModuleNotFoundError`` without the data package.
    """
    shift = week_shift(as_of)
    sold, real, sales = _purchases(shift)
    start, end = real["ordered_at"].min(), real["ordered_at"].max()
    assert isinstance(start, datetime)
    assert isinstance(end, datetime)
    demographics = read_table("demographics")
    heads = people.make_people(real["number"].unique().sort().to_list(), demographics, start)
    members = people.make_members(heads)
    buyers = organizations.make_organizations(start)
    frames = _order_frames(sold, real, sales, buyers, start, end)
    frames |= _customer_frames(heads, members, buyers, as_of)
    frames |= _service_frames([*heads, *buyers], frames["orders"], shift, start, end)
    frames |= _other_system_frames(heads, frames["contact_points"])
    frames |= _account_frames([*heads, *buyers], frames, end)
    return DemoCompany(
        as_of=as_of,
        shift=shift,
        start=start,
        end=end,
        users=staff.make_users(),
        teams=staff.make_teams(),
        territories=staff.make_territories(),
        notes=workbench.make_notes([*heads, *buyers], start, end),
        tasks=workbench.make_tasks([*heads, *buyers], as_of),
        tags=workbench.make_tags(),
        customer_tags=workbench.make_customer_tags([*heads, *buyers]),
        campaigns=campaigns.make_campaigns(shift),
        coupons=campaigns.make_coupons(),
        **frames,
    )


def _purchases(shift: timedelta) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """(sold products, real lines, number of lines per product)."""
    raw = read_table("transactions")
    cents = [
        (pl.col(name) * 100).round().cast(pl.Int32) for name in ("sales_value", "retail_disc", "coupon_match_disc")
    ]
    raw = raw.with_columns(
        cents[0].alias("amount_cents"),
        (cents[0] + cents[1] + cents[2]).alias("list_amount_cents"),
        (pl.col("coupon_disc") * 100).round().cast(pl.Int32).alias("coupon_cents"),
    ).drop("sales_value", "retail_disc", "coupon_match_disc", "coupon_disc")
    price = (pl.col("list_amount_cents") / 100 / pl.col("quantity")).alias("shelf_price")
    prices = raw.select("product_id", "quantity", "week", price)
    sold = products.sold_products(read_table("products"), prices)
    sales = raw.group_by("product_id").agg(pl.len().alias("lines"))
    return sold, purchases.journey_lines(raw, sold, shift), sales


def _order_frames(
    sold: pl.DataFrame,
    real: pl.DataFrame,
    sales: pl.DataFrame,
    buyers: list[organizations.Organization],
    start: datetime,
    end: datetime,
) -> dict[str, pl.DataFrame]:
    returned = purchases.return_lines(real, end)
    corporate = purchases.corporate_lines(buyers, sold, sales, start, end)
    return {
        "stores": holdings.make_stores(real["store_id"].unique().to_list()),
        "product_categories": products.make_categories(sold),
        "products": products.make_products(sold),
        "orders": make_orders(real, returned, corporate),
        "order_lines": make_order_lines(real, returned, corporate),
    }


def _customer_frames(
    heads: list[people.Person], members: list[people.Person], buyers: list[organizations.Organization], as_of: date
) -> dict[str, pl.DataFrame]:
    relationships = organizations.make_relationships(heads, members, buyers)
    return {
        "customers": contacts.make_customers([*heads, *members], buyers),
        "contact_points": contacts.make_contact_points(heads, members, buyers),
        "identifiers": holdings.make_identifiers(heads, buyers),
        "relationships": relationships,
        "holdings": holdings.make_holdings(heads, buyers, relationships, as_of),
    }


def _account_frames(
    customers: list[contacts.Customer], frames: dict[str, pl.DataFrame], end: datetime
) -> dict[str, pl.DataFrame]:
    chinese = {one.external_id for one in customers if one.city.country == "CN"}
    moved = accounts.make_transactions(frames["holdings"], frames["orders"], frames["coupon_redemptions"], chinese, end)
    return {"holdings": accounts.settled(frames["holdings"], moved), "transactions": moved}


def _service_frames(
    customers: list[contacts.Customer], orders: pl.DataFrame, shift: timedelta, start: datetime, end: datetime
) -> dict[str, pl.DataFrame]:
    members, redemptions = campaigns.make_campaign_members(), campaigns.make_redemptions(shift)
    interactions = service.make_interactions(customers, start, end)
    return {
        "campaign_members": members,
        "coupon_redemptions": redemptions,
        "interactions": interactions,
        "costs_to_serve": service.make_costs_to_serve(orders, interactions, redemptions, members),
    }


def _other_system_frames(heads: list[people.Person], points: pl.DataFrame) -> dict[str, pl.DataFrame]:
    mobiles = points.filter(pl.col("kind") == "mobile").select("customer_id", "normalised").rows()
    shop, shop_truth = other_systems.make_source("online_shop", heads, dict(mobiles))
    card, card_truth = other_systems.make_source("loyalty_card", heads, dict(mobiles))
    return {"shop_rows": shop, "card_rows": card, "true_matches": pl.concat([shop_truth, card_truth])}
