"""Published figures of the UCI Online Retail II data, through database, run and projection.

The first year, cleaned as is usual (customer known, quantity and price above zero, no cancellation), at 2010-12-10.
Costs are unknown, so customers are ranked by revenue net of returns.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from statistics import mean, median

import polars as pl
import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from guanxi.customers.score.models import CustomerFigures, ScoreRun
from guanxi.identity.models import Company
from guanxi.insights.figures.tracing import trace
from guanxi.insights.scoring.services import run_scores
from guanxi.records.copying import copy_frame, reserve_ids

FILE = "online-retail/online_retail_2009_2010.parquet"


@pytest.fixture(scope="module")
def run(shared_data: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[ScoreRun]:
    """The first year, loaded and scored, in a transaction that is rolled back after the module."""
    source = shared_data / FILE
    if not source.exists():
        pytest.skip(f"{FILE} is not among the data sets.")
    with django_db_blocker.unblock(), transaction.atomic():
        settings = {"base_currency": "GBP", "rates": {}, "time_zone": "UTC", "as_of": None}
        Company._default_manager.update_or_create(pk=1, defaults=settings)
        load(source)
        yield run_scores(as_of=date(2010, 12, 10))
        transaction.set_rollback(True)


def load(source: Path) -> None:
    """Append customers, orders and lines of the cleaned file."""
    lines = pl.read_parquet(source).filter(
        pl.col("CustomerID").is_not_null() & (pl.col("Quantity") > 0) & (pl.col("UnitPrice") > 0)
        & ~pl.col("InvoiceNo").str.starts_with("C")
    )  # fmt: skip
    now = pl.lit(datetime.now(UTC).replace(tzinfo=None))
    stamps = {"created_at": now, "updated_at": now, "version": pl.lit(1)}
    ids = lines["CustomerID"].unique(maintain_order=True).sort()
    customers = pl.DataFrame({"CustomerID": ids, "customer_id": reserve_ids("customers_customer", len(ids))})
    empty = (
        "latin_name", "gender", "occupation", "industry", "city", "country", "preferred_channel", "preferred_language",
        "acquired_through", "income_band", "age_band", "description", "search_name", "pinyin", "initials",
    )  # fmt: skip
    copy_frame("customers_customer", customers.select(
        id="customer_id", kind=pl.lit("person"), status=pl.lit("active"), currency=pl.lit("GBP"),
        name=pl.col("CustomerID").cast(pl.String), sort_key=pl.col("CustomerID").cast(pl.String), roles=pl.lit("{}"),
        tags=pl.lit("{}"), bigrams=pl.lit("{}"), **{name: pl.lit("") for name in empty}, **stamps,
    ))  # fmt: skip
    orders = lines.group_by("InvoiceNo", maintain_order=True).agg(pl.col("CustomerID", "InvoiceDate").first())
    orders = orders.with_columns(id=reserve_ids("customers_order", orders.height)).join(customers, on="CustomerID")
    copy_frame("customers_order", orders.select(
        "id", "customer_id", number="InvoiceNo", ordered_at="InvoiceDate", status=pl.lit("completed"),
        channel=pl.lit(""), place=pl.lit(""), is_return=pl.lit(False), currency=pl.lit("GBP"), line_count=pl.lit(0),
        total=pl.lit(0),
        discount=pl.lit(0), **stamps,
    ))  # fmt: skip
    price = pl.col("UnitPrice").cast(pl.Decimal(14, 4))
    rows = lines.join(orders.select("InvoiceNo", order_id="id"), on="InvoiceNo").with_row_index("line_key")
    copy_frame("customers_orderline", rows.select(
        "order_id", "line_key", created_at=now, description=pl.lit(""), quantity="Quantity", unit_price=price,
        discount=pl.lit(0), amount=(pl.col("Quantity").cast(pl.Decimal(14, 0)) * price).round(2),
    ))  # fmt: skip


def test_the_inputs_have_the_known_size(run: ScoreRun, db: None) -> None:
    assert (run.inputs["lines"], run.inputs["orders"], run.inputs["customers"]) == (407_664, 19_213, 4_312)
    assert abs(Decimal(run.inputs["amount"]) - Decimal("8832003.27")) < Decimal("0.50")
    assert run.results["basis"] == "net_revenue"


def test_recency_frequency_and_amount_have_the_known_means_and_medians(run: ScoreRun, db: None) -> None:
    rows = list(CustomerFigures.objects.values_list("recency_days", "purchases", "monetary"))
    recency, purchases, amounts = ([float(value) for value in column] for column in zip(*rows, strict=True))

    assert len(rows) == 4_312
    assert [round(mean(column), 2) for column in (recency, purchases, amounts)] == [91.17, 4.46, 2048.24]
    assert [median(recency), median(purchases)] == [53, 2]
    assert median(amounts) == pytest.approx(706.02, abs=0.01)


def test_the_corner_cells_hold_the_known_numbers_of_customers(run: ScoreRun, db: None) -> None:
    assert CustomerFigures.objects.filter(rfm="555").count() == 338
    assert CustomerFigures.objects.filter(rfm="111").count() == 202


def test_nobody_has_a_profit_where_no_cost_is_known(run: ScoreRun, db: None) -> None:
    assert not CustomerFigures.objects.exclude(profit=None).exists()
    assert not CustomerFigures.objects.exclude(margin=None).exists()


def test_the_rows_of_the_best_customer_give_its_figures(run: ScoreRun, db: None) -> None:
    best = CustomerFigures.objects.select_related("run").get(value_rank=1)

    for figure in ("value", "monetary", "purchases", "recency_days", "value_rank", "tier", "rfm", "silence_ratio"):
        assert trace(figure, best).is_unchanged, figure
