"""Data set L for the benchmarks, at any scale: made up, deterministic, written in chunks of bounded memory.

For n customers (a multiple of 1,000; usual scales 10,000, 100,000 and 1,000,000): n / 5 of them organizations, 2 n
contact points, 5 n order lines in about 2 n orders, 20,000 products, 200 users. Names are 60 % Chinese (with Latin
form) and 40 % English; cities, family names, owners, products and purchases per customer are skewed. Row i is the same
whatever the chunk size. Phone numbers are well-formed, not set aside for fiction as a whole: never dial them.

    python -m benchmarks.dataset FOLDER --customers 100000 --format csv --bad-rows
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Literal

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from guanxi.packs.grocery import draws
from guanxi.packs.grocery.names import CHINESE_FAMILY, ENGLISH_FAMILY, ENGLISH_GIVEN, chinese_given_names
from guanxi.packs.grocery.places import AMERICAN_AREA_CODES, AMERICAN_STREETS, CHINESE_STREETS, CITIES
from guanxi.packs.grocery.product_words import brand, categories

CHUNK: Final = 50_000
BLOCK: Final = 1_000
"""Purchases are spread among the customers of a block, so that chunks of whole blocks can be made alone."""
USERS: Final = 200
PRODUCTS: Final = 20_000
LINES_PER_CUSTOMER: Final = 5
BAD_ROW_EVERY: Final = 20
"""With bad rows, every 20th row (5 %) has one of ``BAD_KINDS``, in turn."""
BAD_KINDS: Final = ("no_name", "bad_kind", "bad_email", "bad_date", "long_name")
BAD_LINE_KINDS: Final = ("no_customer", "bad_quantity", "bad_amount", "bad_date", "no_product")
FIRST_DAY: Final = datetime(2023, 1, 1, tzinfo=UTC)
DAYS: Final = 1_096
Format = Literal["csv", "parquet"]

_CHINESE_GIVEN = chinese_given_names()
_ORGANIZATION_ENDINGS = (
    ("贸易有限公司", "Trading"), ("餐饮有限公司", "Catering"),
    ("科技有限公司", "Technology"), ("幼儿园", "Kindergarten"),
    ("商务服务有限公司", "Business Services"), ("物流有限公司", "Logistics"),
)  # fmt: skip
_DAY_ZERO = (date(2020, 1, 1) - date(1970, 1, 1)).days
_TERRITORIES = tuple(dict.fromkeys(city.territory for city in CITIES))


def users() -> pl.DataFrame:
    """The 200 users: username, name, role, territory_code, email."""
    number = np.arange(1, USERS + 1)
    roles = np.asarray(["salesperson", "service_agent", "sales_manager", "marketer", "analyst", "administrator"])
    role = draws.weighted("user role", number, (14.0, 3.0, 1.0, 1.0, 0.7, 0.3))
    names = _person_names(number + 10**9)
    return pl.DataFrame({"username": [f"user{one:03d}" for one in number], "name": names["name"]}).with_columns(
        pl.Series("role", roles[role]),
        pl.Series("territory_code", [_TERRITORIES[one % len(_TERRITORIES)] for one in number]),
        (pl.col("username") + "@staff.example").alias("email"),
    )


def products() -> pl.DataFrame:
    """The 20,000 products: sku, name_en, name_zh, category, list_price, unit_cost, currency, unit."""
    number = np.arange(1, PRODUCTS + 1)
    words = list(categories().items())
    kind = draws.weighted("product category", number, draws.zipf_weights(len(words), 0.7))
    cents = _price_cents(number)
    rows = []
    for one, at in zip(number.tolist(), kind.tolist(), strict=True):
        brand_en, brand_zh = brand(one)
        category, (english, chinese) = words[at]
        rows.append((f"P{one:05d}", f"{brand_en} {english} {one}", f"{brand_zh}{chinese}{one}号", category))
    frame = pl.DataFrame(rows, schema=["sku", "name_en", "name_zh", "category"], orient="row")
    return frame.with_columns(
        _money("list_price", cents),
        _money("unit_cost", (cents * 0.7).round().astype(np.int64)),
        pl.lit("CNY").alias("currency"),
        pl.lit("piece").alias("unit"),
    )


def customers(count: int, *, chunk: int = CHUNK, bad_rows: bool = False) -> Iterator[pl.DataFrame]:
    """The customers in chunks: external_id, kind, name, name_latin, language, mobile, email, city, country, address,
    territory_code, owner, source, status, created_on.

    ``bad_rows``: every 20th row is wrong in one of the ways of ``BAD_KINDS``.
    """
    for number in _numbers(count, chunk):
        frame = _customer_chunk(number)
        yield _spoil_customers(frame, number) if bad_rows else frame


def contact_points(count: int, *, chunk: int = CHUNK) -> Iterator[pl.DataFrame]:
    """Two contact points of each customer, in chunks of 2 x ``chunk`` rows: external_id, customer_id, kind, value."""
    for frame in customers(count, chunk=chunk):
        both = frame.select("external_id", "mobile", "email").unpivot(["mobile", "email"], index="external_id")
        yield both.sort("external_id", "variable").select(
            (pl.col("external_id") + "-" + pl.col("variable")).alias("external_id"),
            pl.col("external_id").alias("customer_id"),
            pl.col("variable").alias("kind"),
            "value",
        )


def order_lines(count: int, *, chunk: int = CHUNK, bad_rows: bool = False) -> Iterator[pl.DataFrame]:
    """Five order lines for each customer on average, in chunks, by customer: line_id, order_id, customer_id, sku,
    ordered_at, channel, quantity, unit_price, discount, amount, cost, currency.

    Every customer has at least one; a few have hundreds. ``bad_rows``: every 20th row is wrong (``BAD_LINE_KINDS``).
    """
    for number in _numbers(count, chunk):
        frame = _line_chunk(number)
        first = (int(number[0]) - 1) * LINES_PER_CUSTOMER
        yield _spoil_lines(frame, np.arange(first, first + frame.height)) if bad_rows else frame


def orders(count: int, *, chunk: int = CHUNK) -> Iterator[pl.DataFrame]:
    """The orders that ``order_lines`` belong to, in chunks: order_id, customer_id, ordered_at, channel, currency,
    line_count, amount, cost."""
    for lines in order_lines(count, chunk=chunk):
        yield lines.group_by("order_id", maintain_order=True).agg(
            pl.col("customer_id", "ordered_at", "channel", "currency").first(),
            pl.len().alias("line_count"),
            pl.col("amount").sum().cast(pl.Decimal(12, 2)),
            pl.col("cost").sum().cast(pl.Decimal(12, 2)),
        )


def write(folder: Path, count: int, *, form: Format = "parquet", bad_rows: bool = False) -> dict[str, int]:
    """Write all files of data set L into ``folder`` and return the rows of each; memory does not grow with ``count``.

    ``bad_rows`` applies to customers and order lines. Existing files of the same names are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts: dict[str, Iterator[pl.DataFrame]] = {
        "users": iter([users()]),
        "products": iter([products()]),
        "customers": customers(count, bad_rows=bad_rows),
        "contact_points": contact_points(count),
        "orders": orders(count),
        "order_lines": order_lines(count, bad_rows=bad_rows),
    }
    return {name: write_chunks(folder / f"{name}.{form}", chunks) for name, chunks in parts.items()}


