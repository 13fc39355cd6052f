"""Published and recorded figures of the UCI Online Retail II data (Chen 2012/2019, CC BY 4.0).

Cleaned as is usual: customer known, quantity and price above zero, no cancellation. Costs are unknown, so customers are
ranked by revenue net of returns.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from statistics import mean, median

import duckdb
import pyarrow as pa
import pytest

from guanxi.analytics import Engine, FirstScores, ScoreSettings, TieRule, compute_first_scores, recompute

CHECKOUT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("GUANXI_SHARED_DATA") or CHECKOUT.parent / "shared" / "data")
FOLDER = SHARED / "online-retail"
SINCE_2009 = FOLDER / "online_retail_2009_2010.parquet"
SINCE_2010 = FOLDER / "online_retail_2010_2011_to_aug.parquet"

pytestmark = pytest.mark.skipif(
    not SINCE_2009.exists(),
    reason="The Online Retail files are absent; GUANXI_SHARED_DATA names the folder that holds online-retail.",
)

CLEANED = """
    SELECT CustomerID AS customer_id, dense_rank() OVER (ORDER BY InvoiceNo) AS order_id, InvoiceNo AS order_key,
      CAST(InvoiceDate AS TIMESTAMP) AT TIME ZONE 'UTC' AS ordered_at, Quantity AS quantity,
      CAST(Quantity * CAST(UnitPrice AS DECIMAL(12,4)) AS DECIMAL(18,4)) AS amount,
      CAST(NULL AS DECIMAL(18,4)) AS cost, FALSE AS is_return
    FROM read_parquet(?)
    WHERE CustomerID IS NOT NULL AND Quantity > 0 AND UnitPrice > 0 AND NOT starts_with(InvoiceNo, 'C')
"""


def cleaned(path: Path) -> pa.Table:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.sql(CLEANED, params=[str(path)]).to_arrow_table()


@pytest.fixture(scope="module")
def first_year() -> Iterator[FirstScores]:
    with Engine() as engine:
        settings = ScoreSettings(value_months=None)
        as_of = datetime(2010, 12, 10, tzinfo=UTC)
        yield compute_first_scores(engine, cleaned(SINCE_2009), as_of, settings=settings)


@pytest.mark.parametrize(
    ("path", "lines", "invoices", "customers", "revenue"),
    [(SINCE_2009, 407_664, 19_213, 4_312, "8832003.27"), (SINCE_2010, 226_467, 11_413, 3_317, "5239240.56")],
)
def test_the_cleaned_files_have_the_known_size(
    path: Path, lines: int, invoices: int, customers: int, revenue: str
) -> None:
    with Engine() as engine:
        scores = compute_first_scores(
            engine, cleaned(path), datetime(2012, 1, 1, tzinfo=UTC), settings=ScoreSettings(value_months=None)
        )
        values, rfm = scores.tables["value"].arrow(), scores.tables["rfm_independent"].arrow()
        assert sum(values["lines"].to_pylist()) == lines
        assert sum(rfm["frequency"].to_pylist()) == invoices
        assert values.num_rows == rfm.num_rows == customers
        assert scores.whale.total.quantize(Decimal("0.01")) == Decimal(revenue)


def test_recency_frequency_and_amount_have_the_known_means_and_medians(first_year: FirstScores) -> None:
    rfm = first_year.tables["rfm_independent"].arrow()
    found = [rfm[name].to_pylist() for name in ("recency_days", "frequency", "monetary")]
    assert [round(mean(map(float, column)), 2) for column in found] == [91.17, 4.46, 2048.24]
    assert [round(float(median(column)), 2) for column in found] == [53, 2, 706.02]


def test_the_best_fifth_makes_the_known_share_of_revenue(first_year: FirstScores) -> None:
    assert first_year.whale.top_customers == 863
    assert first_year.whale.top_share == pytest.approx(0.735, abs=0.0005)
    assert first_year.whale.gini == pytest.approx(0.704, abs=0.0005)
    assert first_year.whale.total.quantize(Decimal("0.01")) == Decimal("8832003.27")


def test_first_come_quintiles_give_the_known_counts_of_best_and_worst(first_year: FirstScores) -> None:
    cells = first_year.tables["rfm_independent"].arrow()["label"].to_pylist()
    assert (cells.count("555"), cells.count("111")) == (338, 202)


def test_nested_quintiles_fill_the_cells_evenly(first_year: FirstScores) -> None:
    assert first_year.settings.ties is TieRule.FIRST
    cells = first_year.tables["rfm_nested"].arrow()["label"].to_pylist()
    sizes = [cells.count(cell) for cell in set(cells)]
    assert len(sizes) == 125
    assert 33 <= min(sizes) <= max(sizes) <= 36


def test_unknown_costs_are_said_and_revenue_ranks(first_year: FirstScores) -> None:
    best = first_year.tables["value"].arrow().slice(0, 1).to_pylist()[0]
    assert (first_year.basis, best["label"], best["profit_contribution"]) == ("net_revenue", "net_revenue", None)
    assert (best["customer_id"], best["score"]) == (18102, Decimal("349164.35"))
    assert dict(best["reasons"][-1]["params"])["coverage"] == "0.0"


def test_tiers_have_the_chosen_sizes(first_year: FirstScores) -> None:
    tiers = {row["tier"]: row["customers"] for row in first_year.tiers.to_pylist()}
    assert tiers == {"platinum": 216, "gold": 647, "iron": 1293, "lead": 2156}


def test_figures_of_the_best_customer_can_be_recomputed_from_its_lines(first_year: FirstScores) -> None:
    row = first_year.tables["rfm_nested"].row(18102) or {}
    for figure in ("recency_days", "frequency", "monetary", "recency_score", "monetary_score", "rank"):
        lineage = first_year.lineage("rfm_nested", figure, row)
        assert recompute(first_year.extract, lineage, first_year.tables) == row[figure]
