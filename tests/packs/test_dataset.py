"""Data set L: exact counts, the same rows whatever the chunk, believable skew, and bad rows where asked for."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import phonenumbers
import polars as pl
import pytest

from benchmarks import dataset

COUNT = 10_000


@pytest.fixture(scope="module")
def customers() -> pl.DataFrame:
    return pl.concat(dataset.customers(COUNT))


@pytest.fixture(scope="module")
def lines() -> pl.DataFrame:
    return pl.concat(dataset.order_lines(COUNT))


def test_counts_are_exact(customers: pl.DataFrame, lines: pl.DataFrame) -> None:
    assert customers.height == COUNT
    assert customers.filter(pl.col("kind") == "organization").height == COUNT // 5
    assert sum(chunk.height for chunk in dataset.contact_points(COUNT)) == 2 * COUNT
    assert lines.height == 5 * COUNT
    assert (dataset.users().height, dataset.products().height) == (200, 20_000)


def test_rows_do_not_depend_on_the_chunk_nor_on_the_run(customers: pl.DataFrame, lines: pl.DataFrame) -> None:
    assert pl.concat(dataset.customers(COUNT, chunk=3_000)).equals(customers)
    assert pl.concat(dataset.order_lines(COUNT, chunk=3_000)).equals(lines)
    assert pl.concat(dataset.order_lines(COUNT, chunk=3_000, bad_rows=True)).equals(
        pl.concat(dataset.order_lines(COUNT, bad_rows=True))
    )


def test_a_smaller_set_is_the_beginning_of_a_larger_one(customers: pl.DataFrame, lines: pl.DataFrame) -> None:
    assert pl.concat(dataset.customers(4_000)).equals(customers.head(4_000))
    assert pl.concat(dataset.order_lines(4_000)).equals(lines.head(20_000))


def test_ids_and_contact_points_are_unique_and_references_resolve(customers: pl.DataFrame, lines: pl.DataFrame) -> None:
    for name in ("external_id", "mobile", "email"):
        assert customers[name].is_unique().all(), name
    assert lines["line_id"].is_unique().all()
    assert set(lines["customer_id"]) == set(customers["external_id"])
    assert set(lines["sku"]) <= set(dataset.products()["sku"])
    assert set(customers["owner"]) <= set(dataset.users()["username"])
    points = pl.concat(dataset.contact_points(COUNT))
    assert points["external_id"].is_unique().all()
    assert set(points["customer_id"]) == set(customers["external_id"])


def test_every_tenth_phone_number_checked_is_valid(customers: pl.DataFrame) -> None:
    for number in customers["mobile"][::10]:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number)), number


def test_orders_add_up_their_lines(lines: pl.DataFrame) -> None:
    orders = pl.concat(dataset.orders(COUNT))
    assert orders["order_id"].is_unique().all()
    assert orders["line_count"].sum() == lines.height
    assert orders["amount"].sum() == lines["amount"].sum()
    whens = lines.group_by("order_id").agg(pl.col("ordered_at").n_unique(), pl.col("channel").n_unique())
    assert whens["ordered_at"].max() == whens["channel"].max() == 1
    exact = lines["unit_price"] * lines["quantity"].cast(pl.Decimal(12, 2)) - lines["discount"]
    assert (exact == lines["amount"]).all()
    assert lines["amount"].min() > Decimal(0)


def test_names_cities_owners_and_purchases_are_skewed(customers: pl.DataFrame, lines: pl.DataFrame) -> None:
    assert customers["language"].is_in(["zh-hans"]).mean() == pytest.approx(0.6, abs=0.02)
    for name in ("city", "owner"):
        counts = customers[name].value_counts(sort=True)["count"]
        assert counts[0] > 5 * counts.median(), name
    bought = lines["customer_id"].value_counts(sort=True)["count"]
    assert bought.min() == 1
    assert bought[0] > 30
    assert bought.sort(descending=True).head(COUNT // 5).sum() > 0.45 * lines.height


def test_one_row_in_twenty_is_bad_where_asked_for(customers: pl.DataFrame, lines: pl.DataFrame) -> None:
    spoiled = pl.concat(dataset.customers(COUNT, bad_rows=True))
    good = customers.with_columns(pl.all().cast(pl.String))
    differs = pl.any_horizontal(spoiled[name] != good[name] for name in good.columns)
    assert pl.select(differs).to_series().sum() == COUNT // 20
    assert spoiled.filter(pl.col("created_on") == "2021-02-30").height == COUNT // 100
    bad_lines = pl.concat(dataset.order_lines(COUNT, bad_rows=True))
    assert bad_lines.filter(pl.col("quantity") == "several").height == lines.height // 100
    assert bad_lines.filter(pl.col("customer_id") == "L9999999").height == lines.height // 100


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_files_hold_what_the_chunks_hold(form: dataset.Format, tmp_path: Path, customers: pl.DataFrame) -> None:
    rows = dataset.write(tmp_path, 2_000, form=form)
    assert rows["customers"] == 2_000
    assert rows["contact_points"] == 4_000
    assert rows["order_lines"] == 10_000
    if form == "parquet":
        assert pl.read_parquet(tmp_path / "customers.parquet").equals(customers.head(2_000))
        assert pl.read_parquet(tmp_path / "order_lines.parquet").height == 10_000
    else:
        read = pl.read_csv(tmp_path / "customers.csv", infer_schema=False)
        assert read.equals(customers.head(2_000).with_columns(pl.all().cast(pl.String)))


def test_a_count_that_is_no_multiple_of_a_block_is_refused() -> None:
    with pytest.raises(ValueError, match="multiples of 1000"):
        next(dataset.customers(1_500))