def write_chunks(path: Path, chunks: Iterator[pl.DataFrame]) -> int:
    """Write chunks one after the other into a CSV or Parquet file, by the ending of ``path``; returns the rows."""
    rows: int = 0
    if path.suffix == ".csv":
        with path.open("wb") as out:
            for chunk in chunks:
                chunk.write_csv(out, include_header=rows == 0)
                rows += chunk.height
        return rows
    first = next(chunks).to_arrow()  # the first chunk decides the schema
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        rows = int(first.num_rows)
        for chunk in chunks:
            writer.write_table(chunk.to_arrow())
            rows += chunk.height
    return rows


def _numbers(count: int, chunk: int) -> Iterator[draws.Ints]:
    if count % BLOCK or chunk % BLOCK or count <= 0:
        raise ValueError(f"The number of customers and the chunk must be multiples of {BLOCK}.")
    for first in range(1, count + 1, chunk):
        yield np.arange(first, min(first + chunk, count + 1), dtype=np.int64)


def _pick(words: list[str], at: draws.Ints) -> pl.Series:
    return pl.Series(words, dtype=pl.String).gather(at)


def _person_names(number: draws.Ints) -> pl.DataFrame:
    """Columns name, name_latin, mail, chinese for each number."""
    chinese = pl.Series("chinese", draws.uniform("L language", number) < 0.6)
    family = draws.weighted("L family", number, draws.zipf_weights(len(CHINESE_FAMILY), 0.8))
    given = draws.integer("L given", number, len(_CHINESE_GIVEN))
    family_en = _pick(
        list(ENGLISH_FAMILY), draws.weighted("L family", number, draws.zipf_weights(len(ENGLISH_FAMILY), 0.6))
    )
    given_en = _pick([name for name, _ in ENGLISH_GIVEN], draws.integer("L given", number, len(ENGLISH_GIVEN)))
    hanzi = _pick([one for one, _ in CHINESE_FAMILY], family) + _pick([one for one, _ in _CHINESE_GIVEN], given)
    family_latin = _pick([one for _, one in CHINESE_FAMILY], family)
    given_latin = _pick([one for _, one in _CHINESE_GIVEN], given)
    english = given_en + " " + family_en
    latin = (family_latin + " " + given_latin).zip_with(chinese, english)
    mail = latin.str.to_lowercase().str.replace_all("'", "").str.replace(" ", ".")
    return pl.DataFrame(
        {"name": hanzi.zip_with(chinese, english), "name_latin": latin, "mail": mail, "chinese": chinese}
    )


