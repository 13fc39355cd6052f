"""The demo company's catalog: categories and products with readable names, prices and generated unit costs.

``unit_cost`` is generated, because the source has no costs: shelf price x (1 - margin), where the margin is that of the
department in ``product_words.DEPARTMENTS`` plus or minus at most 6 percentage points drawn per product, and 4 points
more for the chain's own brand.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from guanxi.packs.grocery import draws
from guanxi.packs.grocery.product_words import (
    DEPARTMENTS,
    OTHER_DEPARTMENT,
    PRIVATE_BRAND,
    brand,
    categories,
    size_words,
    type_words,
)

MONEY = pl.Decimal(12, 2)
_FUEL_TYPE = "GASOLINE-REG UNLEADED"
NO_FOOD = ("DRUG GM", "COSMETICS", "GARDEN CENTER", "AUTOMOTIVE", "FLORAL")
"""Departments whose returned goods are sold again; returned food is thrown away."""


def make_categories(source: pl.DataFrame) -> pl.DataFrame:
    """Departments and the categories sold in each, as two levels (see ``DemoCompany.product_categories``)."""
    pairs = source.select("department", "category").unique().sort("department", "category").rows()
    rows: list[tuple[str, str | None, str, str]] = []
    for code in sorted({department for department, _ in pairs}):
        english, chinese, _ = DEPARTMENTS.get(code, OTHER_DEPARTMENT)
        if code not in DEPARTMENTS and code != "OTHER":
            english = code.capitalize()
        rows.append((code, None, english, chinese))
    for department, category in pairs:
        english, chinese = categories().get(category, ("Other", "其他"))
        rows.append((f"{department}/{category}", department, english, chinese))
    return pl.DataFrame(rows, schema=["code", "parent_code", "name_en", "name_zh"], orient="row")


def sold_products(source: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The source's rows of the products in ``lines``, with department and category filled and prices added.

    Adds ``list_price`` (median shelf price per unit, 2 digits), ``is_fuel``, ``metered`` (fuel by the gallon: the
    source counts it in thousandths; prepaid fuel it counts in payments), ``cost_share`` (cost as a share of the shelf
    price), ``last_sold`` (week 1 to 53).
    """
    sold = pl.col("quantity") > 0
    prices = lines.group_by("product_id").agg(
        pl.col("shelf_price").filter(sold).median().fill_null(0.0).alias("list_price"),
        pl.col("quantity").filter(sold).median().fill_null(0.0).alias("usual_quantity"),
        pl.col("week").max().alias("last_sold"),
    )
    # A few products that were sold are missing from the source's product table: they get a name by number.
    products = prices.join(source, on="product_id", how="left").sort("product_id")
    fuel = (pl.col("product_type") == _FUEL_TYPE).fill_null(False)
    products = products.with_columns(
        fuel.alias("is_fuel"),
        (fuel & (pl.col("usual_quantity") > 100)).alias("metered"),
        pl.when(fuel).then(pl.lit("FUEL")).otherwise(pl.col("department").fill_null("OTHER")).alias("department"),
        pl.when(fuel).then(pl.lit("FUEL")).otherwise(pl.col("product_category").fill_null("OTHER")).alias("category"),
    )
    per_unit = pl.when("metered").then(pl.col("list_price") * 1000).otherwise(pl.col("list_price"))
    return products.with_columns(per_unit.round(2).alias("list_price"), pl.Series("cost_share", _cost_shares(products)))


def _cost_shares(products: pl.DataFrame) -> draws.Floats:
    margins = products["department"].replace_strict(
        {code: margin for code, (_, _, margin) in DEPARTMENTS.items()}, default=OTHER_DEPARTMENT[2]
    )
    spread = (draws.uniform("product margin", products["product_id"].to_numpy()) - 0.5) * 0.12
    spread = spread * (margins.to_numpy() > 0.2)
    own_brand = (products["brand"] == "Private").fill_null(False).to_numpy() * 0.04
    return np.asarray(1.0 - margins.to_numpy() - spread - own_brand, dtype=np.float64)


def make_products(sold: pl.DataFrame) -> pl.DataFrame:
    """The catalog's products (see ``DemoCompany.products``) from ``sold_products``."""
    names = pl.DataFrame(
        [_names(row) for row in sold.iter_rows(named=True)],
        schema=["name_en", "name_zh", "brand_en", "brand_zh"],
        orient="row",
    )
    last, price = pl.col("last_sold"), pl.col("list_price")
    return sold.hstack(names).select(
        pl.col("product_id").cast(pl.String),
        "name_en",
        "name_zh",
        (pl.col("department") + "/" + pl.col("category")).alias("category_code"),
        "brand_en",
        "brand_zh",
        (pl.col("brand") == "Private").fill_null(False).alias("own_brand"),
        pl.col("package_size").alias("package_size"),
        pl.when("metered").then(pl.lit("gal")).otherwise(pl.lit("piece")).alias("unit"),
        price.cast(MONEY).alias("list_price"),
        (price * pl.col("cost_share")).round(4).cast(pl.Decimal(12, 4)).alias("unit_cost"),
        pl.lit("USD").alias("currency"),
        pl.when(last >= 40).then(pl.lit("active")).otherwise(pl.lit("phasing_out")).alias("lifecycle"),
    )


def _names(row: dict[str, object]) -> tuple[str, str, str, str]:
    category_en, category_zh = categories().get(str(row["category"]), ("Product", "商品"))
    number = row["product_id"]
    if row["product_type"] is None:
        return f"{category_en} no. {number}", f"{category_zh} {number}号", "", ""
    manufacturer = row["manufacturer_id"]
    own = row["brand"] == "Private"
    brand_en, brand_zh = PRIVATE_BRAND if own else brand(manufacturer if isinstance(manufacturer, int) else 0)
    type_en, type_zh = type_words(str(row["product_type"]))
    size_en, size_zh = size_words(str(row["package_size"])) if row["package_size"] else ("", "")
    shown_zh = "".join([word for word in type_zh if word not in category_zh][:3]) + category_zh
    if type_en in ("", "Assorted"):
        type_en = category_en
    if row["is_fuel"]:
        brand_en, brand_zh, type_en, shown_zh = *PRIVATE_BRAND, "Regular unleaded petrol", "无铅汽油"
        if not row["metered"]:
            type_en, shown_zh = "Prepaid petrol", "预付汽油"
    english = f"{brand_en} {type_en}" + (f", {size_en}" if size_en else "")
    return english, f"{brand_zh}{shown_zh}" + (f" {size_zh}" if size_zh else ""), brand_en, brand_zh
