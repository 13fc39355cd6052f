"""The source's campaigns, coupons and redemptions with shifted dates and readable names."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from guanxi.packs.grocery.journey import read_table
from guanxi.packs.grocery.ledger import customer_id

_TYPES = {
    "Type A": ("Personal coupons", "个性化优惠券"),
    "Type B": ("Coupon booklet", "优惠券册"),
    "Type C": ("Theme offer", "主题优惠"),
}


def make_campaigns(shift: timedelta) -> pl.DataFrame:
    """The 27 campaigns (see ``DemoCompany.campaigns``); the meaning of the three types is described by the source."""
    names = pl.DataFrame(
        [(code, english, chinese) for code, (english, chinese) in _TYPES.items()],
        schema=["campaign_type", "en", "zh"],
        orient="row",
    )
    number = pl.col("campaign_id").cast(pl.String)
    return (
        read_table("campaign_descriptions")
        .join(names, on="campaign_type", how="left")
        .sort("campaign_id")
        .select(
            number.alias("campaign_id"),
            "campaign_type",
            (pl.col("en") + " " + number).alias("name_en"),
            (pl.col("zh") + number + "期").alias("name_zh"),
            _day("start_date", shift).alias("start_on"),
            _day("end_date", shift).alias("end_on"),
        )
    )


def make_campaign_members() -> pl.DataFrame:
    """Which household each campaign was sent to (see ``DemoCompany.campaign_members``)."""
    number = pl.col("household_id").alias("number")
    members = read_table("campaigns").with_columns(number).sort("campaign_id", "number")
    return members.select(pl.col("campaign_id").cast(pl.String), customer_id())


def make_coupons() -> pl.DataFrame:
    """Which product each coupon is for (see ``DemoCompany.coupons``), also products that nobody bought."""
    coupons = read_table("coupons").sort("coupon_upc", "product_id", "campaign_id")
    return coupons.select(
        pl.col("coupon_upc").cast(pl.String).alias("coupon_id"),
        pl.col("product_id").cast(pl.String),
        pl.col("campaign_id").cast(pl.String),
    )


def make_redemptions(shift: timedelta) -> pl.DataFrame:
    """Coupons handed in (see ``DemoCompany.coupon_redemptions``)."""
    redeemed = read_table("coupon_redemptions").with_columns(pl.col("household_id").alias("number"))
    return redeemed.sort("redemption_date", "number", "coupon_upc", "campaign_id").select(
        customer_id(),
        pl.col("coupon_upc").cast(pl.String).alias("coupon_id"),
        pl.col("campaign_id").cast(pl.String),
        _day("redemption_date", shift).alias("redeemed_on"),
    )


def _day(column: str, shift: timedelta) -> pl.Expr:
    return (pl.col(column).cast(pl.Datetime("us")) + shift).cast(pl.Date)