def _organization_names(number: draws.Ints, city: draws.Ints) -> pl.DataFrame:
    """The same columns for organizations; the number is part of the name, as no two companies share one."""
    chinese = pl.Series("chinese", draws.uniform("L language", number) < 0.6)
    brands = [brand(one) for one in range(1024)]
    at, ending = (
        draws.integer("L brand", number, len(brands)),
        draws.integer("L ending", number, len(_ORGANIZATION_ENDINGS)),
    )
    place = _pick([one.name_zh.removesuffix("市") for one in CITIES], city)
    english = _pick([one for one, _ in brands], at) + " " + _pick([one for _, one in _ORGANIZATION_ENDINGS], ending)
    native = place + _pick([one for _, one in brands], at) + _pick([one for one, _ in _ORGANIZATION_ENDINGS], ending)
    mail = english.str.to_lowercase().str.replace_all(" ", ".")
    return pl.DataFrame(
        {"name": native.zip_with(chinese, english), "name_latin": english, "mail": mail, "chinese": chinese}
    )


def _customer_chunk(number: draws.Ints) -> pl.DataFrame:
    city = draws.weighted("L city", number, draws.zipf_weights(len(CITIES), 0.9))
    organization = pl.Series("organization", number % 5 == 0)
    person, company = _person_names(number), _organization_names(number, city)
    names = {name: company[name].zip_with(organization, person[name]) for name in person.columns}
    owner = 1 + draws.weighted("L owner", number, draws.zipf_weights(USERS, 0.7))
    sources = draws.weighted("L source", number, (5.0, 3.0, 2.0, 1.0))
    statuses = draws.weighted("L status", number, (17.0, 2.0, 1.0))
    serial = pl.Series(number).cast(pl.String)
    created = pl.Series(draws.integer("L created", number, 2_000)).cast(pl.Int32)
    return pl.DataFrame(
        {
            "external_id": "L" + serial.str.zfill(7),
            "kind": _pick(["organization", "person", "person", "person", "person"], number % 5),
            "name": names["name"],
            "name_latin": names["name_latin"],
            "language": _pick(["en", "zh-hans"], np.asarray(names["chinese"].to_numpy(), dtype=np.int64)),
            "mobile": _mobiles(number, city),
            "email": names["mail"] + serial + "@example.com",
            "city": _pick([one.name_zh if one.country == "CN" else one.name_en for one in CITIES], city),
            "country": _pick([one.country for one in CITIES], city),
            "address": _addresses(number, city),
            "territory_code": _pick([one.territory for one in CITIES], city),
            "owner": "user" + pl.Series(owner).cast(pl.String).str.zfill(3),
            "source": _pick(["store", "online_shop", "fair", "referral"], sources),
            "status": _pick(["active", "prospect", "inactive"], statuses),
            "created_on": (created + _DAY_ZERO).cast(pl.Date),
        }
    )


def _mobiles(number: draws.Ints, city: draws.Ints) -> pl.Series:
    """One number (E.164) for each customer, all different up to 10 million customers."""
    in_china = pl.Series(np.asarray([one.country == "CN" for one in CITIES])[city])
    serial = pl.Series(number - 1)
    american = "+1" + _pick(list(AMERICAN_AREA_CODES), (number - 1) % len(AMERICAN_AREA_CODES))
    rest = serial // len(AMERICAN_AREA_CODES)
    american = (
        american + (pl.Series(rest // 10_000) + 555).cast(pl.String) + (rest % 10_000).cast(pl.String).str.zfill(4)
    )
    return ("+86199" + serial.cast(pl.String).str.zfill(8)).zip_with(in_china, american)


def _addresses(number: draws.Ints, city: draws.Ints) -> pl.Series:
    in_china = pl.Series(np.asarray([one.country == "CN" for one in CITIES])[city])
    house = pl.Series(1 + draws.integer("L house", number, 400)).cast(pl.String)
    name_zh, name_en = _pick([one.name_zh for one in CITIES], city), _pick([one.name_en for one in CITIES], city)
    chinese = (
        name_zh + _pick(list(CHINESE_STREETS), draws.integer("L street", number, len(CHINESE_STREETS))) + house + "号"
    )
    street = _pick(list(AMERICAN_STREETS), draws.integer("L street", number, len(AMERICAN_STREETS)))
    return chinese.zip_with(in_china, house + " " + street + ", " + name_en)


def _price_cents(product: draws.Ints) -> draws.Ints:
    return np.asarray(99 + 10 ** (1.5 + 3 * draws.uniform("L price", product)), dtype=np.int64)


def _money(name: str, cents: draws.Ints) -> pl.Series:
    hundred = pl.Series([100]).cast(pl.Decimal(12, 2))
    return (pl.Series(name, cents).cast(pl.Decimal(12, 2)) / hundred).cast(pl.Decimal(12, 2))


def _line_customers(number: draws.Ints) -> draws.Ints:
    """The customer of each of the 5 x len(number) lines, ascending: one line each, the rest skewed within blocks."""
    line = np.arange(len(number) * (LINES_PER_CUSTOMER - 1)) + (number[0] - 1) * (LINES_PER_CUSTOMER - 1)
    block = line // (BLOCK * (LINES_PER_CUSTOMER - 1))
    rank = (draws.uniform("L buyer", line) ** 3 * BLOCK).astype(np.int64)
    buyer = block * BLOCK + (rank * 389 + block * 17) % BLOCK + 1
    return np.sort(np.concatenate([number, buyer]))


def _line_chunk(number: draws.Ints) -> pl.DataFrame:
    customer = _line_customers(number)
    starts = np.searchsorted(customer, customer)  # position of the customer's first line
    rank = np.arange(len(customer)) - starts
    order, line = customer * 10_000 + rank // 3, customer * 10_000 + rank
    product = 1 + draws.weighted("L product", line, draws.zipf_weights(PRODUCTS, 0.8))
    quantity, price = 1 + draws.integer("L quantity", line, 6), _price_cents(product)
    discount = np.where(draws.uniform("L discounted", line) < 0.2, quantity * price // 10, 0)
    amount = quantity * price - discount
    minutes = draws.integer("L ordered", order, DAYS * 24 * 60)
    when = pl.Series(minutes * 60_000_000 + int(FIRST_DAY.timestamp()) * 1_000_000).cast(pl.Datetime("us", "UTC"))
    customer_id = "L" + pl.Series(customer).cast(pl.String).str.zfill(7)
    order_id = customer_id + "-" + pl.Series(rank // 3 + 1).cast(pl.String)
    return pl.DataFrame(
        {
            "line_id": order_id + "-" + pl.Series(rank % 3 + 1).cast(pl.String),
            "order_id": order_id,
            "customer_id": customer_id,
            "sku": "P" + pl.Series(product).cast(pl.String).str.zfill(5),
            "ordered_at": when,
            "channel": _pick(["store", "online", "phone"], draws.weighted("L channel", order, (6.0, 3.0, 1.0))),
            "quantity": quantity,
            "unit_price": _money("unit_price", price),
            "discount": _money("discount", discount),
            "amount": _money("amount", amount),
            "cost": _money("cost", (quantity * price * 0.7).round().astype(np.int64)),
            "currency": pl.repeat("CNY", len(customer), eager=True),
        }
    )


def bad_kind(number: draws.Ints, kinds: tuple[str, ...]) -> pl.Series:
    """What is wrong with each row (one of ``kinds``, in turn, for every 20th row) or an empty text."""
    at = np.where(number % BAD_ROW_EVERY == 7, 1 + number // BAD_ROW_EVERY % len(kinds), 0)
    return _pick(["", *kinds], at)


def _spoil_customers(frame: pl.DataFrame, number: draws.Ints) -> pl.DataFrame:
    wrong = {
        "no_name": ("name", ""),
        "bad_kind": ("kind", "robot"),
        "bad_email": ("email", "not an address"),
        "bad_date": ("created_on", "2021-02-30"),
        "long_name": ("name", "长" * 5_000),
    }
    return _spoiled(frame, bad_kind(number, BAD_KINDS), wrong)


def _spoil_lines(frame: pl.DataFrame, line: draws.Ints) -> pl.DataFrame:
    wrong = {
        "no_customer": ("customer_id", "L9999999"),
        "bad_quantity": ("quantity", "several"),
        "bad_amount": ("amount", "12,34,56"),
        "bad_date": ("ordered_at", "yesterday"),
        "no_product": ("sku", ""),
    }
    return _spoiled(frame, bad_kind(line, BAD_LINE_KINDS), wrong)


def _spoiled(frame: pl.DataFrame, kind: pl.Series, wrong: dict[str, tuple[str, str]]) -> pl.DataFrame:
    """The frame as texts, with the wrong value put where ``kind`` says so."""
    texts = frame.with_columns(pl.all().cast(pl.String), kind.alias("bad"))
    for name, (column, value) in wrong.items():
        spoiled = pl.when(pl.col("bad") == name).then(pl.lit(value)).otherwise(pl.col(column))
        texts = texts.with_columns(spoiled.alias(column))
    return texts.drop("bad")


def main() -> None:
    """Write data set L and print rows and seconds."""
    parser = argparse.ArgumentParser(description="Write data set L for the benchmarks.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--customers", type=int, default=100_000, help="a multiple of 1,000 (default 100,000)")
    parser.add_argument("--format", choices=("csv", "parquet"), default="parquet")
    parser.add_argument("--bad-rows", action="store_true", help="make 5 %% of customers and order lines wrong")
    given = parser.parse_args()
    began = time.perf_counter()
    rows = write(given.folder, given.customers, form=given.format, bad_rows=given.bad_rows)
    for name, count in rows.items():
        print(f"{name:15} {count:>10,} rows")
    print(f"{time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
